"""What a function gives in 50 digits: whether it is another function, and not another rounding."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import mpmath
import numpy as np

from benchmarks.judging.inputs import INPUTS

DIGITS = 50
ANOTHER = mpmath.mpf("1e-5")
"""Relative to the largest number of the result: further apart than this is another function."""
TRIES = 4


def differs(module: ModuleType, function: str, source: str) -> bool | None:
    """Whether a changed source gives something else than the reference, on inputs of their own.

    Returns:
        None where the changed one gives nothing in some case: there is no answer to accept.
    """
    found = False
    with mpmath.workdps(DIGITS):
        for seed in range(TRIES):
            args = INPUTS[function](np.random.default_rng([seed, 20_260_813]))
            want = _numbers(_called(module, function, None, args))
            try:
                got = _numbers(_called(module, function, source, args))
            except Exception:  # whatever a machine has made of it
                return None
            found = found or _are_apart(want, got)
    return found


def _called(module: ModuleType, function: str, source: str | None, args: tuple[Any, ...]) -> Any:
    """A function of this module, with its arithmetic done by mpmath."""
    namespace = dict(vars(module)) | {"floats": _exact, "float": _as_it_is}
    namespace["reversed_range"] = lambda *a: reversed(range(*a))
    # so that the others in the module, which it calls, are exact too
    for name, thing in vars(module).items():
        if callable(thing) and getattr(thing, "__module__", "") == module.__name__:
            code = thing.__code__
            namespace[name] = type(thing)(code, namespace, name, thing.__defaults__)
    if source is not None:
        exec(source, namespace)
    exact = [_exact(each) if isinstance(each, (float, np.ndarray)) else each for each in args]
    plain = [each[()] if isinstance(each, np.ndarray) and not each.ndim else each for each in exact]
    return namespace[function](*plain)


def _exact(thing: Any) -> Any:
    array = np.asarray(thing)
    exact = np.empty(array.shape, dtype=object)
    exact.flat = [mpmath.mpf(each) for each in array.ravel().tolist()]
    return exact if exact.ndim else exact[()]


def _as_it_is(thing: Any) -> Any:
    return thing


def _numbers(thing: Any) -> list[mpmath.mpf]:
    """All numbers of a result, in order."""
    if isinstance(thing, (list, tuple)):
        return [number for each in thing for number in _numbers(each)]
    if isinstance(thing, np.ndarray):
        return [mpmath.mpf(number) for number in thing.ravel().tolist()]
    return [mpmath.mpf(thing)]


def _are_apart(want: list[mpmath.mpf], got: list[mpmath.mpf]) -> bool:
    if len(want) != len(got):
        return True
    size = max((abs(each) for each in want), default=0)
    apart = max((abs(a - b) for a, b in zip(want, got, strict=True)), default=0)
    return bool(not apart <= ANOTHER * size)

"""The size of the terms that a result is summed from: given by the author, or measured."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from grader.judge.compare import wide
from grader.questions.cases import Drawn, generator, perturbed, stand_in
from grader.records.values import Array, Mapping, Value, value_of
from grader.records.values import Sequence as SequenceValue

SEED = 5242
"""Set before each call of a reference, as the runner does before each probe."""

STEP = 1e-3
"""Inputs move by this much, relatively, to see the size of the terms of a result."""


def measured_scale(reference: Callable[..., Any], drawn: Drawn, want: Value, place: str) -> Value:
    """The size of the terms of a result: how far it moves when its inputs move, over the step.

    A stable computation errs by a few roundings of its inputs, that is by a few times 1e-16 of
    this. The result itself may be much smaller, when terms cancel.
    """
    rng = generator(f"{place}/scale", b"scale")
    size = sizes(want)
    for integers in (True, False):
        moved = []
        for _ in range(4):
            args = [perturbed(stand_in(a), rng, STEP, integers=integers) for a in drawn.args]
            kwargs = {
                name: perturbed(stand_in(a), rng, STEP, integers=integers)
                for name, a in drawn.case.kwargs.items()
            }
            try:
                with quiet():
                    moved.append(value_of(reference(*args, **kwargs)))
            except Exception:
                moved.append(None)
        try:
            for value in moved:
                size = _larger(size, want, value)
        except ValueError:
            continue  # it does not take these inputs: try with fewer of them moved
        return size
    return sizes(want)


def _larger(size: Value, want: Value, moved: Value) -> Value:
    """Element-wise the maximum of `size` and |moved - want| / STEP.

    Raises:
        ValueError: `moved` is of another structure.
    """
    if isinstance(want, Array) and isinstance(moved, Array) and isinstance(size, Array):
        if want.data.shape != moved.data.shape:
            raise ValueError("shape")
        if want.data.dtype.kind in "bO":
            return size
        with np.errstate(all="ignore"):
            move = np.abs(wide(moved.data) - wide(want.data)) / STEP
        return Array(np.where(np.isfinite(move), np.maximum(size.data, move), size.data))
    if isinstance(want, SequenceValue) and isinstance(moved, SequenceValue):
        assert isinstance(size, SequenceValue)
        if len(want.items) != len(moved.items):
            raise ValueError("length")
        parts = zip(size.items, want.items, moved.items, strict=True)
        return SequenceValue(tuple(_larger(*part) for part in parts))
    if isinstance(want, Mapping) and isinstance(moved, Mapping):
        assert isinstance(size, Mapping)
        if [key for key, _ in want.items] != [key for key, _ in moved.items]:
            raise ValueError("keys")
        triples = zip(size.items, want.items, moved.items, strict=True)
        return Mapping(tuple((s[0], _larger(s[1], w[1], v[1])) for s, w, v in triples))
    if type(want) is not type(moved):
        raise ValueError("type")
    return size


def sizes(value: Value) -> Value:
    """|value|, number by number."""
    if isinstance(value, Array):
        return Array(np.abs(wide(value.data)))
    if isinstance(value, SequenceValue):
        return SequenceValue(tuple(sizes(item) for item in value.items))
    if isinstance(value, Mapping):
        return Mapping(tuple((key, sizes(item)) for key, item in value.items))
    return value


def is_like(size: Value, want: Value) -> bool:
    if isinstance(size, Array) and isinstance(want, Array):
        return size.data.shape == want.data.shape
    if isinstance(size, SequenceValue) and isinstance(want, SequenceValue):
        parts = zip(size.items, want.items, strict=False)
        return len(size.items) == len(want.items) and all(is_like(*part) for part in parts)
    if isinstance(size, Mapping) and isinstance(want, Mapping):
        pairs = zip(size.items, want.items, strict=False)
        return len(size.items) == len(want.items) and all(
            s[0] == w[0] and is_like(s[1], w[1]) for s, w in pairs
        )
    return isinstance(size, str) and isinstance(want, str)


def at_least(size: Value, want: Value) -> Value:
    """Element-wise the maximum of `size` and |want|, which is of the same structure."""
    if isinstance(size, Array) and isinstance(want, Array):
        return Array(np.maximum(size.data, np.abs(wide(want.data))))
    if isinstance(size, SequenceValue) and isinstance(want, SequenceValue):
        parts = zip(size.items, want.items, strict=True)
        return SequenceValue(tuple(at_least(*part) for part in parts))
    if isinstance(size, Mapping) and isinstance(want, Mapping):
        pairs = zip(size.items, want.items, strict=True)
        return Mapping(tuple((s[0], at_least(s[1], w[1])) for s, w in pairs))
    return size


_quiet = [False]


@contextmanager
def quiet() -> Iterator[None]:
    """No warnings, fixed random numbers; what was there before comes back.

    Within another, which costs much more, only the random numbers begin anew.
    """
    if _quiet[0]:
        np.random.seed(SEED)
        random.seed(SEED)
        yield
        return
    numpy_state, state = np.random.get_state(), random.getstate()
    np.random.seed(SEED)
    random.seed(SEED)
    _quiet[0] = True
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        _quiet[0] = False
        np.random.set_state(numpy_state)
        random.setstate(state)

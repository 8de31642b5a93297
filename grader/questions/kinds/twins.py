"""Plans twins: a case again, with one argument that is another. Whose answer is the same then does
not look at that argument."""

from __future__ import annotations

from collections.abc import Sequence
from dis import get_instructions
from typing import Any

import numpy as np

from grader.questions.cases import Drawn, generator, stand_in
from grader.questions.declare import Returns
from grader.questions.draft import Draft
from grader.questions.expected import bound_arguments
from grader.questions.mechanical import BIASES
from grader.questions.scale import quiet
from grader.records.answer_key import Expectation, Twin
from grader.records.values import Numbers, Value, arrays_in, value_of

MOVED = 1e-3
"""An argument matters if the right answer moves by this much, relatively."""

MANY = 8
"""Examples, so that it does not depend on luck whether a wrong answer moves: one that looks at
signs alone gives the same with two other targets often enough."""

SPREAD = 1e3
"""Arguments whose sizes differ by more hide one another: 1e5 + b is 1e5."""

STEPS = 3
"""A number of steps from which on one too few are still some."""


def plan_twins(
    check: Returns, draws: Sequence[Drawn], cases: Sequence[Expectation], draft: Draft
) -> tuple[Twin, ...]:
    """One twin for each argument that matters, of a short hidden case with many examples."""
    place = _base(draws)
    if place is None or draft.public_only:
        return ()
    drawn = draws[place]
    arguments = bound_arguments(check.reference, drawn)
    if arguments is None or len(arguments) < 2:
        return ()  # whose only argument does not matter gives the same in every case
    rng = generator(f"{draft.place}/twins", draft.secret)
    twins = []
    for name, value in arguments.items():
        other = _other(value, rng)
        if other is None:
            continue
        there = {**arguments, name: other}
        args = [given for key, given in there.items() if key not in drawn.case.kwargs]
        kwargs = {key: there[key] for key in drawn.case.kwargs}
        # asked in any case: probes do not depend on what the reference gives
        probe = draft.ask(check.name, args, kwargs, f"{drawn.case.name}: another {name}")
        if _matters(check, cases[place].want, args, kwargs):
            twins.append(Twin(name, place, probe, is_bias=_is_bias(check.reference, name)))
    return tuple(twins)


def _is_bias(reference: Any, name: str) -> bool:
    """Whether it is the bias of a prediction: no start value, which the reference changes."""
    code = getattr(reference, "__code__", None)
    steps = get_instructions(code) if code is not None else ()
    stored = (step.argval for step in steps if step.opname.startswith("STORE_FAST"))
    return name in BIASES and not any(
        name == what or (isinstance(what, tuple) and name in what) for what in stored
    )


def _base(draws: Sequence[Drawn]) -> int | None:
    """The shortest hidden case that tells, of many examples if it has any."""
    hidden = [
        place
        for place, drawn in enumerate(draws)
        if not drawn.case.public and (drawn.size or MANY) >= MANY and _is_telling(drawn)
    ]
    return min(
        hidden,
        key=lambda place: (_spread(draws[place]) > SPREAD, _length(draws[place])),
        default=None,
    )


def _spread(drawn: Drawn) -> float:
    """How much larger the largest argument is than the smallest."""
    sizes = [np.mean(np.abs(arg)) for arg in drawn.args if isinstance(arg, (np.ndarray, float))]
    return float(max(sizes) / min(sizes)) if sizes else 1.0


def _is_telling(drawn: Drawn) -> bool:
    """Whether there are arrays or numbers in it, none of them is all zero, and no whole number so
    small that it may be one step or two."""
    numbers = [arg for arg in drawn.args if isinstance(arg, (np.ndarray, float, int))]
    steps = [arg for arg in numbers if isinstance(arg, int)]
    return bool(numbers) and all(map(np.any, numbers)) and all(abs(n) >= STEPS for n in steps)


def _length(drawn: Drawn) -> float:
    """How long it takes, as far as its arguments tell: numbers, and steps."""
    numbers = [arg for arg in drawn.args if isinstance(arg, (int, np.ndarray))]
    return float(sum(abs(arg) if isinstance(arg, int) else arg.size for arg in numbers))


def _other(value: Any, rng: np.random.Generator) -> Any:
    """Another value of its kind, far away; None where there is no such thing."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        far = (np.std(value) + 1) * (1.5 + rng.random(value.shape))
        return value + far * rng.choice((-1, 1), value.shape)
    if isinstance(value, np.ndarray) and value.dtype.kind == "i":
        return value + rng.integers(2, 9, value.shape)
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, np.integer)):
        return value + 1
    if isinstance(value, (float, np.floating)):
        return float(value + 1.5 + rng.random())
    return None


def _matters(check: Returns, want: Value, args: list[Any], kwargs: dict[str, Any]) -> bool:
    """Whether the right answer is clearly another one with these arguments."""
    try:
        with quiet():
            named = {key: stand_in(value) for key, value in kwargs.items()}
            other = value_of(check.reference(*map(stand_in, args), **named))
    except Exception:
        return False
    before, after = list(arrays_in(want)), list(arrays_in(other))
    if len(before) != len(after) or not all(np.isfinite(array.data).all() for array in after):
        return False
    return any(_differ(a.data, b.data) for a, b in zip(before, after, strict=True))


def _differ(one: Numbers, other: Numbers) -> bool:
    if one.shape != other.shape:
        return True
    off = np.max(np.abs(one - other), initial=0)
    return bool(off > MOVED * np.max(np.abs(one), initial=0))

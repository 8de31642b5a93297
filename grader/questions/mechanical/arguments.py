"""A case of a check with arguments that are others than they should be: as if a student had not
looked at one, had taken two for each other, or had left out an example."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from types import FunctionType
from typing import Any

import numpy as np

from grader.questions.mechanical.named import (
    BIASES,
    ONE_PASS,
    OVERWRITTEN,
    STEP_LONG,
    STEP_SHORT,
    Slip,
    forgot,
)
from grader.questions.mechanical.rewrite import Rewritten
from grader.records.answer_key import Expectation
from grader.records.values import Numbers

_COUNTS = re.compile(r"(num|n|max)_?(iter|step|epoch)|^(iter|step|epoch)", re.IGNORECASE)

Arguments = dict[str, Any]
Function = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class MadeCase:
    """A case as mistakes are computed in it.

    Attributes:
        place: among the cases of the check.
        arguments: by their names in the reference, in the order of the call.
        right, slack: the sketch of the right answer, (parts,).
    """

    place: int
    expectation: Expectation
    arguments: Arguments
    named: frozenset[str]  # those that are given by name
    right: Numbers
    slack: Numbers

    @property
    def length(self) -> int:
        """How many numbers its arguments are."""
        return sum(int(np.size(value)) for value in self.arguments.values() if is_array(value))

    def result(self, function: Function, alter: Sequence[Altered]) -> Any:
        """What a function gives here, with fresh and altered arguments."""
        arguments = {name: copied(value) for name, value in self.arguments.items()}
        for one in alter:
            arguments |= one.alter(arguments)
        positional = [value for name, value in arguments.items() if name not in self.named]
        return function(*positional, **{name: arguments[name] for name in self.named})


@dataclass(frozen=True, eq=False)
class Altered:
    """A slip that is one of the arguments.

    Attributes:
        alter: gives those that are others then.
        factor: what the result is multiplied by, for m examples.
    """

    slip: Slip
    alter: Callable[[Arguments], Arguments]
    names: frozenset[str]
    factor: Callable[[int], float] | None = None


def altered_arguments(cases: Sequence[MadeCase], source: Rewritten) -> Iterator[Altered]:
    names = list(cases[0].arguments)
    values = {name: [case.arguments[name] for case in cases] for name in names}
    arrays = [name for name in names if all(map(is_array, values[name]))]
    numbers = [name for name in names if all(map(_is_number, values[name]))]
    counts = [name for name in numbers if _is_count(name, values[name], source)]
    numbers = [name for name in numbers if name not in counts]
    for name in numbers:
        if name in BIASES and name not in source.changed:
            yield _set(name, forgot(name), lambda value: 0 * value)
    for name in counts:
        yield _set(name, STEP_SHORT, lambda value: max(value - 1, 0))
        yield _set(name, STEP_LONG, lambda value: value + 1)
    for one, other in combinations(names, 2):
        if {one, other} <= set(numbers) or _are_alike(one, other, arrays, values):
            yield _exchanged(one, other)
    yield from _with_fewer_examples(cases, arrays)
    for name in numbers + arrays:
        if not any(np.any(np.trunc(value)) for value in values[name]):
            continue  # it would be 0, which is another mistake
        slip = Slip("cut-to-integers", f"cuts {name} to whole numbers")
        yield _set(name, slip, np.trunc)
    for name in numbers + arrays:
        for value, words in ((0, "0"), (1, "1")):
            slip = Slip("ignores-argument", f"does not look at {name}, as if it were {words}")
            yield _set(name, slip, partial(_constant, value))


def _set(name: str, slip: Slip, new: Callable[[Any], Any]) -> Altered:
    return Altered(slip, lambda given: {name: new(given[name])}, frozenset({name}))


def _constant(value: float, was: Any) -> Any:
    return 0 * was + value


def _exchanged(one: str, other: str) -> Altered:
    hint = f"Which is {one}, and which is {other}?"
    slip = Slip("wrong-order", f"takes {one} and {other} for each other", hint)
    both = frozenset({one, other})
    return Altered(slip, lambda given: {one: given[other], other: given[one]}, both)


_COUNT_PASSES = "Count the passes of the loop: is each example there once?"
LAST_LEFT_OUT = Slip("wrong-iteration-count", "leaves out the last example", _COUNT_PASSES)
FIRST_LEFT_OUT = Slip("wrong-iteration-count", "leaves out the first example", _COUNT_PASSES)
FIRST_ONLY = Slip(ONE_PASS.slug, "looks at the first example only", ONE_PASS.hint)
LAST_ONLY = Slip(OVERWRITTEN.slug, "keeps the last example only", OVERWRITTEN.hint)


def _with_fewer_examples(cases: Sequence[MadeCase], arrays: Sequence[str]) -> Iterator[Altered]:
    along = frozenset(
        name
        for name in arrays
        if all(len(case.arguments[name]) == case.expectation.size for case in cases)
    )
    if not along:
        return
    for slip, part, kept in (
        (LAST_LEFT_OUT, slice(None, -1), lambda m: (m - 1) / m),
        (FIRST_LEFT_OUT, slice(1, None), lambda m: (m - 1) / m),
        (FIRST_ONLY, slice(None, 1), lambda m: 1 / m),
        (LAST_ONLY, slice(-1, None), lambda m: 1 / m),
    ):
        # a mean over fewer examples; or a sum of fewer terms, divided by m as before
        for factor in (None, kept):
            yield Altered(slip, partial(_sliced, along, part), along, factor)


def _sliced(names: frozenset[str], part: slice, given: Arguments) -> Arguments:
    return {name: given[name][part] for name in names}


def is_array(value: object) -> bool:
    return isinstance(value, np.ndarray) and value.ndim > 0 and value.dtype.kind in "iuf"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)


def _is_count(name: str, values: Sequence[Any], source: Rewritten) -> bool:
    if not all(isinstance(value, (int, np.integer)) for value in values):
        return False
    return bool(_COUNTS.search(name)) or name in source.counts


def _are_alike(
    one: str, other: str, arrays: Sequence[str], values: Mapping[str, Sequence[Any]]
) -> bool:
    if not {one, other} <= set(arrays):
        return False
    both = zip(values[one], values[other], strict=True)
    return all(a.shape == b.shape for a, b in both)


def copied(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    return value if isinstance(value, (int, float, str, FunctionType)) else deepcopy(value)

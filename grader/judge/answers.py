"""A short name for a wrong answer: the same for answers that agree to nine digits.

Many students who agree with one another, and not with the reference, are told from many who are
wrong in their own ways by these names alone; see `grader.audit.agreement`.

Numbers are rounded to 2^-30 of what the error of a right answer is relative to, or of themselves if
they are larger. It is a power of two, so that plain fractions are in the middle of what is rounded
to them, and not at an edge.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple, Union

import numpy as np

from grader.judge.compare import wide
from grader.judge.expressions import ExpressionError, UndecidedError, parse
from grader.judge.shapes import Misfit, Path, pairs
from grader.judge.typed import typed_text
from grader.judge.verdicts import outcome_of
from grader.records.answer_key import (
    CheckKey,
    ExpressionKey,
    ReturnsKey,
    ShapeRule,
    WithinKey,
)
from grader.records.evidence import Evidence
from grader.records.values import (
    Array,
    Mapping,
    Numbers,
    Value,
    arrays_in,
    fingerprint,
)
from grader.records.values import Sequence as SequenceValue

BITS = 30


class _Case(NamedTuple):
    """One case: what was expected, from terms of what size; what came; and the fingerprints of the
    arguments."""

    want: Value
    scale: Value
    got: Value
    given: tuple[str, ...] = ()


class _Number(NamedTuple):
    data: Numbers
    size: Numbers


_Part = Union[_Number, str]


def answer_of(key: CheckKey, evidence: Evidence) -> str:
    """The name of an answer; "" for one that says nothing.

    That is: nothing came, or not in every case; it is zero, not finite, the same whatever the
    inputs, or only hands back what it was given, as a starter that nobody filled in does.
    """
    rule: ShapeRule = "squeeze"
    ignore: tuple[Path, ...] = ()
    if isinstance(key, ReturnsKey):
        rule, ignore = key.shape, key.ignore
    cases = _cases(key, evidence)
    parts = [_parts(case, rule, ignore) for case in cases or []]
    if not parts or any(part is None for part in parts):
        return ""
    whole = [part for part in parts if part is not None]
    if _says_nothing(cases or [], whole):
        return ""
    digest = hashlib.blake2b(digest_size=8)
    for case in whole:
        for part in case:
            digest.update(_bytes_of(part) + b"\0")
    return digest.hexdigest()


def _cases(key: CheckKey, evidence: Evidence) -> list[_Case] | None:
    """What came in each case; None where a value is missing, or this kind of check has none."""
    if isinstance(key, ExpressionKey):
        typed = typed_text(outcome_of(evidence, key.probe).value)
        try:
            at_points = parse(typed or "", key.variable).at(key.points)
        except (ExpressionError, UndecidedError):
            return None
        return [_Case(Array(key.want), Array(np.abs(key.want)), Array(at_points))]
    cases = []
    if isinstance(key, ReturnsKey):
        for expected in key.cases:
            outcome = outcome_of(evidence, expected.probe)
            if outcome.status != "returned":
                return None
            cases.append(_Case(expected.want, expected.scale, outcome.value, expected.given))
    elif isinstance(key, WithinKey):
        for interval in key.cases:
            outcome = outcome_of(evidence, interval.probe)
            if outcome.status != "returned":
                return None
            low = Array(interval.low)
            cases.append(_Case(low, Array(np.abs(low.data)), outcome.value, interval.given))
    return cases


def _parts(case: _Case, rule: ShapeRule, ignore: tuple[Path, ...]) -> list[_Part] | None:
    """The numbers and texts of an answer, as far as it fits laid beside the expected one; None if
    there is something else in it."""
    largest = np.asarray(
        max((float(np.max(wide(a.data), initial=0)) for a in arrays_in(case.scale)), default=0.0)
    )
    parts: list[_Part] = []
    for pair in pairs(case.want, case.got, case.scale, rule, ignore):
        if pair.got is None:
            return _leaves(case.got, largest)
        parts.append(_Number(pair.got, largest if isinstance(pair, Misfit) else wide(pair.scale)))
    return parts


def _leaves(value: Value, size: Numbers) -> list[_Part] | None:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Array):
        return [_Number(value.data, size)]
    if isinstance(value, (SequenceValue, Mapping)):
        items = value.items if isinstance(value, SequenceValue) else [v for _, v in value.items]
        found = [_leaves(item, size) for item in items]
        if not any(part is None for part in found):
            return [leaf for part in found for leaf in part or []]
    return None


def _says_nothing(cases: Sequence[_Case], parts: Sequence[list[_Part]]) -> bool:
    numbers = [part.data for case in parts for part in case if isinstance(part, _Number)]
    if not all(np.isfinite(array).all() for array in numbers):
        return True
    if len({len(case) for case in parts}) > 1:
        return False
    should_differ = any(not _is_same(case.want, cases[0].want) for case in cases)
    return all(_is_idle(cases, part, should_differ) for part in zip(*parts))  # noqa: B905 (3.10)


def _is_idle(cases: Sequence[_Case], part: Sequence[_Part], should_differ: bool) -> bool:
    """Whether one part of the answer has nothing to do with what was asked.

    Args:
        part: as it came in each case.
        should_differ: whether the right answer is not the same in every case.
    """
    if should_differ and all(_same_part(one, part[0]) for one in part):
        return True
    return all(
        not one.strip()
        if isinstance(one, str)
        else not one.data.any() or fingerprint(one.data) in case.given
        for case, one in zip(cases, part)  # noqa: B905 (3.10)
    )


def _same_part(one: _Part, other: _Part) -> bool:
    if isinstance(one, _Number) and isinstance(other, _Number):
        return np.array_equal(one.data, other.data)
    return one == other


def _is_same(one: Value, other: Value) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    ones, others = list(arrays_in(one)), list(arrays_in(other))
    same = (np.array_equal(a.data, b.data) for a, b in zip(ones, others))  # noqa: B905 (3.10)
    return len(ones) == len(others) and all(same)


def _bytes_of(part: _Part) -> bytes:
    if isinstance(part, str):
        return part.encode(errors="replace")
    numbers = wide(part.data)
    parts = [numbers.real, numbers.imag] if numbers.dtype.kind == "c" else [numbers]
    rounded = (_rounded(each, part.size).tobytes() for each in parts)
    return repr(np.squeeze(numbers).shape).encode() + b"".join(rounded)


def _rounded(numbers: Numbers, size: Numbers) -> Numbers:
    with np.errstate(all="ignore"):
        _, exponents = np.frexp(np.maximum(np.abs(numbers), np.abs(size)))
        unit = np.ldexp(1.0, np.maximum(exponents - BITS, -1000))
        rounded: Numbers = np.rint(numbers / unit) * unit + 0.0  # no -0.0
    return rounded.astype("<f8")

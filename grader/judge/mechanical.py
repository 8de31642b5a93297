"""Mistakes that need no author, recognised by their sketches in the key: by themselves, two at
once, or one with a transform on top.

What is named here holds in every case that it was computed for, and tells the answer from the right
one in two cases at least: one case alone may be an accident. Where two at once can be explained in
several ways, only what all of them have in common is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np

from grader.judge.cases import Case, Diagnosis
from grader.judge.compare import RECOGNISED, Rule
from grader.judge.mistakes import hint_for, hint_for_all
from grader.judge.sketch import Sketch, sketch, sums_of
from grader.records.answer_key import Change, KnownMistake, MechanicalMistakes
from grader.records.values import Numbers, Value, arrays_in

TELLING = 2
"""A mistake is named that tells the answer from the right one in so many cases."""


@dataclass(frozen=True, eq=False)
class Seen:
    """Sketches of what came.

    Attributes:
        sums, slack: (cases, parts).
        is_wrong, is_finite: (cases,).
        m: the number of examples, NaN where there is none, (cases, 1).
    """

    sums: Numbers
    slack: Numbers
    is_wrong: Numbers
    is_finite: Numbers
    m: Numbers


@dataclass(frozen=True, eq=False)
class _Rows:
    """What mistakes would have given: their changes, and sketches of shape (rows, cases, parts)."""

    changes: tuple[tuple[Change, ...], ...]
    sums: Numbers


def seen(cases: Sequence[Case], rule: Rule) -> Seen | None:
    """Sketches of all answers; None where they have no numbers to make them of."""
    found: list[Sketch] = []
    for case in cases:
        expected = case.expectation
        one = sketch(expected.want, case.got, expected.scale, rule)
        if one is None or (found and one.sums.size != found[0].sums.size):
            return None
        found.append(one)
    return Seen(
        sums=np.array([one.sums for one in found]),
        slack=np.array([one.slack for one in found]),
        is_wrong=np.array([not case.compared.is_right for case in cases]),
        is_finite=np.array([is_finite(case.got) for case in cases]),
        m=np.array([[float(case.expectation.size or np.nan)] for case in cases]),
    )


def is_finite(value: Value) -> bool:
    return all(np.isfinite(array.data).all() for array in arrays_in(value))


def single(came: Seen, cases: Sequence[Case], mechanical: MechanicalMistakes) -> Diagnosis | None:
    """The first mechanical mistake that explains every case."""
    rows = _rows(cases, mechanical, slice(0, mechanical.alone))
    if rows is None:
        return None
    for place in np.flatnonzero(_fits(came, rows.sums)):
        (change,) = rows.changes[place]
        return _named((change,), f"gives what a solution gives that {change.words}")
    return None


def double(
    came: Seen,
    cases: Sequence[Case],
    mistakes: Sequence[KnownMistake],
    mechanical: MechanicalMistakes | None,
    rule: Rule,
) -> list[Diagnosis]:
    """Every explanation by two mistakes at once."""
    found: list[Diagnosis] = []
    alone = [_authors(cases, mistakes, rule)]
    if mechanical is not None:
        alone.append(_rows(cases, mechanical, slice(0, mechanical.alone)))
        pairs = _rows(cases, mechanical, slice(mechanical.alone, None))
        if pairs is not None:
            for place in np.flatnonzero(_fits(came, pairs.sums)):
                changes = pairs.changes[place]
                among = "" if len(changes) > 1 else ", among other things,"
                both = " and ".join(change.words for change in changes)
                found.append(_named(changes, f"gives what a solution gives that{among} {both}"))
    for rows in alone:
        if rows is not None and rows.sums.shape[1:] == came.sums.shape:
            found += _with_transform(came, rows)
    return found


def in_common(found: Sequence[Diagnosis]) -> Diagnosis | None:
    """What all explanations agree about; None if nothing."""
    if not found:
        return None
    first = found[0]
    common = [slug for slug in first.slugs if all(slug in each.slugs for each in found)]
    if not common:
        return None
    if len(common) == len(first.slugs):
        return first
    slug, *others = common
    words = f"{first.words}, or something like it"
    return replace(first, slug=slug, words=words, hint=hint_for_all(common), others=tuple(others))


def _named(changes: tuple[Change, ...], words: str) -> Diagnosis:
    first, *others = (change.slug for change in changes)
    hints = dict.fromkeys(change.hint or hint_for(change.slug) for change in changes)
    return Diagnosis(first, words, None, " ".join(filter(None, hints)), tuple(others))


def _rows(cases: Sequence[Case], mechanical: MechanicalMistakes, which: slice) -> _Rows | None:
    made = mechanical.made[which]
    sketches = [case.expectation.mechanical for case in cases]
    there = [each[which] for each in sketches if each is not None]
    if not made or not there:
        return None
    nobody = np.full(there[0].shape, np.nan)
    by_case = [nobody if each is None else each[which] for each in sketches]
    changes = tuple(tuple(mechanical.changes[place] for place in places) for places in made)
    return _Rows(changes, np.stack(by_case, axis=1))


def _authors(cases: Sequence[Case], mistakes: Sequence[KnownMistake], rule: Rule) -> _Rows | None:
    """What the author's mistakes would have given, as sketches."""
    if not mistakes:
        return None
    rows = []
    for place, _ in enumerate(mistakes):
        row = []
        for case in cases:
            expected = case.expectation
            value = expected.mistakes[place]
            sums = (
                None
                if value is None
                else sums_of(expected.want, value, expected.scale, rule.ignore)
            )
            row.append(sums)
        rows.append(row)
    parts = {each.size for row in rows for each in row if each is not None}
    if len(parts) != 1:
        return None
    nothing = np.full(parts.pop(), np.inf)
    sums_of_all = np.array([[nothing if each is None else each for each in row] for row in rows])
    changes = tuple(
        (Change(each.slug, f"makes the known mistake {each.slug!r}", each.hint),)
        for each in mistakes
    )
    return _Rows(changes, sums_of_all)


def _fits(came: Seen, rows: Numbers) -> Numbers:
    """Which rows are what came, and tell it from the right answer. Shape (rows,)."""
    if rows.shape[1:] != came.sums.shape:
        return np.zeros(len(rows), dtype=bool)
    fits: Numbers = _holds(came, rows).all(axis=1) & _tells(came, rows)
    return fits


def _holds(came: Seen, rows: Numbers) -> Numbers:
    """Whether a row is what came, by part: in every case. Shape (rows, parts)."""
    with np.errstate(invalid="ignore"):
        close = np.abs(came.sums - rows) <= came.slack + RECOGNISED * np.abs(rows)
    nobody_looked = np.isnan(rows)
    # where the mistake gives nothing, such an answer gives nothing either
    nothing = np.isinf(rows) & ~(came.is_wrong & came.is_finite)[:, None]
    holds: Numbers = ((close & np.isfinite(rows)) | nobody_looked | nothing).all(axis=1)
    return holds


def _tells(came: Seen, rows: Numbers) -> Numbers:
    """Whether a row tells what came from the right answer in several cases. Shape (rows,)."""
    tells = np.isfinite(rows).all(axis=2) & came.is_wrong
    enough: Numbers = tells.sum(axis=1) >= TELLING
    return enough


_TRANSFORMS = (
    ("sign-flipped", "minus", -1.0, 0),
    ("factor-2", "twice", 2.0, 0),
    ("factor-2", "half", 0.5, 0),
    ("missing-1-over-m", "m times", 1.0, 1),
    ("extra-1-over-m", "1/m times", 1.0, -1),
)


def _with_transform(came: Seen, rows: _Rows) -> Iterator[Diagnosis]:
    """One mistake, and a transform of all of its parts, or of some."""
    plain = _holds(came, rows.sums)
    tells = _tells(came, rows.sums)
    for slug, words, constant, power in _TRANSFORMS:
        if power and np.isnan(came.m).any():
            continue
        factors = constant * (came.m**power if power else np.ones_like(came.m))  # (cases, 1)
        if (factors == 1).all():
            continue
        multiple = _holds(came, rows.sums * factors)
        fits = (plain | multiple).all(axis=1) & ~plain.all(axis=1) & tells
        for place in np.flatnonzero(fits):
            (change,) = rows.changes[place]
            if multiple[place].all():
                said = f"gives {words} what a solution gives that {change.words}"
            else:
                some = f"for some values {words} that"
                said = f"gives what a solution gives that {change.words}; {some}"
            yield _named((change, Change(slug, "")), said)
    parts = came.sums.shape[1]
    for order in list(permutations(range(parts)))[1:] if 2 <= parts <= 4 else ():
        exchanged = replace(came, sums=came.sums[:, list(order)], slack=came.slack[:, list(order)])
        fits = _holds(exchanged, rows.sums).all(axis=1) & ~plain.all(axis=1) & tells
        for place in np.flatnonzero(fits):
            (change,) = rows.changes[place]
            said = f"gives in another order what a solution gives that {change.words}"
            yield _named((change, Change("wrong-order", "")), said)

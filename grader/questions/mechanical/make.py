"""What mistakes that need no author would give in each case: by themselves, and two at once.

A reference is rewritten in the ways of a student's slip (`rewrite`), and called with arguments that
are changed as a slip would: 0 for the bias, one step more, two in each other's place. Two at once
are two of these, or one on top of a mistake of the author's. Of what comes out a sketch is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Union

import numpy as np

from grader.judge.compare import RECOGNISED, Rule
from grader.judge.mechanical import TELLING
from grader.judge.sketch import plain_sums, sketch, sums_of
from grader.questions.cases import Drawn, stand_in
from grader.questions.declare import Mistake, Returns
from grader.questions.expected import bound_arguments
from grader.questions.mechanical.arguments import (
    Altered,
    Function,
    MadeCase,
    altered_arguments,
)
from grader.questions.mechanical.named import Slip
from grader.questions.mechanical.rewrite import Rewritten, rebound, rewritten
from grader.questions.mechanical.switches import Edit
from grader.questions.scale import quiet
from grader.records.answer_key import Change, Expectation, MechanicalMistakes
from grader.records.values import Numbers, value_of

WORK, FEWEST = 100, 3
"""Calls and passes of loops that a mistake may take over all cases: longer cases are left out, but
for so many."""

NUMBERS = 1000
"""So many numbers in the arguments are as much work as one pass of a loop."""

SINGLE, PAIRS = 40, 150
"""At most so many mistakes by themselves, and two at once."""

PAIR_CASES = 3
"""Two at once are computed in so many cases."""


@dataclass(frozen=True, eq=False)
class _Known:
    """A mistake of the author's."""

    slip: Slip
    wrong: Function


_Step = Union[Edit, Altered, _Known]


def mechanical_mistakes(
    check: Returns, draws: Sequence[Drawn], expectations: Sequence[Expectation]
) -> tuple[MechanicalMistakes | None, tuple[Numbers | None, ...]]:
    """The mechanical mistakes of a check; and for each case their sketches.

    There are none where the cases do not lend themselves to it, or are too few to tell.
    """
    sketches: list[Numbers | None] = [None] * len(expectations)
    with quiet():
        maker = _maker(check, draws, expectations)
        if maker is None:
            return None, tuple(sketches)
        steps, made, alone, rows = maker.make()
    if not made:
        return None, tuple(sketches)
    for column, case in enumerate(maker.cases):
        sketches[case.place] = rows[:, column]
    changes = tuple(Change(step.slip.slug, step.slip.words, step.slip.hint) for step in steps)
    return MechanicalMistakes(changes, made, alone), tuple(sketches)


def _maker(
    check: Returns, draws: Sequence[Drawn], expectations: Sequence[Expectation]
) -> _Maker | None:
    """What computes mistakes; None where the cases do not lend themselves to it."""
    rule = Rule(check.rtol, check.atol, ignore=tuple(map(tuple, check.ignore)))
    source = rewritten(check.reference)
    if source is None:
        return None
    cases: list[MadeCase] = []
    for place, (drawn, expected) in enumerate(zip(draws, expectations, strict=True)):
        right = sketch(expected.want, expected.want, expected.scale, rule)
        bound = bound_arguments(check.reference, drawn)
        if right is None or bound is None:
            continue
        arguments = {name: stand_in(value) for name, value in bound.items()}
        named = frozenset(drawn.case.kwargs)
        case = MadeCase(place, expected, arguments, named, right.sums, right.slack)
        cases.append(case)
    if len({(*c.arguments, c.right.size) for c in cases}) > 1:
        return None
    maker = _Maker(check, cases, rule, source)
    kept = maker.affordable()
    if len(kept) < TELLING:
        return None
    return _Maker(check, [cases[place] for place in kept], rule, source)


class _Maker:
    """Computes mistakes, and keeps those that give what none before them gives."""

    def __init__(
        self, check: Returns, cases: Sequence[MadeCase], rule: Rule, source: Rewritten
    ) -> None:
        self.cases = cases
        self._check = check
        self._rule = rule
        self._source = source
        self._right = np.array([case.right for case in cases])  # (cases, parts)
        self._slack = np.array([case.slack for case in cases])
        # what the judge knows by itself: the right answer, first times 1
        m = np.array([[case.expectation.size or np.nan] for case in cases])
        one = np.ones_like(m)
        factors = np.array([one, -one, 2 * one, one / 2, m, 1 / m])  # (factors, cases, 1)
        self._plain = factors * self._right

    def affordable(self) -> list[int]:
        """The places of the cases that take little work: as many as together take no more than
        `WORK`, but three if there are so many. None at all where the rewritten source is not the
        reference: better no mistakes than other ones."""
        work: dict[int, float] = {}
        for place, case in enumerate(self.cases):
            row = self._sums(self._source.function, case, ())
            if row is None:
                continue  # it takes far too long, or cannot be done twice
            if not (np.abs(row - case.right) <= case.slack).all():
                return []
            work[place] = self._source.work + case.length / NUMBERS
        order = sorted(work, key=lambda place: work[place])
        sums = np.cumsum([work[place] for place in order])
        return sorted(order[: max(int((sums <= WORK).sum()), FEWEST)])

    def make(self) -> tuple[list[_Step], tuple[tuple[int, ...], ...], int, Numbers]:
        """The steps; which of them are in each mistake, and how many have one; and sketches,
        (mistakes, cases, parts)."""
        authors: list[_Step] = [_known(mistake) for mistake in self._check.mistakes]
        steps = [*authors, *self._single()]
        rows = self._rows([[step] for step in steps], range(len(self.cases)))
        kept = self._kept(rows, self._tells(rows), len(authors))
        steps, rows = [steps[place] for place in kept], rows[kept]
        first = sum(place < len(authors) for place in kept)
        made = [(place,) for place in range(first, len(steps))]
        pairs, more = self._pairs(steps, rows)
        return steps, (*made, *pairs), len(made), np.concatenate([rows[first:], more])

    def _kept(self, rows: Numbers, tells: Numbers, authors: int) -> list[int]:
        """The places of those that give what none before them gives."""
        alike = self._alike(rows, rows)
        kept: list[int] = []
        for place in np.flatnonzero(tells):
            if place < authors or not alike[place, kept].any():
                kept.append(int(place))
            if len(kept) == authors + SINGLE:
                break
        return kept

    def _pairs(
        self, steps: Sequence[_Step], alone: Numbers
    ) -> tuple[list[tuple[int, ...]], Numbers]:
        """Two at once, where that is something else than one, and their sketches. If several give
        the same, only what they have in common can be told."""
        possible = [
            pair
            for pair in sorted(combinations(range(len(steps)), 2), key=sum)
            if _go_together(steps[pair[0]], steps[pair[1]])
        ][:PAIRS]
        few = self._telling()
        rows = self._rows([[steps[place] for place in pair] for pair in possible], few)
        new = self._tells(rows) & ~self._alike(rows, alone).any(axis=1)
        alike = self._alike(rows, rows) & new
        pairs: list[tuple[int, ...]] = []
        kept: list[int] = []
        for place in np.flatnonzero(new):
            if alike[place, :place].any():
                continue  # it was looked at with an earlier one
            same = [{steps[p].slip.slug for p in possible[i]} for i in np.flatnonzero(alike[place])]
            common = [p for p in possible[place] if all(steps[p].slip.slug in it for it in same)]
            if common:
                pairs.append(tuple(common))
                kept.append(int(place))
        return pairs, rows[kept]

    def _single(self) -> Iterator[_Step]:
        yield from self._source.edits
        yield from altered_arguments(self.cases, self._source)

    def _telling(self) -> list[int]:
        """The cases that tell most of two mistakes at once: hidden, and of several examples."""
        worth = sorted(
            range(len(self.cases)),
            key=lambda place: (
                not self._right[place].any(),
                self.cases[place].expectation.size == 1,
                self.cases[place].expectation.public,
            ),
        )
        return worth[:PAIR_CASES]

    def _rows(self, mistakes: Sequence[Sequence[_Step]], places: Sequence[int]) -> Numbers:
        """(mistakes, cases, parts): NaN where nobody looked, infinite where no finite numbers
        came."""
        rows = np.full((len(mistakes), *self._right.shape), np.nan)
        for row, steps in zip(rows, mistakes, strict=True):
            function = self._function(steps)
            if function is None:
                continue
            altered = [step for step in steps if isinstance(step, Altered)]
            for place in places:
                case = self.cases[place]
                sums = self._sums(function, case, altered)
                row[place] = np.inf if sums is None else sums
        return rows

    def _sums(
        self, function: Function, case: MadeCase, altered: Sequence[Altered]
    ) -> Numbers | None:
        want, ignore = case.expectation, self._rule.ignore
        factor = 1.0
        for step in altered:
            factor *= 1.0 if step.factor is None else step.factor(want.size or 1)
        if factor == 0:
            return np.zeros_like(case.right)  # a sum of nothing
        self._source.begin()
        try:
            result = case.result(function, altered)
            sums = None if ignore else plain_sums(want.want, result)
            if sums is None:
                sums = sums_of(want.want, value_of(result), want.scale, ignore)
        except Exception:
            return None
        return factor * sums if sums is not None and np.isfinite(sums).all() else None

    def _function(self, steps: Sequence[_Step]) -> Function | None:
        """The function that makes these mistakes, but for altered arguments."""
        edits = [step for step in steps if isinstance(step, Edit)]
        self._source.switch(edits)
        names: dict[str, Function] = {**self._source.names}
        function: Function = self._source.function
        for step in reversed([step for step in steps if isinstance(step, _Known)]):
            new = rebound(step.wrong, names)
            if new is step.wrong and (edits or function is not self._source.function):
                return None  # it does not build on the reference: the two do not come together
            function = new
            names[getattr(self._check.reference, "__name__", "")] = new
        return function

    def _alike(self, rows: Numbers, others: Numbers) -> Numbers:
        """Which give the same, wherever somebody looked at both. Shape (rows, others)."""
        one, other = rows[:, None], others[None]
        off = np.abs(one - other) > RECOGNISED * (np.abs(one) + np.abs(other)) + self._slack
        nothing = np.isinf(one) != np.isinf(other)
        looked = ~(np.isnan(one) | np.isnan(other))
        alike: Numbers = ~((off | nothing) & looked).any(axis=(2, 3))
        return alike

    def _tells(self, rows: Numbers) -> Numbers:
        """Which are more than a transform of the right answer, and not the right answer in as many
        cases as it takes to name them. Shape (rows,)."""
        one, plain = rows[:, None], self._plain[None]  # (rows, factors, cases, parts)
        close = np.abs(one - plain) <= RECOGNISED * np.abs(plain) + self._slack
        off = ~close & np.isfinite(one)
        is_plain = (~off.any(axis=2)).any(axis=1).all(axis=1)  # each part some multiple
        tells: Numbers = ~is_plain & (off[:, 0].any(axis=2).sum(axis=1) >= TELLING)
        return tells


def _known(mistake: Mistake) -> _Known:
    words = f"makes the known mistake {mistake.slug!r}"
    return _Known(Slip(mistake.slug, words, mistake.hint), mistake.wrong)


def _go_together(one: _Step, other: _Step) -> bool:
    if one.slip == other.slip:
        return False
    if isinstance(one, Edit) and isinstance(other, Edit):
        return not set(one.switches) & set(other.switches)
    if isinstance(one, Altered) and isinstance(other, Altered):
        return not one.names & other.names
    return True

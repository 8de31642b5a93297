"""Whether a tolerance tells right solutions from wrong ones, and which one would.

Right solutions of one question differ by roundings: in another order of operations, as a loop or
a matrix expression, in float32. How far they are apart is what a tolerance is there for; how near
the nearest known mistake comes is what it must stay below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.judge.compare import DOUBTFUL, Rule, compare, precisions
from grader.judge.returns import rule_of
from grader.records.answer_key import AnswerKey, CheckKey, Expectation, ReturnsKey, VectorisedKey
from grader.records.values import Value, arrays_in

Answers = Mapping[str, Value]
"""What one solution gives, by the ids of the probes."""

MARGIN = 100
"""So many times what right solutions need is suggested: others than those tried come too."""

LEAST = 1e-12
"""No tolerance below is suggested: it would ask for the last digits of a library."""


@dataclass(frozen=True)
class Calibration:
    """One check whose answers are compared up to rounding.

    Attributes:
        rtol: as the author has it.
        errors: of each right solution the largest error over what is tolerated, and its name.
        nearest: the known mistake that comes nearest, and its error over what is tolerated in the
            case where it shows most.
        needed: the least rtol with which the right solutions in double precision are right.
        suggested: a power of ten well above that; None where mistakes leave no room for one.
    """

    question: str
    check: str
    rtol: float
    errors: tuple[tuple[str, float], ...]
    nearest: tuple[str, float] | None
    needed: float
    suggested: float | None

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with the tolerance, in words; empty where it tells right from wrong."""
        said = []
        better = "other cases are needed"
        if self.suggested is not None:
            better = f"rtol={self.suggested:.0e} would do"
        tight = [f"{name} ({error:.2g})" for name, error in self.errors if error >= DOUBTFUL[0]]
        if tight:
            said.append(
                f"{self.check} ({self.question}): rtol={self.rtol:.0e} is too tight: right "
                f"solutions come near it or pass it, {', '.join(tight)}; {better}"
            )
        if self.nearest is not None and self.nearest[1] <= DOUBTFUL[1]:
            slug, error = self.nearest
            said.append(
                f"{self.check} ({self.question}): rtol={self.rtol:.0e} is too wide: the known "
                f"mistake {slug!r} is only {error:.2g} times what is tolerated off; {better}"
            )
        return tuple(said)


def calibrate(answer_key: AnswerKey, solutions: Mapping[str, Answers]) -> list[Calibration]:
    """How the tolerances of an assignment fit these right solutions, and the known mistakes.

    Args:
        solutions: each by its name. One counts for the checks of which it answers every case.
    """
    found = []
    for question in answer_key.questions:
        for key in question.checks:
            there = {
                name: [answers[case.probe] for case in cases_of(key)]
                for name, answers in solutions.items()
                if all(case.probe in answers for case in cases_of(key))
            }
            rule = _rule(key)
            if rule is not None and there:
                found.append(_calibration(question.id, key, rule, there))
    return found


def _calibration(
    question: str, key: CheckKey, rule: Rule, solutions: Mapping[str, list[Value]]
) -> Calibration:
    cases = cases_of(key)
    errors = {name: _error(cases, values, rule) for name, values in solutions.items()}
    double = [
        (case, value)
        for values in solutions.values()
        for case, value in zip(cases, values, strict=True)
        if not any(_rtols(value))
    ]
    needed = max((_relative([case], [value], rule) for case, value in double), default=0.0)
    mistakes = _mistakes(key, rule)
    nearest = min(mistakes, key=lambda each: each[1]) if mistakes else None
    suggested: float | None = 10.0 ** np.ceil(np.log10(max(needed * MARGIN, LEAST)))
    room = min((each[2] for each in mistakes), default=np.inf)
    if suggested is not None and not suggested * DOUBTFUL[1] < min(room, 0.5):
        suggested = None
    return Calibration(
        question=question,
        check=key.check,
        rtol=rule.rtol,
        errors=tuple(sorted(errors.items(), key=lambda each: -each[1])),
        nearest=None if nearest is None else nearest[:2],
        needed=needed,
        suggested=None if suggested is None else float(suggested),
    )


def cases_of(key: CheckKey) -> Sequence[Expectation]:
    """The cases of a check that are compared up to rounding."""
    if isinstance(key, ReturnsKey):
        return key.cases
    return (key.small, key.large) if isinstance(key, VectorisedKey) else ()


def _rule(key: CheckKey) -> Rule | None:
    if isinstance(key, ReturnsKey):
        return rule_of(key)
    if isinstance(key, VectorisedKey):
        return Rule(key.rtol, key.atol, key.shape, "normwise")
    return None


def _error(cases: Sequence[Expectation], values: Sequence[Value], rule: Rule) -> float:
    """The largest error over the widest tolerance that is granted to its precision."""
    return max(
        compare(
            case.want, value, case.scale, replace(rule, rtol=max(rule.rtol, *_rtols(value)))
        ).error
        for case, value in zip(cases, values, strict=True)
    )


def _rtols(value: Value) -> list[float]:
    """What is granted to the precision of a value."""
    arrays = [array.data for array in arrays_in(value)]
    return [0.0, *(rtol for array in arrays for _, rtol in precisions(array, array))]


def _relative(cases: Sequence[Expectation], values: Sequence[Value], rule: Rule) -> float:
    """The largest error relative to its terms."""
    whole = replace(rule, rtol=1.0, atol=0.0)
    return max(
        compare(case.want, value, case.scale, whole).error
        for case, value in zip(cases, values, strict=True)
    )


def _mistakes(key: CheckKey, rule: Rule) -> list[tuple[str, float, float]]:
    """Of each known mistake its slug, and its largest error over what is tolerated, and relative
    to its terms. Where it gives nothing there is nothing that could be too near."""
    if not isinstance(key, ReturnsKey):
        return []
    found = []
    for place, mistake in enumerate(key.mistakes):
        values = [case.mistakes[place] for case in key.cases]
        if not any(value is None for value in values):
            error = _error(key.cases, values, rule)
            found.append((mistake.slug, error, _relative(key.cases, values, rule)))
    return found

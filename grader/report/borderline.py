"""Verdicts near the line: their error is about as large as what is tolerated. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from grader.records.scores import BY_HAND, QuestionScore, Score
from grader.records.verdicts import Verdict

NEAR = 3.0
"""Within this factor of what is tolerated, above or below."""


OF_EACH = 3  # student


@dataclass(frozen=True)
class Borderline:
    """`ratio`: the error over what is tolerated; `at_stake`: the points of the check."""

    student: str
    question: str
    check: str
    ratio: float
    is_right: bool
    at_stake: Decimal


def borderline(scores: Sequence[Score]) -> list[Borderline]:
    """The nearest to the line first."""
    found = [
        Borderline(
            score.student,
            question.id,
            verdict.check,
            verdict.error_over_tolerance,
            verdict.error_over_tolerance <= 1,
            points_of(verdict, question),
        )
        for score in scores
        for question in score.questions
        if all(verdict.check != BY_HAND for verdict in question.verdicts)
        for verdict in question.verdicts
        if verdict.error_over_tolerance is not None
        and 1 / NEAR <= verdict.error_over_tolerance <= NEAR
    ]
    return sorted(found, key=lambda each: (abs(math.log(each.ratio)), each.student))


def few_of_each(found: Sequence[Borderline]) -> list[Borderline]:
    """The first three of each student: who rounds all results is near the line everywhere."""
    counts: Counter[str] = Counter()
    kept = []
    for each in found:
        counts[each.student] += 1
        if counts[each.student] <= OF_EACH:
            kept.append(each)
    return kept


def points_of(verdict: Verdict, question: QuestionScore) -> Decimal:
    """What a check is worth: its share of its question's points."""
    weights = sum((each.weight for each in question.verdicts), Decimal(0))
    return question.points * verdict.weight / weights if weights else Decimal(0)


def in_doubt(score: Score) -> Decimal | None:
    """The points that hang on doubts about checks; None where none is known of."""
    doubtful = [
        points_of(verdict, question)
        for question in score.questions
        for verdict in question.verdicts
        if verdict.doubt
    ]
    return sum(doubtful, Decimal(0)) if doubtful else None

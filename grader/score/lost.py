"""What lateness took from a score, in points and as a line of arithmetic. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from grader.records.scores import Score
from grader.score.explain import steps
from grader.score.policy import LatePolicy, left_over, rounded

Settled = Literal["", "excused", "by hand"]
"""Why no late policy moves a score: a person decided."""

ZERO = Decimal(0)
BY_HAND = frozenset({"override", "misconduct", "stands"})
"""Flags of a score that a person set as a whole."""


def settled_by(score: Score) -> Settled:
    if score.status == "excused":
        return "excused"
    return "by hand" if BY_HAND.intersection(score.flags) else ""


def lost_to_lateness(score: Score) -> Decimal:
    """Points; 0 where a person settled the score, or there is none yet."""
    if not score.days_late or score.score is None or settled_by(score):
        return ZERO
    return max(ZERO, score.penalty)


def reckoned(score: Score, policy: LatePolicy, *, slip_days: int) -> str:
    """`9.00 x 0.70 = 6.30`, `9.00 - 3.00 = 6.00`, or `9.00` on time; "" where no time is known.

    Args:
        slip_days: how many the student had left.
    """
    if score.days_late is None:
        return ""
    earned = sum((each.earned for each in score.questions), ZERO)
    charged = max(0, score.days_late - slip_days)
    left = left_over(policy, earned, score.maximum, charged)
    result = rounded(left, places=policy.places)
    said = f"{result:f}"
    if score.days_late:
        first, step = steps(policy, earned, score.maximum, left, charged=charged)
        said = f"{first} {step} = {said}"
    return said if score.score in (None, result) else f"{said}, and stays {score.score:f}"

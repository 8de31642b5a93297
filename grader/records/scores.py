"""A score, and everything that it needs to explain itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from grader.records.verdicts import Verdict

Status = Literal[
    "unknown_student",
    "excused",
    "missing",
    "unreadable",
    "needs_review",
    "zero_late",
    "late",
    "graded",
]
"""The first that applies, in this order."""

PROVISIONAL: frozenset[Status] = frozenset({"unreadable", "needs_review"})
"""A person has to decide before such a score leaves the house."""


@dataclass(frozen=True)
class QuestionScore:
    """`earned` is before the late penalty, unrounded."""

    id: str
    title: str
    points: Decimal
    earned: Decimal
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True)
class Score:
    """One student's score for one assignment.

    Attributes:
        attempt: which attempt counts; None if there is none.
        days_late: None if it cannot be told.
        earned: the sum of the questions, before the penalty, rounded for people.
        penalty: earned - score.
        score: what counts; None if there is no score (excused, needs review).
        explanation: one line: how the score came to be.
    """

    student: str
    name: str
    assignment: str
    attempt: int | None
    submitted_at: datetime | None
    days_late: int | None
    earned: Decimal
    maximum: Decimal
    penalty: Decimal
    score: Decimal | None
    status: Status
    flags: tuple[str, ...]
    explanation: str
    questions: tuple[QuestionScore, ...] = ()

    @property
    def is_provisional(self) -> bool:
        """Whether something is still open: a doubt, or a written answer without a mark."""
        return self.status in PROVISIONAL or any(flag.startswith("pending:") for flag in self.flags)

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

BY_HAND = "by hand"
"""What is looked at, where a person decided about a question whatever its checks say."""


@dataclass(frozen=True, slots=True)
class QuestionScore:
    """`earned` is before the late penalty, unrounded; `comments` are people's, for the student."""

    id: str
    title: str
    points: Decimal
    earned: Decimal
    verdicts: tuple[Verdict, ...] = ()
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionStanding:
    id: str
    earned: Decimal
    mistakes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """A score in short: what is compared when scores change, and kept when they are exported."""

    student: str
    status: Status
    days_late: int | None
    earned: Decimal
    penalty: Decimal
    score: Decimal | None
    questions: tuple[QuestionStanding, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """One student's score for one assignment.

    Attributes:
        attempt: which attempt counts; None if there is none.
        days_late: None if it cannot be told.
        earned: the sum of the questions, before the penalty, rounded for people.
        penalty: earned - score.
        score: what counts; None if there is no score (excused, needs review).
        explanation: one line: how the score came to be.
        comments: people's, about the whole, for the student.
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
    comments: tuple[str, ...] = ()

    @property
    def standing(self) -> Standing:
        """The score in short."""
        return Standing(
            student=self.student,
            status=self.status,
            days_late=self.days_late,
            earned=self.earned,
            penalty=self.penalty,
            score=self.score,
            questions=tuple(
                QuestionStanding(
                    each.id,
                    each.earned,
                    tuple(sorted({v.mistake for v in each.verdicts if v.mistake})),
                )
                for each in self.questions
            ),
        )

    @property
    def is_provisional(self) -> bool:
        """Whether something is still open: a doubt, or a written answer without a mark."""
        return self.status in PROVISIONAL or any(flag.startswith("pending:") for flag in self.flags)

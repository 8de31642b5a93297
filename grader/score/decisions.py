"""What people decide about a score: extensions, overrides, excuses, marks for written answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from grader.errors import GraderError

Kind = Literal["extension", "override", "excuse", "mark"]


@dataclass(frozen=True)
class Decision:
    """One line of `decisions.csv`.

    Attributes:
        question: the id of a question, or "" for the whole assignment.
        value: of an extension the new deadline, or how much longer; of a mark or an override of a
            question its points, before the penalty; of an override of the whole the final score,
            after the penalty; of an excuse None.
        at: where it stands, for messages.
    """

    student: str
    question: str
    kind: Kind
    value: datetime | timedelta | Decimal | None = None
    reason: str = ""
    at: str = ""


def check_decision(decision: Decision, points: Mapping[str, Decimal]) -> None:
    """Refuse a decision that the assignment has no place for.

    Args:
        points: what each question is worth, by its id.

    Raises:
        GraderError: for an unknown question, or points outside of what can be given.
    """
    kind, question, value = decision.kind, decision.question, decision.value
    if question and question not in points:
        raise GraderError(
            f"there is no question {question!r}",
            at=decision.at,
            fix=f"one of {', '.join(points)}",
        )
    if question and kind in ("extension", "excuse"):
        raise GraderError(
            f"an {kind} is for the whole assignment, not for {question}",
            at=decision.at,
            fix="leave the question empty",
        )
    if kind == "mark" and not question:
        raise GraderError(
            "a mark needs a question", at=decision.at, fix=f"one of {', '.join(points)}"
        )
    if isinstance(value, Decimal):
        most = points[question] if question else sum(points.values(), Decimal(0))
        if not (value.is_finite() and 0 <= value <= most):
            raise GraderError(
                f"{decision.student}: {value} is not between 0 and {most}, which is what "
                f"{question or 'the assignment'} is worth",
                at=decision.at,
                fix=f"a number from 0 to {most}",
            )


@dataclass(frozen=True)
class Decided:
    """All that was decided for one student; of two lines on one thing the last one counts."""

    extension: Decision | None = None
    excuse: Decision | None = None
    whole: Decision | None = None
    questions: Mapping[str, Decision] = field(default_factory=dict)

    @staticmethod
    def of(student: str, decisions: Iterable[Decision]) -> Decided:
        mine = [decision for decision in decisions if decision.student == student]
        whole = {decision.kind: decision for decision in mine if not decision.question}
        return Decided(
            extension=whole.get("extension"),
            excuse=whole.get("excuse"),
            whole=whole.get("override"),
            questions={decision.question: decision for decision in mine if decision.question},
        )

    def deadline(self, due: datetime) -> datetime:
        """The student's own deadline, in the zone of `due`; never earlier than everybody's."""
        if self.extension is None:
            return due
        value = self.extension.value
        if isinstance(value, timedelta):
            return max(due, due + value)
        assert isinstance(value, datetime), self.extension
        return max(due, value.astimezone(due.tzinfo))


def points_of(decision: Decision) -> Decimal:
    """The points that a mark or an override gives."""
    assert isinstance(decision.value, Decimal), decision
    return decision.value

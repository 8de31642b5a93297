"""What people decide about a score: extensions, overrides, excuses, marks for written answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from grader.errors import GraderError

Kind = Literal[
    "extension",
    "override",
    "excuse",
    "mark",
    "misconduct",
    "comment",
    "looked-at",
    "appeal",
    "slip-days",
    "published",
    "at-least",
    "stands",
]


@dataclass(frozen=True)
class Decision:
    """One line of `decisions.csv`.

    Attributes:
        question: the id of a question, or "" for the whole assignment.
        value: of an extension the new deadline, or how much longer; of a mark or an override of a
            question its points, before the penalty; of an override of the whole the final score,
            after the penalty, and so of `at-least` and `stands`; of `slip-days` and `published` a
            number of days; of the others None.
        at: where it stands, for messages.
        attempt: the one that it is about, where a score or a look is kept for one; None is any.
    """

    student: str
    question: str
    kind: Kind
    value: datetime | timedelta | Decimal | None = None
    reason: str = ""
    at: str = ""
    attempt: int | None = None


WHOLE = {
    "extension": "an extension",
    "excuse": "an excuse",
    "misconduct": "zero for misconduct",
    "slip-days": "a number of slip days",
    "published": "what was published",
    "at-least": "what a score may not fall below",
    "stands": "a score that stands",
}
"""What is about an assignment and not about a question."""

WITHOUT_POINTS = ("comment", "looked-at", "appeal")
"""What changes no points: words for the student, a doubt that is settled, a student who objects."""

NOT_OF_TODAY = ("at-least", "stands", "slip-days", "published")
"""Scores that were possible then, whatever the points are today; and days."""


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
    if question and kind in WHOLE:
        raise GraderError(
            f"{WHOLE[kind]} is for the whole assignment, not for {question}",
            at=decision.at,
            fix="leave the question empty",
        )
    if kind == "mark" and not question:
        raise GraderError(
            "a mark needs a question", at=decision.at, fix=f"one of {', '.join(points)}"
        )
    if isinstance(value, Decimal):
        if kind in NOT_OF_TODAY and value >= 0:
            return
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
    """All that was decided for one student; of two decisions on one thing the last one counts.

    Attributes:
        whole: an override of the final score, or a zero for misconduct.
        questions: points that a person gave, by question.
        looked_at: questions, or "" for the whole, whose doubts a person settled.
        at_least: what a re-grade was not to lower.
        then: what was decided before that, of the points; what is decided since may lower it.
        stands: a score that was brought back; whatever is decided later counts instead.
        days_said, days_published: of slip days; what is said later counts instead of what was
            published.
    """

    extension: Decision | None = None
    excuse: Decision | None = None
    whole: Decision | None = None
    questions: Mapping[str, Decision] = field(default_factory=dict)
    comments: tuple[Decision, ...] = ()
    looked_at: Mapping[str, Decision] = field(default_factory=dict)
    at_least: Decision | None = None
    then: Decided | None = None
    stands: Decision | None = None
    days_said: Decision | None = None
    days_published: Decision | None = None

    @staticmethod
    def of(student: str, decisions: Iterable[Decision]) -> Decided:
        last: dict[str, Decision] = {}
        questions: dict[str, Decision] = {}
        comments: list[Decision] = []
        looked_at: dict[str, Decision] = {}
        then: Decided | None = None
        for each in decisions:
            if each.student != student:
                continue
            if each.kind == "comment":
                comments.append(each)
            elif each.kind == "looked-at":
                looked_at[each.question] = each
            if each.kind in WITHOUT_POINTS:
                continue
            if each.kind not in ("at-least", "stands", "published"):
                last.pop("stands", None)
            if each.kind == "slip-days":
                last.pop("published", None)
                last.pop("at-least", None)  # what was spent then is spent otherwise now
            if each.kind == "at-least":
                then = Decided(extension=last.get("extension"), questions=dict(questions))
            if each.question:
                questions[each.question] = each
            else:
                last["override" if each.kind == "misconduct" else each.kind] = each
        return Decided(
            extension=last.get("extension"),
            excuse=last.get("excuse"),
            whole=last.get("override"),
            questions=questions,
            comments=tuple(comments),
            looked_at=looked_at,
            at_least=last.get("at-least"),
            then=then,
            stands=last.get("stands"),
            days_said=last.get("slip-days"),
            days_published=last.get("published"),
        )

    def for_attempt(self, attempt: int | None) -> Decided:
        """Without what is kept for another attempt."""

        def own(decision: Decision | None) -> Decision | None:
            is_other = decision is not None and decision.attempt not in (None, attempt)
            return None if is_other else decision

        return replace(
            self,
            at_least=own(self.at_least),
            stands=own(self.stands),
            days_published=own(self.days_published),
            looked_at={
                question: each for question, each in self.looked_at.items() if own(each) is not None
            },
        )

    @property
    def slip_days(self) -> int | None:
        """How many are said to be spent here; None leaves it to the order of the deadlines."""
        return None if self.days_said is None else int(points_of(self.days_said))

    @property
    def published(self) -> int | None:
        """How many the published marks have spent."""
        return None if self.days_published is None else int(points_of(self.days_published))

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
    """The points that a decision gives."""
    if decision.kind == "misconduct":
        return Decimal(0)
    assert isinstance(decision.value, Decimal), decision
    return decision.value

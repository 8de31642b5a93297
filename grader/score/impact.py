"""Who gains and who loses when scores are made again, how much, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from grader.records.scores import QuestionStanding, Standing
from grader.score.explain import plain

ZERO = Decimal(0)


@dataclass(frozen=True)
class Change:
    """What becomes of one student's score; None is no score, or nobody.

    Attributes:
        why: in words, the points of questions first.
    """

    student: str
    before: Decimal | None
    after: Decimal | None
    why: tuple[str, ...]

    @property
    def gain(self) -> Decimal:
        """What is won, negative if lost; no score counts as 0."""
        return (self.after or ZERO) - (self.before or ZERO)


def impact(before: Iterable[Standing], after: Iterable[Standing]) -> list[Change]:
    """The students whose score or status differs, those who lose most first."""
    was = {each.student: each for each in before}
    changes = []
    for new in after:
        old = was.pop(new.student, None)
        if old is None:
            changes.append(Change(new.student, None, new.score, ("was not there",)))
        elif (old.score, old.status, old.earned) != (new.score, new.status, new.earned):
            changes.append(Change(new.student, old.score, new.score, tuple(_why(old, new))))
    changes += [Change(old.student, old.score, None, ("is gone",)) for old in was.values()]
    return sorted(changes, key=lambda change: (change.gain, change.student))


def _why(old: Standing, new: Standing) -> Iterator[str]:
    questions = {each.id: each for each in old.questions}
    for question in new.questions:
        earlier = questions.pop(question.id, None)
        if earlier is None or earlier.earned != question.earned:
            yield _of_question(earlier, question)
    yield from (f"{gone} is no question any more" for gone in questions)
    if old.days_late != new.days_late:
        yield f"days late {_number(old.days_late)} -> {_number(new.days_late)}"
    elif abs(_share_taken(old) - _share_taken(new)) >= Decimal("0.01"):
        yield f"penalty {plain(old.penalty)} -> {plain(new.penalty)}"
    if old.status != new.status:
        yield f"{old.status} -> {new.status}"


def _share_taken(standing: Standing) -> Decimal:
    """What lateness took, of what was earned."""
    return standing.penalty / standing.earned if standing.earned else ZERO


def _of_question(old: QuestionStanding | None, new: QuestionStanding) -> str:
    before = "-" if old is None else _points(old.earned)
    said = f"{new.id} {before} -> {_points(new.earned)}"
    if old is None or old.mistakes == new.mistakes:
        return said
    named = ", ".join(new.mistakes) or f"was {', '.join(old.mistakes)}"
    return f"{said} ({named})"


def _points(points: Decimal) -> str:
    return plain(round(points, 4))  # a third of a point goes on for ever


def _number(days: int | None) -> str:
    return "unknown" if days is None else str(days)

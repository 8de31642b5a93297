"""Who gains and who loses when scores are made again, how much, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest

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
    """The students whose score or status differs, those who lose most first.

    Both are read side by side. Who is in the same place in both is compared at once, so that of
    standings that are made as they are read few are held.
    """
    was: dict[str, Standing] = {}
    now: dict[str, Standing] = {}
    changes = []
    for old, new in zip_longest(before, after):
        if old is not None:
            was[old.student] = old
        if new is not None:
            now[new.student] = new
        for student in {each.student for each in (old, new) if each is not None}:
            if student in was and student in now:
                changes += _changed(was.pop(student), now.pop(student))
    changes += [Change(each.student, None, each.score, ("was not there",)) for each in now.values()]
    changes += [Change(each.student, each.score, None, ("is gone",)) for each in was.values()]
    return sorted(changes, key=lambda change: (change.gain, change.student))


def _changed(old: Standing, new: Standing) -> list[Change]:
    if (old.score, old.status, old.earned) == (new.score, new.status, new.earned):
        return []
    return [Change(old.student, old.score, new.score, tuple(_why(old, new)))]


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

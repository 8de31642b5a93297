"""Which decisions are in force: those of the gradebook, and what `decisions.csv` says by now. Pure.

The file is imported line by line: a line that is new counts from now on, one that is gone counts no
more. Of two lines on one thing the last one counts, in the file as in the gradebook.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from grader.course.decisions import DecisionLine

Thing = tuple[str, str, str]

NEVER_LOWER = "--never-lower"
"""The source of the decisions that a grading makes itself."""


@dataclass(frozen=True)
class Kept:
    """A decision of the gradebook that was not taken back.

    Attributes:
        id: rises with time.
        source: "" if a command wrote it, or the file that it is imported from.
    """

    id: int
    line: DecisionLine
    source: str = ""


def thing_of(line: DecisionLine) -> Thing:
    """What a line is about; of two lines about one thing the later one counts.

    Marks and overrides set the same points. Comments and appeals do not replace one another.
    """
    kind = line.kind.lower()
    if kind in ("comment", "appeal"):
        return line.student, line.question, f"{kind} {line.reason}"
    kinds = {"mark": "points", "override": "points", "misconduct": "points"}
    return line.student, line.question, kinds.get(kind, kind)


def difference(
    kept: Sequence[Kept], lines: Iterable[DecisionLine], source: str
) -> tuple[list[Kept], list[DecisionLine]]:
    """What the file `source` has no more, and what it has that is not kept yet.

    With what is gone go the scores that were kept because of it: see `fallen`.
    """
    now = _last_of_each(lines)
    known = {thing_of(each.line): each for each in kept if each.source == source}
    gone = [
        each
        for thing, each in known.items()
        if thing not in now or not now[thing].says_the_same(each.line)
    ]
    lost = {each.id for each in gone}
    new = [line for thing, line in now.items() if thing not in known or known[thing].id in lost]
    return [*gone, *fallen(kept, gone, new)], new


KEEP_A_SCORE = ("at-least", "stands")
NO_POINTS = ("comment", "published", *KEEP_A_SCORE)


def fallen(
    kept: Sequence[Kept], gone: Sequence[Kept], new: Sequence[DecisionLine] = ()
) -> list[Kept]:
    """Which scores that were kept fall, as these decisions are gone, or back.

    A score was kept as it was with the decisions of then. One that is taken back is a decision,
    too: it lowers what was kept because of it, and so it is graded anew.

    Args:
        kept: those in force before, by id.
        new: what comes in the place of what is gone. The same in other words changes no score.
    """
    again = {(thing_of(line), line.kind, line.value) for line in new}
    away = {each.id for each in gone}
    last = {thing_of(each.line): each.id for each in kept if each.id not in away}
    since: dict[str, int] = {}
    for each in gone:
        line, thing = each.line, thing_of(each.line)
        is_said_again = (thing, line.kind, line.value) in again
        if line.kind in NO_POINTS or is_said_again or last.get(thing, 0) > each.id:
            continue
        since[line.student] = min(each.id, since.get(line.student, each.id))
    return [
        each
        for each in kept
        if each.line.kind in KEEP_A_SCORE
        and each.source in ("", NEVER_LOWER)  # what a file says is the file's
        and each.id not in away
        and each.id > since.get(each.line.student, each.id)
    ]


def in_force(
    kept: Sequence[Kept], lines: Sequence[DecisionLine], source: str
) -> list[DecisionLine]:
    """The decisions that count, in the order in which later ones replace earlier ones.

    Args:
        kept: those of the gradebook, by id.
        lines: of the file as it is now, whether they are imported yet or not.
    """
    gone, new = difference(kept, lines, source)
    lost = {each.id for each in gone}
    places = {thing: line.at for thing, line in _last_of_each(lines).items()}
    counting = [
        replace(each.line, at=places.get(thing_of(each.line), each.line.at))
        if each.source == source
        else each.line
        for each in kept
        if each.id not in lost
    ]
    return [*counting, *new]


def _last_of_each(lines: Iterable[DecisionLine]) -> dict[Thing, DecisionLine]:
    last: dict[Thing, DecisionLine] = {}
    for line in lines:
        last.pop(thing_of(line), None)  # the order of the last ones
        last[thing_of(line)] = line
    return last

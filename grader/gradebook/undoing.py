"""Takes a change back. What was decided in between stays decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from grader.course.decisions import DecisionLine
from grader.errors import GraderError
from grader.gradebook import tables
from grader.gradebook.address import Address
from grader.gradebook.changes import ChangeSet, Event, history
from grader.gradebook.decisions import add, kept_decisions, reinstate, take_back
from grader.gradebook.lines import NEVER_LOWER, fallen
from grader.gradebook.pairs import reinstate_looks, take_back_looks


@dataclass(frozen=True)
class TakenBack:
    """`students` are to be graded again; `change` is the one that took it back."""

    assignment: str
    change: int
    students: tuple[str, ...]
    added: tuple[DecisionLine, ...]
    notes: tuple[str, ...]


def take_back_change(
    connection: Connection, number: int, address: Address, *, reason: str = ""
) -> TakenBack:
    """See `grader.deciding.undo`.

    Raises:
        GraderError: there is no such change, or nothing of it can be taken back.
    """
    row = connection.execute(
        sa.select(tables.change).where(tables.change.c.id == number)
    ).one_or_none()
    if row is None:
        raise GraderError(
            f"there is no change {number}",
            at=str(address),
            fix="grader gradebook history lists them",
        )
    why = reason or f"change {number} ({row.command}) taken back"
    change = ChangeSet(
        connection, "undo", f"grader gradebook undo {number}", assignment=row.assignment, reason=why
    )
    events = history(connection, change=number)
    notes: list[str] = []
    made = {int(each.item) for each in events if each.what == "decision" and each.after}
    kept = kept_decisions(connection, row.assignment)
    still = [each for each in kept if each.id in made]
    imported = [each for each in still if each.source not in ("", NEVER_LOWER)]
    if imported:
        notes.append(f"{len(imported)} decisions come from decisions.csv: take the lines out there")
    ours = [each for each in still if each not in imported]
    with_it = fallen(kept, ours)
    take_back(change, row.assignment, [*ours, *with_it])
    if with_it:
        whose = ", ".join(sorted({each.line.student for each in with_it}))
        notes.append(
            f"what kept the scores of {whose} counts no more: it was kept with what is taken back"
        )
    students = [each.line.student for each in ours]
    students += reinstate(change, row.assignment, number)
    added: list[DecisionLine] = []
    if row.kind == "grading":
        added = _as_before(connection, events, row.assignment, number, why, notes)
        add(change, row.assignment, added)
        students += [each.student for each in added]
    looks = take_back_looks(change, row.assignment, number)
    looks += reinstate_looks(change, row.assignment, number)
    change.write()
    if not students and not looks:
        raise GraderError(
            f"nothing of change {number} ({row.command}) can be taken back"
            + "".join(f"; {note}" for note in notes),
            at=str(address),
            fix=f"grader gradebook history --change {number} shows what it was",
        )
    return TakenBack(
        row.assignment, change.number, tuple(dict.fromkeys(students)), tuple(added), tuple(notes)
    )


def _as_before(
    connection: Connection,
    events: Sequence[Event],
    assignment: str,
    number: int,
    why: str,
    notes: list[str],
) -> list[DecisionLine]:
    """What has the scores of a grading stand as they were before it."""
    now = {
        each.student: each.change
        for each in connection.execute(
            sa.select(tables.score.c.student, tables.score.c.change).where(
                tables.score.c.assignment == assignment
            )
        )
    }
    lines, first, since = [], 0, 0
    for each in events:
        if each.what != "score":
            continue
        before = each.before or {}
        if before.get("score") is None:
            first += 1
        elif now.get(each.student) != number:
            since += 1
        else:
            attempt = before["attempt"]
            value = f"{before['score']}@{attempt}" if attempt else str(before["score"])
            lines.append(DecisionLine(each.student, "", "stands", value, why, at="gradebook"))
    if first:
        notes.append(f"{first} had no score before: theirs stay")
    if since:
        notes.append(f"the scores of {since} changed again since: they stay as they are")
    return lines

"""Pairs of hand-ins that a person looked at side by side and found fine.

A look is about the two files: who hands in again is looked at again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from grader.gradebook import tables
from grader.gradebook.changes import ChangeSet
from grader.records.looks import Look

_table = tables.pair


def kept_looks(connection: Connection, assignment: str) -> list[Look]:
    """Those of an assignment that nobody took back, in their order."""
    rows = connection.execute(
        sa.select(_table)
        .where(_table.c.assignment == assignment, _table.c.taken_back_by.is_(None))
        .order_by(_table.c.id)
    )
    return [_look(row) for row in rows]


def keep_looks(change: ChangeSet, assignment: str, looks: Sequence[Look]) -> list[Look]:
    """Keep those that are not kept yet; which they were."""
    known = {(look.student, look.other): look for look in kept_looks(change.connection, assignment)}
    new = [
        look
        for look in looks
        if (same := known.get((look.student, look.other))) is None
        or (same.files, same.reason) != (look.files, look.reason)
    ]
    for look in new:
        change.connection.execute(
            sa.insert(_table).values(
                change=change.number,
                assignment=assignment,
                student=look.student,
                other=look.other,
                files=" ".join(look.files),
                reason=look.reason,
            )
        )
        _note(change, assignment, look, is_there=True)
    return new


def take_back_looks(change: ChangeSet, assignment: str, number: int) -> int:
    """What the change of that number looked at counts no more; how many pairs."""
    rows = change.connection.execute(
        sa.select(_table).where(
            _table.c.change == number,
            _table.c.assignment == assignment,
            _table.c.taken_back_by.is_(None),
        )
    ).all()
    for row in rows:
        change.connection.execute(
            sa.update(_table).where(_table.c.id == row.id).values(taken_back_by=change.number)
        )
        _note(change, assignment, _look(row), is_there=False)
    return len(rows)


def reinstate_looks(change: ChangeSet, assignment: str, taken_back_by: int) -> int:
    """What another change took back counts again; how many pairs."""
    rows = change.connection.execute(
        sa.select(_table).where(
            _table.c.taken_back_by == taken_back_by, _table.c.assignment == assignment
        )
    ).all()
    for row in rows:
        change.connection.execute(
            sa.update(_table).where(_table.c.id == row.id).values(taken_back_by=None)
        )
        _note(change, assignment, _look(row), is_there=True)
    return len(rows)


def _note(change: ChangeSet, assignment: str, look: Look, *, is_there: bool) -> None:
    facts = {"files": " ".join(look.files), "reason": look.reason}
    before, after = (None, facts) if is_there else (facts, None)
    for student, other in ((look.student, look.other), (look.other, look.student)):
        change.note("pair", student, before, after, item=other, assignment=assignment)


def _look(row: Any) -> Look:
    one, _, other = row.files.partition(" ")
    return Look(row.student, row.other, (one, other), row.reason, row.change)

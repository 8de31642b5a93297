"""The decisions in the gradebook: read, added, taken back, imported from `decisions.csv`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from grader.course.decisions import DecisionLine
from grader.gradebook import tables
from grader.gradebook.changes import ChangeSet
from grader.gradebook.lines import NEVER_LOWER, Kept, difference, fallen

_table = tables.decision


def kept_decisions(connection: Connection, assignment: str) -> list[Kept]:
    """Those of an assignment that nobody took back, in their order."""
    rows = connection.execute(
        sa.select(_table)
        .where(_table.c.assignment == assignment, _table.c.taken_back_by.is_(None))
        .order_by(_table.c.id)
    )
    return [
        Kept(
            row.id,
            DecisionLine(
                row.student,
                row.question,
                row.kind,
                row.value,
                row.reason,
                at=f"gradebook, change {row.change}",
            ),
            row.source,
        )
        for row in rows
    ]


def add(
    change: ChangeSet, assignment: str, lines: Iterable[DecisionLine], *, source: str = ""
) -> None:
    """Add decisions; they count after those that are there."""
    for line in lines:
        cells = _cells(line)
        done = change.connection.execute(
            sa.insert(_table).values(
                change=change.number, assignment=assignment, source=source, **cells
            )
        )
        assert done.inserted_primary_key is not None
        number = str(done.inserted_primary_key[0])
        after = {**cells, "source": source}
        change.note("decision", line.student, None, after, item=number, assignment=assignment)


def take_back(change: ChangeSet, assignment: str, kept: Sequence[Kept]) -> None:
    """They count no more; their rows stay."""
    for each in kept:
        change.connection.execute(
            sa.update(_table).where(_table.c.id == each.id).values(taken_back_by=change.number)
        )
        before = {**_cells(each.line), "source": each.source}
        change.note(
            "decision", each.line.student, before, None, item=str(each.id), assignment=assignment
        )


def reinstate(change: ChangeSet, assignment: str, taken_back_by: int) -> list[str]:
    """What another change took back counts again, where it stood; whose it is.

    Scores that were kept since, without it, are not.
    """
    rows = change.connection.execute(
        sa.select(_table).where(
            _table.c.taken_back_by == taken_back_by,
            _table.c.assignment == assignment,
            _table.c.source.in_(["", NEVER_LOWER]),
        )
    ).all()
    back = [
        Kept(row.id, DecisionLine(row.student, row.question, row.kind, row.value)) for row in rows
    ]
    take_back(change, assignment, fallen(kept_decisions(change.connection, assignment), back))
    for row in rows:
        change.connection.execute(
            sa.update(_table).where(_table.c.id == row.id).values(taken_back_by=None)
        )
        line = DecisionLine(row.student, row.question, row.kind, row.value, row.reason)
        change.note(
            "decision",
            row.student,
            None,
            {**_cells(line), "source": row.source},
            item=str(row.id),
            assignment=assignment,
        )
    return [row.student for row in rows]


def import_lines(
    change: ChangeSet, assignment: str, lines: Sequence[DecisionLine], source: str
) -> None:
    """Have the gradebook say of the file `source` what it says now."""
    gone, new = difference(kept_decisions(change.connection, assignment), lines, source)
    take_back(change, assignment, gone)
    add(change, assignment, new, source=source)


def _cells(line: DecisionLine) -> dict[str, str]:
    return {
        "student": line.student,
        "question": line.question,
        "kind": line.kind,
        "value": line.value,
        "reason": line.reason,
    }

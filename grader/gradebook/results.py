"""Students, attempts and scores as they are now; what differs from before becomes history."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Table

from grader.gradebook import tables
from grader.gradebook.changes import ChangeSet, What
from grader.records.scores import Score
from grader.records.submissions import Student, Submission

Row = dict[str, Any]
SHORT = ("attempt", "days_late", "earned", "penalty", "score", "status")
"""What history keeps of a score: not its words."""


def keep_students(
    change: ChangeSet, students: Iterable[Student], withdrawn: Collection[str] = ()
) -> None:
    """The roster. Who is not on it any more stays as they were."""
    rows = [
        {
            "student": each.id,
            "name": each.name,
            "login": each.login,
            "lms_id": each.lms_id,
            "email": each.email,
            "section": each.section,
            "withdrawn": int(each.id in withdrawn),
        }
        for each in students
    ]
    _keep(change, tables.student, ("student",), rows, what="student")


def keep_attempts(change: ChangeSet, assignment: str, submissions: Iterable[Submission]) -> None:
    """What was handed in."""
    rows = [
        {
            "assignment": assignment,
            "student": each.student,
            "attempt": each.attempt,
            "file": each.file_name,
            "submitted_at": "" if each.submitted_at is None else each.submitted_at.isoformat(),
            "sha256": each.sha256,
            "source": each.source,
        }
        for each in submissions
    ]
    _keep(
        change,
        tables.attempt,
        ("assignment", "student", "attempt"),
        rows,
        what="attempt",
        assignment=assignment,
        item=lambda row: str(row["attempt"]),
    )


def counted_attempts(connection: Connection, assignment: str) -> dict[str, int]:
    """Which attempt counts, by student, as it was graded last."""
    column = tables.score.c
    rows = connection.execute(
        sa.select(column.student, column.attempt).where(
            column.assignment == assignment, column.attempt.is_not(None)
        )
    )
    return {row.student: row.attempt for row in rows}


def keep_scores(change: ChangeSet, assignment: str, scores: Sequence[Score]) -> None:
    """Scores as they stand now; those of others stay as they are."""
    rows = [
        {
            "assignment": assignment,
            "student": each.student,
            "attempt": each.attempt,
            "submitted_at": "" if each.submitted_at is None else each.submitted_at.isoformat(),
            "days_late": each.days_late,
            "earned": f"{each.earned:f}",
            "maximum": f"{each.maximum:f}",
            "penalty": f"{each.penalty:f}",
            "score": None if each.score is None else f"{each.score:f}",
            "status": each.status,
            "flags": ";".join(each.flags),
            "explanation": each.explanation,
            "questions": json.dumps({q.id: _short(q.earned) for q in each.questions}),
        }
        for each in scores
    ]
    _keep(
        change,
        tables.score,
        ("assignment", "student"),
        rows,
        what="score",
        assignment=assignment,
        shown=SHORT,
        has_change=True,
    )


def _short(points: Decimal) -> str:
    return f"{points:f}" if points == points.to_integral_value() else f"{round(points, 6):f}"


def _keep(
    change: ChangeSet,
    table: Table,
    key: Sequence[str],
    rows: Sequence[Row],
    *,
    what: What,
    assignment: str = "",
    item: Callable[[Row], str] = lambda row: "",
    shown: Sequence[str] = (),
    has_change: bool = False,
) -> None:
    """Insert what is new, update what is not the same, and note both.

    Args:
        shown: the columns whose change is history; all of them by default.
    """
    query = sa.select(table)
    if assignment:
        query = query.where(table.c.assignment == assignment)
    there: Mapping[tuple[Any, ...], Row] = {
        tuple(row[name] for name in key): dict(row)
        for row in change.connection.execute(query).mappings()
    }
    new: list[Row] = []
    changed: list[Row] = []
    for row in rows:
        before = there.get(tuple(row[name] for name in key))
        if before is not None and all(before[name] == value for name, value in row.items()):
            continue
        names = shown or [name for name in row if name not in key]
        old = None if before is None else {name: before[name] for name in names}
        now = {name: row[name] for name in names}
        if old != now:
            change.note(what, row["student"], old, now, item=item(row), assignment=assignment)
        stamped = {**row, "change": change.number} if has_change and old != now else row
        (new if before is None else changed).append(stamped)
    if new:
        change.connection.execute(sa.insert(table), new)
    for row in changed:
        same = [table.c[name] == row[name] for name in key]
        values = {name: value for name, value in row.items() if name not in key}
        change.connection.execute(sa.update(table).where(*same).values(values))

"""Who changed what, when, why: one row a command, one event a thing that it changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from grader.gradebook import tables
from grader.gradebook.address import author

Kind = Literal["decision", "grading", "undo", "roster", "look"]
What = Literal["student", "attempt", "score", "decision", "pair"]
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Event:
    """One thing that changed; `before` and `after` are None where there was, or is, nothing."""

    change: int
    at: datetime
    author: str
    command: str
    reason: str
    what: What
    assignment: str
    student: str
    item: str
    before: Facts | None
    after: Facts | None


class ChangeSet:
    """What one command changes. Its row is written with the first event, and none without one."""

    def __init__(
        self,
        connection: Connection,
        kind: Kind,
        command: str,
        *,
        assignment: str = "",
        reason: str = "",
        continues: int | None = None,
    ) -> None:
        """`continues`: the change of an earlier transaction of this same command."""
        self.connection = connection
        self._id = continues
        self._row = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "author": author(),
            "kind": kind,
            "command": command,
            "assignment": assignment,
            "reason": reason,
        }
        self._events: list[dict[str, Any]] = []

    @property
    def number(self) -> int:
        """Its id; the row is written now, if it is not yet."""
        if self._id is None:
            done = self.connection.execute(sa.insert(tables.change).values(self._row))
            assert done.inserted_primary_key is not None
            self._id = int(done.inserted_primary_key[0])
        return self._id

    @property
    def number_if_any(self) -> int | None:
        return self._id

    def note(
        self,
        what: What,
        student: str,
        before: Facts | None,
        after: Facts | None,
        *,
        item: str = "",
        assignment: str = "",
    ) -> None:
        """An event; see `write`."""
        self._events.append(
            {
                "change": self.number,
                "kind": what,
                "assignment": assignment,
                "student": student,
                "item": item,
                "before": _text(before),
                "after": _text(after),
            }
        )

    def write(self) -> None:
        """Write the events that were noted."""
        if self._events:
            self.connection.execute(sa.insert(tables.event), self._events)
        self._events = []


def history(
    connection: Connection,
    *,
    assignment: str = "",
    student: str = "",
    change: int | None = None,
    after: int = 0,
) -> list[Event]:
    """What happened, in order; of everything, or of one assignment, student, change.

    What is about a student alone (a new name) belongs to every assignment.

    Args:
        after: only what came after this event, see `last_event`.
    """
    event, of = tables.event.c, tables.change.c
    query = sa.select(
        event.change,
        of.at,
        of.author,
        of.command,
        of.reason,
        event.kind,
        event.assignment,
        event.student,
        event.item,
        event.before,
        event.after,
    ).join_from(tables.event, tables.change)
    if assignment:
        query = query.where(event.assignment.in_([assignment, ""]))
    if student:
        query = query.where(event.student == student)
    if change is not None:
        query = query.where(event.change == change)
    if after:
        query = query.where(event.id > after)
    rows = connection.execute(query.order_by(event.id))
    return [
        Event(
            row.change,
            datetime.fromisoformat(row.at),
            row.author,
            row.command,
            row.reason,
            row.kind,
            row.assignment,
            row.student,
            row.item,
            _facts(row.before),
            _facts(row.after),
        )
        for row in rows
    ]


def last_event(connection: Connection) -> int:
    """The number of the last thing that happened; 0 if nothing has."""
    return connection.execute(sa.select(sa.func.max(tables.event.c.id))).scalar() or 0


def _text(facts: Facts | None) -> str | None:
    return None if facts is None else json.dumps(dict(facts), ensure_ascii=False)


def _facts(text: str | None) -> Facts | None:
    return None if text is None else json.loads(text)

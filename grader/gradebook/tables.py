"""The tables of the gradebook, as the newest migration leaves them.

Points are texts: SQLite knows no decimal numbers. So are times, in ISO 8601 with an offset.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

VERSION = "0002"
"""Of these tables: the last file in migrations/versions."""

metadata = MetaData()

change = Table(
    "change",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String(40), nullable=False),
    Column("author", Text, nullable=False),
    Column("kind", String(20), nullable=False),  # decision, grading, undo, roster, look
    Column("command", Text, nullable=False),
    Column("assignment", Text, nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""One command that changed something: who, when, why."""

event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("change", Integer, ForeignKey("change.id"), nullable=False),
    Column("kind", String(20), nullable=False),  # student, attempt, score, decision, pair
    Column("assignment", Text, nullable=False),
    Column("student", Text, nullable=False),
    Column("item", Text, nullable=False),  # the attempt's number, the decision's id, who else
    Column("before", Text),  # JSON, or nothing
    Column("after", Text),
    Index("event_of_student", "student", "assignment"),
    Index("event_of_change", "change"),
    sqlite_autoincrement=True,
)
"""What changed: never written to again."""

student = Table(
    "student",
    metadata,
    Column("student", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("login", Text, nullable=False),
    Column("lms_id", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("section", Text, nullable=False),
    Column("withdrawn", Integer, nullable=False),
)

attempt = Table(
    "attempt",
    metadata,
    Column("assignment", Text, primary_key=True),
    Column("student", Text, primary_key=True),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("file", Text, nullable=False),
    Column("submitted_at", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("source", Text, nullable=False),
)

score = Table(
    "score",
    metadata,
    Column("assignment", Text, primary_key=True),
    Column("student", Text, primary_key=True),
    Column("attempt", Integer),
    Column("submitted_at", Text, nullable=False),
    Column("days_late", Integer),
    Column("earned", Text, nullable=False),
    Column("maximum", Text, nullable=False),
    Column("penalty", Text, nullable=False),
    Column("score", Text),
    Column("status", String(20), nullable=False),
    Column("flags", Text, nullable=False),
    Column("explanation", Text, nullable=False),
    Column("questions", Text, nullable=False),  # JSON: points by question
    Column("change", Integer, ForeignKey("change.id"), nullable=False),
)
"""As it stands; `change` is the last that touched it."""

decision = Table(
    "decision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("change", Integer, ForeignKey("change.id"), nullable=False),
    Column("assignment", Text, nullable=False),
    Column("student", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("value", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("taken_back_by", Integer, ForeignKey("change.id")),
    Index("decision_of_assignment", "assignment"),
    sqlite_autoincrement=True,
)

pair = Table(
    "pair",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("change", Integer, ForeignKey("change.id"), nullable=False),
    Column("assignment", Text, nullable=False),
    Column("student", Text, nullable=False),  # the smaller of the two ids
    Column("other", Text, nullable=False),
    Column("files", Text, nullable=False),  # what was looked at: the SHA-256 of both, in this order
    Column("reason", Text, nullable=False),
    Column("taken_back_by", Integer, ForeignKey("change.id")),
    Index("pair_of_assignment", "assignment"),
    sqlite_autoincrement=True,
)
"""Two hand-ins that a person looked at side by side, and found fine."""

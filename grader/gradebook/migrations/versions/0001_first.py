"""The first tables.

Written out, not taken from `tables.py`: that shows what they have become since.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "change",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("command", sa.Text, nullable=False),
        sa.Column("assignment", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("change", sa.Integer, sa.ForeignKey("change.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("assignment", sa.Text, nullable=False),
        sa.Column("student", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("event_of_student", "event", ["student", "assignment"])
    op.create_index("event_of_change", "event", ["change"])
    op.create_table(
        "student",
        sa.Column("student", sa.Text, primary_key=True),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("name", "login", "lms_id", "email", "section")
        ),
        sa.Column("withdrawn", sa.Integer, nullable=False),
    )
    op.create_table(
        "attempt",
        sa.Column("assignment", sa.Text, primary_key=True),
        sa.Column("student", sa.Text, primary_key=True),
        sa.Column("attempt", sa.Integer, primary_key=True, autoincrement=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("file", "submitted_at", "sha256", "source")
        ),
    )
    op.create_table(
        "score",
        sa.Column("assignment", sa.Text, primary_key=True),
        sa.Column("student", sa.Text, primary_key=True),
        sa.Column("attempt", sa.Integer),
        sa.Column("submitted_at", sa.Text, nullable=False),
        sa.Column("days_late", sa.Integer),
        sa.Column("earned", sa.Text, nullable=False),
        sa.Column("maximum", sa.Text, nullable=False),
        sa.Column("penalty", sa.Text, nullable=False),
        sa.Column("score", sa.Text),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("flags", sa.Text, nullable=False),
        sa.Column("explanation", sa.Text, nullable=False),
        sa.Column("questions", sa.Text, nullable=False),
        sa.Column("change", sa.Integer, sa.ForeignKey("change.id"), nullable=False),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("change", sa.Integer, sa.ForeignKey("change.id"), nullable=False),
        sa.Column("assignment", sa.Text, nullable=False),
        sa.Column("student", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("taken_back_by", sa.Integer, sa.ForeignKey("change.id")),
        sqlite_autoincrement=True,
    )
    op.create_index("decision_of_assignment", "decision", ["assignment"])


def downgrade() -> None:
    for table in ("decision", "score", "attempt", "student", "event", "change"):
        op.drop_table(table)

"""Pairs of hand-ins that somebody looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "pair",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("change", sa.Integer, sa.ForeignKey("change.id"), nullable=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("assignment", "student", "other", "files", "reason")
        ),
        sa.Column("taken_back_by", sa.Integer, sa.ForeignKey("change.id")),
        sqlite_autoincrement=True,
    )
    op.create_index("pair_of_assignment", "pair", ["assignment"])


def downgrade() -> None:
    op.drop_table("pair")

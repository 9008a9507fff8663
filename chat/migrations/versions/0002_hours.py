"""The opening hours.

Revision 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "week",
        sa.Column("region", sa.String(8), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("closed_on_holidays", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region", name="pk_week"),
    )
    op.create_table(
        "other_day",
        sa.Column("region", sa.String(8), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("spans", sa.JSON(), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("region", "day", name="pk_other_day"),
    )
    op.create_table(
        "hours_switch",
        sa.Column("region", sa.String(8), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("region", name="pk_hours_switch"),
    )


def downgrade() -> None:
    for table in ("hours_switch", "other_day", "week"):
        op.drop_table(table)

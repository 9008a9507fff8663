"""The counted figures.

Revision 0004, after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "figures",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("region", sa.String(8), nullable=False),
        sa.Column("dimension", sa.String(8), nullable=False),
        sa.Column("value", sa.String(20), nullable=False),
        sa.Column("measure", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day", "hour", "region", "dimension", "value", "measure", name="pk_figures"
        ),
    )
    op.create_table(
        "figures_moved",
        sa.Column("batch", sa.String(32), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("batch", name="pk_figures_moved"),
    )


def downgrade() -> None:
    op.drop_table("figures_moved")
    op.drop_table("figures")

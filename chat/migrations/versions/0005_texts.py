"""Ready answers, and texts of the chat that the office edits.

Revision 0005, after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ready_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member", sa.Integer(), nullable=True),
        sa.Column("shipped", sa.String(60), nullable=True),
        sa.Column("lang", sa.String(2), nullable=False),
        sa.Column("title", sa.String(60), nullable=False),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member"], ["staff.id"], name="fk_ready_answer_member_staff", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ready_answer"),
        sa.UniqueConstraint("shipped", "lang", name="uq_ready_answer_shipped"),
    )
    op.create_index("ix_ready_answer_member", "ready_answer", ["member"])
    op.create_table(
        "chat_text",
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("lang", sa.String(2), nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("name", "lang", name="pk_chat_text"),
    )


def downgrade() -> None:
    for table in ("chat_text", "ready_answer"):
        op.drop_table(table)

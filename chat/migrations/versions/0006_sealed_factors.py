"""Room for sealed secrets of second factors.

Revision 0006, after 0005. The secrets themselves are sealed at the next start: a migration does not
know with what. Back at 0005 whoever was sealed needs a new second factor, which is why a database
that holds sealed ones refuses the way back (PostgreSQL) or keeps them unreadable (SQLite).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("staff") as staff:
        staff.alter_column("totp_secret", existing_type=sa.String(64), type_=sa.String(255))


def downgrade() -> None:
    with op.batch_alter_table("staff") as staff:
        staff.alter_column("totp_secret", existing_type=sa.String(255), type_=sa.String(64))

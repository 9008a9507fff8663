"""Invitations, passkeys, and the audit trail.

Revision 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# The trail only grows, for any program that has the application's rights. A table that is rebuilt
# (SQLite changes a column that way) loses its triggers: whoever does that makes them again.
SQLITE = (
    """
    CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END
    """,
    """
    CREATE TRIGGER audit_kept BEFORE DELETE ON audit
    WHEN OLD.at > strftime('%Y-%m-%d %H:%M:%S', 'now', '-365 days')
    BEGIN SELECT RAISE(ABORT, 'the audit trail is kept for a year'); END
    """,
)
POSTGRESQL = (
    """
    CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND OLD.at <= now() - interval '365 days' THEN RETURN OLD; END IF;
      RAISE EXCEPTION 'the audit trail only grows, and is kept for a year';
    END $$
    """,
    """
    CREATE TRIGGER audit_unchanged BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_only_grows()
    """,
    """
    CREATE TRIGGER audit_kept BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows()
    """,
)


def upgrade() -> None:
    op.add_column("staff", sa.Column("invitation_hash", sa.String(64), nullable=True))
    op.add_column("staff", sa.Column("invitation_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_staff_invitation_hash", "staff", ["invitation_hash"], unique=True)
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member", sa.Integer(), nullable=False),
        sa.Column("credential", sa.String(1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member"], ["staff.id"], name="fk_passkey_member_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("credential", name="uq_passkey_credential"),
    )
    op.create_index("ix_passkey_member", "passkey", ["member"])
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("about", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_member", "audit", ["member"])
    postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in POSTGRESQL if postgresql else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("audit")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_only_grows")
    op.drop_table("passkey")
    op.drop_index("ix_staff_invitation_hash", "staff")
    for column in ("invitation_until", "invitation_hash"):
        op.drop_column("staff", column)

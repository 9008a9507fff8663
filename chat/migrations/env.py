"""What Alembic runs first: the migrations go over the connection that `database.migrate` gives."""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import Connection

from luwte.chat import (
    answers,
    audit_trail,
    chat_texts,
    database,
    figure_store,
    hours,
    passkey_row,
    staff,
)

# Every module with tables must be imported before `--autogenerate` compares.
TABLES = (
    staff.Staff,
    hours.WeekRow,
    hours.OtherDayRow,
    hours.SwitchRow,
    audit_trail.AuditRow,
    passkey_row.PasskeyRow,
    answers.AnswerRow,
    chat_texts.ChatTextRow,
    figure_store.CountRow,
    figure_store.BatchRow,
)


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=database.Base.metadata,
        # SQLite changes a table by rebuilding it.
        render_as_batch=True,
        # All steps or none, in SQLite too: we begin the transaction there ourselves.
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    url = os.environ.get("LUWTE_DATABASE_URL") or "sqlite:///var/luwte.sqlite3"
    with database.engine_for(url).begin() as opened:
        run(opened)

"""`luwte.wsgi:app` for any WSGI server, with stores of your own (see the Procfile)."""

from __future__ import annotations

import logging
import os
import sys

from . import create_app, records
from .chat.database import DatabaseUnusable, migrate
from .chat.factor_seal import FactorUnreadable
from .config import BadSetting, Settings
from .staff_key import seal_all

# With this exit status gunicorn stops, instead of starting the same fault again for ever.
GIVE_UP = 4

records.keep("plain")
try:
    settings = Settings.from_env(os.environ)
    records.keep(settings.log)
    app = create_app(settings)
    migrate(settings.sql_url)
    seal_all(settings)
except FactorUnreadable as fault:
    # The others can still sign in, and visitors need them.
    print(f"luwte: {fault}", file=sys.stderr)
except (BadSetting, DatabaseUnusable) as fault:
    logging.getLogger("luwte").critical("%s", fault)
    sys.exit(GIVE_UP)

"""`python -m luwte` is `luwte`."""

import sys

from .cli import main

sys.exit(main())

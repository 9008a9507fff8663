"""Published figures as charts, with the words that a table needs."""

from __future__ import annotations

from flask_babel import format_decimal
from flask_babel import gettext as _
from markupsafe import Markup

from ..chat.charts import Column, columns
from .figures import Chart, Number

# Narrower than the office's: on a phone its words stay as large as the text.
WIDE = 350


def draw(chart: Chart) -> Markup:
    """The drawing; the table under it says the same."""
    every = [
        Column(label, [number.value if number else None for number in row])
        for label, row in chart.rows
    ]
    return columns(f"chart-{chart.name}", chart.title, chart.text, every, wide=WIDE, say=amount)


def amount(value: int) -> str:
    """A number as the page's language writes it."""
    return str(format_decimal(value))


def note(number: Number, lang: str) -> str:
    """What must be known beside a number: "voorlopig, zelf berekend"."""
    notes = [number.say("note", lang), _("zelf berekend") if number.derived else ""]
    return ", ".join(filter(None, notes))

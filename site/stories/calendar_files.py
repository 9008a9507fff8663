"""Events as iCalendar files (RFC 5545), for the calendar on somebody's own device."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from uuid import NAMESPACE_URL, uuid5

import icalendar

from .pieces import AMSTERDAM, Event

PRODUCT = "-//Luwte//Agenda//NL"


def calendar_of(events: Iterable[Event], origin: str, name: str = "") -> bytes:
    """One file with these events; `origin` is the site's address without a path.

    Times are in UTC: a calendar shows its own clock's, and needs no table of time zones.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    if name:
        calendar.add("name", name)
    for event in events:
        calendar.add_component(_component(event, origin))
    return bytes(calendar.to_ical())


def _component(event: Event, origin: str) -> icalendar.Event:
    component = icalendar.Event()
    # The same in each language and at each address of the site: nobody gets an event twice.
    component.add("uid", str(uuid5(NAMESPACE_URL, f"luwte:event:{event.id}")))
    # The file is the same for everybody and at every moment, so this is the day it came out.
    component.add("dtstamp", datetime.combine(event.date, time(), AMSTERDAM).astimezone(UTC))
    component.add("dtstart", event.starts.astimezone(UTC))
    component.add("dtend", event.ends.astimezone(UTC))
    component.add("summary", event.title)
    component.add("location", event.place)
    component.add("description", event.summary)
    component.add("url", origin + event.url)
    return component

"""How a desk's events look on the wire: as in `wire`, and what colleagues have to do together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from flask import render_template

from . import clean, keys
from .colleagues import Colleague
from .conversation import Message, State
from .desk_lists import Asked, OnOffer
from .events import Event
from .handover import Offer
from .looking import Watcher
from .shift_choice import Choice
from .waiting import Waiter
from .wire import CLOCK, desk_event, waiter_data

Data = dict[str, Any]


@dataclass(frozen=True)
class DeskReader:
    """Whose desk it is; `allowed` are the regions that they may choose."""

    member: str
    name: str
    regions: dict[str, str]  # code -> name, of all
    allowed: tuple[str, ...]

    def draw(self, event: Event) -> Data:
        """The data of an event as this desk gets it."""
        if event.name in _LISTS:
            return _LISTS[event.name](self, event.told)
        if event.name == "whisper":
            assert event.message  # noqa: S101 - for the type checker
            return {"conversation": event.conversation} | whisper_data(event.message, self.member)
        if event.name == "watchers":
            found = cast(tuple[Watcher, ...], event.told)
            told = [{"id": one.member, "name": one.name, "how": one.how} for one in found]
            return {"conversation": event.conversation, "watchers": told}
        data = desk_event(event, self.regions, self.name)
        if event.name == "ended" and event.told:
            data["to"] = event.told
        return data

    def named(self, code: str) -> str:
        return self.regions.get(code, "")


def whisper_data(message: Message, member: str) -> Data:
    """A whisper as that member gets it."""
    at = datetime.fromtimestamp(message.at, UTC)
    data: Data = {
        "id": message.id,
        "by": message.sender,
        "name": message.name,
        "text": message.text,
        "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    if message.key and message.sender == member:
        data["key"] = message.key
    data["html"] = render_template(
        "desk/_whisper.html",
        whisper=message,
        own=message.sender == member,
        at=at.astimezone(CLOCK),
        html=clean.with_links(message.text),
    ).strip()
    return data


def shift_data(reader: DeskReader, choice: Choice) -> Data:
    return {
        "regions": choice.regions,
        "lanes": choice.lanes,
        "langs": choice.langs,
        "most": choice.most,
        "status": choice.status,
        "chosen": choice.chosen,
        "allowed": [{"code": code, "name": reader.named(code)} for code in reader.allowed],
    }


def colleagues_data(reader: DeskReader, found: tuple[Colleague, ...]) -> Data:
    """Everybody at a desk; `me` marks who asks."""
    return {"colleagues": [_colleague(reader, one) for one in found]}


def _colleague(reader: DeskReader, one: Colleague) -> Data:
    return {
        "id": one.member,
        "name": one.name,
        "me": one.member == reader.member,
        "status": one.choice.status,
        "chats": one.chats,
        "most": one.choice.most,
        "langs": one.choice.langs,
        "lanes": one.choice.lanes,
        "regions": [{"code": code, "name": reader.named(code)} for code in one.choice.regions],
    }


def _marks(reader: DeskReader, conversation: str, state: State) -> Data:
    return waiter_data(Waiter(conversation, 0, state), reader.regions)


def _offer(reader: DeskReader, offer: Offer) -> Data:
    queue, line, lane = offer.to.partition(":")
    to: Data = {"id": "" if line else offer.to, "lane": lane}
    if line:
        to |= {
            "region": queue,
            "region_name": reader.named(queue),
            "country": queue == keys.NATIONAL,
        }
    about = _marks(reader, offer.conversation, offer.state)
    made = {"by": offer.by, "by_name": offer.by_name, "note": offer.note, "until": offer.until}
    return about | made | {"to": to}


def _offers(reader: DeskReader, found: OnOffer) -> Data:
    return {
        "offers": [_offer(reader, offer) for offer in found.offers],
        "made": [_offer(reader, offer) for offer in found.made],
    }


def _looks(reader: DeskReader, found: tuple[Asked, ...]) -> Data:
    return {
        "invited": [
            _marks(reader, one.conversation, one.state) | {"by_name": one.state.advisor_name}
            for one in found
        ]
    }


_LISTS: dict[str, Callable[[DeskReader, Any], Data]] = {
    "shift": shift_data,
    "colleagues": colleagues_data,
    "offer": _offers,
    "look": _looks,
}

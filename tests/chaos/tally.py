"""What the crowd is to do, what happened, and whether anything was lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

MOST_FAULTS, MOST_TOLD = 8, 1200
SIDES = ("visitor", "advisor")


@dataclass
class Plan:
    """What the crowd is to do."""

    port: int
    desks: list[dict[str, str]]  # the region, cookie and CSRF token of each advisor
    conversations: int
    messages: int  # of each side
    pause_s: float  # between two messages, on average
    cuts_per_s: float = 0.0  # open streams that are cut
    cut_posts: float = 0.0  # the part of the posts whose answer is cut off
    within_s: float = 120.0
    words: list[str] = field(default_factory=list)  # stand in the messages and the topics
    headers: dict[str, str] = field(default_factory=dict)  # of the visitors
    addresses: list[str] = field(default_factory=list)  # of this machine, that they come from
    certificate: str = ""  # of a proxy that is spoken to by https
    hold: bool = False  # stop when everything is said, and end nothing


@dataclass
class Tally:
    """What happened; `lost`, `twice`, `disorder` and `unfinished` must be 0."""

    conversations: int = 0
    acknowledged: int = 0
    lost: int = 0
    twice: int = 0
    disorder: int = 0
    unfinished: int = 0
    cuts: int = 0
    resumed: int = 0
    asked_again: int = 0
    refused: list[str] = field(default_factory=list)  # to whom, and the status
    gap_s: float = 0.0  # the longest time in which nothing was acknowledged
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def note(self, faults: Iterable[str]) -> None:
        """Keep the first few for who must find out what went wrong."""
        short = [fault[:MOST_TOLD] for fault in faults]
        self.faults += short[: max(0, MOST_FAULTS - len(self.faults))]

    def judge(self, name: str, talk: Talk) -> None:
        """Compare what both sides heard with what was acknowledged."""
        before = (self.lost, self.twice, self.disorder)
        for side in SIDES:
            numbers = [_number(number) for number, _, _ in talk.heard[side]]
            self.disorder += sum(b < a for a, b in pairwise(numbers))
            for sender in SIDES:
                said, texts = talk.said[sender], talk.texts(side, sender)
                self.twice += len(texts) - len(set(texts))
                # One's own last words may not come back before the end: they are known to be sent.
                self.lost += len(set(said) - set(texts)) if side != sender else 0
                expected = [text for text in said if text in set(texts)]
                self.disorder += list(dict.fromkeys(texts)) != expected
        if before != (self.lost, self.twice, self.disorder):
            self.note([f"{name}: {talk.said} {talk.heard}"])


@dataclass
class Talk:
    """One conversation as its two sides experience it."""

    number: int
    token: str = ""
    said: dict[str, list[str]] = field(default_factory=lambda: {side: [] for side in SIDES})
    heard: dict[str, list[tuple[str, str, str]]] = field(
        default_factory=lambda: {side: [] for side in SIDES}
    )
    ended: set[str] = field(default_factory=set)  # who knows that it has ended
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def texts(self, side: str, sender: str) -> list[str]:
        """What that side heard of that sender."""
        return [text for _, who, text in self.heard[side] if who == sender]

    def is_complete(self, count: int) -> bool:
        """Whether so much was said by both, is known to have been said, and was heard by both."""
        return all(len(said) >= count for said in self.said.values()) and all(
            len(self.texts(side, sender)) >= count for side in SIDES for sender in SIDES
        )

    async def says(self, side: str, text: str) -> None:
        async with self.changed:
            self.said[side].append(text)
            self.changed.notify_all()

    async def hears(self, side: str, number: str, sender: str, text: str) -> None:
        async with self.changed:
            self.heard[side].append((number, sender, text))
            self.changed.notify_all()

    async def is_told_the_end(self, side: str) -> None:
        async with self.changed:
            self.ended.add(side)
            self.changed.notify_all()


def _number(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("-"))

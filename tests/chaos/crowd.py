"""Many visitors and advisors, who notice every word that is lost, told twice or out of order.

Runs in a process of its own, so that the servers and not the client are the bottleneck. Tells twice
a second how it goes, and at the end its figures, as lines of JSON. Everybody goes on until all is
said and done, whatever is cut: that is the test.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import ssl
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from luwte.chat import keys
from tests.chaos.line import CUT_OFF, Connection, Line, Patience, Stream
from tests.chaos.tally import Plan, Talk, Tally

ANSWERED = (200, 201, 204, 409, 410)
ANSWER_WITHIN_S = 15.0
TELL_EVERY_S = 0.5
CANCELLED_WITHIN_S = 10.0


class Crowd:
    """Everybody together."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.tally = Tally()
        self.talks: dict[str, Talk] = {}
        self.known = asyncio.Condition()
        self.streams: list[Stream] = []
        self._acknowledged: list[float] = []

    async def lives(self) -> Tally:
        """Until every visitor is done, or it takes too long."""
        began, plan = time.monotonic(), self.plan
        visitors = [
            asyncio.create_task(Visitor(self, number).lives())
            for number in range(plan.conversations)
        ]
        others = [asyncio.create_task(Advisor(self, desk).works()) for desk in plan.desks]
        others += [asyncio.create_task(task) for task in (self._cuts(), self._tells())]
        _, late = await asyncio.wait(visitors, timeout=plan.within_s)
        for task in (*late, *others):
            task.cancel()
        # A task that is cancelled just when its answer comes may miss it, and would go on for ever.
        ended, _ = await asyncio.wait([*visitors, *others], timeout=CANCELLED_WITHIN_S)
        faults = (task.exception() for task in ended if not task.cancelled())
        self.tally.note(repr(fault) for fault in faults if fault)
        self.tally.unfinished = len(late)
        self.tally.seconds = round(time.monotonic() - began, 1)
        self._count()
        return self.tally

    def _count(self) -> None:
        tally, moments = self.tally, self._acknowledged
        tally.conversations = len(self.talks)
        tally.acknowledged = len(moments)
        gaps = (b - a for a, b in pairwise(moments))
        tally.gap_s = round(max(gaps, default=0.0), 2)
        for name, talk in self.talks.items():
            tally.judge(name, talk)
        for name, talk in self.talks.items():
            if tally.unfinished and len(talk.ended) < 2:
                tally.note([f"{name}: told the end: {talk.ended}, {talk.said} {talk.heard}"])

    async def insists(
        self, ask: Callable[[], Awaitable[tuple[int, Any]]], what: str
    ) -> tuple[int, Any]:
        """Ask until it is answered, as a page does when the line is bad."""
        patience = Patience()
        while True:
            try:
                status, answer = await asyncio.wait_for(ask(), ANSWER_WITHIN_S)
            except CUT_OFF:
                self.tally.asked_again += 1
            else:
                if status in ANSWERED:
                    return status, answer
                self.tally.refused.append(f"{what}: {status}")
            await patience.wait()

    async def talk_of(self, name: str) -> Talk:
        """The conversation of that name; its visitor may not know it yet."""
        async with self.known:
            await self.known.wait_for(lambda: name in self.talks)
        return self.talks[name]

    async def says(self, talk: Talk, side: str, line: Line, path: str, what: str = "") -> None:
        """Say the next thing until it is acknowledged."""
        number, words = len(talk.said[side]), self.plan.words
        word = f" {words[talk.number % len(words)]}" if words else ""
        text = f"{talk.number}.{side}.{what or number}{word}"
        status, _ = await self.insists(
            lambda: line.post(path, text=text, key=f"{side}-{number}"), side
        )
        if status not in (200, 201):
            self.tally.note([f"{text}: {status}"])
        self._acknowledged.append(time.monotonic())
        await talk.says(side, text)

    async def pauses(self) -> None:
        await asyncio.sleep(random.uniform(0.2, 1.8) * self.plan.pause_s)

    async def _cuts(self) -> None:
        while self.plan.cuts_per_s:
            await asyncio.sleep(1 / self.plan.cuts_per_s)
            if self.streams:
                self.tally.cuts += random.choice(self.streams).cut()

    async def _tells(self) -> None:
        while True:
            await asyncio.sleep(TELL_EVERY_S)
            up = sum(stream.is_up for stream in self.streams)
            complete = sum(talk.is_complete(self.plan.messages) for talk in self.talks.values())
            said = len(self._acknowledged)
            line = {"streams": len(self.streams), "up": up, "said": said, "complete": complete}
            print(json.dumps(line), flush=True)


class Visitor:
    """Asks, waits, says what there is to say, and sees to it that the end is told."""

    def __init__(self, crowd: Crowd, number: int) -> None:
        self._crowd = crowd
        self._plan = crowd.plan
        self._talk = Talk(number)
        self._headers = {"Accept": "application/json"} | crowd.plan.headers
        addresses = crowd.plan.addresses or [""]
        self._address = addresses[number % len(addresses)]
        plan = crowd.plan
        self._line = Line(plan.port, self._headers, plan.cut_posts, self._address)

    async def lives(self) -> None:
        crowd, talk = self._crowd, self._talk
        await crowd.pauses()
        await self._asks()
        page = asyncio.create_task(self._reads())
        try:
            while len(talk.said["visitor"]) < self._plan.messages:
                await crowd.says(talk, "visitor", self._line, "/chat/messages")
                await crowd.pauses()
            async with talk.changed:
                await talk.changed.wait_for(lambda: talk.is_complete(self._plan.messages))
            if not self._plan.hold:
                await self._sees_the_end()
                await page
        finally:
            page.cancel()

    async def _asks(self) -> None:
        plan, talk = self._plan, self._talk
        fields = {
            "audience": "self",
            "region": plan.desks[talk.number % len(plan.desks)]["region"],
            "topic": plan.words[talk.number % len(plan.words)] if plan.words else "",
            "key": f"start-{talk.number}-{random.getrandbits(64):x}",
        }
        _, answer = await self._crowd.insists(lambda: self._line.post("/chat", **fields), "visitor")
        talk.token = answer["token"]
        self._headers["Authorization"] = f"Bearer {talk.token}"
        async with self._crowd.known:
            self._crowd.talks[keys.conversation_of(talk.token)] = talk
            self._crowd.known.notify_all()

    async def _sees_the_end(self) -> None:
        talk = self._talk
        if talk.number % 2 == 0:  # the others are ended by their advisor
            talk.ended.add("visitor")
            await self._crowd.insists(lambda: self._line.post("/chat/end"), "visitor")
        async with talk.changed:
            await talk.changed.wait_for(lambda: len(talk.ended) == 2)

    async def _reads(self) -> None:
        talk, stream = self._talk, Stream(self._plan.port, self._headers, self._address)
        self._crowd.streams.append(stream)
        async for name, number, data in stream.events("/chat/events"):
            if name == "message" and data["from"] != "system":
                await talk.hears("visitor", number, data["from"], data["text"])
            elif name in ("ended", "gone"):
                if name == "gone" and "visitor" not in talk.ended:
                    self._crowd.tally.note([f"{talk.number} was never told that it is over"])
                await talk.is_told_the_end("visitor")
                break
        self._crowd.streams.remove(stream)
        self._crowd.tally.resumed += stream.resumed
        self._crowd.tally.refused += [f"visitor: {status}" for status in stream.refused]


class Advisor:
    """Takes two at a time for as long as somebody waits, and answers each."""

    def __init__(self, crowd: Crowd, desk: dict[str, str]) -> None:
        self._crowd = crowd
        headers = {
            "Accept": "application/json",
            "Cookie": desk["cookie"],
            "X-CSRFToken": desk["csrf"],
        }
        self._line = Line(crowd.plan.port, headers, crowd.plan.cut_posts)
        self._stream = Stream(crowd.plan.port, headers)
        self._mine: dict[str, asyncio.Task[None]] = {}
        self._over: set[str] = set()
        self._somebody_waits = asyncio.Event()

    async def works(self) -> None:
        page = asyncio.create_task(self._reads())
        try:
            while True:
                await asyncio.sleep(random.uniform(0.1, 0.5))
                if len(self._mine) < 2 and self._somebody_waits.is_set():
                    await self._takes()
        finally:
            for task in (page, *self._mine.values()):
                task.cancel()

    async def _takes(self) -> None:
        status, answer = await self._crowd.insists(lambda: self._line.post("/desk/take"), "take")
        if status == 200:
            self._begins(answer["conversation"])
        else:
            self._somebody_waits.clear()

    def _begins(self, name: str) -> None:
        if name not in self._mine and name not in self._over:
            self._mine[name] = asyncio.create_task(self._answers(name))

    async def _answers(self, name: str) -> None:
        crowd, most = self._crowd, self._crowd.plan.messages
        talk, path = await crowd.talk_of(name), f"/desk/conversations/{name}"
        while len(talk.said["advisor"]) < most:
            await crowd.pauses()
            await crowd.says(talk, "advisor", self._line, f"{path}/messages")
        if talk.number % 2 and not crowd.plan.hold:
            async with talk.changed:
                await talk.changed.wait_for(lambda: talk.is_complete(most))
            # The last words and the end follow each other at once.
            await crowd.says(talk, "advisor", self._line, f"{path}/messages", "goodbye")
            await crowd.insists(lambda: self._line.post(f"{path}/end", reason="done"), "advisor")
            await self._is_over(name)

    async def _reads(self) -> None:
        self._crowd.streams.append(self._stream)
        async for name, _, data in self._stream.events("/desk/events"):
            if name == "waiting":
                await self._sees_who_waits(data)
            elif name == "state":
                self._begins(data["conversation"])
            elif name == "ended":
                await self._is_over(data["conversation"])
            elif name == "message" and data["from"] != "system":
                talk = await self._crowd.talk_of(data["conversation"])
                await talk.hears("advisor", data["id"], data["from"], data["text"])
            self._crowd.tally.resumed += self._stream.resumed
            self._crowd.tally.refused += [f"advisor: {status}" for status in self._stream.refused]
            self._stream.resumed = 0
            self._stream.refused.clear()

    async def _sees_who_waits(self, data: Any) -> None:
        if data["waiting"]:
            self._somebody_waits.set()
        for name in set(self._mine) - set(data["mine"]):
            talk = self._crowd.talks.get(name)
            if talk and talk.ended:  # while the line was down
                await self._is_over(name)

    async def _is_over(self, name: str) -> None:
        self._over.add(name)
        if self._mine.pop(name, None):
            await self._crowd.talks[name].is_told_the_end("advisor")
            self._somebody_waits.set()


async def _main(plan: Plan) -> None:
    if plan.certificate:
        Connection.trusts = ssl.create_default_context(cafile=plan.certificate)
    crowd = Crowd(plan)
    tally = await crowd.lives()
    tokens = [talk.token for talk in crowd.talks.values()] if plan.hold else []
    print(json.dumps({"tally": asdict(tally), "tokens": tokens}), flush=True)
    os._exit(0)  # whatever still runs


if __name__ == "__main__":
    asyncio.run(_main(Plan(**json.load(sys.stdin))))

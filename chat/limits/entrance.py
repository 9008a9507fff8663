"""Who may start a chat now: the order in which a start is counted, and what opens the way.

Each client may start so many chats, everybody together so many more, and while very many come the
page has to do some work first. The order matters. What one client tries in vain must not use up
what everybody has together: else a single flood would turn all others away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app
from redis import Redis

from .limits import Limited, Limits
from .proof import Asking, Proof
from .turns import TooEarly, Turns


class ProofAsked(PermissionError):
    """First some work (`Proof.challenge`) or, with `ticket`, a wait of `wait_s` seconds."""

    def __init__(self, ticket: str, wait_s: int) -> None:
        super().__init__("a proof of work comes first")
        self.ticket = ticket
        self.wait_s = wait_s


@dataclass(frozen=True)
class Asked:
    """Who asks for a chat: `client` as `Limits.client` names it, and what was sent to get in."""

    client: str
    danger: bool
    proof: str = ""
    ticket: str = ""


@dataclass(frozen=True)
class Entrance:
    """What a view needs to let somebody in."""

    limits: Limits
    proof: Proof
    turns: Turns

    def admit(self, asked: Asked) -> None:
        """Count a start. Raises Limited or ProofAsked.

        Somebody in danger is not turned away for what others did behind the same address: a
        school, a shelter and half a phone company share one. Beyond that client's limit the way in
        is the work, also in calm times, so that saying "danger" is no way around it. All starts
        with danger together are counted apart from the others, so that no flood of those uses up
        what is left for her. Only there she can be turned away too; she is told 112 at once.
        """
        if not self._has_done_it(asked):
            self._count(asked)
        self.limits.count("all_starts", "danger" if asked.danger else "others")

    def _count(self, asked: Asked) -> None:
        is_asked = False
        try:
            self.limits.count("starts", asked.client)
        except Limited:
            if not asked.danger:
                raise
            is_asked = self.proof.mode != "off"
        if self.proof.is_asked() or is_asked:
            raise ProofAsked(self.turns.ticket(), self.turns.wait_s)

    def _has_done_it(self, asked: Asked) -> bool:
        """Whether the work was done. The start for which it was asked has been counted already."""
        return self.proof.accept(asked.proof) or self._has_waited(asked.ticket)

    def _has_waited(self, ticket: str) -> bool:
        try:
            if not ticket or not self.turns.is_ours(ticket):
                return False
            # Patience costs a flood nothing, so there are few turns in a minute.
            self.limits.count("turns", "all")
        except (TooEarly, Limited) as error:
            raise ProofAsked(ticket, error.wait_s) from error
        return self.turns.use(ticket)


def register(
    app: Flask, redis: Redis, secrets: Sequence[str], rates: Mapping[str, str], asking: Asking
) -> None:
    """Put the limits and the entrance together, once per application; connects to nothing yet."""
    limits = Limits(app, redis, secrets[0], rates)
    app.extensions["luwte.limits"] = limits
    app.extensions["luwte.entrance"] = Entrance(
        limits, Proof(redis, secrets, asking), Turns(redis, secrets)
    )


def entrance() -> Entrance:
    return cast(Entrance, current_app.extensions["luwte.entrance"])

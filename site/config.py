"""Every setting, once: its name, its meaning, its default. All come from the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """The folder `content/` or `static/`: beside the package in a checkout, inside a wheel's."""
    inside = HERE / name
    return inside if inside.is_dir() else HERE.parent / name


CONTENT = shipped("content")

_ONION = re.compile(r"https?://[a-z2-7]{56}\.onion(:\d+)?/?")

# How often something may be done: "60 per 10 minutes", or "off". Each is a setting of its own,
# `LUWTE_LIMIT_STARTS` and so on. Reading pages is never counted. A client is one address, or where
# it has many (IPv6) its network: a school, a shelter or half a phone company can be one.
LIMITS = {
    # Chats that one client starts. Thirty of a school do so within ten minutes.
    "starts": "60 per 10 minutes",
    # All chats together, those with and those without danger each: more than a country asks for.
    "all_starts": "300 per 10 minutes",
    # Messages of one client, in all its chats.
    "messages": "600 per minute",
    # Messages of one chat: nobody types that fast.
    "messages_of_one": "120 per minute",
    # Words and places that one client looks for.
    "searches": "300 per minute",
    # Starts without JavaScript while a proof of work is asked for: all together.
    "turns": "10 per minute",
    # Wrong words for coming back, of one client; wrong passwords for one address of e-mail.
    "returns": "5 per 15 minutes",
    "sign_ins": "5 per 15 minutes",
}
# Without these anybody could guess.
NEVER_OFF = ("returns", "sign_ins")


class BadSetting(ValueError):
    """A setting that cannot be used; the text says which, why, and what to do."""


@dataclass(frozen=True)
class Settings:
    """What the service needs to know before it starts; immutable.

    An empty `redis_url` or `database_url` means the embedded store in `data_dir`.
    """

    # Signs sessions and seals conversations. Several for rotation: the first one writes.
    secret_keys: tuple[str, ...] = ()
    # Seal the second factors of staff; no setting of its own, `staff_key.py` says which.
    factor_secrets: tuple[str, ...] = ()
    # redis://, rediss://, redis+sentinel://h1:p,h2:p/name or redis+cluster://h1:p,h2:p
    redis_url: str = ""
    # How many Redis replicas must have a write before it is promised to a visitor (0: none).
    redis_replicas: int = 0
    # Any SQLAlchemy address.
    database_url: str = ""
    # Where the embedded stores live.
    data_dir: Path = Path("var")
    # Where the exit leads: a page that anybody may have open.
    exit_url: str = "https://www.buienradar.nl/"
    # How many proxies in front may be believed for the client's address.
    trusted_proxies: int = 0
    # The folder with articles, regions and texts.
    content: Path = CONTENT
    # For trials and tests: opening hours are ignored.
    always_open: bool = False
    # Visitors that may wait in one queue before it is full.
    queue_cap: int = 30
    # For how many hours somebody who abused the chat is kept out (0: nobody ever is).
    keep_out_hours: int = 2
    # When a chat start asks for a proof of work: "auto" (under pressure), "off" or "always".
    proof_of_work: str = "auto"
    # Under pressure: when more than so many a minute want to start a chat, all of them together.
    proof_from: int = 20
    # Whether a process that cannot keep up leaves out typing signs, then places, then new chats:
    # auto or off.
    give_way: str = "auto"
    # How often something may be done (see LIMITS).
    limits: Mapping[str, str] = field(default_factory=LIMITS.copy)
    # What the tab and the browser's history show instead of what is being read.
    title: str = "Startpagina"
    # The same site as an onion service, which Tor Browser then offers: http://….onion
    onion_location: str = ""
    # For how many seconds browsers must come back by https only (0: that is not asked). Told over
    # https alone, so a proxy that ends TLS must be trusted (above). Know that it is a trace: a
    # browser keeps the host's name with it, some in plain text and longer than the history.
    hsts_s: int = 0
    # In how many seconds a client must have sent the head of a request, from its first byte; for
    # the body, and for taking the answer, it has three times as long. Then the line is cut.
    request_s: int = 20
    # How the log is written: plain for people, json for machines; one line each.
    log: str = "plain"
    # With this word, and only with it, monitoring may read /metrics (empty: there is no such page).
    metrics_token: str = ""

    @property
    def embedded_redis(self) -> bool:
        return not self.redis_url

    @property
    def sql_url(self) -> str:
        """The SQLAlchemy address of the staff store."""
        return self.database_url or f"sqlite:///{self.data_dir / 'luwte.sqlite3'}"

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Read `LUWTE_*`. Raises BadSetting for a value that cannot be used."""
        read = _Reader(env)
        return cls(
            secret_keys=tuple(k.strip() for k in read.text("SECRET_KEY").split(",") if k.strip()),
            redis_url=read.one_of_schemes(
                "REDIS_URL", ("redis", "rediss", "unix", "redis+sentinel", "redis+cluster")
            ),
            redis_replicas=read.number("REDIS_REPLICAS", cls.redis_replicas, 0, 10),
            database_url=read.text("DATABASE_URL"),
            data_dir=Path(read.text("DATA_DIR", str(cls.data_dir))),
            exit_url=read.web_address("EXIT_URL", cls.exit_url),
            trusted_proxies=read.number("TRUSTED_PROXIES", cls.trusted_proxies, 0, 10),
            content=Path(read.text("CONTENT", str(cls.content))),
            always_open=read.flag("ALWAYS_OPEN"),
            queue_cap=read.number("QUEUE_CAP", cls.queue_cap, 1, 100_000),
            keep_out_hours=read.number("KEEP_OUT_HOURS", cls.keep_out_hours, 0, 12),
            proof_of_work=read.choice("PROOF_OF_WORK", ("auto", "off", "always")),
            proof_from=read.number("PROOF_FROM", cls.proof_from, 0, 1_000_000),
            give_way=read.choice("GIVE_WAY", ("auto", "off")),
            limits={name: read.rate(name, rate) for name, rate in LIMITS.items()},
            title=read.text("TITLE", cls.title),
            onion_location=read.onion_address("ONION_LOCATION"),
            hsts_s=read.number("HSTS", cls.hsts_s, 0, 10 * 365 * 24 * 3600),
            request_s=read.number("REQUEST_S", cls.request_s, 1, 600),
            log=read.choice("LOG", ("plain", "json")),
            metrics_token=read.password("METRICS_TOKEN", least=16),
        )


class _Reader:
    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env

    def text(self, name: str, default: str = "") -> str:
        return self._env.get(f"LUWTE_{name}", "").strip() or default

    def number(self, name: str, default: int, least: int, most: int) -> int:
        value = self.text(name, str(default))
        if not value.isdecimal() or not least <= int(value) <= most:
            raise BadSetting(
                f"LUWTE_{name} is {value!r}: give a whole number from {least} to {most}."
            )
        return int(value)

    def rate(self, name: str, default: str) -> str:
        value = self.text(f"LIMIT_{name.upper()}", default)
        if value == "off" and name not in NEVER_OFF:
            return value
        try:
            # This library loads much of the standard one, which the service patches first.
            from limits import parse

            rate = parse(value)
        except ValueError:
            rate = None
        if not rate or rate.amount < 1:
            raise BadSetting(
                f"LUWTE_LIMIT_{name.upper()} is {value!r}: write it as {default!r}"
                + ("." if name in NEVER_OFF else ", or off for no limit.")
            )
        return value

    def password(self, name: str, least: int) -> str:
        value = self.text(name)
        if value and (len(value) < least or not value.isascii() or " " in value):
            raise BadSetting(
                f"LUWTE_{name} is too easy to guess, or cannot stand in a header: give {least} "
                "letters and digits or more, by chance."
            )
        return value

    def flag(self, name: str) -> bool:
        value = self.text(name, "0")
        if value not in ("0", "1"):
            raise BadSetting(f"LUWTE_{name} is {value!r}: give 1 (yes) or 0 (no).")
        return value == "1"

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, choices[0])
        if value not in choices:
            raise BadSetting(f"LUWTE_{name} is {value!r}: give one of {', '.join(choices)}.")
        return value

    def one_of_schemes(self, name: str, schemes: tuple[str, ...]) -> str:
        value = self.text(name)
        if value and value.partition("://")[0] not in schemes:
            # The address may hold a password, so it is not repeated here.
            raise BadSetting(
                f"LUWTE_{name} has an unknown kind of address: it must start with one of "
                + ", ".join(f"{scheme}://" for scheme in schemes)
                + "."
            )
        return value

    def web_address(self, name: str, default: str) -> str:
        value = self.text(name, default)
        if not value.startswith(("https://", "http://")) or any(c.isspace() for c in value):
            raise BadSetting(
                f"LUWTE_{name} is {value!r}: give a full address, for example {default}"
            )
        return value

    def onion_address(self, name: str) -> str:
        value = self.text(name)
        if value and not _ONION.fullmatch(value):
            raise BadSetting(
                f"LUWTE_{name} is {value!r}: give the onion service's address without a path, "
                "for example http://<56 letters and digits>.onion"
            )
        return value.rstrip("/")

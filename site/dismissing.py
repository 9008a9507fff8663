"""A command that closes an account tells the service that runs, so that the desk closes at once."""

from __future__ import annotations

import sys

from .chat.dismissal import Dismissal
from .chat.parts import put_together
from .chat.staff import Member
from .chat.store import UNREACHABLE, connect
from .config import Settings
from .embedded import running_store
from .regions import read_regions

LATER = (
    "luwte: the store cannot be reached. An open desk closes within half a minute instead of at "
    "once, and a minute later its conversations go to a colleague."
)


def let_go(settings: Settings, member: Member) -> None:
    """Close the open pages of a member who is out, and give their conversations to others."""
    url = settings.redis_url or running_store(settings.data_dir)
    if not url:
        return  # no service runs here
    regions = {region.code: region.name for region in read_regions(settings.content)}
    # Nothing is sealed or read here, so the secrets do not matter.
    secrets = settings.secret_keys or ("",)
    try:
        redis = connect(url, settings.redis_replicas)
    except UNREACHABLE:  # a cluster is asked at once
        print(LATER, file=sys.stderr)
        return
    chat = put_together(redis, secrets, regions, cap=settings.queue_cap)
    if not Dismissal(chat).out(member):
        print(LATER, file=sys.stderr)
    redis.close()

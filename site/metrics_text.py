"""What `/metrics` tells: names, steps and sums, in the form that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from .chat import keys
from .chat.counts import ALIVE, GIVES_WAY, LAGS_S, REASONS, STATUSES, STREAMS, counts
from .chat.now import Now, Picture
from .chat.parts import Chat, chat
from .chat.store import UNREACHABLE

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
# How many waiting or talking visitors, and how many things that happened, are one step.
STEP_OF_PEOPLE = 5
STEP_OF_EVENTS = 10


def text() -> bytes:
    """Everything, put together anew; what the store would say is left out while it is away."""
    return generate_latest(_Told())


class _Told:
    """What is told, put together anew each time that it is asked for."""

    def collect(self) -> Iterator[Metric]:
        yield from _of_the_processes()
        yield from _of_the_work()
        yield from _of_the_store()


def in_steps(count: int, step: int) -> int:
    """The count, rounded down to a whole number of steps."""
    return count - count % step


def _of_the_processes() -> Iterator[Metric]:
    yield _gauge("workers", "Web processes that run on this machine.", counts.of(ALIVE))
    giving_way = GaugeMetricFamily(
        "luwte_workers_giving_way",
        "Web processes that cannot keep up, by what they have left out by now.",
        labels=["what"],
    )
    for name in GIVES_WAY:
        giving_way.add_metric([name.partition(":")[2]], counts.of(name))
    yield giving_way
    requests = CounterMetricFamily(
        "luwte_requests", "Answers by class of status, in tens; 5xx exactly.", labels=["status"]
    )
    for status in STATUSES:
        many = counts.of(f"requests:{status}")
        requests.add_metric([status], many if status == "5xx" else in_steps(many, STEP_OF_EVENTS))
    yield requests
    yield CounterMetricFamily(
        "luwte_store_errors", "Times that the store did not answer.", counts.of("store errors")
    )


def _of_the_work() -> Iterator[Metric]:
    streams = in_steps(max(0, counts.of(STREAMS)), STEP_OF_PEOPLE)
    yield _gauge("streams_open", "Open pages of visitors and staff, in fives.", streams)
    refused = CounterMetricFamily(
        "luwte_starts_refused", "Chats that could not begin, in tens.", labels=["reason"]
    )
    for reason in REASONS:
        refused.add_metric([reason], in_steps(counts.of(f"refused:{reason}"), STEP_OF_EVENTS))
    yield refused
    within = [in_steps(many, STEP_OF_EVENTS) for many in counts.lags()]
    bounds = [*(str(bound) for bound in LAGS_S), "+Inf"]
    yield HistogramMetricFamily(
        "luwte_delivery_seconds",
        "From a message's storing until it is handed to the open pages, in tens.",
        buckets=list(zip(bounds, within, strict=True)),
        sum_value=None,
    )


def _of_the_store() -> Iterator[Metric]:
    try:
        picture = _picture(chat())
    except UNREACHABLE:
        yield _gauge("store_up", "Whether the store that forgets answers.", 0)
        return
    yield _gauge("store_up", "Whether the store that forgets answers.", 1)
    waiting = GaugeMetricFamily(
        "luwte_chats_waiting", "Visitors who wait, in the whole country, in fives.", labels=["lane"]
    )
    for lane in keys.LANES:
        many = sum(queue.lines[lane].waiting for queue in picture.queues)
        waiting.add_metric([lane], in_steps(many, STEP_OF_PEOPLE))
    yield waiting
    talking = in_steps(picture.talking, STEP_OF_PEOPLE)
    yield _gauge("chats_open", "Chats that go on, in the whole country, in fives.", talking)


def _picture(parts: Chat) -> Picture:
    now = Now(
        parts.redis,
        parts.regions,
        parts.colleagues,
        cap=parts.waiting.cap,
        is_open=lambda region: True,  # not told here: it would ask the database
    )
    return now.look(keys.all_queues(list(parts.regions)))


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"luwte_{name}", what, value)

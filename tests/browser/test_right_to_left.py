"""A language that runs from right to left fits: the pages are mirrored, and nothing sticks out."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator

from tests.browser.look import faults, seen_as
from tests.browser.people import VisitorInBrowser
from tests.servers import redis_server, until
from tests.service import Advisor, Service

PHONE = (360, 740)
PATHS = ("/", "/direct-hulp/nu-in-gevaar", "/geweld-thuis/", "/zoeken", "/regio", "/hulplijnen")


class MirroredService(Service):
    def start(self) -> None:
        (self.folder / "data").mkdir()
        command = ["gunicorn", "-c", "python:luwte.gunicorn_options", "-w", "1"]
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    *command,
                    "-b",
                    f"127.0.0.1:{self.port}",
                    "tests.mirrored:app",
                ],
                env=self.env,
                cwd=Path(__file__).resolve().parents[2],
                stdout=output,
                stderr=output,
            )
        until(self.ready, "the service is ready")


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with redis_server() as store:
        service = MirroredService(tmp_path_factory.mktemp("mirror"), redis_url=store.url)
        service.start()
        yield service
        service.stop()


def middle(one: Locator) -> float:
    box = one.bounding_box()
    assert box
    return box["x"] + box["width"] / 2


def test_every_make_of_page_fits_from_right_to_left(chromium: Browser, mirror: Service) -> None:
    page = chromium.new_page(reduced_motion="reduce")
    seen_as(page, PHONE, "light")
    found = {}
    for path in PATHS:
        page.goto(mirror.url + path)
        found[path] = faults(page)
        assert page.locator("html").get_attribute("dir") == "rtl"
        assert middle(page.locator(".brand")) > PHONE[0] / 2
    page.close()

    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_in_the_chat_each_side_stands_where_it_belongs(chromium: Browser, mirror: Service) -> None:
    page = chromium.new_page(reduced_motion="reduce")
    seen_as(page, PHONE, "light")
    page.goto(f"{mirror.url}/chat")
    visitor, advisor = VisitorInBrowser(page), Advisor(mirror.hires("Noor")).signs_in()
    visitor.asks_for_help()
    visitor.is_in_state("waiting")
    conversation = str(advisor.takes().json()["conversation"])
    visitor.is_in_state("open")
    visitor.says("مرحبا")
    advisor.says(conversation, "أهلا، أنا هنا")
    visitor.sees("أنا هنا", "advisor")

    own, other = (page.locator(f".message[data-from={who}]") for who in ("visitor", "advisor"))
    assert middle(own.last) < PHONE[0] / 2 < middle(other.last)
    assert faults(page) == []
    page.close()

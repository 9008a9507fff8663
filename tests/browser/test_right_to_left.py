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
# The phone numbers of a page, and whether each is read in the right order: its first digit stands
# before its last one, to the left or a line above.
NUMBERS = """() => {
  const found = {};
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const place = (node, start) => {
    const range = document.createRange();
    range.setStart(node, start);
    range.setEnd(node, start + 1);
    return range.getBoundingClientRect();
  };
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement.checkVisibility({ visibilityProperty: true })) continue;
    for (const { 0: number, index } of node.data.matchAll(/\\d{3,}-\\d{3,}/g)) {
      const first = place(node, index), last = place(node, index + number.length - 1);
      const inOrder = first.left < last.left || first.bottom <= last.top;
      found[number] = (found[number] ?? true) && inOrder;
    }
  }
  return found;
}"""
# Articles are written in this language too: each Dutch word becomes an Arabic one.
WRITTEN = """() => {
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    walker.currentNode.data = walker.currentNode.data.replace(/\\p{Script=Latin}+/gu, "كلمة");
  }
}"""
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
    found, numbers = {}, {}
    for path in PATHS:
        page.goto(mirror.url + path)
        found[path] = faults(page)
        page.evaluate(WRITTEN)
        numbers[path] = page.evaluate(NUMBERS)
        assert page.locator("html").get_attribute("dir") == "rtl"
        assert middle(page.locator(".brand")) > PHONE[0] / 2
    page.close()

    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert all("0800-2000" in seen for seen in numbers.values()), "the bar has the number"
    assert len(numbers["/hulplijnen"]) > 5
    turned = {path: [n for n, right in seen.items() if not right] for path, seen in numbers.items()}
    assert {path: seen for path, seen in turned.items() if seen} == {}


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

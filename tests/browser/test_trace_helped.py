"""Nothing left of the answer to "did this help?", with JavaScript and without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import chromium
from tests.browser.places import Place, a_place, left_by, quits
from tests.browser.sites import another_site
from tests.browser.visits import Visit


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with a_place(tmp_path_factory.mktemp("place")) as place:
        yield place


@pytest.fixture
def place(opened: Place) -> Iterator[Place]:
    yield opened
    opened.tidies_up()


def answers(place: Place, visit: Visit) -> str:
    """Chats, is asked, and answers; returns what the page sent."""
    with another_site(visit.address) as other:
        visit.arrives(other)
    visit.reads_five_pages()
    visit.opens_the_chat()
    visit.chats()
    place.advisor.ends(visit.conversation)
    with visit.page.expect_request("**/helped") as asked:
        visit.page.get_by_role("button", name="Een beetje").click()
    sent = asked.value.post_data or ""
    assert "bit" in sent
    asked.value.response()
    return sent


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_nothing_of_the_answer_is_left(place: Place, tmp_path: Path, javascript: bool) -> None:
    with chromium(tmp_path, javascript=javascript) as browser:
        visit = place.visit(browser)
        sent = answers(place, visit)
        visit.browser.settles()
        quits(visit)
    ticket = max(sent.replace('"', "=").replace("&", "=").split("="), key=len)
    assert len(ticket) > 100

    left = left_by(visit, [*visit.words.secrets, ticket, "/helped", "answer=bit"])

    assert left.words == set()
    assert left.stores == []
    assert left.cookies == []

"""`luwte preview`: an editor sees each change at once, and what is wrong with it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.content import Editor
from tests.servers import ended, free_port, until


@contextmanager
def previewed(editor: Editor) -> Iterator[httpx.Client]:
    port = free_port()
    command = [sys.executable, "-m", "luwte", "preview", "--port", str(port)]
    environment = {"LUWTE_CONTENT": str(editor.folder)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:

        def answers() -> bool:
            try:
                return client.get("/").status_code == 200
            except httpx.TransportError:
                return False

        try:
            until(answers, "the preview answers")
            yield client
        finally:
            ended(process)


def test_a_change_is_shown_at_once_with_its_faults(tmp_path):
    editor = Editor(tmp_path / "content")
    with previewed(editor) as client:
        page = client.get("/geweld-thuis/iemand-helpen")
        assert "Bel 112" in page.text
        assert 'class="notice" lang="en"' not in page.text
        # The page's own script waits there for the next change; the policy lets it run.
        state = re.findall(r"since=(-?\d+)", page.text)[0]

        editor.writes_article("## Nieuw\n\nDe eerste zin. [x](article:nobody)\n")

        assert client.get("/-/changed", params={"since": state}).text == "yes"
        page = client.get("/geweld-thuis/iemand-helpen")
        assert "De eerste zin." in page.text
        assert "has the id &#x27;nobody&#x27;: correct the link." in page.text


def test_the_preview_keeps_to_this_machine_and_says_that_a_port_is_taken(tmp_path):
    editor = Editor(tmp_path / "content")
    with previewed(editor) as client:
        port = client.base_url.port
        command = [sys.executable, "-m", "luwte", "preview", "--port", str(port)]
        environment = {"LUWTE_CONTENT": str(editor.folder)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == f"luwte: Port {port} is taken: choose another with --port.\n"

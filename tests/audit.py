"""`make audit`: looks at every public page, and writes what was found to content/audit.yml."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]

from luwte.access_audit import FILE
from luwte.config import CONTENT
from tests.browser.conftest import FLAGS
from tests.browser.driver import playwright
from tests.browser.walk import addresses, walk
from tests.servers import redis_server
from tests.service import running


def main() -> int:
    """Returns the exit status: 1 when something was found."""
    path = shutil.which("chromium")
    pages = findings = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        redis_server() as store,
        running(Path(folder), redis_url=store.url) as service,
    ):
        browser = playwright().chromium.launch(executable_path=path, args=FLAGS)
        for address, faults in walk(browser, service.url, addresses(service.url), thorough=True):
            pages += 1
            findings += len(faults)
            for fault in faults:
                print(f"{address}: {fault}")
        browser.close()
    version = re.search(r"axe v([\d.]+)", AXE_SCRIPT)
    facts = {
        "date": date.today(),
        "tool": "axe-core",
        "version": version[1] if version else "?",
        "pages": pages,
        "findings": findings,
    }
    lines = "".join(f"{name}: {value}\n" for name, value in facts.items())
    (CONTENT / FILE).write_text(f"# Written by `make audit`.\n{lines}")
    print(f"Looked at {pages} pages; {findings} faults found. Written: {CONTENT / FILE}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

"""`make screens`: pictures of the key screens in screens/, and a sheet of them for each width."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.browser.conftest import FLAGS
from tests.browser.driver import playwright
from tests.screens.camera import FOLDER, SIZES, Camera
from tests.screens.scenes import SCENES
from tests.servers import redis_server
from tests.service import running


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    with (
        tempfile.TemporaryDirectory() as folder,
        redis_server() as store,
        running(Path(folder), redis_url=store.url) as service,
    ):
        path = shutil.which("chromium")
        browser = playwright().chromium.launch(executable_path=path, args=FLAGS)
        camera = Camera(browser, service)
        for scene in SCENES:
            scene(camera)
        for width, _ in SIZES:
            camera.makes_the_sheet(width)
        browser.close()
    print(f"Look at {FOLDER}/sheet-*.png")


if __name__ == "__main__":
    main()

"""Pages for the proxy in front: what it says while Luwte is down, and of what it refuses itself."""

from __future__ import annotations

from pathlib import Path

from .config import Settings
from .organisation import read_organisation
from .refusal import page

# The names that docs/deploy/ knows them by, and what they are about.
PAGES = {"away": "away", "refused": "unreadable"}


def write_pages(settings: Settings, folder: Path) -> list[Path]:
    """Write each page in both languages, with the centre's numbers; returns the files.

    Everybody may read them, whoever the proxy runs as. Raises OSError.
    """
    organisation = read_organisation(settings.content)
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    written = []
    for name, about in PAGES.items():
        for lang in ("nl", "en"):
            file = folder / f"{name}.{lang}.html"
            file.write_text(page(about, lang, organisation), "utf-8")
            file.chmod(0o644)
            written.append(file)
    return written

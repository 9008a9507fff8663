"""Content files that are all YAML: what they hold, or why they cannot be read."""

from __future__ import annotations

from pathlib import Path

import yaml
from frontmatter.default_handlers import SafeLoader

from .front_matter import BadFile, FrontMatter, read_text

MOST_CHARACTERS = 40_000
# Each of these may begin something deeper, and the fast YAML loader ends the process where it gets
# too deep; see front_matter.py for the number.
DEEPER, MOST_DEEPER = "[{-?:", 4_000


def composed(path: Path) -> yaml.Node | None:
    """What the file holds, not yet looked at. Raises BadFile."""
    text = read_text(path)
    if len(text) > MOST_CHARACTERS or sum(map(text.count, DEEPER)) > MOST_DEEPER:
        raise BadFile(1, f"has over {MOST_CHARACTERS} characters, or too many signs: shorten it.")
    try:
        return yaml.compose(text, Loader=SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = f"is not valid YAML ({error.problem or 'cannot be read'}): mend this line."
        raise BadFile(1 + (mark.line if mark else 0), problem) from None
    except (yaml.YAMLError, RecursionError):
        raise BadFile(1, "is not valid YAML: mend it.") from None


def facts_of(path: Path) -> FrontMatter:
    """The facts of a file that holds nothing else. Raises BadFile."""
    root = composed(path)
    if not isinstance(root, yaml.MappingNode):
        raise BadFile(1, "has no facts: write lines like 'title: ...'.")
    return FrontMatter.of(path, root)

"""The facts on top of a content file: each is read with its line, each fault names its remedy."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml
from frontmatter.default_handlers import SafeLoader, YAMLHandler

_FENCE = re.compile(r"^-{3,}[ \t]*$", re.MULTILINE)
_YAML = YAMLHandler(fm_boundary=_FENCE)

# The fast YAML loader follows brackets as deep as they go and then ends the process. This many
# characters cannot reach that depth, and no article has so much to say about itself.
MOST_CHARACTERS = 4_000

# What nobody can see in an editor, and what YAML counts as a new line though no editor does.
_INVISIBLE = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)

# What an id, a file name and a folder name look like: they stand in addresses and in links.
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NAME_RULE = "use small letters, digits and single hyphens, for example my-article"


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong in a file, counted from line 1, in one plain line that names the remedy."""

    path: Path
    line: int
    text: str


class BadFile(ValueError):
    """Nothing in this file can be used."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.text = text


def is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def quoted(text: str) -> str:
    """`text` as one short, printable word in a fault."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


def read_text(path: Path) -> str:
    """The file's text, lines ended by a bare newline. Raises BadFile."""
    try:
        # A pipe or a device would never end: only plain files are opened.
        if not path.is_file():
            raise BadFile(1, "is no file that can be read: put a text file here, or remove it.")
        raw = path.read_bytes()
    except OSError as error:
        raise BadFile(1, f"cannot be read ({error.strerror}): check its permissions.") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadFile(line, "is not UTF-8 text: save the file with the encoding UTF-8.") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    invisible = _INVISIBLE.search(text)
    if invisible:
        line = text.count("\n", 0, invisible.start()) + 1
        code = f"U+{ord(invisible[0]):04X}"
        raise BadFile(line, f"has an invisible control character ({code}): remove it.")
    return text


@dataclass
class FrontMatter:
    """The facts on top of one file, and the text below them.

    Every reader returns a harmless value after a fault: look at `faults` before using any.
    """

    path: Path
    body: str
    # The line of the file on which the body begins.
    body_line: int
    # Where a fact that is missing is told.
    first_line: int = 1
    _facts: dict[str, yaml.Node] = field(default_factory=dict)
    _lines: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> FrontMatter:
        """Raises BadFile when there is no front matter, or none that can be read."""
        text = read_text(path)
        if not _YAML.detect(text):
            raise BadFile(1, "has no front matter: begin the file with a line that says only ---")
        try:
            yaml_text, body = _YAML.split(text)
        except ValueError:
            raise BadFile(1, "has front matter without an end: close it with a line ---") from None
        line = 1 + text.count("\n", 0, len(text) - len(body))
        return cls.of(path, _compose(yaml_text), body, line)

    @classmethod
    def of(
        cls, path: Path, facts: yaml.MappingNode, body: str = "", body_line: int = 1
    ) -> FrontMatter:
        """Facts that stand elsewhere than on top of a file: one of a list of them."""
        matter = cls(path, body, body_line)
        matter._take(facts)
        return matter

    def _take(self, root: yaml.MappingNode) -> None:
        for key, value in root.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "[...]"
            line = line_of(key)
            if name in self._facts:
                self._fault(line, f"{quoted(name)} stands here a second time: keep one of the two.")
                continue
            self._facts[name], self._lines[name] = value, line

    def allow(self, names: Collection[str]) -> None:
        """Every other key is a fault: it is most often a slip of the pen in a known one."""
        for name in self._facts:
            if name not in names:
                known = ", ".join(names)
                self.fault(name, f"{quoted(name)} is not a known key: use one of {known}.")

    def has(self, name: str) -> bool:
        return name in self._facts

    def is_list(self, name: str) -> bool:
        return isinstance(self._facts.get(name), yaml.SequenceNode)

    def text(self, name: str, *, may_be_absent: bool = False) -> str:
        node = self._facts.get(name)
        if node is None:
            if may_be_absent:
                return ""
            self.fault(name, f"{name!r} is missing: add a line '{name}: ...' to the front matter.")
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self.fault(name, f"{name!r} must be one text: put it between quotes.")
            return ""
        # What YAML takes for a number or a yes stays the word that was written.
        value = " ".join(str(node.value).split())
        if not value:
            self.fault(name, f"{name!r} is empty: write its text behind the colon.")
        return value

    def name(self, name: str) -> str:
        value = self.text(name)
        if value and not is_name(value):
            self.fault(name, f"{name!r} is {quoted(value)}: {NAME_RULE}.")
        return value

    def number(self, name: str) -> int:
        value = self.text(name)
        if re.fullmatch(r"[0-9]{1,6}", value):
            return int(value)
        if value:
            self.fault(name, f"{name!r} is {quoted(value)}: give a whole number, for example 10.")
        return 0

    def day(self, name: str) -> date:
        value = self.text(name)
        try:
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        if value:
            self.fault(name, f"{name!r} is {quoted(value)}: give a day as year-month-day.")
        return date.min

    def texts(self, name: str, *, may_be_absent: bool = False) -> list[tuple[int, str]]:
        """The texts of a list, each with the line it begins on."""
        node = self._facts.get(name)
        if node is None:
            if not may_be_absent:
                self.fault(name, f"{name!r} is missing: add a line '{name}: [...]'.")
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.fault(name, f"{name!r} must be a list: write '{name}: [one, another]'.")
            return []
        texts = [(line_of(child), _plain(child)) for child in node.value]
        for line, text in texts:
            if not text:
                self._fault(line, f"{name!r} has an item that is no text: put it between quotes.")
        return [(line, text) for line, text in texts if text]

    def markdown(self, name: str, *, may_be_absent: bool = False) -> tuple[int, str]:
        """A text that keeps its lines, with the line on which it begins."""
        node = self._facts.get(name)
        written = self.text(name, may_be_absent=may_be_absent)
        if not written or not isinstance(node, yaml.ScalarNode):
            return self.line(name), ""
        # Behind `|` the text begins on the next line.
        return line_of(node) + (node.style in ("|", ">")), str(node.value)

    def parts(self, name: str, *, may_be_absent: bool = False) -> list[FrontMatter]:
        """The items of a list, each with facts of its own; their faults are told with these."""
        node = self._facts.get(name)
        if node is None:
            if not may_be_absent:
                self.fault(name, f"{name!r} is missing: add a line '{name}:' and a list below it.")
            return []
        items = node.value if isinstance(node, yaml.SequenceNode) else []
        if not items:
            self.fault(name, f"{name!r} must be a list: begin each item with '- ' below it.")
        return [part for item in items if (part := self._part(name, item))]

    def inside(self, name: str) -> FrontMatter:
        """The facts below a key, when it is there; their faults are told with these."""
        return self._part(name, self._facts[name]) or FrontMatter(self.path, "", 1)

    def _part(self, name: str, item: yaml.Node) -> FrontMatter | None:
        if not isinstance(item, yaml.MappingNode):
            text = f"{name!r} has an item without facts: write lines like 'title: ...' in it."
            self._fault(line_of(item), text)
            return None
        part = FrontMatter.of(self.path, item)
        part.first_line = line_of(item)
        self.faults += part.faults
        part.faults = self.faults
        return part

    def choices(self, name: str, allowed: Collection[str]) -> list[str]:
        """At least one of `allowed`, none of them twice."""
        count = len(self.faults)
        found: list[str] = []
        for line, text in self.texts(name):
            if text not in allowed:
                known = ", ".join(allowed)
                self._fault(line, f"{name!r} has {quoted(text)}: choose from {known}.")
            elif text in found:
                self._fault(line, f"{name!r} has {text!r} twice: remove one.")
            else:
                found.append(text)
        if not found and len(self.faults) == count:
            self.fault(name, f"{name!r} is empty: give at least one of {', '.join(allowed)}.")
        return found

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        """One of `allowed`; the first of them where the key is left out."""
        if name not in self._facts:
            return allowed[0]
        value = self.text(name)
        if value and value not in allowed:
            known = " or ".join(allowed)
            self.fault(name, f"{name!r} is {quoted(value)}: choose {known}.")
        return value if value in allowed else allowed[0]

    def line(self, name: str) -> int:
        """The line of a key; the first line of the facts when it is not there."""
        return self._lines.get(name, self.first_line)

    def fault(self, name: str, text: str) -> None:
        self._fault(self.line(name), text)

    def _fault(self, line: int, text: str) -> None:
        self.faults.append(Fault(self.path, line, text))


def line_of(node: yaml.Node) -> int:
    # The fence ends before its newline: what YAML counts as line 0 is the fence's own line 1.
    return 1 + int(node.start_mark.line)


def _plain(node: yaml.Node) -> str:
    return " ".join(str(node.value).split()) if isinstance(node, yaml.ScalarNode) else ""


def _compose(text: str) -> yaml.MappingNode:
    if len(text) > MOST_CHARACTERS:
        raise BadFile(1, f"has front matter of over {MOST_CHARACTERS} characters: shorten it.")
    try:
        root = yaml.compose(text, Loader=SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BadFile(1 + (mark.line if mark else 0), _yaml_remedy(error.problem)) from None
    # Too deep for the slow loader, which is there where the fast one is not.
    except (yaml.YAMLError, RecursionError):
        raise BadFile(1, _yaml_remedy("cannot be read")) from None
    if not isinstance(root, yaml.MappingNode):
        raise BadFile(1, "has front matter without facts: write lines like 'title: ...'.")
    return root


def _yaml_remedy(problem: str | None) -> str:
    return (
        f"the front matter is not valid YAML ({problem or 'cannot be read'}): indent with spaces "
        "only, and put a text that holds a colon or a # between quotes."
    )

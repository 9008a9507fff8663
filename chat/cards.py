"""What an advisor shows besides words: a card. It travels as a message that nobody can type."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("112", "article")

# Control characters are dropped from all that people type (clean.py), so no words can be a card.
_MARK = "\x1e"


@dataclass(frozen=True, slots=True)
class Card:
    """`kind` is one of KINDS; `article` is an article's id, and `lang` its language."""

    kind: str
    lang: str = ""
    article: str = ""

    def written(self) -> str:
        """As it stands among the words of a conversation."""
        return _MARK + _MARK.join((self.kind, self.lang, self.article))


def card_in(text: str) -> Card | None:
    """The card that this text is; None for words."""
    if not text.startswith(_MARK):
        return None
    kind, lang, article = [*text[1:].split(_MARK), "", ""][:3]
    return Card(kind, lang, article)

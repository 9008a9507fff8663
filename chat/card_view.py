"""A card as its reader gets it: what it says in the reader's language, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from .cards import Card
from .helps import helps
from .texts import gettext as _


@dataclass(frozen=True)
class CardView:
    """`text` is all of it for a client without html; `html` the article, where it comes along."""

    kind: str
    text: str
    title: str = ""
    summary: str = ""
    lang: str = ""
    address: str = ""
    html: str = ""


def view_of(card: Card, *, whole: bool = False) -> CardView:
    """With `whole` the article itself comes along: for a page that cannot fetch it."""
    if card.kind == "112":
        return CardView("112", _("Ben je nu in gevaar? Bel 112, als dat veilig kan."))
    article = helps().shelf.get(card.lang, card.article)
    if article is None:  # it was taken off the site meanwhile
        return CardView("gone", _("Dit artikel staat niet meer op de site."))
    return CardView(
        "article",
        f"{article.title}\n{request.url_root[:-1]}{article.address}",
        title=article.title,
        summary=article.summary,
        lang=article.lang,
        address=article.address,
        html=article.html if whole else "",
    )

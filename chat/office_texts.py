"""The office's texts: the ready answers that all share, and a few sentences of the chat."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import escape

from . import chat_texts, clean, words
from .answer_form import AnswerForm
from .answers import LANGUAGES, NoSuchAnswer
from .audit import record
from .chat_texts import NoSuchText
from .clean import BadInput
from .helps import helps
from .office import office_blueprint, refused
from .texts import gettext as _

STEPS = ("save", "preview", "hide", "show", "remove")
NEW = "new"

blueprint = office_blueprint("office_texts", __name__, "/office/answers")
blueprint.register_error_handler(BadInput, lambda fault: refused(words.fault(fault), 422))


@blueprint.get("")
def overview() -> str:
    answers = {lang: helps().answers.shared(lang) for lang in LANGUAGES}
    out = helps().keeping_out
    return render_template(
        "office/answers.html",
        answers=answers,
        texts=helps().texts.all(),
        kept_out=out.count(),
        hours=out.seconds // 3600,
    )


@blueprint.get("/shared/<lang>/<ref>")
def answer(lang: str, ref: str) -> ResponseReturnValue:
    if ref == NEW and lang in LANGUAGES:
        return _drawn("office/answer.html", AnswerForm(lang=lang), answer=None)
    found = helps().answers.one_shared(lang, ref)
    return _drawn("office/answer.html", AnswerForm.of(found), answer=found)


@blueprint.post("/shared/<lang>/<ref>")
def keep_answer(lang: str, ref: str) -> ResponseReturnValue:
    if lang not in LANGUAGES:
        raise NoSuchAnswer
    found = None if ref == NEW else helps().answers.one_shared(lang, ref)
    form, step = AnswerForm.sent(lang), _step()
    if step == "preview":
        form.try_out()
        return _drawn("office/answer.html", form, answer=found)
    if step != "save" and found:
        _hide_or_remove(lang, ref, step)
    elif not _keep(lang, ref, form):
        return _drawn("office/answer.html", form, answer=found)
    return redirect(url_for("office_texts.overview"), 303)


def _hide_or_remove(lang: str, ref: str, step: str) -> None:
    if step == "remove":
        helps().answers.remove_shared(lang, ref)
        record("answers.remove", lang)
    else:
        helps().answers.hide(lang, ref, hidden=step == "hide")
        record("answers.edit", lang)


def _keep(lang: str, ref: str, form: AnswerForm) -> bool:
    """Keep what was written; false when it cannot be: the form then says why."""
    written = form.read()
    if written is None:
        return False
    if ref == NEW:
        helps().answers.add_shared(lang, written)
        record("answers.add", lang)
    else:
        helps().answers.change_shared(lang, ref, written)
        record("answers.edit", lang)
    return True


@blueprint.get("/text/<lang>/<name>")
def text(lang: str, name: str) -> ResponseReturnValue:
    found = helps().texts.one(name, lang)
    return _drawn_text(found, found.text)


@blueprint.post("/text/<lang>/<name>")
def keep_text(lang: str, name: str) -> ResponseReturnValue:
    texts, step = helps().texts, _step()
    found = texts.one(name, lang)
    if step == "remove":
        texts.take_back(name, lang)
        record("texts.reset", lang)
        return redirect(url_for("office_texts.overview"), 303)
    typed = request.form.get("text", "")
    try:
        said = chat_texts.written(typed)
    except BadInput as fault:
        return _drawn_text(found, typed, errors={fault.field: words.fault(fault)})
    if step == "preview":
        return _drawn_text(found, typed, preview=escape(said))
    texts.change(name, lang, said)
    record("texts.edit", lang)
    return redirect(url_for("office_texts.overview"), 303)


@blueprint.post("/let-in")
def let_in() -> ResponseReturnValue:
    """Nobody is kept out any more."""
    helps().keeping_out.let_all_in()
    record("keep_out.lift")
    return redirect(url_for("office_texts.overview"), 303)


@blueprint.errorhandler(NoSuchAnswer)
@blueprint.errorhandler(NoSuchText)
def gone(_error: Exception) -> ResponseReturnValue:
    return refused(_("Dit is er niet, of niet meer."), 404)


def _step() -> str:
    """Raises BadInput."""
    return clean.one_of(request.form.get("step") or "save", "step", STEPS)


def _drawn(template: str, form: AnswerForm, **values: object) -> ResponseReturnValue:
    page = render_template(template, form=form, **values)
    return make_response(page, 422 if form.errors else 200)


def _drawn_text(
    found: chat_texts.ChatText, typed: str, *, errors: Any = None, preview: str = ""
) -> ResponseReturnValue:
    page = render_template(
        "office/text.html",
        found=found,
        typed=typed,
        errors=errors or {},
        preview=preview,
        most=chat_texts.MOST,
    )
    return make_response(page, 422 if errors else 200)

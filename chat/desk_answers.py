"""Ready answers at the desk: the list to insert from, and an advisor's own, made here."""

from __future__ import annotations

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from . import clean
from .accept import wants_json
from .answer_form import AnswerForm, fillings
from .answers import LANGUAGES, OWN_MOST, Answer, NoSuchAnswer, TooManyAnswers
from .asking import handle_faults
from .audit import record
from .desk_session import me
from .helps import helps
from .sign_in import signed_in
from .texts import gettext as _

OWN = "own"  # of the audit trail: nobody reads another's

blueprint = Blueprint("desk_answers", __name__, template_folder="templates", url_prefix="/desk")
handle_faults(blueprint)


@blueprint.get("/answers")
@signed_in
def overview() -> ResponseReturnValue:
    """For a script all that can be inserted, else the page with one's own."""
    member, answers = me(), helps().answers
    if not wants_json():
        return render_template(
            "desk/answers.html", member=member, answers=answers.own(member.id), form=AnswerForm()
        )
    return jsonify(
        answers=[_told(answer) for answer in answers.for_advisor(member.id)],
        name=member.name,
        fill={lang: fillings(lang) for lang in LANGUAGES},
    )


@blueprint.post("/answers")
@signed_in
def add() -> ResponseReturnValue:
    form = AnswerForm.sent()
    if _tries_out():
        form.try_out()
    elif written := form.read():
        try:
            helps().answers.add_own(me().id, form.lang, written)
        except TooManyAnswers:
            form.errors[""] = _(
                "Je hebt al %(most)s antwoorden. Verwijder er eerst een.", most=OWN_MOST
            )
        else:
            record("answers.add", OWN)
            return redirect(url_for("desk_answers.overview"), 303)
    return _drawn("desk/answers.html", form, answers=helps().answers.own(me().id))


@blueprint.get("/answers/<ref>")
@signed_in
def change(ref: str) -> ResponseReturnValue:
    answer = helps().answers.one_own(me().id, ref)
    return _drawn("desk/answer.html", AnswerForm.of(answer), answer=answer)


@blueprint.post("/answers/<ref>")
@signed_in
def keep(ref: str) -> ResponseReturnValue:
    answers, member, form = helps().answers, me(), AnswerForm.sent()
    answer = answers.one_own(member.id, ref)
    step = clean.one_of(request.form.get("step") or "save", "step", ("save", "preview", "remove"))
    if step == "remove":
        answers.remove_own(member.id, ref)
        record("answers.remove", OWN)
    elif step == "preview":
        form.try_out()
        return _drawn("desk/answer.html", form, answer=answer)
    elif written := form.read():
        answers.change_own(member.id, ref, form.lang, written)
        record("answers.edit", OWN)
    else:
        return _drawn("desk/answer.html", form, answer=answer)
    return redirect(url_for("desk_answers.overview"), 303)


@blueprint.errorhandler(NoSuchAnswer)
def gone(_error: NoSuchAnswer) -> ResponseReturnValue:
    sentence = _("Dit antwoord is er niet, of niet meer.")
    if wants_json():
        return jsonify(error=sentence, field=None), 404
    return render_template("error.html", code=404, title=sentence, sentence=""), 404


def _tries_out() -> bool:
    return request.form.get("step") == "preview"


def _drawn(template: str, form: AnswerForm, **values: object) -> ResponseReturnValue:
    page = render_template(template, member=me(), form=form, **values)
    return make_response(page, 422 if form.errors else 200)


def _told(answer: Answer) -> dict[str, object]:
    return {
        "ref": answer.ref,
        "lang": answer.lang,
        "title": answer.title,
        "text": answer.text,
        "own": answer.own,
    }

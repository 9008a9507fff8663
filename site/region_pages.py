"""Find your region, and each region's own page. What is typed is looked up and forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    render_template,
    request,
)

from .articles import NotFound
from .chat import clean
from .chat.accept import wants_json
from .chat.limits.limits import limits
from .chat.parts import chat
from .chat.refusal import closed
from .chat.texts import gettext as _
from .chat.words import fault
from .languages import language, other, to
from .place_files import PlaceFiles
from .place_names import plain_name
from .places import PLACE, POSTCODE, REGION, Place, Places
from .regions import Region, is_day, is_website

# The longest name of a place has 26 letters; people add a street or a province.
TYPED_MOST = 100

blueprint = Blueprint("regions", __name__)


@dataclass(frozen=True)
class Regions:
    """What the pages show, of what was read of the content folder."""

    by_code: Mapping[str, Region]
    files: PlaceFiles

    @cached_property
    def places(self) -> Places:
        """Made for the first who asks: a start has no time for it."""
        return Places.of(self.files, self.by_code.values())

    @cached_property
    def municipalities(self) -> Mapping[str, list[str]]:
        """Their names, by region's code."""
        named: dict[str, list[str]] = {code: [] for code in self.by_code}
        for one in self.files.municipalities.values():
            named[one.region].append(plain_name(one.name))
        return named

    def by_slug(self, slug: str) -> Region:
        """Raises NotFound."""
        for region in self.by_code.values():
            if region.slug == slug:
                return region
        raise NotFound(slug)


def register(app: Flask, regions: Regions) -> None:
    """Add the pages in both languages."""
    app.extensions["luwte.regions"] = regions
    app.register_blueprint(blueprint, name="regions_nl")
    app.register_blueprint(blueprint, name="regions_en", url_prefix="/en")


@blueprint.get("/regio")
def start() -> str:
    return _draw_form()


@blueprint.post("/regio")
def find() -> str | Response:
    typed = request.form.get("plaats", "")
    g.draw_form = lambda errors: _draw_form(typed=typed, error=errors[""])
    limits().count_search(request.remote_addr or "")
    try:
        line = clean.line(typed, "plaats", most=TYPED_MOST)
    except clean.BadInput as bad:
        return _refused(typed, fault(bad))
    if not line:
        return _refused("", _("Typ een postcode of een plaats."))
    answer = _regions().places.find(line)
    if answer.place is None:
        return _draw_form(typed=line, answer=answer)
    # The region's own page, at this address: one that named the place would stay in the history.
    return _draw_region(_regions().by_code[answer.place.region], typed=line, answer=answer)


@blueprint.get("/regio/<slug>")
def region(slug: str) -> str:
    return _draw_region(_regions().by_slug(slug))


def _refused(typed: str, sentence: str) -> Response:
    if wants_json():
        return make_response(jsonify(error=sentence, field="plaats"), 422)
    return make_response(_draw_form(typed=typed, error=sentence), 422)


def _draw_form(**values: Any) -> str:
    return render_template(
        "regions.html",
        back_url=to("pages.home"),
        regions=list(_regions().by_code.values()),
        region_of=_region_of,
        label=label,
        most=TYPED_MOST,
        **values,
    )


def _draw_region(region: Region, **values: Any) -> str:
    state = chat().opening(region.code)
    return render_template(
        "region.html",
        region=region,
        back_url=to("regions.start"),
        twin_url=to("regions.region", other(language()), slug=region.slug),
        municipalities=_regions().municipalities[region.code],
        chat_open=state.open,
        # Why, when it opens, and that the phone is always there.
        chat_closed="" if state.open else closed(region.code).sentence,
        website=region.website if is_website(region.website) else "",
        website_checked=is_day(region.website_checked),
        region_of=_region_of,
        label=label,
        whole_region=REGION,
        **values,
    )


def region_named(typed: str) -> Region | None:
    """The region of a place, when nothing else but its name or postcode was typed, rightly."""
    answer = _regions().places.find(typed)
    certain = answer.place and answer.exact and not answer.others
    return _region_of(answer.place) if answer.place and certain else None


def label(place: Place) -> str:
    """A place as it is told from others of its name."""
    if place.kind in (PLACE, POSTCODE) and place.name != place.municipality:
        return _(
            "%(place)s, gemeente %(municipality)s (%(province)s)",
            place=place.name,
            municipality=place.municipality,
            province=place.province,
        )
    return f"{place.name} ({place.province})" if place.province else place.name


def public_paths(app: Flask, lang: str) -> list[str]:
    """The path of every page here, in one language; needs no request."""
    start = "/en" if lang == "en" else ""
    found: Regions = app.extensions["luwte.regions"]
    return [f"{start}/regio/{region.slug}" for region in found.by_code.values()]


def _region_of(place: Place) -> Region:
    return _regions().by_code[place.region]


def _regions() -> Regions:
    return cast(Regions, current_app.extensions["luwte.regions"])

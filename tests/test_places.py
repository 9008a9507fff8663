"""Find your region: every place of the data, what people make of its name, and hostile input."""

from __future__ import annotations

import csv
import html
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from luwte.application import create_app
from luwte.checks import run
from luwte.config import CONTENT, Settings
from luwte.place_files import read_places
from luwte.places import Places
from luwte.regions import read_regions
from tests.content import Editor

MISSPELT = Path(__file__).with_name("misspelt-places.csv")
SETTINGS = Settings(
    secret_keys=("a secret of the tests",), redis_url="redis://127.0.0.1:1", always_open=True
)
REGIONS = {region.code: region for region in read_regions(CONTENT)}
NAMES = {code: region.name for code, region in REGIONS.items()}


@pytest.fixture(scope="module")
def places() -> Places:
    return Places.of(read_places(CONTENT, NAMES), REGIONS.values())


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app(SETTINGS).test_client(use_cookies=False)


def rows(name: str) -> Iterator[dict[str, str]]:
    with (CONTENT / "places" / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def region_of(places: Places, typed: str) -> str | None:
    place = places.find(typed).place
    return place.region if place else None


# Every place of the data


def test_every_municipality_gives_its_region(places: Places) -> None:
    there = {row["municipality"]: row["region"] for row in rows("municipalities.csv")}

    assert len(there) == 342
    assert {name: region_of(places, name) for name in there} == there
    shouted = {name: region_of(places, f" GEMEENTE {name.upper()} ") for name in there}
    assert shouted == there


def test_every_postcode_gives_the_region_of_its_municipality(places: Places) -> None:
    region = {row["municipality"]: row["region"] for row in rows("municipalities.csv")}
    there: dict[str, str] = {}
    for row in rows("postcodes.csv"):
        first, _, last = row["postcodes"].partition("-")
        codes = range(int(first), int(last or first) + 1)
        there |= dict.fromkeys(map(str, codes), region[row["municipality"]])

    assert len(there) == 4067
    for form in ("{}", "{} AB", "{}ab", " NL-{} ab ", "{}AB Dorp"):
        assert {code: region_of(places, form.format(code)) for code in there} == there


def test_no_place_of_the_postcodes_leads_silently_elsewhere(places: Places) -> None:
    region = {row["municipality"]: row["region"] for row in rows("municipalities.csv")}
    named = {(row["place"], row["municipality"]) for row in rows("postcodes.csv") if row["place"]}
    for place, municipality in named:
        found = places.find(place)
        offered = [one.region for one in (found.place, *found.others) if one]
        assert region[municipality] in offered, place


def test_every_other_name_leads_to_what_it_belongs_to(places: Places) -> None:
    region = {row["municipality"]: row["region"] for row in rows("municipalities.csv")}
    region |= {name: code for code, name in NAMES.items() if name not in region}
    for row in rows("names.csv"):
        found = places.find(row["name"])
        offered = [place.region for place in (found.place, *found.others) if place]
        assert region[row["belongs_to"]] in offered, row


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Den Haag", "VT09"),
        ("'s-Gravenhage", "VT09"),
        ("’s gravenhage", "VT09"),
        ("The Hague", "VT09"),
        ("den bosch", "VT27"),
        ("Ljouwert", "VT04"),
        ("sudwest fryslan", "VT04"),
        ("Tietjerksteradeel", "VT04"),
        ("Landerd", "VT27"),
        ("Alphen a/d Rijn", "VT10"),
        ("alphen a.d. rijn", "VT10"),
        ("St. Willebrord", "VT21"),
        ("Hengelo (O.)", "VT19"),
        ("Hengelo Gld", "VT14"),
        ("bergen limburg", "VT13"),
        ("Bergen NH", "VT17"),
        ("Fryslân", "VT04"),
        ("regio Twente", "VT19"),
        ("ĲSSELSTEIN", "VT20"),
    ],
)
def test_a_place_is_found_by_what_people_call_it(places: Places, typed: str, code: str) -> None:
    found = places.find(typed)
    assert found.place and found.place.region == code and found.exact


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("Hengelo", {"VT19", "VT14"}),
        ("Bergen", {"VT13", "VT17", "VT21"}),
        ("Rijswijk", {"VT09", "VT06", "VT21"}),
        ("Laren", {"VT07", "VT14"}),
        ("Nieuwerkerk", {"VT23", "VT10"}),
        ("Haaren", {"VT15", "VT27"}),
        ("Zeeland", {"VT23", "VT27"}),
        ("Noord-Brabant", {"VT15", "VT21", "VT27"}),
        ("Wijk", {"VT20", "VT12", "VT21"}),
    ],
)
def test_a_name_of_several_places_is_asked_back(
    places: Places, typed: str, codes: set[str]
) -> None:
    found = places.find(typed)
    assert found.place is None
    assert {place.region for place in found.others} == codes


def test_a_town_that_shares_its_name_with_a_village_says_so(places: Places) -> None:
    found = places.find("Hoorn")
    assert found.place and found.place.region == "VT17"
    assert ("Terschelling", "VT04") in {(one.municipality, one.region) for one in found.others}


def test_misspelt_names_are_understood_and_never_wrong_without_a_word(places: Places) -> None:
    with MISSPELT.open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    assert len({row["typed"] for row in listed}) == 50
    outcomes: Counter[str] = Counter()
    for row in listed:
        found = places.find(row["typed"])
        assert not found.exact, row
        if found.place:
            outcomes["right" if found.place.region == row["region"] else row["typed"]] += 1
        else:
            outcomes["asked back" if found.others else "unknown"] += 1

    assert outcomes["right"] >= 48
    assert set(outcomes) <= {"right", "asked back", "unknown"}


@pytest.mark.parametrize("typed", ["Hoorm", "Bergn", "Haarlm", "Roozendaal"])
def test_a_slip_that_may_mean_two_places_is_asked_back(places: Places, typed: str) -> None:
    found = places.find(typed)
    assert found.place is None and found.others and not found.exact


@pytest.mark.parametrize("typed", ["Atlantis", "0123", "1000", "12345", "7", "?", "-", "qqqqqqqq"])
def test_what_is_nowhere_is_unknown(places: Places, typed: str) -> None:
    found = places.find(typed)
    assert (found.place, found.others) == (None, ())


# The pages


def main_of(text: str) -> str:
    return text.partition('<main id="main"')[2].partition("</main>")[0]


@pytest.mark.parametrize("start", ["", "/en"])
def test_every_region_has_its_page(client: FlaskClient, start: str) -> None:
    listed = main_of(client.get(f"{start}/regio").text)
    for region in REGIONS.values():
        address = f"{start}/regio/{region.slug}"
        assert f'href="{address}"' in listed
        page = client.get(address)
        assert page.status_code == 200
        main = main_of(page.text)
        assert region.organisation in main and "tel:08002000" in main and "tel:112" in main
        assert 'data-region-chat="open"' in main
        assert f'href="{start}/chat"' in main
        assert address in client.get("/sitemap.xml").text
    towns = main_of(client.get(f"{start}/regio/kennemerland").text)
    assert "<li>Haarlem</li>" in towns and "<li>Alkmaar</li>" not in towns


def test_an_unknown_region_is_not_there(client: FlaskClient) -> None:
    assert client.get("/regio/nergens").status_code == 404


@pytest.mark.parametrize("start", ["", "/en"])
def test_a_found_place_is_answered_with_its_region_at_the_same_address(
    client: FlaskClient, start: str
) -> None:
    answer = client.post(f"{start}/regio", data={"plaats": "7511 AB"})
    assert answer.status_code == 200
    main = main_of(answer.text)
    assert 'data-region="VT19"' in main and "<b>Enschede (Overijssel)</b>" in main
    # The other language leads to the same region, and names no place.
    assert f'href="{"" if start else "/en"}/regio/twente"' in answer.text


def test_a_guess_is_told_and_can_be_put_right(client: FlaskClient) -> None:
    main = main_of(client.post("/regio", data={"plaats": "Roterdam"}).text)
    assert "Je typte <bdi>Roterdam</bdi>. We denken dat je Rotterdam bedoelt." in main
    assert 'value="Roterdam"' in main


def test_a_choice_names_what_tells_the_places_apart(client: FlaskClient) -> None:
    main = html.unescape(main_of(client.post("/regio", data={"plaats": "hengelo"}).text))
    choices = re.findall(r'<a href="(/regio/[^"]+)">([^<]+)</a> <span>', main)
    assert choices == [
        ("/regio/twente", "Hengelo (Overijssel)"),
        ("/regio/noord-en-oost-gelderland", "Hengelo, gemeente Bronckhorst (Gelderland)"),
    ]


def test_an_unknown_place_gets_a_plain_answer_and_the_national_number(client: FlaskClient) -> None:
    answer = client.post("/regio", data={"plaats": "Atlantis"})
    assert answer.status_code == 200
    main = main_of(answer.text)
    assert "Deze plaats kennen we niet" in main and "tel:08002000" in main
    assert "data-region=" not in main and "data-region-choices" not in main


HOSTILE = {
    "": 422,
    " \t\r\n ": 422,
    "\u200b\u202e": 422,
    "x" * 2000: 422,
    "é" * 101: 422,
    "'; DROP TABLE places; --": 200,
    "<script>alert(1)</script>": 200,
    '"><img src=x>': 200,
    "\u202eמסדרמא": 200,
    "أمستردام": 200,
    "🏠🔥": 200,
    "%00%ff{{7*7}}": 200,
    "../../etc/passwd": 200,
}


@pytest.mark.parametrize(("typed", "status"), HOSTILE.items(), ids=range(len(HOSTILE)))
@pytest.mark.parametrize("start", ["", "/en"])
def test_hostile_input_gets_a_plain_answer_and_is_kept_in_the_form(
    client: FlaskClient, typed: str, status: int, start: str
) -> None:
    answer = client.post(f"{start}/regio", data={"plaats": typed})
    assert answer.status_code == status
    main = main_of(answer.text)
    kept = re.search(r'name="plaats" type="text" value="([^"]*)"', main)
    assert kept
    dropped = re.compile("[\u200b\u202e]")
    assert html.unescape(kept[1]).split() == dropped.sub("", typed).split()
    assert "<script>alert" not in main and "<img" not in main
    if status == 422:
        assert re.search(r'<p class="error" id="region-plaats-error">[^<]+</p>', main)


def test_a_script_is_told_what_is_wrong(client: FlaskClient) -> None:
    answer = client.post("/regio", data={}, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert answer.get_json() == {"error": "Typ een postcode of een plaats.", "field": "plaats"}


def test_a_centre_may_do_without_places_and_without_regions(tmp_path: Path) -> None:
    editor = Editor(tmp_path / "content")
    editor.writes(editor.folder / "code-words.txt", "aap noot mies wim zus jet")
    settings = Settings(secret_keys=("s",), redis_url="redis://127.0.0.1:1", content=editor.folder)
    client = create_app(settings).test_client(use_cookies=False)
    assert client.get("/regio").status_code == 200
    assert "tel:08002000" in main_of(client.post("/regio", data={"plaats": "Utrecht"}).text)


# What an editor is told

REGION_ROWS = "code,slug,name,organisation\nVT01,amstelland,Amstelland,VT Amstelland\n"
TABLES = {
    "municipalities": "municipality,province,region\nDiemen,Noord-Holland,VT01\n",
    "postcodes": "postcodes,place,municipality\n1110-1112,Diemen,Diemen\n",
    "names": "name,belongs_to\nDieme,Diemen\nDe Amstel,Amstelland\n",
}


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    monkeypatch.chdir(tmp_path)
    editor = Editor(tmp_path / "content")
    editor.writes(editor.folder / "regions.csv", REGION_ROWS)
    for name, text in TABLES.items():
        editor.writes(editor.folder / "places" / f"{name}.csv", text)
    return editor


def told(editor: Editor, capsys: pytest.CaptureFixture[str]) -> list[str]:
    run(Settings(content=editor.folder))
    return [line for line in capsys.readouterr().out.splitlines() if ": figure: " not in line]


def test_whole_tables_are_in_order(editor: Editor, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(editor, capsys) == ["Everything is in order; 2 articles, 0 notes."]


@pytest.mark.parametrize(
    ("table", "row", "fault"),
    [
        ("municipalities", "Diemen,Utrecht,VT01", "3: 'Diemen' stands here a second time"),
        ("municipalities", "Urk,Flevoland,VT99", "3: 'region' is 'VT99': give a code of"),
        ("municipalities", "Urk,,VT01", "3: has no name or no province: write both."),
        ("municipalities", "Urk", "3: has 1 cells instead of 3"),
        ("postcodes", "0999,A,Diemen", "3: 'postcodes' is '0999': write 1011, or 1011-1019."),
        ("postcodes", "1114-1113,A,Diemen", "3: 'postcodes' is '1114-1113'"),
        ("postcodes", "1112-1113,A,Diemen", "3: the postcode 1112 stands here a second time"),
        ("postcodes", "\n1113,A,Weesp", "4: 'municipality' is 'Weesp': write it as in"),
        ("names", ",Diemen", "4: has no name"),
        ("names", "Dieme,Diemen", "4: 'Dieme' stands here a second time"),
        ("names", "Weesp,Amsterdam", "4: 'belongs_to' is 'Amsterdam': write a municipality"),
        ("names", '"a"b,Diemen', "4: is not valid CSV"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_on_its_line_and_left_out(
    editor: Editor, capsys: pytest.CaptureFixture[str], table: str, row: str, fault: str
) -> None:
    editor.writes(editor.folder / "places" / f"{table}.csv", TABLES[table] + row + "\n")
    lines = told(editor, capsys)
    assert lines[0].startswith(f"content/places/{table}.csv:{fault}")
    assert len(lines) == 2
    assert "Diemen" in read_places(editor.folder, {"VT01": "Amstelland"}).municipalities


def test_a_website_that_nobody_opened_is_a_note(
    editor: Editor, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "code,slug,name,organisation,website,website_checked\nVT01,a,A,VT A,"
    path = editor.folder / "regions.csv"
    editor.writes(path, f"{head}vt.example,\n".replace(",a,A,", ",a,Amstelland,"))
    assert told(editor, capsys)[0].startswith(
        "content/regions.csv:2: note: to be verified: the website vt.example"
    )
    editor.writes(path, f"{head}https://vt.example/x,gisteren\n".replace(",a,A,", ",a,Amstelland,"))
    lines = told(editor, capsys)
    assert "'website' is 'https://vt.example/x'" in lines[0]
    assert "'website_checked' is 'gisteren'" in lines[1]

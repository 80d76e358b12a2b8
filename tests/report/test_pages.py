"""What pages say, and what they must never do."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import making
import polars as pl
import pytest
from reading import Page, files, read

from tracker.app import Tracker
from tracker.catalogue import LACKING
from tracker.cells import restore
from tracker.errors import ReportError
from tracker.facts import CampaignFacts
from tracker.model import DAY, day_instant, local_day, moment, number_day
from tracker.publish import publish
from tracker.report import data
from tracker.report.inside import script
from tracker.report.site import asset
from tracker.report.table import _days, script_json
from tracker.report.text import clean, link
from tracker.store import facts as store
from tracker.words import Words

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></textarea></style><svg onload=alert(1)>",
    "</script><script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}",
    "\u202egnp.exe\u2066 \u200b\x00\x1b[31m\ufeff",
    "<!-- --> <![CDATA[ ]]> &lt;b&gt;",
    "\u2028\u2029</bdi><b>",
)


@pytest.fixture(scope="module")
def facts(programme: Tracker) -> CampaignFacts:
    return store.read(programme.database)[0]


def html(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"))


def inside(path: Path, tag: str) -> list[str]:
    """What stands in the elements of a name that hold no data."""
    whole = path.read_text("utf-8")
    return re.findall(rf"<{tag}>(.*?)</{tag}>", whole, re.DOTALL)


def hashes(texts: list[str]) -> str:
    found = (base64.b64encode(hashlib.sha256(t.encode()).digest()) for t in texts)
    return " ".join(f"'sha256-{one.decode()}'" for one in found)


def test_every_page_has_its_own_policy_and_asks_no_host(pages: Path) -> None:
    """Only the style and the scripts that stand in the page, by their hashes."""
    for path in html(pages):
        page = read(path)
        policies = [m["content"] for m in page.all("meta") if "http-equiv" in m]
        assert len(policies) == 1
        assert policies[0] == (
            f"default-src 'none'; style-src {hashes(inside(path, 'style'))};"
            f" script-src {hashes(inside(path, 'script'))}; img-src data:;"
            " object-src 'none'; base-uri 'none'; form-action 'none'"
        )
        for tag, attrs in page.elements:
            assert "style" not in attrs and not any(a.startswith("on") for a in attrs)
            assert tag not in ("iframe", "object", "embed", "base", "form")
            if tag in ("script", "link", "img") and attrs.get("rel") != "alternate":
                asked = attrs.get("src") or attrs.get("href") or "data:"
                assert asked.startswith("data:"), (path, asked)


def test_what_would_end_a_script_is_no_script() -> None:
    with pytest.raises(ReportError, match="TEMPLATES"):
        script("let a = '</SCRIPT><b>'")


def test_links_inside_lead_somewhere_and_links_outside_are_marked(pages: Path) -> None:
    for path in html(pages):
        page = read(path)
        ids = {attrs["id"] for _, attrs in page.elements if "id" in attrs}
        for attrs in page.all("a"):
            target = attrs["href"] or ""
            if target.startswith("http"):
                assert attrs["rel"] == "noopener noreferrer nofollow"
            elif target.startswith("#"):
                assert target[1:] in ids, (path, target)
            else:
                place = target.partition("#")[0]
                assert (path.parent / place).is_file(), (path, target)


def test_scripts_are_the_tools_or_data(pages: Path) -> None:
    own = {asset("report.js"), asset("posts.js")}
    for path in html(pages):
        found = read(path).all("script")
        kinds = [attrs.get("type") for attrs in found if attrs]
        assert set(kinds) <= {"application/json"}
        assert set(inside(path, "script")) <= own
        assert len(inside(path, "script")) + len(kinds) == len(found)


def test_ids_stand_once(pages: Path) -> None:
    for path in html(pages):
        ids = [attrs["id"] for _, attrs in read(path).elements if "id" in attrs]
        assert len(ids) == len(set(ids)), path


def test_an_ambassadors_page_names_nobody_else(
    pages: Path, facts: CampaignFacts
) -> None:
    names = {person.id: person.name for person in facts.people}
    for person, name in names.items():
        page = read(pages / "fiesta" / "ambassadors" / f"{person}.html")
        said = " ".join(page.text)
        assert name in said
        for other in set(names.values()) - {name}:
            assert not re.search(rf"\b{other}\b", said)
        hrefs = [attrs["href"] or "" for attrs in page.all("a")]
        assert not any("html" in href for href in hrefs)


def test_unknown_is_said_and_never_zero(pages: Path) -> None:
    said = (pages / "fiesta" / "index.html").read_text()
    sales = said[said.index("<h3>Sales</h3>") :][:400]
    assert "not known" in sales and "No source delivers it yet." in sales
    assert ">0<" not in sales


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tracker = making.workspace(
        tmp_path_factory.mktemp("harmless"), making.Made(4, 30, text="word")
    )
    return publish(tracker, now=1).folder


@pytest.mark.parametrize("texts", [HOSTILE[0::3], HOSTILE[1::3], HOSTILE[2::3]])
def test_no_field_becomes_markup(
    harmless: Path, tmp_path: Path, texts: tuple[str, ...]
) -> None:
    """Names, teams, captions, kinds, handles, rejects and the plan."""
    text, plan = " ".join(texts), json.loads(json.dumps(making.PLAN))
    for part in (
        plan["strategy"],
        plan["tool"][0],
        plan["mission"][0],
        plan["claim"][2],
    ):
        for key in {"why", "name", "definition", "source"} & set(part):
            part[key] = part[key] + text
    plan["benchmark"]["name"] += text
    made = making.Made(4, 30, text=text.replace("\x00", ""), plan=plan)
    hostile = making.workspace(tmp_path / "hostile", made)
    bad = publish(hostile, now=1).folder
    for path in html(harmless):
        name = path.relative_to(harmless)
        assert read(bad / name).shape == read(path).shape, name
    for path in html(bad):
        assert not re.search(
            "[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066]", path.read_text()
        )


BAD_LINKS = [
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    " \x01javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "//example.org/x",
    "https:example.org",
    "http:///x",
    "https://",
    "ftp://example.org",
    "blob:https://example.org/x",
    "\u202ehttps:/example.org",
    "x",
    "",
]


@pytest.mark.parametrize("url", BAD_LINKS)
def test_only_http_and_https_are_links(url: str) -> None:
    assert link(url) is None


def test_good_links_stay() -> None:
    assert link("https://example.org/a?b=c&d=e#f") == "https://example.org/a?b=c&d=e#f"
    assert link("HTTP://EXAMPLE.org/\x07x") == "HTTP://EXAMPLE.org/x"


def test_bad_addresses_are_text_on_every_page(tmp_path: Path) -> None:
    made = making.Made(3, 20, url="javascript:alert(1)")
    folder = publish(making.workspace(tmp_path / "w", made), now=1).folder
    for path in html(folder):
        for attrs in read(path).all("a"):
            assert not (attrs["href"] or "").lower().startswith("javascript")
    block = posts_block(folder / "fiesta" / "posts.html")
    assert set(block["tail"]) == {None}


def posts_block(path: Path) -> dict[str, list]:
    found = re.search(
        r'<script type="application/json" id="posts">(.*?)</script>', path.read_text()
    )
    assert found is not None
    return json.loads(found[1])


def test_data_for_scripts_cannot_end_their_block() -> None:
    value = {"a": "</script><!-- & \u2028\u2029"}
    text = script_json(value)
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == value


def test_clean_removes_what_deceives() -> None:
    assert clean("a\u202eb\x00c\u200bd\te") == "abcd e"
    assert clean("e" + "\u0301" * 40) == "e" + "\u0301" * 4
    assert clean("Zoë 👩‍🚀") in ("Zoë 👩‍🚀", "Zoë 👩🚀")


# -- the same numbers everywhere -------------------------------------------------------


def table(pages: Path, name: str) -> list[dict[str, str]]:
    text = (pages / "fiesta" / "data" / f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def test_data_files_equal_each_other_and_the_page(
    pages: Path, facts: CampaignFacts
) -> None:
    views = facts.counts["views"]
    last = table(pages, "days")[-1]
    assert int(last["views"]) == views.value
    assert (int(last["views_known"]), int(last["views_unknown"])) == (
        views.known,
        views.unknown,
    )
    days = table(pages, "days")
    assert sum(int(row["views_gain"] or 0) for row in days) == views.value
    for name in ("platforms", "ambassadors", "posts"):
        rows = table(pages, name)
        assert sum(int(row["views"] or 0) for row in rows) == views.value, name
    people = table(pages, "ambassadors")
    assert sum(int(row["posts"]) for row in people) == facts.posts_total
    said = (pages / "fiesta" / "index.html").read_text()
    assert f"{views.value:,}" in said
    block = posts_block(pages / "fiesta" / "posts.html")
    assert sum(value or 0 for value in block["views"]) == views.value
    assert len(block["title"]) == facts.posts_total


def test_json_and_csv_hold_the_same(pages: Path) -> None:
    for name in data.TABLES:
        rows = table(pages, name)
        held = json.loads((pages / "fiesta" / "data" / f"{name}.json").read_text())
        assert held["campaign"] == "fiesta" and held["timezone"] == "America/Detroit"
        assert [
            {key: "" if value is None else str(value) for key, value in row.items()}
            for row in held["rows"]
        ] == [{key: restore(value) for key, value in row.items()} for row in rows]


def test_unknown_is_empty_in_csv_and_null_in_json(pages: Path) -> None:
    blog = next(row for row in table(pages, "platforms") if row["platform"] == "blog")
    assert (blog["views"], blog["views_known"]) == ("", "0")
    held = json.loads((pages / "fiesta" / "data" / "platforms.json").read_text())
    assert next(r for r in held["rows"] if r["platform"] == "blog")["views"] is None


def test_the_dictionary_explains_every_column(pages: Path) -> None:
    known = {(row["file"], row["column"]) for row in table(pages, "dictionary")}
    for name in ("days", "platforms", "ambassadors", "posts"):
        assert {(name, column) for column in table(pages, name)[0]} <= known


@pytest.mark.parametrize("sign", "=+-@'\t\r\uff1d\uff0b\uff0d\uff20")
def test_cells_that_look_like_formulas_are_quoted(
    facts: CampaignFacts, sign: str
) -> None:
    frame = pl.DataFrame(
        {"caption": [f"{sign}SUM(A1)", "fine", None], "views": [-1, 2, 3]}
    )
    rows = list(csv.reader(io.StringIO(data.csv_bytes(frame).decode(), newline="")))
    assert rows[1] == [f"'{sign}SUM(A1)", "-1"]
    assert restore(rows[1][0]) == f"{sign}SUM(A1)"


def test_instants_and_days_are_written_apart(facts: CampaignFacts) -> None:
    from dataclasses import replace

    posts = facts.posts.head(3).with_columns(
        published_at=pl.Series([43_199_999, 0, 1_234])
    )
    made = data.posts(replace(facts, posts=posts)).sort("published_at")
    assert made["published_at"].to_list() == [
        "1970-01-01",
        "1970-01-01T00:00:00Z",
        "1970-01-01T00:00:01.234Z",
    ]


# -- languages ---------------------------------------------------------------------


def test_a_french_campaign_has_french_pages(tmp_path: Path) -> None:
    made = making.Made(3, 30, language="fr")
    tracker = making.workspace(tmp_path / "w", made)
    LACKING["fr"].texts.clear()
    page = (publish(tracker, now=1).folder / "fiesta" / "index.html").read_text()
    assert '<html lang="fr">' in page
    assert "L’essentiel" in page and "At a glance" not in page
    assert "5\u202f000\u202f000\u00a0$" in page
    assert LACKING["fr"].texts == set()
    english = publish(tracker, now=1, language="en", out=tmp_path / "en").folder
    assert "At a glance" in (english / "fiesta" / "index.html").read_text()


def test_numbers_dates_and_money_follow_the_language() -> None:
    from datetime import date
    from decimal import Decimal

    en, fr = Words("en", "USD"), Words("fr", "USD")
    assert (en.number(-21480), fr.number(-21480)) == ("−21,480", "−21\u202f480")
    assert (en.number(2.316, 2), fr.number(2.316, 2)) == ("2.32", "2,32")
    assert (en.percent(86), fr.percent(86)) == ("86.0%", "86,0\u00a0%")
    cost = Decimal("1162.7907")
    assert (en.money(cost), fr.money(cost)) == ("$1,162.79", "1\u202f162,79\u00a0$")
    assert Words("en", "CHF").money(Decimal(5)) == "5\u00a0CHF"
    assert (en.compact(4_300_000), fr.compact(4_300_000)) == ("4.3M", "4,3\u202fM")
    first = date(2009, 5, 1)
    assert (en.day(first, year=True), fr.day(first)) == (
        "1\u00a0May 2009",
        "1er\u00a0mai",
    )
    assert fr.instant(1254520800000) == "2\u00a0octobre 2009, 22\u00a0h\u00a000"
    assert en.signed(5) == "+5" and en.money(Decimal("-2.5")) == "−$2.50"


def test_no_page_tells_file_names_or_the_time(pages: Path) -> None:
    """The quality page names the file of a refused row; the others never do."""
    for name, data_ in files(pages).items():
        if name.endswith(".html") and not name.endswith("quality.html"):
            assert b"a.csv:" not in data_ and b"inbox" not in data_
            assert "built" not in " ".join(Page(data_.decode()).text)


@pytest.mark.parametrize("zone", ["America/Detroit", "Europe/Paris", "Pacific/Apia"])
def test_days_of_the_table_are_the_campaigns(zone: str) -> None:
    """A post of the evening is of that day, although UTC has the next one."""
    written = day_instant(date(2009, 6, 29))
    at = [written, *range(written - 3 * DAY, written + 3 * DAY, 3_599_000)]
    frame = pl.DataFrame({"published_at": at}).select(day=_days(zone))
    shown = [number_day(day) for day in frame["day"].to_list()]
    assert shown == [local_day(ms, ZoneInfo(zone)) for ms in at]
    assert shown != [moment(ms).date() for ms in at]

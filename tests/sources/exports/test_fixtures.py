"""Each export of the fixtures is recognised by itself, and read to the last figure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from sources.exports.shapes import EXPORTS, Read, fixture, read
from sources.given import SEEN, source

from tracker.model import iso
from tracker.sources.base import Payload
from tracker.sources.contract import check_payload


@dataclass(frozen=True)
class Holds:
    """What a file holds: posts, sums of their counts, rejects (line, column, code),
    lines that are no rows, how many figures of accounts, and what else is said."""

    posts: int = 0
    sums: dict[str, int] = field(default_factory=dict)
    bad: tuple[tuple[int, str, str], ...] = ()
    ignored: int = 0
    figures: int = 0
    said: tuple[str, ...] = ()


FILES = {
    "youtube-studio/Table data.csv": Holds(
        3,
        {
            "views": 6150,
            "impressions": 41200,
            "likes": 212,
            "comments": 31,
            "watch_seconds": 904_500,
        },
        ignored=2,
        said=("EXPORT_RANGE", "ROW_UNDATED"),
    ),
    "youtube-studio/Chart data.csv": Holds(ignored=3, said=("EXPORT_DAYS",)),
    "youtube-studio/Totals.csv": Holds(figures=4, said=("EXPORT_ACCOUNT",)),
    "youtube-studio/Tabellendaten.csv": Holds(
        1,
        {"views": 2000, "impressions": 25100, "watch_seconds": 148_500},
        ((4, "Video", "ROW_ID"),),
        ignored=2,
        said=("EXPORT_RANGE", "ROW_UNDATED"),
    ),
    "youtube-studio/Données du tableau.csv": Holds(
        2,
        {"views": 9446, "watch_seconds": 1_125_900},
        ignored=1,
        said=("EXPORT_RANGE", "ROW_UNDATED"),
    ),
    "youtube-studio/Datos de la tabla.csv": Holds(
        2,
        {"views": 13234, "likes": 150},
        ignored=1,
        said=("EXPORT_RANGE", "ROW_UNDATED"),
    ),
    "youtube-studio/Dados da tabela.csv": Holds(
        2,
        {"views": 900, "impressions": 8000, "watch_seconds": 45_000},
        ignored=1,
        said=("EXPORT_RANGE", "ROW_UNDATED"),
    ),
    "meta/instagram-posts.csv": Holds(
        2,
        {
            "views": 15200,
            "reach": 10440,
            "likes": 450,
            "comments": 23,
            "shares": 120,
            "saves": 67,
        },
        ((5, "Post ID", "ROW_ID"),),
        ignored=1,
        said=("EXPORT_DAYS", "ROW_UNDATED"),
    ),
    "meta/instagram-de.csv": Holds(
        2,
        {
            "views": 14000,
            "reach": 10000,
            "likes": 470,
            "comments": 26,
            "shares": 89,
            "saves": 157,
        },
        said=("ROW_UNDATED",),
    ),
    "meta/instagram-pt.csv": Holds(
        2,
        {
            "views": 4608,
            "reach": 3156,
            "likes": 299,
            "comments": 10,
            "shares": 22,
            "saves": 3,
        },
        said=("ROW_UNDATED",),
    ),
    "meta/facebook-posts.csv": Holds(
        2,
        {
            "views": 100,
            "reach": 150,
            "likes": 15,
            "comments": 3,
            "shares": 2,
            "clicks": 4,
            "watch_seconds": 13,
        },
        said=("ROW_UNDATED",),
    ),
    "meta/facebook-es.csv": Holds(
        1,
        {"views": 300, "reach": 250, "likes": 15, "comments": 4, "shares": 3},
        said=("ROW_UNDATED",),
    ),
    "meta/facebook-fr.csv": Holds(
        2,
        {
            "views": 1500,
            "reach": 1400,
            "likes": 24,
            "comments": 6,
            "shares": 4,
            "clicks": 2,
        },
        said=("ROW_UNDATED",),
    ),
    "meta/results.csv": Holds(
        figures=4, ignored=4, said=("EXPORT_ASIDE", "EXPORT_ACCOUNT")
    ),
    "x/account_analytics_content_2026-03-01_2026-03-31.csv": Holds(
        2,
        {
            "impressions": 12867,
            "likes": 437,
            "comments": 18,
            "shares": 40,
            "saves": 21,
            "clicks": 66,
        },
        ((4, "Post id", "ROW_ID"), (5, "", "ROW_COLUMNS")),
        said=("ROW_UNDATED",),
    ),
    "x/account_overview_analytics.csv": Holds(figures=10, said=("EXPORT_ACCOUNT",)),
    "x/tweet_activity_metrics.csv": Holds(
        2,
        {"impressions": 2034, "likes": 11, "comments": 1, "shares": 3, "clicks": 3},
        said=("ROW_UNDATED",),
    ),
    "x/video_overview_analytics.csv": Holds(
        figures=2, ignored=3, said=("EXPORT_ASIDE", "EXPORT_ACCOUNT")
    ),
    "tiktok/Content.csv": Holds(
        2,
        {"views": 27500, "likes": 1840, "comments": 60, "shares": 40},
        ((4, "post_id", "ROW_ID"),),
        said=("ROW_UNDATED",),
    ),
    "tiktok/Contenido.csv": Holds(
        1,
        {"views": 900, "likes": 40, "comments": 2, "shares": 1},
        said=("ROW_UNDATED",),
    ),
    "tiktok/Overview.csv": Holds(figures=15, said=("EXPORT_ACCOUNT", "EXPORT_YEAR")),
    "tiktok/FollowerHistory.csv": Holds(
        figures=2, said=("EXPORT_ACCOUNT", "EXPORT_YEAR")
    ),
    "tiktok/FollowerGender.csv": Holds(ignored=2, said=("EXPORT_ASIDE",)),
    "linkedin/all-posts.csv": Holds(
        2,
        {
            "impressions": 2500,
            "views": 120,
            "likes": 51,
            "comments": 4,
            "shares": 3,
            "clicks": 53,
        },
        ignored=1,
        said=("EXPORT_RANGE", "ROW_UNDATED"),
    ),
    "linkedin/indicadores.csv": Holds(figures=10, ignored=1, said=("EXPORT_ACCOUNT",)),
    "linkedin/example_content_1772323200000.xls": Holds(
        2,
        {
            "impressions": 2500,
            "views": 120,
            "likes": 51,
            "comments": 4,
            "shares": 3,
            "clicks": 53,
        },
        ignored=2,
        figures=10,
        said=("EXPORT_RANGE", "EXPORT_ACCOUNT", "ROW_UNDATED"),
    ),
    "pinterest/Pinterest Analytics overview 20260301-20260331.csv": Holds(
        2,
        ignored=7,
        figures=2,
        said=("EXPORT_RANGE", "EXPORT_ASIDE", "EXPORT_ACCOUNT"),
    ),
    "pinterest/pins.csv": Holds(
        2,
        {"impressions": 900, "saves": 9, "clicks": 30},
        said=("EXPORT_RANGE", "ROW_UNDATED"),
    ),
    "ga4/pages.csv": Holds(
        2, ignored=11, figures=2, said=("EXPORT_RANGE", "EXPORT_ACCOUNT")
    ),
    "ga4/by-day-and-page.csv": Holds(figures=2, ignored=3),
    "bitly/links.csv": Holds(2, {"clicks": 127}, said=("ROW_UNDATED",)),
    "bitly/bitly-clicks.csv": Holds(figures=2, said=("EXPORT_ACCOUNT",)),
}


def test_no_fixture_is_left_out() -> None:
    there = {str(p.relative_to(EXPORTS)) for p in EXPORTS.rglob("*") if p.is_file()}
    assert there == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_an_export_is_read_to_the_last_figure(name: str) -> None:
    wanted, found = FILES[name], fixture(name)
    assert len(found.rows) == wanted.posts
    assert found.sums() == wanted.sums
    assert found.bad() == list(wanted.bad)
    assert found.ignored == wanted.ignored
    assert len(found.figures) == wanted.figures
    codes = re.findall(r"^\w+\[(\w+)\]", "\n".join(found.notices), re.MULTILINE)
    assert codes == ["LAYOUT", *wanted.said]


@pytest.mark.parametrize("name", FILES)
def test_an_export_keeps_the_contract(name: str) -> None:
    path = EXPORTS / name
    check_payload(source(), Payload(path.name, SEEN, body=path.read_bytes()))


@pytest.mark.parametrize("name", FILES)
def test_a_named_layout_reads_the_same(name: str) -> None:
    """Naming the family changes nothing but what may be recognised."""
    family = name.partition("/")[0]
    free, named = fixture(name), fixture(name, layout=family)
    assert (free.rows, free.figures, free.rejects) == (
        named.rows,
        named.figures,
        named.rejects,
    )


@pytest.mark.parametrize("name", [n for n in FILES if n.endswith(".csv")])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_other_encodings_read_the_same(name: str, encoding: str) -> None:
    path = EXPORTS / name
    raw = path.read_bytes()
    text = raw.decode("utf-16" if raw[:2] == b"\xff\xfe" else "utf-8-sig")
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    again = read(mark + text.encode(encoding), path.name)
    found = fixture(name)
    assert (again.rows, again.figures) == (found.rows, found.figures)
    assert again.bad() == found.bad()


def when(found: Read) -> list[tuple[str | None, str | None]]:
    return [(iso(r["published_at"]), iso(r["captured_at"])) for r in found.rows]


def test_what_is_said_of_posts_is_read_as_well() -> None:
    """Dates as each platform writes them, handles from columns or addresses."""
    found = fixture("meta/instagram-posts.csv", timezone="Europe/Paris")
    assert when(found)[0] == ("2026-03-15T17:00:00Z", "2026-07-01T00:00:00Z")
    first = found.rows[0]
    assert (first["platform"], first["handle"]) == ("instagram", "ada.walks")
    assert (first["kind"], first["caption"]) == ("IG reel", "Up the hill, slowly")
    assert first["post_id"] == "C9aaaaaaaaa", "known by its address, as everywhere"
    assert found.rows[1]["caption"] == "Two\nlines"
    assert found.rows[1]["views"] is None

    found = fixture("tiktok/Content.csv")
    assert [r["post_id"] for r in found.rows] == [
        "7345000000000000001",
        "7345000000000000002",
    ]
    assert {r["handle"] for r in found.rows} == {"ada.walks"}
    assert [day for day, _ in when(found)] == ["2026-03-02T19:05:00Z", "2026-03-09"]

    found = fixture("youtube-studio/Table data.csv")
    assert found.rows[1]["post_id"] == "-k9Jd_72ZxQ"
    assert [day for day, _ in when(found)] == ["2026-03-02", "2026-03-09", None]
    assert found.rows[2]["caption"] == 'He said "never again"'

    found = fixture("youtube-studio/Données du tableau.csv")
    assert [day for day, _ in when(found)] == ["2026-02-28", "2025-08-03"]
    found = fixture("meta/instagram-de.csv")
    assert [day for day, _ in when(found)][1] == "2026-03-03T18:00:00Z"
    found = fixture("meta/facebook-fr.csv")
    assert [day for day, _ in when(found)][1] == "2026-04-03T10:00:00Z"
    found = fixture("meta/facebook-posts.csv")
    assert [r["caption"] for r in found.rows] == [
        "Spring is here",
        "Only a description",
    ]
    found = fixture("bitly/links.csv")
    assert found.rows[1]["post_id"] == "bit.ly/3XyZ123"


def test_figures_of_accounts_carry_their_day() -> None:
    """Days without a year are the latest before the file was written."""
    found = fixture("tiktok/Overview.csv", handle="ada.walks")
    assert found.figures[0] == (2, "tiktok", "ada.walks", "views", "2025-12-30", 0)
    assert (4, "tiktok", "ada.walks", "comments", "2026-01-01", -2) in found.figures
    assert not found.told("EXPORT_ACCOUNT")
    found = fixture("tiktok/FollowerHistory.csv", handle="ada.walks")
    assert found.figures[1][3:] == ("followers", "2026-03-01", 308790)
    found = fixture("meta/results.csv")
    assert [f[1:] for f in found.figures] == [
        ("facebook", "", "reach", "2026-03-01", 120),
        ("facebook", "", "reach", "2026-03-02", 0),
        ("instagram", "", "reach", "2026-03-01", 310),
        ("instagram", "", "reach", "2026-03-02", 280),
    ]
    found = fixture("ga4/pages.csv")
    assert found.figures[0][3:] == ("views", "2026-03-01", 700)
    found = fixture("ga4/by-day-and-page.csv")
    assert found.figures[0][1:4] == ("web", "/blog/spring-in-lyon", "views")


def test_constants_of_the_settings_fill_what_the_file_lacks() -> None:
    found = fixture(
        "youtube-studio/Table data.csv", handle="ada", captured_at="2026-04-01"
    )
    assert {r["handle"] for r in found.rows} == {"ada"}
    assert {iso(r["captured_at"]) for r in found.rows} == {"2026-04-01"}
    assert not found.told("ROW_UNDATED")
    found = fixture("meta/facebook-posts.csv", handle="adawalks")
    assert {r["handle"] for r in found.rows} == {"adawalks"}  # the name is no handle
    found = fixture("meta/instagram-posts.csv", handle="someone")
    assert {r["handle"] for r in found.rows} == {"ada.walks"}

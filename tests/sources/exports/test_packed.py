"""Workbooks and archives: all of their tables, in any order, and nothing beside."""

from __future__ import annotations

import io
import zipfile
from itertools import permutations

import pytest
from sources.exports.shapes import EXPORTS, read, workbook, zipped
from sources.given import SEEN, refusal, source

from tracker.model import iso
from tracker.sources.base import Payload
from tracker.sources.contract import check_payload
from tracker.sources.layouts import pieces

STUDIO = ["Table data.csv", "Chart data.csv", "Totals.csv"]


def studio(*names: str) -> bytes:
    return zipped(*(f"youtube-studio/{name}" for name in names))


def test_the_archive_of_studio_is_one_export() -> None:
    """Videos are posts, days are the channel's, and what videos gained on days is
    neither; the archive's own days tell when the counts were taken."""
    found = read(studio(*STUDIO), "Content 2026-03-01_2026-03-11.zip", handle="ada")
    assert found.sums()["views"] == 6150
    assert sum(f[-1] for f in found.figures) == 6150
    assert {f[1:4] for f in found.figures} == {("youtube", "ada", "views")}
    assert {iso(r["captured_at"]) for r in found.rows} == {"2026-03-10"}
    assert not found.rejects
    assert "3 rows tell what single posts gained" in found.told("EXPORT_DAYS")
    lines = [r["line"] for r in found.rows] + [f[0] for f in found.figures]
    assert len(set(lines)) == len(lines)


def test_the_order_of_files_in_an_archive_does_not_matter() -> None:
    """Nor what else lies in it."""
    wanted = [
        {k: v for k, v in row.items() if k != "line"}
        for row in read(studio(*STUDIO)).rows
    ]
    for names in permutations(STUDIO):
        found = read(studio(*names))
        assert [{k: v for k, v in r.items() if k != "line"} for r in found.rows] == (
            wanted
        )
    others = (
        ("__MACOSX/._Table data.csv", b"\0\5"),
        (".DS_Store", b"x"),
        ("readme.pdf", b"%PDF"),
        ("notes.csv", "a,b\n1,2\n"),
    )
    found = read(zipped("youtube-studio/Table data.csv", *others))
    assert found.sums()["views"] == 6150
    assert "notes.csv" in found.told("EXPORT_ASIDE")


def test_a_lone_file_of_days_is_known_by_its_neighbours() -> None:
    """`Date,Views` might be anybody's; beside a table of videos it is the channel's."""
    days = "Date,Views\n2026-03-01,5\n2026-03-02,6\n"
    assert "name or title that tells it" in refusal(days).cause
    table = (EXPORTS / "youtube-studio" / "Table data.csv").read_bytes()
    found = read(zipped(("a.csv", table), ("b.csv", days)))
    assert [f[-1] for f in found.figures] == [5, 6]
    assert [f[-1] for f in read(days, layout="youtube-studio").figures] == [5, 6]


def test_an_export_of_some_days_counts_no_older_post() -> None:
    """Counts of a part of a post's life are no running totals: unknown, not wrong.

    That the file covers its days alone is shown by their sum, which is its total.
    """
    table = (
        "Content,Video title,Video publish time,Views\n"
        "Total,,,100\n"
        'aaaaaaaaaaa,Old,"Jan 2, 2026",60\n'
        'bbbbbbbbbbb,New,"Mar 2, 2026",40\n'
    )
    days = "Date,Views\n2026-03-01,30\n2026-03-02,70\n"
    body = zipped(("Table data.csv", table), ("Totals.csv", days))
    found = read(body)
    assert [r["views"] for r in found.rows] == [None, 40]
    assert "1 of its posts are older" in found.told("EXPORT_RANGE")
    assert [r["views"] for r in read(body, period="total").rows] == [60, 40]
    others = zipped(("Table data.csv", table), ("Totals.csv", days + "2026-03-03,99\n"))
    found = read(others)  # these days are of another export
    assert [r["views"] for r in found.rows] == [60, 40]
    assert "does not say which days" in found.told("EXPORT_RANGE")


MEMBER = {
    "DISCOVERY": [
        ["Overall Performance", "3/1/2026 - 3/31/2026"],
        ["Impressions", 900],
    ],
    "ENGAGEMENT": [
        ["Date", "Impressions", "Engagements"],
        ["3/14/2026", "600", "20"],
        ["3/15/2026", "300", "-2"],
    ],
    "TOP POSTS": [
        ["Maximum of 50 posts available to include in this list"],
        [],
        [
            *("Post URL", "Post publish date", "Engagements", None),
            *("Post URL", "Post publish date", "Impressions"),
        ],
        [
            "https://www.linkedin.com/feed/update/urn:li:activity:7170000000000000001",
            "3/14/2026",
            "18",
            None,
            "https://www.linkedin.com/feed/update/urn:li:activity:7170000000000000002",
            "3/15/2026",
            "610",
        ],
        [
            "https://www.linkedin.com/feed/update/urn:li:activity:7170000000000000002",
            "3/15/2026",
            "2",
            None,
            "https://www.linkedin.com/feed/update/urn:li:activity:7170000000000000001",
            "3/14/2026",
            "290",
        ],
    ],
    "FOLLOWERS": [
        ["Total followers on 3/31/2026:", 2571],
        [],
        ["Date", "New followers"],
        ["3/14/2026", 1],
    ],
    "DEMOGRAPHICS": [
        ["Top Demographics", "Value", "Percentage"],
        ["City", "Lyon", "2%"],
    ],
}


def test_tables_side_by_side_are_told_apart() -> None:
    """LinkedIn lists its top posts twice on one sheet; the left list has no count."""
    found = read(workbook(MEMBER), "AggregateAnalytics_Ada_2026-03-01_2026-03-31.xlsx")
    assert {r["post_id"]: r["impressions"] for r in found.rows} == {
        "urn:li:activity:7170000000000000001": 290,
        "urn:li:activity:7170000000000000002": 610,
    }
    assert [f[-1] for f in found.figures] == [600, 300]
    assert not found.rejects


def test_a_workbook_is_read_as_its_tables_would_be() -> None:
    """Numbers as numbers, dates as dates; ids that a cell cannot hold are refused."""
    rows = [
        ["Content", "Video title", "Video publish time", "Views", "Watch time (hours)"],
        ["Total", None, None, 310.0, 2.75],
        ["aaaaaaaaaaa", "One", "Mar 2, 2026", 300, 2.5],
        [None, None, None, None, None],
        ["bbbbbbbbbbb", "Two", "2026-03-03", 10, 0.25],
    ]
    found = read(workbook({"Table data": rows}), "Content.xlsx")
    assert found.sums() == {"views": 310, "watch_seconds": 9900}
    assert [r["line"] for r in found.rows] == [3, 5]
    ids = [
        ["Post id", "Date", "Post text", "Post Link", "Impressions"],
        [2030000000000000001, "2026-03-02", "a", "https://x.com/a/status/1", 5],
        [77, "2026-03-02", "b", "https://x.com/a/status/77", 6],
    ]
    found = read(workbook({"posts": ids}), "x.xlsx")
    assert found.bad() == [(2, "Post id", "ROW_ID")]
    assert "(line 2 of posts)" in found.rejects[0].reason
    assert [r["post_id"] for r in found.rows] == ["77"]


def test_a_workbook_in_an_archive_is_read_too() -> None:
    found = read(zipped(("deep/member.xlsx", workbook(MEMBER))), "linkedin.zip")
    assert len(found.rows) == 2


def test_packed_exports_keep_the_contract() -> None:
    for body in (
        studio(*STUDIO),
        workbook(MEMBER),
        zipped(("a.xlsx", workbook(MEMBER))),
    ):
        check_payload(source(), Payload("x", SEEN, body=body))


# -- damage -----------------------------------------------------------------------


def locked() -> bytes:
    """An archive that says its first file is encrypted."""
    body = bytearray(studio("Totals.csv"))
    central = body.find(b"PK\x01\x02")
    body[central + 8] |= 1
    return bytes(body)


def flipped() -> bytes:
    """An archive of which a packed byte was changed."""
    body = bytearray(studio("Chart data.csv"))
    body[60] ^= 0xFF
    return bytes(body)


DAMAGED = {
    "a changed byte": flipped(),
    "half an archive": studio(*STUDIO)[:300],
    "a locked archive": locked(),
    "half a workbook": workbook(MEMBER)[:600],
    "half an old workbook": (
        EXPORTS / "linkedin" / "example_content_1772323200000.xls"
    ).read_bytes()[:900],
    "a document": zipped(("[Content_Types].xml", "<x/>"), ("word/a.xml", "<x/>")),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_archives_are_refused(name: str) -> None:
    assert refusal(DAMAGED[name]).code == "FILE_FORMAT"


def test_an_archive_that_unpacks_without_end_is_refused() -> None:
    assert refusal(zipped(("a.csv", b"a,b\n" * (90 << 20)))).code == "FILE_TOO_LARGE"


def test_an_archive_of_endless_names_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(pieces.MOST_FILES * 5 + 1):
            archive.writestr(f"{number}.csv", "")
    assert refusal(out.getvalue()).code == "FILE_TOO_LARGE"


def test_an_archive_without_a_known_table_is_refused() -> None:
    error = refusal(
        zipped(("cities.csv", "Cities,Views\nLyon,5\n"), ("a.csv", "a,b\n"))
    )
    assert error.code == "LAYOUT"
    assert '"Cities", "Views"' in error.cause
    assert "youtube-studio" in error.cause


def test_packed_files_are_refused_where_columns_are_declared() -> None:
    body = studio("Table data.csv")
    assert refusal(body, columns={"views": "Views"}).code == "FILE_FORMAT"
    assert refusal(body, layout="canonical").code == "FILE_FORMAT"

"""What exports do to a reader: stacked tables, totals, errors, zeros, spreadsheets."""

from __future__ import annotations

import pytest
from sources.exports.shapes import EXPORTS, fixture, read
from sources.given import SEEN, refusal, source

from tracker.model import iso
from tracker.sources.base import Payload

HEAD = "Content,Video title,Video publish time,Views,Likes\n"
ONE = 'aaaaaaaaaaa,One,"Mar 2, 2026",300,7\n'
TWO = 'bbbbbbbbbbb,Two,"Mar 3, 2026",10,1\n'


def test_what_is_no_row_is_ignored() -> None:
    """Titles, totals, headers that come again, remarks, blank rows; ends of lines."""
    text = (
        "Exported by Ada\n\n"
        + HEAD.replace("\n", ",,\n")
        + "Total,,,310,8,,\n"
        + ONE.replace("\n", ",,\n")
        + HEAD.replace("\n", ",,\n")
        + ",,,,\n"
        + TWO.replace("\n", ",,\n")
        + "Grand total:,,,310,8\n\n"
        + "Showing top 500 results\n"
    )
    found = read(text)
    assert (len(found.rows), found.rejects) == (2, [])
    assert found.sums() == {"views": 310, "likes": 8}
    assert found.ignored == 6


def test_what_should_be_a_row_and_is_none_is_rejected() -> None:
    """Too few cells, too many, an error instead of a row, damaged quotes."""
    text = (
        HEAD
        + ONE
        + "ccccccccccc,Cut\n"
        + "ddddddddddd,A, comma too many,2026-03-02,1,1\n"
        + "Error: too many requests\n"
        + '"eeeeeeeeeee"x,E,2026-03-02,1,1\n'
        + ",No id,2026-03-02,1,1\n"
        + "fffffffffff,F,2026-03-02,1.5,1\n"
        + "ggggggggggg,G,the day before,1,1\n"
        + "1.78E+17,H,2026-03-02,1,1\n"
        + "=-kk,I,2026-03-02,#REF!,1\n"
    )
    assert sorted(read(text).bad()) == [
        (3, "", "ROW_COLUMNS"),
        (4, "", "ROW_COLUMNS"),
        (5, "", "ROW_ERROR"),
        (6, "", "ROW_QUOTE"),
        (7, "Content", "ROW_ID"),
        (8, "Views", "ROW_NUMBER"),
        (9, "Video publish time", "ROW_DATE"),
        (10, "Content", "ROW_ID"),
        (11, "Views", "ROW_NUMBER"),
    ]


def test_a_file_of_mostly_bad_rows_is_refused() -> None:
    rows = ONE.replace("aaaaaaaaaaa", "{:011d}")
    text = HEAD + "".join(map(rows.format, range(100))) + "#NAME?,x,,1,1\n" * 20
    assert refusal(text).code == "TOO_MANY_BAD"
    assert len(read(text, reject_limit="20%").rejects) == 20


def test_a_needed_column_that_stands_twice_must_agree() -> None:
    twice = HEAD.replace("Likes", "Views")
    assert read(twice + ONE.replace(",7", ",300")).sums() == {"views": 300}
    assert refusal(twice + ONE).code == "CSV_TWICE"


def test_a_long_table_that_only_its_title_tells_is_read_to_the_end() -> None:
    days = [f"2025-{m:02d}-{d:02d}" for m in range(1, 13) for d in range(1, 29)]
    text = "Facebook Page reach\nDate,Facebook Page reach\n"
    text += "".join(f"{day}T00:00:00,{n}\n" for n, day in enumerate(days))
    found = read(text)
    assert [f[-1] for f in found.figures] == list(range(len(days)))


# -- zeros --------------------------------------------------------------------


def test_an_export_of_nothing_but_zeros_is_not_believed() -> None:
    zeros = HEAD + "Total,,,0,0\n" + ONE.replace("300,7", "0,0")
    zeros += TWO.replace("10,1", "0,")
    error = refusal(zeros)
    assert (error.code, error.rows) == ("ALL_ZERO", 2)
    assert "what was known before stands" in error.now


def test_some_zeros_and_unknown_counts_are_believed() -> None:
    assert read(HEAD + ONE + TWO.replace("10,1", "0,0")).sums()["views"] == 300
    unknown = HEAD + ONE.replace("300,7", ",") + TWO.replace("10,1", "-,n/a")
    assert len(read(unknown).rows) == 2
    days = fixture("tiktok/Overview.csv")  # an account may gain nothing on a day
    assert ("views", "2025-12-30", 0) in [f[3:] for f in days.figures]


# -- numbers and dates --------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "sums"),
    [
        (('"1,234"', "7"), 1241),
        (("1.234", "7"), 1241),
        (("1 234", "7"), 1241),
        (("1\u202f234", "1\u00a0000"), 2234),
        (("1'234", "7"), 1241),
        (("1234.0", "7.0"), 1241),
        (('"1.234.567"', "1.000"), 1235567),
        (('"1,000"', '"2,000"'), 3000),
        (("--", "undefined"), None),
        (("0012", "7"), 19),
    ],
)
def test_numbers_are_read_as_the_whole_table_writes_them(
    cells: tuple[str, str], sums: int | None
) -> None:
    one, two = cells
    text = HEAD + ONE.replace("300,7", f"{one},")
    text += TWO.replace("10,1", f"{two},1")
    assert read(text).sums().get("views") == sums


@pytest.mark.parametrize(
    "cell", ["1.2K", "-5", "1e3", "12.5", "1,2,3", "9007199254740993"]
)
def test_numbers_that_are_not_whole_counts_are_refused(cell: str) -> None:
    found = read(HEAD + ONE.replace("300", f'"{cell}"') + TWO)
    assert found.bad() == [(2, "Views", "ROW_NUMBER")]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("Sep 27, 2025", "2025-09-27"),
        ("Sept. 27, 2025", "2025-09-27"),
        ("September 27, 2025", "2025-09-27"),
        ("Sat, Sep 27, 2025", "2025-09-27"),
        ("27 Sep 2025", "2025-09-27"),
        ("27. Sept. 2025", "2025-09-27"),
        ("27. September 2025", "2025-09-27"),
        ("28 févr. 2026", "2026-02-28"),
        ("1er août 2025", "2025-08-01"),
        ("3 décembre 2025", "2025-12-03"),
        ("5 sept 2025", "2025-09-05"),
        ("28 de set. de 2025", "2025-09-28"),
        ("28 de março de 2026", "2026-03-28"),
        ("3 de enero de 2026", "2026-01-03"),
        ("14. März 2026", "2026-03-14"),
        ("28.09.2025", "2025-09-28"),
        ("20250928", "2025-09-28"),
        ("2025-09-28", "2025-09-28"),
        ("27/09/2025", "2025-09-27"),
        ("9/27/2025", "2025-09-27"),
        ("9/27/25", "2025-09-27"),
        ("9/27/2025 6:30 PM", "2025-09-27T18:30:00Z"),
        ("Sep 27, 2025, 12:05 am", "2025-09-27T00:05:00Z"),
        ("2025-09-27T18:30:00+02:00", "2025-09-27T16:30:00Z"),
        ("October 31", "2025-10-31"),
        ("3 June", "2026-06-03"),
        ("February 29", "2024-02-29"),
    ],
)
def test_dates_are_read_as_platforms_write_them(cell: str, day: str) -> None:
    found = read(HEAD + ONE.replace("Mar 2, 2026", cell))
    assert [iso(r["published_at"]) for r in found.rows] == [day]


@pytest.mark.parametrize(
    "cell",
    ["Feb 30, 2026", "Foo 3, 2026", "Mayhem 3, 2026", "31/31/2026", "soon", "13"],
)
def test_what_is_no_date_is_refused(cell: str) -> None:
    found = read(HEAD + ONE.replace("Mar 2, 2026", cell))
    assert found.bad() == [(2, "Video publish time", "ROW_DATE")]


def test_which_number_is_the_month_is_decided_for_the_whole_column() -> None:
    head = "Post ID,Account ID,Publish time,Views\n"
    rows = "1,9,03/04/2026 10:00,5\n2,9,{},6\n"
    for other, day in [("03/25/2026", "2026-03-04"), ("25/03/2026", "2026-04-03")]:
        first = read(head + rows.format(other)).rows[0]
        assert iso(first["published_at"]) == f"{day}T10:00:00Z"
    first = read(head + rows.format("05/06/2026")).rows[0]
    assert iso(first["published_at"]) == "2026-03-04T10:00:00Z"  # as Meta writes it


# -- days ---------------------------------------------------------------------


def test_days_that_are_broken_down_are_nobodys() -> None:
    """Several rows of one day are parts of it, and nobody says they add up."""
    text = "Date,Subscription status,Views\n2026-03-01,No,5\n2026-03-01,Yes,6\n"
    found = read(text, "Subscription status_Chart data.csv")
    assert (found.figures, found.ignored) == ([], 2)
    assert "in several rows" in found.told("EXPORT_DAYS")


def test_bad_days_and_figures_are_rejected_row_by_row() -> None:
    text = (
        "Date,Impressions,Likes,New follows,Profile visits\n"
        '"Tue, Mar 17, 2026",12,3,0,0\nsome day,1,1,0,0\n'
        '"Mon, Mar 16, 2026",many,1,0,0\n'
        '"Sun, Mar 15, 2026",,2,0,0\n'
    )
    found = read(text)
    assert sorted(found.bad()) == [
        (3, "Date", "ROW_DATE"),
        (4, "Impressions", "ROW_NUMBER"),
    ]
    assert [f[3:] for f in found.figures] == [
        ("impressions", "2026-03-17", 12),
        ("likes", "2026-03-17", 3),
        ("likes", "2026-03-15", 2),
    ]


# -- what is not known --------------------------------------------------------


def test_what_is_not_recognised_is_refused_with_the_nearest() -> None:
    """The nearest layouts, and what the file lacks for them."""
    error = refusal("Post ID,Publish time,Permalink,Colour\n1,2026-03-01,,red\n")
    assert error.code == "LAYOUT"
    assert "meta (Facebook posts) it lacks" in error.cause
    assert '"Post ID", "Publish time", "Permalink", "Colour"' in error.cause
    assert "declare its columns" in error.todo
    tweets = (EXPORTS / "x" / "tweet_activity_metrics.csv").read_text()
    error = refusal(tweets, layout="meta")
    assert error.code == "LAYOUT"
    assert "of x" not in error.cause
    assert error.rows == 2


def test_files_nearer_to_canonical_columns_are_told_about_these() -> None:
    assert (
        refusal("post_id,captured_at,colour\n1,2026-03-01,red\n").code == "CSV_HEADER"
    )
    assert refusal("name,colour\nx,red\n").code == "CSV_HEADER"
    declared = refusal(HEAD + ONE, columns={"views": "Aufrufe"})
    assert declared.code == "CSV_HEADER"
    assert refusal(HEAD + ONE, layout="canonical").code == "CSV_HEADER"


def test_canonical_columns_win_over_every_layout() -> None:
    """A file that has both is what its canonical columns say."""
    text = "post_id,views,Content,Video title,Video publish time\n1,5,aaaaaaaaaaa,T,\n"
    found = read(text)
    assert [(r["platform"], r["post_id"]) for r in found.rows] == [("unknown", "1")]


# -- reading again ------------------------------------------------------------


def test_rejected_rows_can_be_read_again() -> None:
    """The quarantine has a row's text and the file's header."""
    kind = source()
    header: tuple[str, ...] = ()
    body = (HEAD + ONE + TWO.replace("10", "ten")).encode()
    batches = list(kind.parse(Payload("x.csv", SEEN, body=body)))
    for batch in batches:
        header = batch.header or header
    bad = [reject for batch in batches for reject in batch.rejects]
    assert kind.reparse(header, [(r.line, r.raw) for r in bad], SEEN).rejects
    mended = source(unknown=["ten"])
    again = mended.reparse(header, [(r.line, r.raw) for r in bad], SEEN)
    assert again.frame["post_id"].to_list() == ["bbbbbbbbbbb"]
    assert again.frame["likes"].to_list() == [1]

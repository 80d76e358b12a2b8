"""Rows of CSV texts: where each of them goes, and under which line."""

import pytest
from sources.given import SEEN, parse, refusal, rows

from tracker.model import Reject, day_instant, instant, moment


def reject(text: str, **options: object) -> Reject:
    """The only reject of a text."""
    (one,) = parse(text, **options).rejects
    return one


def test_a_plain_file_is_read() -> None:
    assert rows(
        "platform,post_id,captured_at,views\nyt,-a1,2026-01-02T10:00:00Z,7\n"
    ) == [
        {
            "line": 2,
            "platform": "youtube",
            "post_id": "-a1",
            "captured_at": instant(moment(1_767_348_000_000)),
            "views": 7,
        }
    ]


def test_a_blank_cell_is_unknown_and_not_zero() -> None:
    (row,) = rows("post_id,views,likes\n1,,0\n")
    assert "views" not in row
    assert row["likes"] == 0


def test_headers_are_compared_without_case_blanks_and_soft_hyphens() -> None:
    (row,) = rows(' POST_ID ,"Vi\u00adews", LIKES\n1,2,3\n')
    assert (row["post_id"], row["views"], row["likes"]) == ("1", 2, 3)


def test_rows_without_a_moment_take_that_of_the_file_and_it_is_said() -> None:
    parsed = parse("post_id,views,captured_at\n1,2,\n2,3,2026-01-02\n")
    assert parsed.frame is not None
    assert parsed.frame["captured_at"].to_list() == [SEEN, day_instant(DAY)]


def test_captured_before_published_is_bad() -> None:
    head = "post_id,views,published_at,captured_at\n"
    bad = reject(head + "1,2,2026-01-03T10:00:00Z,2026-01-03T09:59:59Z\n")
    assert (bad.code, bad.column) == ("ROW_ORDER", "captured_at")
    assert len(rows(head + "1,2,2026-01-03T10:00:00Z,2026-01-03T10:00:00Z\n")) == 1


@pytest.mark.parametrize(
    ("published", "captured", "sound"),
    [
        ("2026-01-03", "2026-01-03", True),
        ("2026-01-03T23:00:00Z", "2026-01-03", True),
        ("2026-01-03", "2026-01-03T01:00:00Z", True),
        ("2026-01-04", "2026-01-03", True),
        ("2026-01-05", "2026-01-03", False),
        ("2026-01-05T00:00:00Z", "2026-01-03", False),
    ],
)
def test_days_are_compared_with_a_day_to_spare(
    published: str, captured: str, sound: bool
) -> None:
    text = f"post_id,views,published_at,captured_at\n1,2,{published},{captured}\n"
    assert (parse(text).rejects == ()) is sound


def test_the_leftmost_bad_cell_is_named_by_the_files_own_name() -> None:
    bad = reject(
        "id,Aufrufe,likes\n1,x,y\n", columns={"post_id": "id", "views": "Aufrufe"}
    )
    assert bad == Reject(
        2, "Aufrufe", "ROW_NUMBER", '"x" is not a whole number', "1,x,y"
    )


def test_lines_are_physical_lines() -> None:
    text = (
        'post_id,caption,views\r\n1,"a\r\nb\nc",1\r\n\r\n2,x,bad\r\n'
        '3,"d\r\n",1\r\n4,y,bad\r\n'
    )
    parsed = parse(text)
    assert parsed.frame is not None
    assert parsed.frame["line"].to_list() == [2, 7]
    assert [one.line for one in parsed.rejects] == [6, 9]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_lines_are_counted_the_same_with_any_line_break(end: str, mark: str) -> None:
    text = mark + end.join(["post_id,views", "1,1", "2,x", "", "3,3", "4,x"])
    parsed = parse(text)
    assert parsed.frame is not None
    assert parsed.frame["line"].to_list() == [2, 5]
    assert [one.line for one in parsed.rejects] == [3, 6]


@pytest.mark.parametrize("row", ["1", "1,2,3", "1,2,", '"1,2"'])
def test_ragged_rows_are_bad(row: str) -> None:
    assert reject(f"post_id,views\n{row}\n").code == "ROW_COLUMNS"


def test_blank_lines_are_nothing_and_blank_records_are_ignored() -> None:
    parsed = parse("post_id,views\n\n1,1\n,\n  ,\t\n \n2,2\n")
    assert (parsed.rows, parsed.ignored) == (2, 3)


def test_text_after_a_closing_quote_makes_its_row_bad() -> None:
    parsed = parse('post_id,views\n1,"1"x\n2,2\n')
    assert [one.code for one in parsed.rejects] == ["ROW_QUOTE"]
    assert parsed.rows == 2


def test_a_quote_that_is_not_closed_refuses_the_file_where_it_opened() -> None:
    text = 'post_id,caption,views\n1,"a\nb",1\n2,"open,1\n3,x,1\n'
    error = refusal(text)
    assert (error.code, error.line) == ("CSV_QUOTE", 4)
    assert error.rows == 3
    many = refusal('post_id,views\n1,"2\n' + "3,4\n" * 200)
    assert "within 50 lines" in many.cause
    assert (many.line, many.rows) == (2, 201)
    swallowed = refusal('post_id,caption,views\n1,"open,1\n2,"shut",1\n')
    assert (swallowed.code, swallowed.line) == ("CSV_QUOTE", 2)


def test_a_quote_opened_late_in_a_record_is_named_by_its_own_line() -> None:
    error = refusal('post_id,caption,views,handle\n1,"a\nb\nc",1,"open\n2,x,1,y\n')
    assert error.line == 4


def test_cells_longer_than_pythons_limit_are_read() -> None:
    (row,) = rows(f'post_id,caption,views\n1,"{"x" * 99_000}\n",1\n')
    assert len(row["caption"]) == 99_001
    assert reject(f'post_id,other,views\n1,"{"x" * 900_000}",a\n').raw.startswith(
        '1,"xx'
    )


def test_cells_and_lines_without_end_refuse_the_file() -> None:
    line = "x" * 600_000
    assert refusal(f'post_id,views\n1,"{line}\n{line}"\n').code == "CSV_FIELD"
    assert refusal("post_id,views\n" + "x" * 2_000_000).code == "CSV_LINE"


def test_nul_refuses_the_file() -> None:
    error = refusal("post_id,views\n1,1\n2\0,2\n")
    assert (error.code, error.line, error.rows) == ("CSV_NUL", 3, 2)


def test_what_is_kept_of_a_row_has_a_limit() -> None:
    bad = reject(f"post_id,caption,views\n1,{'é' * 5000},x\n")
    assert 4000 < len(bad.raw.encode()) <= 4096


def test_one_bad_row_in_ten_is_borne_and_more_refuse_the_file() -> None:
    def text(bad: int, rows: int) -> str:
        good = "".join(f"{n},1\n" for n in range(rows - bad))
        return "post_id,views\n" + good + "x,x\n" * bad

    assert parse(text(10, 100)).rows == 100
    error = refusal(text(11, 100))
    assert (error.code, error.rows) == ("TOO_MANY_BAD", 100)
    assert parse(text(50, 99)).rows == 99
    assert parse(text(50, 100), reject_limit="50%").rows == 100
    assert refusal(text(1, 100), reject_limit=0).rows == 100


def test_a_doubled_column_must_agree_in_every_row() -> None:
    assert rows("post_id,views,Views\n1,5,5\n2,6, 6\n")[1]["views"] == 6
    error = refusal("post_id,views,Views\n1,5,5\n2,6,7\n")
    assert (error.code, error.line, error.rows) == ("CSV_TWICE", 3, 2)
    assert len(rows("post_id,views,note,note\n1,5,a,b\n")) == 1


def test_a_header_that_stands_again_is_a_bad_row() -> None:
    assert reject("post_id,views\n1,1\npost_id,views\n2,2\n").line == 3


def test_constants_stand_for_columns_and_blank_cells() -> None:
    text = "post_id,views,handle\n1,1,\n2,1,@bo\n"
    one, two = rows(text, platform="youtube", handle="@ana")
    assert (one["handle"], two["handle"]) == ("@ana", "@bo")
    assert one["platform"] == "youtube"
    (row,) = rows("post_id,views\n1,1\n", captured_at="2026-01-02")
    assert row["captured_at"] == day_instant(DAY)
    (row,) = rows("post_id,views\n1,1\n", columns={"kind": {"value": "video"}})
    assert row["kind"] == "video"


def test_declared_words_mean_unknown() -> None:
    text = "post_id,views,likes,captured_at,caption,url\n1,n/a,-,N/A,-, - \n"
    (row,) = rows(text, unknown=["n/a", "-"])
    assert row == {
        "line": 2,
        "platform": "unknown",
        "post_id": "1",
        "captured_at": SEEN,
    }
    assert reject(text).code in ("ROW_NUMBER", "ROW_DATE")


def test_a_column_may_be_left_out_by_the_settings() -> None:
    (row,) = rows("post_id,views,kind\n1,1,x\n", columns={"kind": ""})
    assert "kind" not in row


def test_one_column_may_serve_twice() -> None:
    (row,) = rows(
        "link,views\nhttps://youtu.be/abc,1\n",
        columns={"url": "link"},
        zone="Europe/Paris",
    )
    assert (row["platform"], row["post_id"]) == ("youtube", "abc")


def test_times_without_zone_are_times_of_the_source() -> None:
    text = "post_id,views,captured_at\n1,1,2026-01-02 10:00\n"
    (home,) = rows(text, zone="Europe/Paris")
    (own,) = rows(text, zone="Europe/Paris", timezone="Asia/Tokyo")
    assert home["captured_at"] - own["captured_at"] == 8 * 3_600_000


DAY = moment(1_767_348_000_000).date()

"""How files are written: encodings, delimiters, titles, headers, footers."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sources.given import FIXTURES, parse, payload, refusal, rows, source

from tracker.model import iso
from tracker.sources.records import open_quote

TEXT = "post_id,caption,views\n1,Größe – „x“,5\n"


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-8-sig", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("utf-16", None),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "UTF-16BE"),
        ("utf-32", None),
        ("cp1252", "cp1252"),
        ("cp1252", "windows-1252"),
        ("mac_roman", "mac-roman"),
    ],
)
def test_encodings(encoding: str, declared: str | None) -> None:
    options = {"encoding": declared} if declared else {}
    (row,) = rows(TEXT.encode(encoding), **options)
    assert row["caption"] == "Größe – „x“"


def test_a_byte_order_mark_wins_over_the_settings() -> None:
    made = source(encoding="cp1252")
    first, *_ = made.parse(payload(TEXT.encode("utf-8-sig")))
    assert "byte order mark says utf-8" in first.notices[0]
    assert first.header == ("post_id", "caption", "views")


def test_bytes_that_cannot_be_read_refuse_the_file_and_name_the_place() -> None:
    error = refusal(TEXT.encode() + "2,é,6\n".encode("latin-1"))
    assert (error.code, error.line, error.rows) == ("CSV_ENCODING", 3, 2)
    assert "0xe9 at offset 48" in error.cause
    assert 'encoding = "cp1252"' in error.todo
    far = "post_id,views\n" + "1,1\r\n" * 50_000
    error = refusal(far.encode() + b"\xff,1\n")
    assert (error.line, error.rows) == (50_002, 50_001)
    assert refusal(b"post_id,views\n1,1\n\xc3").line == 3
    assert refusal(b"post_id,views\n\x81,1\n", encoding="cp1252").line == 2


def test_sixteen_bits_without_a_mark_are_not_guessed() -> None:
    assert refusal("post_id,views\n1,2\n".encode("utf-16-le")).code == "CSV_NUL"
    error = refusal(TEXT.encode("utf-16-le"), encoding="utf-16")
    assert error.code == "CSV_ENCODING"
    assert "utf-16-le" in error.todo
    assert refusal("post_id,views\n".encode("utf-16") + b"\x00").code == "CSV_ENCODING"


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_delimiters_are_found_by_the_header(sign: str) -> None:
    text = sign.join(["post_id", "a;b,c|d" if sign == "\t" else "x", "views"])
    (row,) = rows(f"{text}\n{sign.join(['1', 'y', '5'])}\n")
    assert row["views"] == 5


def test_declared_delimiters_and_sep_lines_hold() -> None:
    assert rows("post_id:views\n1:5\n", delimiter=":")[0]["views"] == 5
    assert rows("post_id\tviews\n1\t5\n", delimiter="tab")[0]["views"] == 5
    assert rows("sep=:\r\npost_id:views\r\n1:5\r\n")[0]["line"] == 3
    assert rows('"sep=;"\npost_id;views\n1;5\n')[0]["views"] == 5
    assert refusal("post_id;views\n1;5\n", delimiter=",").code == "CSV_HEADER"


def test_titles_are_passed_over_when_declared() -> None:
    text = 'Report of May\n"Made, by hand\n\npost_id,views\n1,5\n'
    parsed = parse(text, preamble=3)
    assert (parsed.rows, parsed.ignored) == (1, 2)
    assert parse(text, skip=3).rows == 1
    error = refusal(text)
    assert "declare preamble = 3" in error.todo
    assert refusal(text, preamble=9).code == "CSV_HEADER"


def test_footers_are_ignored_when_declared() -> None:
    text = "post_id,views\n1,5\n2,6\nTotal,11\nGenerated today\n"
    assert parse(text).rows == 4
    parsed = parse(text, footer=2)
    assert (parsed.rows, parsed.ignored, parsed.rejects) == (2, 2, ())
    parsed = parse(text, footer="Total|Generated")
    assert (parsed.rows, parsed.ignored, parsed.rejects) == (2, 2, ())
    assert parse("post_id,views\n1,5\n", footer=5).rows == 0


def test_a_missing_header_tells_what_was_missed_and_what_is_near() -> None:
    error = refusal("post_ids,view,x\n1,2,3\n")
    assert error.code == "CSV_HEADER"
    assert 'Did you mean "post_ids"?' in error.cause
    error = refusal("post_id,x\n1,2\n2,3\n")
    assert "no column of a metric" in error.cause
    assert error.rows == 2
    error = refusal("post_id,Aufruf\n1,2\n", columns={"views": "Aufrufe"})
    assert 'no column "Aufrufe" (Did you mean "Aufruf"?)' in error.cause


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff", " \n", "1,2\n3,4\n", '"'])
def test_files_without_a_header_are_refused(text: str) -> None:
    assert refusal(text).code in ("CSV_HEADER", "CSV_QUOTE")


def test_a_header_alone_is_an_empty_file() -> None:
    assert parse("post_id,views").rows == 0


def test_headers_may_hold_line_breaks() -> None:
    text = 'post_id,"views\nall",x\n1,5,\n'
    assert rows(text, columns={"views": "views all"})[0]["line"] == 3


def test_packed_files_are_unpacked() -> None:
    assert rows(gzip.compress(TEXT.encode()))[0]["views"] == 5
    cut = gzip.compress(TEXT.encode() * 100)[:-20]
    assert refusal(cut).code == "FILE_GZIP"
    assert refusal(b"\x1f\x8bnonsense and more").code == "FILE_GZIP"


def test_a_packed_file_that_never_ends_is_refused() -> None:
    text = b"post_id,views\n" + (b"1," + b" " * 900_000 + b"\n") * 100
    assert refusal(gzip.compress(text)).code == "FILE_TOO_LARGE"


@pytest.mark.parametrize(
    "head", [b"PK\x03\x04", b"%PDF-1.7", b"PAR1", b"\xd0\xcf\x11\xe0"]
)
def test_other_formats_are_named(head: bytes) -> None:
    assert refusal(head + b"x" * 50).code == "FILE_FORMAT"


def test_the_table_says_how_a_file_is_read() -> None:
    table = source().describe(payload("a;post_id;b;views\n1;2;3;4\n"))
    assert (table.delimiter, table.encoding) == (";", "utf-8")
    assert table.plan.unused == ("a", "b")
    assert (table.first_line, table.offset) == (2, 18)


def test_the_offset_counts_marks_and_bytes() -> None:
    text = "\ufeffsep=;\r\npost_id;größe;views\r\n1;2;3\r\n".encode()
    table = source().describe(payload(text))
    assert table.offset is not None
    assert text[table.offset :] == b"1;2;3\r\n"


@given(st.text('",\nab', max_size=30))
def test_an_open_quote_is_found_where_the_csv_module_finds_one(text: str) -> None:
    import csv
    import io

    lines = list(io.StringIO(text, newline=""))
    inside, rest = False, iter(lines)
    try:
        list(csv.reader(rest, strict=True))
    except csv.Error as error:
        inside = "unexpected end" in str(error)
        if not inside:
            return
    assert (open_quote(lines, ",") is not None) is inside


def test_a_sheet_as_german_spreadsheets_write_it() -> None:
    """Decimal comma, day first, own names, a title, a footer, cp1252."""
    text = (FIXTURES / "german.csv").read_bytes()
    options = {
        "encoding": "cp1252",
        "preamble": 2,
        "footer": "Gesamt",
        "timezone": "Europe/Berlin",
        "unknown": ["n/a"],
        "columns": {
            "url": "Link",
            "caption": "Beitrag",
            "captured_at": {"column": "Stand", "format": "%d.%m.%Y %H:%M"},
            "views": {
                "column": "Aufrufe",
                "decimal": ",",
                "thousands": ".",
                "suffixes": True,
            },
            "likes": "Gefällt mir",
        },
    }
    one, two = rows(text, **options)
    assert (one["post_id"], one["views"], one["likes"]) == ("111", 1234, 12)
    assert (two["post_id"], two["views"], two.get("likes")) == ("222", 12_300, None)
    assert iso(one["captured_at"]) == "2026-01-02T20:00:00Z"
    assert parse(text, **options).ignored == 2


def test_the_other_samples_are_read_without_settings() -> None:
    assert parse((FIXTURES / "canonical.csv").read_bytes()).rows == 3
    assert rows((FIXTURES / "utf16.csv").read_bytes())[1]["post_id"] == "ñ-2"

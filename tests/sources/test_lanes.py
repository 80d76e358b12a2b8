"""Two lanes, one definition of a valid row: what the fast lane reads, and what it
leaves to the row checker, must be the same rows, rejects and refusals."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sources.given import payload, source

from tracker.sources import csvfile, fastcsv
from tracker.sources.contract import Parsed, parse_all

HEAD = "platform,handle,post_id,url,published_at,captured_at,caption,views,likes".split(
    ","
)
PLAIN = [
    *("youtube", "@ana", "-aB1", "https://youtu.be/-aB1", "2026-01-01T10:00:00Z"),
    *("2026-01-02T21:00:00Z", "Hello", "100", "7"),
]
#: Cells that one lane might take and the other might not.
CELLS = [
    *("", " ", "\t", "-", "n/a", "0", "00", "-0", "+0", "+5", "-5", "007", " 7", "7 "),
    *(
        "1_000",
        "1e3",
        "12.0",
        "١٢",
        "inf",
        "nan",
        "9007199254740991",
        "9007199254740992",
    ),
    *("9223372036854775808", "99999999999999999999", "0x1", "1 000", "\u00a07", "true"),
    *("2026-01-01", "2026-01-02T21:00:00+02:00", "2026-01-02T21:00:00.5Z", "2026-1-2"),
    *("2026-01-02 21:00:00Z", "2026-01-02T21:00:00", "2026-02-30T00:00:00Z"),
    *("1969-12-31T23:59:59Z", "1960-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    *("9999-12-31T23:59:59Z", "9998-12-31T23:59:59Z", "2026-01-02T24:00:00Z"),
    *("2026-01-02T21:00:60Z", "2026-01-02T11:59:59Z", "2019-01-01T00:00:00Z"),
    *("2026-01-02T21:00:00z", "12026-01-02T21:00:00Z", "+2026-01-02T21:00:00Z"),
    *("#NAME?", "1.23457E+17", "'=1+1", "'tis", "'", "=1", "@x", "x" * 300, "a\x1bb"),
    *("é", "\u202e", "\ufeff", "\ufeffyoutube", "YouTube", "yt", "myspace", "unknown"),
    *("javascript:x", "https://x.com/a/status/1", "https://example.com/a b", "null"),
    *("https://vm.tiktok.com/x", "None", "NULL", '"', '""', '"x"', '"x', 'x"', '"a"b'),
    *(
        '"a,b"',
        '"a""b"',
        '"a\nb"',
        '"a\rb"',
        "a\nb",
        "a\rb",
        "a\r\nb",
        "a,b",
        ",",
        "\0",
    ),
]


def both(text: str | bytes, **options: Any) -> tuple[Parsed, Parsed]:
    """What the row checker makes of a text, and what the fast lane does."""
    slow = parse_all(source(**options), payload(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csvfile, "FAST_FROM", -1)
        fast = parse_all(source(**options), payload(text))
    return slow, fast


def alike(text: str | bytes, **options: Any) -> None:
    slow, fast = both(text, **options)
    assert fast.rejects == slow.rejects
    assert (fast.ignored, fast.rows, fast.refused) == (
        slow.ignored,
        slow.rows,
        slow.refused,
    )
    if slow.frame is not None and fast.frame is not None:
        assert fast.frame.sort("line").equals(slow.frame)


def table(*rows: list[str], end: str = "\n") -> str:
    return "".join(",".join(row) + end for row in (HEAD, *rows))


def with_cell(at: int, cell: str) -> list[str]:
    return [*PLAIN[:at], cell, *PLAIN[at + 1 :]]


@pytest.mark.parametrize("at", range(len(HEAD)), ids=HEAD)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_every_doubtful_cell_ends_the_same(at: int, end: str) -> None:
    """All in one file: whatever a cell does to its row, the others stay."""
    cells = [cell for cell in CELLS if not set(cell) & set('"\r\0')]
    rows = [row for cell in cells for row in (with_cell(at, cell), PLAIN)]
    alike(table(*rows, end=end), reject_limit=1)


@pytest.mark.parametrize("cell", CELLS)
def test_a_doubtful_file_ends_the_same(cell: str) -> None:
    rows = [with_cell(at, cell) for at in range(len(HEAD))]
    alike(table(*rows, [cell], [*PLAIN, cell], PLAIN))
    alike(table(*([*row[:4], "", *row[5:]] for row in rows)))


@pytest.mark.parametrize(
    "cells", [('x"', '"x'), ('"x', 'x"'), ('x"', '"x"'), ('"', '"')]
)
def test_quotes_that_only_seem_to_be_pairs(cells: tuple[str, str]) -> None:
    """An even number of quotes in a line does not make it a record of its own."""
    row = [*PLAIN]
    row[1], row[6] = cells
    alike(table(PLAIN, row, PLAIN, PLAIN))
    alike(table(PLAIN, row, with_cell(6, '"shut'), PLAIN))
    alike(table(PLAIN, row, with_cell(6, 'shut"'), PLAIN))


@settings(max_examples=150)
@given(
    st.lists(
        st.dictionaries(
            st.integers(0, len(HEAD) - 1), st.sampled_from(CELLS), max_size=2
        ),
        max_size=8,
    ),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["", "\ufeff", "sep=,\n"]),
    st.booleans(),
)
def test_mixtures_end_the_same(
    changes: list[dict[int, str]], end: str, begin: str, whole: bool
) -> None:
    rows = [[change.get(n, c) for n, c in enumerate(PLAIN)] for change in changes]
    text = begin + table(*rows, end=end)
    alike(text if whole else text.rstrip("\r\n"))


@settings(max_examples=100)
@given(st.binary(max_size=60), st.integers(0, 3))
def test_noise_among_plain_rows_ends_the_same(noise: bytes, before: int) -> None:
    text = table(*[PLAIN] * before).encode() + noise
    alike(text)
    alike(text + b"\n" + table(PLAIN).encode())


def test_more_columns_than_are_used_and_settings() -> None:
    text = "x,id,Views,y\n1,a,5,\n2,b,,z\n3,,6,\n"
    alike(text, columns={"post_id": "id"})
    alike(text, columns={"post_id": "id"}, platform="youtube", handle="@ana")
    alike(text, columns={"post_id": "id", "views": {"column": "views", "value": 3}})
    alike(text, columns={"post_id": "id"}, unknown=["a"])
    alike(text, columns={"post_id": "id"}, footer=1)
    alike("post_id,views,views\n1,2,2\n2,3,4\n")


def test_large_files_end_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several blocks, with a record over two lines in the midst."""
    monkeypatch.setattr(fastcsv, "BLOCK", 20_000)
    rows = [with_cell(2, f"id{n}") for n in range(1_000)]
    good = table(*rows)
    alike(good)
    alike(good + ",".join(with_cell(6, '"two\nlines"')) + "\n" + good)
    alike(good + "\n\n" + good, encoding="utf-8")
    alike(good + ",".join(with_cell(6, '"never closed')) + "\n" + good)
    alike(good.encode() + b"\xff," + good.encode())
    alike(good.replace("\n", "\r"))

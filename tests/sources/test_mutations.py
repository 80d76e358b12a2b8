"""Damaged files: every record is a row or a reject, or the file is refused.

Bytes of a sound file are cut, doubled, swapped and replaced; whatever comes out,
nothing is lost, nothing is counted twice, and no error but a refusal escapes.
"""

from __future__ import annotations

import csv
import io
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sources.given import payload, source

from tracker.errors import PayloadError
from tracker.sources.contract import Parsed, check_frame, check_lines, parse_all

HEAD = "platform,handle,post_id,url,published_at,captured_at,caption,views,likes\n"
ROWS = [
    "youtube,@ana,-aB1,https://youtu.be/-aB1,2026-01-01T10:00:00Z,"
    f'2026-01-0{day}T21:00:00Z,"Hello, {day}",{day * 100},{day}\n'
    for day in range(2, 8)
]
ROWS += [
    "instagram,@bo,DAbC,,2026-01-01,2026-01-02,plain,,5\r\n",
    'tiktok,@cy,0071,,,2026-01-03 10:00,"two\nlines ""here""",7,\n',
    "x,@di,1234567890123456789,,2026-01-01T10:00:00.5+02:00,2026-01-02,é–ü,1,2\n",
]
GOOD = (HEAD + "".join(ROWS)).encode()

PIECES = [
    *(b'"', b'""', b",", b";", b"\n", b"\r\n", b"\r", b"\t", b"\0", b"\xff", b"\xc3"),
    *(b"'", b"=1+1", b"-5", b"1e3", b"1_000", b"n/a", b"#NAME?", b"\xef\xbb\xbf"),
    *("١٢".encode(), b" ", b"9" * 30, b"2026-13-40", b"01/02/2026", b"2019-01-01"),
    *(b"myspace", HEAD.encode(), ROWS[0].encode(), b'\n"', b'x"y', b"sep=;\n"),
]

Edit = tuple[int, int, bytes]
edits = st.lists(
    st.tuples(
        st.integers(0, len(GOOD)),
        st.integers(0, 40) | st.just(0),
        st.sampled_from(PIECES) | st.binary(max_size=4),
    ),
    min_size=1,
    max_size=4,
)


def damaged(changes: list[Edit]) -> bytes:
    text = GOOD
    for at, length, piece in changes:
        text = text[:at] + piece + text[at + length :]
    return text


def accounted(text: bytes, **options: Any) -> Parsed:
    """What became of a text, after every promise about it was checked."""
    parsed = parse_all(source(**options), payload(text))
    if parsed.frame is not None:
        check_frame(parsed.frame)
        check_lines(parsed)
    return parsed


def records(text: bytes) -> list[tuple[int, list[str]]]:
    """Lines and cells of the records after the header, by the csv module alone."""
    made = csv.reader(io.StringIO(text.decode("utf-8-sig"), newline=""), strict=True)
    found, before = [], 0
    for fields in made:
        if any(map(str.strip, fields)):
            found.append((before + 1, fields))
        before = made.line_num
    return found[1:]


@settings(max_examples=400)
@given(edits)
@example([(0, 0, b"")])
@example([(len(GOOD), 0, b'"')])
def test_every_record_of_a_damaged_file_is_accounted_for(changes: list[Edit]) -> None:
    text = damaged(changes)
    parsed = accounted(text)
    if parsed.frame is None:
        return
    try:
        wanted = records(text)
    except csv.Error:
        assert any(one.code == "ROW_QUOTE" for one in parsed.rejects)
        return
    if text.startswith(b"sep=") or b"\nsep=" in text or parsed.frame.height == 0:
        return
    lines = parsed.frame["line"].to_list() + [one.line for one in parsed.rejects]
    assert sorted(lines) == [line for line, _ in wanted]
    told = dict(wanted)
    for row in parsed.frame.iter_rows(named=True):
        assert any(row["post_id"] in cell for cell in told[row["line"]])


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_noise_is_refused_or_accounted_for(noise: bytes) -> None:
    accounted(noise)
    accounted(HEAD.encode() + noise)
    accounted(noise, encoding="cp1252", delimiter=";", preamble=2, footer=1)
    accounted(HEAD.encode() + noise, encoding="latin-1", footer="x", unknown=["-"])


@settings(max_examples=100)
@given(edits, st.integers(0, len(GOOD)))
def test_a_file_that_was_cut_off_is_refused_or_accounted_for(
    changes: list[Edit], end: int
) -> None:
    accounted(damaged(changes)[:end])


@settings(max_examples=150)
@given(edits)
def test_a_refusal_counts_rows(changes: list[Edit]) -> None:
    """A refused file tells how many rows it seems to hold, at most its lines."""
    text = damaged(changes)
    made = source()
    try:
        list(made.parse(payload(text)))
    except PayloadError as error:
        lines = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n")
        assert 0 <= error.rows <= lines + 1
        assert str(error).startswith(f"error[{error.code}] x.csv")


def test_the_sound_file_is_sound() -> None:
    parsed = accounted(GOOD)
    assert parsed.rejects == ()
    assert parsed.rows == len(ROWS)

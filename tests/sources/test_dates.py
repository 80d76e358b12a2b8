"""Dates: ISO 8601 or as declared, never guessed, never in a gap of the clock."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.model import day_instant, instant, is_day, iso
from tracker.sources.dates import DateFormat, date_problems, dater, read_iso
from tracker.sources.values import Bad

BERLIN = ZoneInfo("Europe/Berlin")
HOWE = ZoneInfo("Australia/Lord_Howe")

#: What Berlin reads, as UTC.
ISO = [
    ("2026-01-31T18:00:00Z", "2026-01-31T18:00:00Z"),
    ("2026-01-31T18:00:00+00:00", "2026-01-31T18:00:00Z"),
    ("2026-01-31T18:00:00-00:00", "2026-01-31T18:00:00Z"),
    ("2026-01-31T18:00:00+05:30", "2026-01-31T12:30:00Z"),
    ("2026-01-31T18:00:00+0530", "2026-01-31T12:30:00Z"),
    ("2026-01-31T18:00:00+05", "2026-01-31T13:00:00Z"),
    ("2026-01-31T18:00:00-08:00", "2026-02-01T02:00:00Z"),
    ("2026-01-31T18:00Z", "2026-01-31T18:00:00Z"),
    ("2026-01-31 18:00:00Z", "2026-01-31T18:00:00Z"),
    ("2026-01-31 18:00:00 +0000", "2026-01-31T18:00:00Z"),
    ("2026-01-31T18:00:00.5Z", "2026-01-31T18:00:00.500Z"),
    ("2026-01-31T18:00:00.123456789Z", "2026-01-31T18:00:00.123Z"),
    (" 2026-01-31T18:00:00Z ", "2026-01-31T18:00:00Z"),
    ("2026-01-31T18:00:00", "2026-01-31T17:00:00Z"),
    ("2026-07-31 18:00", "2026-07-31T16:00:00Z"),
    ("2026-01-31", "2026-01-31"),
    ("2024-02-29", "2024-02-29"),
    ("1970-01-01", "1970-01-01"),
    ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
    ("2026-03-29T01:59:59", "2026-03-29T00:59:59Z"),
    ("2026-03-29T03:00:00", "2026-03-29T01:00:00Z"),
    ("2026-10-25T01:59:59", "2026-10-24T23:59:59Z"),
    ("2026-10-25T03:00:00", "2026-10-25T02:00:00Z"),
    ("2026-03-29T02:30:00+01:00", "2026-03-29T01:30:00Z"),
    ("2026-10-25T02:30:00+02:00", "2026-10-25T00:30:00Z"),
    # the mark of a day is moved by a millisecond, so that it stays a moment
    ("2026-01-31T11:59:59.999Z", "2026-01-31T11:59:59.998Z"),
]
REFUSED_TEXT = """
01/02/2026|1/2/2026|31.01.2026|31-01-2026|2026/01/31|2026.01.31|20260131
2026-1-31|26-01-31|2026-13-01|2026-00-01|2026-01-00|2026-02-30|2025-02-29
2026-01-32|0000-01-01|2026-01|2026|today|yesterday|Jan 31, 2026|31 January 2026
2026-W05-6|2026-031|1738346400|1738346400000|2026-01-31T24:00:00Z
2026-01-31T25:00:00Z|2026-01-31T18:60:00Z|2026-01-31T18:00:60Z|2026-01-31T18
2026-01-31T18:00:00 Europe/Berlin|2026-01-31T18:00:00CET|2026-01-31T18:00:00z
2026-01-31t18:00:00Z|2026-01-31T18:00:00+24:00|2026-01-31T18:00:00+05:60
2026-01-31T18:00:00,5Z|2026-01-31T18:00:00.Z|2026-01-31T18:00:00.1234567890Z
2026-01-31TZ|2026-01-31Z|2026-01-31T6pm|-2026-01-31|+2026-01-31|12026-01-31
2026-01-31T|2026-01-31  18:00|2026-01-31T18:0|1969-12-31|1969-12-31T23:59:59Z
1970-01-01T00:30:00+01:00|0001-01-01T00:00:00|9999-12-31T23:59:59-12:00
٢٠٢٦-٠١-٣١|２０２６-01-31|2026‐01‐31|2026−01−31|n/a|-|0|#VALUE!|31/01/2026 18:00
1/31/26|45688|45688.75|2026-01-31;2026-02-01|'2026-01-31|2026-01-31?
2026-02-29T10:00:00Z
"""
REFUSED = REFUSED_TEXT.strip().replace("\n", "|").split("|")

SKIPPED = ["2026-03-29T02:00:00", "2026-03-29 02:30", "2026-03-29T02:59:59.999"]
TWICE = ["2026-10-25T02:00:00", "2026-10-25 02:30", "2026-10-25T02:59:59"]

DECLARED = [
    ("%d/%m/%Y", None, "01/02/2026", "2026-02-01"),
    ("%m/%d/%Y", None, "01/02/2026", "2026-01-02"),
    ("%y.%d.%m", None, "17.14.11", "2017-11-14"),
    ("%d.%m.%Y %H:%M", None, "02.01.2026 21:00", "2026-01-02T20:00:00Z"),
    ("%d.%m.%Y %H:%M", None, "29.03.2026 02:30", None),
    ("%d.%m.%Y %H:%M", None, "25.10.2026 02:30", None),
    ("%d.%m.%Y %H:%M %z", None, "25.10.2026 02:30 +0200", "2026-10-25T00:30:00Z"),
    ("%b %d", 2009, "May 01", "2009-05-01"),
    ("%b %d", 2012, "Feb 29", "2012-02-29"),
    ("%b %d", 2013, "Feb 29", None),
    ("%Y%m%d", None, "20260131", "2026-01-31"),
    ("%d/%m/%Y", None, "2026-01-31", None),
    ("%d/%m/%Y", None, "31/02/2026", None),
    ("%d/%m/%Y", None, "٠١/٠٢/2026", None),
    ("%d/%m/%Y", None, "01/02/1969", None),
    ("%d/%m/%Y", None, "", ""),
    ("%I:%M %p %d/%m/%Y", None, "06:30 PM 31/01/2026", "2026-01-31T17:30:00Z"),
    ("epoch", None, "1738346400", "2025-01-31T18:00:00Z"),
    ("epoch", None, "1738346400.25", "2025-01-31T18:00:00.250Z"),
    ("epoch", None, "0", "1970-01-01T00:00:00Z"),
    ("epoch", None, "1738346400000", None),
    ("epoch", None, "-1", None),
    ("epoch", None, "1e9", None),
    ("epoch_ms", None, "1738346400000", "2025-01-31T18:00:00Z"),
    ("epoch_ms", None, "1738346400000.5", None),
    ("epoch_ms", None, "999999999999999", None),
    ("epoch_ms", None, "١٧", None),
]


def read(cell: str, zone: ZoneInfo = BERLIN) -> int:
    """The instant of a cell that must be good."""
    at = read_iso(cell, zone)
    assert isinstance(at, int), at
    return at


@pytest.mark.parametrize(("cell", "utc"), ISO)
def test_iso_is_read(cell: str, utc: str) -> None:
    assert iso(read(cell)) == utc


@pytest.mark.parametrize("cell", REFUSED)
def test_nothing_else_is_taken_for_a_date(cell: str) -> None:
    at = read_iso(cell, BERLIN)
    assert isinstance(at, Bad), iso(at)
    assert at.code == "ROW_DATE"


@pytest.mark.parametrize("cell", SKIPPED)
def test_times_the_clock_skips_do_not_exist(cell: str) -> None:
    at = read_iso(cell, BERLIN)
    assert isinstance(at, Bad)
    assert "does not exist" in at.reason


@pytest.mark.parametrize("cell", TWICE)
def test_times_the_clock_shows_twice_are_not_guessed(cell: str) -> None:
    at = read_iso(cell, BERLIN)
    assert isinstance(at, Bad)
    assert "exists twice" in at.reason


def test_clocks_that_move_by_half_an_hour() -> None:
    assert isinstance(read_iso("2026-10-04T02:15", HOWE), Bad)
    assert isinstance(read_iso("2026-04-05T01:45", HOWE), Bad)
    assert iso(read("2026-04-05T02:15", HOWE)) == "2026-04-04T15:45:00Z"


def test_a_day_without_time_is_no_moment() -> None:
    assert read("2026-01-31") == day_instant(date(2026, 1, 31))
    assert not is_day(read("2026-01-31T11:59:59.999Z"))


def test_day_first_dates_are_called_ambiguous() -> None:
    at = read_iso("01/02/2026", BERLIN)
    assert isinstance(at, Bad)
    assert at.reason.startswith('"01/02/2026" is ambiguous')


@pytest.mark.parametrize(("declared", "year", "cell", "wanted"), DECLARED)
def test_declared_formats(
    declared: str, year: int | None, cell: str, wanted: str | None
) -> None:
    """wanted: None is a bad cell, "" an unknown one."""
    assert not date_problems(declared, year)
    at = dater(DateFormat(declared, year), BERLIN)(cell)
    if wanted is None:
        assert isinstance(at, Bad), at
    else:
        assert not isinstance(at, Bad), at
        assert (iso(at) or "") == wanted


@pytest.mark.parametrize(
    ("declared", "year"),
    [
        ("%d.%m", None),
        ("%d.%m.%Y", 2017),
        ("%H:%M", None),
        ("%Y-%m", None),
        ("%d/%m/%Y %I:%M", None),
        ("%d/%m/%Y %M", None),
        ("%d/%m/%Y %Z", None),
        ("%c", None),
        ("%Y %U %a", None),
        ("%d/%m/%Y %", None),
        ("%d/%m/%Y %d", None),
        ("", 2017),
        ("epoch", 2017),
        ("%d.%m", "2017"),
        ("%d.%m", 17),
    ],
)
def test_formats_that_cannot_tell_the_day_are_problems(
    declared: str, year: object
) -> None:
    assert date_problems(declared, year)


EARLIEST, END = (datetime(*day, tzinfo=UTC) for day in ((1970, 1, 2), (9998, 1, 1)))


@given(st.datetimes(EARLIEST.replace(tzinfo=None), END.replace(tzinfo=None)))
def test_every_moment_is_read_back(at: datetime) -> None:
    utc = at.replace(tzinfo=UTC)
    assert read(utc.isoformat()) == instant(utc)
    assert read(utc.astimezone(BERLIN).isoformat()) == instant(utc)


@given(st.text(max_size=20))
def test_no_text_breaks_the_readers(text: str) -> None:
    for declared in ("", "epoch", "epoch_ms", "%d/%m/%Y", "%y.%d.%m"):
        at = dater(DateFormat(declared), BERLIN)(text)
        assert at is None or isinstance(at, int | Bad)

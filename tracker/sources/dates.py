"""Dates in cells: instants in milliseconds, or days without a time.

Without a declared format a date is ISO 8601: with a zone, without one (then it is
a time of the source's zone), or a day alone. A time that the zone skips or has
twice is not believed, and neither is anything before 1970.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from zoneinfo import ZoneInfo

from tracker.model import DAY_MARK, day_instant, instant, is_day, moment
from tracker.sources.values import BLANKS, Bad, shown

Instant = int | None | Bad

#: The last instant that every calendar here can write.
LATEST = 253_402_214_400_000

_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)? ?(Z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)
_EPOCH = re.compile(r"(\d{1,11})(?:\.(\d{1,9}))?", re.ASCII)
_EPOCH_MS = re.compile(r"\d{1,15}", re.ASCII)
_NUMERIC = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}.*", re.ASCII | re.DOTALL)

_TIME_SIGNS = frozenset("HI")
#: Directives that strptime reads by halves, or as the machine's language has it.
_REFUSED_SIGNS = frozenset("ZGVuUWcxXs")


@dataclass(frozen=True, slots=True)
class DateFormat:
    """How a column writes dates.

    format: "" is ISO 8601; "epoch" seconds and "epoch_ms" milliseconds since 1970;
    anything else is a strptime format. year completes a format without one.
    """

    format: str = ""
    year: int | None = None

    @property
    def plain(self) -> bool:
        return not self.format


def dater(declared: DateFormat, zone: ZoneInfo) -> Callable[[str], Instant]:
    """The reader of a column of dates; zone is for times that carry none."""
    if declared.format == "epoch":
        return _read_epoch
    if declared.format == "epoch_ms":
        return _read_epoch_ms
    if declared.format:
        return _Declared(declared, zone).read
    return partial(read_iso, zone=zone)


def read_iso(cell: str, zone: ZoneInfo) -> Instant:
    """ISO 8601; a blank cell is unknown."""
    text = cell.strip(BLANKS)
    if not text:
        return None
    found = _ISO.fullmatch(text)
    if not found:
        return _not_iso(text)
    day, hour, minute, second, fraction, offset = found.groups()
    start = _day_start(day)
    clock = _clock(hour, minute, second, fraction)
    ahead = _offset(offset)
    if start is None or clock is None or ahead is None:
        return Bad("ROW_DATE", f"{shown(text)} is no date of the calendar")
    if hour is None:
        return _in_range(start + DAY_MARK, text)
    if offset is None:
        return _in_zone(start + clock, zone, text)
    return _from_ms(start + clock - ahead, text)


def _not_iso(text: str) -> Bad:
    why = "is ambiguous" if _NUMERIC.fullmatch(text) else "is not an ISO 8601 date"
    return Bad("ROW_DATE", f"{shown(text)} {why}; declare the column's format")


@lru_cache(4096)
def _day_start(text: str) -> int | None:
    """Milliseconds from 1970 to the day; None: the calendar has no such day."""
    try:
        return day_instant(date.fromisoformat(text)) - DAY_MARK
    except ValueError:
        return None


def _clock(hour: str | None, minute: str, second: str, fraction: str) -> int | None:
    """Milliseconds into the day; None: no clock shows that."""
    if hour is None:
        return 0
    hours, minutes, seconds = int(hour), int(minute), int(second or 0)
    if hours > 23 or minutes > 59 or seconds > 59:
        return None
    ms = int(fraction.ljust(3, "0")[:3]) if fraction else 0
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms


def _offset(text: str | None) -> int | None:
    """Milliseconds that a zone is ahead of UTC; None: no zone is."""
    if text is None or text == "Z":
        return 0
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    if hours > 23 or minutes > 59:
        return None
    ahead = (hours * 60 + minutes) * 60_000
    return -ahead if text[0] == "-" else ahead


def _in_zone(ms: int, zone: ZoneInfo, text: str) -> Instant:
    """The instant at which a clock of the zone shows these ms since 1970."""
    try:
        return _at(moment(ms).replace(tzinfo=None), zone, text)
    except OverflowError:
        return _in_range(-1, text)


def _at(shown_by_clock: datetime, zone: ZoneInfo, text: str) -> Instant:
    """The instant of a moment; without its own zone it is a time of `zone`."""
    aware = shown_by_clock
    if aware.tzinfo is None:
        aware = aware.replace(tzinfo=zone)
        if aware.utcoffset() != aware.replace(fold=1).utcoffset():
            return _bad_clock(aware, text)
    return _in_range(instant(aware), text)


def _from_ms(ms: int, text: str) -> Instant:
    # The mark of a day is no instant of a clock: see model.
    return _in_range(ms - 1 if is_day(ms) else ms, text)


def _in_range(ms: int, text: str) -> Instant:
    if ms < 0:
        return Bad("ROW_DATE", f"{shown(text)} is before 1970")
    return ms if ms < LATEST else Bad("ROW_DATE", f"{shown(text)} is too late a date")


def _bad_clock(aware: datetime, text: str) -> Bad:
    """A clock that is put forward skips times; one put back has some twice."""
    before, after = aware.utcoffset(), aware.replace(fold=1).utcoffset()
    assert before is not None and after is not None
    # With fold=0 a skipped time takes the offset before the change, the smaller.
    what = "does not exist" if after > before else "exists twice"
    why = f"{shown(text)} {what} in {aware.tzinfo} (clock change)"
    return Bad("ROW_DATE", f"{why}; write it with its offset")


def _read_epoch(cell: str) -> Instant:
    text = cell.strip(BLANKS)
    if not text:
        return None
    found = _EPOCH.fullmatch(text)
    if not found:
        return Bad("ROW_DATE", f"{shown(text)} is not a number of seconds since 1970")
    fraction = (found[2] or "0").ljust(3, "0")[:3]
    return _from_ms(int(found[1]) * 1000 + int(fraction), text)


def _read_epoch_ms(cell: str) -> Instant:
    text = cell.strip(BLANKS)
    if not text:
        return None
    if not _EPOCH_MS.fullmatch(text):
        why = "is not a number of milliseconds since 1970"
        return Bad("ROW_DATE", f"{shown(text)} {why}")
    return _from_ms(int(text), text)


class _Declared:
    """Reads dates of one strptime format."""

    def __init__(self, declared: DateFormat, zone: ZoneInfo) -> None:
        self.zone = zone
        self.declared = declared.format
        self.timed = bool(_signs(declared.format) & _TIME_SIGNS)
        # Without its year 29 February would be read in 1900, which has none.
        self.year = f"{declared.year:04d} " if declared.year else ""
        self.format = "%Y " + declared.format if declared.year else declared.format

    def read(self, cell: str) -> Instant:
        text = cell.strip(BLANKS)
        if not text:
            return None
        if any(c.isdigit() and not c.isascii() for c in text):
            return self._bad(text)  # strptime would take digits of any script
        try:
            at = datetime.strptime(self.year + text, self.format)  # noqa: DTZ007
            if not self.timed:
                return _in_range(day_instant(at.date()), text)
            return _at(at, self.zone, text)
        except (ValueError, OverflowError):
            return self._bad(text)

    def _bad(self, text: str) -> Bad:
        return Bad("ROW_DATE", f'{shown(text)} does not fit "{self.declared}"')


def _signs(declared: str) -> set[str]:
    return set(re.findall(r"%(.)", declared.replace("%%", ""), re.DOTALL))


def date_problems(declared: str, year: object) -> list[str]:
    """What is wrong with a declared format, as sentences without their subject."""
    if year is not None and (type(year) is not int or not 1970 <= year <= 9998):
        return ["year must be a whole number from 1970"]
    if declared in ("", "epoch", "epoch_ms"):
        return ["year is for formats without a year"] if year is not None else []
    signs = _signs(declared)
    if refused := sorted(signs & _REFUSED_SIGNS):
        return [f"format cannot use %{refused[0]}"]
    return _gaps(signs, year) or _unreadable(declared)


def _gaps(signs: set[str], year: object) -> list[str]:
    gaps = []
    if signs & set("yY") and year is not None:
        gaps.append("year is for formats without a year")
    if not signs & set("yY") and year is None:
        gaps.append("format has no year; add one with year = ...")
    if "j" not in signs and not ("d" in signs and signs & set("mbB")):
        gaps.append("format has no day and month")
    if "I" in signs and "p" not in signs:
        gaps.append("format has %I without %p")
    if signs & set("MSfp") and not signs & set("HI"):
        gaps.append("format has minutes without hours")
    return gaps


def _unreadable(declared: str) -> list[str]:
    """Does strptime read what strftime writes with this format?"""
    sample = datetime(2017, 11, 14, 13, 5, 9, tzinfo=UTC)
    try:
        datetime.strptime(sample.strftime(declared), declared)  # noqa: DTZ007
    except (ValueError, re.error) as error:
        return [f"format is not understood ({error})"]
    return []

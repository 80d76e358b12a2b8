"""Dates as platforms write them for people, in five languages, made ISO 8601.

`Sep 27, 2024`, `Tue, Jul 14, 2026`, `28 sept. 2026`, `28. Sept. 2026`,
`28 de set. de 2026`, `9/28/2026 18:30`, `28.09.2026`, `20260928`, `October 31`.
Which number is the month in `3/4/2026` is decided for a whole column: by a cell that
leaves no choice, else by the layout.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.model import moment
from tracker.sources.layouts.layout import key

#: Months by the first letters that tell them apart, without accents.
_MONTHS = {
    "jan": 1, "janv": 1, "ene": 1, "feb": 2, "fev": 2, "febr": 2, "fevr": 2,
    "mar": 3, "mars": 3, "marz": 3, "mrz": 3, "apr": 4, "avr": 4, "abr": 4,
    "may": 5, "mai": 5, "jun": 6, "juin": 6, "jul": 7, "juil": 7,
    "aug": 8, "aout": 8, "ago": 8, "sep": 9, "sept": 9, "set": 9,
    "oct": 10, "okt": 10, "out": 10, "nov": 11, "dec": 12, "dez": 12, "dic": 12,
}  # fmt: skip
_FULL = (
    "january januar janvier janeiro enero february februar fevrier fevereiro febrero"
    " march maerz marz mars marco marzo april avril abril may mai maio mayo"
    " june juni juin junho junio july juli juillet julho julio"
    " august aout agosto september septembre setembro septiembre setiembre"
    " october oktober octobre outubro octubre november novembre novembro noviembre"
    " december dezember decembre dezembro diciembre"
).split()

_TIME = r"(?:,? +(?:at +|um +|a +)?(\d{1,2}):(\d\d)(?::(\d\d))?(?: ?([ap])\.?m\.?)?)?"
_WEEKDAY = r"(?:[a-z]{2,10}\.?,? +)?"
_YEAR = r"(?:,? +(?:de +)?(\d{4}))?"
_MONTH_FIRST = re.compile(rf"{_WEEKDAY}([a-z]{{3,10}})\.? +(\d{{1,2}}){_YEAR}{_TIME}")
_DAY_FIRST = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})(?:\.|er|st|nd|rd|th)? *-?(?:de +)?([a-z]{{3,10}})\.?"
    rf"{_YEAR}{_TIME}"
)
_NUMERIC = re.compile(rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}|\d\d){_TIME}")
_PACKED = re.compile(r"(20\d\d|19\d\d)(\d\d)(\d\d)")
_ISO_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:[t ]00:00(?::00(?:\.0+)?)?z?)?")


@dataclass(frozen=True, slots=True)
class Spelling:
    """How dates of one column are read.

    order: `mdy` or `dmy`; today: what a day without a year must not lie behind.
    """

    order: str
    today: date

    def iso(self, cell: str) -> str:
        """ISO 8601 of a date that is understood; anything else as it is."""
        text = key(cell)
        if not text or (text[:4].isdigit() and text[4:5] == "-"):
            return cell  # ISO 8601 already
        for read in (self._spelled, self._numeric, self._packed):
            if found := read(text):
                return found
        return cell

    def day(self, cell: str) -> str:
        """The day as ISO 8601, "" if it is none; midnight is no time."""
        found = self.iso(cell).strip()
        plain = _ISO_DAY.fullmatch(found.casefold())
        return plain[1] if plain and _real(plain[1]) else ""

    def _spelled(self, text: str) -> str:
        if found := _MONTH_FIRST.fullmatch(text):
            month, day, year, *clock = found.groups()
        elif found := _DAY_FIRST.fullmatch(text):
            day, month, year, *clock = found.groups()
        else:
            return ""
        number = _month(month)
        return self._made(year, number, int(day), clock) if number else ""

    def _numeric(self, text: str) -> str:
        found = _NUMERIC.fullmatch(text)
        if not found:
            return ""
        one, mark, two, year, *clock = found.groups()
        month_first = self.order == "mdy" and mark == "/"
        month, day = (one, two) if month_first else (two, one)
        return self._made(f"20{year}"[-4:], int(month), int(day), clock)

    def _packed(self, text: str) -> str:
        found = _PACKED.fullmatch(text)
        return self._made(found[1], int(found[2]), int(found[3]), []) if found else ""

    def _made(self, year: str | None, month: int, day: int, clock: list[str]) -> str:
        number = int(year) if year else _latest_year(month, day, self.today)
        try:
            iso = date(number, month, day).isoformat()
        except ValueError:
            return ""
        return iso + _clock(clock)


def spelling(cells: Iterable[str], order: str, seen_at: int) -> Spelling:
    """How a column is read, by its cells; order where they leave it open."""
    first = second = 0
    for cell in cells:
        if found := _NUMERIC.fullmatch(key(cell)):
            first += int(found[1]) > 12
            second += int(found[3]) > 12
    if first != second:
        order = "dmy" if first > second else "mdy"
    return Spelling(order, moment(seen_at).date() + timedelta(days=1))


def yearless(cell: str) -> bool:
    """Is this a day without a year?"""
    text = key(cell)
    found = _MONTH_FIRST.fullmatch(text) or _DAY_FIRST.fullmatch(text)
    return bool(found and not found[3])


def _month(word: str) -> int:
    for length in (4, 3):
        if number := _MONTHS.get(word[:length], 0):
            known = len(word) <= 4 or any(full == word for full in _FULL)
            return number if known else 0
    return 0


def _latest_year(month: int, day: int, today: date) -> int:
    """The latest year in which this day is not after today."""
    for year in range(today.year, today.year - 9, -1):
        try:
            if date(year, month, day) <= today:
                return year
        except ValueError:
            continue
    return 1  # no calendar has it


def _clock(parts: list[str]) -> str:
    if not parts or parts[0] is None:
        return ""
    hour, minute, second, half = parts
    hours = int(hour)
    if half:
        hours = hours % 12 + (12 if half == "p" else 0)
    return f"T{hours:02d}:{minute}:{second or '00'}"


def _real(iso: str) -> bool:
    try:
        date.fromisoformat(iso)
    except ValueError:
        return False
    return True

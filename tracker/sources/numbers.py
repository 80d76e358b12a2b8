"""Counts in cells: whole numbers from 0 to 2^53 - 1, never guessed.

Without a declared format a count is written in ASCII digits and nothing else.
A source may declare a decimal sign, a sign between thousands, or suffixes
(`1.2k`); then those are read as well, as long as the result is exactly whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tracker.model import MOST
from tracker.sources.values import BLANKS, WIDE_BLANKS, Bad, shown

Count = int | None | Bad

#: Letters after a number, where suffixes are declared; case does not count.
SUFFIXES = {"k": 1_000, "m": 1_000_000, "b": 1_000_000_000}

#: Signs that look alike and stand for one another between thousands.
_ALIKE = {" ": " " + WIDE_BLANKS, "'": "'\u2019"}

#: More signs than any number up to 2^53 - 1 needs; longer text is not looked at.
_LONGEST = 48


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How a column writes numbers; all empty: plain digits.

    unit: for amounts in another unit than ours, such as hours, how many of ours one
    is; parts that are left are rounded. 0: counts, which must be whole.
    """

    decimal: str = ""
    thousands: str = ""
    suffixes: bool = False
    unit: int = 0

    @property
    def plain(self) -> bool:
        return self == NumberFormat()


def read_plain(cell: str) -> Count:
    """A count in plain digits; a blank cell is unknown."""
    text = cell.strip(BLANKS)
    if not text:
        return None
    if text.isascii() and text.isdigit():
        digits = text.lstrip("0") or "0"
        if len(digits) <= 16 and (count := int(digits)) <= MOST:
            return count
        return Bad("ROW_NUMBER", f"{shown(text)} is larger than 2^53 - 1")
    return Bad("ROW_NUMBER", f"{shown(text)} is not a whole number")


def counter(declared: NumberFormat) -> Callable[[str], Count]:
    """The reader of a column that declares its format."""
    if declared.plain:
        return read_plain
    return _Declared(declared).read


class _Declared:
    """Reads counts of one declared format."""

    def __init__(self, declared: NumberFormat) -> None:
        self.suffixes = SUFFIXES if declared.suffixes else {}
        self.unit = declared.unit
        between = _between(declared.thousands)
        self.blanks = BLANKS + (WIDE_BLANKS if declared.thousands else "")
        letters = f"[{''.join(self.suffixes)}]" if self.suffixes else "(?!)"
        self.shape = re.compile(
            rf"(?P<whole>[0-9]{{1,3}}(?:{between}[0-9]{{3}})+|[0-9]+)"
            rf"(?:{_point(declared)}(?P<part>[0-9]+))?"
            rf"(?:[ \u00a0\u202f]?(?P<suffix>{letters}))?",
            re.ASCII | re.IGNORECASE,
        )

    def read(self, cell: str) -> Count:
        text = cell.strip(self.blanks)
        if not text:
            return None
        found = self.shape.fullmatch(text) if len(text) <= _LONGEST else None
        if not found:
            return Bad("ROW_NUMBER", f"{shown(text)} is not a number as declared")
        return self._whole(text, found)

    def _whole(self, text: str, found: re.Match[str]) -> Count:
        part = found["part"] or ""
        digits = re.sub(r"[^0-9]", "", found["whole"]) + part
        factor = self.suffixes.get((found["suffix"] or "").lower(), 1)
        scale: int = 10 ** len(part)
        count, rest = divmod(int(digits) * factor * (self.unit or 1), scale)
        if self.unit:
            count, rest = count + (2 * rest >= scale), 0
        if rest:
            return Bad("ROW_NUMBER", f"{shown(text)} is not a whole number")
        if count > MOST:
            return Bad("ROW_NUMBER", f"{shown(text)} is larger than 2^53 - 1")
        return count


def _between(thousands: str) -> str:
    """A pattern for the sign between thousands; one that never fits without one."""
    if not thousands:
        return r"(?!)"
    return "[" + re.escape(_ALIKE.get(thousands, thousands)) + "]"


def _point(declared: NumberFormat) -> str:
    """A pattern for the decimal sign; suffixes alone imply a full stop."""
    implied = "." if declared.suffixes and declared.thousands != "." else ""
    sign = declared.decimal or implied
    return re.escape(sign) if sign else r"(?!)"


def number_problems(decimal: object, thousands: object) -> list[str]:
    """What is wrong with declared signs, as sentences without their subject."""
    wrong = []
    if decimal not in ("", ".", ","):
        wrong.append('decimal must be "." or ","')
    if thousands not in ("", ".", ",", " ", "'", "\u2019", *WIDE_BLANKS):
        wrong.append('thousands must be ".", ",", "\'" or a blank')
    if decimal and decimal == thousands:
        wrong.append("decimal and thousands must be different signs")
    return wrong


def same_sign(thousands: str) -> str:
    """The sign that stands for all that look like it."""
    for sign, alike in _ALIKE.items():
        if thousands and thousands in alike:
            return sign
    return thousands

"""How a table writes its numbers: told by all of its cells, not by one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracker.sources.numbers import NumberFormat, counter
from tracker.sources.values import Bad

#: Thousands and decimal signs by language, the usual one first.
_SIGNS = {
    "en": ((",", "."), (" ", "."), (".", ","), (" ", ","), ("'", ".")),
    "de": ((".", ","), (" ", ","), ("'", "."), (",", "."), (" ", ".")),
    "fr": ((" ", ","), (".", ","), (",", "."), (" ", "."), ("'", ".")),
    "pt": ((".", ","), (" ", ","), (",", "."), (" ", "."), ("'", ".")),
    "es": ((".", ","), (" ", ","), (",", "."), (" ", "."), ("'", ".")),
}
#: Cells that say that nothing is known.
UNKNOWN = frozenset(
    ("-", "--", "\u2013", "\u2014", "n/a", "na", "null", "none", "nan", "undefined")
)


def number_format(
    cells: Sequence[str], language: str, *, suffixes: bool
) -> NumberFormat:
    """The format by which most cells are counts; the plain one if it will do."""
    written = [cell for cell in cells if cell.casefold() not in UNKNOWN]
    plain = NumberFormat(suffixes=suffixes)
    if not _unread(written, plain):
        return plain
    signed = (NumberFormat(d, t, suffixes) for t, d in _SIGNS[language])
    return min((plain, *signed), key=lambda one: _strange(written, one))


def amount_format(
    cells: Sequence[str], counts: NumberFormat, unit: int
) -> NumberFormat:
    """The format of amounts, such as hours: the counts' if they have signs, else the
    one by which most cells are amounts."""
    ways = [(counts.decimal, counts.thousands)] if counts.decimal else []
    ways += [(".", ","), (",", "."), (",", " ")]
    formats = [NumberFormat(decimal, between, unit=unit) for decimal, between in ways]
    return min(formats, key=lambda one: _unread(cells, one))


def _strange(cells: Sequence[str], said: NumberFormat) -> int:
    """How many cells this format does not explain.

    `1.234` is a count with a sign between thousands, never one with three decimals.
    """
    split = re.compile(rf"-?\d{{1,3}}{re.escape(said.decimal or '?')}\d{{3}}")
    return _unread(cells, said) + sum(bool(split.fullmatch(cell)) for cell in cells)


def _unread(cells: Sequence[str], said: NumberFormat) -> int:
    read = counter(said)
    return sum(isinstance(read(cell.removeprefix("-")), Bad) for cell in cells)

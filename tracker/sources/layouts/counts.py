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
    if all(cell.isdigit() and cell.isascii() for cell in written if cell):
        return plain
    formats = [
        NumberFormat(decimal, thousands, suffixes)
        for thousands, decimal in _SIGNS[language]
    ]
    return min(formats, key=lambda one: _strange(written, one))


def _strange(cells: Sequence[str], said: NumberFormat) -> int:
    """How many cells this format does not explain."""
    read = counter(said)
    # 1.234 is a count with a sign between thousands, never one with three decimals.
    split = re.compile(rf"-?\d{{1,3}}{re.escape(said.decimal)}\d{{3}}")
    return sum(
        isinstance(read(cell.removeprefix("-")), Bad) or bool(split.fullmatch(cell))
        for cell in cells
    )


def amount_format(
    cells: Sequence[str], counts: NumberFormat, unit: int
) -> NumberFormat:
    """The format of amounts, such as hours: their decimal sign is the counts' or
    the one that is there."""
    decimal, thousands = counts.decimal or ".", counts.thousands or ","
    if any(c.rfind(",") > c.rfind(".") for c in cells) and not counts.decimal:
        decimal, thousands = ",", "."
    return NumberFormat(decimal, thousands, unit=unit)

"""Text in cells of CSV files that spreadsheets may open.

A spreadsheet takes some first characters for the beginning of a formula. Text
that begins with one is written with a quote before it, and read without it, so
that writing and reading give the original.
"""

from __future__ import annotations

#: What a cell must not begin with: signs of formulas, the quote that hides them,
#: blanks that are cut off before the sign is looked for, and full-width forms.
RISKY = frozenset("=+-@'\t\r\n\0\uff1d\uff0b\uff0d\uff20\uff07")


def escape(text: str) -> str:
    return "'" + text if text[:1] in RISKY else text


def restore(text: str) -> str:
    """Undo escape; any other text, also with a quote before it, stays as it is."""
    return text[1:] if text[:1] == "'" and text[1:2] in RISKY else text

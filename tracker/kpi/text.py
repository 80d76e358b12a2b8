"""A KPI as people write it, in English or French: only here it is rounded."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache

from tracker.catalogue import HARD
from tracker.kpi.formula import Number
from tracker.words import Words

#: Units that are words, in the form that the number asks for.
COUNTED: dict[str, Callable[[Words, Decimal, int], str]] = {
    "views": lambda w, n, d: w.plural("{n} view", "{n} views", n, d),
    "views/day": lambda w, n, d: w.plural("{n} view a day", "{n} views a day", n, d),
    "posts": lambda w, n, d: w.plural("{n} post", "{n} posts", n, d),
    "leads": lambda w, n, d: w.plural("{n} lead", "{n} leads", n, d),
    "days": lambda w, n, d: w.plural("{n} day", "{n} days", n, d),
    "points": lambda w, n, d: w.plural("{n} point", "{n} points", n, d),
}


def text(value: Number, unit: str, language: str, digits: int | None = None) -> str:
    """`$1.16`, `15.28%`, `71.67 views`; in French `1,16 $`, `15,28 %`.

    digits: of the currency, which is the unit then; a small amount gets as many as
    show two of its own figures.
    """
    exact = Decimal(value)
    if digits is not None:
        return _words(language, unit).money(exact, _enough(value, digits))
    w, least = _words(language, ""), _least(value)
    if unit == "%":
        return w.percent(exact, least)
    if unit in COUNTED:
        return COUNTED[unit](w, exact, least)
    said = w.number(exact, least)
    return f"{said}{HARD if unit == '×' else ' '}{unit}" if unit else said


@cache
def _words(language: str, currency: str) -> Words:
    return Words(language, currency)


def _enough(value: Number, digits: int) -> int:
    """So many digits that two of its own figures are seen."""
    while 0 < abs(value) * 10**digits < 10 and digits < 8:
        digits += 1
    return digits


def _least(value: Number) -> int:
    """Two digits, or more for what is small, but no zeros at the end."""
    digits = _enough(value, 2)
    said = f"{abs(Decimal(value)):.{digits}f}".rstrip("0")
    return len(said.partition(".")[2])

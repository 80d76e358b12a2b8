"""A KPI as people write it, in English or French: only here it is rounded."""

from __future__ import annotations

from decimal import Decimal

from tracker.kpi.formula import Number

THIN, HARD, MINUS = "\u202f", "\u00a0", "\u2212"
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
FRENCH = {
    "views/day": "vues par jour",
    "views": "vues",
    "posts": "publications",
    "leads": "leads",
    "days": "jours",
    "h": "h",
    "points": "points",
}
ENGLISH = {"views/day": "views a day"}


def text(value: Number, unit: str, language: str, digits: int | None = None) -> str:
    """`$1.16`, `15.28%`, `71.67 views`; in French `1,16 $`, `15,28 %`.

    digits: of the currency, which is the unit then; a small amount gets as many as
    show two of its own figures.
    """
    french = language == "fr"
    if digits is not None:
        return _money(_number(value, _enough(value, digits), french), unit, french)
    said = _number(value, _least(value), french)
    if unit in ("%", "×"):
        return said + (HARD if french or unit == "×" else "") + unit
    word = (FRENCH if french else ENGLISH).get(unit, unit)
    return f"{said} {word}" if word else said


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


def _number(value: Number, digits: int, french: bool) -> str:
    said = f"{abs(Decimal(value)):,.{digits}f}"
    if french:
        said = said.replace(",", THIN).replace(".", ",")
    below = value < 0 and any(sign in "123456789" for sign in said)
    return (MINUS if below else "") + said


def _money(said: str, currency: str, french: bool) -> str:
    sign = SYMBOLS.get(currency)
    if french or sign is None:
        return said + HARD + (sign or currency)
    return f"{MINUS}{sign}{said[1:]}" if said.startswith(MINUS) else sign + said

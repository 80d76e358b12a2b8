"""A question with its answer, and how answers are written. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from tracker.catalogue import HARD

if TYPE_CHECKING:
    from tracker.words import Words


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its answer, in the language that was asked for.

    id: stable. value: as text with its unit, None when it is unknown; number: the
    same for machines, where it is one. unit: "", "%", "h", "USD", ... formula: in the
    names of inputs. inputs: (name, text) in order. coverage: a sentence on what is
    missing, "" when nothing is. source: the command that shows where it comes from.
    names: people are named in it.
    """

    id: str
    title: str
    value: str | None
    unit: str = ""
    formula: str = ""
    inputs: tuple[tuple[str, str], ...] = ()
    coverage: str = ""
    source: str = ""
    number: float | None = None
    names: bool = False


Number = int | Fraction | Decimal


def written(value: Number, digits: int | None, w: Words, unit: str = "") -> str:
    """`1,162.79 h`, `2.5%`; in French `1 162,79 h`. digits: None: as many as it has."""
    exact = _rounded(value, digits)
    if digits is None:
        exact = exact.normalize()
        digits = max(0, -int(exact.as_tuple().exponent))
    if unit == "%":
        return w.percent(exact, digits)
    return w.number(exact, digits) + (f"{HARD}{unit}" if unit else "")


def _rounded(value: Number, digits: int | None) -> Decimal:
    if isinstance(value, Fraction):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
    else:
        exact = Decimal(value)
    return exact.quantize(
        Decimal(1).scaleb(-(6 if digits is None else digits)), ROUND_HALF_UP
    )


def median(values: list[Fraction]) -> Fraction | None:
    """The middle one, or the mean of the two in the middle; None of none."""
    found, half = sorted(values), len(values) // 2
    if not found:
        return None
    return found[half] if len(found) % 2 else (found[half - 1] + found[half]) / 2

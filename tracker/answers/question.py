"""A question with its answer, and how answers are written. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


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


def written(value: Number, digits: int | None, language: str, unit: str = "") -> str:
    """`1,162.79 h`, `2.5%`; in French `1 162,79 h`. digits: None: as many as it has."""
    text = f"{_rounded(value, digits):,f}"
    if digits is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    if language == "fr":
        text = text.replace(",", "\u202f").replace(".", ",")
    close = unit == "%" and language != "fr"
    return text + ("" if close or not unit else "\u00a0") + unit


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

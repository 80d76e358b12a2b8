"""From which sum a year a written contract is needed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ContractRule:
    """since: the first day it holds. amount: minor units of currency. warn: percent
    of it from which somebody should know."""

    country: str
    since: date
    amount: int
    currency: str
    warn: int
    law: str


@dataclass(frozen=True, slots=True)
class Due:
    """What was promised in a year. crossed: the day on which the sum reached the
    rule's amount, None if it did not. reached: that on which it reached `warn`."""

    year: int
    sum: int
    reached: date
    crossed: date | None


def due(rule: ContractRule, promises: Sequence[tuple[date, int]]) -> list[Due]:
    """Years whose sum reaches the warning. promises: day and amount, in the rule's
    currency, in any order. (Loi n° 2023-451, article 8; décret n° 2025-1137: fees and
    goods of one advertiser, one year, one objective.)"""
    years = sorted({day.year for day, _ in promises if day >= rule.since})
    return [one for year in years if (one := _year(rule, year, promises)) is not None]


def _year(
    rule: ContractRule, year: int, promises: Sequence[tuple[date, int]]
) -> Due | None:
    mine = sorted(p for p in promises if p[0].year == year and p[0] >= rule.since)
    total = 0
    reached = crossed = None
    for day, amount in mine:
        total += amount
        if reached is None and total * 100 >= rule.amount * rule.warn:
            reached = day
        if crossed is None and total >= rule.amount:
            crossed = day
    return Due(year, total, reached, crossed) if reached is not None else None

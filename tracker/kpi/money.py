"""What a programme cost: the sum that cost figures are made of, and on what basis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tracker.programme import Cost

STATES = ("planned", "committed", "paid")
SPENT, PLANNED = "paid + committed", "planned"


@dataclass(frozen=True, slots=True)
class Basis:
    """amount: minor units, None when no cost is known. basis: which states are in it.
    left_out: costs in another currency, which cannot be added."""

    amount: int | None
    basis: str | None
    left_out: int = 0


def basis(costs: Iterable[Cost], currency: str) -> Basis:
    """Paid and committed costs, or the planned ones when there is nothing else."""
    every = list(costs)
    own = [cost for cost in every if cost.currency == currency]
    spent = [cost.amount for cost in own if cost.state != "planned"]
    left = len(every) - len(own)
    if spent:
        return Basis(sum(spent), SPENT, left)
    if own:
        return Basis(sum(cost.amount for cost in own), PLANNED, left)
    return Basis(None, None, left)


def by_state(costs: Iterable[Cost], currency: str) -> Mapping[str, int]:
    """Minor units of a currency in each of STATES."""
    sums = dict.fromkeys(STATES, 0)
    for cost in costs:
        if cost.currency == currency:
            sums[cost.state] += cost.amount
    return sums

"""How far a running total is, and where it goes if nothing changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: Days that the pace is taken from, whole weeks.
SPAN = 28
#: Within so many percent of the plan, a figure is on plan.
NEAR = 2.0


@dataclass(frozen=True, slots=True)
class Pace:
    """The total at the end at the pace of the last four weeks.

    low and high: at the pace of their slowest and fastest week. daily: mean gain.
    """

    mid: float
    low: float
    high: float
    daily: float
    left: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A value against its target: shares in percent, None without a plan.

    due: where a straight line from baseline to target would be by now.
    gap: percent ahead of (or behind, below zero) that line.
    """

    share: float
    due: float | None
    gap: float | None

    @property
    def verdict(self) -> str:
        """on, ahead or behind; '' when there is no line to compare with."""
        if self.gap is None:
            return ""
        if abs(self.gap) <= NEAR:
            return "on"
        return "ahead" if self.gap > 0 else "behind"


def pace(gains: Sequence[int], left: int) -> Pace | None:
    """gains: one a day, the last day last; left: days until the end.

    None when the end is reached or there are not four whole weeks to go by.
    """
    if left <= 0 or len(gains) < SPAN:
        return None
    last, total = gains[-SPAN:], sum(gains)
    weeks = [sum(last[at : at + 7]) / 7 for at in range(0, SPAN, 7)]
    daily = sum(last) / SPAN
    return Pace(
        total + daily * left,
        total + min(weeks) * left,
        total + max(weeks) * left,
        daily,
        left,
    )


def standing(
    value: float, target: float, baseline: float, spent: int, length: int
) -> Standing:
    """spent and length: days gone and days planned; length 0: no end is planned."""
    share = value / target * 100 if target else 0.0
    if not length or target <= baseline:
        return Standing(share, None, None)
    due = baseline + (target - baseline) * min(spent / length, 1)
    gap = value * 100 / due - 100 if due > 0 else None
    return Standing(share, due / target * 100, gap)

"""What an answer about KPIs consists of: frozen values, unrounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tracker.kpi.formula import Number
from tracker.kpi.pace import Standing

# Those two are tuples, which are made three times as fast: there is one of each for
# every KPI of every post.


class Input(NamedTuple):
    """What goes into a formula.

    value: a number, or one for each person or post; None unknown, and reason may say
    why. shown: what an answer shows of it by name, when that is not the value itself.
    known, unknown: rows it is made of, and rows that lack it; None: not counted.
    classes: of the readings and events in it. basis: which of several figures it is.
    notes: sentences on what is left out.
    """

    value: Number | Sequence[Number] | None
    shown: Mapping[str, Number | None] | None = None
    reason: str | None = None
    known: int | None = None
    unknown: int = 0
    classes: frozenset[str] = frozenset()
    basis: str | None = None
    notes: tuple[str, ...] = ()


class Kpi(NamedTuple):
    """One KPI. value: unrounded, money in whole units of the currency; None has a
    reason. unit: "%", a currency, "×", a word, or "". inputs: by name. known, unknown:
    posts (or other rows) in it and out of it. class_: measured, reported, estimated or
    mixed. basis: which costs, clicks, metric or question. notes: what is left out."""

    name: str
    value: Number | None
    unit: str
    text: str | None
    formula: str
    inputs: Mapping[str, Number | None]
    known: int
    unknown: int
    class_: str | None
    basis: str | None
    reason: str | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """key: what the row is about, as in `totals`; empty for the whole campaign."""

    key: Mapping[str, Any]
    kpis: tuple[Kpi, ...]


@dataclass(frozen=True, slots=True)
class Projected:
    """The value at the campaign's end at the pace of the last four weeks; low and
    high: at that of their slowest and fastest week (kpi/pace.py)."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator of the plan. attained: percent of the target, where less is better
    the target by the value. pace: gain a day over the last four weeks. reason: why the
    value is None. standing: where it is beside the straight line from baseline to
    target, for what grows day by day. lower: is less better?"""

    id: str
    metric: str
    value: Number | None
    unit: str
    text: str | None
    target: Number | None
    baseline: Number | None
    attained: Number | None
    pace: float | None
    projected: Projected = Projected()
    reason: str | None = None
    standing: Standing | None = None
    lower: bool = False

    @property
    def verdict(self) -> str:
        """on, ahead or behind the line; '' without one."""
        return self.standing.verdict if self.standing else ""


@dataclass(frozen=True, slots=True)
class Answer:
    """KPIs of a campaign. as_of: when the newest payload in it was recorded, or the
    instant asked for. left_out: platforms in no figure over several, and why."""

    campaign: str
    as_of: int | None
    by: str | None
    rows: tuple[Row, ...]
    indicators: tuple[Indicator, ...] = ()
    left_out: tuple[tuple[str, str], ...] = field(default=())

"""Indicators of the plan: value, target, how much is attained, pace, projected finish.

An indicator's metric is a metric of posts (or `posts`), a KPI, a question of a survey,
or a kind of outcome.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.kpi.answer import Indicator, Input, Projected
from tracker.kpi.formula import Number, percent
from tracker.kpi.pace import Standing, pace, standing
from tracker.kpi.registry import FORMULAS
from tracker.kpi.series import daily
from tracker.kpi.text import text
from tracker.kpis.money import plain
from tracker.kpis.programme import AWARENESS, share
from tracker.kpis.results import counted
from tracker.model import (
    METRIC_ALIASES,
    METRICS,
    NOT_ADDITIVE,
    day_number,
    local_day,
)

if TYPE_CHECKING:
    from tracker.kpis import Table
    from tracker.kpis.facts import Facts


@dataclass(frozen=True, slots=True)
class Found:
    """A value with its unit; lower: less is better; gains: by day (days since 1970),
    and the days on which anything changed, for what grows day by day; said: the day of
    a claim that is its value."""

    value: Any
    unit: str = ""
    text: str | None = None
    reason: str | None = None
    lower: bool = False
    gains: tuple[Mapping[int, int], list[int]] | None = None
    said: int | None = None


def indicators(table: Table) -> tuple[Indicator, ...]:
    """In the order of the plan."""
    return tuple(
        _indicator(table, raw) for raw in table.facts.plan.get("indicator", ())
    )


def _indicator(table: Table, raw: Mapping[str, Any]) -> Indicator:
    metric = str(raw.get("metric", ""))
    found = _found(table, METRIC_ALIASES.get(metric, metric), raw)
    target, baseline = plain(raw.get("target")), plain(raw.get("baseline"))
    ahead = _pace(table.facts, found)
    said = found.text
    if said is None and found.value is not None:
        said = text(found.value, found.unit, table.facts.read.campaign.language)
    return Indicator(
        str(raw.get("id", "")),
        metric,
        found.value,
        found.unit,
        said,
        target,
        baseline,
        attained(found.value, target, lower=found.lower),
        ahead[0],
        ahead[1],
        found.reason,
        _standing(table.facts, found, target, baseline),
        found.lower,
    )


def attained(
    value: Number | None, target: Number | None, *, lower: bool
) -> Number | None:
    """Percent of the target: value / target; where less is better target / value, so
    that 100 is reached and more is better than planned, there too."""
    return percent(target, value) if lower else percent(value, target)


def _found(table: Table, metric: str, raw: Mapping[str, Any]) -> Found:
    if metric in METRICS or metric == "posts":
        return _metric(table.facts, metric, raw)
    if metric in FORMULAS:
        one = table.kpi(FORMULAS[metric], None)
        return Found(one.value, one.unit, one.text, one.reason, FORMULAS[metric].lower)
    waves = [w for w in table.facts.waves if w.question.casefold() == metric.casefold()]
    if waves:
        return Found(share(waves[-1]), "%")
    if metric == AWARENESS:
        return Found(None, "%", reason="no survey asked for it")
    return _outcomes(table.facts, metric)


# -- posts --------------------------------------------------------------------------


def _metric(facts: Facts, metric: str, raw: Mapping[str, Any]) -> Found:
    """Of the platform of the tool whose source the indicator names, if there is one."""
    import polars as pl

    from tracker.store.kpifacts import gains

    platform = _platform(facts, raw)
    frame, without = facts.blended, tuple(name for name, _ in facts.left_out)
    if platform is not None:
        frame = facts.frame.filter(pl.col("platform") == platform)
        without = tuple(set(facts.frame["platform"].unique()) - {platform})
    if metric in NOT_ADDITIVE:
        return Found(None, reason=f"{metric} cannot be added up over posts")
    if metric != "posts" and not frame[metric].count():
        return Found(None, reason=f"no post with known {metric}")
    value = frame.height if metric == "posts" else int(frame[metric].sum())
    return Found(value, gains=gains(facts.daily, metric, without))


def _platform(facts: Facts, raw: Mapping[str, Any]) -> str | None:
    for tool in facts.plan.get("tool", ()):
        if raw.get("source") and tool.get("source") == raw["source"]:
            return str(tool["platform"]) if tool.get("platform") else None
    return None


# -- outcomes -----------------------------------------------------------------------


def _outcomes(facts: Facts, kind: str) -> Found:
    found: Input = counted(kind)(facts)(None)
    gained: dict[int, int] = defaultdict(int)
    for one in facts.outcomes:
        if one.kind == kind:
            gained[day_number(local_day(one.at, facts.zone))] += int(one.quantity)
    days = (gained, sorted(gained)) if gained else None
    said = None if gained else _claimed_on(facts, kind)
    return Found(found.value, reason=found.reason, gains=days, said=said)


def _claimed_on(facts: Facts, kind: str) -> int | None:
    """The day of the claim that stands for outcomes, where it has one."""
    for claim in facts.plan.get("claim", ()):
        if claim.get("metric") in (kind, f"{kind}s") and claim.get("used"):
            try:
                return day_number(date.fromisoformat(str(claim.get("as_of"))[:10]))
            except ValueError:
                return None
    return None


# -- where it goes ------------------------------------------------------------------


def _pace(facts: Facts, found: Found) -> tuple[float | None, Projected]:
    """Gain a day, and the value at the campaign's end: at the mean pace of the last
    four weeks, and at that of their slowest and fastest week. Nothing without four
    whole weeks, an end ahead, or while the last days are unknown."""
    campaign = facts.read.campaign
    if found.gains is None or campaign.ends is None or not found.gains[1]:
        return None, Projected()
    gained, changed = found.gains
    first, last = changed[0], max(changed[-1], _newest(facts))
    if campaign.starts is not None:
        first = min(first, day_number(campaign.starts))
    series = daily(gained, changed, first, last)
    if series.in_gap(last):
        return None, Projected()
    ahead = pace(series.gains, day_number(campaign.ends) - last)
    if ahead is None:
        return None, Projected()
    return ahead.daily, Projected(ahead.mid, ahead.low, ahead.high)


def _newest(facts: Facts) -> int:
    """The day that data reach to."""
    newest = facts.frame["last_at"].max()
    return 0 if newest is None else day_number(local_day(int(str(newest)), facts.zone))


def _standing(
    facts: Facts, found: Found, target: Number | None, baseline: Number | None
) -> Standing | None:
    campaign = facts.read.campaign
    starts, ends = campaign.starts, campaign.ends
    if found.value is None or not target or starts is None or ends is None:
        return None
    if found.gains is None and found.said is None:
        return None
    length = (ends - starts).days + 1
    day = _newest(facts) if found.said is None else found.said
    spent = min(max(day - day_number(starts) + 1, 0), length)
    return standing(
        float(found.value), float(target), float(baseline or 0), spent, length
    )

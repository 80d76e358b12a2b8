"""Is a campaign's plan complete? Four steps: strategy, tools, content, indicators."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.model import METRICS

STEPS = {1: "strategy", 2: "tools", 3: "content", 4: "indicators"}
#: Where an indicator may come from besides a [[source]] of the settings.
OWN_SOURCES = frozenset(
    ("outcomes", "links", "surveys", "costs", "feedback", "computed", "manual")
)
#: What stands where a person still has to fill in.
OPEN = "?"

STRATEGY = ("kind", "why", "topics", "audience")
INDICATOR = ("target", "baseline", "owner", "source")


@dataclass(frozen=True, slots=True)
class Missing:
    """A piece the plan lacks: where it belongs, as `tool[0].reason`, and its step."""

    path: str
    step: int
    message: str


@dataclass(frozen=True, slots=True)
class Orphan:
    """An indicator that nothing will ever fill."""

    indicator: str
    metric: str
    source: str
    reason: str


def missing(plan: Mapping[str, Any]) -> list[Missing]:
    """What the plan lacks, step by step; nothing: it is complete."""
    return [
        *_lacks(plan.get("strategy") or {}, "strategy", STRATEGY, 1),
        *_each(plan, "tool", ("reason",), 2),
        *_each(plan, "content", (), 3),
        *_each(plan, "indicator", INDICATOR, 4),
    ]


def _each(
    plan: Mapping[str, Any], table: str, keys: Collection[str], step: int
) -> Iterator[Missing]:
    there = plan.get(table) or []
    if not there:
        yield Missing(table, step, f"there is no [[{table}]]")
    for at, one in enumerate(there):
        yield from _lacks(one, f"{table}[{at}]", keys, step)


def _lacks(
    table: Mapping[str, Any], path: str, keys: Collection[str], step: int
) -> Iterator[Missing]:
    for key in keys:
        if key not in table:
            yield Missing(f"{path}.{key}", step, "it is not there")
        elif not _said(table[key]):
            yield Missing(f"{path}.{key}", step, "it is not filled in")


def _said(value: Any) -> bool:
    """Is this more than a blank or a question mark? A zero is."""
    if isinstance(value, list):
        return any(_said(one) for one in value)
    return value is not None and str(value).strip() not in ("", OPEN)


def orphans(
    plan: Mapping[str, Any], sources: Mapping[str, Collection[str]]
) -> list[Orphan]:
    """Indicators whose source is not there or does not give their metric.

    sources: the metrics each source gives; none named: whatever its data hold.
    """
    found = []
    for at, one in enumerate(plan.get("indicator") or []):
        source, metric = one.get("source"), str(one.get("metric", ""))
        if _said(source) and (reason := _unfit(str(source), metric, sources)):
            name = str(one.get("id", f"indicator[{at}]"))
            found.append(Orphan(name, metric, str(source), reason))
    return found


def _unfit(source: str, metric: str, sources: Mapping[str, Collection[str]]) -> str:
    if source in OWN_SOURCES:
        return ""
    if source not in sources:
        return f'there is no source "{source}"'
    given = sources[source]
    if metric in METRICS and given and metric not in given:
        return f'the source "{source}" does not give {metric}'
    return ""

"""Is a campaign's plan complete? Four steps: strategy, tools, content, indicators."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.model import METRICS

STEPS = {1: "strategy", 2: "tools", 3: "content", 4: "indicators"}
#: What stands where a person still has to fill in.
OPEN = "?"

STRATEGY = ("kind", "why", "topics", "audience")
INDICATOR = ("target", "baseline", "owner", "source")
#: The step to which each table of the file belongs; those of step 1 are not named.
STEP_OF = {
    **dict.fromkeys(("tool",), 2),
    **dict.fromkeys(("content", "mission"), 3),
    **dict.fromkeys(("indicator", "cost", "commission", "attribution"), 4),
    **dict.fromkeys(("claim", "competitor", "benchmark"), 4),
}

#: Stands among the metrics of a source for whatever outcomes may be called.
OUTCOMES = "outcomes"
#: Names for how many posts there are; every source of readings gives that.
POSTS = ("posts", "items")
#: Sources that are no [[source]], and the inputs of KPIs that each has by itself.
OWN_SOURCES: Mapping[str, frozenset[str]] = {
    "outcomes": frozenset(
        ("leads", "new_leads", "known_leads", "sales", "new_customers", "reservations")
    ),
    "links": frozenset(("clicked",)),
    "surveys": frozenset(("before", "after")),
    "costs": frozenset(("cost", "spend", "benchmark")),
    "feedback": frozenset(("answered", "received")),
    "computed": frozenset(),
    "manual": frozenset(),
}
GIVES = {
    "outcomes": "gives outcomes, and KPIs of them alone",
    "links": "gives clicks",
    "surveys": "gives questions of surveys, and how much their shares grew",
    "costs": "gives KPIs of costs alone",
    "feedback": "gives feedback_closure",
    "computed": "gives KPIs and sums over posts",
}


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


# -- what is missing -------------------------------------------------------------------


def missing(plan: Mapping[str, Any]) -> list[Missing]:
    """What the plan lacks, step by step; nothing: it is complete.

    Needed is what each of the four steps asks for, and an answer wherever the file
    has a question mark.
    """
    needed = [
        *_lacks(plan.get("strategy") or {}, "strategy", STRATEGY, 1),
        *_each(plan, "tool", ("reason",), 2),
        *_each(plan, "content", (), 3),
        *_each(plan, "indicator", INDICATOR, 4),
    ]
    told = {one.path for one in needed}
    asked = [one for one in _open(plan) if one.path not in told]
    return sorted([*needed, *asked], key=lambda one: one.step)


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


def _open(plan: Mapping[str, Any]) -> Iterator[Missing]:
    """Every question mark of the file."""
    for table, value in plan.items():
        step = STEP_OF.get(table, 1)
        for path in _marks(table, value):
            yield Missing(path, step, "it is not filled in")


def _marks(path: str, value: Any) -> Iterator[str]:
    if value in (OPEN, [OPEN]):
        yield path
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from _marks(f"{path}.{key}", below)
    elif isinstance(value, list):
        for at, below in enumerate(value):
            yield from _marks(f"{path}[{at}]", below)


# -- what nothing will fill ------------------------------------------------------------


def orphans(
    plan: Mapping[str, Any],
    sources: Mapping[str, Collection[str]],
    kpis: Mapping[str, Collection[str]],
) -> list[Orphan]:
    """Indicators whose source is not there or does not give their metric.

    sources: what each gives, METRICS or OUTCOMES; none named: whatever its data hold.
    kpis: the names of all KPIs, and the inputs of each.
    """
    found = []
    for at, one in enumerate(plan.get("indicator") or []):
        source, metric = one.get("source"), str(one.get("metric", ""))
        if not (_said(source) and _said(metric)):
            continue
        if reason := _unfit(str(source), metric, sources, kpis):
            name = str(one.get("id", f"indicator[{at}]"))
            found.append(Orphan(name, metric, str(source), reason))
    return found


def _unfit(
    source: str,
    metric: str,
    sources: Mapping[str, Collection[str]],
    kpis: Mapping[str, Collection[str]],
) -> str:
    if source in OWN_SOURCES:
        fits = _own_gives(source, metric, kpis)
        return "" if fits else f"{metric} is no such thing: {source} {GIVES[source]}"
    if source not in sources:
        return f'there is no source "{source}"'
    if metric in kpis:
        return f'{metric} is a KPI; its source is "computed"'
    if not sources[source] or _given(metric) in sources[source]:
        return ""
    if metric in POSTS and set(METRICS) & set(sources[source]):
        return ""
    return f'the source "{source}" does not give {metric}'


def _given(metric: str) -> str:
    """What a source must give for it."""
    return metric if metric in METRICS or metric in POSTS else OUTCOMES


def _own_gives(source: str, metric: str, kpis: Mapping[str, Collection[str]]) -> bool:
    if source == "manual":
        return True
    if metric in kpis:
        return source == "computed" or set(kpis[metric]) <= OWN_SOURCES[source]
    if metric in METRICS or metric in POSTS:
        return source == "computed" or (source, metric) == ("links", "clicks")
    return source in ("outcomes", "surveys")

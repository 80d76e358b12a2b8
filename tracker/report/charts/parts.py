"""What charts are made of: names of the page's colours, tables, axes, labels.

A chart never holds a colour, only the name of one of the page, `var(--s1)`, which
Vega hands through untouched: light, dark and print come from the style sheet.
Time is a plain number axis in milliseconds, so no time zone can shift a day.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import altair as alt

from tracker.catalogue import THIN
from tracker.model import DAY

WIDTH = {"wide": 952, "narrow": 358, "small": 300}
INK, INK2, INK3 = "var(--ink)", "var(--ink-2)", "var(--ink-3)"
LINE, PAPER, FALL = "var(--line)", "var(--paper)", "var(--fall)"
HATCH = "url(#hatch)"  # the page's own pattern: not known
S1, S2 = "var(--s1)", "var(--s2)"


def rows(**columns: Sequence[Any]) -> alt.NamedData:
    """A table as its own name: Altair would copy its cells many times over."""
    names = list(columns)
    cells = zip(*columns.values(), strict=True)
    return alt.NamedData(
        json.dumps([dict(zip(names, row, strict=True)) for row in cells])
    )


def filled(spec: Any) -> Any:
    """The spec with the cells of its tables in place of their names."""
    if isinstance(spec, list):
        return [filled(part) for part in spec]
    if not isinstance(spec, dict):
        return spec
    if set(spec) == {"name"}:
        return {"values": json.loads(spec["name"])}
    return {key: filled(part) for key, part in spec.items()}


def at(day: int) -> int:
    """Days since 1970 as milliseconds."""
    return day * DAY


def time(field: str, first: int, last: int, every: int = 1) -> alt.X:
    """An axis of days with a tick at the first of a month."""
    ticks = [at(day) for day in month_starts(first, last)]
    if len(ticks) > 14:
        every = max(every, 3)
    return alt.X(
        f"{field}:Q",
        scale=alt.Scale(domain=[at(first), at(last + 1)], nice=False, zero=False),
        axis=alt.Axis(
            values=ticks[::every],
            labelExpr="utcFormat(datum.value, '%b')",
            labelAlign="left",
            labelOffset=0,
        ),
    )


def month_starts(first: int, last: int) -> list[int]:
    """Days since 1970 that begin a month; the first day where there is none."""
    start = date(1970, 1, 1) + timedelta(first)
    found, month = [], datetime(start.year, start.month, 1, tzinfo=UTC)
    while (day := (month.date() - date(1970, 1, 1)).days) <= last:
        if day >= first:
            found.append(day)
        month = (month + timedelta(32)).replace(day=1)
    return found or [first]


def big(language: str) -> str:
    """Labels of values: 2.5M, 40k; in French 2,5 M, 40 k."""
    gap = THIN if language == "fr" else ""
    return (
        f"abs(datum.value) >= 1e6 ? format(datum.value/1e6, '.2~f') + '{gap}M' : "
        f"abs(datum.value) >= 1e3 ? format(datum.value/1e3, '.2~f') + '{gap}k' : "
        "format(datum.value, ',~f')"
    )


def up(low: float, high: float, language: str, ticks: int = 5) -> alt.Y:
    return alt.Y(
        "v:Q",
        scale=alt.Scale(domain=[low, high], nice=False),
        axis=alt.Axis(labelExpr=big(language), tickCount=ticks),
    )


def label(data: alt.NamedData, x: Any, y: Any, **mark: Any) -> Any:
    mark = {"align": "left", "baseline": "middle", **mark}
    return alt.Chart(data).mark_text(**mark).encode(x=x, y=y, text="t:N")


def pieces(days: Sequence[int], gaps: Sequence[Sequence[int]]) -> list[int]:
    """The number of gaps before each day: what was not read is not drawn."""
    return [sum(day > last for _, last in gaps) for day in days]


def inside(day: int, gaps: Sequence[Sequence[int]]) -> bool:
    return any(first <= day <= last for first, last in gaps)


def holes_of(gaps: Sequence[Sequence[int]], x: alt.X) -> list[alt.Chart]:
    if not gaps:
        return []
    holes = rows(d=[at(a) for a, _ in gaps], e=[at(b + 1) for _, b in gaps])
    return [alt.Chart(holes).mark_rect(fill=HATCH).encode(x=x, x2="e:Q")]

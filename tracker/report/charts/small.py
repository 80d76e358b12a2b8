"""One count on its own scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt

from tracker.report.charts.parts import INK3, S1, WIDTH, at, rows, time, up


def small(v: Mapping[str, Any], size: str, language: str) -> Any:
    """One count on its own scale: first, end, days, totals, target."""
    x = time("d", v["first"], v["end"], every=2)
    top = max(v["totals"] + [v["target"] or 0, 1]) * 1.12
    y = up(min(0, *v["totals"]), top, language, 3)
    line = rows(d=[at(d + 1) for d in v["days"]], v=v["totals"])
    layers = [
        alt.Chart(line).mark_area(fill=S1, fillOpacity=0.1).encode(x=x, y=y),
        alt.Chart(line).mark_line(stroke=S1, strokeWidth=2.25).encode(x=x, y=y),
    ]
    if v["target"]:
        goal = alt.Chart(rows(v=[v["target"]]))
        layers.insert(0, goal.mark_rule(stroke=INK3, strokeDash=[2, 4]).encode(y=y))
    return alt.layer(*layers).properties(width=WIDTH[size], height=132)

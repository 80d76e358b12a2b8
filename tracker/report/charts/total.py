"""The running total of the leading figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from tracker.report.charts.parts import (
    INK,
    INK3,
    PAPER,
    S1,
    WIDTH,
    at,
    holes_of,
    inside,
    label,
    pieces,
    rows,
    time,
    up,
)


def total(v: Mapping[str, Any], size: str, language: str) -> Any:
    """Will we reach the target by the end?

    first, days, totals, gaps, end; target, base and pace may be None. published:
    (day, value, text) of figures that were published then.
    """
    first, end, days = v["first"], v["end"], v["days"]
    narrow = size == "narrow"
    target, pace, today = v["target"], v["pace"], days[-1]
    told = [value for _, value, _ in v["published"]]
    high = max(v["totals"] + told + [target or 0, (pace or {}).get("high", 0), 1])
    high *= 1.06
    x, y = time("d", first, end), up(min(0, *v["totals"]), high, language)
    shown = [(d, t) for d, t in zip(days, v["totals"], strict=True)]
    kept = [(d, t) for d, t in shown if not inside(d, v["gaps"])]
    line = rows(
        d=[at(d + 1) for d, _ in kept],
        v=[t for _, t in kept],
        piece=pieces([d for d, _ in kept], v["gaps"]),
    )
    layers: list[alt.Chart] = holes_of(v["gaps"], x)
    if target is not None:
        plan = rows(d=[at(first), at(end + 1)], v=[v["base"], target])
        layers.append(
            alt.Chart(plan)
            .mark_line(stroke=INK3, strokeDash=[2, 4], strokeWidth=1.5)
            .encode(x=x, y=y)
        )
        layers.append(alt.Chart(rows(v=[target])).mark_rule(stroke=INK3).encode(y=y))
    if pace is not None:
        fan = rows(
            d=[at(today + 1), at(end + 1)],
            v=[v["totals"][-1], pace["mid"]],
            low=[v["totals"][-1], pace["low"]],
            high=[v["totals"][-1], pace["high"]],
        )
        band = alt.Chart(fan).mark_area(fill=S1, fillOpacity=0.16)
        layers.append(band.encode(x=x, y=alt.Y("low:Q"), y2="high:Q"))
        dashes = alt.Chart(fan).mark_line(stroke=S1, strokeDash=[6, 4], strokeWidth=2)
        layers.append(dashes.encode(x=x, y=y))
        now = rows(d=[at(today + 1)], v=[0], t=[v["now"]])
        layers.append(alt.Chart(now).mark_rule(stroke=INK3).encode(x=x))
        layers.append(label(now, x, y, align="right", dx=-6, dy=-9))
    layers.append(
        alt.Chart(line)
        .mark_line(stroke=S1, strokeWidth=2.75)
        .encode(x=x, y=y, detail="piece:N")
    )
    layers += _published(v["published"], x, y, narrow=narrow)
    if target is not None:
        said = rows(d=[at(first)], v=[target], t=[v["aim"]])
        layers.append(label(said, x, y, dy=-9))
    if pace is not None and not narrow:
        ahead = rows(d=[at(end + 1)], v=[pace["low"]], t=[v["ahead"]])
        low = pace["low"] < high * 0.2  # no room below the line
        look = {"align": "right", "dy": -40 if low else 40, "fill": INK}
        layers.append(label(ahead, x, y, **look))
    elif pace is None:
        last = rows(d=[at(kept[-1][0] + 1)], v=[kept[-1][1]], t=[v["last"]])
        look = {"align": "right", "dx": -8, "dy": -9, "fill": INK, "fontWeight": 600}
        layers.append(label(last, x, y, **look))
    height = 290 if narrow else 400
    return alt.layer(*layers).properties(width=WIDTH[size], height=height)


def _published(
    points: Sequence[Sequence[Any]], x: alt.X, y: alt.Y, *, narrow: bool
) -> list[alt.Chart]:
    """Hollow circles: somebody said so then. Their figures stand in the table of
    sources that disagree; a wide drawing has them too."""
    if not points:
        return []
    data = rows(
        d=[at(day) for day, *_ in points],
        v=[value for _, value, _ in points],
        t=[text for *_, text in points],
    )
    look: dict[str, Any] = {"shape": "circle", "size": 56, "opacity": 1}
    circles = alt.Chart(data).mark_point(
        fill=PAPER, stroke=S1, strokeWidth=1.75, **look
    )
    layers = [circles.encode(x=x, y=y)]
    if not narrow:
        layers.append(label(data, x, y, align="right", dx=-9, dy=-5))
    return layers

"""Results against audience."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from tracker.report.charts.parts import INK, S1, S2, WIDTH, big, label, rows


def scatter(v: Mapping[str, Any], size: str, language: str) -> Any:
    """Does a large audience explain the result? Logarithmic, one dot a person.

    audience, result: lists; names: (audience, result, name) of at most three; title.
    """
    x = alt.X(
        "f:Q",
        scale=alt.Scale(type="log", nice=False, domain=_around(v["audience"])),
        title=v["title"][0],
        axis=alt.Axis(values=_decades(v["audience"]), labelExpr=big(language)),
    )
    y = alt.Y(
        "v:Q",
        scale=alt.Scale(type="log", nice=False, domain=_around(v["result"])),
        axis=alt.Axis(
            values=_decades(v["result"]),
            labelExpr=big(language),
            title=v["title"][1],
            titleAngle=0,
            titleAlign="left",
            titleAnchor="end",
            titleX=0,
            titleY=-6,
        ),
    )
    look: dict[str, Any] = {"shape": "circle", "opacity": 1}
    dots = alt.Chart(rows(f=v["audience"], v=v["result"])).mark_point(
        size=44, fill=S1, fillOpacity=0.35, stroke=S1, strokeWidth=1.25, **look
    )
    layers = [dots.encode(x=x, y=y)]
    for n, (audience, result, name) in enumerate(v["names"]):
        one = rows(f=[audience], v=[result], t=[name])
        mark = alt.Chart(one).mark_point(size=60, fill=S2, stroke=S2, **look)
        side = {"align": "right", "dx": -9, "dy": (-6, 6, -16)[n % 3]}
        layers.append(mark.encode(x=x, y=y))
        layers.append(label(one, x, y, fill=INK, fontWeight=600, **side))
    return alt.layer(*layers).properties(width=WIDTH[size], height=300)


def _around(values: Sequence[float]) -> list[float]:
    return [min(values) / 1.6, max(values) * 1.6]


def _decades(values: Sequence[float]) -> list[float]:
    low, high = _around(values)
    ticks = [10.0**n * f for n in range(-1, 12) for f in (1, 3)]
    return [tick for tick in ticks if low <= tick <= high]

"""Sources that disagree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt

from tracker.report.charts.parts import INK, INK3, PAPER, S1, WIDTH, label, rows

#: Ticks that have room for their texts on a phone.
MOST = 7


def conflict(v: Mapping[str, Any], size: str, language: str) -> Any:
    """How far apart are the sources? Each divided by the value used.

    claims: (metric, ratio, text, used), at least two a metric.
    """
    narrow = size == "narrow"
    order = list(dict.fromkeys(name for name, *_ in v["claims"]))
    data = rows(
        m=[name for name, *_ in v["claims"]],
        r=[ratio for _, ratio, *_ in v["claims"]],
        k=["used" if used else "other" for *_, used in v["claims"]],
    )
    ends = {n: sorted((r, t) for m, r, t, _ in v["claims"] if m == n) for n in order}
    low = min(first[0][0] for first in ends.values())
    high = max(last[-1][0] for last in ends.values())
    domain = [low * (0.45 if narrow else 0.62), high * (3 if narrow else 1.7)]
    ticks = _ticks(low, high)
    x = alt.X(
        "r:Q",
        scale=alt.Scale(type="log", domain=domain, nice=False),
        axis=alt.Axis(values=ticks or [1], labelExpr="'× ' + datum.label", grid=True),
    )
    axis = None if narrow else alt.Axis(labelLimit=220, labelColor=INK)
    y = alt.Y("m:N", sort=order, axis=axis)
    starts = rows(
        m=order,
        r=[ends[n][0][0] for n in order],
        s=[ends[n][-1][0] for n in order],
        t=[ends[n][0][1] for n in order],
    )
    stops = rows(
        m=order, r=[ends[n][-1][0] for n in order], t=[ends[n][-1][1] for n in order]
    )
    fill = alt.Scale(domain=["used", "other"], range=[S1, PAPER])
    dots = alt.Chart(data).mark_point(
        shape="circle", size=80, strokeWidth=2, opacity=1, stroke=S1
    )
    layers = [
        alt.Chart(starts)
        .mark_rule(stroke=INK3, strokeWidth=2)
        .encode(x=x, x2="s:Q", y=y),
        dots.encode(x=x, y=y, fill=alt.Fill("k:N", legend=None, scale=fill)),
        label(stops, x, y, dx=10, fill=INK),
        label(starts, x, y, align="right", dx=-10, fill=INK),
    ]
    if narrow:
        above = rows(m=order, r=[domain[0]] * len(order), t=order)
        layers.append(label(above, x, y, dy=-17, fill=INK, fontWeight=600))
    height = (52 if narrow else 40) * len(order)
    return alt.layer(*layers).properties(width=WIDTH[size], height=height)


def _ticks(low: float, high: float) -> list[float]:
    """1, 2, 5 of each power of ten; the powers alone where there are many."""
    powers = [10.0**n for n in range(-6, 10)]
    every = [part * power for power in powers for part in (1, 2, 5)]
    found = [tick for tick in every if low <= tick <= high]
    if len(found) > MOST:
        found = [tick for tick in powers if low <= tick <= high]
    return [int(tick) if tick >= 1 else round(tick, 6) for tick in found]

"""What surveys found, wave after wave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt

from tracker.report.charts.parts import INK, INK2, INK3, PAPER, S1, WIDTH, label, rows


def survey(v: Mapping[str, Any], size: str, language: str) -> Any:
    """Is the change beyond chance?

    waves: (name, note, share, low, high, text) in order of time; low and high None:
    nobody said how many were asked, so no interval is drawn and the point is hollow.
    The line joins waves with an interval alone: others were counted otherwise.
    """
    narrow = size == "narrow"
    unit = "'\u00a0%'" if language == "fr" else "'%'"
    found = [(f"{name}|{note}", *rest) for name, note, *rest in v["waves"]]
    sure = [one for one in found if one[2] is not None]
    bare = [one for one in found if one[2] is None]
    top = max(high if high is not None else share for _, share, _, high, _ in found)
    x = alt.X(
        "n:N",
        sort=[name for name, *_ in found],
        axis=alt.Axis(labelAngle=0, labelExpr="split(datum.label, '|')"),
        scale=alt.Scale(domain=[name for name, *_ in found]),
    )
    y = alt.Y(
        "v:Q",
        scale=alt.Scale(domain=[0, min(100, top * 1.15 + 1)], nice=True),
        axis=alt.Axis(labelExpr=f"datum.label + {unit}", tickCount=5),
    )
    drawn = rows(
        n=[name for name, *_ in sure],
        v=[share for _, share, *_ in sure],
        lo=[low for _, _, low, *_ in sure],
        hi=[high for _, _, _, high, _ in sure],
        t=[text for *_, text in sure],
    )
    hollow = rows(
        n=[name for name, *_ in bare],
        v=[share for _, share, *_ in bare],
        t=[text for *_, text in bare],
    )
    dot: dict[str, Any] = {"shape": "circle", "size": 90, "opacity": 1}
    said: dict[str, Any] = {"dx": 11, "fontSize": 12 if narrow else 13}
    line = alt.Chart(drawn).mark_line(stroke=INK3, strokeWidth=1.5, strokeDash=[2, 3])
    bars = alt.Chart(drawn).mark_rule(stroke=S1, strokeWidth=3)
    full = alt.Chart(drawn).mark_point(fill=S1, stroke=PAPER, strokeWidth=1.5, **dot)
    open_ = alt.Chart(hollow).mark_point(
        fill=PAPER, stroke=S1, strokeWidth=2, strokeDash=[3, 2], **dot
    )
    layers = [
        line.encode(x=x, y=y),
        bars.encode(x=x, y=alt.Y("lo:Q"), y2="hi:Q"),
        full.encode(x=x, y=y),
        open_.encode(x=x, y=y),
        label(drawn, x, y, fill=INK, fontWeight=600, dy=9, **said),
        label(hollow, x, y, fill=INK2, **said),
    ]
    height = 240 if narrow else 250
    return alt.layer(*layers).properties(width=WIDTH[size], height=height)

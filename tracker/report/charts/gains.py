"""What was gained each day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt

from tracker.model import DAY
from tracker.report.charts.parts import (
    FALL,
    INK3,
    PAPER,
    S1,
    WIDTH,
    at,
    holes_of,
    label,
    pieces,
    rows,
    time,
    up,
)

#: Width of a letter of a name, about.
LETTER = 6.5


def gains(v: Mapping[str, Any], size: str, language: str) -> Any:
    """On which days did it come in, and where is the record broken?

    first, end, days, gains, kinds (gain, fall, many), mean, gaps, dues; fall and
    many: day, value and text of the deepest fall, and of the largest reading that
    covers several days.
    """
    narrow = size == "narrow"
    x = time("d", v["first"], v["end"])
    deep, high = min(0, *v["gains"]), max(1, *v["gains"])
    low, top = deep * 1.9 if deep else 0, high * 1.2
    y = up(low, top, language)
    bars = rows(
        d=[at(d) for d in v["days"]],
        e=[at(d + 1) for d in v["days"]],
        v=v["gains"],
        z=[0] * len(v["days"]),
        k=v["kinds"],
    )
    mean = [(d, m) for d, m in zip(v["days"], v["mean"], strict=True) if m is not None]
    smooth = rows(
        d=[at(d) + DAY // 2 for d, _ in mean],
        v=[m for _, m in mean],
        piece=pieces([d for d, _ in mean], v["gaps"]),
    )
    colours = alt.Scale(
        domain=["gain", "fall", "many"], range=["var(--s1-soft)", FALL, "var(--est)"]
    )
    layers = holes_of(v["gaps"], x)
    if v["dues"]:
        named = not narrow and _fit(v)
        due = rows(
            d=[at(d + 1) for d, _ in v["dues"]],
            v=[top] * len(v["dues"]),
            t=[
                f"{n} {name}" if named else str(n)
                for n, (_, name) in enumerate(v["dues"], 1)
            ],
        )
        rule = alt.Chart(due).mark_rule(stroke=INK3, strokeDash=[2, 3])
        layers += [rule.encode(x=x), label(due, x, y, align="right", dx=-5, dy=7)]
    layers.append(
        alt.Chart(bars)
        .mark_rect(fillOpacity=1, stroke=PAPER, strokeWidth=0.6)
        .encode(
            x=x,
            x2="e:Q",
            y=y,
            y2="z:Q",
            fill=alt.Fill("k:N", legend=None, scale=colours),
        )
    )
    layers.append(alt.Chart(rows(v=[0])).mark_rule(stroke=INK3).encode(y=y))
    if mean:
        layers.append(
            alt.Chart(smooth)
            .mark_line(stroke=S1, strokeWidth=2.25, interpolate="monotone")
            .encode(x=x, y=y, detail="piece:N")
        )
    if v["fall"]:
        day, gain, text = v["fall"]
        said = rows(d=[at(day)], v=[gain], t=[text])
        side = "left" if day < (v["first"] + v["end"]) / 2 else "right"
        look = {"align": side, "dy": 12, "fill": FALL, "fontWeight": 600}
        layers.append(label(said, x, y, **look))
    if v["many"] and not narrow:
        day, gain, text = v["many"]
        early = day < (v["first"] + v["end"]) / 2
        said = rows(d=[at(day + 1 if early else day)], v=[gain], t=[text])
        look = {"align": "left", "dx": 4} if early else {"align": "right", "dx": -4}
        layers.append(label(said, x, y, dy=-4, fill="var(--est)", **look))
    height = 230 if narrow else 270
    return alt.layer(*layers).properties(width=WIDTH[size], height=height)


def _fit(v: Mapping[str, Any]) -> bool:
    """Is there room for the name of each mission left of its day?"""
    days = max(1, v["end"] - v["first"])
    starts = [v["first"], *(day for day, _ in v["dues"])]
    return all(
        (day - before) / days * WIDTH["wide"] > LETTER * len(name) + 3 * LETTER
        for before, (day, name) in zip(starts, v["dues"], strict=False)
    )

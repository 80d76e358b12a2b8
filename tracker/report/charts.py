"""The charts of the campaign page: Altair specs, one theme, SVG that follows the page.

A chart never holds a colour, only the name of one of the page, `var(--s1)`, which
Vega hands through untouched: light, dark and print come from the style sheet.
Time is a plain number axis in milliseconds, so no time zone can shift a day.
This module and its libraries are imported only when a chart must be drawn
(gallery.py knows when).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import altair as alt
import vl_convert
from altair.utils import schemapi

from tracker.catalogue import THIN
from tracker.errors import ReportError
from tracker.formats import months as month_names
from tracker.model import DAY

WIDTH = {"wide": 952, "narrow": 358, "small": 300}
INK, INK2, INK3 = "var(--ink)", "var(--ink-2)", "var(--ink-3)"
LINE, PAPER, FALL = "var(--line)", "var(--paper)", "var(--fall)"
HATCH = "url(#hatch)"  # the page's own pattern: not known
S1, S2 = "var(--s1)", "var(--s2)"
NUMBERS: dict[str, dict[str, Any]] = {
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["$", ""]},
    "fr": {"decimal": ",", "thousands": THIN, "grouping": [3], "currency": ["", ""]},
}
TEXT: dict[str, Any] = {
    "labelColor": INK2,
    "titleColor": INK2,
    "labelFontSize": 12,
    "titleFontSize": 12,
    "titleFontWeight": "normal",
}
CONFIG: dict[str, Any] = {
    "background": None,
    "padding": 2,
    "font": "Roboto, Arial, sans-serif",  # for measuring; the sheet sets the real one
    "aria": False,
    "view": {"stroke": None},
    "axis": {
        **TEXT,
        "gridColor": LINE,
        "domainColor": INK3,
        "tickColor": INK3,
        "labelPadding": 6,
        "tickSize": 4,
    },
    "axisY": {"domain": False, "ticks": False, "title": None, "tickCount": 5},
    "axisX": {"grid": False, "title": None},
    "text": {"fill": INK2, "fontSize": 12},
    "line": {"strokeCap": "round", "strokeJoin": "round"},
}


def draw(
    kind: str,
    size: str,
    language: str,
    values: Mapping[str, Any],
    *,
    check: bool = False,
) -> str:
    """One chart as SVG. Raises ReportError when the renderer draws nothing.

    check: validate the spec against its schema, which costs more than drawing it.
    """
    with schemapi.debug_mode(check):
        spec = (
            KINDS[kind](values, size, language)
            .properties(autosize=alt.AutoSizeParams(type="fit", contains="padding"))
            .to_dict(validate=check)
        )
    spec = filled(spec)
    spec["config"] = CONFIG
    months = list(month_names(language))
    raw = vl_convert.vegalite_to_svg(
        spec,
        format_locale=NUMBERS[language],
        time_format_locale={
            "dateTime": "%d %b %Y",
            "date": "%d/%m/%Y",
            "time": "%H:%M",
            "periods": ["AM", "PM"],
            "days": ["d"] * 7,
            "shortDays": ["d"] * 7,
            "months": months,
            "shortMonths": months,
        },
    )
    if "<text" not in raw:  # the renderer prints its errors, and draws nothing
        raise ReportError(
            "CHART",
            f"chart {kind}",
            "the renderer gave an empty drawing",
            "The last pages stay",
            "Report this with the data of the page",
        )
    return cleaned(raw, f"{kind}-{size}")


# -- parts ----------------------------------------------------------------------


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


# -- charts -----------------------------------------------------------------------


def total(v: Mapping[str, Any], size: str, language: str) -> Any:
    """Will we reach the target by the end?

    first, days, totals, gaps, end; target, base and pace may be None.
    """
    first, end, days = v["first"], v["end"], v["days"]
    narrow = size == "narrow"
    target, pace, today = v["target"], v["pace"], days[-1]
    high = max(v["totals"] + [target or 0, (pace or {}).get("high", 0), 1]) * 1.06
    x, y = time("d", first, end), up(min(0, *v["totals"]), high, language)
    shown = [(d, t) for d, t in zip(days, v["totals"], strict=True)]
    kept = [(d, t) for d, t in shown if not _inside(d, v["gaps"])]
    line = rows(
        d=[at(d + 1) for d, _ in kept],
        v=[t for _, t in kept],
        piece=pieces([d for d, _ in kept], v["gaps"]),
    )
    layers: list[alt.Chart] = _holes(v["gaps"], x)
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


def _inside(day: int, gaps: Sequence[Sequence[int]]) -> bool:
    return any(first <= day <= last for first, last in gaps)


def _holes(gaps: Sequence[Sequence[int]], x: alt.X) -> list[alt.Chart]:
    if not gaps:
        return []
    holes = rows(d=[at(a) for a, _ in gaps], e=[at(b + 1) for _, b in gaps])
    return [alt.Chart(holes).mark_rect(fill=HATCH).encode(x=x, x2="e:Q")]


def gains(v: Mapping[str, Any], size: str, language: str) -> Any:
    """On which days did it come in, and where is the record broken?

    first, end, days, gains, kinds (gain, fall, many), mean, gaps, dues, fall.
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
    layers = _holes(v["gaps"], x)
    if v["dues"]:
        due = rows(
            d=[at(d + 1) for d, _ in v["dues"]],
            v=[top] * len(v["dues"]),
            t=[
                str(n) if narrow else f"{n} {name}"
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
    height = 230 if narrow else 270
    return alt.layer(*layers).properties(width=WIDTH[size], height=height)


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
    ticks = [t for t in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100) if low <= t <= high]
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


KINDS = {
    "total": total,
    "gains": gains,
    "small": small,
    "scatter": scatter,
    "conflict": conflict,
}

# -- what the renderer gives, made small and the page's own --------------------------

DROP = re.compile(
    r'<path class="background"[^>]*/>'
    r'|<rect width="\d+" height="\d+" fill="(white|none|transparent)"/>'
    r"| (?:class|role|aria-[a-z]+|pointer-events|font-family|stroke-miterlimit"
    r'|xmlns:xlink|version)="[^"]*"'
    r'| opacity="1"| fill-opacity="1"| font-size="12px"| font-weight="normal"'
    r'| stroke-width="1"(?=[ /])| x2="0"| y2="0"'
)
PLOT = re.compile(r'<g fill="none"[^>]*transform="translate\(([\d.]+),([\d.]+)\)"')
FRAME = re.compile(r'class="background" aria-hidden="true" d="M[\d.]+,[\d.]+h([\d.]+)')
LONG = re.compile(r"-?\d+\.\d{2,}")
EMPTY = re.compile(r'<g(?: display="none")?></g>|<g( transform="translate\(0,0\)")?/>')


def cleaned(raw: str, name: str) -> str:
    """The drawing without size, roles and fonts; ids carry the chart's name.

    Coordinates are shortened inside tags only: the text of a label is a figure
    and is never touched.
    """
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', raw)
    assert box is not None
    left, frame = PLOT.search(raw), FRAME.search(raw)
    body = DROP.sub("", raw[raw.index(">") + 1 :])
    body = re.sub(r"<[^>]+>", lambda tag: LONG.sub(_shorter, tag[0]), body)
    for _ in range(6):
        body = EMPTY.sub("", body)
    body = re.sub(r' id="(clip\d+)"', rf' id="{name}-\1"', body)
    body = body.replace("url(#clip", f"url(#{name}-clip")
    x0 = float(left[1]) if left else 0.0
    x1 = x0 + (float(frame[1]) if frame else 0.0)
    return (
        f'<svg class="plot" viewBox="0 0 {box[1]} {box[2]}" data-x0="{x0:g}"'
        f' data-x1="{x1:g}" aria-hidden="true" focusable="false">' + body
    )


def _shorter(number: re.Match[str]) -> str:
    return f"{float(number[0]):.1f}".rstrip("0").rstrip(".")

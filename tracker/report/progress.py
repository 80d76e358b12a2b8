"""How the leading figure came about: curves, months, pace, the last week."""

from __future__ import annotations

from datetime import date
from typing import Any

from tracker.facts import CampaignFacts
from tracker.kpi.pace import Pace
from tracker.kpi.series import Daily, mean_of_week
from tracker.model import NOT_ADDITIVE, day_number, number_day
from tracker.report.figures import Figure, claims, resolve
from tracker.report.missions import mission_rows
from tracker.report.pages import (
    Month,
    Progress,
    end_of,
    metric_series,
    pace_of,
)
from tracker.report.sparks import visible
from tracker.words import Words

#: Small curves beside the large one.
SMALLS = 6
#: Days around the end of a curve where no other figure is written.
NEAR = 12


def progress(
    facts: CampaignFacts, tiles: tuple[Figure, ...], w: Words, gallery: Any
) -> Progress | None:
    """None while nothing that could be drawn is known."""
    if facts.leading is None:
        return None
    figure = next((t for t in tiles if t.metric == facts.leading), None)
    figure = figure or resolve(facts, facts.leading)
    series = metric_series(facts, facts.leading, figure.platform)
    if series is None:
        return None
    end, ahead = end_of(facts, series), pace_of(facts, series)
    return Progress(
        metric=facts.leading,
        platform=figure.platform,
        series=series,
        pace=ahead,
        end=end,
        target=figure.target,
        figure=figure,
        total=_total(facts, series, figure, ahead, end, w, gallery),
        gains=_gains(facts, series, end, w, gallery),
        months=tuple(months(series)),
        week=tuple(_week(facts)),
        smalls=tuple(_smalls(facts, tiles, figure, end, w, gallery)),
        largest_fall=_fall(series),
    )


def _total(
    facts: CampaignFacts,
    series: Daily,
    figure: Figure,
    ahead: Any,
    end: date,
    w: Words,
    gallery: Any,
) -> Any:
    totals = series.totals()
    aim = None if figure.target is None else float(figure.target)
    base = 0.0
    return gallery.show(
        "total",
        w,
        {
            "first": series.first,
            "end": day_number(end),
            "days": list(range(series.first, series.last + 1)),
            "totals": visible(totals),
            "gaps": [list(gap) for gap in series.gaps],
            "target": aim,
            "base": base,
            "pace": ahead and _fan(ahead, totals[-1]),
            "published": _published(facts, figure, series, w),
            "now": w(
                "Data as of {day}", day=w.day(number_day(series.last), short=True)
            ),
            "aim": w("Target {n} on {day}", n=w.compact(aim or 0), day=w.day(end)),
            "ahead": w("{n} at this pace", n=w.compact(ahead.mid)) if ahead else "",
            "last": w.compact(totals[-1]),
        },
    )


def _gains(
    facts: CampaignFacts, series: Daily, end: date, w: Words, gallery: Any
) -> Any:
    shown = [
        (day, gain)
        for day, gain in enumerate(series.gains, series.first)
        if not series.in_gap(day)
    ]
    mean = mean_of_week(series)
    fall = _fall(series)
    dues = [(day_number(m.due), m.name) for m in mission_rows(facts) if m.due]
    last = day_number(end)
    return gallery.show(
        "gains",
        w,
        {
            "first": series.first,
            "end": last,
            "days": [day for day, _ in shown],
            "gains": visible([gain for _, gain in shown]),
            "kinds": [_kind(series, day, gain) for day, gain in shown],
            "mean": _rounded([mean[day - series.first] for day, _ in shown]),
            "gaps": [list(gap) for gap in series.gaps],
            "dues": [due for due in dues if series.first <= due[0] <= last],
            "fall": fall and [fall[0], visible([fall[1]])[0], _fallen(fall, w)],
            "many": _many(series, w),
        },
    )


def _published(
    facts: CampaignFacts, figure: Figure, series: Daily, w: Words
) -> list[list[Any]]:
    """Figures of the leading metric that were published in the time of the curve, one
    a day: day, value, text."""
    found: dict[int, float] = {}
    for claim in claims(facts.plan):
        if claim.metric != figure.metric or claim.value is None or not claim.as_of:
            continue
        at = _day(claim.as_of)
        if at is not None and series.first <= at <= series.last:
            found.setdefault(at, float(claim.value))
    ends = _last_read(series)
    return [
        [day, value, "" if abs(day - ends) < NEAR else w.compact(value)]
        for day, value in sorted(found.items())
    ]


def _last_read(series: Daily) -> int:
    """The last day that is drawn, where the total is written already."""
    days = range(series.last, series.first, -1)
    return next((day for day in days if not series.in_gap(day)), series.first)


def _day(text: str) -> int | None:
    try:
        return day_number(date.fromisoformat(text))
    except ValueError:
        return None


def _many(series: Daily, w: Words) -> list[Any] | None:
    """The largest reading that covers several days."""
    found = [
        (gain, day)
        for day, gain in enumerate(series.gains, series.first)
        if gain > 0 and not series.in_gap(day) and series.after_gap(day) > 1
    ]
    if not found:
        return None
    gain, day = max(found)
    text = w("{n} days in one reading", n=series.after_gap(day))
    return [day, visible([gain])[0], text]


def _rounded(values: list[float | None]) -> list[float | None]:
    seen = iter(visible([value for value in values if value is not None]))
    return [None if value is None else round(next(seen), 2) for value in values]


def _fan(ahead: Pace, total: int) -> dict[str, float]:
    low, mid, high, _ = visible([ahead.low, ahead.mid, ahead.high, total])
    return {"low": low, "mid": mid, "high": high}


def _fallen(fall: tuple[int, int], w: Words) -> str:
    day = w.day(number_day(fall[0]), short=True)
    return w("{day}: {n}, taken back", day=day, n=w.number(fall[1]))


def _kind(series: Daily, day: int, gain: int) -> str:
    if gain < 0:
        return "fall"
    return "many" if series.after_gap(day) > 1 else "gain"


def _fall(series: Daily) -> tuple[int, int] | None:
    """The day of the deepest fall, and how deep it was."""
    deepest = min(series.gains, default=0)
    if deepest >= 0:
        return None
    return series.first + series.gains.index(deepest), deepest


def months(series: Daily) -> list[Month]:
    """Gains by month; they add up to the last total."""
    out: list[Month] = []
    total = 0
    for day, gain in enumerate(series.gains, series.first):
        total += gain
        first = number_day(day).replace(day=1)
        read = int(not series.in_gap(day))
        if not out or out[-1].first != first:
            out.append(Month(first, gain, total, 1, read))
            continue
        last = out.pop()
        gained, days, changed = last.gain + gain, last.days + 1, last.changed + read
        out.append(Month(first, gained, total, days, changed))
    return out


def _week(facts: CampaignFacts) -> list[tuple[str, int]]:
    """Gains of the last seven days of data, by metric."""
    if not facts.days:
        return []
    last = max(day.day for day in facts.days)
    found = [("posts", sum(d.posts for d in facts.days if d.day > last - 7))]
    recent = [day for day in facts.added_days if day.day > last - 7]
    found += [
        (metric, sum(day.gains.get(metric, 0) for day in recent))
        for metric in facts.metrics
        if metric not in NOT_ADDITIVE and any(metric in day.gains for day in recent)
    ]
    return found


def _smalls(
    facts: CampaignFacts,
    tiles: tuple[Figure, ...],
    leading: Figure,
    end: date,
    w: Words,
    gallery: Any,
) -> list[tuple[Figure, Any]]:
    out: list[tuple[Figure, Any]] = []
    by_metric = {tile.metric: tile for tile in tiles if tile.platform is None}
    wanted = ["posts", *(m for m in facts.metrics if m != leading.metric)]
    for metric in wanted:
        series = None if metric in NOT_ADDITIVE else metric_series(facts, metric)
        if series is None or len(out) == SMALLS:
            continue
        figure = by_metric.get(metric) or resolve(facts, metric)
        target = figure.target
        values = {
            "first": series.first,
            "end": day_number(end),
            "days": list(range(series.first, series.last + 1)),
            "totals": visible(series.totals()),
            "target": None if target is None else float(target),
        }
        out.append((figure, gallery.small(w, values)))
    return out


def tips(way: Progress | None, people: int, w: Words) -> dict[str, Any]:
    """What the script of the page shows: a line a day, and its own words."""
    words = [
        w("total"),
        w("gain"),
        w("Show all {n}", n=w.number(people)),
        w("Show the first 20"),
        w("Filter by name"),
        w("Columns"),
    ]
    if way is None:
        return {"words": words, "days": 0, "length": 1, "rows": []}
    series, totals = way.series, way.series.totals()
    rows = []
    for at, (gain, total) in enumerate(zip(series.gains, totals, strict=True)):
        day = series.first + at
        said = w.day(number_day(day), short=True)
        read = w("no new figure") if series.in_gap(day) else w.signed(gain)
        rows.append([said, w.number(total), read])
    length = day_number(way.end) - series.first + 1
    return {"words": words, "days": len(rows), "length": length, "rows": rows}

"""Totals: sums of last known values, with what is unknown about them.

The value of a row is the sum of last known values at the end of its period, the
gain the change within it. Every metric carries its coverage and the oldest and
newest reading in it. Where a platform's terms do not allow its figures in sums with
others', it is left out of rows over several platforms, and named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from tracker.errors import NotFoundError
from tracker.model import METRICS, NOT_ADDITIVE, number_day
from tracker.store.database import Database, Link
from tracker.store.figures import Figures

if TYPE_CHECKING:
    from tracker.store.gains import Ints

PERIODS = ("day", "week", "month")
CUTS = (*PERIODS, "platform", "ambassador", "mission", "post")
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Total:
    """One metric of one row. value, gain: None when nothing is known or the metric
    may not be added; oldest, newest: instants of the readings in it."""

    value: int | None
    gain: int | None
    known: int
    unknown: int
    oldest: int | None
    newest: int | None
    additive: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """key: what the row is about, as in INTERFACE.md; posts seen until then."""

    key: dict[str, Any]
    posts: int
    metrics: dict[str, Total]


@dataclass(frozen=True, slots=True)
class Totals:
    """left_out: platforms that are in no row over several platforms, and why.

    shared: posts that stand in more than one row, as those of several missions.
    """

    campaign: str | None
    as_of: int | None
    timezone: str
    by: str | None
    rows: tuple[Row, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    shared: int = 0


class Reckoner:
    """Answers questions about sums.

    apart: platforms whose figures may stand in no sum with others', and why.
    """

    def __init__(
        self, database: Database, zone: ZoneInfo, apart: Mapping[str, str] = NOTHING
    ) -> None:
        self._database, self._zone, self._apart = database, zone, apart

    def totals(
        self,
        campaign: str | None = None,
        *,
        by: str | None = None,
        as_of: int | None = None,
        until: int | None = None,
    ) -> Totals:
        """Sums of a campaign, or of every post of the workspace.

        by: None or one of CUTS. as_of: as the numbers were known at an instant.
        until: only what was captured until an instant.
        """
        return self.several(campaign, (by,), as_of=as_of, until=until)[0]

    def several(
        self,
        campaign: str | None,
        cuts: Iterable[str | None],
        *,
        as_of: int | None = None,
        until: int | None = None,
    ) -> list[Totals]:
        """The same by several cuts, of one snapshot."""
        with self._database.reading() as link:
            number, zone = find_campaign(link, campaign, self._zone)
            figures = Figures(link, number, zone, as_of, until)
            return [cut(figures, campaign, by, self._apart) for by in cuts]


def cut(
    figures: Figures, campaign: str | None, by: str | None, apart: Mapping[str, str]
) -> Totals:
    """Figures as rows: whole, or by one of CUTS."""
    known, shared = figures.as_of, 0
    if known is None:
        known = figures.link.value("SELECT max(recorded_at) FROM payload")
    if by == "mission":
        rows, left, shared = _by_mission(figures, apart)
    else:
        left = left_out(figures, by, apart)
        rows = tuple(_rows(figures.link, figures, by, left))
    reasons = tuple((name, apart[name]) for name in left)
    return Totals(campaign, known, figures.zone.key, by, rows, reasons, shared)


def left_out(figures: Figures, by: str | None, apart: Iterable[str]) -> tuple[str, ...]:
    """Platforms of `apart` that some row would add to others, in order of name."""
    if not apart or by in ("platform", "post"):
        return ()
    cuts = list(figures.platforms().values())
    rows = cuts if by == "ambassador" else [set[str]().union(*cuts)]
    mixed = set[str]().union(*(row for row in rows if len(row) > 1))
    return tuple(sorted(mixed.intersection(apart)))


def find_campaign(link: Link, name: str | None, zone: ZoneInfo) -> tuple[int, ZoneInfo]:
    """Number and zone of a campaign; None is the workspace, number 0."""
    if name is None:
        return 0, zone
    found = link.one("SELECT id, timezone FROM campaign WHERE slug = ?", (name,))
    if found is None:
        known = [slug for (slug,) in link.all("SELECT slug FROM campaign")]
        raise NotFoundError("campaign", name, known)
    return found[0], ZoneInfo(found[1])


def _rows(
    link: Link, figures: Figures, by: str | None, left: tuple[str, ...]
) -> Iterator[Row]:
    blended = replace(figures, without=left) if left else figures
    if by == "post":
        yield from _by_post(link, figures)
    elif by in PERIODS:
        yield from _by_period(blended, str(by))
    elif by == "ambassador" and left:
        yield from _by_ambassador(link, figures, blended)
    else:
        yield from _by_cut(link, blended, by)


def _by_ambassador(link: Link, whole: Figures, blended: Figures) -> Iterator[Row]:
    """Who is on one platform has no sum over several: nothing is left out there."""
    names = dict(link.all("SELECT id, slug FROM ambassador"))
    mixed = {names.get(n) for n, on in whole.platforms().items() if len(on) > 1}
    rest = {row.key["ambassador"]: row for row in _by_cut(link, blended, "ambassador")}
    for row in _by_cut(link, whole, "ambassador"):
        name = row.key["ambassador"]
        yield rest.get(name, _nothing(row)) if name in mixed else row


def _nothing(row: Row) -> Row:
    """Of all that somebody posted nothing may be added up."""
    none = {m: Total(None, None, 0, 0, None, None) for m in row.metrics}
    return Row(row.key, 0, none)


# -- whole, by platform, by ambassador ------------------------------------------


def _by_cut(link: Link, figures: Figures, by: str | None) -> Iterator[Row]:
    column = {"ambassador": "ambassador_id", "platform": "platform"}.get(by or "")
    keys = (column,) if column else ()
    sums = figures.rollup(keys)
    ends = [
        *(pl.col(f"{m}_oldest").min() for m in METRICS),
        *(pl.col(f"{m}_newest").max() for m in METRICS),
    ]
    spans = figures.spans
    span = spans.group_by(keys).agg(ends) if keys else spans.select(ends)
    joined = sums.join(span, on=keys, how="left") if keys else sums.hstack(span)
    names = (
        dict(link.all("SELECT id, slug FROM ambassador")) if by == "ambassador" else {}
    )
    rows = []
    for row in joined.iter_rows(named=True):
        key = {by: names.get(row[column], row[column] or None)} if by and column else {}
        rows.append(Row(key, row["posts"] or 0, {m: _whole(m, row) for m in METRICS}))
    yield from sorted(rows, key=lambda row: [str(v or "") for v in row.key.values()])


def _whole(metric: str, row: dict[str, Any]) -> Total:
    known = row[f"{metric}_known"] or 0
    additive = metric not in NOT_ADDITIVE
    value = row[metric] if known and additive else None
    return Total(
        value,
        value,
        known,
        (row["posts"] or 0) - known,
        row[f"{metric}_oldest"],
        row[f"{metric}_newest"],
        additive,
    )


def _by_mission(
    figures: Figures, apart: Iterable[str]
) -> tuple[tuple[Row, ...], tuple[str, ...], int]:
    """Rows, the platforms left out, and the posts that are in several rows."""
    from tracker.store.missionsums import by_mission

    found = by_mission(figures, tuple(apart))
    rows = tuple(
        Row(
            {"mission": row["mission"]},
            row["posts"] or 0,
            {m: _whole(m, row) for m in METRICS},
        )
        for row in found.sums.iter_rows(named=True)
    )
    return rows, found.left, found.shared


# -- by post --------------------------------------------------------------------


def _by_post(link: Link, figures: Figures) -> Iterator[Row]:
    names = dict(link.all("SELECT id, slug FROM ambassador"))
    for row in figures.last().iter_rows(named=True):
        key = {
            "platform": row["platform"],
            "post_id": row["post_id"],
            "ambassador": names.get(row["ambassador_id"]),
        }
        yield Row(key, 1, {m: _single(m, row) for m in METRICS})


def _single(metric: str, row: dict[str, Any]) -> Total:
    value, at = row[metric], row[f"{metric}_at"]
    known = int(value is not None)
    return Total(value, value, known, 1 - known, at, at)


# -- by day, week, month ----------------------------------------------------------


def _by_period(figures: Figures, by: str) -> Iterator[Row]:
    sums = figures.rollup(("day",))
    if sums.is_empty():
        return
    numbers = sums["day"].to_numpy()
    names = [_period(number_day(int(number)), by) for number in numbers]
    last = np.flatnonzero(
        [a != b for a, b in zip(names, [*names[1:], None], strict=True)]
    )
    oldest, newest = figures.spans_at(numbers[last])
    running = {c: np.cumsum(sums[c].to_numpy()) for c in sums.columns if c != "day"}
    before = -1
    for n, end in enumerate(last.tolist()):
        metrics = {
            metric: _periodic(metric, running, before, end, oldest[n, m], newest[n, m])
            for m, metric in enumerate(METRICS)
        }
        yield Row({by: names[end]}, int(running["posts"][end]), metrics)
        before = end


def _period(day: date, by: str) -> str:
    if by == "day":
        return day.isoformat()
    if by == "month":
        return day.isoformat()[:7]
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _periodic(
    metric: str,
    running: dict[str, Ints],
    before: int,
    end: int,
    oldest: int,
    newest: int,
) -> Total:
    sums, known = running[metric], int(running[f"{metric}_known"][end])
    if not known:
        unknown = int(running["posts"][end])
        return Total(None, None, 0, unknown, None, None, metric not in NOT_ADDITIVE)
    additive = metric not in NOT_ADDITIVE
    value = int(sums[end])
    gain = value - (int(sums[before]) if before >= 0 else 0)
    return Total(
        value if additive else None,
        gain if additive else None,
        known,
        int(running["posts"][end]) - known,
        int(oldest),
        int(newest),
        additive,
    )

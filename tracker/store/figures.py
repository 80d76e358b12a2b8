"""The figures of one campaign: from the kept sums, or replayed from readings.

Both give the same three things, so that a total is computed one way only: the
rollup rows, the last known value of each post, and the readings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from tracker.model import METRICS
from tracker.store import bulk, rollups, series
from tracker.store.archive.gather import Wish, gather
from tracker.store.attribution import RESULT
from tracker.store.database import Link
from tracker.store.gains import Series, contributions, days, firsts, steps

if TYPE_CHECKING:
    from tracker.store.gains import Ints

LAST = {
    "post": pl.Int64,
    "platform": pl.String,
    "post_id": pl.String,
    "ambassador_id": pl.Int64,
    **dict.fromkeys(METRICS, pl.Int64),
    **dict.fromkeys((f"{metric}_at" for metric in METRICS), pl.Int64),
}
_ROLLUP = {
    "campaign_id": pl.Int64,
    "ambassador_id": pl.Int64,
    "platform": pl.String,
    "day": pl.Int64,
    **dict.fromkeys(rollups.FIGURES, pl.Int64),
}
#: Later than any day and any instant.
FAR = np.iinfo(np.int64).max
_COUNTS = ", ".join(f"coalesce(r.{metric}, -1)" for metric in METRICS)
#: Readings as they were known at an instant and captured until another one.
VERSIONS = (
    f"SELECT r.post_id, r.captured_at, {_COUNTS} FROM wanted_series w"
    " JOIN {readings} r ON r.post_id = w.post JOIN payload p ON p.id = r.payload_id"
    " WHERE p.recorded_at <= ? AND r.captured_at <= ?"
    f" UNION ALL SELECT r.post_id, r.captured_at, {_COUNTS} FROM wanted_series w"
    " JOIN reading_past r ON r.post_id = w.post"
    " JOIN payload p ON p.id = r.payload_id JOIN payload q ON q.id = r.replaced_by"
    " WHERE p.recorded_at <= ? AND q.recorded_at > ? AND r.captured_at <= ?"
    " ORDER BY 1, 2"
)


@dataclass(frozen=True)
class Figures:
    """campaign: row number, 0 the workspace; as_of, until: instants or None.

    without: platforms that are left out.
    """

    link: Link
    campaign: int
    zone: ZoneInfo
    as_of: int | None = None
    until: int | None = None
    without: tuple[str, ...] = ()

    @property
    def live(self) -> bool:
        return self.as_of is None and self.until is None

    def platforms(self) -> dict[int, set[str]]:
        """Platforms with posts that count, by ambassador (row number, 0: nobody)."""
        found: dict[int, set[str]] = {}
        for ambassador, platform in self.link.all(
            "SELECT DISTINCT ambassador_id, platform FROM rollup WHERE campaign_id = ?",
            (self.campaign,),
        ):
            found.setdefault(ambassador, set()).add(platform)
        return found

    def _but(self, column: str) -> str:
        """A condition on the platform, for which `without` gives the values."""
        marks = ", ".join("?" * len(self.without))
        return f" AND {column} NOT IN ({marks})" if self.without else ""

    def rollup(self, keys: tuple[str, ...]) -> pl.DataFrame:
        """Sums by some of rollups.KEYS, ordered by them."""
        if self.live:
            return self._stored(keys)
        parts = [
            rollups.rolled(
                contributions(piece, steps(piece), firsts(piece)),
                self._attributed,
                {self.campaign: self.zone},
            )
            for piece in self.readings()
        ]
        rows = rollups.merged([pl.DataFrame(schema=_ROLLUP), *parts])
        sums = pl.col(rollups.FIGURES).sum()
        return rows.group_by(keys).agg(sums).sort(keys) if keys else rows.select(sums)

    def _stored(self, keys: tuple[str, ...]) -> pl.DataFrame:
        columns = [*keys, *(f"sum({name})" for name in rollups.FIGURES)]
        group = (
            f" GROUP BY {', '.join(keys)} ORDER BY {', '.join(keys)}" if keys else ""
        )
        schema = {name: _ROLLUP[name] for name in (*keys, *rollups.FIGURES)}
        casts = [f"CAST({c} AS BIGINT)" if c.startswith("sum(") else c for c in columns]
        return self.link.frame(
            f"SELECT {', '.join(casts)} FROM rollup WHERE campaign_id = ?"
            f"{self._but('platform')}{group}",
            (self.campaign, *self.without),
            schema,
        )

    @cached_property
    def known(self) -> tuple[str, ...]:
        """Metrics that are known of any post of the workspace today. What nobody ever
        told is not asked for post by post."""
        maxima = ", ".join(f"max({metric}_at)" for metric in METRICS)
        row = self.link.one(f"SELECT {maxima} FROM post_state") or ()
        return tuple(m for m, at in zip(METRICS, row, strict=True) if at is not None)

    def last(self) -> pl.DataFrame:
        """Last known values of each post and their instants (LAST), ordered by
        platform and id."""
        if self.live:
            names = [*self.known, *(f"{metric}_at" for metric in self.known)]
            columns = "".join(f", s.{name}" for name in names)
            found = self.link.frame(
                f"SELECT p.id, p.platform, p.external_id, a.ambassador_id{columns}"
                " FROM attribution a JOIN post_state s ON s.post_id = a.post_id"
                " JOIN post p ON p.id = a.post_id WHERE a.campaign_id = ?"
                " ORDER BY p.platform, p.external_id",
                (self.campaign,),
                {name: LAST[name] for name in (*list(LAST)[:4], *names)},
            )
            return _whole(found, LAST)
        return self._replayed()

    def _replayed(self) -> pl.DataFrame:
        names = self.link.frame(
            "SELECT p.id, p.platform, p.external_id, a.ambassador_id FROM attribution a"
            " JOIN post p ON p.id = a.post_id WHERE a.campaign_id = ?"
            " ORDER BY p.platform, p.external_id",
            (self.campaign,),
            dict(list(LAST.items())[:4]),
        )
        numbers = {k: v for k, v in LAST.items() if k not in names.columns[1:]}
        parts = [pl.DataFrame(schema=numbers)]
        parts += [last_known(piece).select(*numbers) for piece in self.readings()]
        return names.join(pl.concat(parts), on="post", maintain_order="left").select(
            *LAST
        )

    @cached_property
    def spans(self) -> pl.DataFrame:
        """Oldest and newest instant of the last known values, by platform and
        ambassador: {metric}_oldest, {metric}_newest."""
        keys = ["platform", "ambassador_id"]
        if not self.live:
            ats = [f"{metric}_at" for metric in METRICS]
            return (
                self.last()
                .filter(~pl.col("platform").is_in(self.without))
                .group_by(keys)
                .agg(
                    *(pl.col(at).min().alias(f"{at[:-3]}_oldest") for at in ats),
                    *(pl.col(at).max().alias(f"{at[:-3]}_newest") for at in ats),
                )
            )
        columns = [
            *(f", min(s.{metric}_at)" for metric in self.known),
            *(f", max(s.{metric}_at)" for metric in self.known),
        ]
        found = self.link.frame(
            f"SELECT p.platform, a.ambassador_id{''.join(columns)}"
            " FROM attribution a JOIN post_state s ON s.post_id = a.post_id"
            " JOIN post p ON p.id = a.post_id WHERE a.campaign_id = ?"
            f"{self._but('p.platform')} GROUP BY p.platform, a.ambassador_id",
            (self.campaign, *self.without),
            _span_columns(self.known),
        )
        return _whole(found, _span_columns(METRICS))

    def readings(self) -> Iterator[Series]:
        """All readings of the campaign's posts, in pieces of bounded size."""
        if self.as_of is not None:
            for some in series.split(self.link, self.posts):
                yield self._versions(some)
            return
        for piece in series.pieces(self.link, self.posts):
            yield piece if self.until is None else _cut(piece, self.until)

    @property
    def posts(self) -> Ints:
        """Rows of the campaign's posts, in order."""
        return self._attributed["post"].unique().sort().to_numpy()

    def spans_at(self, ends: Ints) -> tuple[Ints, Ints]:
        """Oldest and newest last known instant at the end of each of some days, see
        `Spans`."""
        spans = Spans(ends)
        for piece in self.readings():
            spans.paint(piece, days(piece.at, self.zone))
        return spans.found()

    def _versions(self, posts: Ints) -> Series:
        bulk.wanted(self.link, "wanted_series", pl.DataFrame({"post": posts}))
        seen = 2**62 if self.until is None else self.until
        readings = gather(self.link, Wish("wanted_series"))
        found = bulk.numbers(
            self.link,
            VERSIONS.format(readings=readings),
            (self.as_of, seen, self.as_of, self.as_of, seen),
            width=2 + len(METRICS),
        )
        return Series(found[:, 0], found[:, 1], found[:, 2:])

    @property
    def _attributed(self) -> pl.DataFrame:
        return self.link.frame(
            "SELECT a.post_id, a.campaign_id, a.ambassador_id, p.platform"
            " FROM attribution a JOIN post p ON p.id = a.post_id"
            f" WHERE a.campaign_id = ?{self._but('p.platform')}",
            (self.campaign, *self.without),
            RESULT,
        )


def _cut(piece: Series, until: int) -> Series:
    """What was captured until an instant."""
    some = piece.at <= until
    return Series(piece.post[some], piece.at[some], piece.values[some])


def _span_columns(metrics: Iterable[str]) -> dict[str, Any]:
    names = [f"{m}_{end}" for end in ("oldest", "newest") for m in metrics]
    return {
        "platform": pl.String,
        "ambassador_id": pl.Int64,
        **dict.fromkeys(names, pl.Int64),
    }


def _whole(found: pl.DataFrame, schema: Mapping[str, Any]) -> pl.DataFrame:
    """With all columns; those that were not asked for are unknown."""
    missing = [name for name in schema if name not in found.columns]
    none = [pl.lit(None, schema[name]).alias(name) for name in missing]
    return found.with_columns(none).select(*schema)


def last_known(piece: Series) -> pl.DataFrame:
    """post, and each metric with {metric}_at: its last known value, null if none."""
    last = steps(piece).last
    columns = {"post": pl.Series(piece.post[piece.starts])}
    for n, metric in enumerate(METRICS):
        at = pl.Series(last.at[:, n])
        columns[metric] = bulk.unknown_null(last.values[:, n])
        columns[f"{metric}_at"] = at.set(pl.Series(last.values[:, n] < 0), None)
    return pl.DataFrame(columns)


class Spans:
    """Oldest and newest last known instant at the end of each of some days.

    ends: ordered day numbers. A range of days is covered by two ranges of a power of
    two, so the smallest instant of each day is found without walking through the days.
    """

    def __init__(self, ends: Ints) -> None:
        self._ends = ends
        levels, size = max(1, len(ends).bit_length()), (len(ends), len(METRICS))
        self._least = np.full((levels, *size), FAR, np.int64)
        self._newest = np.full(size, -FAR, np.int64)

    def paint(self, piece: Series, day: Ints) -> None:
        """All readings of some posts, and the day of each."""
        for m in range(len(METRICS)):
            known = np.flatnonzero(piece.values[:, m] >= 0)
            if len(known):
                post, at, first = piece.post[known], piece.at[known], day[known]
                follows = np.r_[post[1:] == post[:-1], False]
                until = np.where(follows, np.r_[first[1:], 0], FAR)
                self.cover(m, first, until, at, at)

    def cover(
        self, m: int, first: Ints, until: Ints, oldest: Ints, newest: Ints
    ) -> None:
        """Last known values of a metric from a day until another one (FAR: for good),
        and the instants of the oldest and the newest of them."""
        low = np.searchsorted(self._ends, first)
        high = np.searchsorted(self._ends, until) - 1
        inside = low < len(self._ends)
        np.maximum.at(self._newest[:, m], low[inside], newest[inside])
        kept = inside & (high >= low)
        low, high, at = low[kept], high[kept], oldest[kept]
        level = np.frexp((high - low + 1).astype(float))[1] - 1
        least = self._least[:, :, m]
        np.minimum.at(least, (level, low), at)
        np.minimum.at(least, (level, high - (1 << level) + 1), at)

    def found(self) -> tuple[Ints, Ints]:
        """Two arrays, days x metrics; FAR and -FAR where nothing is known."""
        least, count = self._least, len(self._ends)
        for level in range(len(least) - 1, 0, -1):
            half = 1 << (level - 1)
            least[level - 1] = np.minimum(least[level - 1], least[level])
            least[level - 1][half:] = np.minimum(
                least[level - 1][half:], least[level][: count - half]
            )
        return least[0], np.maximum.accumulate(self._newest, axis=0)

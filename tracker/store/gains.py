"""Gains: what each reading adds to the last known value of its post. Pure.

Readings stand in arrays, ordered by post and instant. An unknown count is -1
here (counts are never negative), since arrays of whole numbers have no null.

The law kept here: a gain is the difference to the last known value, a post's
first known value is a gain from nothing, an unknown value changes nothing. So the
sum of gains is the last known value, whatever the order and the days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from tracker.model import DAY, DAY_MARK, METRICS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Series:
    """Readings ordered by post and instant.

    post, at: n; values: n x metrics, -1 unknown.
    """

    post: Ints
    at: Ints
    values: Ints

    @property
    def starts(self) -> Ints:
        """Where each post begins."""
        if not len(self.post):
            return np.empty(0, np.int64)
        changes = np.r_[True, self.post[1:] != self.post[:-1]]
        return np.flatnonzero(changes).astype(np.int64, copy=False)

    def ends(self, starts: Ints) -> Ints:
        """Where each post ends (the last reading itself)."""
        last: Ints = np.append(starts[1:], len(self.post)) - 1
        return last


@dataclass(frozen=True, slots=True)
class Known:
    """Last known values of posts: value and instant, -1 unknown; k x metrics."""

    values: Ints
    at: Ints

    @classmethod
    def nothing(cls, posts: int) -> Known:
        empty = np.full((posts, len(METRICS)), UNKNOWN, np.int64)
        return cls(empty, empty.copy())


@dataclass(frozen=True, slots=True)
class Steps:
    """What each reading changed: gain, and whether the metric became known."""

    gain: Ints
    known: Ints
    last: Known


def steps(series: Series, before: Known | None = None) -> Steps:
    """Gains of a series, going on from what was known of its posts before it."""
    starts = series.starts
    before = before or Known.nothing(len(starts))
    ends = series.ends(starts)
    # column after column: each is worked through as a whole
    gain = np.zeros(series.values.shape, np.int64, order="F")
    known = np.zeros(series.values.shape, np.int64, order="F")
    last = Known(before.values.copy(), before.at.copy())
    for m in range(series.values.shape[1]):
        value = np.ascontiguousarray(series.values[:, m])
        is_known = value >= 0
        if not is_known.any():
            continue
        # the newest known row up to each row, maybe of a post before it
        newest = np.arange(len(value))
        if not is_known.all():
            newest = np.maximum.accumulate(np.where(is_known, newest, -1))
        previous = _earlier(value, newest, starts, before.values[:, m])
        gain[:, m] = np.where(is_known, value - np.maximum(previous, 0), 0)
        known[:, m] = is_known & (previous < 0)
        found = newest[ends]
        here = found >= starts
        last.values[here, m] = value[found[here]]
        last.at[here, m] = series.at[found[here]]
    return Steps(gain, known, last)


def _earlier(value: Ints, newest: Ints, starts: Ints, before: Ints) -> Ints:
    """What was known of each row's post before it."""
    previous = np.empty_like(value)
    previous[1:] = value[newest[:-1]]
    lengths = np.diff(np.r_[starts, len(value)])
    opens = np.repeat(starts, lengths)
    inside = np.r_[-1, newest[:-1]] >= opens
    return np.where(inside, previous, np.repeat(before, lengths))


def days(at: Ints, zone: ZoneInfo) -> Ints:
    """Day numbers of instants in a zone; a day without a time keeps its own."""
    offset = (
        pl.Series(at)
        .cast(pl.Datetime("ms", "UTC"))
        .dt.convert_time_zone(zone.key)
        .dt.date()
        .cast(pl.Int32)
        .cast(pl.Int64)
        .to_numpy()
    )
    return np.where(at % DAY == DAY_MARK, at // DAY, offset)


def contributions(series: Series, made: Steps, first: Ints) -> pl.DataFrame:
    """One row a reading that changed something: post, at, posts, gains, knowns.

    first marks the readings that are the first of their post (1) or not (0).
    Columns that are zero throughout are left out.
    """
    data: dict[str, Ints] = {"post": series.post, "at": series.at, "posts": first}
    for m, metric in enumerate(METRICS):
        if made.gain[:, m].any():
            data[metric] = made.gain[:, m]
        if made.known[:, m].any():
            data[f"{metric}_known"] = made.known[:, m]
    frame = pl.DataFrame(data)
    return frame.filter(pl.any_horizontal(pl.exclude("post", "at") != 0))


def firsts(series: Series) -> Ints:
    """1 for the first reading of each post."""
    marks = np.zeros(len(series.post), np.int64)
    marks[series.starts] = 1
    return marks

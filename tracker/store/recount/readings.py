"""All readings there are, post by post, as arrays of bounded size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from tracker.model import METRICS
from tracker.store import bulk, refresh, series
from tracker.store.database import Link
from tracker.store.gains import UNKNOWN, Series

if TYPE_CHECKING:
    from tracker.store.gains import Ints
    from tracker.store.recount import Opening

#: Readings worked on at once.
AT_ONCE = 200_000


def everything(link: Link, opening: Opening | None) -> Iterator[Series]:
    """Each post's readings once, and whole. opening: an engine; None: by the database,
    some posts at a time."""
    if opening is None:
        posts = bulk.numbers(link, "SELECT post_id FROM post_state ORDER BY 1", width=1)
        for start in range(0, len(posts), refresh.AT_ONCE):
            yield from series.pieces(link, posts[start : start + refresh.AT_ONCE, 0])
        return
    with opening(link) as engine:
        known = engine.metrics.all
        columns = "".join(f", {metric}" for metric in known)
        sql = f"SELECT post, captured_at{columns} FROM readings"
        for frame in engine.each(f"{sql} ORDER BY post, captured_at"):
            yield from _cut(frame)


def _cut(frame: pl.DataFrame) -> Iterator[Series]:
    """Whole posts, about AT_ONCE readings at a time."""
    for first, last in _ends(frame["post"].to_numpy()):
        yield _series(frame[first:last])


def _ends(post: Ints) -> Iterator[tuple[int, int]]:
    """Where pieces begin and end, so that no post is in two."""
    first = 0
    while first < len(post):
        last = min(first + AT_ONCE, len(post))
        if last < len(post):
            last = int(np.searchsorted(post, post[last - 1], side="right"))
        yield first, last
        first = last


def _series(frame: pl.DataFrame) -> Series:
    values = np.full((len(frame), len(METRICS)), UNKNOWN, np.int64)
    for n, metric in enumerate(METRICS):
        if metric in frame.columns:
            values[:, n] = frame[metric].fill_null(UNKNOWN).to_numpy()
    return Series(frame["post"].to_numpy(), frame["captured_at"].to_numpy(), values)

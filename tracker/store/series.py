"""Stored readings of some posts, as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from tracker.model import METRICS
from tracker.store import bulk
from tracker.store.database import Link
from tracker.store.gains import Series
from tracker.store.merge import Rows

if TYPE_CHECKING:
    from tracker.store.gains import Ints

#: Readings held in memory at once while posts are recounted.
AT_ONCE = 200_000

_COUNTS = ", ".join(f"coalesce(r.{metric}, -1)" for metric in METRICS)


def of(link: Link, posts: Ints) -> Series:
    """All readings of these posts, ordered by post and instant."""
    bulk.wanted(link, "wanted_series", pl.DataFrame({"post": posts}))
    found = bulk.numbers(
        link,
        f"SELECT r.post_id, r.captured_at, {_COUNTS} FROM wanted_series w"
        " JOIN reading r ON r.post_id = w.post ORDER BY r.post_id, r.captured_at",
        width=2 + len(METRICS),
    )
    return Series(found[:, 0], found[:, 1], found[:, 2:])


def pieces(link: Link, posts: Ints) -> Iterator[Series]:
    """The same in pieces of bounded size; a post is never split."""
    bulk.wanted(link, "wanted_counts", pl.DataFrame({"post": posts}))
    counts = bulk.numbers(
        link,
        "SELECT w.post, (SELECT count(*) FROM reading r WHERE r.post_id = w.post)"
        " FROM wanted_counts w ORDER BY w.post",
        width=2,
    )
    if len(counts):
        piece = np.cumsum(counts[:, 1]) // AT_ONCE
        for number in np.unique(piece):
            yield of(link, counts[piece == number, 0])


def same_identity(link: Link, new: Rows) -> Rows:
    """The stored readings with the same post and instant as any of the new rows."""
    bulk.wanted(
        link, "wanted_identities", pl.DataFrame({"post": new.post, "at": new.at})
    )
    found = bulk.numbers(
        link,
        f"SELECT r.post_id, r.captured_at, r.line, r.payload_id, {_COUNTS}"
        " FROM wanted_identities w JOIN reading r ON r.post_id = w.post"
        " AND r.captured_at = w.at",
        width=4 + len(METRICS),
    )
    return Rows(found[:, 0], found[:, 1], found[:, 2], found[:, 3], found[:, 4:])

"""Stored readings of some posts, hot and archived, as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from tracker.model import METRICS
from tracker.store import bulk
from tracker.store.archive.gather import KEY, Wish, counts, numbers
from tracker.store.database import Link
from tracker.store.gains import Series
from tracker.store.merge import Rows

if TYPE_CHECKING:
    from tracker.store.gains import Ints

#: Readings held in memory at once while posts are recounted.
AT_ONCE = 200_000


def of(link: Link, posts: Ints) -> Series:
    """All readings of these posts, ordered by post and instant."""
    bulk.wanted(link, "wanted_series", pl.DataFrame({"post": posts}))
    found = numbers(link, Wish("wanted_series"), (*KEY, *METRICS))
    return Series(found[:, 0], found[:, 1], found[:, 2:])


def pieces(link: Link, posts: Ints) -> Iterator[Series]:
    """The same in pieces of bounded size; a post is never split."""
    for some in split(link, posts):
        yield of(link, some)


def split(link: Link, posts: Ints, *, in_order: bool = False) -> Iterator[Ints]:
    """Some posts after the others, so many together as have a bounded number of
    readings; by their numbers, or as they are given (each once)."""
    bulk.wanted(link, "wanted_counts", pl.DataFrame({"post": posts}))
    many = counts(link, "wanted_counts")
    if in_order:
        many = many[np.searchsorted(many[:, 0], posts)]
    if len(many):
        piece = np.cumsum(many[:, 1]) // AT_ONCE
        for number in np.unique(piece):
            yield many[piece == number, 0]


def same_identity(link: Link, new: Rows) -> Rows:
    """The stored readings with the same post and instant as any of the new rows."""
    bulk.wanted(
        link, "wanted_identities", pl.DataFrame({"post": new.post, "at": new.at})
    )
    wish = Wish("wanted_identities", exact=True)
    found = numbers(link, wish, (*KEY, "line", "payload_id", *METRICS))
    return Rows(found[:, 0], found[:, 1], found[:, 2], found[:, 3], found[:, 4:])

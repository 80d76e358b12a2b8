"""What is hot, written once for engines that cannot read the database.

Rows go by in pieces, ordered by post, so memory does not grow with them; a file never
ends within a post.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from tracker.model import METRICS
from tracker.store import bulk
from tracker.store.database import Link
from tracker.store.engines.posts import most

if TYPE_CHECKING:
    from tracker.store.gains import Ints

#: Readings in one file.
ROWS = 500_000
#: The home of posts of which nothing is archived.
NO_HOME = -1
#: The columns of a file. home: the campaign in whose folder the post is archived.
COLUMNS = ("home", "post", "captured_at", *METRICS)

_COUNTS = ", ".join(f"coalesce(r.{metric}, -1)" for metric in METRICS)


@dataclass(frozen=True, slots=True)
class HotFile:
    """Where it is; how many readings it has of posts that have nothing archived, and of
    all; the last post in it; how many of each metric are known."""

    name: str
    rows: int
    unarchived: int
    last_post: int
    known: dict[str, int]


def write(
    link: Link, posts: Ints, put: Callable[[int, pl.DataFrame], str]
) -> Iterator[HotFile]:
    """Write the hot readings of these posts (ordered).

    put: writes a frame (COLUMNS) with its number, and says where it is.
    """
    number = 0
    for some in _pieces(link, posts):
        frame = _frame(link, some)
        if len(frame):
            name = put(number, frame)
            yield _described(name, frame)
            number += 1


def _pieces(link: Link, posts: Ints) -> Iterator[Ints]:
    """Posts that have hot readings, in order, so many at a time as have about ROWS."""
    if len(posts):
        yield from even(_counts(link, posts), ROWS)


def _counts(link: Link, posts: Ints) -> Ints:
    """Posts in order, with how many hot readings they have."""
    import numpy as np

    if most(link, posts):
        sql = "SELECT post_id, count(*) FROM reading GROUP BY post_id ORDER BY post_id"
        every = bulk.numbers(link, sql, width=2)
        return every[np.isin(every[:, 0], posts, assume_unique=True)]
    bulk.wanted(link, "wanted_counts", pl.DataFrame({"post": posts}))
    sql = (
        "SELECT w.post, (SELECT count(*) FROM reading r WHERE r.post_id = w.post)"
        " FROM wanted_counts w ORDER BY w.post"
    )
    some = bulk.numbers(link, sql, width=2)
    return some[some[:, 1] > 0]


def even(counts: Ints, rows: int) -> Iterator[Ints]:
    """Posts of a list of posts and counts, so many at a time as have about so many
    readings."""
    import numpy as np

    piece = np.cumsum(counts[:, 1]) // rows
    yield from np.split(counts[:, 0], np.flatnonzero(np.diff(piece)) + 1)


def _frame(link: Link, posts: Ints) -> pl.DataFrame:
    bulk.wanted(link, "wanted_hot", pl.DataFrame({"post": posts}))
    found = bulk.numbers(
        link,
        f"SELECT coalesce(a.campaign_id, {NO_HOME}), r.post_id, r.captured_at,"
        f" {_COUNTS} FROM wanted_hot w JOIN reading r ON r.post_id = w.post"
        " LEFT JOIN archived_post a ON a.post_id = w.post"
        " ORDER BY r.post_id, r.captured_at",
        width=len(COLUMNS),
    )
    return pl.DataFrame(
        {
            name: bulk.unknown_null(found[:, n])
            if name in METRICS
            else found[:, n].copy()
            for n, name in enumerate(COLUMNS)
        }
    )


def _described(name: str, frame: pl.DataFrame) -> HotFile:
    return HotFile(
        name,
        len(frame),
        int((frame["home"] == NO_HOME).sum()),
        int(frame["post"][-1]),
        {m: len(frame) - frame[m].null_count() for m in METRICS},
    )

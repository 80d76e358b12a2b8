"""The database's own engine, SQLite or PostgreSQL, in pieces of whole posts.

What is archived of a piece is brought beside its hot readings first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from tracker.model import METRICS
from tracker.store import bulk
from tracker.store.archive.files import Address
from tracker.store.archive.gather import Wish, counts, gather
from tracker.store.database import Link
from tracker.store.engines.hot import even
from tracker.store.engines.posts import everything
from tracker.store.engines.statement import Metrics

if TYPE_CHECKING:
    from tracker.store.gains import Ints

#: Readings in one piece, about.
ROWS = 1_000_000
WANTED, READINGS = "wanted_rollup", "readings"


@contextmanager
def opened(
    link: Link,
    archive: Address,
    folder: Path,
    *,
    only: pl.DataFrame | None = None,
    master: str | None = None,
    rows: int | None = None,
) -> Iterator[Own]:
    """The database itself; see the package. archive, folder and master are others'."""
    counted = everything(link) if only is None else only
    posts = counted["post"].unique().sort().to_numpy()
    engine = Own(link, list(_pieces(link, posts, rows or ROWS)))
    engine.relate("counted", counted)
    yield engine
    engine.close()  # else the transaction ends, and with it all that was made for this


def _pieces(link: Link, posts: Ints, rows: int) -> Iterator[Ints]:
    """Posts in order, so many at a time as have about so many readings."""
    if len(posts):
        bulk.wanted(link, "wanted_counts", pl.DataFrame({"post": posts}))
        yield from even(counts(link, "wanted_counts"), rows)


class Own:
    """Runs SQL in the transaction of a link; `readings` is a temporary view."""

    newest = None

    def __init__(self, link: Link, pieces: Sequence[Ints]) -> None:
        self._link, self._pieces = link, pieces

    @cached_property
    def metrics(self) -> Metrics:
        """What some post knows today; whether every reading does is not looked for."""
        maxima = ", ".join(f"max({metric}_at)" for metric in METRICS)
        row = self._link.one(f"SELECT {maxima} FROM post_state") or ()
        seen = (m for m, at in zip(METRICS, row, strict=True) if at is not None)
        return Metrics((), tuple(seen))

    @property
    def pieces(self) -> int:
        return len(self._pieces)

    def relate(self, name: str, frame: pl.DataFrame) -> None:
        bulk.wanted(self._link, name, frame)

    def each(self, sql: str) -> Iterator[pl.DataFrame]:
        for posts in self._pieces:
            self._look_at(posts)
            yield self._answer(sql)

    def _look_at(self, posts: Ints) -> None:
        self._link.run(f"DROP VIEW IF EXISTS {READINGS}")
        bulk.wanted(self._link, WANTED, pl.DataFrame({"post": posts}))
        rows = gather(self._link, Wish(WANTED), self.metrics.all)
        columns = ", ".join(f"r.{metric}" for metric in METRICS)
        self._link.run(
            f"CREATE TEMP VIEW {READINGS} AS SELECT r.post_id AS post, r.captured_at,"
            f" {columns} FROM {WANTED} w JOIN {rows} r ON r.post_id = w.post"
        )

    def _answer(self, sql: str) -> pl.DataFrame:
        cursor = self._link.connection.cursor()
        cursor.execute(sql)
        names = [column[0] for column in cursor.description]
        found = pl.DataFrame(
            cursor.fetchall(), schema=names, orient="row", infer_schema_length=None
        )
        # of a column without any value the driver says no type: most are numbers
        return found.with_columns(pl.col(pl.Null).cast(pl.Int64))

    def close(self) -> None:
        """Tables of keys may be made anew by whoever comes next in the transaction."""
        self._link.run(f"DROP VIEW IF EXISTS {READINGS}")

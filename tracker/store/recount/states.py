"""Last known values of posts that are kept otherwise than their readings say."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from tracker.store import bulk
from tracker.store.database import Link
from tracker.store.figures import last_known
from tracker.store.gains import Series


class Wrong:
    """Collects them; kept, counted: the columns of `state`, by post."""

    def __init__(self) -> None:
        self._kept: list[pl.DataFrame] = []
        self._counted: list[pl.DataFrame] = []

    def look_at(self, link: Link, piece: Series) -> None:
        """Compare the posts of a piece."""
        counted = state(piece)
        kept = _kept(link, counted)
        if counted.equals(kept):
            return
        names = counted.columns
        right = counted.join(kept, on=names, how="anti", nulls_equal=True)
        posts = right["post_id"].implode()
        self._counted.append(right)
        self._kept.append(kept.filter(pl.col("post_id").is_in(posts)))

    def differences(self) -> Iterator[tuple[int, str, int | None, int | None]]:
        """Post (row number), column, kept and counted value."""
        for kept, counted in zip(self._kept, self._counted, strict=True):
            rows = zip(
                kept.sort("post_id").iter_rows(named=True),
                counted.sort("post_id").iter_rows(named=True),
                strict=True,
            )
            for was, now in rows:
                for name, value in now.items():
                    if was[name] != value:
                        yield now["post_id"], name, was[name], value

    def write(self, link: Link) -> None:
        """Keep what was counted."""
        for counted in self._counted:
            restate(link, counted)


def state(piece: Series) -> pl.DataFrame:
    """What is known of posts by their readings: columns of post_state, by post."""
    starts = piece.starts
    return last_known(piece).select(
        pl.col("post").alias("post_id"),
        pl.Series("first_at", piece.at[starts]),
        pl.Series("last_at", piece.at[piece.ends(starts)]),
        pl.exclude("post"),
    )


def restate(link: Link, states: pl.DataFrame) -> None:
    """Write what is known of posts."""
    names = [name for name in states.columns if name != "post_id"]
    sets = ", ".join(f"{name} = ?" for name in names)
    link.many(
        f"UPDATE post_state SET {sets} WHERE post_id = ?",
        states.select(*names, "post_id").iter_rows(),
    )


def _kept(link: Link, counted: pl.DataFrame) -> pl.DataFrame:
    """The same posts and columns as they are kept."""
    names = counted.columns
    bulk.wanted(link, "wanted_state", counted.select(post="post_id"))
    said = ", ".join(
        f"s.{name}" if name == "post_id" else f"coalesce(s.{name}, -1)"
        for name in names
    )
    found = bulk.numbers(
        link,
        f"SELECT {said} FROM wanted_state w JOIN post_state s ON s.post_id = w.post"
        " ORDER BY s.post_id",
        width=len(names),
    )
    return pl.DataFrame(
        {
            name: pl.Series(found[:, n].copy())
            if name == "post_id"
            else bulk.unknown_null(found[:, n])
            for n, name in enumerate(names)
        }
    )

"""Verify: everything that is derived, derived again from the readings.

What is compared: attribution with the roster, the last known values of each post,
the rollups. Nothing is changed unless a repair is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from tracker.model import number_day
from tracker.store import attribution, audit, bulk, refresh, rollups, series, sums
from tracker.store.again import whole
from tracker.store.database import Database, Link
from tracker.store.figures import last_known
from tracker.store.gains import Series, contributions, firsts, steps


@dataclass(frozen=True, slots=True)
class Difference:
    """Where (campaign, day, post, ...), what, the kept and the recounted figure."""

    where: str
    what: str
    kept: int | None
    counted: int | None

    def __str__(self) -> str:
        return f"{self.where}, {self.what}: kept {self.kept}, counted {self.counted}"


def verify(database: Database, zone: ZoneInfo) -> list[Difference]:
    """All differences between what is kept and a recount from raw readings."""
    with database.reading() as link:
        return list(_differences(link, zone))


@whole
def repair(database: Database, zone: ZoneInfo) -> None:
    """Put the recounted figures in place of the kept ones."""
    with database.writing() as link:
        link.run("DELETE FROM rollup")
        link.run("DELETE FROM attribution")
        link.run("DELETE FROM meta WHERE key LIKE 'zone:%'")
        for posts in _post_numbers(link):
            for piece in series.pieces(link, posts):
                restate(link, piece)
        refresh.refresh(link, zone)
        audit.note(link, "verify.repair", "sums")


def restate(link: Link, piece: Series) -> None:
    """Write what is known of posts, from their readings."""
    state = _state(piece)
    names = [name for name in state.columns if name != "post_id"]
    sets = ", ".join(f"{name} = ?" for name in names)
    link.many(
        f"UPDATE post_state SET {sets} WHERE post_id = ?",
        state.select(*names, "post_id").iter_rows(),
    )


def _post_numbers(link: Link) -> Iterator[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    every = bulk.numbers(link, "SELECT post_id FROM post_state ORDER BY 1", width=1)[
        :, 0
    ]
    for start in range(0, len(every), refresh.AT_ONCE):
        yield every[start : start + refresh.AT_ONCE]


def _differences(link: Link, zone: ZoneInfo) -> Iterator[Difference]:
    known = attribution.rules(link, zone)
    parts: list[pl.DataFrame] = []
    for posts in refresh.attributable(link):
        derived = attribution.derive(posts, known)
        yield from _attributed(link, posts, derived)
        for piece in series.pieces(link, posts["post"].to_numpy()):
            made = contributions(piece, steps(piece), firsts(piece))
            here = pl.Series(piece.post[piece.starts]).implode()
            mine = derived.filter(pl.col("post").is_in(here))
            parts = [rollups.merged([*parts, rollups.rolled(made, mine, known.zones)])]
            yield from _last_known(link, piece)
    yield from _rollups(link, parts)


def _attributed(
    link: Link, posts: pl.DataFrame, derived: pl.DataFrame
) -> Iterator[Difference]:
    stored = sums.stored_attribution(link, posts["post"].to_numpy())
    for post in sums.moved(stored, derived):
        name = link.one(
            "SELECT platform, external_id FROM post WHERE id = ?", (int(post),)
        )
        yield Difference(f"post {name}", "attribution", None, None)


def _state(piece: Series) -> pl.DataFrame:
    starts = piece.starts
    return last_known(piece).select(
        pl.col("post").alias("post_id"),
        pl.Series("first_at", piece.at[starts]),
        pl.Series("last_at", piece.at[piece.ends(starts)]),
        pl.exclude("post"),
    )


def _last_known(link: Link, piece: Series) -> Iterator[Difference]:
    counted = _state(piece)
    names = counted.columns
    bulk.wanted(link, "wanted_state", counted.select(post="post_id"))
    kept = link.frame(
        f"SELECT {', '.join('s.' + n for n in names)} FROM wanted_state w"
        " JOIN post_state s ON s.post_id = w.post ORDER BY s.post_id",
        schema=dict.fromkeys(names, pl.Int64),
    )
    for row in kept.join(counted, on=names, how="anti", nulls_equal=True).rows(
        named=True
    ):
        truth = counted.filter(pl.col("post_id") == row["post_id"]).row(0, named=True)
        for name in names:
            if row[name] != truth[name]:
                yield Difference(f"post {row['post_id']}", name, row[name], truth[name])


def _rollups(link: Link, parts: list[pl.DataFrame]) -> Iterator[Difference]:
    keys, figures = list(rollups.KEYS), list(rollups.FIGURES)
    schema = {k: pl.String if k == "platform" else pl.Int64 for k in (*keys, *figures)}
    kept = link.frame(
        f"SELECT {', '.join([*keys, *figures])} FROM rollup ORDER BY {', '.join(keys)}",
        schema=schema,
    )
    counted = parts[0] if parts else pl.DataFrame(schema=schema)
    both = kept.join(counted, on=keys, how="full", coalesce=True, suffix="_counted")
    for row in both.sort(keys).iter_rows(named=True):
        where = f"campaign {row['campaign_id']}, {number_day(row['day'])}"
        where += f", {row['platform']}, ambassador {row['ambassador_id']}"
        for name in figures:
            if row[name] != row[f"{name}_counted"]:
                yield Difference(where, name, row[name], row[f"{name}_counted"])

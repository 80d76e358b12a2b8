"""Audience: figures of accounts by day, merged by maximum as readings are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tracker.model import Tally
from tracker.store import bulk
from tracker.store.database import Link

KEY = ["platform", "handle", "metric", "day"]
FOUND = {**dict.fromkeys(KEY, pl.String), "was": pl.Int64}

if TYPE_CHECKING:
    from collections.abc import Sequence


def keep(link: Link, source_id: int, payload_id: int, rows: pl.DataFrame) -> Tally:
    """Store rows with the columns of `AUDIENCE`; where they went.

    In the order of their lines: the first of a day is stored, a larger one
    corrects it, a smaller or equal one changes nothing.
    """
    if rows.is_empty():
        return Tally()
    before = pl.col("value").cum_max().shift(1).over(KEY)
    judged = (
        rows.sort("line")
        .join(_known(link, source_id, rows), on=KEY, how="left", maintain_order="left")
        .with_columns(was=pl.max_horizontal("was", before))
    )
    stored = judged.filter(pl.col("was").is_null()).height
    changed = judged.filter(pl.col("value") > pl.col("was")).height
    best = judged.filter(pl.col("was").is_null() | (pl.col("value") > pl.col("was")))
    _write(link, source_id, payload_id, best.unique(KEY, keep="last"))
    return Tally(
        stored=stored, corrected=changed, unchanged=rows.height - stored - changed
    )


def _known(link: Link, source_id: int, rows: pl.DataFrame) -> pl.DataFrame:
    """What is stored of the days that rows tell of."""
    days: Sequence[str | None] = (rows["day"].min(), rows["day"].max())  # type: ignore[assignment]
    return link.frame(
        "SELECT platform, handle, metric, day, value FROM audience"
        " WHERE source_id = ? AND day BETWEEN ? AND ?",
        (source_id, *days),
        FOUND,
    )


def _write(link: Link, source_id: int, payload_id: int, rows: pl.DataFrame) -> None:
    bulk.insert(
        link,
        "audience",
        rows.select(
            pl.lit(source_id, pl.Int64).alias("source_id"),
            *KEY,
            "value",
            pl.lit(payload_id, pl.Int64).alias("payload_id"),
            "line",
        ).sort(KEY),
        keys=["source_id", *KEY],
        conflict="replace",
    )

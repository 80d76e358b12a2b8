"""Posts of a campaign with their last known values, a row each.

Pages, KPIs and missions all start from these. They are read once for them together:
handed over as rows, 60,000 posts cost more than what is computed from them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from tracker.model import METRICS
from tracker.store.database import Link

#: A column, where it stands and what it is. ambassador: the id as people write it.
COLUMNS: dict[str, tuple[str, Any]] = {
    "post": ("p.id", pl.Int64),
    "platform": ("p.platform", pl.String),
    "post_id": ("p.external_id", pl.String),
    "ambassador": ("a.ambassador_id", pl.Int64),
    "handle": ("p.handle", pl.String),
    "url": ("p.url", pl.String),
    "published_at": ("p.published_at", pl.Int64),
    "kind": ("p.kind", pl.String),
    "caption": ("p.caption", pl.String),
    "marks": ("p.marks", pl.String),
    "language": ("p.language", pl.String),
    "first_at": ("s.first_at", pl.Int64),
    "last_at": ("s.last_at", pl.Int64),
    **{metric: (f"s.{metric}", pl.Int64) for metric in METRICS},
    **{f"{metric}_at": (f"s.{metric}_at", pl.Int64) for metric in METRICS},
}


def figures(metrics: Iterable[str]) -> tuple[str, ...]:
    """Columns of the last known values of metrics, and of their instants."""
    found = tuple(metrics)
    return (*found, *(f"{metric}_at" for metric in found))


def read(link: Link, number: int, columns: Iterable[str]) -> pl.DataFrame:
    """Some of COLUMNS, in the order of the posts' rows. number: the campaign's row."""
    names = tuple(columns)
    wanted = ", ".join(COLUMNS[name][0] for name in names)
    # in the order of the key, so that the tables are read from front to back
    rows = link.all(
        f"SELECT {wanted} FROM attribution a JOIN post p ON p.id = a.post_id"
        " JOIN post_state s ON s.post_id = a.post_id"
        " WHERE a.campaign_id = ? ORDER BY a.post_id",
        (number,),
    )
    cells = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    del rows  # twice as many cells as needed, while the frame is made
    frame = pl.DataFrame(
        [
            pl.Series(name, values, COLUMNS[name][1])
            for name, values in zip(names, cells, strict=True)
        ]
    )
    return _named(link, frame) if "ambassador" in names else frame


def whole(frame: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """With these columns alone; those that were not read are unknown of all."""
    wanted = tuple(columns)
    missing = [name for name in wanted if name not in frame.columns]
    none = [pl.lit(None, COLUMNS[name][1]).alias(name) for name in missing]
    return frame.with_columns(none).select(wanted)


def _named(link: Link, frame: pl.DataFrame) -> pl.DataFrame:
    """With ambassadors by the ids that people write; nobody is null."""
    people = pl.DataFrame(
        link.all("SELECT id, slug FROM ambassador"),
        schema={"key": pl.Int64, "slug": pl.String},
        orient="row",
    )
    return frame.with_columns(
        pl.col("ambassador").replace_strict(
            people["key"], people["slug"], default=None, return_dtype=pl.String
        )
    )

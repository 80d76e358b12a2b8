"""Rollups: sums of gains by campaign, ambassador, platform and day.

They are changed in the same transaction as the readings they are made from, by
exactly what those changed. A row whose figures are all zero is not kept, so the
same facts always make the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import polars as pl

from tracker.model import METRICS
from tracker.store import bulk
from tracker.store.database import Link
from tracker.store.gains import days

#: So many campaigns or people are looked at one by one.
NEAR = 200
KEYS = ("campaign_id", "ambassador_id", "platform", "day")
FIGURES = ("posts", *METRICS, *(f"{metric}_known" for metric in METRICS))


def rolled(
    changed: pl.DataFrame, attributed: pl.DataFrame, zones: Mapping[int, ZoneInfo]
) -> pl.DataFrame:
    """Sum contributions by rollup row.

    changed: post, at, and figures (gains.contributions); attributed:
    attribution.RESULT. Gives KEYS and FIGURES.
    """
    return complete(touched(changed, attributed, zones))


def touched(
    changed: pl.DataFrame, attributed: pl.DataFrame, zones: Mapping[int, ZoneInfo]
) -> pl.DataFrame:
    """The same without figures that nothing has changed."""
    figures = [name for name in FIGURES if name in changed.columns]
    by_zone: dict[str, list[int]] = {}
    for campaign, zone in zones.items():
        by_zone.setdefault(zone.key, []).append(campaign)
    sums = [
        _sums(
            changed,
            attributed.filter(pl.col("campaign_id").is_in(campaigns)),
            ZoneInfo(key),
            figures,
        )
        for key, campaigns in by_zone.items()
    ]
    return pl.concat(sums)


def _sums(
    changed: pl.DataFrame, attributed: pl.DataFrame, zone: ZoneInfo, figures: list[str]
) -> pl.DataFrame:
    local = changed.with_columns(day=pl.Series(days(changed["at"].to_numpy(), zone)))
    # the key of a group as one small number: joins and groups on it are cheap
    groups = attributed.select(KEYS[:3]).unique().sort(KEYS[:3]).with_row_index("group")
    whose = attributed.join(groups, on=KEYS[:3]).select("post", "group")
    return (
        local.join(whose, on="post")
        .group_by("group", "day")
        .agg(pl.col(figures).sum())
        .join(groups, on="group")
        .select(*KEYS, *figures)
    )


def complete(sums: pl.DataFrame) -> pl.DataFrame:
    """All columns of a rollup row; what was not touched is zero."""
    missing = [
        pl.lit(0, pl.Int64).alias(name) for name in FIGURES if name not in sums.columns
    ]
    return sums.with_columns(missing).select(
        pl.col("campaign_id", "ambassador_id").cast(pl.Int64),
        pl.col("platform"),
        pl.col("day").cast(pl.Int64),
        pl.col(FIGURES).cast(pl.Int64),
    )


def merged(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Add up rollup rows of several changes."""
    together = pl.concat(parts).group_by(KEYS).agg(pl.col(FIGURES).sum())
    return together.filter(pl.any_horizontal(pl.col(FIGURES) != 0)).sort(KEYS)


def negated(sums: pl.DataFrame) -> pl.DataFrame:
    return sums.with_columns(-pl.col(FIGURES))


def add(link: Link, parts: list[pl.DataFrame]) -> None:
    """Change the stored rollups by what is given."""
    if not parts:
        return
    sums = merged(parts)
    largest = sums.select(pl.col(FIGURES).abs().max()).row(0)
    zeros = [name for name, most in zip(FIGURES, largest, strict=True) if not most]
    rows = sums.drop(zeros)
    bulk.insert(link, "rollup", rows, keys=KEYS, conflict="add", zeros=zeros)
    _drop_zeros(link, sums)


def _drop_zeros(link: Link, sums: pl.DataFrame) -> None:
    """Rows that have come to nothing. Few changes are not worth a look at all rows."""
    if sums.is_empty():
        return
    where = " AND ".join(f"{name} = 0" for name in FIGURES)
    values: list[int] = []
    for key in ("campaign_id", "ambassador_id"):
        known = sums[key].unique()
        if len(known) <= NEAR:
            where += f" AND {key} IN ({', '.join('?' * len(known))})"
            values += known.to_list()
    link.run(f"DELETE FROM rollup WHERE {where}", values)

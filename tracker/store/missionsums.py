"""Sums by mission: last known values of the posts that fit each, and of the rest.

A post that fits several missions is in the sums of each.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import polars as pl

from tracker.model import METRICS
from tracker.store.figures import Figures
from tracker.store.missions import parts


class MissionSums(NamedTuple):
    """sums: mission (null: posts of none), posts, and of each metric the sum, with
    {metric}_known, _oldest and _newest; by mission, those of none last. left:
    platforms that were left out of a sum over several. shared: posts that are in more
    than one row."""

    sums: pl.DataFrame
    left: tuple[str, ...]
    shared: int


def by_mission(figures: Figures, apart: Collection[str]) -> MissionSums:
    """apart: platforms whose figures may stand in no sum with others'."""
    whose = parts(figures.link, figures.campaign)
    rows = figures.last().join(whose, on="post", how="left")
    mixed = pl.col("platform").n_unique().over("mission") > 1
    out = mixed & pl.col("platform").is_in(list(apart))
    left = rows.filter(out)["platform"].unique().sort()
    sums = rows.filter(~out).group_by("mission").agg(pl.len().alias("posts"), *_agg())
    # a mission all of whose platforms are left out keeps its row
    every = rows.select("mission").unique()
    return MissionSums(
        every.join(sums, on="mission", how="left", nulls_equal=True).sort(
            "mission", nulls_last=True
        ),
        tuple(left),
        rows.filter(pl.col("post").is_duplicated())["post"].n_unique(),
    )


def _agg() -> list[pl.Expr]:
    return [
        made
        for m in METRICS
        for made in (
            pl.col(m).sum(),
            pl.col(m).count().alias(f"{m}_known"),
            pl.col(f"{m}_at").min().alias(f"{m}_oldest"),
            pl.col(f"{m}_at").max().alias(f"{m}_newest"),
        )
    ]

"""From the statement's groups to sums.

A group says: these readings of a part were their posts' last known ones from `day`
until `until`. So it adds its values on `day` and takes them away on `until`, where the
next readings add theirs: what is left of a day are the gains of that day, and what is
left of the counts are the posts whose value became known on it. Sums over days are the
last known values. Oldest and newest of a day are those of the groups that cover it.

Groups of pieces of posts are reduced before the next piece is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import polars as pl

from tracker.model import METRICS
from tracker.store.engines.statement import Metrics

#: Last known values: posts, and of each metric the sum, `_known`, `_oldest`, `_newest`.
WHOLE = pl.Schema(
    {
        "part": pl.Int64,
        "posts": pl.Int64,
        **{
            f"{metric}{name}": pl.Int64
            for metric in METRICS
            for name in ("", "_known", "_oldest", "_newest")
        },
    }
)
#: Gains of a day: posts, and of each metric the sum and `_known`.
DAILY = pl.Schema(
    {
        "part": pl.Int64,
        "day": pl.Int64,
        "posts": pl.Int64,
        **{
            f"{metric}{name}": pl.Int64 for metric in METRICS for name in ("", "_known")
        },
    }
)
#: Last known readings from a day until another (null: until now), of one metric.
SPANS = pl.Schema(
    {
        "metric": pl.Int64,
        "platform": pl.String,
        "day": pl.Int64,
        "until": pl.Int64,
        "oldest": pl.Int64,
        "newest": pl.Int64,
    }
)
FIGURES = [name for name in DAILY if name not in ("part", "day")]


# -- without days --------------------------------------------------------------------


def whole(answers: Iterable[pl.DataFrame], metrics: Metrics) -> pl.DataFrame:
    """WHOLE by part, of groups that were asked for without days."""
    parts = [_whole(groups, metrics) for groups in answers]
    return _added(pl.concat([pl.DataFrame(schema=WHOLE), *parts]))


def _whole(groups: pl.DataFrame, metrics: Metrics) -> pl.DataFrame:
    made = [made for metric in metrics.all for made in _last(metric, metrics)]
    return _complete(groups.select("part", "posts", *made), WHOLE)


def _last(metric: str, metrics: Metrics) -> Iterator[pl.Expr]:
    """What stands at the end: nothing follows these readings."""
    stays = pl.col(metrics.column(metric, "until")).is_null()
    yield pl.when(stays).then(pl.col(metric)).alias(metric)
    for name in ("known", "oldest", "newest"):
        column = pl.col(metrics.column(metric, name))
        yield pl.when(stays).then(column).alias(f"{metric}_{name}")


def _added(parts: pl.DataFrame) -> pl.DataFrame:
    return parts.group_by("part").agg(
        pl.exclude("part", "^.*_oldest$", "^.*_newest$").sum(),
        pl.col("^.*_oldest$").min(),
        pl.col("^.*_newest$").max(),
    )


# -- by day --------------------------------------------------------------------------


class Days(NamedTuple):
    """gains: DAILY by part and day. spans: SPANS by platform."""

    gains: pl.DataFrame
    spans: pl.DataFrame


def daily(
    answers: Iterable[pl.DataFrame], metrics: Metrics, parts: pl.DataFrame
) -> Days:
    """What groups by day add up to. parts: the `platform` of each `part`."""
    gains, spans = [pl.DataFrame(schema=DAILY)], [pl.DataFrame(schema=SPANS)]
    for groups in answers:
        gains.append(_gains(groups, metrics))
        spans.append(_spans(groups.join(parts, on="part"), metrics))
    return Days(_summed(pl.concat(gains)), _widest(pl.concat(spans)))


def _gains(groups: pl.DataFrame, metrics: Metrics) -> pl.DataFrame:
    """What comes on each day, without what leaves on it."""
    key = ["part", "day"]
    known = [
        pl.col(metrics.column(m, "known")).alias(f"{m}_known") for m in metrics.all
    ]
    come = groups.select(*key, "posts", *metrics.all, *known)
    parts = [come.group_by(key).agg(pl.all().sum()), *_leaves(groups, metrics)]
    made = pl.concat([part.select(key) for part in parts]).unique()
    for part in parts:
        made = made.join(part, on=key, how="left")
    left = [
        (pl.col(name).fill_null(0) - pl.col(f"-{name}").fill_null(0)).alias(name)
        for m in metrics.all
        for name in (m, f"{m}_known")
    ]
    return _complete(made.select(*key, pl.col("posts").fill_null(0), *left), DAILY)


def _leaves(groups: pl.DataFrame, metrics: Metrics) -> Iterator[pl.DataFrame]:
    """What is taken away on the day on which something newer is known, as `-metric`."""
    by_until: dict[str, list[str]] = {}
    for metric in metrics.all:
        by_until.setdefault(metrics.column(metric, "until"), []).append(metric)
    for until, some in by_until.items():
        gone = groups.filter(pl.col(until).is_not_null())
        yield gone.group_by("part", pl.col(until).alias("day")).agg(
            *(pl.col(m).sum().alias(f"-{m}") for m in some),
            *(
                pl.col(metrics.column(m, "known")).sum().alias(f"-{m}_known")
                for m in some
            ),
        )


def _summed(gains: pl.DataFrame) -> pl.DataFrame:
    """Added up; a day on which nothing changed is no row, as in the rollups."""
    sums = gains.group_by("part", "day").agg(pl.col(FIGURES).sum())
    return sums.filter(pl.any_horizontal(pl.col(FIGURES) != 0))


def _spans(groups: pl.DataFrame, metrics: Metrics) -> pl.DataFrame:
    """Of each metric; people are put together first, which leaves few rows."""
    columns = {
        name: list({metrics.column(metric, name): None for metric in metrics.all})
        for name in ("until", "known", "oldest", "newest")
    }
    groups = groups.group_by("platform", "day", *columns["until"]).agg(
        pl.col(columns["known"]).sum(),
        pl.col(columns["oldest"]).min(),
        pl.col(columns["newest"]).max(),
    )
    parts = [pl.DataFrame(schema=SPANS)]
    for number, metric in enumerate(METRICS):
        if metric in metrics.all:
            names = ("until", "oldest", "newest")
            ends = [pl.col(metrics.column(metric, n)).alias(n) for n in names]
            some = groups.filter(pl.col(metrics.column(metric, "known")) > 0)
            parts.append(
                some.select(
                    pl.lit(number, pl.Int64).alias("metric"),
                    "platform",
                    "day",
                    *ends,
                ).cast(SPANS)
            )
    return _widest(pl.concat(parts))


def _widest(spans: pl.DataFrame) -> pl.DataFrame:
    return spans.group_by("metric", "platform", "day", "until").agg(
        pl.col("oldest").min(), pl.col("newest").max()
    )


def _complete(some: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """All columns of a schema; what was not asked for is 0, or null if an instant."""
    missing = [
        pl.lit(None if name.endswith(("_oldest", "_newest")) else 0).alias(name)
        for name in schema
        if name not in some.columns
    ]
    return some.with_columns(missing).select(*schema).cast(schema)

"""From what the statements answer to sums.

A group says: these readings of a part were their posts' last known ones from `day`
until `until`. So it adds its values on `day` and takes them away on `until`, where the
next readings add theirs: what is left of a day are the gains of that day, and what is
left of the counts are the posts whose value became known on it. Sums over days are the
last known values. Oldest and newest of a day are those of the groups that cover it.

Groups of pieces of posts are reduced before the next piece is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from tracker.model import METRICS
from tracker.store.engines.statement import Metrics

if TYPE_CHECKING:
    from tracker.store.gains import Ints

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
#: How many bits a day takes, up to the year 9999.
BITS = 22
FIGURES = [name for name in DAILY if name not in ("part", "day")]


# -- without days --------------------------------------------------------------------


def whole(answers: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """WHOLE by part, of what pieces of posts answered."""
    parts = [_complete(answer, WHOLE) for answer in answers]
    return _added(pl.concat([pl.DataFrame(schema=WHOLE), *parts]))


def _added(parts: pl.DataFrame) -> pl.DataFrame:
    return parts.group_by("part").agg(
        pl.exclude("part", "^.*_oldest$", "^.*_newest$").sum(),
        pl.col("^.*_oldest$").min(),
        pl.col("^.*_newest$").max(),
    )


# -- by day --------------------------------------------------------------------------


class Days(NamedTuple):
    """gains: DAILY by part and day. spans: SPANS by platform. parts: the `platform` of
    each `part`. doubtful: is there a day on which what changed adds up to nothing?"""

    gains: pl.DataFrame
    spans: pl.DataFrame
    parts: pl.DataFrame
    doubtful: bool


def daily(
    answers: Iterable[pl.DataFrame], metrics: Metrics, parts: pl.DataFrame
) -> Days:
    """What groups by day add up to. parts: the `platform` of each `part`.

    Days on which nothing changed are left out: they are no rows of the rollups.
    """
    gains: list[pl.DataFrame] = []
    spans = [pl.DataFrame(schema=SPANS)]
    for groups in answers:
        gains.append(_gains(groups, metrics))
        spans.append(_spans(groups.join(parts, on="part"), metrics))
    every = _summed(gains)
    changed = every.filter(pl.any_horizontal(pl.col(FIGURES) != 0))
    spanned = _widest(pl.concat(spans))
    return Days(changed, spanned, parts, len(changed) < len(every))


def _gains(groups: pl.DataFrame, metrics: Metrics) -> pl.DataFrame:
    """What comes on each day, without what leaves on it. With arrays: there may be as
    many groups as readings, and each metric may have an `until` of its own."""
    import numpy as np

    untils = {metrics.column(metric, "until") for metric in metrics.all}
    gone = {name: groups.filter(pl.col(name).is_not_null()) for name in untils}
    keys = {"day": _keys(groups, "day")}
    keys |= {name: _keys(some, name) for name, some in gone.items()}
    every = np.unique(np.concatenate(list(keys.values())))
    at = {name: np.searchsorted(every, some) for name, some in keys.items()}

    def added(column: str, until: str | None) -> Ints:
        sums = np.zeros(len(every), np.int64)
        np.add.at(sums, at["day"], groups[column].fill_null(0).to_numpy())
        if until is not None:
            leaves = gone[until][column].fill_null(0).to_numpy()
            np.subtract.at(sums, at[until], leaves)
        return sums

    made = {"part": every >> BITS, "day": every % (1 << BITS) - 1}
    made["posts"] = added("posts", None)
    for metric in metrics.all:
        until = metrics.column(metric, "until")
        made[metric] = added(metric, until)
        made[f"{metric}_known"] = added(metrics.column(metric, "known"), until)
    return _complete(pl.DataFrame(made), DAILY)


def _keys(groups: pl.DataFrame, day: str) -> Ints:
    """Part and day as one number; days begin with the one before 1970."""
    keys: Ints = (groups["part"].to_numpy() << BITS) + groups[day].to_numpy() + 1
    return keys


def _summed(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """The gains of all pieces; most questions have one."""
    if len(parts) == 1:
        return parts[0]
    gains = pl.concat([pl.DataFrame(schema=DAILY), *parts])
    return gains.group_by("part", "day").agg(pl.col(FIGURES).sum())


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

"""What KPIs take from posts: values of each post, and their sums by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from tracker.kpi.formula import EACH_INPUTS, Number
from tracker.kpi.speed import READINGS, SHARE, WEEK
from tracker.model import DAY

if TYPE_CHECKING:
    from tracker.kpis.facts import Facts, Group

HOUR = DAY // 24
#: What counts as an engagement; on a platform that is not named, REST.
ENGAGEMENTS = {"youtube": ("likes", "comments"), "x": ("likes", "shares")}
REST = ("likes", "comments", "shares")


@dataclass(frozen=True, slots=True)
class PostSums:
    """Of one row: posts for which all is known, and others; sums (or lists) of what is
    asked for; classes of the readings in them."""

    known: int = 0
    unknown: int = 0
    sums: tuple[Number | Sequence[Number] | None, ...] = ()
    classes: frozenset[str] = frozenset()


def engagements() -> pl.Expr:
    """Unknown when one of its parts is: what is added to a null is null."""
    found = _added(REST)
    for platform, parts in ENGAGEMENTS.items():
        own = pl.col("platform") == platform
        found = pl.when(own).then(_added(parts)).otherwise(found)
    return found


def _added(parts: Sequence[str]) -> pl.Expr:
    first, *rest = (pl.col(name) for name in parts)
    for each in rest:
        first = first + each
    return first


def sums(facts: Facts, needs: tuple[str, ...]) -> Mapping[Group, PostSums]:
    """By row: what is asked for of the posts for which all of it is known."""
    frame = with_values(facts, facts.blended, needs)
    ok = pl.all_horizontal(pl.col(needs).is_not_null()) if needs else pl.lit(True)
    frame = frame.with_columns(ok=ok)
    rows = (
        frame.group_by("group")
        .agg(
            pl.col("ok").sum().alias("known"),
            pl.len().alias("posts"),
            *(_agg(name) for name in needs),
            *_class_marks(frame),
        )
        .iter_rows(named=True)
    )
    everything = frozenset(frame["class"].unique().drop_nulls())
    return {row["group"]: _sums(row, needs, everything) for row in rows}


def _agg(name: str) -> pl.Expr:
    own = pl.col(name).filter(pl.col("ok")) if name in EACH_INPUTS else None
    return own if own is not None else pl.when("ok").then(name).sum().alias(name)


def _class_marks(frame: pl.DataFrame) -> list[pl.Expr]:
    """One column for each class; none where all posts are of one."""
    found = frame["class"].unique().drop_nulls()
    if len(found) < 2:
        return []
    return [
        (pl.col("ok") & (pl.col("class") == name)).any().alias(f"class:{name}")
        for name in found
    ]


def _sums(
    row: dict[str, object], needs: tuple[str, ...], everything: frozenset[str]
) -> PostSums:
    known, posts = int(str(row["known"])), int(str(row["posts"]))
    classes = everything
    if len(everything) > 1:
        classes = frozenset(name for name in everything if row[f"class:{name}"])
    values = tuple(row[name] if known else None for name in needs)
    return PostSums(known, posts - known, values, classes if known else frozenset())  # type: ignore[arg-type]


# -- values of a post ---------------------------------------------------------------

Maker = Callable[["Facts", pl.DataFrame], pl.DataFrame]


def with_values(
    facts: Facts, frame: pl.DataFrame, needs: Sequence[str]
) -> pl.DataFrame:
    """The frame with a column for each of these; null is unknown."""
    for name in needs:
        if name not in frame.columns:
            frame = MAKERS[name](facts, frame)
    return frame


def _engagements(_: Facts, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(engagements=engagements())


def _rate(whole: str) -> Maker:
    """Engagements by something of each post, in percent; null where that is 0."""

    def made(facts: Facts, frame: pl.DataFrame) -> pl.DataFrame:
        frame = with_values(facts, frame, ("engagements",))
        rate = pl.when(pl.col(whole) > 0).then(
            pl.col("engagements") * 100 / pl.col(whole)
        )
        return frame.with_columns(rate.alias(f"rate_{whole}"))

    return made


def _ages(facts: Facts, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(age_hours=(facts.at - pl.col("last_at")) / HOUR)


def _gained(facts: Facts, frame: pl.DataFrame) -> pl.DataFrame:
    """Views of the week before the newest reading of views."""
    readings = facts.views
    newest = readings["at"].max()
    if newest is None:
        return frame.with_columns(gained=pl.lit(None, pl.Int64))
    start = int(str(newest)) - WEEK * DAY
    last = readings.group_by("post").agg(pl.col("views").last().alias("end"))
    before = (
        readings.filter(pl.col("at") <= start)
        .group_by("post")
        .agg(pl.col("views").last().alias("begin"))
    )
    fresh = pl.when(pl.col("published_at") > start).then(pl.lit(0))
    return (
        frame.join(last, on="post", how="left")
        .join(before, on="post", how="left")
        .with_columns(gained=pl.col("end") - pl.coalesce("begin", fresh))
        .drop("end", "begin")
    )


def _days_to_90(facts: Facts, frame: pl.DataFrame) -> pl.DataFrame:
    # views x 10 >= last x 9, in whole numbers
    parts = Decimal(SHARE).as_integer_ratio()
    reached = pl.col("views") * parts[1] >= pl.col("views").last() * parts[0]
    found = (
        facts.views.group_by("post")
        .agg(
            pl.len().alias("readings"),
            reached.first().alias("at_once"),
            pl.col("at").filter(reached).first().alias("reached_at"),
        )
        .filter((pl.col("readings") >= READINGS) & ~pl.col("at_once"))
        .select("post", "reached_at")
    )
    days = (pl.col("reached_at") - pl.col("published_at")) / DAY
    return (
        frame.join(found, on="post", how="left")
        .with_columns(days_to_90=pl.when(days >= 0).then(days))
        .drop("reached_at")
    )


MAKERS: dict[str, Maker] = {
    "engagements": _engagements,
    **{
        f"rate_{whole}": _rate(whole)
        for whole in ("followers", "reach", "impressions", "views")
    },
    "age_hours": _ages,
    "gained": _gained,
    "days_to_90": _days_to_90,
}

"""Figures that an engine sums up from the readings, in place of the kept sums."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from tracker.model import METRICS
from tracker.store import rollups
from tracker.store.engines import clock, groups, statement
from tracker.store.figures import FAR, LAST, Figures, Spans

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from tracker.store.database import Link
    from tracker.store.engines import Engine
    from tracker.store.gains import Ints

POSTS = {
    "post": pl.Int64,
    "platform": pl.String,
    "post_id": pl.String,
    "ambassador_id": pl.Int64,
}


def posts_of(link: Link, campaign: int) -> pl.DataFrame:
    """POSTS of a campaign (row number, 0 the workspace), by platform and id."""
    return link.frame(
        "SELECT p.id, p.platform, p.external_id, a.ambassador_id FROM attribution a"
        " JOIN post p ON p.id = a.post_id WHERE a.campaign_id = ?"
        " ORDER BY p.platform, p.external_id",
        (campaign,),
        POSTS,
    )


class Asked:
    """What an engine answers of some posts; every question is asked once."""

    def __init__(
        self,
        engine: Engine,
        posts: pl.DataFrame,
        step: str,
        told: Callable[[int], None],
    ) -> None:
        self._engine, self.posts, self._step, self._told = engine, posts, step, told

    @cached_property
    def parts(self) -> pl.DataFrame:
        """part, ambassador_id, platform: all that one person posted on one platform."""
        keys = ("ambassador_id", "platform")
        parts = self.posts.select(keys).unique().sort(keys)
        return parts.with_row_index("part").cast({"part": pl.Int64})

    @cached_property
    def whole(self) -> pl.DataFrame:
        """groups.WHOLE by part."""
        return self._whole(self._by_part)

    @cached_property
    def by_post(self) -> pl.DataFrame:
        """groups.WHOLE by post."""
        return self._whole(self.posts.select("post", part="post"))

    @cached_property
    def days(self) -> groups.Days:
        answers = self._each(self._by_part, self._step)
        return groups.daily(answers, self._engine.metrics, self.parts)

    @property
    def _by_part(self) -> pl.DataFrame:
        joined = self.posts.join(self.parts, on=["ambassador_id", "platform"])
        return joined.select("post", "part")

    def _whole(self, counted: pl.DataFrame) -> pl.DataFrame:
        answers = self._each(counted, statement.NO_DAYS)
        return groups.whole(answers, self._engine.metrics)

    def _each(self, counted: pl.DataFrame, step: str) -> Iterator[pl.DataFrame]:
        self._engine.relate("counted", counted)
        for answer in self._engine.each(statement.text(self._engine.metrics, step)):
            yield answer
            self._told(1)


def step_of(link: Link, zone: ZoneInfo) -> str:
    """How instants become steps, for all that was ever captured."""
    ends = link.one("SELECT min(first_at), max(last_at) FROM post_state")
    if ends is None or ends[0] is None:
        return statement.NO_DAYS
    return clock.step(zone, *ends)


@dataclass(frozen=True)
class Summed(Figures):
    """The figures of one campaign as an engine sums them up."""

    asked: Asked = field(kw_only=True)

    def platforms(self) -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        for ambassador, platform in self._seen.iter_rows():
            found.setdefault(ambassador, set()).add(platform)
        return found

    @cached_property
    def _seen(self) -> pl.DataFrame:
        """Parts that have readings: of the question that was asked anyway."""
        asked = self.asked
        rows = asked.days.gains if "days" in vars(asked) else asked.whole
        return asked.parts.join(rows, on="part", how="semi").select(
            "ambassador_id", "platform"
        )

    def rollup(self, keys: tuple[str, ...]) -> pl.DataFrame:
        rows = self.asked.days.gains if "day" in keys else self.asked.whole
        sums = pl.col(rollups.FIGURES).sum()
        known = self._blended(rows.join(self.asked.parts, on="part"))
        return known.group_by(keys).agg(sums).sort(keys) if keys else known.select(sums)

    def _blended(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(~pl.col("platform").is_in(self.without))

    def last(self) -> pl.DataFrame:
        return self.asked.posts.join(
            self.asked.by_post.select("part", *_last()),
            left_on="post",
            right_on="part",
            maintain_order="left",
        ).select(*LAST)

    @cached_property
    def spans(self) -> pl.DataFrame:
        keys = ["platform", "ambassador_id"]
        names = [f"{m}_{end}" for end in ("oldest", "newest") for m in METRICS]
        return self._blended(
            self.asked.whole.join(self.asked.parts, on="part").select(*keys, *names)
        )

    def spans_at(self, ends: Ints) -> tuple[Ints, Ints]:
        spans = Spans(ends)
        for (metric,), some in self._blended(self.asked.days.spans).group_by("metric"):
            first, until, oldest, newest = (
                some[name].fill_null(FAR).to_numpy()
                for name in ("day", "until", "oldest", "newest")
            )
            spans.cover(int(str(metric)), first, until, oldest, newest)
        return spans.found()


def _last() -> Iterator[pl.Expr]:
    """Of one post the sums are its last known values."""
    for metric in METRICS:
        known = pl.col(f"{metric}_known") > 0
        yield pl.when(known).then(pl.col(metric)).alias(metric)
        yield pl.col(f"{metric}_oldest").alias(f"{metric}_at")

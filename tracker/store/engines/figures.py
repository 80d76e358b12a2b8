"""Figures that an engine sums up from the readings, in place of the kept sums."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from tracker.model import METRICS
from tracker.store import bulk, rollups
from tracker.store.engines import clock, groups, statement
from tracker.store.engines.posts import most
from tracker.store.figures import FAR, LAST, Figures, Spans

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from tracker.store.database import Link
    from tracker.store.engines import Engine
    from tracker.store.gains import Ints

POSTS = {"post": pl.Int64, "platform": pl.String, "ambassador_id": pl.Int64}
PLATFORMS = {"post": pl.Int64, "platform": pl.String}
NAMED = {"post": pl.Int64, "platform": pl.String, "post_id": pl.String} | POSTS


def posts_of(link: Link, campaign: int) -> pl.DataFrame:
    """POSTS of a campaign (row number, 0 the workspace)."""
    whose = bulk.numbers(
        link,
        "SELECT post_id, ambassador_id FROM attribution WHERE campaign_id = ?",
        (campaign,),
        width=2,
    )
    posts = pl.DataFrame({"post": whose[:, 0], "ambassador_id": whose[:, 1]})
    if most(link, whose[:, 0]):
        kinds = _platforms(link)
    else:
        kinds = link.frame(
            "SELECT p.id, p.platform FROM attribution a JOIN post p ON p.id = a.post_id"
            " WHERE a.campaign_id = ?",
            (campaign,),
            PLATFORMS,
        )
    return posts.join(kinds, on="post").select(*POSTS)


def _platforms(link: Link) -> pl.DataFrame:
    """PLATFORMS of all posts: an index has them, which a join does not look at."""
    parts = [pl.DataFrame(schema=PLATFORMS)]
    for (name,) in link.all("SELECT DISTINCT platform FROM post ORDER BY platform"):
        sql = "SELECT id FROM post WHERE platform = ?"
        posts = bulk.numbers(link, sql, (name,), width=1)[:, 0]
        parts.append(pl.DataFrame({"post": posts}).with_columns(platform=pl.lit(name)))
    return pl.concat(parts)


def named(link: Link, campaign: int) -> pl.DataFrame:
    """NAMED of a campaign, by platform and id: the order costs more than the rest."""
    return link.frame(
        "SELECT p.id, p.platform, p.external_id, a.ambassador_id FROM attribution a"
        " JOIN post p ON p.id = a.post_id WHERE a.campaign_id = ?"
        " ORDER BY p.platform, p.external_id",
        (campaign,),
        NAMED,
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
        return _numbered(self.posts.select(keys).unique().sort(keys))

    @cached_property
    def whole(self) -> pl.DataFrame:
        """groups.WHOLE by part."""
        return self._whole(self._counted(self.parts))

    @cached_property
    def by_post(self) -> pl.DataFrame:
        """groups.WHOLE by post."""
        return self._whole(self.posts.select("post", part="post"))

    @cached_property
    def days(self) -> groups.Days:
        """Gains by day: of each platform, which are few groups.

        A day on which somebody's gains and somebody else's falls add up to nothing has
        a row in `totals`, and one on which nobody's figures changed has none: where
        such a day is found, people are asked for one by one.
        """
        keys = ("platform",)
        platforms = _numbered(self.posts.select(keys).unique().sort(keys))
        found = self._daily(platforms)
        return self._daily(self.parts) if found.doubtful else found

    def _daily(self, parts: pl.DataFrame) -> groups.Days:
        text = statement.by_day(self._engine.metrics, self._step)
        answers = self._each(self._counted(parts), text)
        return groups.daily(answers, self._engine.metrics, parts)

    def _whole(self, counted: pl.DataFrame) -> pl.DataFrame:
        text = statement.last(self._engine.metrics, self._engine.newest)
        return groups.whole(self._each(counted, text))

    def _counted(self, parts: pl.DataFrame) -> pl.DataFrame:
        keys = [name for name in parts.columns if name != "part"]
        return self.posts.join(parts, on=keys).select("post", "part")

    def _each(self, counted: pl.DataFrame, text: str) -> Iterator[pl.DataFrame]:
        self._engine.relate("counted", counted)
        for answer in self._engine.each(text):
            yield answer
            self._told(1)


def _numbered(parts: pl.DataFrame) -> pl.DataFrame:
    return parts.with_row_index("part").cast({"part": pl.Int64})


def step_of(link: Link, zone: ZoneInfo) -> str:
    """How instants become steps, for all that was ever captured."""
    ends = link.one("SELECT min(first_at), max(last_at) FROM post_state")
    if ends is None or ends[0] is None:
        return clock.NONE
    return clock.step(zone, *ends)


@dataclass(frozen=True)
class Summed(Figures):
    """The figures of one campaign as an engine sums them up."""

    asked: Asked = field(kw_only=True)

    def platforms(self) -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        seen = self.asked.parts.join(self.asked.whole, on="part", how="semi")
        for ambassador, platform in seen.select(
            "ambassador_id", "platform"
        ).iter_rows():
            found.setdefault(ambassador, set()).add(platform)
        return found

    def rollup(self, keys: tuple[str, ...]) -> pl.DataFrame:
        sums = pl.col(rollups.FIGURES).sum()
        known = self._blended(self._rows("day" in keys))
        return known.group_by(keys).agg(sums).sort(keys) if keys else known.select(sums)

    def _rows(self, daily: bool) -> pl.DataFrame:
        asked = self.asked
        if daily:
            return asked.days.gains.join(asked.days.parts, on="part")
        return asked.whole.join(asked.parts, on="part")

    def _blended(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(~pl.col("platform").is_in(self.without))

    def last(self) -> pl.DataFrame:
        return (
            named(self.link, self.campaign)
            .join(
                self.asked.by_post.select("part", *_last()),
                left_on="post",
                right_on="part",
                maintain_order="left",
            )
            .select(*LAST)
        )

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

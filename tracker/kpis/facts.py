"""What is known of a campaign, gathered once for all its KPIs and only when asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tracker.codes import CURRENCIES
from tracker.kpis.money import exact
from tracker.model import local_day
from tracker.store import kpifacts, missions

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from tracker.app import Tracker
    from tracker.kpis.results import Tally
    from tracker.programme import Cell, Cost, Mission, Outcome, Wave
    from tracker.programme import Feedback as Voice
    from tracker.store.missions import Facts as Missions

#: What rows can be about; None is the whole campaign.
CUTS = (None, "ambassador", "platform", "mission", "post")
Group = str | int | None


@dataclass(frozen=True)
class Facts:
    """now: the instant of asking; until, as_of: instants or None. rows: posts as
    store/postrows reads them, where that was done already; of today, so with neither
    until nor as_of."""

    tracker: Tracker
    campaign_id: str
    by: str | None
    until: int | None
    as_of: int | None
    now: int
    rows: pl.DataFrame | None = field(default=None, repr=False, compare=False)

    @cached_property
    def read(self) -> kpifacts.Read:
        return kpifacts.read(
            self.tracker.database,
            self.campaign_id,
            as_of=self.as_of,
            until=self.until,
            by_mission=self.by == "mission",
            posts=self.rows,
        )

    @property
    def plan(self) -> Mapping[str, Any]:
        return self.read.plan

    @property
    def currency(self) -> str:
        return self.read.campaign.currency

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.read.campaign.timezone)

    @property
    def at(self) -> int:
        """The instant that the answer is about."""
        if self.until is not None:
            return self.until
        return self.now if self.as_of is None else self.as_of

    @property
    def until_known(self) -> int | None:
        """The last instant of what carries its own, as clicks; None: all."""
        ends = [at for at in (self.until, self.as_of) if at is not None]
        return min(ends, default=None)

    @property
    def today(self) -> date:
        """Its day in the campaign's zone."""
        return local_day(self.at, self.zone)

    def whole(self, minor: int | Decimal) -> int | Decimal:
        """Minor units of the campaign's currency as whole ones, exact."""
        return exact(Decimal(minor).scaleb(-CURRENCIES.get(self.currency, 2)))

    # -- rows -----------------------------------------------------------------------

    @cached_property
    def frame(self) -> pl.DataFrame:
        """Posts with `group`, the row that each is in; one of several missions stands
        once for each."""
        import polars as pl

        posts = self.read.posts
        if self.by == "mission":
            posts = posts.join(self.read.missions, on="post", how="left")
        column = pl.col(self.by) if self.by else pl.lit(None, pl.String)
        return posts.with_columns(group=column)

    @cached_property
    def blended(self) -> pl.DataFrame:
        """The same without platforms whose figures may stand in no sum with others',
        where a row is one over several platforms."""
        import polars as pl

        apart = list(self.tracker.apart)
        if not apart or self.by in ("platform", "post"):
            return self.frame
        mixed = pl.col("platform").n_unique().over("group") > 1
        return self.frame.filter(~(mixed & pl.col("platform").is_in(apart)))

    @cached_property
    def left_out(self) -> tuple[tuple[str, str], ...]:
        """Platforms that are in no row over several, and why."""
        if not self.tracker.apart or self.blended.height == self.frame.height:
            return ()
        gone = self.frame.join(
            self.blended.select("post", "group").unique(),
            on=["post", "group"],
            how="anti",
            nulls_equal=True,
        )
        return tuple(
            (p, self.tracker.apart[p]) for p in sorted(gone["platform"].unique())
        )

    @cached_property
    def groups(self) -> list[tuple[Group, dict[str, Any]]]:
        """Each row of the answer: its group and its key, in order."""
        if self.by is None:
            return [(None, {})]
        if self.by == "post":
            columns = ("post", "platform", "post_id", "ambassador")
            rows = self.frame.select(columns).iter_rows()
            return [(n, dict(zip(columns[1:], key, strict=True))) for n, *key in rows]
        return [(name, {self.by: name}) for name in self._names()]

    def _names(self) -> list[Any]:
        seen = set(self.frame["group"].unique())
        if self.by == "mission":
            order = [one.id for one, _ in self.grid]
        elif self.by == "ambassador":
            order = sorted({*self.read.enrolled, *(seen - {None})})
        else:
            order = sorted(seen)
        return [*order, *([None] if None in seen else [])]

    # -- what other parts know --------------------------------------------------------

    @cached_property
    def views(self) -> pl.DataFrame:
        """Readings with known views, by post and instant."""
        return kpifacts.views(
            self.tracker.database, self.read, as_of=self.as_of, until=self.until
        )

    @cached_property
    def daily(self) -> pl.DataFrame:
        """What was gained by platform and day."""
        return kpifacts.daily(
            self.tracker.database, self.read, as_of=self.as_of, until=self.until
        )

    @cached_property
    def costs(self) -> list[Cost]:
        from tracker.statements import costs

        found = costs(self.tracker, self.campaign_id)
        if self.until is None:
            return found
        return [one for one in found if one.day <= self.today]

    @cached_property
    def told(self) -> list[Outcome]:
        """All outcomes, also those that count nothing."""
        from tracker.outcomes import outcomes

        return outcomes(self.tracker, self.campaign_id, until=self.until)

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """Those that count."""
        return [one for one in self.told if one.counted]

    @cached_property
    def tallies(self) -> dict[Any, Tally]:
        """Counted outcomes by row."""
        from tracker.kpis.results import tallies

        return tallies(self)

    @cached_property
    def provenances(self) -> dict[str, set[str]]:
        return kpifacts.provenances(self.tracker.database)

    @cached_property
    def missions(self) -> Missions:
        """What missions are decided by."""
        return missions.read(self.tracker.database, self.campaign_id, self.rows)

    @cached_property
    def grid(self) -> list[tuple[Mission, list[Cell]]]:
        from tracker.missions import cells

        return cells(self.missions, at=self.at)

    @cached_property
    def waves(self) -> list[Wave]:
        """Waves of surveys with a known share, those that were asked by then."""
        from tracker.surveys import waves

        return [
            one
            for one in waves(self.tracker, self.campaign_id)
            if one.share is not None
            and not (
                self.until is not None and (one.asked_to or self.today) > self.today
            )
        ]

    @cached_property
    def feedback(self) -> list[Voice]:
        from tracker.store.feedback import list_

        found = list_(self.tracker.database, self.campaign_id)
        return [one for one in found if self.until is None or one.at <= self.until]

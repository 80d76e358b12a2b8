"""What is usual: how counts grow with the age of posts over all campaigns, by platform
and class of account, and where one campaign lies among the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from tracker.errors import NotFoundError
from tracker.kpi import curves
from tracker.kpi.curves import AGES, FEWEST_PEOPLE, FEWEST_POSTS, Quartiles
from tracker.model import DAY

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from tracker.app import Tracker
    from tracker.store.database import Link

    Values = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. campaign: whose posts stand beside the others'; None:
    nobody's. platform, kind: only these; None: all. engine: None the one that fits."""

    campaign: str | None = None
    metric: str = "views"
    platform: str | None = None
    kind: str | None = None
    engine: str | None = None
    master: str | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One age of one class. known: posts with a reading near enough; missing: old
    enough, but without one; young: not that old yet. usual: None when fewer than
    FEWEST_POSTS are known. own_known, own: of the campaign, its middle post. rank:
    where that lies among the others, in percent of them; None without `usual`."""

    age: int
    known: int
    missing: int
    young: int
    usual: Quartiles | None
    own_known: int = 0
    own: Fraction | None = None
    rank: Fraction | None = None

    @property
    def reason(self) -> str | None:
        """Why nothing is usual."""
        if self.usual is not None:
            return None
        return f"fewer than {FEWEST_POSTS} posts have a reading near this age"


@dataclass(frozen=True, slots=True)
class Curve:
    """One platform and class. posts, ambassadors: of the others; own_posts: of the
    campaign. undated: others' posts of which nobody told when they were published."""

    platform: str
    kind: str
    posts: int
    ambassadors: int
    undated: int
    own_posts: int
    points: tuple[Point, ...]

    @property
    def few(self) -> bool:
        """Too few people to be shown to anybody outside the team."""
        return self.ambassadors < FEWEST_PEOPLE


@dataclass(frozen=True, slots=True)
class Benchmark:
    """as_of: the instant of the newest reading."""

    campaign: str | None
    metric: str
    engine: str
    as_of: int | None
    curves: tuple[Curve, ...]


def benchmark(tracker: Tracker, wish: Wish) -> Benchmark:
    """Usual curves, and a campaign beside them.

    Raises NotFoundError; ConfigError ENGINE_OTHER, ENGINE_MISSING.
    """
    from tracker.copies import temporary
    from tracker.store import curves as store
    from tracker.store import engines

    with tracker.database.reading() as link, temporary(tracker.home) as place:
        number = _number(link, wish.campaign)
        crowd = Crowd(_posts(tracker, link, number, wish), store.newest(link) or 0)
        name = wish.engine or engines.fitting(link)
        opening = engines.opened(
            name,
            link,
            tracker.database.archive,
            place,
            only=crowd.young.select("post"),
            master=wish.master,
        )
        windows = curves.windows()
        found = store.nearest(opening, crowd.young, wish.metric, windows, DAY)
        made = tuple(crowd.curves(found))
        return Benchmark(wish.campaign, wish.metric, name, store.newest(link), made)


def _number(link: Link, campaign: str | None) -> int | None:
    if campaign is None:
        return None
    known = dict(link.all("SELECT slug, id FROM campaign"))
    if campaign not in known:
        raise NotFoundError("campaign", campaign, list(known))
    return int(known[campaign])


def _posts(
    tracker: Tracker, link: Link, number: int | None, wish: Wish
) -> pl.DataFrame:
    """Posts that are asked for, with `kind`, the class of their account."""
    import polars as pl

    from tracker.store import curves as store

    parts = [_some(some, wish) for some in store.posts(link, tracker.zone, number)]
    schema = {
        "post": pl.Int64,
        "platform": pl.String,
        "published_at": pl.Int64,
        "ambassador": pl.String,
        "mine": pl.Int64,
        "kind": pl.String,
    }
    return pl.concat([pl.DataFrame(schema=schema), *parts])


def _some(some: pl.DataFrame, wish: Wish) -> pl.DataFrame:
    import polars as pl

    numbers = some["followers"].unique()
    kinds = {n: curves.class_of(n) for n in numbers}
    kind = pl.col("followers").replace_strict(kinds, return_dtype=pl.String)
    found = some.with_columns(kind=kind).drop("followers")
    for column, value in (("platform", wish.platform), ("kind", wish.kind)):
        if value is not None:
            found = found.filter(pl.col(column) == value)
    return found


@dataclass(frozen=True)
class Crowd:
    """All posts that are asked for; newest: the instant of the newest reading."""

    posts: pl.DataFrame
    newest: int

    @cached_property
    def cohorts(self) -> pl.DataFrame:
        """Platforms and classes, each with its number, in order."""
        import polars as pl

        order = pl.col("kind").replace_strict(
            {name: n for n, name in enumerate(curves.NAMES)}, return_dtype=pl.Int8
        )
        found = self.posts.select("platform", "kind").unique()
        return found.sort("platform", order).with_row_index("cohort")

    @cached_property
    def young(self) -> pl.DataFrame:
        """post, published_at, cohort, mine: of which it is known when they began."""
        found = self.posts.join(self.cohorts, on=["platform", "kind"])
        names = ("post", "published_at", "cohort", "mine")
        return found.select(names).drop_nulls("published_at").sort("post")

    def curves(self, found: pl.DataFrame) -> Iterator[Curve]:
        """found: as store/curves.nearest gives it."""
        for number, platform, kind in self.cohorts.iter_rows():
            mine = self.posts.filter(platform=platform, kind=kind)
            others = mine.filter(mine=0)
            values = found.filter(cohort=number)
            begun = others["published_at"].drop_nulls().to_numpy()
            yield Curve(
                platform,
                kind,
                len(others),
                others["ambassador"].n_unique(),
                others["published_at"].null_count(),
                len(mine) - len(others),
                tuple(self._point(values, age, begun) for age in AGES),
            )

    def _point(self, values: pl.DataFrame, age: int, begun: Values) -> Point:
        theirs, own = (_sorted(values, age, mine) for mine in (0, 1))
        old = int((begun <= self.newest - age * DAY).sum())
        middle = curves.quartiles(own)
        usual = curves.quartiles(theirs) if len(theirs) >= FEWEST_POSTS else None
        return Point(
            age,
            len(theirs),
            max(0, old - len(theirs)),
            len(begun) - max(old, len(theirs)),
            usual,
            len(own),
            None if middle is None else middle.middle,
            _rank(middle, theirs) if usual is not None else None,
        )


def _sorted(values: pl.DataFrame, age: int, mine: int) -> Values:
    found: Values = values.filter(age=age, mine=mine)["value"].sort().to_numpy()
    return found


def _rank(own: Quartiles | None, others: Values) -> Fraction | None:
    """Where the middle of our own lies among others."""
    if own is None:
        return None
    twice = int(own.middle * 2)
    below = int((others * 2).searchsorted(twice))
    upto = int((others * 2).searchsorted(twice, side="right"))
    return curves.rank(below, upto - below, len(others))

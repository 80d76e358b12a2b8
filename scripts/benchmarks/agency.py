"""Made-up readings of a whole agency: any number of rows, the same bytes each time.

Everything about a post follows from its number and the seed by a hash, so no table
of posts is kept: a day of readings is made when it is wanted and forgotten, and a
thousand million rows need the memory of one day. Each post is read four times a day
until its third day, once a day until it is 30 days old, then once a week until its
hundredth day: 46 readings. Readings come in the order of their delivery; late ones
are delivered LATE_BY days after they were captured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]

DAY = 86_400
START = "2023-01-01"
LATE_BY = 40
#: Days that a campaign lasts where there are several.
LASTS = 182
#: Hours after midnight UTC of the day of publication at which a post is read; the
#: first is after any hour of publication.
HOURS = (
    *range(21, 69, 6),
    *(24 * day + 21 for day in range(3, 30)),
    *(24 * day + 21 for day in range(36, 109, 7)),
)
READS = len(HOURS)
PLATFORMS = ("instagram", "tiktok", "youtube", "x", "facebook", "bluesky", "mastodon")
#: Metrics as parts of the views, but for `likes`, whose share is each post's own.
SHARES = {
    "views": 1.0,
    "impressions": 1.3,
    "reach": 0.7,
    "comments": 0.002,
    "shares": 0.0015,
    "quotes": 0.0003,
    "saves": 0.003,
    "clicks": 0.012,
}


@dataclass(frozen=True)
class Size:
    """What is made. nulls, falls, late: shares of cells, readings, readings.

    first: the month in which it begins, counted from START. word: what ids and names
    begin with, so that two agencies in one workspace share nothing.
    """

    readings: int
    campaigns: int = 1
    ambassadors: int = 100
    months: int = 24
    platforms: tuple[str, ...] = PLATFORMS[:5]
    nulls: float = 0.02
    falls: float = 0.01
    late: float = 0.005
    seed: int = 1
    first: int = 0
    word: str = "a"

    def __post_init__(self) -> None:
        unknown = [name for name in self.platforms if name not in PLATFORMS]
        if unknown or not self.platforms:
            raise ValueError(f"unknown platforms: {', '.join(unknown) or 'none given'}")
        if min(self.readings, self.campaigns, self.months) < 1:
            raise ValueError("readings, campaigns and months begin at 1")
        if self.ambassadors < self.campaigns:
            raise ValueError("each campaign needs an ambassador")

    @property
    def begins(self) -> int:
        """The first day, counted from 1970."""
        return _month(self.first)

    @property
    def days(self) -> int:
        return _month(self.first + self.months) - self.begins

    @property
    def posts(self) -> int:
        """The fewest posts that have so many readings within the days."""
        low, high = 1, self.readings + 1
        while low < high:
            middle = (low + high) // 2
            enough = self._all_readings(middle) >= self.readings
            low, high = (low, middle) if enough else (middle + 1, high)
        return low

    def _all_readings(self, posts: int) -> int:
        # Posts whose n-th reading still falls within the days.
        return sum(posts * max(0, self.days - h // 24) // self.days for h in HOURS)

    def starts(self, campaign: int) -> int:
        """The first day of a campaign, counted from 1970."""
        room = max(0, self.days - LASTS)
        return self.begins + room * campaign // max(1, self.campaigns - 1)

    def ends(self, campaign: int) -> int:
        """Its last day."""
        last = self.begins + self.days - 1
        many = self.campaigns > 1
        return min(last, self.starts(campaign) + LASTS - 1) if many else last


def _month(number: int) -> int:
    """The first day of a month after START, counted from 1970."""
    import datetime as dt

    start = dt.date.fromisoformat(START)
    years, month = divmod(start.month - 1 + number, 12)
    day = start.replace(year=start.year + years, month=month + 1)
    return (day - dt.date(1970, 1, 1)).days


# -- draws ------------------------------------------------------------------------


def draw(numbers: Whole, seed: int, salt: int) -> Real:
    """One number in [0, 1) for each, always the same: splitmix64."""
    import numpy as np

    with np.errstate(over="ignore"):
        x = numbers.astype(np.uint64) + np.uint64(seed * 1_000_003 + salt)
        x = x * np.uint64(0x9E3779B97F4A7C15) + np.uint64(0x2545F4914F6CDD1D)
        for shift, by in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            x = (x ^ (x >> np.uint64(shift))) * np.uint64(by)
        x ^= x >> np.uint64(31)
    return (x >> np.uint64(11)) / float(1 << 53)


@dataclass(frozen=True)
class Agency:
    """Draws the posts and readings of a size."""

    size: Size
    posts: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "posts", self.size.posts)

    def _draw(self, numbers: Whole, salt: int) -> Real:
        return draw(numbers, self.size.seed, salt)

    def before(self, day: int) -> int:
        """How many posts are published before a day of the window (0 is its first)."""
        return min(max(day, 0), self.size.days) * self.posts // self.size.days

    # -- posts --------------------------------------------------------------------

    def published(self, post: Whole, day: Whole) -> Whole:
        """Instants (s) at which posts of these days are published: 8 to 20 h UTC."""
        seconds = 8 * 3600 + (self._draw(post, 1) * 12 * 3600).astype("int64")
        return (self.size.begins + day) * DAY + seconds

    def ambassador(self, post: Whole, day: Whole) -> Whole:
        """Whose a post is: somebody of a campaign that runs that day, or anybody for
        one post in twenty."""
        import numpy as np

        size = self.size
        starts = np.array([size.starts(c) for c in range(size.campaigns)])
        ends = np.array([size.ends(c) for c in range(size.campaigns)])
        today = size.begins + day
        low = np.searchsorted(ends, today, side="left")
        high = np.searchsorted(starts, today, side="right")
        campaign = low + (self._draw(post, 2) * (high - low)).astype(np.int64)
        team = (size.ambassadors - 1 - campaign) // size.campaigns + 1
        member = (self._draw(post, 3) * team).astype(np.int64)
        anybody = (self._draw(post, 4) * size.ambassadors).astype(np.int64)
        astray = self._draw(post, 5) < 0.05
        return np.where(astray, anybody, campaign + size.campaigns * member)

    def platform(self, post: Whole) -> Whole:
        many = len(self.size.platforms)
        return (self._draw(post, 6) * many).astype("int64")

    # -- readings -----------------------------------------------------------------

    def blocks(self) -> Iterator[tuple[int, pl.DataFrame]]:
        """Day of delivery (from 1970) and its readings; `readings` rows in all."""
        left = self.size.readings
        for day in range(self.size.days + LATE_BY):
            made = self.delivered(day)
            yield self.size.begins + day, made.head(left)
            left -= min(left, made.height)

    def delivered(self, day: int) -> pl.DataFrame:
        """What is delivered on a day of the window or in the LATE_BY days after it:
        the day's readings but for the late ones, and those that were late before."""
        import numpy as np

        parts = (self._captured(day, False), self._captured(day - LATE_BY, True))
        post, which, at = (np.concatenate(each) for each in zip(*parts, strict=True))
        order = np.lexsort((post, at))
        return self._frame(post[order], which[order], at[order])

    def _captured(self, day: int, late: bool) -> tuple[Whole, Whole, Whole]:
        """Posts, which of their readings, and the instants (s) on a day; nothing is
        captured outside the window."""
        import numpy as np

        inside = 0 <= day < self.size.days
        posts, which = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for number, hour in enumerate(HOURS if inside else ()):
            first = day - hour // 24
            some = np.arange(self.before(first), self.before(first + 1))
            posts.append(some)
            which.append(np.full(some.size, number))
        post, read = np.concatenate(posts), np.concatenate(which)
        own = (self._draw(post * READS + read, 7) < self.size.late) == late
        post, read = post[own], read[own]
        hours = np.array(HOURS)[read] % 24
        jitter = (self._draw(post * READS + read, 8) * 3600).astype(np.int64)
        return post, read, (self.size.begins + day) * DAY + hours * 3600 + jitter

    def _frame(self, post: Whole, which: Whole, at: Whole) -> pl.DataFrame:
        import polars as pl

        size = self.size
        day = at // DAY - size.begins - _hours()[which] // 24
        published, platform = self.published(post, day), self.platform(post)
        names = pl.Series("platform", size.platforms)[pl.Series(platform)]
        who, number = self.ambassador(post, day), pl.Series("n", post)
        counts = self._counts(post, which, at, published)
        frame = pl.DataFrame(
            {"n": number, "who": who, "published": published, "at": at, **counts}
        )
        return (
            frame.with_columns(platform=names)
            .with_columns(self._known(post, which, platform))
            .select(
                "platform",
                handle=pl.format("{}{}", pl.lit(size.word), _padded("who", 6)),
                post_id=pl.format("{}{}", pl.lit(size.word), _padded("n", 10)),
                url=pl.format(
                    "https://{}.example/{}{}", "platform", pl.lit(size.word), "n"
                ),
                published_at=_iso("published"),
                captured_at=_iso("at"),
                **{name: pl.col(name) for name in counts},
            )
        )

    def _counts(
        self, post: Whole, which: Whole, at: Whole, published: Whole
    ) -> dict[str, Whole]:
        """Running totals; a fall tells 95 % of what the reading before told."""
        import numpy as np

        hours = _hours()
        falls = (which > 0) & (self._draw(post * READS + which, 9) < self.size.falls)
        back = (hours[which] - hours[which - 1]) * 3600 + 3600
        age = (at - published - np.where(falls, back, 0)) / DAY
        radius = np.sqrt(-2 * np.log1p(-self._draw(post, 10)))
        normal = radius * np.cos(2 * np.pi * self._draw(post, 11))
        pace = 1.5 + 7.5 * self._draw(post, 12)
        grown = 1 - np.exp(-np.maximum(age, 0) / pace)
        views = np.exp(8.5 + 1.4 * normal) * grown * np.where(falls, 0.95, 1.0)
        likes = views * (0.01 + 0.08 * self._draw(post, 13))
        counts = {name: views * share for name, share in SHARES.items()}
        return {k: v.astype(np.int64) for k, v in {**counts, "likes": likes}.items()}

    def _known(self, post: Whole, which: Whole, platform: Whole) -> list[pl.Expr]:
        """Null where the platform's API does not give a metric, and by chance."""
        import polars as pl

        given = metrics_given()
        found = []
        for number, name in enumerate((*SHARES, "likes")):
            where = [i for i, p in enumerate(self.size.platforms) if name in given[p]]
            told = pl.Series(platform).is_in(where)
            chance = self._draw(post * READS + which, 20 + number)
            known = told & pl.Series(chance >= self.size.nulls)
            found.append(pl.when(known).then(pl.col(name)).alias(name))
        return found


@cache
def _hours() -> Whole:
    import numpy as np

    return np.array(HOURS)


@cache
def metrics_given() -> Mapping[str, tuple[str, ...]]:
    """The metrics that the program's own sources have from each platform."""
    from tracker.sources.platforms import (
        bluesky,
        facebook,
        instagram,
        mastodon,
        tiktok,
        x,
        youtube,
    )

    return {
        "instagram": instagram.SIDE.metrics,
        "facebook": facebook.SIDE.metrics,
        "tiktok": tiktok.METRICS,
        "youtube": youtube.METRICS,
        "x": x.METRICS,
        "bluesky": bluesky.METRICS,
        "mastodon": mastodon.METRICS,
    }


def _padded(column: str, digits: int) -> pl.Expr:
    import polars as pl

    return pl.col(column).cast(pl.String).str.zfill(digits)


def _iso(column: str) -> pl.Expr:
    import polars as pl

    return pl.from_epoch(pl.col(column), time_unit="s").dt.strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )

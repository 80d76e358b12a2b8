"""The leaderboard: one row an ambassador, ranked by the leading metric."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tracker.facts import CampaignFacts, Person
from tracker.kpi.series import weekly
from tracker.kpi.spread import gini, median, top_share
from tracker.model import day_number, local_day
from tracker.report.missions import delivered_by
from tracker.report.sparks import Spark, spark
from tracker.report.text import clean, file_name

if TYPE_CHECKING:
    from tracker.report.gallery import Drawing
    from tracker.words import Words

#: Metrics shown beside the leading one.
BESIDE = 2
#: Rows on the campaign page, of so many people at most; of more, the first ones.
WHOLE, FIRST = 300, 100
#: Places that are shown of the two other rankings.
PLACES = 10
#: A scatter of fewer dots says nothing.
DOTS = 8


@dataclass(frozen=True, slots=True)
class BoardRow:
    """value: leading metric; each: of one known post; per_thousand: per 1,000
    followers; others: the metrics beside; unknown: posts without the leading one.
    by_post, by_follower: place by those two, for the first ten. on_time, due: missions,
    those whose day is over."""

    rank: int | None
    id: str
    name: str
    page: str
    team: str
    value: int | None
    spark: Spark | None
    each: float | None
    per_thousand: float | None
    followers: int | None
    posts: int
    others: tuple[int | None, ...]
    known: int
    unknown: int
    by_post: int | None = None
    by_follower: int | None = None
    on_time: int = 0
    due: int = 0


@dataclass(frozen=True, slots=True)
class Board:
    metric: str | None
    others: tuple[str, ...]
    rows: tuple[BoardRow, ...]
    middle: BoardRow | None
    weeks: int
    top_share: float | None
    gini: float | None
    followed: bool
    missions: bool = False

    @property
    def shown(self) -> tuple[BoardRow, ...]:
        """The rows of the table; of very many, the first ones."""
        return self.rows if len(self.rows) <= WHOLE else self.rows[:FIRST]

    @property
    def best(self) -> BoardRow | None:
        """Who does best by followers."""
        return next((row for row in self.rows if row.by_follower == 1), None)

    def scatter(self, w: Words, gallery: Any, metric: str | None) -> Drawing | None:
        """Result of a post against audience, when enough people have both."""
        seen = [r for r in self.rows if r.each and r.followers]
        if len(seen) < DOTS or metric is None:
            return None
        best = sorted(seen, key=lambda r: (-(r.per_thousand or 0), r.id))[:2]
        named = list(dict.fromkeys([*best, seen[0]]))
        shown: Drawing = gallery.show(
            "scatter",
            w,
            {
                "audience": [r.followers for r in seen],
                "result": [float(f"{r.each:.3g}") for r in seen],
                "names": [[r.followers, float(f"{r.each:.3g}"), r.name] for r in named],
                "title": [
                    w("Followers"),
                    w("{metric} per post", metric=w.metric(metric)),
                ],
            },
        )
        return shown


def board(facts: CampaignFacts) -> Board:
    """Rows by value, unknown last; those alike by name."""
    others = tuple(m for m in facts.metrics if m != facts.leading and m != "reach")
    others = others[:BESIDE]
    first, last = _days(facts)
    done = delivered_by(facts)
    rows = [
        _row(p, facts.leading, others, first, last, done.get(p.id, (0, 0)))
        for p in facts.people
    ]
    rows.sort(key=lambda r: (r.value is None, -(r.value or 0), r.name, r.id))
    ranked = tuple(_ranked(rows))
    values = [r.value for r in rows if r.value is not None]
    return Board(
        facts.leading,
        others,
        ranked,
        _middle(rows, len(others)) if len(rows) > 2 else None,
        (last - first) // 7 + 1,
        top_share(values) if len(values) > 10 else None,
        gini(values) if len(values) > 2 else None,
        any(r.per_thousand is not None for r in rows),
        bool(done),
    )


def _days(facts: CampaignFacts) -> tuple[int, int]:
    from zoneinfo import ZoneInfo

    starts = facts.campaign.starts
    days = [day.day for day in facts.days]
    zone = ZoneInfo(facts.campaign.timezone)
    end = day_number(local_day(facts.as_of, zone)) if facts.as_of is not None else 0
    first = min([*days[:1], *([day_number(starts)] if starts else [])], default=end)
    return first, max([end, *days[-1:]])


def _row(
    person: Person,
    metric: str | None,
    others: Iterable[str],
    first: int,
    last: int,
    done: tuple[int, int],
) -> BoardRow:
    count = person.counts[metric] if metric else None
    value = count.value if count else None
    known = count.known if count else 0
    per_thousand = None
    if value is not None and person.followers:
        per_thousand = value / person.followers * 1000
    weeks = weekly([(day, gain) for day, _, gain, _ in person.days], first, last)
    return BoardRow(
        None,
        person.id,
        clean(person.name),
        file_name(person.id) + ".html",
        clean(person.team or ""),
        value,
        spark(weeks) if value is not None else None,
        value / known if value is not None and known else None,
        per_thousand,
        person.followers,
        person.posts,
        tuple(person.counts[m].value for m in others),
        known,
        count.unknown if count else person.posts,
        on_time=done[0],
        due=done[1],
    )


def _ranked(rows: list[BoardRow]) -> Iterable[BoardRow]:
    """With places by value, by post and by follower."""
    by_post = _places(rows, lambda row: row.each)
    by_follower = _places(rows, lambda row: row.per_thousand)
    for at, row in enumerate(rows, 1):
        yield replace(
            row,
            rank=at if row.value is not None else None,
            by_post=by_post.get(row.id),
            by_follower=by_follower.get(row.id),
        )


def _places(
    rows: list[BoardRow], measure: Callable[[BoardRow], float | None]
) -> dict[str, int]:
    """The first places; those alike by name."""
    known = [row for row in rows if measure(row) is not None]
    known.sort(key=lambda row: (-(measure(row) or 0), row.name, row.id))
    return {row.id: at for at, row in enumerate(known[:PLACES], 1)}


def _middle(rows: list[BoardRow], others: int) -> BoardRow:
    """The median of each column, of those who have a value."""

    def mid(values: Iterable[float | None]) -> float | None:
        return median([value for value in values if value is not None])

    def whole(values: Iterable[float | None]) -> int | None:
        found = mid(values)
        return None if found is None else round(found)

    return BoardRow(
        None,
        "",
        "",
        "",
        "",
        whole(r.value for r in rows),
        None,
        mid(r.each for r in rows),
        mid(r.per_thousand for r in rows),
        None,
        whole(r.posts for r in rows) or 0,
        tuple(whole(r.others[at] for r in rows) for at in range(others)),
        0,
        whole(r.unknown for r in rows) or 0,
    )

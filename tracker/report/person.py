"""The page of one ambassador: their own data, and nobody else's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tracker.facts import CampaignFacts, Count, Person
from tracker.model import NOT_ADDITIVE, number_day
from tracker.report.listing import Listed, listed
from tracker.report.ownpage import Cells, Own, own_of
from tracker.report.pages import Head, head, metric_series
from tracker.report.sparks import Curve, curve, round_steps
from tracker.report.text import clean
from tracker.words import Words

if TYPE_CHECKING:
    import polars as pl

    from tracker.kpi.series import Daily

#: Posts listed on the page: all but those of the busiest, because the data files
#: hold the posts of others and are not for them.
SHOWN = 1000
SIZES = (952, 358)


@dataclass(frozen=True, slots=True)
class OwnCount:
    metric: str
    count: Count
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AmbassadorPage:
    """curves: the leading metric over time, wide and narrow; none below two days.
    since: the first day of their enrolment, where it is known."""

    head: Head
    name: str
    handles: tuple[tuple[str, str], ...]
    country: str
    metric: str | None
    metrics: tuple[str, ...]
    value: int | None
    posts: int
    counts: tuple[OwnCount, ...]
    curves: tuple[Curve, ...]
    own: Own
    top: tuple[Listed, ...]
    newest: int | None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class SentPage:
    """What an ambassador is sent: the words and the page of each campaign, the latest
    first. head: of the first."""

    head: Head
    name: str
    pages: tuple[tuple[Words, AmbassadorPage], ...]


def ambassador_page(
    facts: CampaignFacts,
    person: Person,
    posts: pl.DataFrame,
    frame: Daily | None,
    w: Words,
    cells: Cells,
) -> AmbassadorPage:
    """posts: theirs, in the order of facts.posts. frame: the campaign's days. cells:
    theirs."""
    classes = tuple(
        dict.fromkeys(
            name
            for part in facts.platforms
            if part.platform in person.platforms
            for name in part.classes
        )
    )
    leading = facts.leading
    newest = posts["last_at"].max() if len(posts) else None
    return AmbassadorPage(
        head=head(facts, "../../"),
        name=clean(person.name),
        handles=tuple((platform, clean(text)) for platform, text in person.handles),
        country=clean(person.country or ""),
        metric=leading,
        metrics=facts.metrics,
        value=person.counts[leading].value if leading else None,
        posts=person.posts,
        counts=tuple(_counts(facts, person, classes)),
        curves=_curves(facts, person, frame, w),
        own=own_of(facts, person, posts, cells),
        top=listed(facts, posts.head(SHOWN)),
        newest=newest if isinstance(newest, int) else None,
        since=date.fromisoformat(person.starts) if person.starts else None,
    )


def _counts(
    facts: CampaignFacts, person: Person, classes: tuple[str, ...]
) -> list[OwnCount]:
    return [
        OwnCount(
            m, person.counts[m], classes if person.counts[m].known else ("unknown",)
        )
        for m in facts.metrics
        if m not in NOT_ADDITIVE
    ]


def _curves(
    facts: CampaignFacts, person: Person, frame: Daily | None, w: Words
) -> tuple[Curve, ...]:
    total, points = 0, []
    for day, _, gain, known in person.days:
        if gain or known:
            total += gain
            points.append((day, total))
    if frame is None or not points:
        return ()
    top = max(value for _, value in points)
    names = [(value, w.compact(value)) for value in round_steps(top)]
    months = [
        (day, w.day(number_day(day), short=True).split("\u00a0")[1])
        for day in range(frame.first, frame.last + 1)
        if number_day(day).day == 1
    ]
    few = months if len(months) <= 14 else months[::3]
    return tuple(
        curve(
            points,
            frame.first,
            frame.last + 1,
            few if size > 400 else few[::2],
            names,
            size,
        )
        for size in SIZES
    )


def own_frame(facts: CampaignFacts) -> Daily | None:
    """The days that all own curves show."""
    return metric_series(facts, facts.leading) if facts.leading else None

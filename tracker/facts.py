"""What pages are made from: facts of a campaign as frozen values.

The store hands them over, the report turns them into pages. None is unknown,
never zero. Nothing here depends on the order in which data arrived: no ids of
rows, no names of files but those of refused rows, no instants of recording.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tracker.model import Campaign
from tracker.resultfacts import Brought
from tracker.troublefacts import Troubles

if TYPE_CHECKING:
    import polars as pl

    from tracker.answers import Question
    from tracker.checks.plan import Missing, Orphan
    from tracker.kpi.answer import Answer, Kpi
    from tracker.planning import Unknown
    from tracker.programme import (
        Cell,
        Consent,
        Contract,
        Cost,
        Feedback,
        Goods,
        Mission,
        TrackedLink,
        Wave,
    )
    from tracker.statements import Line


@dataclass(frozen=True, slots=True)
class Count:
    """A sum of last known values over posts.

    value: None when no post is known, or when the metric cannot be added up.
    known, unknown: posts. oldest, newest: instants of the readings in the sum.
    """

    value: int | None
    known: int
    unknown: int
    oldest: int | None = None
    newest: int | None = None


@dataclass(frozen=True, slots=True)
class PlatformFacts:
    """One platform's part; counts by metric; classes of its readings."""

    platform: str
    posts: int
    newest: int | None
    counts: Mapping[str, Count]
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DayFacts:
    """A day on which something changed (days since 1970, campaign's zone).

    gains and known: what was added on that day, by metric; posts: first seen.
    """

    day: int
    platform: str
    posts: int
    gains: Mapping[str, int]
    known: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Person:
    """An enrolled ambassador and the sums over their posts of the campaign.

    days: (day, posts, gain, known) of the leading metric. handles: (platform,
    handle as written). followers: the largest known of a handle. starts, ends:
    ISO days of the enrolment, None: the campaign's.
    """

    id: str
    name: str
    country: str | None
    team: str | None
    handles: tuple[tuple[str, str], ...]
    followers: int | None
    starts: str | None
    ends: str | None
    posts: int
    counts: Mapping[str, Count]
    platforms: Mapping[str, int]
    days: tuple[tuple[int, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A source of tracker.toml; every: a sentence-free cadence such as 15m.

    due: when it should have run, ms UTC, if that is past and it did not; else None.
    newest: when a run last brought something new, ms UTC.
    """

    name: str
    kind: str
    every: str | None
    state: str
    reason: str | None
    due: int | None = None
    newest: int | None = None

    @property
    def troubled(self) -> bool:
        """Does it need a person?"""
        return self.due is not None or self.state in ("paused", "failed")


@dataclass(frozen=True, slots=True)
class RejectFacts:
    """Open rejects of one kind: how many, and where the first one stands."""

    source: str
    code: str
    column: str
    reason: str
    rows: int
    label: str
    line: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A smaller value of the same post and instant, shown and not believed."""

    platform: str
    post_id: str
    at: int
    metric: str
    kept: int | None
    other: int


@dataclass(frozen=True, slots=True)
class QualityFacts:
    """What is wrong, late or missing.

    unattributed: (platform, handle or None, posts) in the workspace; outside:
    posts of enrolled people that do not count for this campaign. refused:
    (source, file, error).
    """

    rejects: tuple[RejectFacts, ...] = ()
    refused: tuple[tuple[str, str, str], ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    disagreed: int = 0
    unattributed: tuple[tuple[str, str | None, int], ...] = ()
    outside: int = 0


@dataclass(frozen=True, slots=True)
class ResultFacts:
    """Counted outcomes of one kind.

    events: rows; many: their quantities; traced: those put down to an ambassador.
    newest: the last of them, ms UTC. classes: of the sources they came by. value: minor
    units of those in the campaign's currency, None where none has one. conflicts: rows
    that several could have brought.
    """

    kind: str
    events: int
    many: Decimal
    traced: Decimal
    newest: int
    classes: tuple[str, ...]
    value: int | None = None
    conflicts: int = 0


@dataclass(frozen=True, slots=True)
class AskedPost:
    """A post whose author was asked for a disclosure. words: what to add, as a rule of
    their country wants it; '' where none is known."""

    platform: str
    post_id: str
    url: str | None
    caption: str
    at: int
    words: str


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """What belongs to one ambassador besides posts.

    results: outcomes put down to them, by kind. lines: what they are owed and were
    paid. consents, contracts, goods: what is kept of them on paper.
    """

    links: tuple[TrackedLink, ...] = ()
    results: tuple[tuple[str, Decimal], ...] = ()
    lines: tuple[Line, ...] = ()
    asked: tuple[AskedPost, ...] = ()
    consents: tuple[Consent, ...] = ()
    contracts: tuple[Contract, ...] = ()
    goods: tuple[Goods, ...] = ()


@dataclass(frozen=True)
class ProgrammeFacts:
    """What is known of a campaign besides its posts and KPIs, as `tracker mission`,
    `outcome`, `cost`, `survey` and `feedback` answer at the newest reading.

    grid: each mission with its cells. results: by kind of outcome. applicants come
    from `applications` or from the `plan` (applied_by). costs: also the plan's. waves:
    by question, in order of time. lacks, orphans, nobody: what the plan lacks, what
    nothing will fill, names that nobody has. own: by ambassador.
    """

    grid: tuple[tuple[Mission, tuple[Cell, ...]], ...] = ()
    results: Mapping[str, ResultFacts] = field(default_factory=dict)
    costs: tuple[Cost, ...] = ()
    waves: tuple[Wave, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    applicants: int | None = None
    applied_by: str = ""
    lacks: tuple[Missing, ...] = ()
    orphans: tuple[Orphan, ...] = ()
    nobody: tuple[Unknown, ...] = ()
    own: Mapping[str, OwnFacts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changed:
    """A count before and now; None unknown. why: (reason, by how much, of how many
    posts): new, grown, corrected, fallen, joined (counts now), left (counts no more).
    """

    metric: str
    before: int | None
    now: int | None
    why: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since a report. name: of its mark, "" of an instant; at: ms UTC.

    joined, moved: names of people who were enrolled, or whose days changed; left: how
    many are enrolled no more. results, missions: (kind or state, before, now). paid:
    before and now, None: the same.
    """

    name: str
    at: int
    counts: tuple[Changed, ...]
    joined: tuple[str, ...]
    left: int
    moved: tuple[str, ...]
    results: tuple[tuple[str, Decimal, Decimal], ...]
    missions: tuple[tuple[str, Decimal, Decimal], ...]
    paid: tuple[Decimal, Decimal] | None

    @property
    def changed(self) -> bool:
        people = self.joined or self.left or self.moved
        return bool(self.counts or people or self.results or self.missions or self.paid)


@dataclass(frozen=True, slots=True)
class Edition:
    """Which edition of the pages it is. client: without names and money. erased: in a
    replay, people who were erased since: their names are gone from it too."""

    client: bool = False
    erased: int = 0


WHOLE = Edition()


@dataclass(frozen=True)
class CampaignFacts:
    """Everything the pages of one campaign are made from.

    as_of: the newest instant of a reading; leading: the metric that curves show.
    sums: last known values by platform and metric, summed over posts again, to be
    compared with the sums of gains. posts: one row a post, columns of POSTS. rows: the
    same as the store read them, for KPIs and missions; no page sees them.
    left_out: platforms whose terms keep their figures out of sums over several
    platforms, and why; `counts` and the counts of people on several are without them.
    questions: what this kind of programme must see, with the answers. kpis: all KPIs
    of the campaign and its indicators, as they were at `as_of`. programme: what is
    known of it besides. brought: more of what it brought and cost. troubles: what its
    quality page tells besides `quality`.
    """

    campaign: Campaign
    plan: Mapping[str, Any]
    as_of: int | None
    leading: str | None
    metrics: tuple[str, ...]
    posts_total: int
    counts: Mapping[str, Count]
    platforms: tuple[PlatformFacts, ...]
    days: tuple[DayFacts, ...]
    people: tuple[Person, ...]
    sums: Mapping[tuple[str, str], int | None]
    quality: QualityFacts
    posts: pl.DataFrame = field(repr=False)
    rows: pl.DataFrame | None = field(default=None, repr=False, compare=False)
    sources: tuple[SourceFacts, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    questions: tuple[Question, ...] = ()
    edition: Edition = WHOLE
    since: Since | None = None
    kpis: Answer | None = None
    brought: Brought = field(default_factory=Brought)
    troubles: Troubles = field(default_factory=Troubles)
    programme: ProgrammeFacts = ProgrammeFacts()

    @cached_property
    def kpi(self) -> Mapping[str, Kpi]:
        """KPIs of the whole campaign, by name."""
        rows = self.kpis.rows if self.kpis else ()
        return {one.name: one for row in rows for one in row.kpis}

    def added(self, platform: str) -> bool:
        """Do its figures stand in sums over several platforms?"""
        return all(platform != name for name, _ in self.left_out)

    @property
    def added_days(self) -> tuple[DayFacts, ...]:
        """Days of the platforms that stand in sums over several."""
        if not self.left_out:
            return self.days
        return tuple(day for day in self.days if self.added(day.platform))


#: Columns of `CampaignFacts.posts` before one column a metric.
POSTS = (
    "platform",
    "post_id",
    "ambassador",
    "url",
    "published_at",
    "kind",
    "caption",
    "language",
    "first_at",
    "last_at",
)

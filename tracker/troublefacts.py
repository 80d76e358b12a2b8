"""What is wrong, late or missing, as the quality page is handed it: frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from tracker.finding import Finding


@dataclass(frozen=True, slots=True)
class RowSums:
    """Rows of all payloads of the workspace, and where they went."""

    payloads: int = 0
    rows: int = 0
    stored: int = 0
    unchanged: int = 0
    corrected: int = 0
    rejected: int = 0
    ignored: int = 0

    @property
    def holds(self) -> bool:
        """Has every row gone somewhere, and none to two places?"""
        parts = (self.stored, self.unchanged, self.corrected, self.rejected)
        return self.rows == sum(parts)


@dataclass(frozen=True, slots=True)
class Recount:
    """The last `tracker verify`: when, over how many readings, how many differences,
    and whether anything came in since."""

    at: int
    readings: int
    differences: int
    outdated: bool


@dataclass(frozen=True, slots=True)
class SourceDays:
    """Runs of one source by day: ok, partial, failed, or "" for none; as many as
    Troubles.days has."""

    name: str
    days: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """A post that is not there any more. since: when that was seen first, last_at:
    its newest reading, both ms; views: as it was read last, None unknown."""

    platform: str
    post_id: str
    ambassador: str | None
    since: int
    last_at: int | None
    views: int | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A post's disclosure. label: the words found; override: a person said so."""

    verdict: str
    label: str
    rule: str
    placement: str
    override: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """A line of the log of corrective actions."""

    at: int
    platform: str
    post_id: str
    ambassador: str | None
    act: str
    note: str


@dataclass(frozen=True, slots=True)
class Failing:
    """A post whose label is weak or missing; act: what was done last."""

    platform: str
    post_id: str
    ambassador: str
    verdict: str
    rule: str
    act: str | None


@dataclass(frozen=True, slots=True)
class Disclosed:
    """Disclosure of a campaign's posts. counts: posts by verdict; older: those among
    weak and fail that are older than the law. rules: (rule, its date, verdict, posts).
    failing: those with most of the leading metric. top: verdicts of the posts that the
    campaign page shows, by platform and id."""

    counts: Mapping[str, int] = field(default_factory=dict)
    older: int = 0
    rules: tuple[tuple[str, date | None, str, int], ...] = ()
    failing: tuple[Failing, ...] = ()
    acts: tuple[Act, ...] = ()
    top: Mapping[tuple[str, str], Judged] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Troubles:
    """days: first and last day of runs, days since 1970 in the campaign's zone.
    presence: posts by state, when any was looked for."""

    rows: RowSums = field(default_factory=RowSums)
    recount: Recount | None = None
    days: tuple[int, int] = (0, -1)
    runs: tuple[SourceDays, ...] = ()
    presence: Mapping[str, int] = field(default_factory=dict)
    gone: tuple[Gone, ...] = ()
    findings: tuple[Finding, ...] = ()
    disclosed: Disclosed = field(default_factory=Disclosed)

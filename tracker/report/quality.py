"""The quality page: do the sums hold, and what waits for a person?"""

from __future__ import annotations

from dataclasses import dataclass

from tracker.facts import (
    CampaignFacts,
    Count,
    Disagreement,
    RejectFacts,
    SourceFacts,
)
from tracker.model import NOT_ADDITIVE
from tracker.report.figures import adds_up
from tracker.report.pages import Head, head
from tracker.report.text import clean
from tracker.report.trouble import Trouble, trouble

#: Rows of a list on the page; all are counted.
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Proof:
    """cut: campaign, platform or ambassador; holds: of how many sums; bad: which."""

    cut: str
    sums: int
    bad: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fall:
    day: int
    platform: str
    metric: str
    gain: int


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A platform: posts, and for each metric its count; None: never given."""

    platform: str
    posts: int
    cells: tuple[Count | None, ...]


@dataclass(frozen=True, slots=True)
class QualityPage:
    head: Head
    posts: int
    proofs: tuple[Proof, ...]
    metrics: tuple[str, ...]
    coverage: tuple[CoverageRow, ...]
    falls: tuple[Fall, ...]
    fallen: int
    disagreements: tuple[Disagreement, ...]
    disagreed: int
    rejects: tuple[RejectFacts, ...]
    rejected: int
    refused: tuple[tuple[str, str, str], ...]
    unattributed: tuple[tuple[str, str | None, int], ...]
    unknown_posts: int
    outside: int
    sources: tuple[SourceFacts, ...]
    troubled: tuple[SourceFacts, ...]
    trouble: Trouble

    @property
    def waiting(self) -> int:
        """How many kinds of things wait for a person."""
        kinds = (
            self.rejected,
            len(self.refused),
            self.unknown_posts,
            self.disagreed,
            len(self.troubled),
            sum(len(proof.bad) for proof in self.proofs),
        )
        return sum(1 for many in kinds if many) + self.trouble.open


def quality_page(facts: CampaignFacts) -> QualityPage:
    found = facts.quality
    falls = _falls(facts)
    return QualityPage(
        head=head(facts, "../"),
        posts=facts.posts_total,
        proofs=tuple(_proofs(facts)),
        metrics=facts.metrics,
        coverage=tuple(_coverage(facts)),
        falls=tuple(falls[:SHOWN]),
        fallen=len(falls),
        disagreements=found.disagreements,
        disagreed=found.disagreed,
        rejects=tuple(_clean_reject(reject) for reject in found.rejects[:SHOWN]),
        rejected=sum(reject.rows for reject in found.rejects),
        refused=tuple(
            (clean(name), clean(label), clean(error))
            for name, label, error in found.refused[:SHOWN]
        ),
        unattributed=tuple(
            (platform, None if handle is None else clean(handle), posts)
            for platform, handle, posts in found.unattributed[:SHOWN]
        ),
        unknown_posts=sum(posts for *_, posts in found.unattributed),
        outside=found.outside,
        sources=facts.sources,
        troubled=tuple(s for s in facts.sources if s.troubled),
        trouble=trouble(facts),
    )


def _clean_reject(reject: RejectFacts) -> RejectFacts:
    return RejectFacts(
        clean(reject.source),
        reject.code,
        clean(reject.column),
        clean(reject.reason),
        reject.rows,
        clean(reject.label),
        reject.line,
    )


def _additive(facts: CampaignFacts) -> list[str]:
    return [metric for metric in facts.metrics if metric not in NOT_ADDITIVE]


def _proofs(facts: CampaignFacts) -> list[Proof]:
    """Sums of gains against sums of last known values, computed here and now."""
    metrics = _additive(facts)
    whole = [m for m in metrics if not adds_up(facts, m)]
    parts = [
        f"{part.platform} {m}"
        for part in facts.platforms
        for m in metrics
        if not adds_up(facts, m, part.platform)
    ]
    people = _people(facts, metrics)
    return [
        Proof("campaign", len(metrics), tuple(whole)),
        Proof("platform", len(metrics) * len(facts.platforms), tuple(parts)),
        Proof("ambassador", len(metrics) * len(facts.people), tuple(people)),
    ]


def _people(facts: CampaignFacts, metrics: list[str]) -> list[str]:
    import polars as pl

    several = [person.id for person in facts.people if len(person.platforms) > 1]
    left = [name for name, _ in facts.left_out]
    apart = pl.col("platform").is_in(left) & pl.col("ambassador").is_in(several)
    posts = facts.posts.filter(~apart.fill_null(value=False))
    sums = posts.group_by("ambassador").agg(pl.col(metrics).sum())
    last = {row["ambassador"]: row for row in sums.iter_rows(named=True)}
    return [
        f"{person.id} {m}"
        for person in facts.people
        for m in metrics
        if (person.counts[m].value or 0) != last.get(person.id, {}).get(m, 0)
    ]


def _coverage(facts: CampaignFacts) -> list[CoverageRow]:
    rows = [
        CoverageRow(
            part.platform,
            part.posts,
            tuple(
                part.counts[m] if part.counts[m].known else None for m in facts.metrics
            ),
        )
        for part in facts.platforms
    ]
    return sorted(rows, key=lambda row: (-row.posts, row.platform))


def _falls(facts: CampaignFacts) -> list[Fall]:
    """Days on which a platform's sum went down, the deepest first."""
    found = [
        Fall(day.day, day.platform, metric, gain)
        for day in facts.days
        for metric, gain in day.gains.items()
        if gain < 0 and metric not in NOT_ADDITIVE
    ]
    return sorted(found, key=lambda f: (f.gain, f.day, f.platform, f.metric))

"""What waits for a person: findings by rule, runs by day, posts that are gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from tracker.catalogue import N_
from tracker.facts import CampaignFacts
from tracker.finding import Finding
from tracker.model import local_day, number_day
from tracker.report.text import clean
from tracker.troublefacts import Disclosed, Gone, RowSums

#: Findings and posts that are listed; all are in data/findings.csv.
SHOWN = 40
RANK = {"error": 0, "warning": 1, "info": 2}
#: What each rule means, and what it does to the report.
RULES: dict[str, tuple[str, str]] = {
    "ambassador.silent": (
        N_("Ambassadors of whom nothing came for long"),
        N_("nothing is counted for them"),
    ),
    "consent.withdrawn": (
        N_("Ambassadors who took their consent back"),
        N_("none on figures"),
    ),
    "contract.threshold": (
        N_("Fees and goods that ask for a written contract"),
        N_("none on figures"),
    ),
    "cost.budget": (N_("Costs beyond the budget"), N_("counted as they are")),
    "mission.late": (N_("Missions delivered late"), N_("counted as late")),
    "mission.missing": (N_("Missions not delivered"), N_("counted as missing")),
    "outcome.conflict": (
        N_("Results that several could have brought"),
        N_("counted once, by the rule of the plan"),
    ),
    "outcome.same-order": (
        N_("Orders told twice"),
        N_("counted once"),
    ),
    "post.gone": (N_("Posts that are gone"), N_("counted with the last known value")),
    "post.restored": (N_("Posts that are back"), N_("counted")),
    "post.suspect": (N_("Posts not found once"), N_("counted")),
    "reading.disagree": (
        N_("Smaller values of the same moment"),
        N_("shown, not believed"),
    ),
    "reading.fell": (N_("Counts that fell"), N_("counted, marked")),
    "reading.flat": (N_("Counts that stand still"), N_("counted, marked")),
    "reading.identical": (
        N_("Posts with the same values"),
        N_("counted, marked"),
    ),
    "reading.jump": (N_("Jumps without a cause found"), N_("counted, marked")),
    "reading.likes-without-views": (
        N_("Likes that rose while views stood still"),
        N_("counted, marked"),
    ),
    "source.failed": (N_("Sources whose runs fail"), N_("figures may be old")),
    "source.late": (N_("Sources that are late"), N_("figures may be old")),
    "source.silent": (
        N_("Sources that bring nothing new"),
        N_("figures may be old"),
    ),
}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """Findings of one rule. title, effect: sentences of the catalogue, the rule itself
    where nobody named it. since: the day of the oldest that is open."""

    rule: str
    title: str
    effect: str
    severity: str
    open: int
    known: int
    fixed: int
    since: date | None

    @property
    def many(self) -> int:
        return self.open + self.known + self.fixed


@dataclass(frozen=True, slots=True)
class RunRow:
    """A source: a state for each day, and when it last brought something new."""

    name: str
    days: tuple[str, ...]
    newest: int | None

    @property
    def bad(self) -> int:
        return sum(1 for day in self.days if day in ("failed", "partial"))

    @property
    def ran(self) -> int:
        return sum(1 for day in self.days if day)


@dataclass(frozen=True, slots=True)
class Recounted:
    """The last recount. day: of the campaign; outdated: data came in since."""

    day: date
    readings: int
    differences: int
    outdated: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """rules: those with findings, open ones first. listed: the newest open findings.
    first, last: days of the grid of runs. gone: posts, those with most views at
    removal first; lost: known views of all of them, None when none are known, and of
    how many posts they are not."""

    rows: RowSums
    recount: Recounted | None
    first: date | None
    last: date | None
    runs: tuple[RunRow, ...]
    rules: tuple[RuleRow, ...]
    listed: tuple[Finding, ...]
    presence: tuple[tuple[str, int], ...]
    gone: tuple[Gone, ...]
    lost: tuple[int | None, int]
    disclosed: Disclosed

    @property
    def open(self) -> int:
        """Rules with open findings that somebody should look at."""
        return sum(1 for row in self.rules if row.open and row.severity != "info")


def trouble(facts: CampaignFacts) -> Trouble:
    found = facts.troubles
    first, last = found.days
    waiting = [one for one in found.findings if one.state == "open"]
    waiting = sorted(waiting, key=lambda one: (one.severity == "info", -one.at, one.id))
    return Trouble(
        rows=found.rows,
        recount=_recount(facts),
        first=number_day(first) if last >= first else None,
        last=number_day(last) if last >= first else None,
        runs=tuple(_runs(facts)),
        rules=tuple(_rules(facts)),
        listed=tuple(_clean(one) for one in waiting[:SHOWN]),
        presence=tuple(found.presence.items()),
        gone=tuple(
            replace(one, post_id=clean(one.post_id)) for one in found.gone[:SHOWN]
        ),
        lost=_lost([one.views for one in found.gone]),
        disclosed=_disclosed(facts),
    )


def _lost(views: list[int | None]) -> tuple[int | None, int]:
    known = [one for one in views if one is not None]
    return sum(known) if known else None, len(views) - len(known)


def _recount(facts: CampaignFacts) -> Recounted | None:
    found = facts.troubles.recount
    if found is None:
        return None
    day = _day(facts, found.at)
    return Recounted(day, found.readings, found.differences, found.outdated)


def _day(facts: CampaignFacts, at: int) -> date:
    return local_day(at, ZoneInfo(facts.campaign.timezone))


def _runs(facts: CampaignFacts) -> Iterator[RunRow]:
    newest = {source.name: source.newest for source in facts.sources}
    for one in facts.troubles.runs:
        yield RunRow(one.name, one.days, newest.get(one.name))


def _rules(facts: CampaignFacts) -> list[RuleRow]:
    by_rule: dict[str, list[Finding]] = {}
    for one in facts.troubles.findings:
        by_rule.setdefault(one.rule, []).append(one)
    rows = [_rule(facts, rule, some) for rule, some in by_rule.items()]
    return sorted(rows, key=lambda row: (not row.open, RANK[row.severity], row.rule))


def _rule(facts: CampaignFacts, rule: str, some: list[Finding]) -> RuleRow:
    title, effect = RULES.get(rule, (rule, ""))
    states = [one.state for one in some]
    waiting = [one.at for one in some if one.state == "open"]
    return RuleRow(
        rule,
        title,
        effect,
        min((one.severity for one in some), key=RANK.__getitem__),
        states.count("open"),
        states.count("acknowledged"),
        states.count("fixed"),
        _day(facts, min(waiting)) if waiting else None,
    )


def _clean(one: Finding) -> Finding:
    return replace(
        one,
        evidence=clean(one.evidence),
        post_id=None if one.post_id is None else clean(one.post_id),
        ambassador=None if one.ambassador is None else clean(one.ambassador),
        source=None if one.source is None else clean(one.source),
    )


def _disclosed(facts: CampaignFacts) -> Disclosed:
    """Without the verdicts of the campaign page; names and notes cleaned."""
    found = facts.troubles.disclosed
    names = {person.id: clean(person.name) for person in facts.people}
    return replace(
        found,
        top={},
        failing=tuple(
            replace(
                one,
                post_id=clean(one.post_id),
                ambassador=names.get(one.ambassador, clean(one.ambassador)),
            )
            for one in found.failing
        ),
        acts=tuple(
            replace(
                one,
                post_id=clean(one.post_id),
                ambassador=names.get(one.ambassador or "", clean(one.ambassador or "")),
                note=clean(one.note),
            )
            for one in found.acts
        ),
    )

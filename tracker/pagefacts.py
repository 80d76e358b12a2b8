"""What pages show besides posts, asked once of the modules that answer for it.

Everything is as it was at the newest reading: pages have no clock of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.brought import brought, many, worth
from tracker.facts import CampaignFacts, ProgrammeFacts, ResultFacts

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.kpis.facts import Facts
    from tracker.programme import Outcome

#: Posts of which a page tells more: the first week, and their disclosure.
TOP = 10


def gathered(
    tracker: Tracker, facts: CampaignFacts, *, now: int | None = None
) -> CampaignFacts:
    """With KPIs, the programme, what it brought, its troubles and the questions of its
    strategy. now: for sources that are late, else as at the newest reading."""
    from tracker.answers import answers
    from tracker.kpis import ask
    from tracker.kpis.facts import Facts
    from tracker.troubles import troubles

    slug, at = facts.campaign.id, facts.as_of or 0
    known = Facts(tracker, slug, None, None, None, at, facts.rows)
    kpis = ask(known)
    return replace(
        facts,
        rows=None,
        kpis=kpis,
        questions=tuple(answers(tracker, slug, now=at, known=kpis, facts=known)),
        programme=programme(known),
        brought=brought(known, facts, TOP),
        troubles=troubles(known, facts, TOP, now=at if now is None else now),
    )


def listed(
    tracker: Tracker, facts: CampaignFacts, names: Sequence[str]
) -> CampaignFacts:
    """With what a list of campaigns shows of one whose pages are not made: these KPIs
    and the programme. Costs no look at readings unless one of them needs it."""
    from tracker.kpis import ask
    from tracker.kpis.facts import Facts

    slug, at = facts.campaign.id, facts.as_of or 0
    known = Facts(tracker, slug, None, None, None, at, facts.rows)
    return replace(facts, rows=None, kpis=ask(known, names), programme=programme(known))


def with_programme(tracker: Tracker, facts: CampaignFacts) -> CampaignFacts:
    """With the programme alone, for a page that shows no KPI."""
    from tracker.kpis.facts import Facts

    slug, now = facts.campaign.id, facts.as_of or 0
    known = Facts(tracker, slug, None, None, None, now, facts.rows)
    return replace(facts, rows=None, programme=programme(known))


def spoken(tracker: Tracker, facts: CampaignFacts, language: str) -> CampaignFacts:
    """With the questions in a language that need not be the campaign's."""
    from tracker.answers import answers

    if language == facts.campaign.language:
        return facts
    slug, now = facts.campaign.id, facts.as_of or 0
    found = answers(tracker, slug, now=now, known=facts.kpis, language=language)
    return replace(facts, questions=tuple(found))


def programme(known: Facts) -> ProgrammeFacts:
    """Missions, results and money of a campaign."""
    from tracker.ownfacts import own_facts
    from tracker.planning import check
    from tracker.selection import applicants

    plan = check(known.tracker, known.campaign_id)
    applied, origin = applicants(known.tracker, known.campaign_id)
    return ProgrammeFacts(
        grid=tuple((one, tuple(cells)) for one, cells in known.grid),
        results=results(known),
        costs=tuple(known.costs),
        waves=tuple(known.waves),
        feedback=tuple(known.feedback),
        applicants=applied,
        applied_by=origin,
        lacks=plan.missing,
        orphans=plan.orphans,
        nobody=plan.unknown,
        own=own_facts(known.tracker, known.campaign_id, known.outcomes),
    )


def results(known: Facts) -> dict[str, ResultFacts]:
    """Outcomes that count, by kind."""
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    for one in known.outcomes:
        by_kind[one.kind].append(one)
    return {kind: _result(known, kind, some) for kind, some in sorted(by_kind.items())}


def _result(known: Facts, kind: str, some: list[Outcome]) -> ResultFacts:
    classes: set[str] = set()
    for source in {one.source for one in some}:
        classes |= known.provenances.get(source, set())
    return ResultFacts(
        kind,
        len(some),
        many(some),
        many(one for one in some if one.shares),
        max(one.at for one in some),
        tuple(sorted(classes)),
        worth(some, known.currency),
        sum(1 for one in some if one.conflict),
    )

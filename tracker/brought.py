"""What a programme brought and cost, summed for its pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from tracker.model import day_number, local_day
from tracker.resultfacts import Brought, CodeSum, KindDay, Owed, Torn, Valued

if TYPE_CHECKING:
    from tracker.facts import CampaignFacts
    from tracker.kpis.facts import Facts
    from tracker.programme import Outcome, TrackedLink
    from tracker.statements import Line

#: Outcomes that several could have brought, promo codes and people that are listed.
LISTED = 20


def brought(known: Facts, facts: CampaignFacts, shown: int) -> Brought:
    """known: what its KPIs are made of. shown: posts whose first week is told."""
    from tracker.clicks import links, sums
    from tracker.statements import statement

    tracker, slug = known.tracker, known.campaign_id
    lines = statement(tracker, slug)
    own = [one for one in lines if one.currency == known.currency]
    tracked = links(tracker, slug)
    return Brought(
        days=tuple(_days(known)),
        torn=tuple(_torn(known)),
        codes=tuple(_codes(known, tracked)),
        links=sum(1 for one in tracked if one.destination is not None),
        clicks=sums(tracker, slug)[None],
        owed=tuple(_owed(own)),
        foreign=len(lines) - len(own),
        cards=tuple(_cards(known)),
        early=_early(known, facts, shown),
    )


def _by_kind(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        found[one.kind].append(one)
    return found


def many(outcomes: Iterable[Outcome]) -> Decimal:
    """How many they are together."""
    return sum((one.quantity for one in outcomes), Decimal(0))


def worth(outcomes: Iterable[Outcome], currency: str) -> int | None:
    """Minor units of those in a currency; None where none has a value in it."""
    found = [
        one.value
        for one in outcomes
        if one.value is not None and one.currency in (None, currency)
    ]
    return sum(found) if found else None


def _day(known: Facts, at: int) -> int:
    return day_number(local_day(at, known.zone))


def _days(known: Facts) -> Iterator[KindDay]:
    found: dict[tuple[int, str], list[Outcome]] = defaultdict(list)
    for one in known.outcomes:
        found[_day(known, one.at), one.kind].append(one)
    for (day, kind), theirs in sorted(found.items()):
        yield KindDay(
            day, kind, many(theirs), len(theirs), worth(theirs, known.currency)
        )


def _torn(known: Facts) -> list[Torn]:
    found = [one for one in known.told if one.conflict]
    return [
        Torn(
            one.id,
            one.kind,
            _day(known, one.at),
            one.rule,
            tuple(who for who, _ in one.shares),
            one.candidates,
        )
        for one in found[:LISTED]
    ]


def _codes(known: Facts, tracked: Iterable[TrackedLink]) -> Iterator[CodeSum]:
    """Promo codes of the campaign, those that brought most first."""
    whose = {one.promo.casefold(): one for one in tracked if one.promo}
    by_code: dict[str, list[Outcome]] = defaultdict(list)
    for one in known.outcomes:
        if one.code and one.code.casefold() in whose:
            by_code[one.code.casefold()].append(one)
    order = sorted(whose, key=lambda promo: (-many(by_code[promo]), promo))
    for promo in order[:LISTED]:
        theirs, code = by_code[promo], whose[promo]
        kinds = sorted((kind, many(some)) for kind, some in _by_kind(theirs).items())
        value = worth(theirs, known.currency)
        yield CodeSum(str(code.promo), code.ambassador, tuple(kinds), value)


def _owed(lines: Iterable[Line]) -> list[Owed]:
    """By ambassador, the largest sum first."""
    sums: dict[str, dict[str, int]] = {}
    for line in lines:
        states = sums.setdefault(
            line.ambassador, {"planned": 0, "committed": 0, "paid": 0}
        )
        states[line.state] += line.amount
    order = sorted(sums, key=lambda who: (-sum(sums[who].values()), who))
    return [Owed(who, **sums[who]) for who in order]


def _cards(known: Facts) -> Iterator[Valued]:
    from tracker.kpis.cards import valued

    for card in known.tracker.settings.cards:
        found = valued(known, card)
        yield Valued(
            card.name,
            card.dated,
            card.source,
            card.currency,
            found.value,
            tuple(sorted(found.parts.items())),
            found.posts,
            len(found.excluded),
        )


def _early(
    known: Facts, facts: CampaignFacts, shown: int
) -> dict[tuple[str, str], int]:
    from tracker.store.early import after_a_week

    if facts.leading is None:
        return {}
    posts = facts.posts.head(shown).select("platform", "post_id").iter_rows()
    return after_a_week(known.tracker.database, facts.leading, posts)

"""Outcomes with whom they are put down to, worked out anew each time they are asked.

Attribution follows the plans, links and people of today, as that of posts does: a
corrected link corrects old figures.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from tracker.checks.attribution import PRECEDENCE, Claims, attribute, divide, in_window
from tracker.codes import minor_units
from tracker.finding import WARNING, Finding, finding_id
from tracker.forms import duration
from tracker.programme import Outcome
from tracker.store import outcomes as store

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.store.outcomes import LinkFacts, OutcomeFacts, Told

#: Statuses that count for nothing.
VOID = ("rejected", "reversed")


def outcomes(
    tracker: Tracker, campaign: str | None = None, *, until: int | None = None
) -> list[Outcome]:
    """Outcomes of a campaign or of the workspace, by instant, source and id.

    until: those that were after it are not there. Raises NotFoundError.
    """
    return worked_out(_facts(tracker, campaign, until), campaign)


def _facts(tracker: Tracker, campaign: str | None, until: int | None) -> OutcomeFacts:
    from tracker.errors import NotFoundError

    facts = store.read(tracker.database, until)
    if campaign is not None and campaign not in facts.campaigns:
        raise NotFoundError("campaign", campaign, facts.campaigns)
    return facts


def worked_out(facts: OutcomeFacts, campaign: str | None = None) -> list[Outcome]:
    """Pure: the same facts give the same outcomes."""
    known = _Links(facts)
    seen: set[tuple[str, str]] = set()
    made = [_outcome(one, facts, known, seen) for one in facts.told]
    return [one for one in made if campaign in (None, one.campaign)]


class _Links:
    """Links by their code, and by their promo code."""

    def __init__(self, facts: OutcomeFacts) -> None:
        self.by_code = {link.code: link for link in facts.links}
        self.by_promo: dict[str, list[LinkFacts]] = defaultdict(list)
        for link in facts.links:
            if link.promo:
                self.by_promo[link.promo.casefold()].append(link)

    def of(self, one: Told) -> tuple[list[LinkFacts], list[LinkFacts]]:
        """The links that its promo code and its link codes name."""
        promo = self.by_promo.get(str(one.data.get("code", "")).casefold(), [])
        codes = store.codes(one.data)
        return promo, [self.by_code[c] for c in codes if c in self.by_code]


def _outcome(
    one: Told, facts: OutcomeFacts, known: _Links, seen: set[tuple[str, str]]
) -> Outcome:
    data = one.data
    promo, links = known.of(one)
    campaign = _campaign(data, promo, links)
    plan, currency = facts.campaigns.get(campaign or "", ({}, None))
    window = _window(plan)
    late = [
        x for x in links if not in_window(facts.clicked.get(x.code, ()), one.at, window)
    ]
    links = [link for link in links if link not in late]
    said = data.get("ambassador")
    claims = Claims(
        said if said in facts.people else None,
        tuple(link.ambassador for link in promo if link.ambassador),
        tuple(link.ambassador for link in links if link.ambassador),
    )
    decided = attribute(claims, _precedence(plan))
    status = one.status or data.get("status") or "claimed"
    money = data.get("currency") or (currency if "value" in data else None)
    return Outcome(
        one.id,
        one.source,
        data["kind"],
        one.at,
        campaign,
        Decimal(data.get("quantity", "1")),
        _value(data.get("value"), money),
        money,
        status,
        data.get("order"),
        {"yes": True, "no": False}.get(data.get("new_customer", "")),
        status not in VOID and _first(data, seen),
        decided.rule,
        decided.shares,
        claims.candidates,
        next((link.mission for link in (*promo, *links) if link.mission), None),
        tuple(dict.fromkeys(link.code for link in late)),
        data.get("code") or None,
    )


def _campaign(
    data: Mapping[str, Any], promo: Sequence[LinkFacts], links: Sequence[LinkFacts]
) -> str | None:
    """The one it says, else that of its promo code, else of its last link."""
    if data.get("campaign"):
        return str(data["campaign"])
    found = (link.campaign for link in (*promo, *reversed(links)) if link.campaign)
    return next(found, None)


def _precedence(plan: Mapping[str, Any]) -> tuple[str, ...]:
    said = (plan.get("attribution") or {}).get("precedence")
    return tuple(said) if isinstance(said, list) and said else PRECEDENCE


def _window(plan: Mapping[str, Any]) -> int | None:
    """How long before an outcome a click may lie, ms; None: as long as it likes."""
    said = (plan.get("attribution") or {}).get("window")
    return None if said in (None, "?") else duration(said)


def _value(text: str | None, currency: str | None) -> int | None:
    """Minor units; more decimals than the currency has are rounded half up."""
    if text is None or currency is None:
        return None
    from tracker.codes import CURRENCIES

    digits = CURRENCIES.get(currency, 2)
    amount = Decimal(text).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return int(amount.scaleb(digits))


def _first(data: Mapping[str, Any], seen: set[tuple[str, str]]) -> bool:
    """Is this the first that counts of its order and kind?"""
    if not data.get("order"):
        return True
    key = (data["kind"], data["order"])
    if key in seen:
        return False
    seen.add(key)
    return True


# -- what is owed ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Commission:
    """What an ambassador earns by an outcome; amount in minor units.

    ref: the outcome's id, with its source before it where two share the id. state:
    planned while it is claimed, committed once it is verified.
    """

    ambassador: str
    ref: str
    at: int
    amount: int
    currency: str
    state: str
    kind: str = "commission"


def commissions(tracker: Tracker, campaign: str) -> list[Commission]:
    """Commissions of the outcomes that count, by the plan's [[commission]] tables.

    Raises NotFoundError.
    """
    return owed(_facts(tracker, campaign, None), campaign)


def owed(facts: OutcomeFacts, campaign: str) -> list[Commission]:
    """Pure: the commissions of what is known."""
    plan, currency = facts.campaigns[campaign]
    rates = [one for one in plan.get("commission", ()) if isinstance(one, dict)]
    found = [one for one in worked_out(facts, campaign) if one.counted]
    twice = _repeated(found)
    return [
        Commission(who, ref, one.at, amount, money, state)
        for one in found
        for earned in (_earned(one, rates, currency),)
        for money, whole in earned.items()
        for ref in (_ref(one, money, currency, twice, len(earned)),)
        for state in ("committed" if one.status == "verified" else "planned",)
        for who, amount in divide(whole, [who for who, _ in one.shares])
    ]


def _repeated(found: Sequence[Outcome]) -> set[str]:
    """Ids that several sources use."""
    return {id_ for id_, many in Counter(one.id for one in found).items() if many > 1}


def _ref(
    one: Outcome, money: str, currency: str, twice: set[str], currencies: int
) -> str:
    """The outcome's id; where it earns in two currencies, the other than the
    campaign's is said with it."""
    ref = f"{one.source}/{one.id}" if one.id in twice else one.id
    return ref if currencies == 1 or money == currency else f"{ref} {money}"


def _earned(
    one: Outcome, rates: Sequence[Mapping[str, Any]], currency: str
) -> dict[str, int]:
    """What an outcome earns, by currency: a percentage of its value, in its own, or
    an amount for each, in the campaign's."""
    sums: dict[str, int] = {}
    for rate in rates:
        if rate.get("kind") != one.kind:
            continue
        if "amount" in rate:
            each = minor_units(str(rate["amount"]), currency)
            sums[currency] = sums.get(currency, 0) + int(each * one.quantity)
        elif one.value is not None and one.currency:
            part = one.value * Decimal(str(rate["percent"])) / 100
            earned = int(part.quantize(Decimal(1), ROUND_HALF_UP))
            sums[one.currency] = sums.get(one.currency, 0) + earned
    return sums


# -- findings --------------------------------------------------------------------------


def findings(tracker: Tracker, now: int) -> Iterator[Finding]:
    """Outcomes that several people could have brought, and orders told twice."""
    for one in outcomes(tracker):
        if one.conflict:
            who = ", ".join(f"{who} by {by}" for who, by in one.candidates)
            said = f"{one.kind} {one.id}: {who}; decided by {one.rule}"
            yield _finding("outcome.conflict", one, said)
        if not one.counted and one.status not in VOID:
            said = f"{one.kind} {one.id}: order {one.order} was counted already"
            yield _finding("outcome.same-order", one, said)


def _finding(rule: str, one: Outcome, evidence: str) -> Finding:
    return Finding(
        finding_id(rule, one.source, one.id),
        rule,
        WARNING,
        one.at,
        evidence,
        one.campaign,
        one.shares[0][0] if len(one.shares) == 1 else None,
        source=one.source,
    )

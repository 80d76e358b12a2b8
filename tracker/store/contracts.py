"""What people were promised and which contracts were signed, by campaign."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tracker.codes import country_code, minor_units
from tracker.store.campaigns import to_day
from tracker.store.database import Database, Link

PEOPLE = (
    "SELECT c.slug, m.slug, m.country, coalesce(e.starts, c.starts, e.ends, c.ends),"
    " e.fee, e.currency FROM enrolment e JOIN campaign c ON c.id = e.campaign_id"
    " JOIN ambassador m ON m.id = e.ambassador_id ORDER BY c.slug, m.slug, e.id"
)
PLANS = "SELECT slug, currency, plan FROM campaign ORDER BY slug"
_WHOSE = (
    " FROM {0} x JOIN campaign c ON c.id = x.campaign_id"
    " JOIN ambassador m ON m.id = x.ambassador_id ORDER BY x.id"
)
COSTS = (
    "SELECT c.slug, m.slug, x.kind, x.ref, x.day, x.amount, x.currency"
    + _WHOSE.format("cost")
)
GOODS = (
    "SELECT c.slug, m.slug, 'goods', x.ref, x.starts, x.amount, x.currency"
    + _WHOSE.format("goods")
)
CONTRACTS = (
    "SELECT c.slug, m.slug, x.ref, x.signed_on, x.ends, x.objective"
    + _WHOSE.format("contract")
)


@dataclass(frozen=True, slots=True)
class Promise:
    """A fee or goods in kind. day: None when it is not known; amount: minor units."""

    kind: str
    ref: str
    day: date | None
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Signed:
    """objective: what is promoted by it, None where the contract does not say."""

    ref: str
    day: date
    ends: date | None
    objective: str | None = None


@dataclass(slots=True)
class Agreed:
    """What one person was promised for one objective: that of their contracts, else the
    campaign. countries: theirs, the plans'. others: more campaigns of the objective."""

    campaign: str
    ambassador: str
    countries: tuple[str, ...] = ()
    fees: list[Promise] = field(default_factory=list)
    goods: list[Promise] = field(default_factory=list)
    costs: list[Promise] = field(default_factory=list)
    contracts: list[Signed] = field(default_factory=list)
    others: list[Agreed] = field(default_factory=list)

    @property
    def objective(self) -> str | None:
        """What its contracts say, in small letters; None where they say nothing, or
        more than one thing."""
        said = {
            one.objective.casefold().strip() for one in self.contracts if one.objective
        }
        return said.pop() if len(said) == 1 else None

    @property
    def campaigns(self) -> list[str]:
        return [self.campaign, *(one.campaign for one in self.others)]

    @property
    def promises(self) -> list[Promise]:
        """The fee is that of the enrolment; where it has none, costs of kind fee.
        Goods are those noted as such, and costs of kind goods that are not those."""
        known = {one.ref for one in self.goods}
        fees = self.fees or [one for one in self.costs if one.kind == "fee"]
        more = [one for one in self.costs if one.kind == "goods"]
        mine = [*fees, *self.goods, *(one for one in more if one.ref not in known)]
        return [*mine, *(each for one in self.others for each in one.promises)]


def agreed(database: Database) -> list[Agreed]:
    """Of everybody who was promised anything, by campaign and ambassador; campaigns
    of one objective are one."""
    with database.reading() as link:
        found: dict[tuple[str, str], Agreed] = {}
        plans = {
            slug: (money, json.loads(plan)) for slug, money, plan in link.all(PLANS)
        }
        for campaign, who, country, day, fee, currency in link.all(PEOPLE):
            one = found.setdefault((campaign, who), Agreed(campaign, who))
            one.countries = _countries(country, plans[campaign][1])
            if fee is not None:
                one.fees.append(Promise("fee", "", to_day(day), fee, currency))
        for campaign, who, kind, promise in _noted(link, plans):
            if (campaign, who) in found:
                one = found[campaign, who]
                (one.costs if kind == "cost" else one.goods).append(promise)
        for campaign, who, ref, signed, ends, aim in link.all(CONTRACTS):
            if (campaign, who) in found:
                signed_on = date.fromisoformat(signed)
                found[campaign, who].contracts.append(
                    Signed(ref, signed_on, to_day(ends), aim)
                )
    return _by_objective(found.values())


def _by_objective(found: Iterable[Agreed]) -> list[Agreed]:
    """Campaigns of one person whose contracts name the same objective as one."""
    first: dict[tuple[str, str], Agreed] = {}
    left = []
    for one in found:
        aim = one.objective
        if aim is None:
            left.append(one)
        elif (one.ambassador, aim) in first:
            _join(first[one.ambassador, aim], one)
        else:
            first[one.ambassador, aim] = one
            left.append(one)
    return left


def _join(into: Agreed, one: Agreed) -> None:
    into.others.append(one)
    into.contracts += one.contracts
    into.countries = tuple(dict.fromkeys((*into.countries, *one.countries)))


def _noted(
    link: Link, plans: dict[str, tuple[str, dict[str, Any]]]
) -> Iterator[tuple[str, str, str, Promise]]:
    """Costs and goods with a name on them: campaign, ambassador, cost or goods."""
    for name, sql in (("cost", COSTS), ("goods", GOODS)):
        for campaign, who, kind, ref, day, amount, currency in link.all(sql):
            promise = Promise(kind, ref, to_day(day), amount, currency)
            yield campaign, who, name, promise
    for campaign, (money, plan) in plans.items():
        for block in plan.get("cost", []):
            if (promise_ := _planned(block, money)) is not None:
                yield campaign, block["ambassador"], "cost", promise_


def _planned(block: dict[str, Any], money: str) -> Promise | None:
    """A cost of the plan for one person; None for one that is not filled in."""
    currency = block.get("currency", money)
    try:
        amount = minor_units(str(block["amount"]), currency)
        day = to_day(block.get("date"))
    except (KeyError, ValueError):
        return None
    if not isinstance(block.get("ambassador"), str):
        return None
    return Promise(str(block.get("kind")), str(block.get("id")), day, amount, currency)


def _countries(country: str | None, plan: dict[str, Any]) -> tuple[str, ...]:
    named = plan.get("campaign", {}).get("countries", [])
    said = [country, *(named if isinstance(named, list) else [])]
    codes = [country_code(one) for one in said if isinstance(one, str)]
    return tuple(dict.fromkeys(code for code in codes if code))

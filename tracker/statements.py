"""Costs of a campaign, and what each ambassador is owed. No money is moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tracker.codes import currency_code, minor_units
from tracker.errors import NotFoundError, RosterError
from tracker.filerows import Cells, FileRows, day, needed, read_rows
from tracker.finding import WARNING, Finding, finding_id
from tracker.kpi.money import by_state
from tracker.model import Campaign, day_instant, local_day
from tracker.people import CellError
from tracker.planfields import COST_STATES, COSTS
from tracker.programme import Cost
from tracker.store import costs as store
from tracker.store.roster import Roster

if TYPE_CHECKING:
    from tracker.app import Tracker

COLUMNS = (
    *("id", "date", "kind", "amount", "currency", "state", "ambassador", "mission"),
    "note",
)
REQUIRED = ("id", "date", "kind", "amount")


def costs(tracker: Tracker, campaign: str) -> list[Cost]:
    """Costs of the campaign file and those added, by day and id. NotFoundError."""
    roster = Roster(tracker.database)
    found = planned(roster.campaign(campaign), roster.plan(campaign))
    found += store.added(tracker.database, campaign)
    return sorted(found, key=lambda one: (one.day, one.id))


def planned(campaign: Campaign, plan: Mapping[str, Any]) -> list[Cost]:
    """The plan's [[cost]] tables; one that is not filled in yet is passed over."""
    return [
        _planned(campaign, raw)
        for raw in plan.get("cost", ())
        if "?" not in (raw.get("amount"), raw.get("date"))
    ]


def _planned(campaign: Campaign, raw: Mapping[str, Any]) -> Cost:
    currency = str(raw.get("currency") or campaign.currency)
    return Cost(
        campaign.id,
        str(raw["id"]),
        date.fromisoformat(str(raw["date"])[:10]),
        str(raw["kind"]),
        minor_units(str(raw["amount"]), currency),
        currency,
        str(raw.get("state") or "planned"),
        raw.get("ambassador"),
        raw.get("mission"),
        raw.get("note"),
    )


# -- the file ------------------------------------------------------------------------


def read_costs(tracker: Tracker, path: Path, campaign: str) -> FileRows[Cost]:
    """Read a cost file, one row a cost. Raises NotFoundError and PayloadError."""
    about = Roster(tracker.database).campaign(campaign)
    people = {one.id for one in Roster(tracker.database).ambassadors()}
    missions = _missions(tracker, campaign)
    return read_rows(
        path,
        COLUMNS,
        REQUIRED,
        lambda said: cost_of(about, said, people, missions),
        key=lambda one: one.id,
    )


def cost_of(
    campaign: Campaign, said: Cells, people: set[str], missions: set[str]
) -> Cost:
    """A cost from the cells of its row; CellError says what is wrong."""
    when = day(said, "date")
    needed(said, "date")
    assert when is not None
    currency = said["currency"] or campaign.currency
    if currency_code(currency) != currency:
        reason = f'"{currency}" is no currency code such as EUR'
        raise CellError("currency", "ROW_CURRENCY", reason)
    who = said["ambassador"] or None
    if who is not None and who not in people:
        raise CellError("ambassador", "ROW_AMBASSADOR", f'there is no "{who}"')
    mission = said["mission"] or None
    if mission is not None and mission not in missions:
        reason = f'the plan has no mission "{mission}"'
        raise CellError("mission", "ROW_MISSION", reason)
    return Cost(
        campaign.id,
        needed(said, "id"),
        when,
        _one_of(said, "kind", COSTS),
        _amount(said, currency),
        currency,
        _one_of(said, "state", COST_STATES, "planned"),
        who,
        mission,
        said["note"] or None,
    )


def typed(tracker: Tracker, campaign: str, said: Mapping[str, str | None]) -> Cost:
    """A cost from what was typed, by column. Raises NotFoundError, and RosterError
    for a value that is none."""
    about = Roster(tracker.database).campaign(campaign)
    people = {one.id for one in Roster(tracker.database).ambassadors()}
    who = said.get("ambassador")
    if who and who not in people:
        raise NotFoundError("ambassador", who, people)
    missions = _missions(tracker, campaign)
    mission = said.get("mission")
    if mission and mission not in missions:
        raise NotFoundError("mission", mission, missions)
    cells = {name: said.get(name) or "" for name in COLUMNS}
    try:
        return cost_of(about, cells, people, missions)
    except CellError as wrong:
        code = wrong.code.removeprefix("ROW_")
        raise RosterError(
            code, wrong.column, wrong.reason, "Nothing changed"
        ) from wrong


def _missions(tracker: Tracker, campaign: str) -> set[str]:
    """Those of the campaign's plan."""
    plan = Roster(tracker.database).plan(campaign)
    return {str(one["id"]) for one in plan.get("mission") or () if "id" in one}


def currency_of(tracker: Tracker, campaign: str) -> str:
    """The currency of a campaign. Raises NotFoundError."""
    return Roster(tracker.database).campaign(campaign).currency


def _one_of(said: Cells, column: str, known: tuple[str, ...], default: str = "") -> str:
    word = said[column] or default
    if word not in known:
        reason = f'"{word}" is none of {", ".join(known)}'
        raise CellError(column, "ROW_WORD", reason)
    return word


def _amount(said: Cells, currency: str) -> int:
    try:
        return minor_units(needed(said, "amount"), currency)
    except ValueError as error:
        raise CellError("amount", "ROW_AMOUNT", str(error)) from error


# -- statements ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a payout statement; amount in minor units."""

    campaign: str
    ambassador: str
    kind: str
    ref: str
    at: date
    amount: int
    currency: str
    state: str


def statement(
    tracker: Tracker, campaign: str, ambassador: str | None = None
) -> list[Line]:
    """Costs of ambassadors and commissions of outcomes that count, ordered by
    ambassador, day, kind and ref; those three never stand twice. NotFoundError."""
    from tracker.outcomes import commissions

    roster = Roster(tracker.database)
    zone = ZoneInfo(roster.campaign(campaign).timezone)
    if ambassador is not None:
        roster.ambassador(ambassador)
    lines = [
        Line(campaign, c.ambassador, c.kind, c.id, c.day, c.amount, c.currency, c.state)
        for c in costs(tracker, campaign)
        if c.ambassador is not None
    ]
    lines += [
        Line(
            campaign,
            c.ambassador,
            c.kind,
            c.ref,
            local_day(c.at, zone),
            c.amount,
            c.currency,
            c.state,
        )
        for c in commissions(tracker, campaign)
    ]
    wanted = (line for line in lines if ambassador in (None, line.ambassador))
    return sorted(wanted, key=lambda one: (one.ambassador, one.at, one.kind, one.ref))


# -- findings --------------------------------------------------------------------------


def findings(
    tracker: Tracker, now: int, campaign: str | None = None
) -> Iterator[Finding]:
    """Campaigns, of all or one, whose paid and committed costs are beyond budget."""
    roster = Roster(tracker.database)
    for one in roster.campaigns() if campaign is None else [roster.campaign(campaign)]:
        amount = (roster.plan(one.id).get("budget") or {}).get("amount")
        found = costs(tracker, one.id)
        if amount in (None, "?") or not found:
            continue
        limit = minor_units(str(amount), one.currency)
        sums = by_state(found, one.currency)
        spent = sums["paid"] + sums["committed"]
        if spent > limit:
            yield Finding(
                finding_id("cost.budget", one.id),
                "cost.budget",
                WARNING,
                max(day_instant(cost.day) for cost in found),
                _over(spent, limit, one.currency),
                one.id,
            )


def _over(spent: int, limit: int, currency: str) -> str:
    from tracker.codes import money_text

    paid, budget = money_text(spent, currency), money_text(limit, currency)
    return f"paid and committed are {paid} {currency}, the budget is {budget}"

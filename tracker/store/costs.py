"""Costs besides those that stand in the campaign file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from tracker.errors import NotFoundError, RosterError
from tracker.programme import Cost
from tracker.store import audit, rows
from tracker.store.again import whole
from tracker.store.campaigns import to_day
from tracker.store.database import Database, Link

SELECT = (
    "SELECT c.slug, k.ref, k.day, k.kind, k.amount, k.currency, k.state, a.slug,"
    " k.mission, k.note FROM cost k JOIN campaign c ON c.id = k.campaign_id"
    " LEFT JOIN ambassador a ON a.id = k.ambassador_id ORDER BY k.day, k.ref"
)
STATES = ("stored", "unchanged", "corrected")
COLUMNS = "campaign_id, ref, day, kind, amount, currency, state, ambassador_id, mission"


def added(database: Database, campaign: str) -> list[Cost]:
    """Costs that were added to a campaign, by day and id. Raises NotFoundError."""
    with database.reading() as link:
        rows.find_campaign(link, campaign)
        return _read(link, campaign)


def _read(link: Link, campaign: str) -> list[Cost]:
    found = (
        Cost(slug, ref, to_day(day), *rest)  # type: ignore[arg-type]
        for slug, ref, day, *rest in link.all(SELECT)
    )
    return [one for one in found if one.campaign == campaign]


@whole
def keep(
    database: Database,
    campaign: str,
    costs: Iterable[Cost],
    *,
    now: int,
    dry_run: bool = False,
) -> Mapping[str, int]:
    """Add costs; one that is there already is corrected. How many are in which of
    STATES. Raises NotFoundError, and RosterError for an id of the campaign file."""
    with database.reading() if dry_run else database.writing() as link:
        number, _ = rows.find_campaign(link, campaign)
        planned = _planned(link, number)
        people = {slug: row for slug, (row, _) in rows.read_people(link).items()}
        known = {one.id: one for one in _read(link, campaign)}
        states: Counter[str] = Counter()
        for one in costs:
            _sound(one, planned, people)
            before = known.get(one.id)
            state = "stored" if before is None else "corrected"
            state = "unchanged" if before == one else state
            states[state] += 1
            known[one.id] = one
            if not dry_run and state != "unchanged":
                _write(link, number, people.get(one.ambassador or ""), one)
                audit.note(link, f"cost.{state}", f"{campaign}/cost {one.id}", now)
    return {state: states[state] for state in STATES}


def _planned(link: Link, number: int) -> set[str]:
    plan = rows.read_plan(link, number)
    return {str(one.get("id")) for one in plan.get("cost", ())}


def _sound(one: Cost, planned: set[str], people: Mapping[str, Any]) -> None:
    if one.id in planned:
        raise RosterError(
            "COST_TWICE",
            f"cost {one.id}",
            "the campaign file has a cost of this id",
            "Nothing changed",
            "Choose another id, or change it in the file and apply that",
        )
    if one.ambassador is not None and one.ambassador not in people:
        raise NotFoundError("ambassador", one.ambassador, people)


def _write(link: Link, number: int, person: int | None, one: Cost) -> None:
    link.run("DELETE FROM cost WHERE campaign_id = ? AND ref = ?", (number, one.id))
    link.run(
        f"INSERT INTO cost ({COLUMNS}, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            one.id,
            one.day.isoformat(),
            one.kind,
            one.amount,
            one.currency,
            one.state,
            person,
            one.mission,
            one.note,
        ),
    )

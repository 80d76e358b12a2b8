"""tracker cost: what a campaign costs, and what each ambassador is owed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import (
    answer,
    emit_json,
    json_option,
    now_ms,
    say,
    table,
    wants_json,
    with_tracker,
)
from tracker.cli.programme import Day

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.programme import Cost

KINDS = ("fee", "goods", "logistics", "tool", "media", "hours", "other")
STATES = ("planned", "committed", "paid")
COLUMNS = (
    *("id", "date", "kind", "amount", "currency", "state", "ambassador", "mission"),
    "note",
)
LINES = ("campaign", "ambassador", "kind", "ref", "at", "amount", "currency", "state")


@click.group()
def cost() -> None:
    """Costs planned, committed and paid; statements. No money is moved."""


@cost.command()
@click.argument("campaign")
@click.option("--id", "id_", metavar="ID", required=True)
@click.option("--date", "day", type=Day(), required=True)
@click.option("--kind", type=click.Choice(KINDS), required=True)
@click.option("--amount", metavar="AMOUNT", required=True, help="Such as 1200.50.")
@click.option("--currency", metavar="CODE", help="Else the campaign's.")
@click.option("--state", type=click.Choice(STATES), default="planned")
@click.option("--ambassador", metavar="ID")
@click.option("--mission", metavar="ID")
@click.option("--note", metavar="TEXT")
@json_option
@with_tracker
def add(
    tracker: Tracker,
    campaign: str,
    id_: str,
    day: date,
    **said: str | None,
) -> None:
    """Keep a cost; one of this id is corrected."""
    from tracker.statements import typed
    from tracker.store.costs import keep

    made = typed(tracker, campaign, {"id": id_, "date": day.isoformat(), **said})
    states = keep(tracker.database, campaign, [made], now=now_ms())
    word = next(state for state, many in states.items() if many)
    if wants_json():
        emit_json(cost_json(made) | {"result": word})
    else:
        say(f"Cost {made.id} is {word}.")


@cost.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--campaign", metavar="ID", required=True)
@click.option("--dry-run", is_flag=True, help="Say what would change.")
@json_option
@with_tracker
def import_(tracker: Tracker, path: Path, campaign: str, dry_run: bool) -> int:
    """Keep costs from a CSV file, one row a cost.

    Columns: id, date, kind, amount; currency, state (planned, committed, paid),
    ambassador, mission, note. A cost that is known is corrected.
    """
    from tracker.cli.imported import tell
    from tracker.statements import read_costs
    from tracker.store.costs import keep

    file = read_costs(tracker, path, campaign)
    made = [one for _, one in file.made]
    states = keep(tracker.database, campaign, made, now=now_ms(), dry_run=dry_run)
    return tell(path.name, file, file.rejects, states, dry_run=dry_run)


@cost.command("list")
@click.argument("campaign")
@click.option("--ambassador", metavar="ID", help="Only theirs.")
@click.option("--mission", metavar="ID", help="Only of this mission.")
@json_option
@with_tracker
def list_(
    tracker: Tracker, campaign: str, ambassador: str | None, mission: str | None
) -> None:
    """List costs of the campaign file and those added, with their sums by state."""
    from tracker.statements import costs, currency_of

    found = [
        one
        for one in costs(tracker, campaign)
        if ambassador in (None, one.ambassador) and mission in (None, one.mission)
    ]
    currency = currency_of(tracker, campaign)
    sums = _sums(found, currency)
    if wants_json():
        costed = [cost_json(one) for one in found]
        emit_json({"costs": costed, "sum": sums, "currency": currency})
        return
    shown = [cost_json(one) for one in found]
    table(COLUMNS, [tuple(one[name] for name in COLUMNS) for one in shown])
    told = ", ".join(f"{state} {amount}" for state, amount in sums.items())
    answer(f"Sum: {told} {currency}")
    if left := sum(one.currency != currency for one in found):
        say(f"Left out of the sum, being in another currency: {left}.")


def _sums(found: list[Cost], currency: str) -> dict[str, str]:
    from tracker.codes import money_text
    from tracker.kpi.money import by_state

    sums = by_state(found, currency)
    return {state: money_text(sums[state], currency) for state in STATES}


@cost.command()
@click.argument("campaign")
@click.option("--ambassador", metavar="ID", help="Only theirs.")
@click.option("--format", "form", type=click.Choice(("csv", "json")), default="csv")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@json_option
@with_tracker
def statement(
    tracker: Tracker,
    campaign: str,
    ambassador: str | None,
    form: str,
    out: Path | None,
) -> None:
    """What each ambassador is owed: their costs, and commissions of what counted."""
    from tracker.cli.export import write
    from tracker.codes import money_text
    from tracker.statements import statement as lines

    rows = [
        [
            *(one.campaign, one.ambassador, one.kind, one.ref, one.at.isoformat()),
            *(money_text(one.amount, one.currency), one.currency, one.state),
        ]
        for one in lines(tracker, campaign, ambassador)
    ]
    if wants_json():
        form = "json"
    write(tracker, form, list(LINES), rows, out)


def cost_json(one: Cost) -> dict[str, Any]:
    from tracker.codes import money_text

    return {
        "id": one.id,
        "date": one.day.isoformat(),
        "kind": one.kind,
        "amount": money_text(one.amount, one.currency),
        "currency": one.currency,
        "state": one.state,
        "ambassador": one.ambassador,
        "mission": one.mission,
        "note": one.note,
    }

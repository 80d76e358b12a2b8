"""tracker contract: what was signed with whom, and for which days."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.agreed import (
    campaign_filter,
    changed,
    contract_json,
    keep,
    keep_file,
    show,
    warn_strangers,
)
from tracker.cli.common import emit_json, json_option, now_ms, wants_json, with_tracker
from tracker.cli.programme import Day, day_text

if TYPE_CHECKING:
    from tracker.app import Tracker

COLUMNS = (
    *("campaign", "ambassador", "ref", "signed", "from", "to", "objective", "amount"),
    *("currency", "note"),
)


@click.group()
def contract() -> None:
    """Contracts that were signed; `contract.threshold` looks for them."""


@contract.command()
@click.argument("campaign")
@click.argument("ambassador")
@click.option("--ref", required=True, help="What it is called in your files.")
@click.option("--signed", type=Day(), metavar="DAY", required=True)
@click.option("--from", "starts", type=Day(), metavar="DAY", help="First day.")
@click.option("--to", "ends", type=Day(), metavar="DAY", help="Last day.")
@click.option("--objective", metavar="TEXT", help="What is promoted by it.")
@click.option("--amount", metavar="AMOUNT", help="Before VAT, such as 1200.50.")
@click.option("--currency", metavar="CODE", help="Else the campaign's.")
@click.option("--note", metavar="TEXT")
@json_option
@with_tracker
def add(
    tracker: Tracker,
    campaign: str,
    ambassador: str,
    signed: date,
    starts: date | None,
    ends: date | None,
    **said: str | None,
) -> None:
    """Keep a contract; one of this ref with the same person is corrected."""
    from tracker.agreements import CONTRACT, contract_of, typed
    from tracker.store.agreements import CONTRACT as KIND
    from tracker.store.roster import Roster

    about = Roster(tracker.database).campaign(campaign)
    days = {"signed": day_text(signed), "from": day_text(starts), "to": day_text(ends)}
    cells = {**said, **days, "ambassador": ambassador}
    made = typed(
        tracker, CONTRACT, cells, lambda row, people: contract_of(about, row, people)
    )
    made, word = keep(tracker, KIND, made)
    warn_strangers(tracker, campaign, [ambassador])
    changed(
        contract_json(made) | {"result": word},
        f"Contract {made.ref} with {ambassador} is {word}.",
    )


@contract.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--campaign", metavar="ID", required=True)
@click.option("--dry-run", is_flag=True, help="Say what would change.")
@json_option
@with_tracker
def import_(tracker: Tracker, path: Path, campaign: str, dry_run: bool) -> int:
    """Keep contracts from a CSV file, one row a contract.

    Columns: ref, ambassador, signed (a day); from, to, objective, amount, currency,
    note. A blank cell changes nothing of what is kept.
    """
    from tracker.agreements import read_contracts
    from tracker.store.agreements import CONTRACT as KIND

    file = read_contracts(tracker, path, campaign)
    warn_strangers(tracker, campaign, [one.ambassador for _, one in file.made])
    return keep_file(tracker, KIND, path.name, file, dry_run)


@contract.command("list")
@campaign_filter
@click.option("--ambassador", metavar="ID", help="Only theirs.")
@json_option
@with_tracker
def list_(
    tracker: Tracker,
    campaign: str | None,
    chosen: str | None,
    ambassador: str | None,
) -> None:
    """List contracts with their days."""
    from tracker.store.agreements import CONTRACT as KIND
    from tracker.store.agreements import list_ as ask

    place = campaign or chosen
    found = [
        contract_json(one)
        for one in ask(tracker.database, KIND, campaign=place, ambassador=ambassador)
    ]
    if wants_json():
        emit_json({"contracts": found})
    else:
        show(COLUMNS, found, "No contract is kept.")


@contract.command()
@click.argument("campaign")
@click.argument("ref")
@click.option("--ambassador", metavar="ID", help="Whose, if several have this ref.")
@json_option
@with_tracker
def remove(tracker: Tracker, campaign: str, ref: str, ambassador: str | None) -> None:
    """Take out a contract that was noted by mistake."""
    from tracker.store.agreements import CONTRACT as KIND
    from tracker.store.agreements import remove as take

    gone = take(tracker.database, KIND, campaign, ref, ambassador, now=now_ms())
    changed(contract_json(gone), f"Contract {ref} with {gone.ambassador} is removed.")

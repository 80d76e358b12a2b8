"""tracker enrol and withdraw: who takes part in a campaign, and when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from tracker.cli.common import (
    emit_json,
    json_option,
    now_ms,
    say,
    wants_json,
    with_tracker,
)
from tracker.cli.programme import Day, roster, today

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.store.people import Changes

#: What stands for the campaign's own first or last day.
OWN = "campaign"


@click.command()
@click.argument("campaign")
@click.argument("names", nargs=-1, metavar="AMBASSADOR...")
@click.option("--all", "everybody", is_flag=True, help="All ambassadors.")
@click.option("--from", "starts", type=Day((OWN,)), metavar="DAY", help="First day.")
@click.option("--to", "ends", type=Day((OWN,)), metavar="DAY", help="Last day.")
@click.option("--group", help="Such as a team or a tier.")
@click.option("--fee", metavar="AMOUNT", help="Such as 1200.50.")
@click.option("--currency", metavar="CODE", help="Of the fee; else the campaign's.")
@click.option("--dry-run", is_flag=True, help="Say what would change.")
@json_option
@with_tracker
def enrol(
    tracker: Tracker,
    campaign: str,
    names: tuple[str, ...],
    everybody: bool,
    starts: date | str | None,
    ends: date | str | None,
    group: str | None,
    fee: str | None,
    currency: str | None,
    dry_run: bool,
) -> None:
    """Enrol ambassadors, or correct their enrolments; old figures follow.

    What is not given stays as it is, for a new enrolment the campaign's own days;
    `--from campaign` goes back to them.
    """
    from tracker.model import Enrolment

    if everybody == bool(names):
        raise click.UsageError("name ambassadors, or use --all")
    people = roster(tracker)
    amount = _fee(fee, currency, people.campaign(campaign).currency)
    who = [one.id for one in people.ambassadors()] if everybody else names
    days = {"from": starts, "to": ends}
    changes = people.enrol(
        [
            Enrolment(campaign, one, _day(starts), _day(ends), group or None, *amount)
            for one in dict.fromkeys(who)
        ],
        campaign=campaign,
        said=[column for column, day in days.items() if day is not None],
        dry_run=dry_run,
    )
    _say_enrolled(campaign, changes, dry_run=dry_run)


def _day(given: date | str | None) -> date | None:
    return given if isinstance(given, date) else None


def _fee(
    fee: str | None, currency: str | None, default: str
) -> tuple[int | None, str | None]:
    from tracker.codes import currency_code, minor_units

    if fee is None:
        if currency is not None:
            raise click.UsageError("--currency belongs to a --fee")
        return None, None
    code = currency_code(currency or default)
    if code is None:
        raise click.UsageError(f'"{currency}" is no currency code such as EUR')
    try:
        return minor_units(fee, code), code
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _say_enrolled(campaign: str, changes: Changes, *, dry_run: bool) -> None:
    counts = {
        "enrolled": changes.enrolled,
        "updated": len(changes.enrolments) - changes.enrolled,
        "unchanged": changes.people_by_state["unchanged"],
    }
    if wants_json():
        emit_json({"campaign": campaign, **counts, "dry_run": dry_run})
        return
    said = ", ".join(f"{count} {word}" for word, count in counts.items())
    say(f"{campaign}: {said}.{' Nothing was changed: a dry run.' if dry_run else ''}")


@click.command()
@click.argument("campaign")
@click.argument("names", nargs=-1, required=True, metavar="AMBASSADOR...")
@click.option(
    "--on", type=Day(), metavar="DAY", help="Last day that counts; else today."
)
@click.option("--entirely", is_flag=True, help="As if they had never been enrolled.")
@click.option("--dry-run", is_flag=True, help="Say what would change.")
@json_option
@with_tracker
def withdraw(
    tracker: Tracker,
    campaign: str,
    names: tuple[str, ...],
    on: date | None,
    entirely: bool,
    dry_run: bool,
) -> None:
    """End enrolments; what was posted until then goes on counting."""
    if entirely and on is not None:
        raise click.UsageError("--entirely takes no --on")
    people = roster(tracker)
    zone = ZoneInfo(people.campaign(campaign).timezone)
    last = None if entirely else on or today(zone, now_ms())
    who = list(dict.fromkeys(names))
    people.withdraw(campaign, who, on=last, dry_run=dry_run)
    if wants_json():
        until = last.isoformat() if last else None
        counts = {"withdrawn": len(who), "on": until, "dry_run": dry_run}
        emit_json({"campaign": campaign, **counts})
        return
    how = f"until {last}" if last else "entirely"
    said = f"{campaign}: {len(who)} withdrawn {how}."
    say(said + (" Nothing was changed: a dry run." if dry_run else ""))

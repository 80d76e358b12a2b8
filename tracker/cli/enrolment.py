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
from tracker.cli.programme import Day, roster, today, warn_outside

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
@click.option("--no-group", is_flag=True, help="Take the group away.")
@click.option("--no-fee", is_flag=True, help="Take the fee away.")
@click.option("--reason", metavar="TEXT", help="Why the group changes; it is kept.")
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
    no_group: bool,
    no_fee: bool,
    reason: str | None,
    dry_run: bool,
) -> None:
    """Enrol ambassadors, or correct their enrolments; old figures follow.

    What is not given stays as it is, for a new enrolment the campaign's own days;
    `--from campaign` goes back to them. Who was in which group before is kept.
    """
    from tracker.model import Enrolment

    if everybody == bool(names):
        raise click.UsageError("name ambassadors, or use --all")
    taken = _taken_away(group, no_group, fee, no_fee)
    people = roster(tracker)
    amount = _fee(fee, currency, people.campaign(campaign).currency)
    who = [one.id for one in people.ambassadors()] if everybody else names
    days, team = {"from": starts, "to": ends}, group.strip() if group else None
    changes = people.enrol(
        [
            Enrolment(campaign, one, _day(starts), _day(ends), team, *amount)
            for one in dict.fromkeys(who)
        ],
        campaign=campaign,
        said=[*taken, *(column for column, day in days.items() if day is not None)],
        reason=reason,
        now=now_ms(),
        dry_run=dry_run,
    )
    warn_outside(people.campaign(campaign), [one for _, one in changes.enrolments])
    _say_enrolled(campaign, changes, dry_run=dry_run)


def _taken_away(
    group: str | None, no_group: bool, fee: str | None, no_fee: bool
) -> list[str]:
    """What an enrolment shall have no more."""
    from tracker.store.people import NO_FEE, NO_GROUP

    if group is not None and (no_group or not group.strip()):
        raise click.UsageError("--group is blank, or stands beside --no-group")
    if fee is not None and no_fee:
        raise click.UsageError("--fee stands beside --no-fee")
    words = {NO_GROUP: no_group, NO_FEE: no_fee}
    return [word for word, wanted in words.items() if wanted]


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

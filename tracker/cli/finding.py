"""tracker finding: what should be looked at, and what people say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.cli.common import (
    emit_json,
    json_option,
    now_ms,
    say,
    table,
    wants_json,
    with_tracker,
)

if TYPE_CHECKING:
    from tracker.app import Tracker

STATES = ("open", "acknowledged", "fixed")
SHOWN = ("id", "severity", "at", "campaign", "ambassador", "platform", "post_id")


@click.group()
def finding() -> None:
    """What should be looked at: late, missing, odd or against the rules."""


@finding.command("list")
@click.option("--rule", metavar="RULE", help="A rule, or its beginning: reading.")
@click.option("--campaign", metavar="ID", help="Of this campaign, and of none.")
@click.option("--state", type=click.Choice(STATES), help="Only those.")
@click.option("--limit", default=50, show_default=True, help="Rows shown; 0 for all.")
@json_option
@with_tracker
def list_(
    tracker: Tracker,
    rule: str | None,
    campaign: str | None,
    state: str | None,
    limit: int,
) -> None:
    """List findings, oldest first; JSON has all of them."""
    from tracker.finding import COLUMNS, as_row
    from tracker.findings import findings
    from tracker.store.roster import Roster

    if campaign is not None:
        Roster(tracker.database).campaign(campaign)
    found = [
        dict(zip(COLUMNS, as_row(one), strict=True))
        for one in findings(tracker, now=now_ms(), campaign=campaign)
        if one.rule.startswith(rule or "") and state in (None, one.state)
    ]
    if wants_json():
        emit_json({"findings": found})
        return
    shown = found[:limit] if limit else found
    columns = (*SHOWN, "source", "state", "evidence")
    table(columns, [[one[name] for name in columns] for one in shown])
    if len(shown) < len(found):
        say(f"{len(found) - len(shown)} more; --limit 0 shows all.")


@finding.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--reason", required=True, help="Why; it is kept.")
@with_tracker
def ack(tracker: Tracker, ids: tuple[str, ...], reason: str) -> None:
    """Say that you know of it and that it may stay."""
    _say(tracker, ids, "acknowledged", reason)


@finding.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--reason", help="What was done; it is kept.")
@with_tracker
def fix(tracker: Tracker, ids: tuple[str, ...], reason: str | None) -> None:
    """Say that it is put right."""
    _say(tracker, ids, "fixed", reason)


@finding.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--reason", help="Why.")
@with_tracker
def reopen(tracker: Tracker, ids: tuple[str, ...], reason: str | None) -> None:
    """Take back what was said of it."""
    _say(tracker, ids, "open", reason)


def _say(
    tracker: Tracker, ids: tuple[str, ...], state: str, reason: str | None
) -> None:
    from tracker.findings import tell

    tell(tracker, ids, state, reason, now=now_ms())
    say(f"{len(ids)} {'is' if len(ids) == 1 else 'are'} {state} now.")

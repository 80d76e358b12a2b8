"""tracker campaign: campaigns and their plans."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import (
    answer,
    clean_cell,
    emit_json,
    json_option,
    now_ms,
    say,
    table,
    wants_json,
    warn,
    with_tracker,
)
from tracker.cli.planning import check, new
from tracker.cli.programme import campaign_json, day_text, roster

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.checks.plan import Missing
    from tracker.store.campaigns import Applied


@click.group()
def campaign() -> None:
    """Campaigns and their plans."""


campaign.add_command(new)
campaign.add_command(check)


@campaign.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change.")
@json_option
@with_tracker
def apply(tracker: Tracker, path: Path, dry_run: bool) -> None:
    """Keep the campaign of a plan file; applied again, update it.

    An incomplete plan stays a draft; drafts collect and count.
    """
    from tracker.checks.plan import missing
    from tracker.plan import load_plan

    settings = tracker.settings
    plan = load_plan(path, timezone=settings.timezone, language=settings.language)
    applied = roster(tracker).apply(
        plan.campaign, plan.whole, now=now_ms(), dry_run=dry_run
    )
    lacks = missing(plan.whole)
    if wants_json():
        emit_json(_applied_json(applied, lacks, dry_run=dry_run))
    else:
        _say_applied(applied, dry_run=dry_run)
    if lacks:
        _warn_incomplete(applied, len(lacks))


def _applied_json(
    applied: Applied, lacks: list[Missing], *, dry_run: bool
) -> dict[str, Any]:
    return {
        "campaign": applied.campaign.id,
        "state": applied.campaign.state,
        "result": applied.state,
        "dry_run": dry_run,
        "complete": not lacks,
        "changes": [
            {"path": change.path, "from": change.before, "to": change.after}
            for change in applied.changes
        ],
    }


def _say_applied(applied: Applied, *, dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    say(f"Campaign {applied.campaign.id} {would}{applied.state}.")
    if applied.state == "updated":
        for change in applied.changes:
            say(f"  {change.path}: {_shown(change.before)} -> {_shown(change.after)}")


def _shown(value: Any) -> str:
    if value is None:
        return "(nothing)"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def _warn_incomplete(applied: Applied, lacks: int) -> None:
    name = applied.campaign.id
    pieces = "1 piece is" if lacks == 1 else f"{lacks} pieces are"
    now = f"; it stays {applied.campaign.state}"
    todo = f"See: tracker campaign check {name}"
    warn("PLAN", name, f"the plan is incomplete, {pieces} missing{now}. {todo}")


@campaign.command("list")
@json_option
@with_tracker
def list_(tracker: Tracker) -> None:
    """List all campaigns."""
    people = roster(tracker)
    enrolled = Counter(one.campaign for one in people.enrolments())
    found = people.campaigns()
    if wants_json():
        shown = [campaign_json(c) | {"ambassadors": enrolled[c.id]} for c in found]
        emit_json({"campaigns": shown})
        return
    rows = [
        (c.id, c.name, c.state, c.starts, c.ends, c.timezone, enrolled[c.id])
        for c in found
    ]
    columns = ("id", "name", "state", "start", "end", "time zone", "ambassadors")
    table(columns, rows)


@campaign.command()
@click.argument("name", metavar="ID")
@json_option
@with_tracker
def show(tracker: Tracker, name: str) -> None:
    """Show a campaign, its plan, and when it was opened or closed and why."""
    from tracker.checks.plan import missing
    from tracker.store.campaigns import flat

    people = roster(tracker)
    found, plan = people.campaign(name), people.plan(name)
    shown = campaign_json(found) | {
        "ambassadors": len(people.enrolments(name)),
        "complete": not missing(plan),
    }
    turns = _turns(tracker, name)
    if wants_json():
        emit_json(shown | {"plan": plan, "turns": turns})
        return
    marks = shown.pop("match")
    for key, value in (shown | marks).items():
        answer(f"{key}: {_said(value)}")
    rest = {key: part for key, part in plan.items() if key not in ("campaign", "match")}
    for path, value in flat("", rest):
        answer(f"{path}: {_said(value)}")
    for one in turns:
        why = f": {one['reason']}" if one["reason"] else ""
        answer(f"{one['at']} {one['from']} -> {one['to']} by {one['actor']}{why}")


def _turns(tracker: Tracker, name: str) -> list[dict[str, Any]]:
    from tracker.model import iso
    from tracker.store import turns

    return [
        {
            "at": iso(one.at),
            "from": one.before,
            "to": one.after,
            "reason": one.reason,
            "actor": one.actor,
        }
        for one in turns.list_(tracker.database, name)
        if one.kind == turns.STATE
    ]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value is None else str(value)


@campaign.command("open")
@click.argument("name", metavar="ID")
@click.option("--incomplete", is_flag=True, help="Open it with an incomplete plan.")
@click.option("--reason", metavar="TEXT", help="Why; needed with --incomplete.")
@json_option
@with_tracker
def open_(tracker: Tracker, name: str, incomplete: bool, reason: str | None) -> None:
    """Open a campaign whose plan is complete."""
    from tracker.checks.plan import missing

    if incomplete and not (reason or "").strip():
        raise click.UsageError("--incomplete needs --reason TEXT")
    people = roster(tracker)
    lacks = missing(people.plan(name))
    if lacks and not incomplete:
        _refuse(name, lacks)
    _set_state(tracker, name, "open", reason)


def _refuse(name: str, lacks: list[Missing]) -> None:
    from tracker.errors import RosterError

    for one in lacks:
        line = f"error[PLAN_MISSING] {name} {one.path}: {one.message}"
        click.echo(clean_cell(line), err=True)
    raise RosterError(
        "PLAN",
        name,
        "the plan is incomplete",
        "The campaign was not opened",
        "Fill the plan in and apply it, or use --incomplete --reason TEXT",
    )


@campaign.command()
@click.argument("name", metavar="ID")
@click.option("--reason", metavar="TEXT", help="Why; it is kept.")
@json_option
@with_tracker
def close(tracker: Tracker, name: str, reason: str | None) -> None:
    """Close a campaign; its figures stay."""
    _set_state(tracker, name, "closed", reason)


def _set_state(tracker: Tracker, name: str, state: str, reason: str | None) -> None:
    changed = roster(tracker).set_state(name, state, reason=reason, now=now_ms())
    if wants_json():
        emit_json(campaign_json(changed))
    else:
        days = f"{day_text(changed.starts) or '…'} to {day_text(changed.ends) or '…'}"
        say(f"Campaign {name} ({days}) is {state}.")

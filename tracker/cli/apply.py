"""tracker apply: applications and selection."""

from __future__ import annotations

from collections.abc import Sequence
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
    warn,
    with_tracker,
)

if TYPE_CHECKING:
    from decimal import Decimal

    from tracker.app import Tracker
    from tracker.model import Reject
    from tracker.programme import Application
    from tracker.selection import Selection
    from tracker.store.applications import Decided

WORD = click.Choice(("accept", "decline"), case_sensitive=False)
SHOWN = ("id", "name", "campaign", "score", "group", "state", "reason", "decided_by")


@click.group()
def apply() -> None:
    """Applications: who asked to take part, and who was chosen, and why."""


@apply.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--campaign", metavar="ID", required=True)
@click.option("--dry-run", is_flag=True, help="Say what would change.")
@json_option
@with_tracker
def import_(tracker: Tracker, path: Path, campaign: str, dry_run: bool) -> int:
    """Keep applications from a CSV file, one row an applicant.

    Columns: id, name; platform, handle, email, applied_at, score, group, criteria (as
    video:8;vibrancy:7, or JSON). What was decided stays.
    """
    from tracker.cli.imported import tell
    from tracker.selection import read_applications
    from tracker.store.applications import keep

    file = read_applications(tracker, path, campaign)
    made = [one for _, one in file.made]
    states = keep(tracker.database, campaign, made, now=now_ms(), dry_run=dry_run)
    return tell(path.name, file, file.rejects, states, dry_run=dry_run)


@apply.command()
@click.argument("id_", metavar="ID", required=False)
@click.argument("decision", type=WORD, required=False)
@click.option("--reason", help="Why; it is kept.")
@click.option("--campaign", metavar="ID", help="Where they applied for several.")
@click.option(
    "--file",
    "path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Many at once: a CSV file with id, decision, reason.",
)
@click.option("--dry-run", is_flag=True, help="Say what would change.")
@json_option
@with_tracker
def decide(
    tracker: Tracker,
    id_: str | None,
    decision: str | None,
    reason: str | None,
    campaign: str | None,
    path: Path | None,
    dry_run: bool,
) -> int:
    """Accept or decline. Who is accepted becomes an ambassador and is enrolled."""
    from tracker.cli.imported import complain
    from tracker.selection import read_decisions
    from tracker.store.applications import decide as keep

    rejects: tuple[Reject, ...] = ()
    if path is not None:
        if not campaign or id_:
            raise click.UsageError("--file needs --campaign ID, and names everybody")
        file = read_decisions(tracker, path, campaign)
        words, rejects = {i: (w, r) for _, (i, w, r) in file.made}, file.rejects
        complain(path.name, rejects)
    elif id_ and decision and (reason or "").strip():
        words = {id_: (decision, str(reason).strip())}
        campaign = campaign or _only(tracker, id_)
    else:
        raise click.UsageError("name ID, accept or decline, and --reason; or --file")
    decided = keep(
        tracker.database, campaign, words, tracker.zone, now=now_ms(), dry_run=dry_run
    )
    for name, text in decided.told:
        warn("DECISION", name, text)
    _tell(campaign, decided, rejects, dry_run=dry_run)
    return 1 if rejects else 0


def _tell(
    campaign: str, decided: Decided, rejects: tuple[Reject, ...], *, dry_run: bool
) -> None:
    from tracker.cli.imported import errors_json

    if wants_json():
        errors = {"rejected": len(rejects), "errors": errors_json(rejects)}
        emit_json(
            {"campaign": campaign, **decided.counts, **errors, "dry_run": dry_run}
        )
        return
    told = ", ".join(f"{many} {word}" for word, many in decided.counts.items())
    say(f"{told}, {len(rejects)} rejected.")
    if dry_run:
        say("Nothing was changed: this was a dry run.")


def _only(tracker: Tracker, id_: str) -> str:
    from tracker.store.applications import find

    found = find(tracker.database, id_)
    if len(found) > 1:
        raise click.UsageError(f"{id_} applied for several: --campaign ID")
    return found[0]


@apply.command("list")
@click.argument("campaign", required=False)
@click.option("--campaign", "chosen", metavar="ID", help="Only for this campaign.")
@click.option("--state", type=click.Choice(("new", "accepted", "declined")))
@json_option
@with_tracker
def list_(
    tracker: Tracker, campaign: str | None, chosen: str | None, state: str | None
) -> None:
    """List applications with what was decided, by whom and why."""
    from tracker.store.applications import list_ as ask

    found = ask(tracker.database, campaign or chosen)
    shown = [application_json(one) for one in found if state in (None, one.state)]
    if wants_json():
        emit_json({"applications": shown})
        return
    table(SHOWN, [tuple(one[name] for name in SHOWN) for one in shown])


def application_json(one: Application) -> dict[str, Any]:
    from tracker.model import iso

    return {
        "id": one.id,
        "campaign": one.campaign,
        "name": one.name,
        "platform": one.platform,
        "handle": one.handle,
        "email": one.email,
        "applied_at": iso(one.applied_at),
        "score": _plain(one.score),
        "group": one.group,
        "criteria": dict(one.criteria),
        "state": one.state,
        "reason": one.reason,
        "decided_at": iso(one.decided_at),
        "decided_by": one.actor,
    }


@apply.command()
@click.argument("campaign")
@json_option
@with_tracker
def report(tracker: Tracker, campaign: str) -> None:
    """How the selection went: scores, criteria, reasons, groups and platforms."""
    from tracker.selection import report as make
    from tracker.store.applications import list_ as ask

    found = make(ask(tracker.database, campaign))
    shown = _report_json(found)
    if wants_json():
        emit_json({"campaign": campaign, **shown})
        return
    _say_report(found, shown)


def _say_report(found: Selection, shown: dict[str, Any]) -> None:
    rate = "–" if found.rate is None else f"{found.rate:.1f} %"
    answer(
        f"{found.applicants} applied, {found.groups['accepted'].count} accepted: {rate}"
    )
    columns = ("state", "count", "low", "median", "high", "mean")
    scores = shown["scores"]
    _titled("Scores", columns, [[row[name] for name in columns] for row in scores])
    names = sorted({name for row in scores for name in row["criteria"]})
    means = [[name, *(row["criteria"].get(name) for row in scores)] for name in names]
    states = [row["state"] for row in scores]
    _titled("Criteria, mean", ("criterion", *states), means)
    reasons = [
        [state, many, reason]
        for state, some in found.reasons.items()
        for reason, many in some.items()
    ]
    _titled("Reasons", ("state", "count", "reason"), reasons)
    for kind, parts in found.by.items():
        rows = [[name or None, *counts] for name, counts in parts.items()]
        _titled(f"By {kind}", (kind, "applied", "accepted"), rows)
    deciders = [[name or None, *counts] for name, counts in found.deciders.items()]
    _titled("Decided", ("by", "accepted", "declined"), deciders)


def _titled(title: str, columns: Sequence[str], rows: list[list[Any]]) -> None:
    """A table below its title; nothing where it has no rows."""
    if rows:
        answer(f"\n{title}:")
        table(columns, rows)


def _report_json(found: Selection) -> dict[str, Any]:
    return {
        "applicants": found.applicants,
        "accepted": found.groups["accepted"].count,
        "declined": found.groups["declined"].count,
        "undecided": found.groups["new"].count,
        "rate": _plain(found.rate),
        "scores": [
            {
                "state": state,
                "count": one.count,
                "low": _plain(one.low),
                "median": _plain(one.median),
                "high": _plain(one.high),
                "mean": _plain(one.mean),
                "criteria": {name: _plain(v) for name, v in one.criteria.items()},
            }
            for state, one in found.groups.items()
        ],
        "reasons": found.reasons,
        "deciders": [
            {"name": name or None, "accepted": taken, "declined": not_taken}
            for name, (taken, not_taken) in found.deciders.items()
        ],
        "by": {
            kind: [
                {"name": name or None, "applied": every, "accepted": taken}
                for name, (every, taken) in parts.items()
            ]
            for kind, parts in found.by.items()
        },
    }


def _plain(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == int(value) else round(float(value), 4)

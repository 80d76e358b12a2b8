"""tracker privacy: people's rights."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import (
    answer,
    emit_json,
    json_option,
    now_ms,
    say,
    wants_json,
    with_tracker,
    wrote,
)

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.privacy import Report


@click.group()
def privacy() -> None:
    """Everything about a person; a person gone; nothing kept too long."""


@privacy.command()
@click.argument("person", metavar="ID")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@json_option
@with_tracker
def export(tracker: Tracker, person: str, out: Path | None) -> None:
    """Everything about a person as one JSON object, to standard output or a file."""
    from tracker.privacy import export as ask

    found = ask(tracker, person, now=now_ms())
    text = json.dumps(found, ensure_ascii=False, indent=2, default=str)
    if out is None:
        click.echo(text)
        return
    out.write_text(text + "\n", "utf-8")
    out.chmod(0o600)
    wrote(tracker, out)


@privacy.command()
@click.argument("person", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Say what would go.")
@json_option
@with_tracker
def erase(tracker: Tracker, person: str, yes: bool, dry_run: bool) -> None:
    """Remove everything that says who somebody is; counts, dates and money stay."""
    from tracker import privacy as rights

    if dry_run:
        _show(rights.look(tracker, person))
        return
    if not yes:
        _ask(tracker, person)
    _show(rights.erase(tracker, person, now=now_ms()))


def _ask(tracker: Tracker, person: str) -> None:
    from tracker import privacy as rights

    found = rights.look(tracker, person)
    if not sys.stdin.isatty():
        raise click.UsageError("without a terminal, erase needs --yes")
    many = sum(found.tables.values())
    click.confirm(f"Erase {person} from {many} rows? It cannot be undone.", abort=True)


def _show(found: Report) -> None:
    if wants_json():
        emit_json(report_json(found))
        return
    would = "would erase" if found.dry_run else "erased"
    answer(
        f"{would} person {found.number}: {len(found.tables)} tables,"
        f" {len(found.files)} files."
    )
    for name in found.kept_by_you:
        say(f"Still holds them, and is yours: {name}")
    if found.lingers:
        say(found.lingers)
    _show_backups(found)
    if found.suppressed:
        say("Suppression active: what is theirs is not taken in again.")


def _show_backups(found: Report) -> None:
    if not found.backups:
        return
    ends = [expires for _, expires in found.backups]
    last = max((end for end in ends if end), default="")
    said = f"last expires {last[:10]}" if all(ends) else "not all of them expire"
    many = (
        "1 backup still holds" if len(ends) == 1 else f"{len(ends)} backups still hold"
    )
    say(f"{many} data; {said}.")
    for path, expires in found.backups:
        say(f"Still holds them: {path}; expires {expires or 'when you delete it'}")


def report_json(found: Report) -> dict[str, Any]:
    """The shape of INTERFACE-2.md section 7."""
    return {
        "person": found.person,
        "tables": found.tables,
        "files": list(found.files),
        "kept_by_you": list(found.kept_by_you),
        "backups": [{"path": p, "expires": e} for p, e in found.backups],
        "suppressed": found.suppressed,
        "lingers": found.lingers,
        "dry_run": found.dry_run,
    }


@privacy.command()
@click.option("--dry-run", is_flag=True, help="Say what would go.")
@json_option
@with_tracker
def retention(tracker: Tracker, dry_run: bool) -> None:
    """Take out what is older than [retention] in tracker.toml allows."""
    from tracker.retention import limits, retain

    now = now_ms()
    done = retain(tracker, now=now, dry_run=dry_run)
    if wants_json():
        emit_json({"dry_run": dry_run, "rows": done})
        return
    if not limits(tracker, now):
        say("Nothing has a limit: set [retention] in tracker.toml.")
    for kind, many in done.items():
        answer(f"{kind}: {many} {'would go' if dry_run else 'gone'}")

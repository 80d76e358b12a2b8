"""tracker restore."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.backup import open_whatever
from tracker.cli.common import (
    answer,
    caller,
    emit_json,
    json_option,
    now_ms,
    progress,
    say,
    wants_json,
    warn,
)
from tracker.errors import ConfigError
from tracker.model import iso

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.backups.folder import Backup
    from tracker.backups.restoring import Restored


@click.command()
@click.argument("name")
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Make a new workspace there; the present one stays as it is.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Verify it, and say what would happen.")
@json_option
def restore(name: str, to: Path | None, yes: bool, dry_run: bool) -> int:
    """Put a backup in the place of the database, or make a new workspace of it.

    NAME is the name of a backup or how it begins, `latest`, or a path. It is verified
    first, and what it replaces is kept as a backup of its own. Who was erased since
    stays erased, and the audit goes on. Stop the daemon first, on every host.
    """
    from tracker.backups import beside, restoring

    tracker = _workspace(name, to)
    backup = _chosen(name, tracker)
    if to is not None and not dry_run:
        with progress("Restoring"):
            who = caller()
            done = beside.restore_to(to, backup, tracker, now=now_ms(), actor=who)
        return _show(done)
    if tracker is None or to is not None:
        return _show_whole(backup)
    if dry_run:
        return _show(restoring.look(tracker, backup))
    if not yes:
        _ask(restoring.look(tracker, backup))
    with progress("Restoring"):
        done = restoring.restore(tracker, backup, now=now_ms())
    return _show(done)


def _workspace(name: str, to: Path | None) -> Tracker | None:
    """None: there is none, and none is needed."""
    try:
        return open_whatever()
    except ConfigError as error:
        if to is None or "/" not in name or error.code != "NO_WORKSPACE":
            raise
        return None


def _chosen(name: str, tracker: Tracker | None) -> Backup:
    from tracker.backups.folder import choose, place

    return choose(place(tracker) if tracker else Path(), name)


def _show_whole(backup: Backup) -> int:
    from tracker.backups.checking import verify

    found = verify(backup)
    if wants_json():
        emit_json({"backup": backup.name, "schema": found["schema"], "dry_run": True})
    else:
        answer(f"Backup {backup.name} is whole and would be restored.")
    return 0


def _ask(found: Restored) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("without a terminal, restore needs --yes")
    made = iso(found.backup.made_at)
    click.confirm(f"Put the state of {made} in place of the present one?", abort=True)


def _show(found: Restored) -> int:
    for path in found.missing:
        warn("ARCHIVE_MISSING", path, "it is not at the archive's address")
    if found.others:
        said = f"{found.others} marks of erased people are another workspace's"
        warn("ERASED_OTHERS", f"backup {found.backup.name}", said)
    if wants_json():
        emit_json(_as_json(found))
    else:
        _tell(found)
    return 1 if found.missing or found.others else 0


def _as_json(found: Restored) -> dict[str, Any]:
    return {
        "backup": found.backup.name,
        "home": str(found.home),
        "schema": found.manifest["schema"],
        "readings": found.manifest["tables"].get("reading", 0),
        "needs_upgrade": found.older,
        "before_restore": str(found.aside) if found.aside else None,
        "audit_lines_kept": found.lines,
        "erased_again": found.erased,
        "missing": list(found.missing),
        "settings_differ": found.settings_differ,
        "dry_run": found.dry_run,
    }


def _tell(found: Restored) -> None:
    would = "Would restore" if found.dry_run else "Restored"
    many = found.manifest["tables"].get("reading", 0)
    answer(f"{would} {found.backup.name} ({many:,} readings) in {found.home}.")
    if found.aside:
        say(f"What was there before: {found.aside}")
    if found.lines:
        say(f"The audit keeps {found.lines} lines that are younger than the backup.")
    if found.erased:
        say(f"Erased again: {found.erased} people who were erased since.")
    if found.settings_differ:
        say("tracker.toml stays as it is; the backup's differs.")
    if found.older:
        say("Its schema is older. Run: tracker db upgrade")
    elif not found.dry_run:
        say("Pages follow with tracker report, or when the daemon runs.")

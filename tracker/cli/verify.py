"""tracker verify and tracker db: is what is kept what was read?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.cli.common import (
    emit_json,
    json_option,
    now_ms,
    progress,
    say,
    wants_json,
    warn,
    with_tracker,
    workspace_home,
)

if TYPE_CHECKING:
    from tracker.app import Tracker


@click.command()
@click.option(
    "--repair", is_flag=True, help="Put the recount in place, after a backup."
)
@json_option
@with_tracker
def verify(tracker: Tracker, repair: bool) -> int:
    """Recount all sums from the readings and compare."""
    from tracker.store import proofs
    from tracker.store import verify as check

    with progress("Recounting"):
        found = check.verify(tracker.database, tracker.zone)
    proofs.note(tracker.database, len(found), now_ms())
    if wants_json():
        emit_json({"ok": not found, "differences": [_as_json(d) for d in found]})
    elif not found:
        say("All sums equal a recount from the readings.")
    if not wants_json():
        for difference in found[:50]:
            click.echo(
                f"error[ROLLUP_DRIFT] {difference}. Nothing changed. "
                "Run: tracker verify --repair (keeps a backup).",
                err=True,
            )
    if found and repair:
        _repair(tracker)
    return 1 if found else 0


def _repair(tracker: Tracker) -> None:
    from tracker.backups.making import make
    from tracker.store import proofs
    from tracker.store import verify as check

    say(f"Backup: {make(tracker, now=now_ms()).path}")
    check.repair(tracker.database, tracker.zone)
    proofs.note(tracker.database, 0, now_ms())
    say("Repaired: all sums were counted again.")


def _as_json(difference: object) -> dict[str, object]:
    return {
        name: getattr(difference, name) for name in ("where", "what", "kept", "counted")
    }


@click.group()
def db() -> None:
    """The database's schema."""


@db.command()
@click.option(
    "--no-backup", is_flag=True, help="Make no backup of a SQLite database before."
)
@json_option
def upgrade(no_backup: bool) -> None:
    """Bring the schema up to date, after a verified backup.

    A PostgreSQL database is not backed up by this command: run tracker backup before.
    """
    from tracker.app import open_tracker
    from tracker.store import schema

    tracker = open_tracker(workspace_home(), check=False)
    before = schema.version(tracker.database)
    kept = None
    if before is not None and schema.is_older(before) and not no_backup:
        kept = _before_upgrade(tracker)
    schema.upgrade(tracker.database)
    after = schema.version(tracker.database)
    if wants_json():
        emit_json({"before": before, "after": after, "backup": kept})
    else:
        say(f"Schema {after}." if before == after else f"Schema {before} to {after}.")


def _before_upgrade(tracker: Tracker) -> str | None:
    """Where the backup is that was made of a database that holds something."""
    from tracker.backups.making import make
    from tracker.store import inventory

    if tracker.database.dialect != "sqlite":
        said = "no backup was made of PostgreSQL. With one the way back is short: "
        warn("NO_BACKUP", "db upgrade", said + "tracker backup, with the old version")
        return None
    with tracker.database.reading() as link:
        if not inventory.holds_something(link):
            return None
    path = make(tracker, now=now_ms()).path
    say(f"Backup: {path}")
    return str(path)


@db.command()
@json_option
def check() -> int:
    """Is the schema the one this version needs, and the file sound?"""
    from tracker.app import open_tracker
    from tracker.store import schema

    tracker = open_tracker(workspace_home(), check=False)
    found, wanted = schema.version(tracker.database), schema.newest()
    sound = tracker.database.sound()
    if wants_json():
        emit_json({"schema": found, "needed": wanted, "integrity": sound})
    else:
        say(f"Schema {found}, needed {wanted}. Integrity: {sound}.")
    return 0 if found == wanted and sound == "ok" else 1

"""tracker db: the schema of the database, brought up to date and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.cli.common import (
    emit_json,
    json_option,
    notice,
    now_ms,
    progress,
    say,
    wants_json,
    warn,
    workspace_home,
)

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.lock import Holder


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

    All of it is one transaction: cut off, the database is as it was before. A
    PostgreSQL database is not backed up by this command: run tracker backup before.
    """
    from tracker.app import open_tracker
    from tracker.store import schema

    tracker = open_tracker(workspace_home(), check=False)
    before = schema.version(tracker.database)
    kept = None
    if before is not None and schema.is_older(before):
        before, kept = _upgrade(tracker, backup=not no_backup)
    else:
        schema.upgrade(tracker.database)
    after = schema.version(tracker.database)
    if wants_json():
        emit_json({"before": before, "after": after, "backup": kept})
    else:
        say(f"Schema {after}." if before == after else f"Schema {before} to {after}.")


def _upgrade(tracker: Tracker, *, backup: bool) -> tuple[str, str | None]:
    """The version that was found in turn, and where the backup is."""
    from tracker import lock
    from tracker.hosts import host_name
    from tracker.store import schema

    host = host_name(tracker.settings)
    with lock.upgrading(tracker.home, host, now_ms(), _waited_for) as cut_off:
        before = str(schema.version(tracker.database))
        if not schema.is_older(before):  # by whoever was waited for
            return before, None
        if cut_off is not None:
            _tell_resumed(before)
        kept = _before_upgrade(tracker) if backup else None
        if by := schema.upgrader(tracker.database):
            _tell_waiting(by)
        with progress("Upgrading"):
            schema.upgrade(tracker.database)
        return before, kept


def _waited_for(holder: Holder) -> None:
    _tell_waiting(f"pid {holder.pid}" if holder.pid else "its pid is not known")


def _tell_waiting(who: str) -> None:
    said = f"another process is upgrading ({who}). Waiting up to 10 min."
    notice("MIGRATE_WAIT", "db upgrade", said)


def _tell_resumed(found: str) -> None:
    said = f"an upgrade was cut off. The database is at schema {found}, complete."
    notice("MIGRATE_RESUME", "db upgrade", f"{said} Starting again.")


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

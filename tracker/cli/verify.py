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
from tracker.model import moment

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
    from tracker.store import proofs
    from tracker.store import verify as check

    if tracker.database.path is not None:
        stamp = moment(now_ms()).strftime("%Y%m%dT%H%M%S")
        copy = tracker.home / f"{tracker.database.path.name}.{stamp}.backup"
        check.backup(tracker.database, copy)
        say(f"Backup: {copy.name}")
    else:
        warn("NO_BACKUP", "verify", "PostgreSQL keeps its own backups (pg_dump).")
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
@json_option
def upgrade() -> None:
    """Bring the schema up to date."""
    from tracker.app import open_tracker
    from tracker.store import schema

    tracker = open_tracker(workspace_home(), check=False)
    before = schema.version(tracker.database)
    schema.upgrade(tracker.database)
    after = schema.version(tracker.database)
    if wants_json():
        emit_json({"before": before, "after": after})
    else:
        say(f"Schema {after}." if before == after else f"Schema {before} to {after}.")


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

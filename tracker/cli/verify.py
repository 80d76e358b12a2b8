"""tracker verify and tracker db: is what is kept what was read?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    from tracker.store.verify import Difference, Reader

#: Who may read the whole history.
ENGINES = ("sqlite", "postgresql", "duckdb", "spark")
#: Differences that are told one by one.
TOLD = 50


@click.command()
@click.option(
    "--repair", is_flag=True, help="Put the recount in place, after a backup."
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    help="Who reads; else duckdb where something is archived, or the database.",
)
@click.option("--master", metavar="URL", help="Spark's cluster.")
@json_option
@with_tracker
def verify(
    tracker: Tracker, repair: bool, engine: str | None, master: str | None
) -> int:
    """Recount all sums from all readings, hot and archived, and compare."""
    from tracker.copies import temporary
    from tracker.store import proofs
    from tracker.store import verify as check

    with temporary(tracker.home) as folder:
        reader = check.Reader(folder, engine, master)
        with progress("Recounting"):
            found = check.verify(tracker.database, tracker.zone, reader)
        proofs.note(tracker.database, len(found), now_ms())
        _tell(tracker, found)
        if found and repair:
            _repair(tracker, reader)
    return 1 if found else 0


def _tell(tracker: Tracker, found: list[Difference]) -> None:
    campaigns = _by_campaign(tracker, found)
    if wants_json():
        differences = [_as_json(one) for one in found]
        emit_json({"ok": not found, "differences": differences, "campaigns": campaigns})
        return
    if not found:
        say("All sums equal a recount from the readings.")
    for difference in found[:TOLD]:
        click.echo(
            f"error[ROLLUP_DRIFT] {difference}. Nothing changed. "
            "Run: tracker verify --repair (keeps a backup).",
            err=True,
        )
    if len(found) > TOLD:
        say(f"{len(found) - TOLD} more; --json shows all.")
    for one in campaigns:
        figures = ", ".join(
            f"{name} {sums['kept']:,} kept, {sums['counted']:,} counted"
            for name, sums in one["figures"].items()
        )
        say(f"{one['campaign'] or 'all posts'}: {one['rows']} rows differ; {figures}")


def _by_campaign(tracker: Tracker, found: list[Difference]) -> list[dict[str, Any]]:
    """How many sums of each campaign differ, and what the rows that do add up to."""
    from tracker.store import verify as check

    names = check.campaigns(tracker.database) if found else {}
    rows: dict[int, set[str]] = {}
    figures: dict[int, dict[str, dict[str, int]]] = {}
    for one in found:
        if one.campaign is None:
            continue
        rows.setdefault(one.campaign, set()).add(one.where)
        mine = figures.setdefault(one.campaign, {})
        sums = mine.setdefault(one.what, {"kept": 0, "counted": 0})
        sums["kept"] += one.kept or 0
        sums["counted"] += one.counted or 0
    return [
        {
            "campaign": names.get(number, None if not number else str(number)),
            "rows": len(some),
            "figures": figures[number],
        }
        for number, some in sorted(rows.items())
    ]


def _repair(tracker: Tracker, reader: Reader) -> None:
    from tracker.backups.making import make
    from tracker.store import proofs
    from tracker.store import verify as check

    say(f"Backup: {make(tracker, now=now_ms()).path}")
    with progress("Counting again"):
        check.repair(tracker.database, tracker.zone, reader)
    proofs.note(tracker.database, 0, now_ms())
    say("Repaired: all sums were counted again.")


def _as_json(difference: Difference) -> dict[str, object]:
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

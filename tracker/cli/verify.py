"""tracker verify: is what is kept what was read?"""

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
    with_tracker,
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

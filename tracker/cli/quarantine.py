"""tracker quarantine: rows that were refused, and what becomes of them."""

from __future__ import annotations

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
    with_tracker,
)
from tracker.model import iso

if TYPE_CHECKING:
    from tracker.app import Tracker


@click.group()
def quarantine() -> None:
    """Rows that were refused: kept with file, line, column and reason."""


@quarantine.command("list")
@click.option("--source", metavar="NAME", help="Only of this source.")
@click.option(
    "--state",
    type=click.Choice(["open", "kept", "dropped", "superseded", "all"]),
    default="open",
    show_default=True,
)
@json_option
@with_tracker
def list_(tracker: Tracker, source: str | None, state: str) -> None:
    """List rows that wait."""
    from tracker.store.quarantine import Quarantine

    found = Quarantine(tracker.database).list(source=source, state=state)
    if wants_json():
        emit_json({"rejects": [_as_json(reject) for reject in found]})
        return
    if not found:
        say("Nothing waits.")
        return
    table(
        ("id", "source", "file", "line", "column", "code", "reason"),
        [(r.id, r.source, r.file, r.line, r.column, r.code, r.reason) for r in found],
    )


@quarantine.command()
@click.argument("number", type=int)
@json_option
@with_tracker
def show(tracker: Tracker, number: int) -> None:
    """Show one row with its text."""
    from tracker.store.quarantine import Quarantine

    found = Quarantine(tracker.database).show(number)
    if wants_json():
        emit_json(_as_json(found))
        return
    answer(f"{found.file}:{found.line} column {found.column or '(the whole row)'}")
    answer(f"{found.code}: {found.reason}. State: {found.state}.")
    if found.raw:
        answer(found.raw.rstrip("\r\n"))


@quarantine.command()
@click.argument("numbers", nargs=-1, type=int)
@click.option("--all", "everything", is_flag=True, help="All that wait.")
@json_option
@with_tracker
def retry(tracker: Tracker, numbers: tuple[int, ...], everything: bool) -> int:
    """Read rows again with the settings as they are now."""
    from tracker import retry as again

    if not numbers and not everything:
        raise click.UsageError("name the rows, or --all")
    tried, kept, errors = again.retry(
        tracker, None if everything else numbers, now=now_ms()
    )
    if wants_json():
        emit_json({"tried": tried, "kept": kept, "rejected": tried - kept})
    else:
        for error in errors:
            click.echo(error, err=True)
        say(f"{kept} of {tried} rows kept, {tried - kept} left in quarantine.")
    return 1 if kept < tried else 0


@quarantine.command()
@click.argument("numbers", nargs=-1, type=int, required=True)
@json_option
@with_tracker
def drop(tracker: Tracker, numbers: tuple[int, ...]) -> None:
    """Forget rows; that they were refused stays on record."""
    from tracker.store.quarantine import Quarantine

    quarantined = Quarantine(tracker.database)
    for number in numbers:
        quarantined.show(number)
    dropped = quarantined.drop(numbers)
    if wants_json():
        emit_json({"dropped": dropped})
    else:
        say(f"{dropped} dropped.")


def _as_json(reject: Any) -> dict[str, Any]:
    return {
        "id": reject.id,
        "source": reject.source,
        "file": reject.file,
        "line": reject.line,
        "column": reject.column or None,
        "code": reject.code,
        "reason": reject.reason,
        "raw": reject.raw,
        "state": reject.state,
        "recorded_at": iso(reject.recorded_at),
    }

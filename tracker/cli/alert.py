"""`tracker alert`: who is told of what, and what was told."""

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

if TYPE_CHECKING:
    from tracker.app import Tracker


@click.group()
def alert() -> None:
    """Alerts and digests: the [[alert]] and [digest] blocks of tracker.toml."""


@alert.command("list")
@json_option
@with_tracker
def list_(tracker: Tracker) -> None:
    """What is asked for, and where it goes."""
    from tracker.alerts.lists import settings

    _show(settings(tracker), "alerts", "name", "when", "campaign", "cooldown", "quiet")


@alert.command()
@click.argument("name", required=False)
@json_option
@with_tracker
def test(tracker: Tracker, name: str | None) -> None:
    """What each alert, or NAME, would have told of all that is known; sends nothing."""
    from tracker.alerts.lists import trials

    found = trials(tracker, name, now_ms())
    _show(found, "alerts", "name", "would_fire", "first", "last", "held", "messages")


@alert.command()
@json_option
@with_tracker
def history(tracker: Tracker) -> None:
    """What was sent, waits, or failed; oldest first."""
    from tracker.alerts.lists import letters

    _show(
        letters(tracker), "sent", "id", "name", "finding", "at", "to", "state", "error"
    )


@alert.command()
@json_option
@with_tracker
def send(tracker: Tracker) -> int:
    """Look once and send what may go, as the daemon does by itself."""
    from tracker.alerts.sending import Sender

    return _sent(Sender(tracker, now_ms()).round())


@alert.command()
@click.option("--dry-run", is_flag=True, help="Print it; send nothing, note nothing.")
@json_option
@with_tracker
def digest(tracker: Tracker, dry_run: bool) -> int:
    """Send the digest of the last period, once; the daemon does it by itself."""
    from tracker.alerts.digest import message
    from tracker.alerts.sending import Sender

    now = now_ms()
    if not dry_run:
        return _sent(Sender(tracker, now).round_of_digests())
    title, text = message(tracker, None, now)
    if wants_json():
        emit_json({"title": title, "text": text})
    else:
        answer(f"{title}\n\n{text}")
    return 0


def _sent(done: Any) -> int:
    """What went; 7 when something did not."""
    from tracker.alerts.lists import sent

    failed = any(one.state != "sent" for one in done)
    if wants_json():
        emit_json({"sent": sent(done)})
        return 7 if failed else 0
    for one in done:
        why = f": {one.error}" if one.error else ""
        say(f"{one.name} to {one.to}: {one.findings} findings, {one.state}{why}")
    if not done:
        say("Nothing to send now.")
    return 7 if failed else 0


def _show(found: list[dict[str, Any]], key: str, *columns: str) -> None:
    if wants_json():
        emit_json({key: found})
    else:
        table(columns, [[row[column] for column in columns] for row in found])

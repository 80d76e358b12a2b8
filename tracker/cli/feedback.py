"""tracker feedback: what ambassadors say, and what was answered."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import (
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
    from tracker.programme import Feedback


@click.group()
def feedback() -> None:
    """What ambassadors say of the product or the programme."""


@feedback.command()
@click.option("--campaign", metavar="ID", required=True)
@click.option("--ambassador", metavar="ID", help="Who said it; else nobody named.")
@click.option("--text", required=True, help="What was said.")
@click.option("--at", metavar="TIME", help="When it was said; else now.")
@json_option
@with_tracker
def add(
    tracker: Tracker, campaign: str, ambassador: str | None, text: str, at: str | None
) -> None:
    """Keep what somebody said."""
    from tracker.feedback import add as keep

    made = keep(tracker, campaign, ambassador, text, at, now=now_ms())
    _show(made, f"Kept as feedback {made.id}.")


@feedback.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--campaign", metavar="ID", required=True)
@click.option("--dry-run", is_flag=True, help="Say what would change.")
@json_option
@with_tracker
def import_(tracker: Tracker, path: Path, campaign: str, dry_run: bool) -> int:
    """Keep feedback from a CSV file: at, text; ambassador, answer, answered_at."""
    from tracker.cli.imported import tell
    from tracker.feedback import read_feedback
    from tracker.store.feedback import keep

    file = read_feedback(tracker, path, campaign)
    items = [one for _, one in file.made]
    states = keep(tracker.database, campaign, items, now=now_ms(), dry_run=dry_run)
    return tell(path.name, file, file.rejects, states, dry_run=dry_run)


@feedback.command("answer")
@click.argument("name", metavar="ID")
@click.option("--text", required=True, help="The answer; it replaces an earlier one.")
@json_option
@with_tracker
def answer_(tracker: Tracker, name: str, text: str) -> None:
    """Keep the answer that was given."""
    from tracker.errors import NotFoundError
    from tracker.store.feedback import answer

    if not name.isdecimal():
        raise NotFoundError("feedback", name)
    made = answer(tracker.database, int(name), text, now=now_ms())
    _show(made, f"Feedback {made.id} is answered.")


@feedback.command("list")
@click.argument("campaign", required=False)
@click.option("--campaign", "chosen", metavar="ID", help="Only of this campaign.")
@click.option(
    "--open", "only_open", is_flag=True, help="Only what waits for an answer."
)
@json_option
@with_tracker
def list_(
    tracker: Tracker, campaign: str | None, chosen: str | None, only_open: bool
) -> None:
    """List what was said, the oldest first."""
    from tracker.store.feedback import list_ as ask

    found = [
        one
        for one in ask(tracker.database, campaign or chosen)
        if not (only_open and one.answered_at is not None)
    ]
    if wants_json():
        emit_json({"feedback": [as_json(one) for one in found]})
    elif not found:
        say("Nobody has said anything.")
    else:
        shown = [as_json(one) for one in found]
        table(tuple(shown[0]), [tuple(one.values()) for one in shown])


def _show(made: Feedback, said: str) -> None:
    if wants_json():
        emit_json(as_json(made))
    else:
        say(said)


def as_json(one: Feedback) -> dict[str, Any]:
    """The shape of INTERFACE-2.md section 4."""
    from tracker.model import iso

    return {
        "id": str(one.id),
        "at": iso(one.at),
        "campaign": one.campaign,
        "ambassador": one.ambassador,
        "text": one.text,
        "answered_at": iso(one.answered_at),
        "answer": one.answer,
    }

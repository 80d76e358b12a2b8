"""tracker reading: readings of posts, by hand or by any source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import (
    caller,
    emit_json,
    json_option,
    now_ms,
    say,
    table,
    wants_json,
    with_tracker,
)
from tracker.cli.post import rows_of, show_readings

if TYPE_CHECKING:
    from tracker.app import Tracker

#: The metrics, written out: asking the model for them would load it for the help.
METRICS = (
    *("views", "impressions", "reach", "likes", "comments", "shares", "quotes"),
    *("saves", "clicks", "watch_seconds"),
)


@click.group()
def reading() -> None:
    """Readings: what one source said of one post at one moment."""


@reading.command("list")
@click.argument("platform", required=False)
@click.argument("post_id", required=False)
@click.option("--limit", default=50, show_default=True, help="Rows shown; 0 for all.")
@json_option
@with_tracker
def list_(
    tracker: Tracker, platform: str | None, post_id: str | None, limit: int
) -> None:
    """List the readings of a post, oldest first, or those typed by hand."""
    from tracker.store.corrections import HAND

    if platform and post_id:
        _of_post(tracker, platform, post_id)
        return
    found = [row for row in rows_of(tracker, "readings") if row["source"] == HAND]
    shown = found[:limit] if limit else found
    if wants_json():
        emit_json({"readings": shown, "left_off": len(found) - len(shown)})
    else:
        show_readings(shown)


def _of_post(tracker: Tracker, platform: str, post_id: str) -> None:
    from tracker.errors import NotFoundError
    from tracker.store.corrections import Corrections

    def mine(row: dict[str, Any]) -> bool:
        return (row["platform"], row["post_id"]) == (platform, post_id)

    if not any(map(mine, rows_of(tracker, "posts"))):
        raise NotFoundError("post", f"{platform} {post_id}")
    found = [row for row in rows_of(tracker, "readings") if mine(row)]
    known = Corrections(tracker.database, tracker.zone)
    corrected = [_shown(each) for each in known.of(platform, post_id)]
    evidence = known.evidence(platform, post_id)
    if wants_json():
        parts = {"corrections": corrected, "evidence": evidence}
        emit_json({"readings": found, **parts})
        return
    show_readings(found)
    for rows in (corrected, evidence):
        if rows:
            say("")
            table(tuple(rows[0]), [list(row.values()) for row in rows])


def _shown(correction: Any) -> dict[str, Any]:
    from tracker.model import iso

    return {
        "captured_at": iso(correction.captured_at),
        "metric": correction.metric,
        "value": correction.value,
        "was": correction.was,
        "reason": correction.reason,
        "actor": correction.actor,
        "at": iso(correction.at),
    }


def _figures(function: Any) -> Any:
    """One option a metric."""
    for name in reversed(METRICS):
        option = "--" + name.replace("_", "-")
        function = click.option(option, name, metavar="N", help="")(function)
    return function


@reading.command()
@click.argument("post", nargs=-1, required=True, metavar="PLATFORM POST_ID | URL")
@_figures
@click.option("--at", metavar="TIME", help="When it was read; else now.")
@click.option("--handle", help="The account that posted it.")
@click.option(
    "--evidence",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A screenshot or mail: its name and SHA-256 are kept.",
)
@click.option("--note", help="What else is to be known of it.")
@with_tracker
def add(
    tracker: Tracker,
    post: tuple[str, ...],
    at: str | None,
    handle: str | None,
    evidence: Path | None,
    note: str | None,
    **figures: str | None,
) -> None:
    """Keep figures that a person read, as class `reported`."""
    from tracker import byhand

    if len(post) > 2:
        raise click.UsageError("Name one post: PLATFORM POST_ID, or its URL")
    if note is not None and evidence is None:
        raise click.UsageError("A note belongs to a file: --evidence FILE")
    words = dict(zip(("platform", "post_id"), post, strict=True)) if post[1:] else {}
    words = words or {"url": post[0]}
    more = {"captured_at": at, "handle": handle, **figures}
    said = words | {k: v for k, v in more.items() if v is not None}
    proof = byhand.evidence_of(evidence, note) if evidence else None
    noted = byhand.add_reading(tracker, said, proof, now=now_ms())
    done = "Kept" if noted.tally.stored or noted.tally.corrected else "Known already:"
    say(f"{done} a reading of {noted.platform} {noted.post_id}.")


@reading.command()
@click.argument("platform")
@click.argument("post_id")
@click.argument("metric")
@click.argument("value")
@click.option("--at", required=True, metavar="TIME", help="Of the reading.")
@click.option("--reason", required=True, help="Why; it is kept.")
@with_tracker
def correct(
    tracker: Tracker,
    platform: str,
    post_id: str,
    metric: str,
    value: str,
    at: str,
    reason: str,
) -> None:
    """Replace one value of one reading; VALUE may be `unknown`.

    It stands against whatever a source says of that moment later.
    """
    from tracker import byhand

    if not reason.strip():
        raise click.UsageError("A correction needs a reason")
    wish = {"platform": platform, "post_id": post_id, "metric": metric}
    wish |= {"value": value, "at": at, "reason": reason}
    made = byhand.correct(tracker, wish, actor=caller(), now=now_ms())
    was = "unknown" if made.was is None else made.was
    now = "unknown" if made.value is None else made.value
    say(f"{made.platform} {made.post_id}: {metric} is {now}, was {was}.")

"""tracker post and tracker reading: what is known of single posts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import (
    emit_json,
    json_option,
    say,
    table,
    wants_json,
    with_tracker,
)

if TYPE_CHECKING:
    from tracker.app import Tracker


@click.group()
def post() -> None:
    """Posts: what is known of them."""


@post.command("list")
@click.option("--unattributed", is_flag=True, help="Only posts of unknown handles.")
@click.option("--platform", help="Only of this platform.")
@click.option("--limit", default=50, show_default=True, help="Rows shown; 0 for all.")
@json_option
@with_tracker
def list_(
    tracker: Tracker, unattributed: bool, platform: str | None, limit: int
) -> None:
    """List posts with their last known figures."""
    found = [
        row
        for row in _rows(tracker, "posts")
        if (not unattributed or row["ambassador"] is None)
        and (platform is None or row["platform"] == platform)
    ]
    shown = found[:limit] if limit else found
    if wants_json():
        emit_json({"posts": shown, "left_off": len(found) - len(shown)})
        return
    columns = (
        "platform",
        "post_id",
        "handle",
        "ambassador",
        "published_at",
        "views",
        "likes",
    )
    table(columns, [[row[name] for name in columns] for row in shown])
    if len(shown) < len(found):
        say(f"{len(found) - len(shown)} more; --limit 0 shows all.")


@post.command()
@click.argument("platform")
@click.argument("post_id")
@json_option
@with_tracker
def show(tracker: Tracker, platform: str, post_id: str) -> None:
    """Show one post and all its readings."""
    from tracker.errors import NotFoundError

    def mine(name: str) -> list[dict[str, Any]]:
        return [
            row
            for row in _rows(tracker, name)
            if (row["platform"], row["post_id"]) == (platform, post_id)
        ]

    found = mine("posts")
    if not found:
        raise NotFoundError("post", f"{platform} {post_id}")
    readings = mine("readings")
    if wants_json():
        emit_json({"post": found[0], "readings": readings})
        return
    table(("what", "value"), [(k, v) for k, v in found[0].items() if v is not None])
    _show_readings(readings)


@click.group()
def reading() -> None:
    """Readings: what one source said of one post at one moment."""


@reading.command("list")
@click.argument("platform")
@click.argument("post_id")
@json_option
@with_tracker
def list_readings(tracker: Tracker, platform: str, post_id: str) -> None:
    """List the readings of a post, oldest first."""
    found = [
        row
        for row in _rows(tracker, "readings")
        if (row["platform"], row["post_id"]) == (platform, post_id)
    ]
    if wants_json():
        emit_json({"readings": found})
    else:
        _show_readings(found)


def _show_readings(readings: list[dict[str, Any]]) -> None:
    from tracker.model import METRICS

    used = [m for m in METRICS if any(row[m] is not None for row in readings)]
    columns = ("captured_at", *used, "source", "file", "line")
    table(columns, [[row[name] for name in columns] for row in readings])


def _rows(tracker: Tracker, name: str) -> list[dict[str, Any]]:
    from tracker.store import extracts

    columns = extracts.EXTRACTS[name].columns
    return [
        dict(zip(columns, row, strict=True))
        for row in extracts.rows(tracker.database, name)
    ]

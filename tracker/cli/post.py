"""tracker post: what is known of single posts, and posts noted by hand."""

from __future__ import annotations

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
        for row in rows_of(tracker, "posts")
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
        "state",
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
            for row in rows_of(tracker, name)
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
    show_readings(readings)


@post.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option("--handle", help="The account that posted it.")
@click.option("--ambassador", help="Whose post it is: their handle there is taken.")
@click.option("--campaign", help="Say so if it does not count for this campaign.")
@click.option("--published", metavar="TIME", help="When it was posted.")
@click.option("--caption", help="What it says; hashtags count for campaigns.")
@with_tracker
def add(
    tracker: Tracker,
    urls: tuple[str, ...],
    handle: str | None,
    ambassador: str | None,
    campaign: str | None,
    published: str | None,
    caption: str | None,
) -> int:
    """Note posts by their addresses; their figures are unknown."""
    from tracker import byhand

    outside = 0
    for url in urls:
        whose = byhand.handle_of(tracker, ambassador, url) if ambassador else handle
        words = {"url": url, "handle": whose, "published_at": published}
        said = {k: v for k, v in {**words, "caption": caption}.items() if v is not None}
        post = byhand.add_post(tracker, said, now=now_ms())
        say(f"Noted {post.platform} {post.post_id}.")
        if campaign and not byhand.counts_for(tracker, post, campaign):
            outside += 1
            say(f"It does not count for {campaign}: is its account enrolled?")
    return 1 if outside else 0


def show_readings(readings: list[dict[str, Any]]) -> None:
    from tracker.model import METRICS

    used = [m for m in METRICS if any(row[m] is not None for row in readings)]
    columns = ("captured_at", *used, "source", "file", "line")
    table(columns, [[row[name] for name in columns] for row in readings])


def rows_of(tracker: Tracker, name: str) -> list[dict[str, Any]]:
    from tracker.store import extracts

    columns = extracts.EXTRACTS[name].columns
    return [
        dict(zip(columns, row, strict=True))
        for row in extracts.rows(tracker.database, name)
    ]

"""tracker disclosure: do posts say that they are paid for?"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    from pathlib import Path

    from tracker.app import Tracker

COLUMNS = ("platform", "post_id", "ambassador", "verdict", "label", "placement", "rule")


@click.group()
def disclosure() -> None:
    """Do posts say that they are paid for? Verdicts, and what was done."""


@disclosure.command("list")
@click.argument("campaign")
@click.option(
    "--verdict",
    type=click.Choice(["pass", "weak", "fail", "unknown"]),
    help="Only posts of this verdict.",
)
@json_option
@with_tracker
def list_(tracker: Tracker, campaign: str, verdict: str | None) -> None:
    """List the verdict of each post of a campaign."""
    from tracker import disclosures

    found = disclosures.verdicts(tracker, campaign)
    counts = disclosures.counts(found)
    posts = [
        disclosures.as_json(one)
        for one in found
        if verdict is None or one.verdict == verdict
    ]
    if wants_json():
        emit_json({"campaign": campaign, "counts": counts, "posts": posts})
        return
    table(COLUMNS, [[post[name] for name in COLUMNS] for post in posts])
    answer(", ".join(f"{many} {name}" for name, many in counts.items()))


@disclosure.command()
@click.option("--text", required=True, help="The caption.")
@click.option("--country", multiple=True, required=True, metavar="CODE")
@click.option("--language", metavar="CODE", help="The caption's language.")
@click.option(
    "--toggle",
    type=click.Choice(["yes", "no"]),
    help="The platform's paid-partnership toggle.",
)
@json_option
def check(
    text: str, country: tuple[str, ...], language: str | None, toggle: str | None
) -> int:
    """Judge a caption; exit code 1 unless it passes."""
    from tracker import disclosures

    told = {"yes": True, "no": False}.get(toggle or "")
    found = disclosures.check(_home(), text, country, language, told)
    said = disclosures.as_json(found)
    if wants_json():
        emit_json(said)
    else:
        answer(f"{found.verdict} ({said['rule'] or 'no rule'}): {said['evidence']}")
    return 0 if found.verdict == "pass" else 1


@disclosure.command()
@click.argument("platform")
@click.argument("post_id")
@click.argument("verdict", type=click.Choice(["pass", "weak", "fail", "none"]))
@click.option("--reason", required=True, help="Why; it is kept.")
@with_tracker
def override(
    tracker: Tracker, platform: str, post_id: str, verdict: str, reason: str
) -> None:
    """Say the verdict yourself; `none` gives it back to the rules."""
    from tracker.store import disclosures

    said = None if verdict == "none" else verdict
    disclosures.override(
        tracker.database, platform, post_id, said, reason, now=now_ms()
    )
    say(f"Noted for {platform} {post_id}: {verdict}.")


@disclosure.command()
@click.argument("platform")
@click.argument("post_id")
@click.argument("what", type=click.Choice(["notice", "reminder", "fixed", "removed"]))
@click.option("--note", help="What was said or done.")
@with_tracker
def act(
    tracker: Tracker, platform: str, post_id: str, what: str, note: str | None
) -> None:
    """Log a corrective action on a post."""
    from tracker.store import disclosures

    disclosures.act(tracker.database, platform, post_id, what, note, now=now_ms())
    say(f"Logged for {platform} {post_id}: {what}.")


@disclosure.command()
@json_option
@with_tracker
def log(tracker: Tracker) -> None:
    """List corrective actions, oldest first; see also: export disclosure-log."""
    from tracker.store import extracts

    columns = extracts.EXTRACTS["disclosure-log"].columns
    rows = list(extracts.rows(tracker.database, "disclosure-log"))
    if wants_json():
        emit_json({"log": [dict(zip(columns, row, strict=True)) for row in rows]})
        return
    table(columns, rows)


def _home() -> Path | None:
    """The workspace, if there is one: its packs hold too."""
    from tracker.cli.common import workspace_home
    from tracker.errors import ConfigError

    try:
        return workspace_home()
    except ConfigError:
        return None

"""tracker audit: who changed what, and whether that can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
def audit() -> None:
    """Every change: who, what, when, from where; without values, chained by hashes."""


@audit.command("list")
@click.option("--format", "form", type=click.Choice(("table", "jsonl")))
@click.option("--limit", default=0, show_default=True, help="The last so many; 0: all.")
@json_option
@with_tracker
def list_(tracker: Tracker, form: str | None, limit: int) -> None:
    """List changes, the oldest first. A person stands in them by number only."""
    from tracker.store.audit import all_lines, text

    lines, _ = all_lines(tracker.database)
    lines = lines[-limit:]
    if form == "jsonl":
        for line in lines:
            click.echo(text(line))
    elif wants_json():
        emit_json({"lines": lines})
    else:
        columns = ("n", "at", "actor", "action", "subject", "from")
        table(columns, [tuple(line[name] for name in columns) for line in lines])


@audit.command()
@json_option
@with_tracker
def verify(tracker: Tracker) -> int:
    """Check every line of the audit against its hash and the one before."""
    from tracker.auditing import follow
    from tracker.auditing import verify as check

    follow(tracker)
    many, found = check(tracker)
    if wants_json():
        emit_json(
            {
                "lines": many,
                "ok": not found,
                "first_bad": found[0].line if found else None,
                "problems": [{"line": p.line, "problem": p.problem} for p in found],
            }
        )
        return 1 if found else 0
    for one in found:
        text = f"error[AUDIT_BROKEN] audit line {one.line}: {MEANING[one.problem]}"
        said = f"{text}; it and those behind it are not trustworthy. File untouched."
        click.echo(said, err=True)
    if not found:
        say(f"The audit is whole: {many} lines.")
    return 1 if found else 0


#: What is wrong, in words.
MEANING = {
    "changed": "does not match its hash, or not the line before",
    "missing": "lines before it are missing",
    "order": "stands out of order, or twice",
    "cut": "the end is missing",
    "not-json": "is no line of JSON",
}

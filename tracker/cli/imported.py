"""What commands that read a file of people's making say of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import clean_cell, emit_json, say, wants_json, warn

if TYPE_CHECKING:
    from tracker.filerows import FileRows
    from tracker.model import Reject

#: So many bad rows are named on a terminal; JSON has all.
SHOWN = 100


def complain(name: str, rejects: Sequence[Reject]) -> None:
    """A line for each row that was left out."""
    for one in rejects[:SHOWN]:
        column = f" column {one.column}" if one.column else ""
        line = f"error[{one.code}] {name}:{one.line}{column}: {one.reason}"
        click.echo(
            clean_cell(f"{line}. Row left out. Mend it and import again."), err=True
        )
    if len(rejects) > SHOWN:
        more = len(rejects) - SHOWN
        warn("ROWS", name, f"{more} more rows were left out; --json names all")


def many(count: int, word: str, words: str = "") -> str:
    """`1 row`, `2 rows`."""
    return f"{count} {word if count == 1 else words or f'{word}s'}"


def tell(
    name: str,
    file: FileRows[Any],
    rejects: Sequence[Reject],
    states: Mapping[str, int],
    *,
    dry_run: bool,
) -> int:
    """What became of a file's rows: rows = all states + rejected. Answers the exit
    code: 1 with rejected rows."""
    for code, text in file.warnings:
        warn(code, name, text)
    complain(name, rejects)
    if wants_json():
        emit_json(_as_json(file, rejects, states, dry_run=dry_run))
    else:
        told = ", ".join(f"{count} {word}" for word, count in states.items())
        say(f"{many(file.rows, 'row')}: {told}, {len(rejects)} rejected.")
        if dry_run:
            say("Nothing was changed: this was a dry run.")
    return 1 if rejects else 0


def _as_json(
    file: FileRows[Any],
    rejects: Sequence[Reject],
    states: Mapping[str, int],
    *,
    dry_run: bool,
) -> dict[str, Any]:
    return {
        "rows": file.rows,
        **states,
        "rejected": len(rejects),
        "dry_run": dry_run,
        "errors": errors_json(rejects),
    }


def errors_json(rejects: Sequence[Reject]) -> list[dict[str, Any]]:
    """Rows that were left out, each with its place and why."""
    return [
        {
            "line": one.line,
            "column": one.column,
            "code": one.code,
            "reason": one.reason,
        }
        for one in rejects
    ]

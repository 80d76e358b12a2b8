"""tracker export: data for other programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from tracker.cli.common import now_ms, say, with_tracker, wrote

if TYPE_CHECKING:
    from tracker.app import Tracker

WHAT = (
    *(
        "readings",
        "posts",
        "totals",
        "audience",
        "clicks",
        "outcomes",
        "rejects",
        "findings",
    ),
    *("runs", "disclosure-log"),
)
FORMATS = ("csv", "json", "jsonl", "parquet")


@click.command()
@click.argument("what", type=click.Choice(WHAT))
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="csv", show_default=True
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--campaign", metavar="ID", help="For totals, findings, outcomes: of it.")
@with_tracker
def export(
    tracker: Tracker, what: str, form: str, out: Path | None, campaign: str | None
) -> None:
    """Write a table to standard output, or to a file.

    Unknown is null (CSV: empty). In CSV a text that a spreadsheet could take for a
    formula gets a leading '; reading the file again takes it away.
    """
    columns, rows = _table(tracker, what, campaign)
    write(tracker, form, columns, rows, out)


def write(
    tracker: Tracker,
    form: str,
    columns: list[str],
    rows: Iterable[list[Any]],
    out: Path | None,
) -> None:
    """A table to standard output, or to a file that is there whole or not at all."""
    if out is None:
        _write(form, columns, rows, sys.stdout, sys.stdout.buffer)
        return
    partial = out.with_name(out.name + ".part")
    with open(partial, "w", encoding="utf-8", newline="") as text:
        _write(form, columns, rows, text, text.buffer)
    partial.replace(out)
    wrote(tracker, out)


def _table(
    tracker: Tracker, what: str, campaign: str | None
) -> tuple[list[str], Iterable[list[Any]]]:
    if what == "totals":
        return _totals(tracker, campaign)
    if what == "findings":
        return _findings(tracker, campaign)
    if what == "outcomes":
        return _outcomes(tracker, campaign)
    if campaign is not None:
        raise click.UsageError("--campaign is for totals, findings and outcomes")
    from tracker.store import extracts

    columns = list(extracts.EXTRACTS[what].columns)
    return columns, extracts.rows(tracker.database, what)


def _outcomes(
    tracker: Tracker, campaign: str | None
) -> tuple[list[str], list[list[Any]]]:
    """Ordered by source and id; shares and candidates as `a1:50|a2:50`."""
    from tracker.cli.outcome import COLUMNS, as_row
    from tracker.outcomes import outcomes

    found = sorted(outcomes(tracker, campaign), key=lambda one: (one.source, one.id))
    return list(COLUMNS), [as_row(one) for one in found]


def _findings(
    tracker: Tracker, campaign: str | None
) -> tuple[list[str], list[list[Any]]]:
    from tracker.finding import COLUMNS, as_row
    from tracker.findings import findings

    found = findings(tracker, now=now_ms(), campaign=campaign)
    return list(COLUMNS), [as_row(one) for one in found]


def _totals(
    tracker: Tracker, campaign: str | None
) -> tuple[list[str], list[list[Any]]]:
    """Totals by day, one row a day and metric."""
    from tracker.model import iso

    found = tracker.reckoner.totals(campaign, by="day")
    for platform, reason in found.left_out:
        say(f"{platform} is left out: {reason}")
    facts = ("value", "gain", "known", "unknown")
    rows = [
        [
            campaign,
            row.key["day"],
            row.posts,
            name,
            *(getattr(total, fact) for fact in facts),
            iso(total.oldest),
            iso(total.newest),
        ]
        for row in found.rows
        for name, total in row.metrics.items()
    ]
    return ["campaign", "day", "posts", "metric", *facts, "oldest", "newest"], rows


def _write(
    form: str,
    columns: list[str],
    rows: Iterable[list[Any]],
    text: IO[str],
    binary: Any,
) -> None:
    if form == "csv":
        _csv(columns, rows, text)
    elif form == "parquet":
        _parquet(columns, rows, binary)
    else:
        text.writelines(_json(columns, rows, lines=form == "jsonl"))


def _csv(columns: list[str], rows: Iterable[list[Any]], text: IO[str]) -> None:
    import csv

    out = csv.writer(text, lineterminator="\n")
    out.writerow(columns)
    for row in rows:
        out.writerow([_cell(value) for value in row])


def _cell(value: Any) -> Any:
    """As it is read again: yes and no, and nothing that looks like a formula."""
    from tracker.cells import escape

    if isinstance(value, bool):
        return "yes" if value else "no"
    return escape(value) if isinstance(value, str) else value


def _json(
    columns: list[str], rows: Iterable[list[Any]], *, lines: bool
) -> Iterator[str]:
    before, between, after = ("", "\n", "\n") if lines else ("[\n", ",\n", "\n]\n")
    yield before
    first = True
    for row in rows:
        if not first:
            yield between
        first = False
        yield json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False)
    yield after if not first or not lines else ""


def _parquet(columns: list[str], rows: Iterable[list[Any]], binary: IO[bytes]) -> None:
    import polars as pl

    frame = pl.DataFrame(
        list(rows), schema=columns, orient="row", infer_schema_length=None
    )
    frame.write_parquet(binary)

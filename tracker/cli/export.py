"""tracker export: data for other programs."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import (
    notice,
    on_terminal,
    warn,
    with_tracker,
    writing_to,
    wrote,
)
from tracker.cli.tables import OF_A_CAMPAIGN, TABLES, table_of
from tracker.tabular import BINARY, FORMATS

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.tabular import Written


@click.command()
@click.argument("what", type=click.Choice(TABLES))
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="csv", show_default=True
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--campaign", metavar="ID", help="Only what belongs to it.")
@with_tracker
def export(
    tracker: Tracker, what: str, form: str, out: Path | None, campaign: str | None
) -> None:
    """Write a table to standard output, or to a file.

    Unknown is null (CSV and XLSX: an empty cell). In CSV and XLSX a text that a
    spreadsheet could take for a formula gets a leading '; reading the file again
    takes it away. `tracker export dictionary` says what each column holds.
    """
    if campaign is not None and what not in OF_A_CAMPAIGN:
        raise click.UsageError(f"--campaign is for {', '.join(OF_A_CAMPAIGN)}")
    if out is None and form in BINARY and on_terminal(sys.stdout):
        raise click.UsageError(f"{form} is nothing for a terminal: name a file, --out")
    columns, rows = table_of(tracker, what, campaign)
    write(tracker, form, columns, rows, out, name=what)


def write(
    tracker: Tracker,
    form: str,
    columns: list[str],
    rows: Iterable[list[Any]],
    out: Path | None,
    *,
    name: str = "table",
) -> None:
    """A table to standard output, or to a file that is there whole or not at all."""
    from tracker.tabular import write as put

    if out is not None:
        partial = out.with_name(out.name + ".part")
        with writing_to(out):
            with partial.open("wb") as file:
                told = put(form, name, columns, rows, file)
            partial.replace(out)
        wrote(tracker, out)
    elif form == "xlsx":
        # A workbook is written with steps back, which a pipe cannot do.
        with tempfile.TemporaryFile() as book:
            told = put(form, name, columns, rows, book)
            book.seek(0)
            shutil.copyfileobj(book, sys.stdout.buffer)
    else:
        told = put(form, name, columns, rows, sys.stdout.buffer)
    _tell(told, name)


def _tell(told: Written, name: str) -> None:
    """What was done to cells, so that nobody takes it for the data."""
    if told.quoted:
        text = f"{told.quoted} cells began with a formula sign and got a leading quote."
        notice("EXPORT_QUOTED", name, text)
    if told.sheets > 1:
        text = f"{told.rows} rows are more than a sheet holds: {told.sheets} sheets."
        notice("EXPORT_SHEETS", name, text)
    if told.cut:
        text = (
            f"{told.cut} texts are longer than a cell of a workbook and were cut."
            " CSV, JSON and Parquet have them whole."
        )
        warn("EXPORT_CUT", name, text)

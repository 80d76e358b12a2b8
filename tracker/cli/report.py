"""`tracker report`: write the pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.common import (
    detail,
    emit_json,
    json_option,
    now_ms,
    say,
    wants_json,
    with_tracker,
)

if TYPE_CHECKING:
    from tracker.app import Tracker


@click.command()
@click.argument("campaign", required=False)
@click.option("--out", type=click.Path(path_type=Path), help="Another folder.")
@click.option("--as-of", metavar="TIME", help="As it was known then.")
@click.option("--until", metavar="TIME", help="Only what was captured by then.")
@click.option(
    "--language", type=click.Choice(["fr", "en", "both"]), help="Of the pages."
)
@json_option
@with_tracker
def report(
    tracker: Tracker,
    campaign: str | None,
    out: Path | None,
    as_of: str | None,
    until: str | None,
    language: str | None,
) -> None:
    """Write the pages of one campaign, or of all, and the data files beside them."""
    from tracker.publish import publish

    if as_of or until:
        name = "--as-of" if as_of else "--until"
        raise click.UsageError(
            f"{name} is not there for pages yet; tracker totals {name} answers it"
        )
    made = publish(tracker, out=out, campaign=campaign, now=now_ms(), language=language)
    if wants_json():
        emit_json(
            {
                "folder": str(made.folder),
                "index": str(made.folder / "index.html"),
                "campaigns": list(made.campaigns),
                "written": list(made.written),
                "unchanged": made.unchanged,
                "removed": list(made.removed),
                "charts_drawn": made.drawn,
            }
        )
        return
    for name in made.written:
        detail(f"written {name}")
    for name in made.removed:
        detail(f"removed {name}")
    say(
        f"{made.folder / 'index.html'}: {len(made.written)} written, "
        f"{made.unchanged} unchanged, {len(made.removed)} removed"
    )

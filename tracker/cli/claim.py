"""tracker claim: figures that sources dispute, side by side with what was counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import emit_json, json_option, table, wants_json, with_tracker

if TYPE_CHECKING:
    from tracker.app import Tracker


@click.group()
def claim() -> None:
    """Figures that sources dispute; they stand in the campaign file."""


@claim.command("list")
@click.argument("campaign")
@click.option("--metric", metavar="NAME", help="Only of this metric.")
@json_option
@with_tracker
def list_(tracker: Tracker, campaign: str, metric: str | None) -> None:
    """List what each source says, when, and what it means by it.

    Counted: what the tracker's own readings and outcomes come to.
    """
    from tracker.claims import claims

    found = [one for one in claims(tracker, campaign) if metric in (None, one.metric)]
    shown: list[dict[str, Any]] = [
        {
            "metric": one.metric,
            "value": one.value,
            "definition": one.definition,
            "as_of": one.as_of,
            "source": one.source,
            "used": one.used,
            "counted": one.counted,
        }
        for one in found
    ]
    if wants_json():
        emit_json({"campaign": campaign, "claims": shown})
        return
    columns = ("metric", "value", "definition", "as_of", "source", "used", "counted")
    table(columns, [tuple(one[name] for name in columns) for one in shown])

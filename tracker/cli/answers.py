"""`tracker answers`: what a programme of its kind must be able to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.cli.common import (
    emit_json,
    json_option,
    now_ms,
    table,
    wants_json,
    with_tracker,
)

if TYPE_CHECKING:
    from tracker.app import Tracker


@click.command()
@click.argument("campaign")
@json_option
@with_tracker
def answers(tracker: Tracker, campaign: str) -> None:
    """The questions of CAMPAIGN's strategy, with what each answer is made of."""
    from tracker.answers import answers, as_json

    found = answers(tracker, campaign, now=now_ms())
    if wants_json():
        emit_json({"campaign": campaign, "answers": [as_json(one) for one in found]})
        return
    table(
        ("question", "answer", "unit", "formula"),
        [(one.title, one.value, one.unit, one.formula) for one in found],
    )

"""`tracker compare`: campaigns side by side."""

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
    from tracker.comparing import Comparison


@click.command()
@click.argument("campaigns", nargs=-1, required=True, metavar="CAMPAIGN CAMPAIGN...")
@json_option
@with_tracker
def compare(tracker: Tracker, campaigns: tuple[str, ...]) -> None:
    """Put campaigns side by side: counts, KPIs and indicators with their coverage.

    Counts stand as they are known, and as of the same day of each campaign. Nothing
    is added over campaigns.
    """
    from tracker import comparing

    if len(set(campaigns)) < 2:
        raise click.UsageError("two campaigns or more are compared")
    found = comparing.compare(tracker, campaigns)
    if wants_json():
        emit_json(comparing.as_json(found))
        return
    _show(found, campaigns)


def _show(found: Comparison, campaigns: tuple[str, ...]) -> None:
    table(("", *campaigns), [*_heads(found), *_counts(found), *_rates(found)])
    if found.day:
        say(f"day {found.day}: the last day of their campaign that all have reached")


def _heads(found: Comparison) -> list[list[object]]:
    sides = found.sides
    return [
        ["day of the campaign", *(side.day for side in sides)],
        ["ambassadors", *(len(side.facts.people) for side in sides)],
        ["posts", *(side.facts.posts_total for side in sides)],
    ]


def _counts(found: Comparison) -> list[list[object]]:
    rows: list[list[object]] = []
    for metric in found.metrics:
        counts = found.counts(metric)
        rows.append([metric, *(count.value for count in counts)])
        rows.append(
            [
                f"  known of {metric}",
                *(f"{c.known}/{c.known + c.unknown}" for c in counts),
            ]
        )
        if found.day:
            at = [side.at(metric, found.day) for side in found.sides]
            rows.append([f"  {metric} at day {found.day}", *at])
    return rows


def _rates(found: Comparison) -> list[list[object]]:
    return [[name, *(one.text for one in row)] for name, row in found.kpis()]

"""`tracker years`: a year or month beside the same of the year before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.cli.common import (
    emit_json,
    json_option,
    progress,
    say,
    table,
    wants_json,
    with_tracker,
)

if TYPE_CHECKING:
    from fractions import Fraction

    from tracker.app import Tracker
    from tracker.kpi.years import Beside
    from tracker.years import Row, Years

#: Figures of the table on a terminal; JSON has all.
SHOWN = ("posts", "views", "engagements")


@click.command()
@click.argument("campaign", required=False)
@click.option(
    "--by",
    type=click.Choice(("month", "platform", "campaign")),
    help="One row for each of these; a campaign stands beside the one its plan names.",
)
@json_option
@with_tracker
def years(tracker: Tracker, campaign: str | None, by: str | None) -> None:
    """Year on year: what was gained, beside the same days of the year before.

    The newest year or month is not over; what stands beside it is counted to the same
    day. A time in which nothing new was read has no figure.
    """
    from tracker import years as history
    from tracker.years.shape import as_json

    with progress("Adding up years"):
        found = history.years(tracker, campaign, by=by)
    if wants_json():
        emit_json(as_json(found))
    else:
        _show(found)


def _show(found: Years) -> None:
    for platform, reason in found.left_out:
        say(f"{platform} is left out: {reason}. See: tracker years --by platform")
    if not found.rows:
        say("Nothing is known yet.")
        return
    names = [name for name in SHOWN if name in set(found.known())]
    columns = [c for name in names for c in (name, "before", "change")]
    table(
        (*found.rows[0].key, *_when(found.rows[0])[0], *columns),
        [
            (
                *row.key.values(),
                *_when(row)[1],
                *(cell for name in names for cell in _cells(row.figures[name])),
            )
            for row in found.rows
        ],
    )
    _costs(found)
    _notes(found)


def _when(row: Row) -> tuple[tuple[str, ...], tuple[object, ...]]:
    """Headings, and cells, of when a row is and what stands beside it."""
    if row.period is None:
        return ("until", "beside"), (row.last, row.beside)
    name = "year" if row.period.month is None else "month"
    return (name,), (row.period.name,)


def _cells(one: Beside) -> tuple[object, ...]:
    return one.value, one.before, _percent(one.change)


def _percent(change: Fraction | None) -> str | None:
    return None if change is None else f"{float(change):+.1f} %"


def _costs(found: Years) -> None:
    rows = [
        (
            *row.key.values(),
            _when(row)[1][0],
            one.whole,
            one.currency,
            f"{one.campaigns}/{one.of}",
            _amount(one.cpv),
            _amount(one.cpv_before),
            _amount(one.cpe),
            _amount(one.cpe_before),
        )
        for row in found.rows
        for one in row.costs
    ]
    if rows:
        first = found.rows[0]
        heads = ("cost", "currency", "campaigns", "per view", "before")
        more = ("per engagement", "before")
        table((*first.key, _when(first)[0][0], *heads, *more), rows)
        say("campaigns: those with a known cost, of those that gained something.")


def _amount(value: object) -> str | None:
    """Four figures of its own are enough to compare by."""
    return None if value is None else f"{float(str(value)):.4g}"


def _notes(found: Years) -> None:
    last = found.rows[-1]
    if last.period is not None and not last.period.over:
        say(
            f"{last.period.name} until {last.last}; beside it stands"
            f" {last.beside} to the same day."
        )
    if last.period is not None:
        say(f"Figures begin on {found.since}, with all that posts had by then.")

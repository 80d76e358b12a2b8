"""tracker kpi and tracker emv: formulas with their inputs and coverage."""

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
from tracker.cli.moments import parse_moment

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.kpi.answer import Answer, Row

CUTS = ("ambassador", "platform", "mission", "post")


@click.command()
@click.argument("campaign")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--by", type=click.Choice(CUTS), help="One row for each of these.")
@click.option("--until", metavar="TIME", help="Only what was captured until then.")
@click.option("--as-of", metavar="TIME", help="As it was known then.")
@json_option
@with_tracker
def kpi(
    tracker: Tracker,
    campaign: str,
    names: tuple[str, ...],
    by: str | None,
    until: str | None,
    as_of: str | None,
) -> None:
    """Rates, costs and returns of a campaign, each with its formula and inputs."""
    from tracker.kpis import kpis
    from tracker.kpis.shape import answer_json

    found = kpis(
        tracker,
        campaign,
        names or None,
        by=by,
        until=parse_moment(until, "--until", tracker.zone),
        as_of=parse_moment(as_of, "--as-of", tracker.zone),
        now=now_ms(),
    )
    if wants_json():
        emit_json(answer_json(found))
    else:
        _show(found)


def _show(found: Answer) -> None:
    for platform, reason in found.left_out:
        say(f"{platform} is left out: {reason}")
    for row in found.rows:
        if row.key:
            answer(", ".join(f"{key}: {value}" for key, value in row.key.items()))
        _table(row)
    if found.indicators:
        columns = ("indicator", "value", "target", "attained %", "why")
        rows = [
            (one.id, one.text, one.target, _rounded(one.attained), one.reason)
            for one in found.indicators
        ]
        table(columns, rows)


def _table(row: Row) -> None:
    columns = ("name", "value", "formula", "known", "unknown", "class", "why")
    table(
        columns,
        [
            (k.name, k.text, k.formula, k.known, k.unknown, k.class_, k.reason)
            for k in row.kpis
        ],
    )


def _rounded(value: object) -> str | None:
    return None if value is None else f"{float(value):.1f}"  # type: ignore[arg-type]


@click.command()
@click.argument("campaign")
@click.option("--card", metavar="NAME", help="Only by this rate card.")
@json_option
@with_tracker
def emv(tracker: Tracker, campaign: str, card: str | None) -> None:
    """Earned media value by each rate card of tracker.toml, side by side."""
    from tracker.kpis.cards import emv as ask
    from tracker.kpis.cards import emv_json

    shown = emv_json(campaign, ask(tracker, campaign, card, now=now_ms()))
    if wants_json():
        emit_json(shown)
        return
    if not shown["cards"]:
        say("There is no [[rate_card]] in tracker.toml.")
    columns = ("name", "dated", "source", "currency", "value", "posts")
    rows = [tuple(one[name] for name in columns) for one in shown["cards"]]
    table(
        (*columns, "excluded"),
        [(*r, len(c["excluded"])) for r, c in zip(rows, shown["cards"], strict=True)],
    )

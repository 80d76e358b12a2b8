"""tracker kpi and tracker emv: formulas with their inputs and coverage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
from tracker.cli.moments import as_known, parse_moment, zone_of

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.kpi.answer import Answer, Row
    from tracker.kpis.explaining import Explained, Part

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

    zone = zone_of(tracker, campaign)
    limit = parse_moment(until, "--until", zone)
    known = parse_moment(as_of, "--as-of", zone)
    with as_known(tracker, known, "kpi") as (then, at):
        found = kpis(
            then,
            campaign,
            names or None,
            by=by,
            until=limit,
            as_of=at,
            now=now_ms() if known is None else known,
        )
    if known is not None:
        found = replace(found, as_of=known)
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


# -- tracker explain CAMPAIGN KPI -----------------------------------------------------


def explain_kpi(
    tracker: Tracker,
    campaign: str,
    name: str,
    about: Mapping[str, str | None],
    rows: bool,
    until: str | None,
    as_of: str | None,
    limit: int,
) -> None:
    """A KPI followed to its inputs; about: one of its values may be given."""
    from tracker.errors import NotFoundError
    from tracker.kpi.names import NAMES
    from tracker.kpis.explaining import explain, explained_json
    from tracker.model import METRICS

    if name not in NAMES:
        raise NotFoundError("metric or KPI", name, (*METRICS, *NAMES))
    given = {key: value for key, value in about.items() if value is not None}
    if campaign == "-" or len(given) > 1:
        raise click.UsageError(
            "a KPI is a campaign's, or of one of its ambassadors, platforms, missions"
            " or posts"
        )
    zone = zone_of(tracker, None if campaign == "-" else campaign)
    end = parse_moment(until, "--until", zone)
    known = parse_moment(as_of, "--as-of", zone)
    with as_known(tracker, known, "explain") as (then, at):
        found = explain(
            then,
            campaign,
            name,
            about=given,
            with_rows=rows,
            until=end,
            as_of=at,
            now=now_ms() if known is None else known,
        )
    if wants_json():
        emit_json(explained_json(found, limit))
    else:
        _explained(found, limit)


def _explained(found: Explained, limit: int) -> None:
    one = found.kpi
    for platform, reason in found.left_out:
        say(f"{platform} is left out: {reason}")
    whose = " ".join((found.campaign, *found.about.values()))
    value = one.text if one.text is not None else f"not known: {one.reason}"
    answer(f"{one.name} of {whose}: {value} = {one.formula}")
    answer(found.formula.meaning)
    answer(
        f"Class: {one.class_ or '–'}. Basis: {one.basis or '–'}. Known: {one.known}, "
        f"unknown: {one.unknown}."
    )
    for note in one.notes:
        answer(f"Note: {note}.")
    answer(f"Source of the formula: {found.formula.source}")
    answer(f"Others mean by it: {found.formula.others}")
    for part in found.parts:
        _part(part, limit)


def _part(part: Part, limit: int) -> None:
    from tracker.kpis.shape import number

    found = part.found
    shown = {part.name: found.value} if found.shown is None else found.shown
    values = ", ".join(
        f"{name} = {'not known' if value is None else number(value)}"
        for name, value in shown.items()
    )
    answer(f"\n{values}: {part.says}")
    for command in part.commands:
        answer(f"  {command}")
    if not part.rows:
        return
    some = part.rows[:limit] if limit else part.rows
    columns = list(dict.fromkeys(key for row in some for key in row))
    table(columns, [[row.get(key) for key in columns] for row in some])
    if len(some) < len(part.rows):
        say(f"{len(part.rows) - len(some)} more; --limit 0 shows all.")

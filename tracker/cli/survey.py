"""tracker survey: waves of questions, and what changed between them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import (
    emit_json,
    json_option,
    now_ms,
    say,
    table,
    wants_json,
    with_tracker,
)
from tracker.cli.programme import day_text

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.kpi.lifts import Bounds, Lift
    from tracker.programme import Wave


@click.group()
def survey() -> None:
    """What surveys found: shares with their intervals, and lifts."""


@survey.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--campaign", metavar="ID", required=True)
@click.option("--dry-run", is_flag=True, help="Say what would change.")
@json_option
@with_tracker
def import_(tracker: Tracker, path: Path, campaign: str, dry_run: bool) -> int:
    """Keep waves from a CSV file, one row a wave of a question.

    Columns: question, wave; asked_from, asked_to (days), n (how many were asked), yes
    (how many of them) or share (in percent), source. A wave that is known is
    corrected.
    """
    from tracker.cli.imported import tell
    from tracker.store.surveys import keep
    from tracker.surveys import read_waves

    file = read_waves(path, campaign)
    waves = [one for _, one in file.made]
    states = keep(tracker.database, campaign, waves, now=now_ms(), dry_run=dry_run)
    return tell(path.name, file, file.rejects, states, dry_run=dry_run)


@survey.command("list")
@click.argument("campaign")
@json_option
@with_tracker
def list_(tracker: Tracker, campaign: str) -> None:
    """List waves with their 95 % intervals, and the lifts between them."""
    from tracker.surveys import lifts, waves

    found = waves(tracker, campaign)
    changed = lifts(found)
    if wants_json():
        emit_json(
            {
                "campaign": campaign,
                "waves": [wave_json(one) for one in found],
                "lifts": [lift_json(one) for one in changed],
            }
        )
        return
    _show(found, changed)


def wave_json(one: Wave) -> dict[str, Any]:
    """The shape of INTERFACE-2.md section 4; share, low and high in percent."""
    from tracker.surveys import bounds

    return {
        "question": one.question,
        "wave": one.wave,
        "asked_from": day_text(one.asked_from),
        "asked_to": day_text(one.asked_to),
        "n": one.n,
        "yes": one.yes,
        "share": None if one.share is None else float(one.share),
        **_bounds_json(bounds(one)),
        "source": one.source,
    }


def lift_json(one: Lift) -> dict[str, Any]:
    """points, low and high in percentage points, relative in percent."""
    return {
        "question": one.question,
        "from": one.before.wave,
        "to": one.after.wave,
        "points": one.points,
        "relative": one.relative,
        **_bounds_json(one.bounds),
    }


def _bounds_json(found: Bounds) -> dict[str, Any]:
    return {"low": found.low, "high": found.high, "method": found.method}


def _show(found: list[Wave], changed: list[Lift]) -> None:
    if not found:
        say("Nobody was asked yet.")
        return
    columns = ("question", "wave", "asked from", "to", "n", "yes", "share", "95 %")
    waves = [wave_json(one) for one in found]
    table(
        (*columns, "method", "source"),
        [
            (
                *(w[k] for k in ("question", "wave", "asked_from", "asked_to", "n")),
                w["yes"],
                f"{w['share']:.1f} %",
                _range(w, ".1f"),
                w["method"],
                w["source"],
            )
            for w in waves
        ],
    )
    if changed:
        say("")
        table(
            ("question", "from", "to", "points", "95 %", "relative", "method"),
            [_lifted(lift_json(one)) for one in changed],
        )


def _lifted(one: dict[str, Any]) -> tuple[Any, ...]:
    relative = one["relative"]
    return (
        *(one[key] for key in ("question", "from", "to")),
        f"{one['points']:+.1f}",
        _range(one, "+.1f"),
        None if relative is None else f"{relative:+.1f} %",
        one["method"],
    )


def _range(one: dict[str, Any], spec: str) -> str | None:
    if one["low"] is None:
        return None
    return f"{one['low']:{spec}} to {one['high']:{spec}}"

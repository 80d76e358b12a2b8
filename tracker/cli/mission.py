"""tracker mission: who delivered, who is late, whom to write to."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import (
    answer,
    emit_json,
    json_option,
    now_ms,
    say,
    table,
    wants_json,
    warn,
    with_tracker,
)
from tracker.cli.programme import Day, day_text
from tracker.programme import MissionMark

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.app import Tracker
    from tracker.missions import Reminder, View
    from tracker.programme import Cell, Mission

campaign_option = click.option("--campaign", metavar="ID", required=True)
reason_option = click.option("--reason", required=True, help="Why; it is kept.")


def at_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--at TIME`, also called `--until`."""
    return click.option(
        "--at", "--until", "at", metavar="TIME", help="As it was then; else now."
    )(function)


@click.group()
def mission() -> None:
    """Missions: who delivered, who is late, whom to write to."""


def _view(tracker: Tracker, campaign: str, at: str | None) -> View:
    from tracker.missions import view

    return view(tracker, campaign, at=_instant(tracker, campaign, at))


def _instant(tracker: Tracker, campaign: str, at: str | None) -> int:
    from tracker.cli.moments import parse_moment, zone_of

    found = parse_moment(at, "--at", zone_of(tracker, campaign))
    return now_ms() if found is None else found


# -- looking ------------------------------------------------------------------------


@mission.command("list")
@click.argument("campaign")
@at_option
@json_option
@with_tracker
def list_(tracker: Tracker, campaign: str, at: str | None) -> None:
    """List a campaign's missions, with how many are in which state."""
    seen = _view(tracker, campaign, at)
    rows = [_counted(one, cells) for one, cells in seen.grid]
    if wants_json():
        emit_json(_head(seen) | {"missions": rows, "problems": _problems(seen)})
        return
    _warn(seen)
    if not rows:
        say("The plan has no missions.")
        return
    table(tuple(rows[0]), [tuple(row.values()) for row in rows])


@mission.command()
@click.argument("name", metavar="MISSION")
@campaign_option
@at_option
@json_option
@with_tracker
def show(tracker: Tracker, name: str, campaign: str, at: str | None) -> None:
    """Show how far each ambassador is with a mission, and what decided it."""
    seen = _view(tracker, campaign, at)
    one, cells = seen.of(name)
    rows = [_cell(cell) for cell in cells]
    if wants_json():
        emit_json(_head(seen) | {"mission": _whole(one, cells), "rows": rows})
        return
    _warn(seen)
    counted = _counted(one, cells)
    answer(", ".join(f"{key} {value}" for key, value in counted.items()))
    columns = ("ambassador", "state", "delivered_at", "days_late", "rule", "reason")
    table(columns, [[row[key] for key in columns] for row in rows])


@mission.command()
@click.argument("campaign")
@click.option(
    "--format", "kind", type=click.Choice(["text", "csv", "json"]), default="text"
)
@at_option
@json_option
@with_tracker
def grid(tracker: Tracker, campaign: str, kind: str, at: str | None) -> None:
    """Each ambassador's state in each mission."""
    seen = _view(tracker, campaign, at)
    names = [one.id for one, _ in seen.grid]
    rows = [(who, *states.values()) for who, states in seen.by_person().items()]
    if kind == "csv":
        _write_csv(("ambassador", *names), rows)
    elif wants_json() or kind == "json":
        emit_json(_head(seen) | {"missions": names, "rows": _grid_json(seen)})
    elif not names:
        say("The plan has no missions.")
    else:
        table(("ambassador", *names), rows)


def _grid_json(seen: View) -> list[dict[str, Any]]:
    return [
        {"ambassador": who, "states": states}
        for who, states in seen.by_person().items()
    ]


def _write_csv(columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    import csv
    import sys

    from tracker.cells import escape

    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(map(escape, columns))
    out.writerows([escape(cell or "") for cell in row] for row in rows)


@mission.command()
@click.argument("campaign")
@click.option(
    "--within", default="7d", show_default=True, help="Due until then, such as 7d."
)
@at_option
@json_option
@with_tracker
def remind(tracker: Tracker, campaign: str, within: str, at: str | None) -> None:
    """List whom to write to: what is missing, or due soon and not there."""
    from tracker.missions import remind as ask

    seen = _view(tracker, campaign, at)
    found = ask(tracker, seen, within=_duration(within))
    if wants_json():
        emit_json(_head(seen) | {"people": [_reminder(one) for one in found]})
        return
    _warn(seen)
    if not found:
        say("Nobody: nothing is missing, and nothing is due soon.")
        return
    table(
        ("ambassador", "name", "email", "handles", "missions"),
        [_reminded(one) for one in found],
    )


def _duration(text: str) -> int:
    from tracker import forms

    try:
        return forms.duration(text)
    except ValueError as error:
        raise click.UsageError(f"--within: {error}") from error


# -- by hand --------------------------------------------------------------------------


@mission.command()
@click.argument("name", metavar="MISSION")
@click.argument("ambassador")
@campaign_option
@reason_option
@click.option(
    "--at", "day", type=Day(), metavar="DATE", help="From when on; else ever."
)
@json_option
@with_tracker
def excuse(
    tracker: Tracker,
    name: str,
    ambassador: str,
    campaign: str,
    reason: str,
    day: date | None,
) -> None:
    """Excuse somebody: what would be missing is excused."""
    _mark(tracker, campaign, MissionMark(name, ambassador, "excused", day, reason))


@mission.command()
@click.argument("name", metavar="MISSION")
@click.argument("ambassador")
@campaign_option
@reason_option
@click.option("--at", "day", type=Day(), metavar="DATE", help="When; else today.")
@json_option
@with_tracker
def deliver(
    tracker: Tracker,
    name: str,
    ambassador: str,
    campaign: str,
    reason: str,
    day: date | None,
) -> None:
    """Take a mission as delivered, whatever the rule finds."""
    from tracker.missions import today_of

    when = day or today_of(tracker, campaign, now_ms())
    _mark(tracker, campaign, MissionMark(name, ambassador, "delivered", when, reason))


@mission.command()
@click.argument("name", metavar="MISSION")
@click.argument("ambassador")
@campaign_option
@json_option
@with_tracker
def clear(tracker: Tracker, name: str, ambassador: str, campaign: str) -> None:
    """Take back what was said by hand: the rule decides again."""
    from tracker.store.missions import unmark

    was = unmark(tracker.database, campaign, name, ambassador, now=now_ms())
    said = "is taken back" if was else "was never said"
    _show_cell(tracker, campaign, name, ambassador, f"What was said by hand {said}")


def _mark(tracker: Tracker, campaign: str, said: MissionMark) -> None:
    from tracker.store.missions import mark

    mark(tracker.database, campaign, said, now=now_ms())
    _show_cell(tracker, campaign, said.mission, said.ambassador, "Kept")


def _show_cell(
    tracker: Tracker, campaign: str, name: str, ambassador: str, said: str
) -> None:
    """A cell as it is now."""
    seen = _view(tracker, campaign, None)
    cells = seen.of(name)[1]
    found = next(cell for cell in cells if cell.ambassador == ambassador)
    if wants_json():
        emit_json(_head(seen) | {"mission": name} | _cell(found))
    else:
        say(f"{said}: mission {name} of {ambassador} is {found.state}.")


# -- shapes of INTERFACE-2.md section 3 -----------------------------------------------


def _head(seen: View) -> dict[str, Any]:
    from tracker.model import iso

    return {"campaign": seen.campaign.id, "as_of": iso(seen.at)}


def _counted(one: Mission, cells: list[Cell]) -> dict[str, Any]:
    from tracker.missions import count

    found = count(cells)
    states = found.states
    return {
        "id": one.id,
        "name": one.name,
        "opens": day_text(one.opens),
        "due": day_text(one.due),
        "assigned": found.assigned,
        "delivered": found.delivered,
        **{key: states[key] for key in ("on_time", "late", "missing")},
        **{key: states[key] for key in ("excused", "pending")},
    }


def _whole(one: Mission, cells: list[Cell]) -> dict[str, Any]:
    """With the rule."""
    return _counted(one, cells) | {
        "assigned_to": list(one.assigned),
        "needs": one.needs,
        **{
            key: list(getattr(one, key))
            for key in ("platforms", "hashtags", "mentions", "links")
        },
    }


def _cell(cell: Cell) -> dict[str, Any]:
    from tracker.model import iso

    return {
        "ambassador": cell.ambassador,
        "state": cell.state,
        "delivered_at": iso(cell.delivered_at),
        "days_late": cell.days_late,
        "posts": [{"platform": p, "post_id": post} for p, post in cell.posts],
        "rule": cell.rule,
        "reason": cell.reason,
    }


def _problems(seen: View) -> list[dict[str, str]]:
    return [{"mission": name, "message": text} for name, text in seen.problems]


def _warn(seen: View) -> None:
    for name, text in seen.problems:
        warn("PLAN", f"mission {name}", text)


def _reminder(one: Reminder) -> dict[str, Any]:
    return {
        "ambassador": one.person.id,
        "name": one.person.name,
        "email": one.person.email,
        "handles": [{"platform": p, "handle": h} for p, h in one.handles],
        "missions": [
            {
                "id": asked.id,
                "name": asked.name,
                "state": state,
                "due": day_text(asked.due),
            }
            for asked, state in one.missions
        ],
    }


def _reminded(one: Reminder) -> tuple[Any, ...]:
    return (
        one.person.id,
        one.person.name,
        one.person.email,
        ", ".join(f"{platform}:{handle}" for platform, handle in one.handles),
        ", ".join(f"{m.id} {state} ({m.due})" for m, state in one.missions),
    )

"""`tracker report`: write the pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import (
    detail,
    emit_json,
    json_option,
    now_ms,
    say,
    table,
    wants_json,
    warn,
    with_tracker,
)
from tracker.cli.moments import parse_moment
from tracker.errors import NotFoundError
from tracker.model import iso

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.publish import Compare, Published


@click.command()
@click.argument("campaign", required=False)
@click.option("--out", type=click.Path(path_type=Path), help="Another folder.")
@click.option("--as-of", metavar="TIME", help="As it was known then.")
@click.option("--until", metavar="TIME", help="Only what was captured by then.")
@click.option(
    "--language", type=click.Choice(["fr", "en", "both"]), help="Of the pages."
)
@click.option("--since", metavar="MARK|TIME", help="Say what changed since then.")
@click.option("--mark", metavar="NAME", help="Later reports are compared with this.")
@click.option("--marks", is_flag=True, help="List the marked reports.")
@click.option("--client", is_flag=True, help="Without names and money.")
@click.option("--ambassador", metavar="ID", help="One file to send to this person.")
@click.option("--rotate", is_flag=True, help="Give that file a new name.")
@json_option
@with_tracker
def report(
    tracker: Tracker,
    campaign: str | None,
    out: Path | None,
    as_of: str | None,
    until: str | None,
    language: str | None,
    since: str | None,
    mark: str | None,
    marks: bool,
    client: bool,
    ambassador: str | None,
    rotate: bool,
) -> None:
    """Write the pages of one campaign, or of all, and the data files beside them.

    With --as-of and --until the pages of the past, with --client those for a client,
    each into a folder of their own. With --ambassador one file for this person, with
    nothing of anybody else in it.
    """
    moments: dict[str, Any] = {
        "as_of": parse_moment(as_of, "--as-of", tracker.zone),
        "until": parse_moment(until, "--until", tracker.zone),
    }
    told: dict[str, Any] = {
        "out": out,
        "campaign": campaign,
        "language": language,
        "now": now_ms(),
    }
    if rotate and not ambassador:
        raise click.UsageError("--rotate goes with --ambassador")
    if ambassador:
        both = language == "both"
        _alone(
            "--ambassador",
            {"--as-of": as_of, "--until": until, "--language both": both}
            | {"--client": client},
        )
        _send(tracker, ambassador, rotate, told)
        return
    if marks:
        _list(tracker, campaign)
        return
    told["since"] = _compare(tracker, since) if since else None
    if as_of or until or client:
        copied = {"--as-of": as_of, "--until": until, "--client": client}
        _alone("--mark", copied if mark else {})
        _alone("--since", copied if since else {})
        del told["since"]
        made = _copied(tracker, moments | {"client": client}, told)
    else:
        from tracker.publish import publish

        made = publish(tracker, mark=mark, **told)
    _say(made)


def _compare(tracker: Tracker, since: str) -> Compare:
    """With a mark, or else with an instant."""
    from tracker.since import marks, since_mark, since_then

    if any(one.name == since for one in marks(tracker, None)):
        return lambda facts: since_mark(tracker, facts, since)
    try:
        at = parse_moment(since, "--since", tracker.zone)
    except click.UsageError:
        raise NotFoundError(
            "mark", since, sorted({one.name for one in marks(tracker, None)})
        ) from None
    from tracker.editions import then

    known = then(tracker, at or 0)
    return lambda facts: (
        since_then(tracker, facts, known[facts.campaign.id])
        if facts.campaign.id in known
        else None
    )


def _list(tracker: Tracker, campaign: str | None) -> None:
    from tracker.since import marks

    found = marks(tracker, campaign)
    if wants_json():
        rows = [
            {"name": m.name, "campaign": m.campaign, "at": iso(m.at)} for m in found
        ]
        emit_json({"marks": rows})
    elif not found:
        say("No report is marked; tracker report --mark NAME marks one.")
    else:
        table(
            ("mark", "campaign", "at"), [(m.name, m.campaign, iso(m.at)) for m in found]
        )


def _alone(option: str, others: dict[str, Any]) -> None:
    """Options that say different things are not guessed about."""
    for name, said in others.items():
        if said:
            raise click.UsageError(f"{option} and {name} do not go together")


def _send(
    tracker: Tracker, ambassador: str, rotate: bool, told: dict[str, Any]
) -> None:
    from tracker.editions import for_ambassador

    made = for_ambassador(tracker, ambassador, rotate=rotate, **told)
    remember(tracker, made.path)
    if wants_json():
        removed = str(made.removed) if made.removed else None
        emit_json(
            {
                "ambassador": ambassador,
                "file": str(made.path),
                "campaigns": list(made.campaigns),
                "removed": removed,
            }
        )
        return
    say(f"{made.path}: {', '.join(made.campaigns)}. Send this file; it is whole.")
    if made.removed:
        say(f"removed {made.removed}")


def _copied(
    tracker: Tracker, moments: dict[str, Any], told: dict[str, Any]
) -> Published:
    from tracker.editions import of_a_copy
    from tracker.store.history import since

    kept = since(tracker.database)
    if moments["as_of"] is not None and moments["as_of"] < kept:
        warn(
            "PAST_PARTLY",
            "report",
            f"changes of people and plans are kept since {iso(kept)}. Until then they"
            " stand as they were at that instant; readings are replayed all the same",
        )
    made = of_a_copy(tracker, **moments, **told)
    remember(tracker, *(made.folder / name for name in made.files))
    return made


def remember(tracker: Tracker, *paths: Path) -> None:
    """An erasure finds the files again."""
    from tracker.store import written_files

    written_files.remember(tracker.database, tracker.home, *paths)


def _say(made: Published) -> None:
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

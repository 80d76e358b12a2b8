"""tracker ambassador: people and their handles; enrol and withdraw beside it."""

from __future__ import annotations

from datetime import date
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
    warn,
    with_tracker,
    writing_to,
    wrote,
)
from tracker.cli.enrolment import enrol, withdraw
from tracker.cli.imported import complain, many
from tracker.cli.person import show
from tracker.cli.programme import (
    Day,
    ambassador_json,
    roster,
    today,
    warn_outside,
)

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.model import Ambassador, Reject
    from tracker.people import CellError, People
    from tracker.store.people import Changes
    from tracker.store.roster import Roster

__all__ = ["ambassador", "enrol", "withdraw"]


@click.group()
def ambassador() -> None:
    """Ambassadors and their handles."""


ambassador.add_command(show)


# -- people ---------------------------------------------------------------------


@ambassador.command()
@click.argument("name", metavar="ID")
@click.option("--name", "full_name", required=True, help="The person's name.")
@click.option("--email")
@click.option("--country", help="Two letters, such as FR.")
@click.option("--language", help="Such as fr or pt-BR.")
@click.option(
    "--handle", "handles", multiple=True, metavar="PLATFORM:HANDLE", help="Repeatable."
)
@json_option
@with_tracker
def add(
    tracker: Tracker,
    name: str,
    full_name: str,
    email: str | None,
    country: str | None,
    language: str | None,
    handles: tuple[str, ...],
) -> None:
    """Add one ambassador."""
    from tracker.people import CellError, make_person

    facts = {
        "id": name,
        "name": full_name,
        "email": email,
        "country": country,
        "language": language,
    }
    try:
        person = make_person(facts, [_handle(text) for text in handles])
    except CellError as error:
        raise _refused(name, error) from error
    people = roster(tracker)
    people.add(person, now=now_ms())
    _warn_alike(people, {person.id})
    _show_changed(people.ambassador(person.id), f"Ambassador {person.id} added.")


def _handle(text: str) -> tuple[str, str]:
    platform, sign, handle = text.partition(":")
    if not sign:
        raise click.UsageError(f'--handle wants PLATFORM:HANDLE, not "{text}"')
    return platform, handle


def _refused(name: str, error: CellError) -> Exception:
    from tracker.errors import RosterError

    code = error.code.removeprefix("ROW_")
    return RosterError(code, f"ambassador {name}", error.reason, "Nothing changed")


def _show_changed(person: Ambassador, said: str) -> None:
    if wants_json():
        emit_json(ambassador_json(person, ()))
    else:
        say(said)


@ambassador.command("list")
@click.option("--campaign", metavar="ID", help="Only those enrolled there.")
@json_option
@with_tracker
def list_(tracker: Tracker, campaign: str | None) -> None:
    """List ambassadors."""
    people = roster(tracker)
    found = people.ambassadors(campaign)
    theirs: dict[str, list[Any]] = {}
    for one in people.enrolments(campaign):
        theirs.setdefault(one.ambassador, []).append(one)
    if wants_json():
        shown = [ambassador_json(person, theirs.get(person.id, ())) for person in found]
        emit_json({"ambassadors": shown})
        return
    rows = [
        (
            person.id,
            person.name,
            person.country,
            _handles_now(person),
            ", ".join(one.campaign for one in theirs.get(person.id, ())),
        )
        for person in found
    ]
    table(("id", "name", "country", "handles", "campaigns"), rows)


def _handles_now(person: Ambassador) -> str:
    theirs = [one for one in person.handles if one.until is None]
    return ", ".join(f"{one.platform}:{one.handle}" for one in theirs)


@ambassador.command()
@click.option("--campaign", metavar="ID", help="Those enrolled there, with enrolments.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@with_tracker
def export(tracker: Tracker, campaign: str | None, out: Path | None) -> None:
    """Write the ambassador file that imports as it is now."""
    from tracker.people import write_people

    people = roster(tracker)
    found = people.ambassadors(campaign)
    enrolments = None
    if campaign is not None:
        enrolments = {one.ambassador: one for one in people.enrolments(campaign)}
    text = write_people(found, enrolments)
    if out is None:
        click.echo(text, nl=False)
    else:
        with writing_to(out):
            out.write_text(text, encoding="utf-8", newline="")
        wrote(tracker, out)


# -- handles --------------------------------------------------------------------


@ambassador.command()
@click.argument("name", metavar="ID")
@click.argument("platform")
@click.argument("new", metavar="HANDLE")
@click.option("--from", "since", type=Day(), metavar="DAY", help="Else from today on.")
@click.option("--old", metavar="HANDLE", help="Which one it replaces, if several.")
@json_option
@with_tracker
def handle(
    tracker: Tracker,
    name: str,
    platform: str,
    new: str,
    since: date | None,
    old: str | None,
) -> None:
    """Record a new handle, from a day on.

    The one that was used until then ends the day before, and keeps its posts.
    """
    from tracker.people import CellError, make_person

    try:
        asked = make_person({"id": "x", "name": "x"}, [(platform, new)]).handles[0]
    except CellError as error:
        raise _refused(name, error) from error
    person = roster(tracker).rename_handle(
        name,
        asked.platform,
        asked.handle,
        today=today(tracker.zone, now_ms()),
        since=since,
        old=old,
    )
    _show_changed(person, f"{name} is {asked.handle} on {asked.platform}.")


@ambassador.command("drop-handle")
@click.argument("name", metavar="ID")
@click.argument("platform")
@click.argument("old", metavar="HANDLE")
@json_option
@with_tracker
def drop_handle(tracker: Tracker, name: str, platform: str, old: str) -> None:
    """Take a handle away as if it had never been theirs."""
    from tracker.model import platform_name

    known = platform_name(platform) or platform
    person = roster(tracker).drop_handle(name, known, old)
    _show_changed(person, f"{old} on {known} is no longer a handle of {name}.")


# -- import ---------------------------------------------------------------------


@ambassador.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--campaign", metavar="ID", help="Enrol everybody there.")
@click.option("--dry-run", is_flag=True, help="Say what would change.")
@json_option
@with_tracker
def import_(tracker: Tracker, path: Path, campaign: str | None, dry_run: bool) -> int:
    """Add, update and enrol people from a CSV file, one row a handle.

    Columns: id, name, platform, handle; if wanted email, country, language, from,
    to, followers, group, fee, currency; since, until (days of a handle). A blank
    cell says nothing; a blank from or to means the campaign's own day.
    """
    from tracker.people import read_people

    people = roster(tracker)
    currency = people.campaign(campaign).currency if campaign else None
    file = read_people(path, campaign=campaign, currency=currency)
    changes = people.import_people(
        file.entries, campaign=campaign, said=file.said, now=now_ms(), dry_run=dry_run
    )
    rejects = sorted([*file.rejects, *changes.rejects], key=lambda one: one.line)
    for code, text in file.warnings:
        warn(code, path.name, text)
    complain(path.name, rejects)
    _warn_alike(people, {entry.person.id for entry in file.entries})
    if campaign:
        enrolled = [one for _, one in changes.enrolments]
        warn_outside(people.campaign(campaign), enrolled)
    if wants_json():
        emit_json(_import_json(file, changes, rejects, dry_run=dry_run))
    else:
        _say_import(file, changes, rejects, dry_run=dry_run)
    return 1 if rejects else 0


def _warn_alike(people: Roster, new: set[str]) -> None:
    """Handles of these people that look like those of others."""
    from tracker.lookalikes import Account, lookalikes

    accounts = {
        Account(person.id, handle.platform, handle.handle)
        for person in people.ambassadors()
        for handle in person.handles
    }
    for one, other in lookalikes(accounts):
        if {one.ambassador, other.ambassador} & new:
            warn(
                "HANDLE_ALIKE",
                f"ambassador {other.ambassador}",
                f"handle {other.handle} on {other.platform} looks like {one.handle}"
                f" of {one.ambassador}, and is another. Look whether it is right",
            )


def _import_json(
    file: People, changes: Changes, rejects: list[Reject], *, dry_run: bool
) -> dict[str, Any]:
    return {
        "rows": file.rows,
        **changes.rows_by_state,
        "enrolled": changes.enrolled,
        "rejected": len(rejects),
        "people": changes.people_by_state,
        "dry_run": dry_run,
        "errors": [
            {
                "line": one.line,
                "column": one.column,
                "code": one.code,
                "reason": one.reason,
            }
            for one in rejects
        ],
    }


def _say_import(
    file: People, changes: Changes, rejects: list[Reject], *, dry_run: bool
) -> None:
    rows = ", ".join(f"{count} {word}" for word, count in changes.rows_by_state.items())
    people = ", ".join(
        f"{count} {word}" for word, count in changes.people_by_state.items()
    )
    say(f"{many(file.rows, 'row')}: {rows}, {len(rejects)} rejected.")
    found = many(sum(changes.people_by_state.values()), "person", "people")
    say(f"{found}: {people}; {changes.enrolled} enrolled.")
    if dry_run:
        say("Nothing was changed: this was a dry run.")

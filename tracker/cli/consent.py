"""tracker consent: who agreed to which text, and when they took it back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.agreed import (
    campaign_filter,
    changed,
    consent_json,
    day_or_today,
    keep,
    keep_file,
    show,
)
from tracker.cli.common import emit_json, json_option, now_ms, wants_json, with_tracker
from tracker.cli.programme import Day

if TYPE_CHECKING:
    from tracker.app import Tracker

COLUMNS = ("ambassador", "version", "given", "withdrawn", "note")
#: So many people are named; JSON has all.
SHOWN = 20


@click.group()
def consent() -> None:
    """Consents: who agreed to which text, on which day."""


@consent.command()
@click.argument("ambassador")
@click.option("--text", metavar="VERSION", required=True, help="Such as 2026-01.")
@click.option("--on", type=Day(), metavar="DAY", help="When it was given; else today.")
@click.option("--note", metavar="TEXT", help="Such as where the paper is.")
@json_option
@with_tracker
def add(
    tracker: Tracker, ambassador: str, text: str, on: date | None, note: str | None
) -> None:
    """Keep that somebody agreed to a version of a text."""
    from tracker.agreements import CONSENT, consent_of, typed
    from tracker.store.agreements import CONSENT as KIND

    given = day_or_today(tracker, on).isoformat()
    said = {"ambassador": ambassador, "version": text, "given": given, "note": note}
    made = typed(tracker, CONSENT, said, consent_of)
    made, word = keep(tracker, KIND, made)
    told = f"Consent of {ambassador} to {made.version} of {made.given} is {word}."
    changed(consent_json(made) | {"result": word}, told)


@consent.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change.")
@json_option
@with_tracker
def import_(tracker: Tracker, path: Path, dry_run: bool) -> int:
    """Keep consents from a CSV file, one row a consent.

    Columns: ambassador, version, given (a day); withdrawn, note. A blank cell changes
    nothing of what is kept.
    """
    from tracker.agreements import read_consents
    from tracker.store.agreements import CONSENT as KIND

    file = read_consents(tracker, path)
    return keep_file(tracker, KIND, path.name, file, dry_run)


@consent.command()
@click.argument("ambassador")
@click.option("--text", metavar="VERSION", help="Else every one in force.")
@click.option("--on", type=Day(), metavar="DAY", help="When; else today.")
@json_option
@with_tracker
def withdraw(
    tracker: Tracker, ambassador: str, text: str | None, on: date | None
) -> None:
    """Keep that somebody took their consent back."""
    from tracker.store.agreements import withdraw as end

    day = day_or_today(tracker, on)
    ended = end(tracker.database, ambassador, text, on=day, now=now_ms())
    texts = ", ".join(one.version for one in ended)
    shown = {"consents": [consent_json(one) for one in ended]}
    changed(shown, f"{ambassador} took the consent to {texts} back on {day}.")


@consent.command("list")
@campaign_filter
@click.option("--ambassador", metavar="ID", help="Only theirs.")
@click.option("--text", metavar="VERSION", help="Only of this one.")
@json_option
@with_tracker
def list_(
    tracker: Tracker,
    campaign: str | None,
    chosen: str | None,
    ambassador: str | None,
    text: str | None,
) -> None:
    """List consents, and who has none in force: in a campaign, or of everybody."""
    from tracker.agreements import without_consent
    from tracker.store.agreements import CONSENT as KIND
    from tracker.store.agreements import list_ as ask
    from tracker.store.roster import Roster

    place = campaign or chosen
    people = {one.id for one in Roster(tracker.database).ambassadors(place)}
    found = [
        consent_json(one)
        for one in ask(tracker.database, KIND, ambassador=ambassador)
        if one.ambassador in people and text in (None, one.version)
    ]
    lacking = [
        one
        for one in without_consent(tracker, place, text)
        if ambassador in (None, one)
    ]
    if wants_json():
        emit_json({"consents": found, "without": lacking})
        return
    show(COLUMNS, found, "No consent is kept.")
    _tell(lacking)


def _tell(lacking: list[str]) -> None:
    from tracker.cli.common import answer

    if lacking:
        named = ", ".join(lacking[:SHOWN])
        more = f" and {len(lacking) - SHOWN} more" if len(lacking) > SHOWN else ""
        answer(f"Without a consent in force: {named}{more}")

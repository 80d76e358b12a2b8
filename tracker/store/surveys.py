"""Waves of surveys: what was asked, of how many, and how many said yes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tracker.programme import Wave
from tracker.store import audit, rows
from tracker.store.again import whole
from tracker.store.campaigns import to_day
from tracker.store.database import Database, Link

FIELDS = "question, wave, asked_from, asked_to, n, yes, share, source"
SELECT = f"SELECT {FIELDS} FROM survey WHERE campaign_id = ? ORDER BY id"
DELETE = "DELETE FROM survey WHERE campaign_id = ? AND question = ? AND wave = ?"
INSERT = (
    f"INSERT INTO survey (campaign_id, {FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
STATES = ("stored", "unchanged", "corrected")


def percent(yes: int, n: int) -> Decimal:
    """A count as percent of n."""
    return Decimal(100 * yes) / Decimal(n)


def list_(database: Database, campaign: str) -> list[Wave]:
    """Waves by question, in order of time; those without days by name. Raises
    NotFoundError."""
    with database.reading() as link:
        number, _ = rows.find_campaign(link, campaign)
        found = [_wave(campaign, row) for row in link.all(SELECT, (number,))]
    return sorted(found, key=lambda one: (one.question, _when(one), one.wave))


def _wave(campaign: str, row: tuple[Any, ...]) -> Wave:
    question, wave, first, last, n, yes, share, source = row
    if yes is not None:
        share = percent(yes, n)
    known = None if share is None else Decimal(share)
    days = to_day(first), to_day(last)
    return Wave(campaign, question, wave, *days, n, yes, known, source)


def _when(wave: Wave) -> date:
    return wave.asked_to or wave.asked_from or date.max


@whole
def keep(
    database: Database,
    campaign: str,
    waves: Iterable[Wave],
    *,
    now: int,
    dry_run: bool = False,
) -> Mapping[str, int]:
    """Keep waves; one that is known is corrected. How many are in which of STATES.

    Raises NotFoundError.
    """
    with database.reading() if dry_run else database.writing() as link:
        number, _ = rows.find_campaign(link, campaign)
        known = {row[:2]: row for row in link.all(SELECT, (number,))}
        states: Counter[str] = Counter()
        for row in map(_row, waves):
            before = known.get(row[:2])
            state = "unchanged" if before == row else "corrected"
            states["stored" if before is None else state] += 1
            known[row[:2]] = row
            if before != row and not dry_run:
                _write(link, number, row)
        if not dry_run and states["stored"] + states["corrected"]:
            audit.note(link, "survey.import", campaign, now)
    return {state: states[state] for state in STATES}


def _row(wave: Wave) -> tuple[Any, ...]:
    return (
        wave.question,
        wave.wave,
        wave.asked_from.isoformat() if wave.asked_from else None,
        wave.asked_to.isoformat() if wave.asked_to else None,
        wave.n,
        wave.yes,
        None if wave.share is None else str(wave.share),
        wave.source,
    )


def _write(link: Link, number: int, row: tuple[Any, ...]) -> None:
    link.run(DELETE, (number, *row[:2]))
    link.run(INSERT, (number, *row))

"""Waves of surveys: what was asked, of how many, and how many said yes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tracker.programme import Wave
from tracker.store import rows
from tracker.store.campaigns import to_day
from tracker.store.database import Database, Link

SELECT = (
    "SELECT question, wave, asked_from, asked_to, n, yes, share, source FROM survey"
    " WHERE campaign_id = ? ORDER BY id"
)


def list_(database: Database, campaign: str) -> list[Wave]:
    """Waves by question, in order of time; those without days as they came. Raises
    NotFoundError."""
    with database.reading() as link:
        number, _ = rows.find_campaign(link, campaign)
        found = _read(link, campaign, number)
    return sorted(found, key=lambda one: (one.question, _when(one)))


def _read(link: Link, campaign: str, number: int) -> list[Wave]:
    return [
        Wave(
            campaign,
            question,
            wave,
            to_day(first),
            to_day(last),
            n,
            yes,
            None if share is None else Decimal(share),
            source,
        )
        for question, wave, first, last, n, yes, share, source in link.all(
            SELECT, (number,)
        )
    ]


def _when(wave: Wave) -> date:
    return wave.asked_to or wave.asked_from or date.max

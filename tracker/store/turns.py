"""Turns of a programme that somebody has to answer for, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.programme import Turn
from tracker.store.database import Database, Link

STATE, GROUP = "state", "group"
SELECT = (
    "SELECT c.slug, t.kind, t.before, t.after, t.reason, t.actor, t.at, m.slug"
    " FROM turn t JOIN campaign c ON c.id = t.campaign_id"
    " LEFT JOIN ambassador m ON m.id = t.ambassador_id ORDER BY t.at, t.id"
)
INSERT = (
    "INSERT INTO turn (campaign_id, ambassador_id, kind, before, after, reason, actor,"
    " at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Step:
    """What changes: of the campaign itself, or of the ambassador of this row."""

    kind: str
    before: str | None
    after: str | None
    reason: str | None
    ambassador: int | None = None


def note(link: Link, campaign: int, step: Step, now: int) -> None:
    """Keep a turn of the campaign of this row, in the transaction of the change."""
    said = (step.kind, step.before, step.after, step.reason, link.who.actor, now)
    link.run(INSERT, (campaign, step.ambassador, *said))


def list_(
    database: Database, campaign: str | None = None, *, ambassador: str | None = None
) -> list[Turn]:
    """In order of time: all, those of a campaign, or those about an ambassador."""
    with database.reading() as link:
        found = [Turn(*row) for row in link.all(SELECT)]
    return [
        one
        for one in found
        if campaign in (None, one.campaign) and ambassador in (None, one.ambassador)
    ]

"""What ambassadors say of the product or the programme, and what was answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tracker.errors import NotFoundError
from tracker.programme import Feedback
from tracker.store import audit, rows
from tracker.store.database import Database, Link

SELECT = (
    "SELECT c.slug, f.id, f.at, a.slug, f.said, f.answered_at, f.answer"
    " FROM feedback f JOIN campaign c ON c.id = f.campaign_id"
    " LEFT JOIN ambassador a ON a.id = f.ambassador_id"
)
INSERT = (
    "INSERT INTO feedback (campaign_id, ambassador_id, at, said, answered_at, answer)"
    " VALUES (?, ?, ?, ?, ?, ?) RETURNING id"
)


def list_(database: Database, campaign: str | None = None) -> list[Feedback]:
    """All feedback, or that of a campaign, the oldest first. Raises NotFoundError."""
    with database.reading() as link:
        if campaign is None:
            found = link.all(SELECT)
        else:
            number, _ = rows.find_campaign(link, campaign)
            found = link.all(f"{SELECT} WHERE f.campaign_id = ?", (number,))
    return sorted((Feedback(*row) for row in found), key=lambda one: (one.at, one.id))

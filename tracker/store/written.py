"""What was written: the posts of a campaign with whose they are, without figures."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.store import rows
from tracker.store.database import Database


@dataclass(frozen=True, slots=True)
class Written:
    """published_at: ms UTC, None when no source said it."""

    platform: str
    post_id: str
    ambassador: str
    kind: str | None
    caption: str | None
    published_at: int | None


def written(database: Database, campaign: str) -> list[Written]:
    """Posts that count for a campaign, by platform and id. Raises NotFoundError."""
    with database.reading() as link:
        number, _ = rows.find_campaign(link, campaign)
        found = link.all(
            "SELECT p.platform, p.external_id, w.slug, p.kind, p.caption,"
            " p.published_at FROM attribution a JOIN post p ON p.id = a.post_id"
            " JOIN ambassador w ON w.id = a.ambassador_id WHERE a.campaign_id = ?"
            " ORDER BY p.platform, p.external_id",
            (number,),
        )
    return [Written(*row) for row in found]

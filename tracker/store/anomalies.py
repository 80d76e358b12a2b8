"""What checks of readings are worked out from."""

from __future__ import annotations

from typing import NamedTuple

from tracker.store.database import Database

#: Smaller values of the same instant, with where they came from.
DISAGREED = (
    "SELECT p.platform, p.external_id, m.slug, t.name, r.captured_at, r.metric,"
    " r.value, y.label, r.line FROM disagreement r"
    " JOIN payload y ON y.id = r.payload_id JOIN source t ON t.id = y.source_id"
    " JOIN post p ON p.id = r.post_id"
    " LEFT JOIN attribution a ON a.post_id = p.id AND a.campaign_id = 0"
    " LEFT JOIN ambassador m ON m.id = a.ambassador_id"
    " ORDER BY p.platform, p.external_id, r.captured_at, r.metric, r.value"
)


class Disagreement(NamedTuple):
    platform: str
    post_id: str
    ambassador: str | None
    source: str
    at: int
    metric: str
    value: int
    file: str
    line: int


def disagreements(database: Database) -> list[Disagreement]:
    """Values that were not believed, because a larger one was told of the same
    instant."""
    with database.reading() as link:
        return [Disagreement(*row) for row in link.all(DISAGREED)]

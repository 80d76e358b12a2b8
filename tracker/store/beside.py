"""What a payload brings besides readings: events, figures of accounts, what became
of its questions, where to go on. In the same transaction, after the readings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.model import Reject, Tally
from tracker.store import audience, events, inbox
from tracker.store.asked import Answered
from tracker.store.database import Link

if TYPE_CHECKING:
    import polars as pl

    from tracker.sources.base import Batch, Event, Evidence, Payload
    from tracker.store.ledger import Desk


class Beside:
    """Collected batch by batch, written at the end of the payload."""

    def __init__(self, desk: Desk, payload: Payload) -> None:
        self._source, self._payload = desk.source_id, payload
        self._window = desk.window
        self._answered = Answered(payload, desk.platform)
        self._events: list[Event] = []
        self._audience: list[pl.DataFrame] = []

    def take(self, batch: Batch) -> None:
        self._events += batch.events
        if batch.audience is not None:
            self._audience.append(batch.audience)
        self._answered.take(batch)

    def write(self, link: Link, payload_id: int) -> Tally:
        """Where the rows went that are no readings; they are counted already."""
        tally, rejects = events.keep(
            link, self._source, payload_id, self._events, self._window
        )
        for frame in self._audience:
            tally += audience.keep(link, self._source, payload_id, frame)
        _reject(link, payload_id, rejects)
        self._answered.write(link, self._source)
        inbox.done(link, self._payload.deliveries)
        _prove(link, payload_id, self._payload.evidence)
        if self._payload.bookmark is not None:
            link.run(
                "UPDATE source SET bookmark = ? WHERE id = ?",
                (self._payload.bookmark, self._source),
            )
        return tally


def _prove(link: Link, payload_id: int, evidence: Evidence | None) -> None:
    if evidence is not None:
        link.run(
            "INSERT INTO evidence (payload_id, file, digest, note) VALUES (?, ?, ?, ?)",
            (payload_id, evidence.file, evidence.sha256, evidence.note),
        )


def _reject(link: Link, payload_id: int, rejects: list[Reject]) -> None:
    link.many(
        'INSERT INTO reject (payload_id, line, "column", code, reason, raw, state)'
        " VALUES (?, ?, ?, ?, ?, ?, 'open')",
        [(payload_id, r.line, r.column, r.code, r.reason, r.raw) for r in rejects],
    )

"""Rejected rows: kept with file, line, column and reason until somebody decides."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracker.errors import NotFoundError
from tracker.store import audit
from tracker.store.again import whole
from tracker.store.database import Database, Link

if TYPE_CHECKING:
    from tracker.sources.base import Batch

STATES = ("open", "kept", "dropped", "superseded")
_SELECT = (
    'SELECT r.id, s.name, p.label, r.line, r."column", r.code, r.reason, r.raw,'
    " r.state, p.recorded_at, p.header, r.payload_id FROM reject r"
    " JOIN payload p ON p.id = r.payload_id JOIN source s ON s.id = p.source_id"
)


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One rejected row. header: the columns of its file, None if not known.

    A file refused whole stands here once, with no raw text.
    """

    id: int
    source: str
    file: str
    line: int
    column: str
    code: str
    reason: str
    raw: str
    state: str
    recorded_at: int
    header: tuple[str, ...] | None
    payload: int


class Quarantine:
    """What waits for a person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(
        self, *, source: str | None = None, state: str = "open"
    ) -> list[Quarantined]:
        """Rejects of one state, in the order of their files; state "all": any."""
        where, values = ["1 = 1"], []
        if state != "all":
            where.append("r.state = ?")
            values.append(state)
        if source is not None:
            where.append("s.name = ?")
            values.append(source)
        with self._database.reading() as link:
            rows = link.all(
                f"{_SELECT} WHERE {' AND '.join(where)} ORDER BY p.label, r.line, r.id",
                values,
            )
        return [_made(row) for row in rows]

    def show(self, number: int) -> Quarantined:
        with self._database.reading() as link:
            row = link.one(f"{_SELECT} WHERE r.id = ?", (number,))
        if row is None:
            raise NotFoundError("quarantine", str(number))
        return _made(row)

    @whole
    def drop(self, numbers: Iterable[int]) -> int:
        """Nobody needs these; their text is forgotten, their line and reason stay."""
        with self._database.writing() as link:
            dropped = sum(
                link.run(
                    "UPDATE reject SET state = 'dropped', raw = ''"
                    " WHERE id = ? AND state = 'open'",
                    (number,),
                )
                for number in numbers
            )
            if dropped:
                audit.note(link, "quarantine.drop", f"{dropped} rows")
            return dropped

    @whole
    def settle(self, tried: dict[int, int], batch: Batch) -> None:
        """After a retry: rows that were kept leave, others learn their new reason.

        tried: line to number.
        """
        still = {reject.line: reject for reject in batch.rejects}
        with self._database.writing() as link:
            for line, number in tried.items():
                if line not in still:
                    link.run("UPDATE reject SET state = 'kept' WHERE id = ?", (number,))
                    continue
                _learn(link, number, still[line])


def _learn(link: Link, number: int, reject: object) -> None:
    link.run(
        'UPDATE reject SET "column" = ?, code = ?, reason = ? WHERE id = ?',
        (
            getattr(reject, "column", ""),
            getattr(reject, "code", ""),
            getattr(reject, "reason", ""),
            number,
        ),
    )


def _made(row: tuple[Any, ...]) -> Quarantined:
    names = tuple(json.loads(row[10])) if row[10] else None
    facts: Any = (*row[:10], names, row[11])
    return Quarantined(*facts)

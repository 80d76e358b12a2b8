"""The ledger of payloads: what was read, when, and what became of its rows."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tracker.errors import PayloadError
from tracker.model import Outcome, Tally
from tracker.store import suppression
from tracker.store.again import whole
from tracker.store.ahead import ahead
from tracker.store.database import Database, Link
from tracker.store.inbox import done
from tracker.store.runs import Runs
from tracker.visits import WINDOW

if TYPE_CHECKING:
    from tracker.sources.base import Batch, Payload
    from tracker.store.posts import Prepared
    from tracker.store.suppression import Suppression

COUNTS = ("rows", "stored", "unchanged", "corrected", "rejected", "ignored")


@dataclass(frozen=True, slots=True)
class Seen:
    """A payload that is known already: its rows, and why it was refused if it was.

    label: what it was called when it was read first. suppressed: rows of people who
    were erased.
    """

    rows: int
    label: str
    error: str | None
    suppressed: int = 0


@dataclass(frozen=True, slots=True)
class Desk:
    """For whom payloads are kept: one run of one source.

    platform: the one whose posts it asks for, if it asks for any. window: within it,
    ms, clicks of a visitor on one link are one.
    """

    source_id: int
    run_id: int
    fingerprint: str
    provenance: str
    now: int
    platform: str | None = None
    window: int = WINDOW


class Ledger:
    """Keeps payloads, each in one transaction, and remembers them."""

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._database, self._zone = database, zone

    def seen(self, desk: Desk, payload: Payload) -> Seen | None:
        """The same payload, read before in the same way; None when it is new.

        First by its stamp, which needs no opening. Its bytes are hashed only when
        a payload of that size is known; one that brings its hash is found by it.
        """
        if payload.digest:
            return self._same(desk, payload.digest)
        like = (payload.stamp or "?").split("-")[0] + "-%"
        with self._database.reading() as link:
            same = link.all(
                "SELECT rows, label, error, suppressed, stamp, digest FROM payload"
                " WHERE source_id = ? AND fingerprint = ?"
                " AND (stamp LIKE ? OR stamp IS NULL) ORDER BY id DESC",
                (desk.source_id, desk.fingerprint, like),
            )
        for *facts, stamp, _ in same:
            if stamp is not None and (stamp, facts[1]) == (
                payload.stamp,
                payload.label,
            ):
                return Seen(*facts)
        if not same:
            return None
        digest = digest_of(payload)
        for *facts, _, known in same:
            if digest and known == digest:
                return Seen(*facts)
        return None

    def _same(self, desk: Desk, digest: str) -> Seen | None:
        with self._database.reading() as link:
            row = link.one(
                "SELECT rows, label, error, suppressed FROM payload WHERE source_id = ?"
                " AND digest = ? AND fingerprint = ? ORDER BY id DESC",
                (desk.source_id, digest, desk.fingerprint),
            )
        return Seen(*row) if row else None

    @whole
    def keep(
        self,
        desk: Desk,
        payload: Payload,
        batches: Iterable[Batch],
        *,
        supersede: bool = True,
    ) -> Tally:
        """Keep all rows of a payload, or, on any exception, none of them.

        supersede: what an earlier reading of it rejected waits no longer.
        """
        from tracker.store.beside import Beside
        from tracker.store.posts import prepare
        from tracker.store.readings import Keeping

        tally = Tally()
        small = payload.path is None  # what is in memory is read before our turn
        ready = [prepare(batch) for batch in batches] if small else None
        with _hashed(payload) as digest, self._database.writing() as link:
            Runs(self._database).fence(link, desk.run_id)
            if supersede:
                self._supersede(link, desk, payload)
            payload_id = self._open(link, desk, payload)
            header: tuple[str, ...] = ()
            beside = Beside(desk, payload)
            erased, gone = suppression.read(link), [0]
            whose = desk.source_id
            pieces: Iterable[Prepared] = ready or ()
            if ready is None or erased is not None:
                pieces = ahead(_sifted(batches, erased, whose, gone), prepare)
            with Keeping(link, self._zone, payload_id) as keeping:
                for prepared in pieces:
                    header = prepared.batch.header or header
                    tally += keeping.take(prepared)
                    beside.take(prepared.batch)
                keeping.finish()
            tally += Tally(gone[0], unchanged=gone[0], suppressed=gone[0])
            tally += beside.write(link, payload_id)
            self._close(link, payload_id, digest(), tally, header=header)
        return tally

    @whole
    def refuse(self, desk: Desk, payload: Payload, error: PayloadError) -> Tally:
        """Remember a payload that was refused whole; all its rows are rejected.

        Of deliveries that were read together nothing is remembered: they still wait.
        """
        if len(payload.deliveries) > 1:
            return Tally()
        tally = Tally(rows=error.rows, rejected=error.rows)
        with self._database.writing() as link:
            Runs(self._database).fence(link, desk.run_id)
            self._supersede(link, desk, payload)
            payload_id = self._open(link, desk, payload)
            self._close(link, payload_id, digest_of(payload), tally, str(error))
            link.run(
                'INSERT INTO reject (payload_id, line, "column", code, reason, raw,'
                " state) VALUES (?, ?, '', ?, ?, '', 'open')",
                (payload_id, error.line or 0, error.code, error.cause),
            )
            done(link, payload.deliveries)
        return tally

    def _supersede(self, link: Link, desk: Desk, payload: Payload) -> None:
        """What an earlier reading of this payload rejected is read again now."""
        link.run(
            "UPDATE reject SET state = 'superseded' WHERE state = 'open' AND payload_id"
            " IN (SELECT id FROM payload WHERE source_id = ? AND label = ?)",
            (desk.source_id, payload.label),
        )

    def _open(self, link: Link, desk: Desk, payload: Payload) -> int:
        """Enter a payload; its number."""
        number = 1 + (link.value("SELECT max(id) FROM payload") or 0)
        link.run(
            "INSERT INTO payload (id, source_id, run_id, label, stamp, digest,"
            " fingerprint, provenance, recorded_at, outcome, rows, stored, unchanged,"
            " corrected, rejected, ignored)"
            " VALUES (?, ?, ?, ?, ?, '', ?, ?, ?, 'ok', 0, 0, 0, 0, 0, 0)",
            (
                number,
                desk.source_id,
                desk.run_id,
                payload.label,
                payload.stamp,
                desk.fingerprint,
                desk.provenance,
                desk.now,
            ),
        )
        return int(number)

    def _close(
        self,
        link: Link,
        payload_id: int,
        digest: str | None,
        tally: Tally,
        error: str | None = None,
        *,
        header: tuple[str, ...] = (),
    ) -> None:
        outcome = "refused" if error else outcome_of(tally)
        sets = ", ".join(f"{name} = ?" for name in COUNTS)
        names = json.dumps(header, ensure_ascii=False) if header else None
        link.run(
            "UPDATE payload SET digest = ?, outcome = ?, error = ?, header = ?,"
            f" suppressed = ?, {sets} WHERE id = ?",
            (
                digest or "",
                str(outcome),
                error,
                names,
                tally.suppressed,
                *(getattr(tally, name) for name in COUNTS),
                payload_id,
            ),
        )


@contextmanager
def _hashed(payload: Payload) -> Iterator[Callable[[], str | None]]:
    """The hash of a payload, made beside the rest: it needs no database and no
    Python."""
    if payload.path is None:
        yield lambda: digest_of(payload)
        return
    with ThreadPoolExecutor(1, "hash") as pool:
        yield pool.submit(digest_of, payload).result


def _sifted(
    batches: Iterable[Batch],
    erased: Suppression | None,
    source: int,
    gone: list[int],
) -> Iterable[Batch]:
    """Batches without what is of erased people; gone[0] counts it."""
    if erased is None:
        yield from batches
        return
    for batch in batches:
        rest, many = erased.without(batch, source)
        gone[0] += many
        yield rest


def outcome_of(tally: Tally) -> Outcome:
    """Some rows rejected: partial; all of them: failed."""
    if tally.rows and tally.rejected == tally.rows:
        return Outcome.FAILED
    return Outcome.PARTIAL if tally.rejected else Outcome.OK


def digest_of(payload: Payload) -> str | None:
    """Hash of the bytes (BLAKE2b: the fastest that was measured).

    None when there is no such file any more: it was found, and may have changed or
    gone since, or become a link or a pipe, which would be waited for without end.
    """
    if payload.digest:
        return payload.digest
    if payload.path is None:
        return hashlib.blake2b(payload.body or b"", digest_size=20).hexdigest()
    try:
        with open(payload.path, "rb", opener=_waiting_for_none) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return None
            made = hashlib.file_digest(
                file, lambda: hashlib.blake2b(digest_size=20)
            ).hexdigest()
            return made if _is_still(payload, os.fstat(file.fileno())) else None
    except OSError:
        return None


def _is_still(payload: Payload, info: os.stat_result) -> bool:
    """Was what was hashed what was found? A later content must not pass for it."""
    begins = f"{info.st_size}-{info.st_mtime_ns}-"
    return payload.stamp is None or payload.stamp.startswith(begins)


def _waiting_for_none(path: str, flags: int) -> int:
    """An opener that follows no link and waits for no pipe."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)

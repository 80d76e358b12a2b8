"""The inbox: what was pushed, kept as it came before anybody reads it.

The rule kept here: what `put` has answered for is on the disk. Many deliveries are
one transaction and one sync. A delivery is known by its source and the id that its
sender gave it; the first content of an id stands, a second one goes to quarantine.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from tracker.errors import StoreError
from tracker.store import suppression
from tracker.store.again import whole
from tracker.store.database import Database, Link
from tracker.store.states import source_id
from tracker.store.suppression import Suppression

#: How long a batch waits for another writer, in seconds: two batches in a row must
#: be answered before a sender's request is cut off (30 s).
PATIENCE = 12
#: Rows of one transaction: six parameters each, far below the limits of statements.
MOST = 512
#: Bytes of bodies that are read together.
AT_ONCE = 8 * 1024 * 1024
#: How much of a refused delivery is shown to a person, in characters.
SHOWN = 4096
#: What stands in a body that tells of visitors: a browser's whole name, an address, a
#: mark of theirs. None of them is kept.
VISITORS = (b'"user_agent"', b'"visitor"', b'"ua"', b'"ip"', b'"browser_ip"')
#: Among the headers of a body that was shortened: a keyed hash of the whole.
SHORTENED = "tracker-shortened"
Known = Callable[[bytes], bool]
COLUMNS = "source, delivery_id, received_at, headers, body"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A delivery whose signature holds. received_at: ms UTC; headers: JSON text."""

    source: str
    delivery_id: str
    received_at: int
    headers: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Delivery:
    """A kept delivery; id: its number here."""

    id: int
    source: str
    delivery_id: str
    received_at: int
    headers: str
    body: bytes


class Put(StrEnum):
    """What became of an arrival."""

    NEW = "new"
    AGAIN = "again"  # the same id with the same content was kept before
    OTHER = "other"  # another content under a known id: now in quarantine


class Inbox:
    """Keeps deliveries and hands them out; one connection, used in turn."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._link: Link | None = None
        self._turn = threading.Lock()

    # -- keeping ------------------------------------------------------------------

    def put(self, many: Sequence[Arrival]) -> list[Put]:
        """Keep up to MOST arrivals in one transaction; it is synced when this returns.

        StoreError: none of them is kept, as far as we know.
        """
        done = self._kept(many)
        others = [
            each for each, put in zip(many, done, strict=True) if put is Put.OTHER
        ]
        if others:
            self._quarantine(others)
        return done

    @whole
    def _kept(self, many: Sequence[Arrival]) -> list[Put]:
        """Also fit to be done again when nobody knows whether it was committed: what
        is kept already is known by its id."""
        with self._used() as link:
            return self._put(link, many)

    @contextmanager
    def _used(self) -> Iterator[Link]:
        with self._turn:
            try:
                with self._database.translated():
                    yield self._open()
            except BaseException:
                # after a failed commit nothing of the connection can be trusted
                self._close()
                raise

    def close(self) -> None:
        with self._turn:
            self._close()

    def _put(self, link: Link, many: Sequence[Arrival]) -> list[Put]:
        """Almost always all are new, and one statement says so."""
        known: dict[tuple[str, str], Known] = {}
        while True:
            fresh = _firsts(many, known)
            _begin(link)
            if _insert(link, list(fresh.values())) == len(fresh):
                link.run("COMMIT")
                return list(_became(many, fresh, known))
            link.run("ROLLBACK")
            known = _known(link, many)

    def _open(self) -> Link:
        if self._link is None:
            link = Link(self._database.connect(), self._database.dialect)
            if link.dialect == "sqlite":
                link.run(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
            self._link = link
        return self._link

    def _close(self) -> None:
        if self._link is not None:
            self._link.connection.close()
            self._link = None

    @whole
    def _quarantine(self, others: Iterable[Arrival]) -> None:
        """Keep what came second, once each, where a person sees it."""
        with self._database.writing() as link:
            for each in others:
                _reject(link, each)

    # -- reading ------------------------------------------------------------------

    def waiting(self, source: str, limit: int) -> list[Delivery]:
        """The oldest deliveries of a source that nobody has read yet, no more of
        them than memory should hold at once."""
        found: list[Delivery] = []
        size = 0
        with self._database.reading() as link:
            for number, of, known, at, headers, body in link.each(
                f"SELECT id, {COLUMNS} FROM delivery WHERE source = ?"
                " AND state = 'new' ORDER BY id LIMIT ?",
                (source, limit),
                size=16,
            ):
                size += len(body)
                if found and size > AT_ONCE:
                    break
                found.append(Delivery(number, of, known, at, headers, bytes(body)))
        return found

    @whole
    def done(self, numbers: Iterable[int]) -> None:
        """These were read."""
        with self._database.writing() as link:
            done(link, numbers)

    def counts(self) -> dict[str, int]:
        """How many deliveries of each source wait to be read."""
        with self._database.reading() as link:
            rows = link.all(
                "SELECT source, count(*) FROM delivery WHERE state = 'new'"
                " GROUP BY source"
            )
        return {str(source): int(many) for source, many in rows}

    # -- health -------------------------------------------------------------------

    @whole
    def probe(self, now: int) -> None:
        """Write a few bytes, as a delivery would be; StoreError when that fails."""
        with self._used() as link:
            _begin(link)
            link.run(
                "INSERT INTO meta (key, value) VALUES ('probed', ?)"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (str(now),),
            )
            link.run("COMMIT")


def _begin(link: Link) -> None:
    """No longer than PATIENCE for a statement; nothing that outlives a transaction,
    after which a pooler may hand the connection to others."""
    if link.dialect == "sqlite":
        link.run("BEGIN IMMEDIATE")
    else:
        link.connection.execute(f"BEGIN; SET LOCAL statement_timeout = '{PATIENCE}s'")


def done(link: Link, numbers: Iterable[int]) -> None:
    """These were read; in the transaction that keeps what was in them. Of one that
    tells of visitors, or names somebody who was erased, nothing stays."""
    rows = [(number,) for number in numbers]
    link.many("UPDATE delivery SET state = 'read' WHERE id = ?", rows)
    erased = suppression.read(link)
    for number, body, headers in _bodies(link, [number for (number,) in rows]):
        if _must_go(body, erased):
            shorten(link, number, body, headers, b"", suppression.key(link))


def _bodies(link: Link, numbers: Sequence[int]) -> Iterable[tuple[int, bytes, str]]:
    for at in range(0, len(numbers), MOST):
        some = numbers[at : at + MOST]
        marks = ", ".join("?" * len(some))
        found = link.all(
            f"SELECT id, body, headers FROM delivery WHERE id IN ({marks})", some
        )
        for number, body, headers in found:
            yield int(number), bytes(body), headers


def _must_go(body: bytes, erased: Suppression | None) -> bool:
    if any(word in body for word in VISITORS):
        return True
    return erased is not None and erased.names(body.decode("utf-8", "replace"))


def why(error: StoreError) -> str:
    """Why a delivery could not be kept, in a word or two."""
    return "disk full" if error.code == "DISK_FULL" else error.cause


# -- one batch --------------------------------------------------------------------


def _firsts(
    many: Sequence[Arrival], known: Mapping[tuple[str, str], Known]
) -> dict[tuple[str, str], Arrival]:
    """The first arrival of each id that is not known."""
    fresh: dict[tuple[str, str], Arrival] = {}
    for each in many:
        key = (each.source, each.delivery_id)
        if key not in known:
            fresh.setdefault(key, each)
    return fresh


def _became(
    many: Sequence[Arrival],
    fresh: dict[tuple[str, str], Arrival],
    known: Mapping[tuple[str, str], Known],
) -> Iterable[Put]:
    for each in many:
        key = (each.source, each.delivery_id)
        first = fresh.get(key)
        if first is each:
            yield Put.NEW
        else:
            same = known[key](each.body) if first is None else each.body == first.body
            yield Put.AGAIN if same else Put.OTHER


def _insert(link: Link, rows: list[Arrival]) -> int:
    """One statement, whatever their number: each statement of a thread may have to
    wait for its turn at the interpreter. Answers how many were not there yet."""
    if not rows:
        return 0
    if link.dialect == "postgresql":  # two hosts must not wait for each other
        rows.sort(key=lambda each: (each.source, each.delivery_id))
    values: list[Any] = []
    for each in rows:
        values += (each.source, each.delivery_id, each.received_at, each.headers)
        values.append(each.body)
    return link.run(_statement(len(rows)), values)


@lru_cache(MOST)
def _statement(rows: int) -> str:
    marks = ", ".join(["(?, ?, ?, ?, ?, 'new')"] * rows)
    return (
        f"INSERT INTO delivery ({COLUMNS}, state) VALUES {marks}"
        " ON CONFLICT (source, delivery_id) DO NOTHING"
    )


def _known(link: Link, many: Sequence[Arrival]) -> dict[tuple[str, str], Known]:
    """What is kept under the ids of these arrivals, asked whether it is a body."""
    marks = ", ".join(["(?, ?)"] * len(many))
    keys = [part for each in many for part in (each.source, each.delivery_id)]
    rows = link.all(
        "SELECT source, delivery_id, body, headers FROM delivery"
        f" WHERE (source, delivery_id) IN (VALUES {marks})",
        keys,
    )
    return {
        (source, known): _asked(link, bytes(body), headers)
        for source, known, body, headers in rows
    }


def _asked(link: Link, body: bytes, headers: str) -> Known:
    """Is it the same? Of a body that was shortened a hash tells."""
    if SHORTENED not in headers:
        return lambda other: other == body
    secret, made = suppression.key(link), json.loads(headers).get(SHORTENED)
    return lambda other: made == _hash(secret, other)


def _hash(secret: bytes, body: bytes) -> str:
    return hmac.new(secret, body, hashlib.sha256).hexdigest()


def shorten(
    link: Link, number: int, body: bytes, headers: str, left: bytes, secret: bytes
) -> None:
    """Keep no more of a delivery than `left`, and of the whole a keyed hash, so that
    it is known when it is sent again. One of which nothing is left is read."""
    said = json.loads(headers) if left else {}
    said[SHORTENED] = json.loads(headers).get(SHORTENED) or _hash(secret, body)
    link.run(
        "UPDATE delivery SET body = ?, headers = ?,"
        " state = CASE WHEN 1 = ? THEN state ELSE 'read' END WHERE id = ?",
        (left, json.dumps(said), int(bool(left)), number),
    )


def _reject(link: Link, each: Arrival) -> None:
    """A payload of one row, which is rejected; nothing when it is there already."""
    number = source_id(link, each.source, "webhook")
    digest = hashlib.blake2b(each.body, digest_size=20).hexdigest()
    label = f"hooks/{each.source} delivery {each.delivery_id}"
    if link.one(
        "SELECT id FROM payload WHERE source_id = ? AND digest = ? AND label = ?",
        (number, digest, label),
    ):
        return
    payload = 1 + (link.value("SELECT max(id) FROM payload") or 0)
    link.run(
        "INSERT INTO payload (id, source_id, label, digest, fingerprint, provenance,"
        " recorded_at, outcome, rows, stored, unchanged, corrected, rejected, ignored)"
        " VALUES (?, ?, ?, ?, 'inbox', 'measured', ?, 'failed', 1, 0, 0, 0, 1, 0)",
        (payload, number, label, digest, each.received_at),
    )
    link.run(
        'INSERT INTO reject (payload_id, line, "column", code, reason, raw, state)'
        " VALUES (?, 1, '', 'ID_REUSED', ?, ?, 'open')",
        (
            payload,
            f"id {each.delivery_id} came before with other content, which stands",
            _shown(link, each.body.decode("utf-8", "replace")),
        ),
    )


def _shown(link: Link, text: str) -> str:
    """As much of a body as a person may see: nothing of those who were erased."""
    erased = suppression.read(link)
    return "" if erased is not None and erased.names(text) else text[:SHOWN]

"""Transactions on PostgreSQL, among many processes on many hosts.

Writers take turns by an advisory lock that belongs to their transaction. Whoever has
it may be frozen, cut off or dead, and nobody must wait for that: a writer that leaves
the server waiting is ended by the server, and one that is stuck in the middle of a
COPY, which the server does not end by itself, by those who wait. A connection that is
lost while it commits leaves a doubt, which is resolved by asking what became of that
transaction.
"""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tracker.errors import StoreError
from tracker.store import pgtroubles
from tracker.store.connections import KEPT, RETURNS, Connections

#: Any number that is the same in all trackers: the lock of the writers.
WRITER_LOCK = 7_221_009
#: How long a writer waits for its turn before it gives up, and between two looks at
#: who has it; seconds.
PATIENCE, LOOK = 30.0, 5
#: How long a writer may leave the server waiting for its next statement; seconds. A
#: daemon does so when it is frozen; a person's command may be at a long computation.
DAEMONS_SILENCE, SILENCE = 15, 120
#: How long it is asked what became of a transaction; seconds.
DOUBT = 30.0

#: Does anybody answer? A pooler takes connections though the server is away.
HEARD = "SELECT 1"
READ = "BEGIN ISOLATION LEVEL REPEATABLE READ"
WRITE = (
    "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '{silence}s';"
    " SET LOCAL lock_timeout = '{look}s';"
    " SELECT pg_advisory_xact_lock({lock}), pg_current_xact_id()::text;"
    " SET LOCAL lock_timeout = '{patience}s'"
)
#: Who has the writers' lock, and whether the server waits for that client.
HOLDER = (
    "SELECT a.pid, a.application_name, a.query_start,"
    " coalesce((SELECT p.bytes_processed FROM pg_stat_progress_copy p"
    "  WHERE p.pid = a.pid), 0),"
    " a.state = 'active' AND a.wait_event_type = 'Client'"
    " FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
    " WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0"
    f" AND l.objid = {WRITER_LOCK} AND l.database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def begin_writing(*, look: int, silence: int | None = None) -> str:
    """The statements with which a writer begins; it waits `look` seconds for its turn
    and may be silent for `silence` seconds then."""
    silence = SILENCE if silence is None else silence
    return WRITE.format(
        silence=silence, look=look, lock=WRITER_LOCK, patience=round(PATIENCE)
    )


class Server:
    """One PostgreSQL server. daemon: this process runs by itself, for years."""

    def __init__(self, url: str, *, daemon: bool = False) -> None:
        self.connections = Connections(url)
        self._silence = DAEMONS_SILENCE if daemon else SILENCE

    @contextmanager
    def translated(self) -> Iterator[None]:
        """The driver's exceptions as StoreError."""
        try:
            yield
        except Exception as error:
            cause = getattr(error, "orig", None) or error  # SQLAlchemy's hold it
            if type(cause).__module__.startswith("psycopg"):
                shown = self.connections.shown
                raise pgtroubles.trouble(cause, shown) from error
            raise

    @contextmanager
    def alone(self) -> Iterator[Any]:
        """A connection for statements that are a transaction each."""
        with self.translated():
            connection = self._first(HEARD)[0]
            try:
                yield connection
            finally:
                self.connections.give(connection)

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """One snapshot to read from."""
        with self.translated():
            connection = self._begun()
            try:
                yield connection
            finally:
                self._let_go(connection)  # nothing of it is kept, tables of ours too

    @contextmanager
    def writing(self) -> Iterator[Any]:
        """The one writer; committed at the end, or all undone by an exception."""
        with self.translated():
            connection, number = self._turn()
            try:
                try:
                    yield connection
                except BaseException:
                    with contextlib.suppress(Exception):
                        connection.execute("ROLLBACK")
                    raise
                self._commit(connection, number)
            finally:
                self.connections.give(connection)

    # -- beginning ----------------------------------------------------------------

    def _begun(self) -> Any:
        """A connection with a snapshot; a kept one may have died meanwhile."""
        return self._first(READ)[0]

    def _first(self, text: str) -> tuple[Any, Any]:
        """The first statements of a transaction, and their cursor. Nothing was done
        before, so a lost connection is no loss."""
        tries, end = 0, time.monotonic() + RETURNS
        while True:
            connection = self.connections.take()
            try:
                return connection, connection.execute(text)
            except BaseException as error:
                self._let_go(connection)
                if not pgtroubles.is_lost(error) or time.monotonic() > end:
                    raise
            tries += 1
            if tries > KEPT:  # not only those that were kept: a pooler that waits too
                time.sleep(random.uniform(0.1, 0.5))  # noqa: S311 no secret

    def _let_go(self, connection: Any) -> None:
        with contextlib.suppress(Exception):
            connection.execute("ROLLBACK")
        self.connections.give(connection)

    def _turn(self) -> tuple[Any, str]:
        """A connection that is the writer, and the number of its transaction."""
        from psycopg.errors import LockNotAvailable

        text = begin_writing(silence=self._silence, look=LOOK)
        end, seen = time.monotonic() + PATIENCE, None
        while True:
            try:
                connection, cursor = self._first(text)
                return connection, _number(cursor)
            except LockNotAvailable:
                holder = self._holder()
            if holder is not None and holder == seen and holder[-1]:
                self._end(holder)
            elif time.monotonic() > end:
                raise self._busy(holder)
            seen = holder

    def _holder(self) -> tuple[Any, ...] | None:
        with self.alone() as connection:
            found: tuple[Any, ...] | None = connection.execute(HOLDER).fetchone()
        return found

    def _end(self, holder: tuple[Any, ...]) -> None:
        """The server has waited for this client all the while, and got nothing."""
        with contextlib.suppress(StoreError), self.alone() as connection:
            connection.execute("SELECT pg_terminate_backend(%s)", (holder[0],))

    def _busy(self, holder: tuple[Any, ...] | None) -> StoreError:
        who = f' (server process {holder[0]}, "{holder[1]}")' if holder else ""
        return StoreError(
            "DB_BUSY",
            self.connections.shown,
            f"another process{who} holds the database",
            "Nothing changed",
            "Close it and retry",
        )

    # -- ending -------------------------------------------------------------------

    def _commit(self, connection: Any, number: str) -> None:
        try:
            connection.execute("COMMIT")
        except Exception as error:
            if not pgtroubles.is_lost(error):
                raise
            if not self._was_committed(number, error):
                raise

    def _was_committed(self, number: str, error: BaseException) -> bool:
        """What became of a transaction whose COMMIT was not answered."""
        end = time.monotonic() + DOUBT
        while time.monotonic() < end:
            with contextlib.suppress(StoreError), self.alone() as connection:
                found = _fate(connection, number)
                if found != "in progress":
                    return found == "committed"
            time.sleep(0.2)
        raise StoreError(
            "COMMIT_UNKNOWN",
            self.connections.shown,
            f"it went away in the middle of a commit ({pgtroubles.said(error)})",
            "Whether the change was kept is not known yet",
            "When the server is back, look before you repeat it",
        ) from error


def _number(cursor: Any) -> str:
    """The number of the transaction, from the results of WRITE."""
    while cursor.description is None:
        cursor.nextset()
    return str(cursor.fetchone()[1])


def _fate(connection: Any, number: str) -> str:
    """committed, aborted or in progress; a number that the server, a copy that took
    over, has never given is of a transaction that did not reach it."""
    from psycopg.errors import InvalidParameterValue

    try:
        row = connection.execute("SELECT pg_xact_status(%s::xid8)", (number,))
        return str(row.fetchone()[0])
    except InvalidParameterValue:
        return "aborted"

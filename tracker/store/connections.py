"""Connections to one PostgreSQL server, kept between transactions.

Making one costs more than most transactions do. What lies here unused belongs to no
transaction and has no state of its own, so that a pooler in front may hand the
connection behind it to anybody else after each transaction: nothing is prepared by
the server, and nothing is set but within a transaction.
"""

from __future__ import annotations

import contextlib
import os
import platform
import random
import threading
import time
import weakref
from typing import Any

from tracker.store import pgtroubles

#: So many unused connections are kept, for so many seconds.
KEPT, FRESH = 4, 30.0
#: After a server that was there has gone, it is waited for so long; seconds.
RETURNS = 10.0
#: How long the other side may be silent: a host that is gone must not be waited for.
USUAL = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}


class Connections:
    """Of one process to one server; safe for threads."""

    def __init__(self, url: str) -> None:
        self._url = url.replace("postgresql+psycopg:", "postgresql:")
        self._idle: list[tuple[Any, float]] = []
        self._guard = threading.Lock()
        self._met = False
        weakref.finalize(self, _close_all, self._idle)

    @property
    def shown(self) -> str:
        """The address without user and password."""
        address = self._url.partition("://")[2].rpartition("@")[2]
        return "postgres " + address.partition("?")[0]

    def take(self) -> Any:
        """A connection outside any transaction: a kept one, or a new one.

        A server that has been there before is waited for a while. Raises StoreError.
        """
        while (kept := self._kept()) is not None:
            connection, since = kept
            if not connection.closed and time.monotonic() - since < FRESH:
                return connection
            connection.close()
        return self._awaited() if self._met else self.new()

    def give(self, connection: Any) -> None:
        """Back after use; it is closed unless it is as good as new."""
        from psycopg.pq import TransactionStatus

        idle = connection.info.transaction_status == TransactionStatus.IDLE
        with self._guard:
            if idle and not connection.closed and len(self._idle) < KEPT:
                self._idle.append((connection, time.monotonic()))
                return
        connection.close()

    def new(self) -> Any:
        """A connection of its own, at once. Raises StoreError DB_DOWN."""
        try:
            return self._made()
        except _errors() as error:
            again = pgtroubles.passes(error)
            raise pgtroubles.down(error, self.shown, again=again) from error

    def close(self) -> None:
        """Let go of what is unused."""
        with self._guard:
            _close_all(self._idle)

    def _kept(self) -> tuple[Any, float] | None:
        with self._guard:
            return self._idle.pop() if self._idle else None

    def _awaited(self) -> Any:
        end = time.monotonic() + RETURNS
        while True:
            try:
                return self._made()
            except _errors() as error:
                if not pgtroubles.passes(error) or time.monotonic() > end:
                    # it was waited for: nobody waits again for the same
                    raise pgtroubles.down(error, self.shown) from error
            time.sleep(random.uniform(0.1, 0.5))  # noqa: S311 no secret

    def _made(self) -> Any:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict, make_conninfo

        name = {"fallback_application_name": f"tracker {os.getpid()}@{platform.node()}"}
        given: dict[str, Any] = conninfo_to_dict(self._url)
        made = psycopg.connect(
            make_conninfo(**{**USUAL, **name, **given}),
            autocommit=True,
            prepare_threshold=None,
        )
        self._met = True
        return made


def _errors() -> Any:
    import psycopg

    return psycopg.OperationalError


def _close_all(idle: list[tuple[Any, float]]) -> None:
    while idle:
        with contextlib.suppress(Exception):
            idle.pop()[0].close()

"""Cuts an upgrade off, again and again: `python cutting.py URL HOME [LIMIT]`.

At each statement of the upgrade a process of its own is killed (SQLite) or its server
process ended (PostgreSQL), on SQLite also at moments within the commit. Prints the
states that the database was found in: a JSON list of [where, version, digest].
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tracker.store import schema
from tracker.store.database import Database

#: Statements that make triggers are many and alike: of those, each so many-th is cut.
ALIKE = 40
#: Moments within the commit, in seconds.
MOMENTS = [0.0002 * 1.8**n for n in range(13)]


def main() -> None:
    url, home = sys.argv[1], Path(sys.argv[2])
    database = Database(url, home)
    cut = _on_sqlite if database.dialect == "sqlite" else _on_postgresql
    found = [["before", *state(database)]]
    found += [[where, *state(database)] for where in cut(database)]
    schema.upgrade(database)
    found.append(["after", *state(database)])
    print(json.dumps(found))


def state(database: Database) -> tuple[str | None, str]:
    """The version, and a digest of all tables, what they are made of and their rows."""
    shapes = {
        "sqlite": "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2",
        "postgresql": "SELECT relkind::text, relname, relnatts::text FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace ORDER BY 1, 2",
    }
    digest = hashlib.sha256()
    with database.reading() as link:
        shape = link.all(shapes[database.dialect])
        digest.update(repr(shape).encode())
        for kind, name, _ in shape:
            if kind in ("table", "r", "p") and not name.startswith("sqlite_"):
                rows = sorted(map(repr, link.all(f'SELECT * FROM "{name}"')))
                digest.update(repr((name, rows)).encode())
    return schema.version(database), digest.hexdigest()


def _some(statements: list[str]) -> Iterator[int]:
    """Which statements are cut: all, but few of those that are alike."""
    for n, statement in enumerate(statements):
        if "TRIGGER" not in statement or n % ALIKE == 0:
            yield n


# -- SQLite: the process is killed ---------------------------------------------------


class Traced(Database):
    """Tells of each statement before it is done."""

    def _connect_sqlite(self) -> Any:
        link = super()._connect_sqlite()
        link.set_trace_callback(self.told)
        return link

    def told(self, statement: str) -> None:
        raise NotImplementedError


def _on_sqlite(database: Database) -> Iterator[str]:
    assert database.path is not None
    home, whole = database.path.parent, database.path.with_suffix(".whole")
    shutil.copyfile(database.path, whole)
    statements: list[str] = []
    other = Traced(f"sqlite:///{whole.name}", home)
    other.told = statements.append  # type: ignore[method-assign]
    upgraded = whole.with_suffix(".upgraded")
    schema.upgrade(other)
    shutil.move(whole, upgraded)
    statements = [one for one in statements if one.strip()]
    again = database.path.read_bytes()
    for n in _some(statements):
        _child(database, n, None)
        yield f"{n}: {statements[n][:50]}"
    for moment in MOMENTS:
        _child(database, len(statements), moment)
        yield f"commit + {moment}"
        for file in home.glob(database.path.name + "*"):
            file.unlink()
        database.path.write_bytes(again)


def _child(database: Database, cut: int, moment: float | None) -> None:
    """An upgrade that is killed before a statement, or soon after its commit began."""
    if child := os.fork():
        os.waitpid(child, 0)
        return
    traced = Traced(database.url, database.path.parent)  # type: ignore[union-attr]
    count = iter(range(10**9))

    def told(statement: str) -> None:
        if not statement.strip():
            return
        if next(count) == cut:
            os.kill(os.getpid(), signal.SIGKILL)
        if moment is not None and statement == "COMMIT":
            signal.setitimer(signal.ITIMER_REAL, moment)  # unhandled: it kills

    traced.told = told  # type: ignore[method-assign]
    try:
        schema.upgrade(traced)
    finally:
        os._exit(0)


# -- PostgreSQL: the server process is ended -----------------------------------------


def _on_postgresql(database: Database) -> Iterator[str]:
    statements: list[str] = []
    # the last one is the commit: the first round ends before it
    for end in (True, False):
        count = 0
        wanted = set(_some(statements)) if not end else {10**9}
        while wanted:
            count = min(wanted)
            wanted.discard(count)
            cut = Cut(database.url, Path(), count, stop=end)
            with contextlib.suppress(Exception):
                schema.upgrade(cut)
            cut.close()
            if end:
                statements = cut.statements
                yield "all but the commit"
                break
            yield f"{count}: {statements[count][:50]}"


class Cut(Database):
    """The server process ends before a statement. stop: before the commit."""

    def __init__(self, url: str, home: Path, cut: int, *, stop: bool) -> None:
        super().__init__(url, home)
        self.cut, self.stop, self.statements = cut, stop, []
        new = self.server.connections.new

        def traced() -> Any:
            connection = new()
            connection.cursor_factory = _cursors(self, connection)
            return connection

        self.server.connections.new = traced  # type: ignore[method-assign]


def _cursors(cut: Cut, connection: Any) -> Any:
    import psycopg

    class Told(psycopg.Cursor):  # type: ignore[type-arg]
        def execute(self, query: Any, *args: Any, **options: Any) -> Any:
            said = query.decode() if isinstance(query, bytes) else str(query)
            last = cut.stop and said == "COMMIT"
            if last or len(cut.statements) == cut.cut:
                with psycopg.connect(cut.url.replace("+psycopg", "")) as other:
                    pid = connection.info.backend_pid
                    other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
            cut.statements.append(said)
            return super().execute(query, *args, **options)

    return Told


if __name__ == "__main__":
    main()

"""A consistent copy of the whole database in a file, and whether such a file is whole.

SQLite copies itself (VACUUM INTO), so nothing else opens the file. PostgreSQL is
dumped by pg_dump from the very snapshot that its inventory is taken from. Others go on
reading and writing meanwhile.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

from tracker.errors import StoreError
from tracker.store import inventory, pgtools
from tracker.store.database import PATIENCE, Database, Link
from tracker.store.returning import Statement

#: Names of the copy, by the kind of database.
FILES = {"sqlite": "tracker.db", "postgresql": "database.dump"}


def copy(database: Database, to: Path, stop: Event | None = None) -> dict[str, Any]:
    """Write a copy of the database into a new file; its inventory. StoreError."""
    if database.dialect == "sqlite":
        return _copy_sqlite(database, to, stop or Event())
    return _dump(database, to, stop or Event())


def _copy_sqlite(database: Database, to: Path, stop: Event) -> dict[str, Any]:
    assert database.path is not None
    if not database.path.is_file():
        inventory.refuse_empty({}, database.path.name)
    connection = database.connect()
    # asked every so many steps of SQLite's machine; true ends the statement
    connection.set_progress_handler(stop.is_set, 100_000)
    try:
        with database.translated():
            connection.execute("VACUUM INTO ?", (str(to),))
    finally:
        connection.close()
    to.chmod(0o600)
    with opened(to) as link:
        found = inventory.take(link)
    inventory.refuse_empty(found, database.path.name)
    return found


@contextmanager
def opened(file: Path) -> Iterator[Link]:
    """A copy, for reading alone. It is taken to be a file that nobody writes, so no
    other file appears beside it. StoreError when it is no database."""
    where = file.resolve()
    connection = sqlite3.connect(f"{where.as_uri()}?immutable=1", uri=True)
    try:
        with Database(f"sqlite:///{where}", where.parent).translated():
            yield Link(connection, "sqlite")
    finally:
        connection.close()


def damage(file: Path) -> str | None:
    """What SQLite finds wrong with a copy; None when it is whole."""
    try:
        with opened(file) as link:
            said = str(link.value("PRAGMA integrity_check(1)"))
            broken = link.one("PRAGMA foreign_key_check")
    except StoreError as error:
        return error.cause
    if said != "ok":
        return said.splitlines()[-1]
    return f"a row of {broken[0]} points nowhere" if broken else None


def count(file: Path) -> dict[str, Any]:
    """The inventory of a copy of SQLite."""
    with opened(file) as link:
        return inventory.take(link)


# -- PostgreSQL -----------------------------------------------------------------------


def _dump(database: Database, to: Path, stop: Event) -> dict[str, Any]:
    program = pgtools.find("pg_dump", "No backup was made")
    with database.reading() as link:
        link.run("SET LOCAL idle_in_transaction_session_timeout = 0")
        snapshot = str(link.value("SELECT pg_export_snapshot()"))
        schema = str(link.value("SELECT current_schema()"))
        found = inventory.take(link)
        inventory.refuse_empty(found, "the database")
        words = ["--format=custom", f"--snapshot={snapshot}", f"--file={to}"]
        words += ["--no-owner", "--no-privileges", f'--schema="{schema}"']
        words += [f'--exclude-table="{schema}"."{name}"' for name in _others(link)]
        pgtools.run(program, words, database.url, stop, "No backup was made")
    to.chmod(0o600)
    return found


def _others(link: Link) -> list[str]:
    """Tables and views beside ours in the same schema: somebody else's."""
    ours = inventory.known()
    return [
        name
        for name, kind, part in link.all(inventory.POSTGRES_RELATIONS)
        if name not in ours and not (part and kind in "rp")
    ]


def listed(file: Path) -> set[str]:
    """Names of tables whose rows a dump holds. StoreError when it cannot be read."""
    program = pgtools.find("pg_restore", "The backup was not looked into")
    said = pgtools.run(program, ["--list", str(file)], None, Event(), "It is not whole")
    rows = (line.partition(" TABLE DATA ")[2] for line in said.splitlines())
    return {row.split()[1] for row in rows if row}


# -- the way back ---------------------------------------------------------------------


def stage(copy: Path, to: Path, statements: Iterable[Statement]) -> None:
    """A copy of a copy, with more written into it, on the disk."""
    shutil.copyfile(copy, to)
    to.chmod(0o600)
    database = Database(f"sqlite:///{to}", to.parent)
    connection = sqlite3.connect(to, isolation_level=None)
    try:
        with database.translated():
            link = Link(connection, "sqlite")
            link.run("PRAGMA journal_mode=DELETE")
            link.run("BEGIN IMMEDIATE")
            for sql, values in statements:
                link.run(sql, values)
            link.run("COMMIT")
    finally:
        connection.close()


def pour(staged: Path, database: Database) -> None:
    """Put a copy in the place of everything in a SQLite database, in one transaction:
    cut off, it leaves what was there. Others wait, then see the copy. StoreError."""
    source, target = sqlite3.connect(staged), database.connect()
    began = time.monotonic()

    def patient(status: int, remaining: int, total: int) -> None:
        if remaining == total and time.monotonic() - began > PATIENCE:
            raise sqlite3.OperationalError("database is locked")

    try:
        with database.translated():
            source.backup(target, progress=patient, sleep=0.1)
            target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        source.close()
        target.close()

"""One database, opened one way: SQLite in a file, or PostgreSQL by URL.

The rule kept here: every transaction is explicit. Readers see one snapshot;
writers are one at a time from their first statement (BEGIN IMMEDIATE, or an
advisory lock on PostgreSQL), so what a writer has read is still true when it
writes. Nothing else in the process opens the file: closing a second descriptor
would drop SQLite's locks.

SQL is written once, with `?` for parameters, for both databases.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.clock import pretended
from tracker.errors import ConfigError, StoreError
from tracker.store.postgresql import Server, begin_writing
from tracker.who import NOBODY, Who

if TYPE_CHECKING:
    import polars as pl
    from sqlalchemy import Engine
    from sqlmodel import Session

    from tracker.store.archive.files import Address

#: How long a writer waits for another one before it gives up, in seconds.
PATIENCE = 30
#: How long an upgrade of the schema waits for another one, in seconds.
UPGRADES = 600
#: Where the archive is, unless tracker.toml says so.
ARCHIVE = "archive"
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-32768",
)


class Link:
    """A connection inside a transaction: statements with `?`, rows as tuples.

    of: the database it is a connection of; without it nothing archived is read.
    """

    def __init__(
        self,
        connection: Any,
        dialect: str,
        who: Who = NOBODY,
        of: Database | None = None,
    ) -> None:
        self.connection, self.dialect, self.who = connection, dialect, who
        #: How long it was waited for the writer's turn, in ms.
        self.waited = 0
        #: Temporary tables of this transaction, on PostgreSQL.
        self.made: set[str] = set()
        self._of = of

    @property
    def archive(self) -> Address:
        """Where the files of archived readings are."""
        assert self._of is not None
        return self._of.archive

    def _said(self, sql: str) -> str:
        if self.dialect == "sqlite":
            return sql
        return sql.replace("%", "%%").replace("?", "%s")

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Do one statement; the number of changed rows."""
        return int(self._cursor(sql, values).rowcount)

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return list(self._cursor(sql, values).fetchall())

    def each(
        self, sql: str, values: Sequence[Any] = (), *, size: int
    ) -> Iterator[tuple[Any, ...]]:
        """Row after row, some at a time; PostgreSQL keeps the rest in a cursor."""
        cursor: Any
        if self.dialect == "sqlite":
            cursor = self._cursor(sql, values)
        else:
            cursor = self.connection.cursor(name="each")
            cursor.execute(self._said(sql), tuple(values))
        try:
            while some := cursor.fetchmany(size):
                yield from some
        finally:
            cursor.close()

    def one(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._cursor(sql, values).fetchone()
        return found

    def value(self, sql: str, values: Sequence[Any] = ()) -> Any:
        found = self.one(sql, values)
        return found[0] if found else None

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self.connection.cursor().executemany(self._said(sql), rows)

    def _cursor(self, sql: str, values: Sequence[Any]) -> Any:
        cursor = self.connection.cursor()
        # psycopg reads %% only when it is given parameters, even none of them
        cursor.execute(self._said(sql), tuple(values))
        return cursor

    def frame(
        self, sql: str, values: Sequence[Any] = (), schema: dict[str, Any] | None = None
    ) -> pl.DataFrame:
        """The answer as a frame; schema names and types its columns."""
        import polars as pl

        rows = self._cursor(sql, values).fetchall()
        return pl.DataFrame(rows, schema=schema, orient="row")


class Database:
    """A URL, and the connections made from it.

    archive: where readings of closed months are, a folder below home or s3://.
    """

    def __init__(
        self, url: str, home: Path, who: Who = NOBODY, *, archive: str = ARCHIVE
    ) -> None:
        self.url, self.who = url, who
        self._home, self._archive = home, archive
        self.dialect = "postgresql" if url.startswith("postgres") else "sqlite"
        if self.dialect == "sqlite" and not url.startswith("sqlite:///"):
            raise ConfigError(
                "DATABASE_URL",
                "tracker.toml",
                f'"{url.split(":", maxsplit=1)[0]}" is no database the tracker knows',
                "Nothing was opened",
                "Use sqlite:///FILE or postgresql://HOST/NAME",
            )
        #: The database file; None on PostgreSQL.
        self.path: Path | None = None
        if self.dialect == "sqlite":
            self.path = home / url.removeprefix("sqlite:///")

    @cached_property
    def archive(self) -> Address:
        """Where the files of archived readings are."""
        from tracker.store.archive.files import Address

        return Address(self._archive, self._home)

    @cached_property
    def server(self) -> Server:
        """The PostgreSQL server."""
        return Server(self.url, daemon=self.who.origin == "daemon")

    def connect(self) -> Any:
        """A new connection of the driver, outside any transaction."""
        if self.dialect == "sqlite":
            return self._connect_sqlite()
        return self.server.connections.new()

    def close(self) -> None:
        """Let go of the connections that are kept between transactions."""
        if "server" in self.__dict__:
            self.server.connections.close()

    def _connect_sqlite(self) -> sqlite3.Connection:
        assert self.path is not None
        fresh = not self.path.exists()
        try:
            if fresh:  # private from its first byte
                os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            link = sqlite3.connect(
                self.path,
                timeout=PATIENCE,
                isolation_level=None,
                check_same_thread=False,
            )
            for pragma in PRAGMAS:
                link.execute(pragma)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(*_sqlite_trouble(self.path.name, error)) from error
        return link

    @contextmanager
    def reading(self) -> Iterator[Link]:
        """One snapshot to read from."""
        if self.dialect == "sqlite":
            with self._transaction("BEGIN") as link:
                yield link
            return
        with self.server.reading() as connection:
            yield Link(connection, self.dialect, self.who, self)

    @contextmanager
    def writing(self) -> Iterator[Link]:
        """The one writer; committed at the end, or all undone by an exception."""
        with self._write() as link, _dated(link):
            yield link

    @contextmanager
    def _write(self) -> Iterator[Link]:
        began = time.monotonic()
        if self.dialect == "sqlite":
            with self._transaction("BEGIN IMMEDIATE") as link:
                link.waited = _since(began)
                yield link
            return
        with self.server.writing() as connection:
            link = Link(connection, self.dialect, self.who, self)
            link.waited = _since(began)
            yield link

    @contextmanager
    def alone(self) -> Iterator[Link]:
        """Statements that are a transaction each, and wait for no other writer where
        the database has several (PostgreSQL)."""
        if self.dialect != "sqlite":
            with self.server.alone() as connection:
                yield Link(connection, self.dialect, self.who, self)
            return
        connection = self.connect()
        try:
            with self.translated():
                yield Link(connection, self.dialect, self.who, self)
        finally:
            connection.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Link]:
        """On SQLite."""
        connection = self.connect()
        link = Link(connection, self.dialect, self.who, self)
        try:
            with self.translated():
                link.run(begin)
                try:
                    yield link
                except BaseException:
                    link.run("ROLLBACK")
                    raise
                link.run("COMMIT")
        finally:
            connection.close()

    @contextmanager
    def translated(self) -> Iterator[None]:
        """The driver's exceptions as StoreError."""
        if self.dialect != "sqlite":
            with self.server.translated():
                yield
            return
        try:
            yield
        except sqlite3.DatabaseError as error:
            name = self.path.name if self.path else "database"
            raise StoreError(*_sqlite_trouble(name, error)) from error

    def sound(self) -> str:
        """What the database says of its own file: "ok", or its first complaint."""
        if self.dialect != "sqlite":
            return "ok"
        with self.reading() as link:
            found = link.value("PRAGMA integrity_check(1)")
            broken = link.one("PRAGMA foreign_key_check")
        return str(found) if broken is None else f"foreign key of {broken[0]}"

    # -- SQLModel, for the small objects --------------------------------------

    @cached_property
    def engine(self) -> Engine:
        """SQLAlchemy on the same connections; imported only when it is used."""
        creator = (
            self._connect_sqlite
            if self.dialect == "sqlite"
            else self.server.connections.new
        )
        return _engine(self.dialect, creator)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A SQLModel session that is the one writer; committed at the end."""
        from sqlmodel import Session

        with (
            self.translated(),
            Session(self.engine.execution_options(patience=PATIENCE)) as session,
            session.begin(),
            _dated(self.link(session)),
        ):
            yield session
            session.flush()

    def link(self, session: Session) -> Link:
        """The session's own connection for plain statements, same transaction."""
        session.flush()
        driver = session.connection().connection.driver_connection
        return Link(driver, self.dialect, self.who, self)


def _engine(dialect: str, creator: Callable[[], Any]) -> Engine:
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    name = "sqlite://" if dialect == "sqlite" else "postgresql+psycopg://"
    engine = create_engine(name, creator=creator, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        if dialect == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            waits = connection.get_execution_options().get("patience", UPGRADES)
            connection.connection.driver_connection.execute(begin_writing(look=waits))
            if name := connection.get_execution_options().get("application"):
                connection.exec_driver_sql(f"SET LOCAL application_name = '{name}'")

    @event.listens_for(engine, "commit")
    def commit(connection: Any) -> None:
        if dialect == "postgresql":
            connection.exec_driver_sql("COMMIT")

    @event.listens_for(engine, "rollback")
    def rollback(connection: Any) -> None:
        if dialect == "postgresql":
            connection.connection.driver_connection.execute("ROLLBACK")

    return engine


def _since(began: float) -> int:
    """How long it was waited, in ms; below a second nobody has waited."""
    waited = round((time.monotonic() - began) * 1000)
    return waited if waited >= 1000 else 0


@contextmanager
def _dated(link: Link) -> Iterator[None]:
    """Where the clock is a pretended one, what is changed was changed then."""
    at = pretended()
    if at is None:
        yield
        return
    number = link.value("SELECT coalesce(max(n), 0) FROM past")
    yield
    link.run("UPDATE past SET at = ? WHERE n > ?", (at, number))


def _sqlite_trouble(name: str, error: Exception) -> tuple[str, str, str, str, str]:
    """Code, subject, cause, what now, what to do."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return (
            "DB_BUSY",
            name,
            "another process holds the database",
            "Nothing changed",
            "Close it and retry",
        )
    if "full" in text:
        return (
            "DISK_FULL",
            name,
            "no space left",
            "Nothing changed",
            "Free space and retry",
        )
    if "readonly" in text or "read-only" in text or isinstance(error, PermissionError):
        return (
            "DB_READONLY",
            name,
            "the file or its folder cannot be written",
            "Nothing changed",
            "Change its permissions or set `database` in tracker.toml",
        )
    if "malformed" in text or "not a database" in text:
        return (
            "DB_CORRUPT",
            name,
            text,
            "File untouched",
            "Run: tracker restore latest; `tracker doctor` says more",
        )
    return ("DB_IO", name, text, "Nothing changed", "Check the disk, then retry")

"""The way back for PostgreSQL: a dump in the place of the tracker's tables.

One transaction of psql drops our tables, reads the dump, counts the rows, writes what
the restored rows must learn, and only then commits. Whatever fails or is killed before
leaves the database as it was.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from tracker.store import inventory, pgtools
from tracker.store.database import Database
from tracker.store.postgresql import WRITER_LOCK
from tracker.store.returning import Statement

NOW = "Nothing was restored, the database is as it was"
PIECE = 1 << 20
#: The function of our triggers goes with the tables, and comes back with the dump.
FUNCTION = "DROP FUNCTION IF EXISTS tracker_past()"
#: How long we wait for others to let go of a table.
WAIT = "SET lock_timeout = '30s'"


def reload(
    database: Database, dump: Path, said: dict[str, Any], more: Iterable[Statement]
) -> None:
    """Put a dump in place. said: its inventory. more: what is written afterwards.
    StoreError PG_TOOL with the first complaint."""
    psql = pgtools.find("psql", NOW)
    restore = pgtools.find("pg_restore", NOW)
    with database.reading() as link:
        schema = str(link.value("SELECT current_schema()"))
        ours = inventory.tables(link)
    before = "\n".join(f"{one};" for one in _before(ours)) + "\n"
    after = "\n".join(f"{one};" for one in _after(schema, said, more)) + "\n"
    target, around = pgtools.address(database.url)
    words = [psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", f"--dbname={target}"]
    with subprocess.Popen(
        words,
        env=around,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        heard = _Heard(process.stderr)
        try:
            _feed(process, restore, dump, before, after)
        except BrokenPipeError:
            pass  # it stopped at a complaint
        except BaseException:
            process.kill()
            raise
        process.wait()
        if process.returncode:
            raise pgtools.failed("psql", heard.text(), NOW)


def _before(ours: list[str]) -> Iterator[str]:
    yield "BEGIN"
    yield WAIT
    yield f"SELECT pg_advisory_xact_lock({WRITER_LOCK})"
    if ours:
        yield "DROP TABLE " + ", ".join(f'"{name}"' for name in ours)
    yield FUNCTION


def _after(
    schema: str, said: dict[str, Any], more: Iterable[Statement]
) -> Iterator[str]:
    yield f'SET search_path = "{schema}"'
    for table, rows in said["tables"].items():
        yield (
            f'DO $$ BEGIN IF (SELECT count(*) FROM "{table}") <> {int(rows)} THEN'
            f" RAISE EXCEPTION 'table {table} has not the {int(rows)} rows that the"
            " manifest tells of'; END IF; END $$"
        )
    yield from (_said(sql, values) for sql, values in more)
    yield "COMMIT"


def _said(sql: str, values: tuple[Any, ...]) -> str:
    """A statement with its values in it."""
    parts = sql.split("?")
    return parts[0] + "".join(
        _literal(value) + part for value, part in zip(values, parts[1:], strict=True)
    )


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("'", "''").replace("\0", "") + "'"


def _feed(
    process: subprocess.Popen[bytes], restore: str, dump: Path, before: str, after: str
) -> None:
    """Our words, the dump as SQL, our words. Without the last ones nothing is
    committed, so they are said only when the dump was read to its end."""
    assert process.stdin is not None
    process.stdin.write(before.encode())
    words = [restore, "--no-owner", "--no-privileges", "--file=-", str(dump)]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as reader:
        heard = _Heard(reader.stderr)
        assert reader.stdout is not None
        for line in _lines(reader.stdout):
            process.stdin.write(line)
        if reader.wait():
            raise pgtools.failed("pg_restore", heard.text(), NOW)
    process.stdin.write(after.encode())
    process.stdin.close()


def _lines(out: IO[bytes]) -> Iterator[bytes]:
    """The dump as SQL, but for the schema itself, which is there."""
    head = True
    for line in out:
        head = head and not line.startswith(b"COPY ")
        if not (head and line.startswith(b"CREATE SCHEMA ")):
            yield line


class _Heard:
    """What a program complains of, read while it works so that it never waits."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        assert stream is not None
        self._stream, self._said = stream, b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        for line in self._stream:
            self._said = (self._said + line)[:100_000]

    def text(self) -> str:
        self._thread.join(5.0)
        return self._said.decode("utf-8", "replace")

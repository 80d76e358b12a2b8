"""Nothing of what was deleted stays in the database's files.

SQLite leaves copies of rows in pages that were split and in its log, whatever
`secure_delete` says of the rows themselves: only a rewritten file and an empty log are
clean (measured). PostgreSQL keeps dead rows until a table is rewritten, and samples of
columns, which its planner takes, until it takes new ones. Its write-ahead log is not
ours to empty: the server recycles it (`LINGERS`).
"""

from __future__ import annotations

import time
from typing import Any

from tracker.store.database import Database

#: How long readers are waited for, in seconds.
PATIENCE = 20.0
#: What is told of a database whose log is not ours.
LINGERS = (
    "PostgreSQL's write-ahead log and copies of the server may hold them until the"
    " server recycles and deletes them: see to these yourself."
)


def compact(database: Database) -> bool:
    """Rewrite everything; False when somebody else reads the file all the time."""
    connection = database.connect()
    try:
        with database.translated():
            if database.dialect == "sqlite":
                return _rewritten(connection)
            _tables_rewritten(connection)
        return True
    finally:
        connection.close()


def unused(database: Database) -> int:
    """Bytes of the database's file that hold nothing and are used again; 0 on
    PostgreSQL, which says it of no table."""
    if database.dialect != "sqlite":
        return 0
    with database.reading() as link:
        pages = int(link.value("PRAGMA freelist_count"))
        return pages * int(link.value("PRAGMA page_size"))


def _rewritten(connection: Any) -> bool:
    connection.execute("PRAGMA temp_store=FILE")  # the file may not fit into memory
    connection.execute("VACUUM")
    end = time.monotonic() + PATIENCE
    while True:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy or time.monotonic() > end:
            return not busy
        time.sleep(0.1)


def _tables_rewritten(connection: Any) -> None:
    from sqlmodel import SQLModel

    from tracker.store import tables

    assert tables
    for table in SQLModel.metadata.sorted_tables:
        connection.execute(f'VACUUM (FULL, ANALYZE) "{table.name}"')
    connection.execute("VACUUM (FULL) pg_catalog.pg_statistic")  # only its owner may

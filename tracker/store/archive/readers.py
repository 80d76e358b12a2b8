"""Waiting for those who still read what has been replaced.

Who began to read before a change has the old list of files in its snapshot, and may
open them yet.
"""

from __future__ import annotations

import time
from typing import Any

from tracker.store.database import Database

#: How long readers are waited for, in seconds.
PATIENCE = 10.0
OLDER = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL"
    " AND xact_start < clock_timestamp() - CAST(%s AS double precision)"
    " * interval '1 second'"
)


def wait(database: Database) -> bool:
    """Until nobody reads what was there before this was called; False: somebody may
    still."""
    began = time.monotonic()
    connection = database.connect()
    try:
        with database.translated():
            if database.dialect == "sqlite":
                connection.execute("PRAGMA busy_timeout=0")
            while not _alone(connection, database.dialect, time.monotonic() - began):
                if time.monotonic() - began > PATIENCE:
                    return False
                time.sleep(0.05)
        return True
    finally:
        connection.close()


def _alone(connection: Any, dialect: str, passed: float) -> bool:
    if dialect == "sqlite":
        # The log can begin anew only when nobody reads what is in it.
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
        return not busy
    return not connection.execute(OLDER, (passed,)).fetchone()[0]

"""The version of the schema: making it, checking it, bringing it up to date.

Alembic's steps are the only way to a schema, for a new database as for an old one.
All steps of an upgrade are one transaction: cut off, it leaves the old schema, and
two processes can never share them out between them.
"""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path
from threading import Lock
from typing import Any

from tracker.errors import SchemaError
from tracker.store.database import UPGRADES, Database
from tracker.store.postgresql import WRITER_LOCK

#: Alembic's context is the process's: two threads in it at once crash.
_ONE = Lock()
STEPS = Path(__file__).parent / "migrations"
#: How an upgrade is called on the server, before its pid and host.
NAME = "tracker upgrade "
UPGRADERS = (
    "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
    " WHERE l.locktype = 'advisory' AND l.granted AND l.objid = ?"
    " AND a.application_name LIKE ? AND a.datname = current_database()"
)


def newest() -> str:
    """The schema version this code works with; read from the names of the steps."""
    names = sorted(path.name for path in (STEPS / "versions").glob("[0-9]*.py"))
    return names[-1].split("_")[0]


def version(database: Database) -> str | None:
    """The schema version of the database; None when it has no tables yet."""
    present = {
        "sqlite": "SELECT name FROM sqlite_master WHERE name = 'alembic_version'",
        "postgresql": "SELECT to_regclass('alembic_version')",
    }[database.dialect]
    with database.reading() as link:
        if not link.value(present):
            return None
        return str(link.value("SELECT version_num FROM alembic_version"))


def ensure(database: Database) -> None:
    """Make the schema in an empty database; refuse one of another version.

    Raises SchemaError; nothing is written then.
    """
    found = version(database)
    if found is None:
        upgrade(database)
    elif found != newest():
        raise _mismatch(database, found)


def is_older(found: str) -> bool:
    """Is it a version that an upgrade brings up to date?"""
    return bool(re.fullmatch(r"\d+", found)) and found < newest()


def _mismatch(database: Database, found: str) -> SchemaError:
    name = database.path.name if database.path else "the database"
    if is_older(found):
        return SchemaError(
            "SCHEMA_OLDER",
            name,
            f"it has schema {found}; this version needs {newest()}",
            "Not opened",
            "Run: tracker db upgrade",
        )
    return SchemaError(
        "SCHEMA_NEWER",
        name,
        f"it has schema {found}; this version knows up to {newest()}",
        "Not opened, nothing written",
        "Upgrade the tracker, or restore the backup from before the upgrade",
    )


def upgrade(database: Database, to: str = "head") -> None:
    """Bring the schema up to date, step by step; SchemaError: it is newer."""
    from alembic import command

    found = version(database)
    if found not in (None, newest()) and not is_older(str(found)):
        raise _mismatch(database, str(found))
    engine = database.engine.execution_options(application=_name())
    with _ONE, database.translated(), engine.connect() as connection:
        if database.dialect == "sqlite":  # for as long as another one may take
            driver: Any = connection.connection.driver_connection
            driver.execute(f"PRAGMA busy_timeout = {UPGRADES * 1000}")
        command.upgrade(_config(connection), to)


def _name() -> str:
    return f"{NAME}{os.getpid()}@{platform.node()}".replace("'", "")


def upgrader(database: Database) -> str | None:
    """Who upgrades the database now, on whatever host (PostgreSQL): `pid@host`."""
    if database.dialect == "sqlite":
        return None
    with database.reading() as link:
        found = link.value(UPGRADERS, (WRITER_LOCK, f"{NAME}%"))
    return str(found).removeprefix(NAME) if found else None


def _config(connection: Any) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(STEPS))
    config.attributes["connection"] = connection
    return config

"""What databases are made of, and whether a file was written."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tracker.store.database import Database, Link


def shape(database: Database) -> dict[str, list[object]]:
    """Of every table: its columns, keys, indexes, whether it has row numbers."""
    with database.reading() as link:
        tables = link.all(
            "SELECT l.name, l.wr, l.strict, m.sql LIKE '%CHECK%'"
            " FROM pragma_table_list l JOIN sqlite_master m USING (name)"
            " WHERE l.type = 'table' AND name <> 'alembic_version'"
        )
        return {name: [said, *_parts(link, name)] for name, *said in tables}


def _parts(link: Link, name: str) -> list[object]:
    """Columns, foreign keys and indexes, whatever their order and names."""
    columns = link.all("SELECT * FROM pragma_table_info(?)", (name,))
    foreign = link.all("SELECT * FROM pragma_foreign_key_list(?)", (name,))
    indexes = link.all("SELECT * FROM pragma_index_list(?)", (name,))
    return [
        sorted(map(repr, (row[1:] for row in columns))),
        sorted(map(repr, (row[2:] for row in foreign))),
        sorted(
            repr((rest, link.all("SELECT name FROM pragma_index_info(?)", (index,))))
            for _, index, *rest in indexes
        ),
    ]


def kept(home: Path, name: str = "tracker.db") -> dict[str, str]:
    """Hashes of the database and what it has not yet written back."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in home.glob(f"{name}*")
        if path.stat().st_size and not path.name.endswith("-shm")
    }

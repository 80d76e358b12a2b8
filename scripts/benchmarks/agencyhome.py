"""A workspace of an agency, made by the commands a user has."""

from __future__ import annotations

import contextlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import agencyfiles
from agency import Size
from workspace import BLOCK, ask, empty, tracker

#: Where rows are on PostgreSQL and how much room they take; other words for SQLite.
TAKEN = "SELECT pg_database_size(current_database())"


@dataclass(frozen=True)
class Home:
    """A workspace on SQLite, or on the PostgreSQL database at `url`."""

    path: Path
    url: str | None = None

    @property
    def kind(self) -> str:
        return "postgresql" if self.url else "sqlite"

    @property
    def archive(self) -> Path:
        return self.path / "archive"

    def command(self, *words: str) -> list[str]:
        return tracker(self.path, *words)

    def ask(self, *words: str) -> str:
        return ask(self.path, *words)

    def make(self, size: Size) -> None:
        """An empty workspace with the agency's campaigns and people. What was there
        goes, in the database too."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self.url:
            empty(self.url)
        ask(self.path.parent, "init", str(self.path))
        settings = self.path / "tracker.toml"
        rows = settings.read_text().splitlines(keepends=True)
        if self.url:
            rows = [row for row in rows if not row.startswith("database")]
            rows.insert(0, f"database = {json.dumps(self.url)}\n")
        settings.write_text("".join(rows) + BLOCK)
        self.enrol(size)

    def enrol(self, size: Size) -> None:
        """The campaigns and people of one agency, beside those that are there."""
        folder = self.path / "roster"
        for plan, people, name in agencyfiles.write_roster(size, folder):
            self.ask("campaign", "apply", str(plan))
            self.ask("ambassador", "import", str(people), "--campaign", name)

    def used(self) -> int:
        """Bytes that the database uses; pages that are free do not count."""
        if self.url:
            import psycopg

            with psycopg.connect(self.url, autocommit=True) as link:
                row = link.execute(TAKEN).fetchone()
            return int(row[0]) if row else 0
        import sqlite3

        with contextlib.closing(sqlite3.connect(self.path / "tracker.db")) as file:
            size, pages, free = (
                file.execute(f"PRAGMA {word}").fetchone()[0]
                for word in ("page_size", "page_count", "freelist_count")
            )
        return int(size * (pages - free))

    def archived(self) -> int:
        """Bytes of the archive's files."""
        return sum(file.stat().st_size for file in self.archive.rglob("*.parquet"))


def server_cpu(url: str | None) -> float | None:
    """Seconds that a PostgreSQL server on this machine has computed, with its
    processes that ended; None: there is none here, or it is not ours to see."""
    if url is None:
        return None
    with contextlib.suppress(OSError, IndexError, ValueError):
        import psycopg

        with psycopg.connect(url) as link:
            row = link.execute("SHOW data_directory").fetchone()
        lines = Path(str(row[0] if row else ""), "postmaster.pid").read_text()
        return _tree(int(lines.splitlines()[0]))
    return None


def _tree(pid: int) -> float:
    """Seconds of a process, of its children, and of those that ended."""
    import os

    ticks = 0
    for place in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = place.read_text().rpartition(")")[2].split()
            # Behind the name: state, parent, ..., utime, stime, cutime, cstime.
            own, dead = map(int, fields[11:13]), map(int, fields[13:15])
            if place.parent.name == str(pid):
                ticks += sum(own) + sum(dead)
            elif fields[1] == str(pid):
                ticks += sum(own)
    return ticks / os.sysconf("SC_CLK_TCK")

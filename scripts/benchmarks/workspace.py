"""Workspaces made for one turn of a measure, by the commands a user has."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import data
from measure import BrokenError

BLOCK = '\n[[source]]\nname = "bench"\nkind = "csv"\npath = "inbox/*.csv"\n'
#: 1: done, with rejected rows or findings.
DONE = (0, 1)


def tracker(home: Path, *words: str) -> list[str]:
    """The command line of the tracker for a workspace."""
    return [sys.executable, "-m", "tracker", "--home", str(home), *words]


def ask(home: Path, *words: str) -> str:
    """Run a command of the tracker and give what it says. Raises BrokenError."""
    done = subprocess.run(
        tracker(home, *words), capture_output=True, text=True, check=False
    )
    if done.returncode not in DONE:
        raise BrokenError(f"tracker {' '.join(words)}: {done.stderr.strip()[-400:]}")
    return done.stdout


class Workspaces:
    """Makes workspaces with the bench's campaign and people in them.

    url: a PostgreSQL database instead of the SQLite file; it is emptied each time.
    """

    def __init__(self, work: Path, url: str | None = None) -> None:
        self.work = work
        self.url = url

    def fresh(self, name: str, *files: Path) -> Path:
        """An empty workspace with the roster, and the files in its inbox."""
        home = self.work / name
        shutil.rmtree(home, ignore_errors=True)
        if self.url:
            empty(self.url)
            self._make(home)
        else:
            template = self.work / "template"
            if not template.exists():
                self._make(template)
            shutil.copytree(template, home)
        for file in files:
            drop(home, file)
        return home

    def filled(self, name: str, *files: Path) -> Path:
        """A workspace that has read these files already."""
        home = self.fresh(name, *files)
        ask(home, "ingest", "--json")
        return home

    def _make(self, home: Path) -> None:
        ask(home.parent, "init", str(home))
        settings = home / "tracker.toml"
        text = settings.read_text()
        if self.url:
            text = f"database = {json.dumps(self.url)}\n" + "".join(
                row
                for row in text.splitlines(keepends=True)
                if not row.startswith("database")
            )
        settings.write_text(text + BLOCK)
        plan, people = self.work / "plan.toml", self.work / "people.csv"
        plan.write_text(data.PLAN)
        data.write_people(people)
        ask(home, "campaign", "apply", str(plan))
        ask(home, "ambassador", "import", str(people), "--campaign", "bench")


def drop(home: Path, file: Path, name: str | None = None) -> None:
    """Put a file into the inbox; linked, so that no copy is paid for."""
    target = home / "inbox" / (name or file.name)
    target.unlink(missing_ok=True)
    try:
        os.link(file, target)
    except OSError:
        shutil.copy2(file, target)


def rename(home: Path, old: str, new: str) -> None:
    (home / "inbox" / old).rename(home / "inbox" / new)


def empty(url: str) -> None:
    """Drop everything in a PostgreSQL database that is there for measuring only."""
    import psycopg

    plain = url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as link:
        link.execute("DROP SCHEMA IF EXISTS dlt_bench CASCADE")
        link.execute("DROP SCHEMA public CASCADE")
        link.execute("CREATE SCHEMA public")

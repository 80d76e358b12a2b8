"""Killed at every step that leaves something behind: nothing is lost, nothing counts
twice, and the next run completes.

A step is before and after each commit, and after each write, sync, rename and removal.
"""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from archiving import all_readings, archived, hot, programme, row, totals
from dying import LATER, do, in_a_process
from plain import ZONE, keep
from support import Server

from tracker.store import verify
from tracker.store.archive import check, move, parts
from tracker.store.database import Database

#: On PostgreSQL every so many steps: each takes a new database.
STRIDE = 4


# -- where it begins -----------------------------------------------------------------


def filled(database: Database) -> None:
    """A month in the database."""
    programme(database)
    rows = [
        row(post, f"2026-01-0{day}", views=7 * day, likes=day)
        for post in ("a0", "a1")
        for day in (1, 2)
    ]
    keep(database, rows, now=1)


def late(database: Database) -> None:
    """Archived; then something came late, and something was changed."""
    filled(database)
    do("run", database)
    keep(
        database,
        [row("a0", "2026-01-02", views=9, likes=8), row("a5", "2026-01-03", views=1)],
        now=2,
    )


BEGINNINGS = {
    "filled": ("run", filled),
    "late": ("run", late),
    "back": ("restore", late),
}


Before = tuple[pl.DataFrame, list[Any]]


def as_it_is(database: Database) -> Before:
    return all_readings(database), totals(database)


def check_whole(database: Database, before: Before) -> None:
    """Every reading once, and what files and database both have is the same."""
    assert all_readings(database).equals(before[0])
    assert totals(database) == before[1]
    assert verify.verify(database, ZONE) == []
    there, here = archived(database), hot(database)
    assert len(there.unique(["post", "captured_at"])) == len(there)
    old = here.filter(pl.col("payload_id") == 1)
    twice = old.join(there, on=["post", "captured_at"], how="semi")
    assert twice.join(there, on=twice.columns, how="anti", nulls_equal=True).is_empty()


def check_done(database: Database, deed: str, before: Before) -> None:
    """The next run does all of it, and leaves nothing lying about."""
    if deed == "run" or len(archived(database)):
        do(deed, database)
    check_whole(database, before)
    assert (hot if deed == "run" else archived)(database).is_empty()
    move.run(database, move.Wish("2026-01"), now=LATER)
    found = check.check(database)
    assert (found.problems, found.left) == ((), 0)
    assert [path for path, _ in database.archive.files()] == sorted(
        part.path for part in found.parts
    )
    folder = database.archive.folder
    assert folder is not None
    assert not list(folder.rglob("*.unfinished"))
    with database.reading() as link:
        assert parts.in_state(link, parts.WRITING, parts.DROPPED) == []


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_killed_at_any_step_on_sqlite(
    beginning: str, made_workspace: Path, tmp_path: Path
) -> None:
    deed, begin = BEGINNINGS[beginning]
    start = tmp_path / "start"
    start.mkdir()
    shutil.copyfile(made_workspace / "tracker.db", start / "t.db")
    begin(Database("sqlite:///t.db", start))
    before = as_it_is(Database("sqlite:///t.db", start))
    for step in itertools.count(1):
        home = Path(shutil.copytree(start, tmp_path / "home"))
        database = Database("sqlite:///t.db", home)
        was_killed = in_a_process(deed, database, home, step)
        check_whole(database, before)
        if was_killed:
            check_done(database, deed, before)
        shutil.rmtree(home)
        if not was_killed:
            break
    assert step > 15


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_killed_at_some_steps_on_postgresql(
    beginning: str, server: Server, with_tables: str, tmp_path: Path
) -> None:
    deed, begin = BEGINNINGS[beginning]
    start = tmp_path / "start"
    start.mkdir()
    server.do(f"CREATE DATABASE start_{beginning} TEMPLATE {with_tables}")
    first = Database(server.url(f"start_{beginning}"), start)
    begin(first)
    before = as_it_is(first)
    first.close()
    for step in itertools.count(3, STRIDE):
        home = tmp_path / "home"
        if (start / "archive").exists():
            shutil.copytree(start, home)
        server.do(f"CREATE DATABASE killed TEMPLATE start_{beginning}")
        database = Database(server.url("killed"), home)
        was_killed = in_a_process(deed, database, home, step)
        check_whole(database, before)
        if was_killed:
            check_done(database, deed, before)
        database.close()
        server.do("DROP DATABASE killed WITH (FORCE)")
        shutil.rmtree(home, ignore_errors=True)
        if not was_killed:
            break
    server.do(f"DROP DATABASE start_{beginning} WITH (FORCE)")
    assert step > 15

"""Killed at every step that leaves something behind: nothing is lost, nothing counts
twice, and the next run completes.

A step is before and after each commit, and after each write, sync, rename and removal.
"""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import pytest
from archiving import Before, archived, as_it_is, check_whole, filled, hot, row
from dying import LATER, do, in_a_process
from plain import keep
from support import Server

from tracker.store.archive import check, move, parts
from tracker.store.database import Database

#: On PostgreSQL every so many steps: each takes a new database.
STRIDE = 4


# -- where it begins -----------------------------------------------------------------


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

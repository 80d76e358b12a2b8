"""Everything derived, counted again: by the database and by DuckDB, with half of the
months archived, in memory and with what does not fit into it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import archiving
import pytest
import spring
import twoyears
from plain import ZONE, dump
from support import Run

from tracker.app import open_tracker
from tracker.store import verify
from tracker.store.archive import move
from tracker.store.database import Database
from tracker.store.recount import counted, readings

TABLES = ("attribution", "post_state", "rollup")
Spoil = Callable[[Database], None]


def spoil(database: Database) -> None:
    """Something wrong in everything that is derived, and rows that should not be."""
    with database.writing() as link:
        link.run("UPDATE rollup SET views = views + 1 WHERE posts > 0")
        link.run("DELETE FROM rollup WHERE posts = 0")
        state = "UPDATE post_state SET"
        link.run(f"{state} likes = 77, likes_at = last_at WHERE post_id = 1")
        link.run(f"{state} views = NULL, views_at = NULL WHERE post_id = 2")
        link.run("DELETE FROM attribution WHERE campaign_id = 0 AND post_id = 1")
        link.run("INSERT INTO attribution VALUES (2, 99, 1)")
        zeros = ", 0" * len(counted.FIGURES)
        link.run(f"INSERT INTO rollup VALUES (99, 1, 'x', 5{zeros})")
        link.run("UPDATE rollup SET posts = 9 WHERE campaign_id = 99")


def kept(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.reading() as link:
        return {
            table: sorted(link.all(f"SELECT * FROM {table}"), key=repr)
            for table in TABLES
        }


@pytest.fixture(params=["sqlite or postgresql", "duckdb"])
def reader(
    request: pytest.FixtureRequest, database: Database, tmp_path: Path
) -> verify.Reader:
    """Either the database reads by itself, or DuckDB does."""
    own = request.param != "duckdb"
    return verify.Reader(tmp_path, database.dialect if own else "duckdb")


@pytest.fixture(params=[False, True], ids=["in memory", "in files"])
def small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """With little memory: a few readings, and a few sums."""
    if request.param:
        monkeypatch.setattr(counted, "WAITING", 5)
        monkeypatch.setattr(counted, "MANY", 3)
        monkeypatch.setattr(counted, "RANGE", 4)
        monkeypatch.setattr(readings, "AT_ONCE", 7)
    return bool(request.param)


@pytest.mark.parametrize("archived", [False, True], ids=["hot", "archived"])
def test_a_repair_is_row_for_row_what_was_right(
    database: Database, reader: verify.Reader, small: bool, archived: bool
) -> None:
    archiving.fill(database, posts=3)
    right, shown = kept(database), dump(database)
    if archived:
        move.run(database, move.Wish(before="2026-03"), now=9)
    assert verify.verify(database, ZONE, reader) == []
    spoil(database)
    assert kept(database) != right
    found = verify.verify(database, ZONE, reader)
    assert {one.what for one in found} >= {"attribution", "likes", "views", "posts"}
    assert {one.campaign for one in found} >= {None, 0, 99}
    verify.repair(database, ZONE, reader)
    assert kept(database) == right
    assert verify.verify(database, ZONE, reader) == []
    if not archived:
        assert dump(database) == shown
    assert not list(reader.folder.glob("recount-*"))


def test_both_readers_tell_the_same_differences(
    database: Database, tmp_path: Path
) -> None:
    archiving.fill(database, posts=3)
    move.run(database, move.Wish(before="2026-03"), now=9)
    spoil(database)
    own = verify.verify(database, ZONE)
    duck = verify.verify(database, ZONE, verify.Reader(tmp_path, "duckdb"))
    assert sorted(map(str, own)) == sorted(map(str, duck)) != []


def test_a_repair_writes_only_what_is_wrong(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    archiving.fill(database, posts=3)
    with database.writing() as link:
        link.run("UPDATE rollup SET views = views + 1 WHERE campaign_id = 0")
    said: list[str] = []
    run = type(link).run

    def listening(self: object, sql: str, *values: object) -> int:
        said.append(sql)
        return run(self, sql, *values)  # type: ignore[arg-type]

    monkeypatch.setattr(type(link), "run", listening)
    monkeypatch.setattr(counted, "RANGE", 1)
    verify.repair(database, ZONE)
    written = [sql for sql in said if sql.startswith("DELETE FROM rollup")]
    with database.reading() as link:
        people = (
            "SELECT COUNT(DISTINCT ambassador_id) FROM rollup WHERE campaign_id = 0"
        )
        assert len(written) == link.value(people)


def test_the_command_says_what_would_change_by_campaign(
    each_workspace: Path, invoke: Run
) -> None:
    twoyears.begin(each_workspace, invoke)
    assert json.loads(invoke("verify", "--json").out)["campaigns"] == []
    tracker = open_tracker(each_workspace)
    with tracker.database.writing() as link:
        link.run(
            "UPDATE rollup SET views = views + 1 WHERE posts > 0 AND campaign_id ="
            " (SELECT id FROM campaign WHERE slug = 'second')"
        )
    for engine in ((), ("--engine", "duckdb")):
        wrong = invoke("verify", "--json", *engine)
        assert wrong.code == 1
        [one] = json.loads(wrong.out)["campaigns"]
        assert one == {
            "campaign": "second",
            "rows": 2,
            "figures": {"views": {"kept": 302, "counted": 300}},
        }
    said = invoke("verify", "--repair")
    assert said.code == 1 and "second: 2 rows differ; views 302 kept" in said.out
    assert "All sums equal" in spring.done(invoke, "verify", "--engine", "duckdb")

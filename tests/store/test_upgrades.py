"""Upgrades of databases that hold something: all of it, or nothing; one at a time."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from plain import ZONE, campaign, keep
from shapes import kept, shape
from support import PRIVATE, ROOT, Server, invoking

from tracker import lock
from tracker.model import instant
from tracker.store import schema, verify
from tracker.store.database import Database, Link
from tracker.store.refresh import refresh

OLD = "0003"


def fill(database: Database) -> None:
    """People, posts, and readings of many months, late, changed and disagreeing."""
    with database.writing() as link:
        campaign(link)
        refresh(link, ZONE)
    rows = [
        {
            "platform": "youtube",
            "post_id": f"p{n % 7}",
            "handle": "anna",
            "caption": "#fiesta",
            "captured_at": instant(datetime(2025 + n // 12, 1 + n % 12, 5, tzinfo=UTC)),
            "views": n,
            "likes": None if n % 3 else n * 2,
        }
        for n in range(36)
    ]
    keep(
        database, rows[::2], rows, [{**rows[4], "views": 400}, {**rows[5], "views": 1}]
    )


def copy(source: Database, target: Database) -> None:
    """All that an older schema has a place for."""
    with source.reading() as old, target.writing() as new:
        for table in tables(new):
            names = sorted(set(columns(new, table)) & set(columns(old, table)))
            said = ", ".join(f'"{name}"' for name in names)
            rows = old.all(f'SELECT {said} FROM "{table}"')
            marks = ", ".join("?" * len(names))
            new.many(f'INSERT INTO "{table}" ({said}) VALUES ({marks})', rows)


def tables(link: Link) -> list[str]:
    sql = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
        "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    }[link.dialect]
    return sorted(name for (name,) in link.all(sql) if name != "alembic_version")


def columns(link: Link, table: str) -> list[str]:
    sql = {
        "sqlite": "SELECT name FROM pragma_table_info(?)",
        "postgresql": "SELECT column_name::text FROM information_schema.columns"
        " WHERE table_name = ? AND table_schema = 'public'",
    }[link.dialect]
    return [name for (name,) in link.all(sql, (table,))]


def answers(home: Path) -> list[str]:
    """What a user is told of all there is."""
    call = invoking(home)
    asked = (
        ("totals", "--json"),
        ("totals", "c", "--by", "post", "--json"),
        ("export", "readings"),
        ("verify", "--json"),
    )
    found = [call(*words) for words in asked]
    assert [one.code for one in found] == [0] * len(asked), found
    return [one.out for one in found]


@dataclass(frozen=True)
class Made:
    """An old, full database: its file or its name on the server; what a workspace on
    it answers once it is of this version."""

    place: str
    answers: list[str]


@pytest.fixture(scope="module")
def made_on_sqlite(
    made_workspace: Path, tmp_path_factory: pytest.TempPathFactory
) -> Made:
    home = tmp_path_factory.mktemp("old") / "workspace"
    shutil.copytree(made_workspace, home)
    old = Database("sqlite:///old.db", home)
    told = _made(home, Database("sqlite:///tracker.db", home), old)
    return Made(str(old.path), told)


@pytest.fixture(scope="module")
def made_on_postgresql(
    server: Server,
    with_tables: str,
    made_workspace: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Made:
    home = tmp_path_factory.mktemp("old") / "workspace"
    shutil.copytree(made_workspace, home)
    server.do(f"CREATE DATABASE full_ TEMPLATE {with_tables}")
    server.do("CREATE DATABASE old_")
    named(home, server.url("full_"))
    full, old = (Database(server.url(name), home) for name in ("full_", "old_"))
    told = _made(home, full, old)
    return Made("old_", told)


def _made(home: Path, full: Database, old: Database) -> list[str]:
    fill(full)
    with pytest.MonkeyPatch.context() as patch:
        for name in PRIVATE:
            patch.delenv(name, raising=False)
        told = answers(home)
    schema.upgrade(old, OLD)
    copy(full, old)
    full.close()
    old.close()
    return told


def named(home: Path, url: str) -> None:
    file = home / "tracker.toml"
    file.write_text(f'database = "{url}"\n' + file.read_text())


@pytest.fixture(params=["sqlite", "postgresql"])
def upgradable(
    request: pytest.FixtureRequest, workspace: Path
) -> Iterator[tuple[Path, list[str]]]:
    """A workspace on an old, full database, and what it will answer."""
    made: Made = request.getfixturevalue(f"made_on_{request.param}")
    if request.param == "sqlite":
        shutil.copyfile(made.place, workspace / "old.db")
        named(workspace, "sqlite:///old.db")
        yield workspace, made.answers
        return
    server: Server = request.getfixturevalue("server")
    name = "o" + os.urandom(6).hex()
    server.do(f"CREATE DATABASE {name} TEMPLATE {made.place}")
    named(workspace, server.url(name))
    yield workspace, made.answers
    server.do(f"DROP DATABASE {name} WITH (FORCE)")


def at(home: Path) -> Database:
    url = home.joinpath("tracker.toml").read_text().split('"')[1]
    return Database(url, home)


def environment(home: Path) -> dict[str, str]:
    around = {k: v for k, v in os.environ.items() if k not in PRIVATE}
    return around | {"PYTHONPATH": str(ROOT), "TRACKER_HOME": str(home)}


def started(home: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tracker", "db", "upgrade", "--json"],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def ended(process: subprocess.Popen[bytes]) -> tuple[dict[str, str | None], str]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return json.loads(out), err.decode()


def test_an_upgrade_keeps_everything(upgradable: tuple[Path, list[str]]) -> None:
    home, before = upgradable
    told, _ = ended(started(home))
    assert (told["before"], told["after"]) == (OLD, schema.newest())
    assert answers(home) == before
    assert verify.verify(at(home), ZONE) == []


def test_an_old_database_is_refused_without_a_write(
    upgradable: tuple[Path, list[str]],
) -> None:
    home, _ = upgradable
    name = "old.db"
    call, before = invoking(home), kept(home, name)
    for words in (("totals",), ("ingest",), ("report",), ("export", "readings")):
        result = call(*words)
        assert (result.code, "SCHEMA_OLDER" in result.err) == (3, True), result
    assert kept(home, name) == before
    assert schema.version(at(home)) == OLD


def test_a_migrated_database_has_the_shape_of_a_new_one(
    upgradable: tuple[Path, list[str]], tmp_path: Path, made_workspace: Path
) -> None:
    """Alembic finds nothing to do but the partitions; on SQLite nothing at all."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from tracker.store.tables import SQLModel

    home, _ = upgradable
    database = at(home)
    schema.upgrade(database)
    if database.dialect == "sqlite":
        fresh = Database("sqlite:///tracker.db", made_workspace)
        assert shape(database) == shape(fresh)
        return

    def ours(_: object, name: str | None, kind: str, *__: object) -> bool:
        return not (kind == "table" and str(name).startswith("reading_2"))

    with database.engine.connect() as connection:
        options = {"compare_type": True, "include_object": ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, SQLModel.metadata) == []
        context = MigrationContext.configure(connection)
        key = "SELECT conname FROM pg_constraint WHERE conrelid = 'reading'::regclass"
        names = connection.exec_driver_sql(key).scalars().all()
        assert list(names) == ["reading_pkey"]


def test_cut_off_anywhere_it_is_old_or_new(upgradable: tuple[Path, list[str]]) -> None:
    """Killed at each statement of the upgrade, and within its commit."""
    home, before = upgradable
    database = at(home)
    script = Path(__file__).with_name("cutting.py")
    done = subprocess.run(
        [sys.executable, script, database.url, home],
        env=environment(home),
        capture_output=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr.decode()
    first, *cuts, last = json.loads(done.stdout)
    assert (first[1], last[1]) == (OLD, schema.newest())
    assert len(cuts) > 20
    new = [version for _, version, _ in cuts if version != OLD]
    assert {tuple(said) for _, *said in cuts if said[0] == OLD} == {tuple(first[1:])}
    assert set(new) <= {schema.newest()}
    assert answers(home) == before


def test_of_five_upgrades_one_does_it(upgradable: tuple[Path, list[str]]) -> None:
    """The others wait and succeed; one backup is made."""
    home, before = upgradable
    found = [ended(one) for one in [started(home) for _ in range(5)]]
    did = [told for told, _ in found if told["before"] != told["after"]]
    assert [told["before"] for told in did] == [OLD]
    assert {told["after"] for told, _ in found} == {schema.newest()}
    backups = [told["backup"] for told, _ in found if told["backup"]]
    assert len(backups) == (at(home).dialect == "sqlite")
    assert answers(home) == before


def test_who_waits_for_an_upgrade_is_told(upgradable: tuple[Path, list[str]]) -> None:
    home, _ = upgradable
    with lock.upgrading(home, "h", 0, lambda _: None):
        waiting = started(home)
        assert waiting.stderr is not None
        said = waiting.stderr.readline().decode()
    assert said == (
        "notice[MIGRATE_WAIT] db upgrade: another process is upgrading"
        f" (pid {os.getpid()}). Waiting up to 10 min.\n"
    )
    told, err = ended(waiting)
    assert (told["before"], "MIGRATE_RESUME" in err) == (OLD, False)


def test_after_an_upgrade_was_killed_the_next_one_says_so(
    upgradable: tuple[Path, list[str]],
) -> None:
    home, before = upgradable
    with at(home).writing():  # it cannot go on meanwhile
        killed = started(home)
        until = time.monotonic() + 60
        while not _signed(home, killed.pid) and time.monotonic() < until:
            time.sleep(0.05)
        killed.kill()
        killed.communicate()
    told, err = ended(started(home))
    assert (told["before"], told["after"]) == (OLD, schema.newest())
    assert (
        "notice[MIGRATE_RESUME] db upgrade: an upgrade was cut off. The database is at"
        f" schema {OLD}, complete. Starting again.\n" in err
    )
    assert answers(home) == before
    assert "MIGRATE_RESUME" not in ended(started(home))[1]


def _signed(home: Path, pid: int) -> bool:
    file = home / lock.UPGRADING
    return file.exists() and f'"pid": {pid}' in file.read_text()


def test_an_upgrade_by_another_host_is_told_too(
    upgradable: tuple[Path, list[str]],
) -> None:
    home, _ = upgradable
    if at(home).dialect == "sqlite":
        return  # one host has it
    with at(home).writing() as link:
        link.run("SET LOCAL application_name = 'tracker upgrade 812@b'")
        waiting = started(home)
        assert waiting.stderr is not None
        lines = [waiting.stderr.readline().decode() for _ in range(2)]
    assert any("is upgrading (812@b). Waiting" in line for line in lines), lines
    assert ended(waiting)[0]["before"] == OLD


def test_who_might_read_the_readings_still_may(
    upgradable: tuple[Path, list[str]], request: pytest.FixtureRequest
) -> None:
    """The partitioned table is a new one; rights on the old one go on."""
    home, _ = upgradable
    database = at(home)
    if database.dialect == "sqlite":
        return  # files have no such rights
    server: Server = request.getfixturevalue("server")
    server.do('CREATE ROLE "a Watcher"')
    request.addfinalizer(lambda: server.do('DROP ROLE "a Watcher"'))
    with database.writing() as link:
        link.run('GRANT SELECT ON reading TO "a Watcher"')
    schema.upgrade(database)
    rights = "SELECT has_table_privilege('a Watcher', 'reading', ?)"
    with database.writing() as link:
        assert [link.value(rights, (deed,)) for deed in ("SELECT", "DELETE")] == [
            True,
            False,
        ]
        link.run('REVOKE ALL ON reading FROM "a Watcher"')
    database.close()

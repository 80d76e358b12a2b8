"""The schema: made by the steps, equal to the tables, refused when it is another."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from shapes import kept, shape
from support import PRIVATE, ROOT

from tracker.errors import SchemaError
from tracker.store import schema
from tracker.store.database import Database
from tracker.store.tables import SQLModel


def set_version(database: Database, number: str) -> None:
    with database.writing() as link:
        link.run("UPDATE alembic_version SET version_num = ?", (number,))


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> str:
    """The URL of a database without any table."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server: Any = request.getfixturevalue("server")
    name = "e" + os.urandom(6).hex()
    server.do(f"CREATE DATABASE {name}")
    request.addfinalizer(lambda: server.do(f"DROP DATABASE {name} WITH (FORCE)"))
    return server.url(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# -- the steps and the tables ---------------------------------------------------


def test_the_steps_make_exactly_the_tables(database: Database) -> None:
    """Alembic finds nothing to do: columns, types, keys, indexes, defaults."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, SQLModel.metadata) == []


def test_a_database_of_the_steps_has_the_shape_of_one_made_at_once(
    tmp_path: Path,
) -> None:
    """What autogenerate does not look at: checks, WITHOUT ROWID, collations."""
    stepped = Database("sqlite:///stepped.db", tmp_path)
    at_once = Database("sqlite:///at_once.db", tmp_path)
    schema.ensure(stepped)
    SQLModel.metadata.create_all(at_once.engine)
    assert shape(stepped) == shape(at_once)


# -- opening --------------------------------------------------------------------


def test_an_empty_database_gets_its_tables(empty_url: str, tmp_path: Path) -> None:
    database = Database(empty_url, tmp_path)
    assert schema.version(database) is None
    schema.ensure(database)
    assert schema.version(database) == schema.newest()
    with database.reading() as link:
        assert link.value("SELECT count(*) FROM reading") == 0


def test_a_second_opener_finds_everything(database: Database) -> None:
    with database.writing() as link:
        link.run("INSERT INTO source (name, kind, state) VALUES ('s', 'csv', 'ready')")
    second = Database(database.url, database.path.parent if database.path else Path())
    schema.ensure(second)
    with second.reading() as link:
        assert link.all("SELECT name FROM source") == [("s",)]


def test_several_commands_may_open_an_empty_database_at_once(
    workspace: Path, empty_url: str
) -> None:
    """One makes the tables, the others wait for it and go on."""
    file = workspace / "tracker.toml"
    file.write_text(f'database = "{empty_url}"\n' + file.read_text())
    around = {k: v for k, v in os.environ.items() if k not in PRIVATE}
    around |= {"PYTHONPATH": str(ROOT), "TRACKER_HOME": str(workspace)}
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tracker", "verify", "--json"],
            env=around,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    answers = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0, 0, 0, 0], answers


# -- another version ------------------------------------------------------------


@pytest.mark.parametrize(
    "number", ["9999", "10000", "abc", "", "0001x"], ids=lambda number: number or "-"
)
def test_a_newer_schema_is_refused(database: Database, number: str) -> None:
    set_version(database, number)
    with pytest.raises(SchemaError) as caught:
        schema.ensure(database)
    assert (caught.value.code, caught.value.exit_code) == ("SCHEMA_NEWER", 3)


def test_an_older_schema_is_not_opened_but_by_an_upgrade(database: Database) -> None:
    set_version(database, "0000")
    with pytest.raises(SchemaError) as caught:
        schema.ensure(database)
    assert (caught.value.code, caught.value.exit_code) == ("SCHEMA_OLDER", 3)
    assert "tracker db upgrade" in str(caught.value)


COMMANDS = (
    ("ingest",),
    ("totals",),
    ("verify", "--repair"),
    ("report",),
    ("status",),
    ("export", "readings"),
    ("quarantine", "list"),
    ("ambassador", "add", "ana", "--name", "Ana"),
    ("campaign", "list"),
    ("db", "upgrade"),
    ("daemon",),
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_command_opens_or_writes_a_newer_schema(
    workspace: Path, invoke, words: tuple[str, ...]
) -> None:
    database = Database("sqlite:///tracker.db", workspace)
    set_version(database, "9999")
    before = kept(workspace)
    result = invoke(*words)
    assert result.code == 3, result.out + result.err
    assert "error[SCHEMA_NEWER] tracker.db: it has schema 9999" in result.err
    assert "Traceback" not in result.err
    assert kept(workspace) == before


def test_a_newer_schema_is_told_and_no_error(workspace: Path, invoke) -> None:
    """`db check` and `doctor` are there to say so."""
    set_version(Database("sqlite:///tracker.db", workspace), "9999")
    assert "9999" in invoke("db", "check").out
    told = invoke("doctor")
    assert told.code in (1, 3)
    assert "9999" in told.out + told.err


def test_a_newer_schema_on_postgresql_is_refused(each_workspace: Path, invoke) -> None:
    url = each_workspace.joinpath("tracker.toml").read_text().split('"')[1]
    set_version(Database(url, each_workspace), "9999")
    result = invoke("totals")
    assert (result.code, "SCHEMA_NEWER" in result.err) == (3, True), result.err


# -- an upgrade that is cut off --------------------------------------------------


CUT = """
_whole = upgrade


def upgrade():
    _whole()
    raise RuntimeError("cut off")
"""


def test_making_the_tables_is_all_or_nothing(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that breaks after its last table leaves an empty database."""
    steps = shutil.copytree(schema.STEPS, tmp_path / "steps")
    for path in (steps / "versions").glob("[0-9]*.py"):
        path.write_text(path.read_text() + CUT)
    database = Database(empty_url, tmp_path)
    with monkeypatch.context() as other:
        other.setattr(schema, "STEPS", steps)
        with pytest.raises(RuntimeError, match="cut off"):
            schema.ensure(database)
    assert schema.version(database) is None
    with database.reading() as link:
        tables = {
            "sqlite": "SELECT count(*) FROM sqlite_master",
            "postgresql": "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'",
        }[database.dialect]
        assert link.value(tables) == 0
    schema.ensure(database)
    assert schema.version(database) == schema.newest()

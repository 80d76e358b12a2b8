"""What all tests share: workspaces, the command line, and both databases.

A workspace is made once by the real `tracker init` and copied for each test; so
are databases with their tables. The PostgreSQL server is a real one, started once
a session on a free loopback port; without its programs those tests are skipped,
but not where CI=true.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from postgres import Cluster
from support import PRIVATE, ROOT, Result, Run, Server, invoking
from worked import NAMES, load

from tracker.store.database import Database

settings.register_profile("tests", deadline=None)
settings.load_profile("tests")


# -- workspaces -----------------------------------------------------------------


def _environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in PRIVATE}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def _call(*args: object, **options: object) -> Result:
    done = subprocess.run(
        [sys.executable, "-m", "tracker", *map(str, args)],
        capture_output=True,
        timeout=120,
        **options,  # type: ignore[call-overload]
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture(scope="session")
def made_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace by `tracker init`; not to be changed."""
    home = tmp_path_factory.mktemp("made") / "workspace"
    result = _call("init", home, env=_environment())
    assert result.code == 0, result.err
    return home


@pytest.fixture
def workspace(made_workspace: Path, tmp_path: Path) -> Path:
    """A fresh workspace on SQLite."""
    return Path(shutil.copytree(made_workspace, tmp_path / "workspace"))


@pytest.fixture
def run(workspace: Path, tmp_path: Path) -> Run:
    """Runs `tracker ...` as a process of its own, in the fresh workspace.

    run("totals", "--json", stdin="...", cwd=..., env={...}) -> code, out, err.
    """

    def call(
        *args: object,
        stdin: str | bytes = b"",
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
    ) -> Result:
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        around = _environment(HOME=str(home), TRACKER_HOME=str(workspace))
        given = stdin.encode() if isinstance(stdin, str) else stdin
        around.update(env or {})
        return _call(*args, input=given, cwd=cwd or tmp_path, env=around)

    return call


@pytest.fixture
def invoke(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs `tracker ...` in this process, in the fresh workspace: quick."""
    for name in PRIVATE:
        monkeypatch.delenv(name, raising=False)
    before = os.umask(0o077)
    yield invoking(workspace)
    os.umask(before)


@pytest.fixture(scope="session")
def worked(made_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three worked programmes in one workspace; not to be changed."""
    home = tmp_path_factory.mktemp("worked") / "workspace"
    shutil.copytree(made_workspace, home)
    with pytest.MonkeyPatch.context() as patch:
        for name in PRIVATE:
            patch.delenv(name, raising=False)
        before = os.umask(0o077)
        for name in NAMES:
            load(invoking(home), home, name)
        os.umask(before)
    return home


# -- a browser ------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program of a real browser on this machine."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    apps = Path("/Applications").glob("*Chrom*.app/Contents/MacOS/*Chrom*")
    found = found or next(map(str, apps), None)
    if found is None:
        reason = "no Chromium browser on this machine"
        assert os.environ.get("CI") != "true", reason
        pytest.skip(reason)
    return found


# -- databases ------------------------------------------------------------------


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A real PostgreSQL server of this session's own."""
    with tempfile.TemporaryDirectory(prefix="tracker-pg-") as name:
        cluster = Cluster(Path(name))
        cluster.start()
        yield cluster.server
        cluster.stop()


@pytest.fixture(scope="session")
def with_tables(server: Server) -> str:
    """The name of a PostgreSQL database with all tables; not to be changed."""
    from tracker.store import schema

    server.do("CREATE DATABASE with_tables")
    made = Database(server.url("with_tables"), ROOT)
    schema.ensure(made)
    made.close()  # only what nobody uses can be a template
    return "with_tables"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(
    request: pytest.FixtureRequest, made_workspace: Path, tmp_path: Path
) -> Iterator[str]:
    """The URL of a fresh database with all tables, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copyfile(made_workspace / "tracker.db", tmp_path / "fresh.db")
        yield f"sqlite:///{tmp_path / 'fresh.db'}"
        return
    server: Server = request.getfixturevalue("server")
    template: str = request.getfixturevalue("with_tables")
    name = "t" + os.urandom(6).hex()
    server.do(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server.url(name)
    server.do(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Database:
    """A fresh database with all tables; each test runs once on each kind."""
    return Database(database_url, tmp_path)


@pytest.fixture
def each_workspace(workspace: Path, database_url: str) -> Path:
    """The fresh workspace on a fresh database of each kind."""
    file = workspace / "tracker.toml"
    file.write_text(f'database = "{database_url}"\n' + file.read_text())
    return workspace

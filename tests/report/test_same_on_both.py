"""What is read says the same on SQLite and on PostgreSQL, byte for byte."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import replayed
import spring
from support import PRIVATE, Run, Server, invoking

from tracker.cli.tables import OF_A_CAMPAIGN, TABLES
from tracker.tabular import FORMATS

BEGUN, GONE_ON = "2026-02-01T10:00:00Z", "2026-03-01T10:00:00Z"
BETWEEN, LATER = "2026-02-15T10:00:00Z", "2026-04-01T10:00:00Z"
#: Commands that read, and say nothing of the machine, the moment or the database.
READING = """
answers c --json
ambassador list --json
ambassador show anna --json
apply list --json
apply report c --json
campaign check c --json
campaign list --json
campaign show c --json
claim list c --json
compare c d --json
consent list --json
contract list c --json
cost list c --json
cost statement c --format json
disclosure list c --json
disclosure log --json
explain c views --json
explain c cpl --rows --json
emv c --json
feedback list --json
finding list --json
goods list c --json
kpi c --json
kpi c --by ambassador --json
kpi c --by mission --json
kpi c --by platform --json
kpi c --by post --json
kpi c --as-of 2026-02-15T10:00:00Z --json
kpi c --until 2026-01-15 --json
link list --json
mission grid c --json
mission list c --json
mission show m1 --campaign c --json
outcome conflicts c --json
outcome list c --json
post list --json
post show youtube v1 --json
quarantine list --json
reading list youtube v1 --json
report --marks --json
survey list c --json
totals c --json
totals --by post --json
totals c --by ambassador --json
totals c --by day --json
totals c --by mission --json
totals c --by month --json
totals c --by platform --json
totals c --as-of 2026-02-15T10:00:00Z --by ambassador --json
verify --json
"""
CONSENTS = "ambassador,version,given\nanna,2,2026-01-01\n"
CONTRACTS = "ref,ambassador,signed\nK2,ben,2026-01-02\n"
GOODS = "ref,ambassador,what,value,from\ng2,ben,phone,5.00,2026-02-01\n"
APPLY = "id,name,platform,handle,score\ndee,Dee,youtube,dee,7.5\nzoe,Zoé,x,zoe,\n"
OTHER = '[campaign]\nid = "d"\nstart = 2026-01-01\nend = 2026-02-01\ncurrency = "EUR"\n'


def begin(home: Path, url: str) -> Path:
    """A workspace on this database with a bit of everything, made at fixed instants."""
    file = home / "tracker.toml"
    file.write_text(f'database = "{url}"\n' + file.read_text())
    plain = invoking(home)

    def at(moment: str) -> Run:
        return lambda *words: plain(*words, env={"TRACKER_NOW": moment})

    replayed.begin(home, at(BEGUN))
    spring.done(at(BEGUN), "report", "--mark", "one")
    replayed.go_on(home, at(GONE_ON))
    files = {"consents": CONSENTS, "contracts": CONTRACTS, "goods": GOODS}
    for name, text in (files | {"apply": APPLY}).items():
        (home / f"{name}.csv").write_text(text)
    (home / "d.toml").write_text(OTHER)
    run, c = at(GONE_ON), ("--campaign", "c")
    spring.done(run, "campaign", "apply", home / "d.toml")
    spring.done(run, "consent", "import", home / "consents.csv")
    spring.done(run, "contract", "import", home / "contracts.csv", *c)
    spring.done(run, "goods", "import", home / "goods.csv", *c)
    spring.done(run, "apply", "import", home / "apply.csv", *c)
    spring.done(run, "apply", "decide", "dee", "accept", *c, "--reason", "good")
    return home


@pytest.fixture(scope="module")
def both(
    made_workspace: Path, tmp_path_factory: pytest.TempPathFactory, server: Server
) -> Iterator[list[Path]]:
    """The same programme on each kind of database; not to be changed."""
    name = "s" + os.urandom(6).hex()
    server.do(f"CREATE DATABASE {name}")
    urls = {"sqlite": "sqlite:///tracker.db", "postgresql": server.url(name)}
    homes = []
    with pytest.MonkeyPatch.context() as patch:
        for variable in PRIVATE:
            patch.delenv(variable, raising=False)
        before = os.umask(0o077)
        for kind, url in urls.items():
            home = tmp_path_factory.mktemp(kind) / "workspace"
            homes.append(begin(Path(shutil.copytree(made_workspace, home)), url))
        os.umask(before)
    yield homes
    server.do(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for variable in PRIVATE:
        monkeypatch.delenv(variable, raising=False)
    before = os.umask(0o077)
    yield
    os.umask(before)


def asked(home: Path, *words: object) -> tuple[int, str, str]:
    found = invoking(home)(*words, env={"TRACKER_NOW": LATER})
    assert found.code in (0, 1), found.err
    # since when changes are kept, the clock of the machine says
    told = [line for line in found.err.splitlines() if "PAST_PARTLY" not in line]
    return found.code, found.out, "\n".join(told).replace(str(home), "HOME")


@pytest.mark.parametrize("line", READING.strip().splitlines())
def test_a_command_answers_the_same(both: list[Path], line: str) -> None:
    sqlite, postgresql = both
    assert asked(postgresql, *line.split()) == asked(sqlite, *line.split())


@pytest.mark.parametrize("what", TABLES)
def test_a_table_is_written_the_same_in_every_format(
    both: list[Path], what: str, tmp_path: Path
) -> None:
    for form in FORMATS:
        made = []
        for n, home in enumerate(both):
            out = tmp_path / f"{n}.{form}"
            words = ("--campaign", "c") if what in OF_A_CAMPAIGN else ()
            told = asked(home, "export", what, "--format", form, "--out", out, *words)
            made.append((told[0], told[2], out.read_bytes()))
        assert made[0] == made[1], form


@pytest.mark.parametrize(
    "words",
    [
        "",
        "--language both",
        "--client",
        f"--as-of {BETWEEN}",
        "--until 2026-01-15",
        f"--as-of {BETWEEN} --client",
        "--since one",
        f"--since {BETWEEN}",
        "c",
    ],
)
def test_pages_are_the_same(both: list[Path], tmp_path: Path, words: str) -> None:
    made = []
    for n, home in enumerate(both):
        asked(home, "report", "--out", tmp_path / str(n), *words.split())
        made.append(replayed.pages(tmp_path / str(n)))
    assert made[0].keys() == made[1].keys()
    if "--client" not in words:  # people get names by a secret of each workspace
        assert [name for name in made[0] if made[0][name] != made[1][name]] == []

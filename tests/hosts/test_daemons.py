"""Three real daemons on one real PostgreSQL: killed, frozen, cut off, with a wrong
clock, and the server started anew. Each slot has one effect."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
import ticking
from postgres import missing
from support import PRIVATE, ROOT

from tracker.store.runs import Runs

#: Seconds by which one host's clock is wrong.
AHEAD = 120
SETTINGS = """
database = "{url}"
[server]
listen = "127.0.0.1:0"
[host]
lease = "5s"
"""
SOURCE = """
[[source]]
name = "{name}"
kind = "ticking"
every = "1s"
"""


class Host:
    """A daemon with a home of its own; its log in a file beside it."""

    def __init__(self, home: Path, name: str, **environment: str) -> None:
        self.home, self.name = home, name
        self._around = {k: v for k, v in os.environ.items() if k not in PRIVATE}
        self._around |= {"TRACKER_HOME": str(home), "TRACKER_HOST": name, **environment}
        self._around["PYTHONPATH"] = os.pathsep.join(
            [str(ROOT), str(home.parent / "plugins")]
        )
        self.log = home.parent / f"{name}.log"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tracker", "daemon", "--log", "json"],
                env=self._around,
                stderr=log,
                stdout=log,
            )

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        self.send(signal.SIGTERM)
        return self.process.wait(40)

    def status(self) -> dict:
        done = subprocess.run(
            [sys.executable, "-m", "tracker", "status", "--json"],
            env=self._around,
            capture_output=True,
            timeout=120,
        )
        return json.loads(done.stdout)

    def said(self) -> str:
        return self.log.read_text()


@pytest.fixture(scope="session")
def wrong_clock(tmp_path_factory) -> dict[str, str]:
    """The environment of a process whose wall clock is wrong."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        missing("C compiler for Linux")
    made = tmp_path_factory.mktemp("clock") / "ahead.so"
    source = ROOT / "tests" / "ahead.c"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", made, source], check=True
    )
    return {"LD_PRELOAD": str(made), "AHEAD_S": str(AHEAD)}


@pytest.fixture
def host(made_workspace, tmp_path, named):
    """Makes hosts of the fresh database; none outlives the test."""
    ticking.installed(tmp_path / "plugins")
    made = []

    def call(name, server, sources, **environment):
        home = Path(shutil.copytree(made_workspace, tmp_path / name))
        text = SETTINGS.format(url=server.url(named)) + "".join(sources)
        (home / "tracker.toml").write_text(text)
        one = Host(home, name, **environment)
        made.append(one)
        one.start()
        return one

    yield call
    for one in made:
        one.process.kill()
        one.process.wait()


def until(true, seconds=90):
    """Wait for something that must come."""
    end = time.monotonic() + seconds
    while not (answer := true()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.1)
    return answer


def kept(runs, name):
    """(run, payload) of each stored reading of a source, in the order they came."""
    with runs.database.reading() as link:
        return link.all(
            "SELECT y.run_id, y.id FROM reading r JOIN post p ON p.id = r.post_id"
            " JOIN payload y ON y.id = r.payload_id"
            " WHERE p.external_id = ? ORDER BY y.id",
            (name,),
        )


@pytest.mark.slow
def test_each_slot_has_one_effect_whatever_becomes_of_the_hosts(
    host, cluster, pooler, opened, tmp_path, wrong_clock
):
    """`a` is killed, `b` frozen inside a write for longer than its lease and longer
    than the server waits, `c` has a clock 120 s ahead; then the server is started anew.
    """
    hold = tmp_path / "hold"
    names = ["s1", "s2", "s3"]
    sources = [SOURCE.format(name=name) for name in names]
    sources[0] += f'hold = "{hold}"\n'
    hosts = {
        "a": host("a", pooler, sources),
        "b": host("b", cluster.server, sources),
        "c": host("c", cluster.server, sources, **wrong_clock),
    }
    runs = Runs(opened())
    until(lambda: {run.host for run in runs.history()} == set(hosts))

    # frozen inside a write
    hold.touch()
    frozen = until(lambda: next(iter(tmp_path.glob("hold.*")), None)).suffix[1:]
    hosts[frozen].send(signal.SIGSTOP)
    hold.unlink()
    [stuck] = [run for run in runs.running() if run.source == "s1"]
    assert stuck.host == frozen
    taken = until(
        lambda: [
            run
            for run in runs.history("s1")
            if run.id > stuck.id and run.outcome == "ok"
        ]
    )
    assert {run.host for run in taken} <= set(hosts) - {frozen}
    states = {one["name"]: one["state"] for one in hosts["c"].status()["hosts"]}
    assert states[frozen] != "live"
    hosts[frozen].send(signal.SIGCONT)
    until(lambda: "TERM_LOST" in hosts[frozen].said())

    # killed, and the others take over
    killed = "a" if frozen != "a" else "b"
    hosts[killed].send(signal.SIGKILL)
    hosts[killed].process.wait()
    before = runs.history()[-1].id
    until(lambda: {run.source for run in ended(runs, before)} == set(names))

    # cut off, and the server started anew
    cluster.server.do(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    hosts[killed].start()
    cluster.stop()
    cluster.start()
    before = runs.history()[-1].id
    until(lambda: {run.source for run in ended(runs, before)} == set(names))
    if hosts[killed].process.poll() is not None:  # it began while nobody answered
        hosts[killed].start()
    until(lambda: any(run.host == killed for run in ended(runs, before)))

    assert [one.end() for one in hosts.values()] == [0, 0, 0]
    assert runs.running() == []
    for name in names:
        one_effect_a_slot(runs, name)
    now = runs.leases.clock()
    with runs.database.reading() as link:
        assert link.value("SELECT max(captured_at) FROM reading") < now
    spared = [one for name, one in hosts.items() if name != killed]
    assert not [one for one in spared if "DB_DOWN" in one.said()]
    assert "a step broke" not in "".join(one.said() for one in hosts.values())


def ended(runs, after):
    return [
        run
        for run in runs.history()
        if run.id > after and run.outcome in ("ok", "lost")
    ]


def one_effect_a_slot(runs, name):
    history = runs.history(name)
    done = sorted((r for r in history if r.outcome != "lost"), key=lambda r: r.slot)
    slots = [run.slot for run in done]
    assert slots == sorted(set(slots))
    for earlier, later in pairwise(done):
        assert later.slot - earlier.slot == 1000 * (1 + later.merged)
    lost = {run.id for run in history if run.outcome == "lost"}
    assert all(run.stored == 0 for run in history if run.id in lost)
    assert [run.outcome for run in done] == ["ok"] * len(done)
    written = kept(runs, name)
    assert sorted(run for run, _ in written if run not in lost) == sorted(
        run.id for run in done
    )
    # what a run had kept before it was lost stays; nothing of it comes after that
    assert [run for run, _ in written] == sorted(run for run, _ in written)

"""The daemon as a real process: files dropped, signals, crashes, second daemons."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from support import PRIVATE, ROOT

from tracker.store.database import Database
from tracker.store.runs import Runs

ROW = "{},{},2009-05-01T10:00:00Z\n"
DROP = """
[[source]]
name = "drop"
kind = "csv"
path = "inbox/*.csv"
platform = "youtube"
settle = "1s"
"""
#: A kind of another package: it hangs while a file is there, else finds nothing.
PLUGIN = """
import os, time
from tracker.sources.base import Policy

class Hanging:
    kind, policy, fingerprint = "hanging", Policy(), "1"
    def __init__(self, name, options):
        self.name, self.while_there = name, options.get("while_there", "")
    def fetch(self, bookmark):
        while self.while_there and os.path.exists(self.while_there):
            time.sleep(0.05)
        yield from ()
    def parse(self, payload):
        yield from ()
    def settled(self, payload, now):
        return True

def factory(name, options, surroundings):
    return Hanging(name, options)
"""


def paths(home: Path) -> str:
    """Where this package and the other one are."""
    return os.pathsep.join([str(ROOT), str(home.parent / "plugins")])


class Started:
    """A daemon of a workspace; its log in a file beside it."""

    def __init__(self, home: Path, *args: str, **environment: str) -> None:
        around = {k: v for k, v in os.environ.items() if k not in PRIVATE}
        around |= {"PYTHONPATH": paths(home), "TRACKER_HOME": str(home), **environment}
        self.home = home
        self.file = home.parent / f"log-{time.monotonic_ns()}"
        with self.file.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tracker", "daemon", *args],
                env=around,
                stderr=log,
                stdout=log,
            )

    def said(self, action: str) -> list[dict]:
        """The events of an action so far."""
        lines = self.file.read_text().splitlines()
        events = [json.loads(line) for line in lines if line.endswith("}")]
        return [event for event in events if event["action"] == action]

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture
def start(workspace, tmp_path):
    """Starts daemons in the fresh workspace; none outlives the test."""
    plugins = tmp_path / "plugins" / "hanging-1.dist-info"
    plugins.mkdir(parents=True)
    (plugins.parent / "hanging.py").write_text(PLUGIN)
    (plugins / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: hanging\nVersion: 1\n"
    )
    (plugins / "entry_points.txt").write_text(
        "[tracker.sources]\nhanging = hanging:factory\n"
    )
    started = []

    def call(*args, home=workspace, **environment):
        daemon = Started(home, *args, **environment)
        started.append(daemon)
        until(lambda: daemon.process.poll() is not None or daemon.said("start"))
        return daemon

    yield call
    for daemon in started:
        daemon.process.kill()
        daemon.process.wait()


def until(true):
    """Wait for something that must come."""
    end = time.monotonic() + 60
    while not (answer := true()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)
    return answer


def add(home, text):
    with (home / "tracker.toml").open("a") as file:
        file.write(text)


def drop(home, name, *rows):
    """A file as a careful sender makes it: complete before it has its name."""
    file = home / "inbox" / f".{name}"
    file.write_text("post_id,views,captured_at\n" + "".join(rows))
    file.rename(home / "inbox" / name)


def views(run, home):
    return asked(run, home, "totals")["rows"][0]["views"]["value"]


def asked(run, home, *words):
    """What a command answers in JSON."""
    answer = run(*words, "--json", env={"PYTHONPATH": paths(home)})
    assert answer.out, answer.err
    return json.loads(answer.out)


def history(home):
    """All runs, as the database has them."""
    settings = tomllib.loads((home / "tracker.toml").read_text())
    url = settings.get("database", "sqlite:///tracker.db")
    return Runs(Database(url, home)).history()


def test_a_dropped_file_is_collected_and_a_signal_ends_the_daemon(
    start, run, workspace
):
    """SIGTERM: exit 0, and nothing is left running or claimed."""
    add(workspace, DROP)
    daemon = start()
    drop(workspace, "a.csv", ROW.format("p1", 10), ROW.format("p2", 5))
    until(lambda: daemon.said("run"))
    drop(workspace, "b.csv", ROW.format("p3", 7))
    until(lambda: len(daemon.said("run")) > 1)
    status = asked(run, workspace, "status")
    assert status["daemon"]["pid"] == daemon.process.pid
    assert [host["state"] for host in status["hosts"]] == ["live"]
    assert status["sources"][0]["last_data"]

    assert daemon.end() == 0
    assert views(run, workspace) == 22
    assert all(each.outcome == "ok" for each in history(workspace))
    status = asked(run, workspace, "status")
    assert (status["daemon"]["running"], status["hosts"]) == (False, [])
    assert daemon.said("stop")


PLAN = """
[campaign]
id = "fiesta"
name = "Fiesta"
timezone = "UTC"
"""
PEOPLE = "id,name,platform,handle\nann,Ann,youtube,ann\n"


def test_the_pages_follow_what_comes(start, run, workspace):
    """Also what a person changes while it runs."""
    add(workspace, DROP + 'handle = "ann"\n')
    daemon = start()
    (workspace.parent / "plan.toml").write_text(PLAN)
    (workspace.parent / "people.csv").write_text(PEOPLE)
    run("campaign", "apply", workspace.parent / "plan.toml")
    run("ambassador", "import", workspace.parent / "people.csv", "--campaign", "fiesta")
    pages = workspace / "site" / "fiesta"
    until((pages / "index.html").exists)
    drop(workspace, "a.csv", ROW.format("p1", 4711))
    until(lambda: "4711" in (pages / "data" / "posts.csv").read_text())
    assert daemon.end() == 0
    before = {each: each.read_bytes() for each in (workspace / "site").rglob("*.html")}
    assert run("report").code == 0
    after = {each: each.read_bytes() for each in (workspace / "site").rglob("*.html")}
    assert after == before


def test_ctrl_c_ends_it_too(start):
    assert start().end(signal.SIGINT) == 0


def test_a_second_daemon_on_the_same_home_is_refused(start, workspace):
    """Until the first one is gone, however it ends."""
    first = start()
    second = start()
    assert second.process.wait() == 5
    said = second.file.read_text()
    assert said.startswith("error[ALREADY_RUNNING] home workspace: daemon pid ")
    assert str(first.process.pid) in said
    first.end(signal.SIGKILL)
    third = start()
    assert third.process.poll() is None
    assert third.end() == 0


def test_of_several_daemons_started_at_once_one_runs(start, workspace):
    several = [Started(workspace) for _ in range(4)]
    until(lambda: sum(each.process.poll() is not None for each in several) == 3)
    codes = sorted((each.process.poll() for each in several), key=str)
    assert codes == [5, 5, 5, None]
    for each in several:
        each.process.kill()
        each.process.wait()


def test_a_killed_daemon_takes_up_its_work_without_doubles(start, run, workspace):
    """SIGKILL in the middle of a run: its slot runs again, its files count once."""
    add(workspace, DROP)
    stuck = workspace / "stuck"
    stuck.touch()
    add(
        workspace,
        '[[source]]\nname = "api"\nkind = "hanging"\nevery = "1d"\n'
        f'while_there = "{stuck}"\n',
    )
    daemon = start()
    drop(workspace, "a.csv", ROW.format("p1", 10))
    until(lambda: daemon.said("run"))
    until(lambda: any(each.source == "api" for each in history(workspace)))
    daemon.end(signal.SIGKILL)
    stuck.unlink()
    drop(workspace, "b.csv", ROW.format("p2", 5))

    daemon = start()
    assert [event["source"] for event in daemon.said("recover")] == ["api"]
    until(lambda: daemon.said("run"))
    until(
        lambda: (
            [each.outcome for each in history(workspace) if each.source == "api"]
            == ["lost", "ok"]
        )
    )
    assert daemon.end() == 0
    assert views(run, workspace) == 15
    runs = history(workspace)
    [lost] = [each for each in runs if each.outcome == "lost"]
    done = [(each.source, each.slot) for each in runs if each is not lost]
    assert len(done) == len(set(done))
    assert ("api", lost.slot) in done


def test_a_source_that_hangs_delays_no_other_nor_the_end(start, run, workspace):
    """SIGTERM waits for it, not for ever, and gives its slot back."""
    add(workspace, DROP)
    stuck = workspace / "stuck"
    stuck.touch()
    add(
        workspace,
        '[[source]]\nname = "api"\nkind = "hanging"\nevery = "1d"\n'
        f'while_there = "{stuck}"\n',
    )
    os.mkfifo(workspace / "inbox" / "pipe.csv")
    daemon = start()
    drop(workspace, "a.csv", ROW.format("p1", 10))
    until(lambda: any(event.get("stored") for event in daemon.said("run")))
    assert daemon.end() == 0
    assert "STOP_CUT" in daemon.said("stop")[0]["message"]
    [cut] = [each for each in history(workspace) if each.source == "api"]
    assert cut.outcome == "lost"
    assert cut.slot is not None


def test_a_second_signal_ends_it_at_once(start, workspace):
    stuck = workspace / "stuck"
    stuck.touch()
    add(
        workspace,
        '[[source]]\nname = "api"\nkind = "hanging"\nevery = "1d"\n'
        f'while_there = "{stuck}"\n',
    )
    daemon = start()
    until(lambda: history(workspace))
    daemon.process.send_signal(signal.SIGTERM)
    time.sleep(1.5)
    assert daemon.process.poll() is None
    assert daemon.end() == -signal.SIGTERM


def test_settings_are_read_again_and_wrong_ones_change_nothing(start, workspace):
    daemon = start()
    good = (workspace / "tracker.toml").read_text()
    add(workspace, "nonsense = 1\n")
    until(lambda: daemon.said("settings"))
    assert "The old settings stay" in daemon.said("settings")[0]["message"]
    (workspace / "tracker.toml").write_text(good + DROP)
    until(lambda: len(daemon.said("settings")) > 1)
    drop(workspace, "a.csv", ROW.format("p1", 10))
    until(lambda: daemon.said("run"))
    assert daemon.end() == 0


def test_it_tells_systemd_what_it_does(start, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as door:
        door.bind(str(tmp_path / "notify"))
        door.settimeout(30)
        daemon = start(NOTIFY_SOCKET=str(tmp_path / "notify"))
        assert [door.recv(99), door.recv(99)] == [b"READY=1", b"WATCHDOG=1"]
        assert daemon.end() == 0
        words = {door.recv(99)}
        while b"STOPPING=1" not in words:
            words.add(door.recv(99))


def test_secrets_named_in_settings_do_not_reach_the_log(start, workspace):
    add(
        workspace,
        '[[source]]\nname = "api"\nkind = "hanging"\nevery = "1d"\n'
        'key = { env = "API_SECRET" }\nwhile_there = "canary-4711"\n',
    )
    daemon = start("-v", API_SECRET="canary-4711")
    add(workspace, "canary-4711 = 1\n")
    until(lambda: daemon.said("settings"))
    daemon.end()
    assert "canary-4711" not in daemon.file.read_text()


# -- several hosts ------------------------------------------------------------------


@pytest.mark.slow
def test_two_daemons_on_postgresql_share_the_slots(
    start, server, with_tables, workspace, tmp_path, run
):
    """Each slot has one run that is not lost, or is merged into the next one, also
    when one of the two is killed."""
    name = "shared" + os.urandom(4).hex()
    server.do(f"CREATE DATABASE {name} TEMPLATE {with_tables}")
    settings = (workspace / "tracker.toml").read_text()
    (workspace / "tracker.toml").write_text(
        f'database = "{server.url(name)}"\n{settings}\n'
        '[[source]]\nname = "api"\nkind = "hanging"\nevery = "1s"\n'
    )
    daemons = [start(TRACKER_HOST=host) for host in ("a", "b")]
    twin = start(TRACKER_HOST="a")
    assert twin.process.wait() == 5

    until(lambda: {each.host for each in history(workspace)} == {"a", "b"})
    status = asked(run, workspace, "status")
    assert [(host["name"], host["state"]) for host in status["hosts"]] == [
        ("a", "live"),
        ("b", "live"),
    ]
    daemons[0].end(signal.SIGKILL)
    before = len(history(workspace))
    until(lambda: len(history(workspace)) > before + 3)
    assert daemons[1].end() == 0

    done = [each for each in history(workspace) if each.outcome != "lost"]
    slots = [each.slot for each in done]
    assert slots == sorted(set(slots))
    for earlier, later in pairwise(done):
        assert later.slot - earlier.slot == 1000 * (1 + later.merged)


#: A campaign, and the one who posts for it.
CAMPAIGN = (
    "INSERT INTO ambassador (id, slug, name, created_at) VALUES ({n}, '{who}', 'A', 0)",
    (
        "INSERT INTO handle (ambassador_id, platform, handle, key)"
        " VALUES ({n}, 'youtube', '{who}', '{who}')"
    ),
    (
        "INSERT INTO campaign (id, slug, name, timezone, currency, language, rules,"
        " plan, state, applied_at) VALUES ({n}, '{who}', 'C', 'UTC', 'EUR', 'en',"
        " '{{}}', '{{}}', 'open', 0)"
    ),
    (
        "INSERT INTO enrolment (campaign_id, ambassador_id, starts)"
        " VALUES ({n}, {n}, '2009-01-01')"
    ),
)
#: So many posts that their pages are not made together with those of all others.
POSTS = 20_000


def test_pages_of_a_live_campaign_wait_for_one_other_at_most(start, run, workspace):
    """What changed is built first and alone. The other's pages stay, but for that which
    tells of all sources, when it is its turn."""
    database = Database(f"sqlite:///{workspace / 'tracker.db'}", workspace)
    for n, who in enumerate(("large", "live"), 1):
        with database.writing() as link:
            for statement in CAMPAIGN:
                link.run(statement.format(n=n, who=who))
        named = DROP.replace("drop", who).replace("*", f"{who}-*")
        add(workspace, f'{named}handle = "{who}"\n')
    many = (ROW.format(f"p{n}", 10) for n in range(POSTS))
    drop(workspace, "large-1.csv", *many)
    drop(workspace, "live-1.csv", ROW.format("l1", 5))
    assert run("ingest").code == 0
    daemon, site = start(), workspace / "site"

    def built():
        return [one.get("campaign") for one in daemon.said("publish")]

    def entries():
        known = json.loads((site / "manifest.json").read_text())["files"]
        return {n: e["sha256"] for n, e in known.items() if n.startswith("large/")}

    until(lambda: {"large", "live"} <= set(built()))
    before, builds = entries(), len(built())
    drop(workspace, "live-2.csv", ROW.format("l2", 12_345))
    until(lambda: "12345" in (site / "live" / "data" / "posts.csv").read_text())
    assert "12,350" in (site / "index.html").read_text()
    until(lambda: len(built()) > builds)
    assert "live" in built()[builds : builds + 2]
    changed = {name for name, digest in entries().items() if before[name] != digest}
    assert changed <= {"large/quality.html"}
    assert daemon.end() == 0

"""The daemon makes backups by itself, one for all hosts, and a kill leaves no half."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from backed import fill
from spring import said
from support import ROOT, Run

from tracker.app import open_tracker
from tracker.backups.checking import trouble
from tracker.backups.folder import found
from tracker.backups.regular import Regular

HOUR = 3_600_000
AT = 1_780_000_000_000


def set_plan(home: Path) -> None:
    with (home / "tracker.toml").open("a") as out:
        out.write('\n[backup]\nevery = "1h"\nkeep = 2\n')


def test_one_of_the_hosts_makes_each_backup(spring: Run, each_workspace: Path) -> None:
    set_plan(each_workspace)
    tracker, stop = open_tracker(each_workspace), threading.Event()
    hosts = [Regular("a"), Regular("b")]
    steps = (AT, AT + 1000, AT + HOUR, AT + 2 * HOUR - 1, AT + 2 * HOUR)
    made = [[host.step(tracker, at, stop) for host in hosts] for at in steps]
    assert made == [
        [True, False],
        [False] * 2,
        [True, False],
        [False] * 2,
        [True, False],
    ]
    there = found(each_workspace / "backups")
    assert len(there) == 2
    assert [trouble(one) for one in there] == [None, None]


def test_another_host_at_work_is_left_alone(spring: Run, each_workspace: Path) -> None:
    set_plan(each_workspace)
    tracker = open_tracker(each_workspace)
    tracker.runs.leases.take("backup", "b", AT, HOUR)
    assert not Regular("a").step(tracker, AT, threading.Event())
    assert Regular("a").step(tracker, AT + HOUR, threading.Event())


def test_without_every_none_is_made(spring: Run, each_workspace: Path) -> None:
    tracker = open_tracker(each_workspace)
    assert not Regular("a").step(tracker, AT, threading.Event())
    assert found(each_workspace / "backups") == []


def test_what_is_told_to_stop_leaves_nothing(spring: Run, each_workspace: Path) -> None:
    """SIGTERM in the middle: no backup, no remains, no error."""
    set_plan(each_workspace)
    stop = threading.Event()
    stop.set()
    tracker = open_tracker(each_workspace)
    if tracker.database.dialect == "sqlite":
        grow(each_workspace, 60_000)
        assert not Regular("a").step(tracker, AT, stop)
        assert list((each_workspace / "backups").iterdir()) == []


def grow(home: Path, rows: int) -> None:
    """Enough that a copy takes a moment."""
    with open_tracker(home).database.writing() as link:
        link.many(
            "INSERT INTO uncounted (link_id, at, many) VALUES (?, 1, 1)",
            ((1000 + n,) for n in range(rows)),
        )


def test_a_kill_at_any_moment_leaves_no_half_backup(
    workspace: Path, invoke: Run
) -> None:
    """SIGKILL at many points, while somebody writes: what has the name of a backup is
    whole, and the next backup sweeps the rest away."""
    run = fill(workspace, invoke)
    grow(workspace, 60_000)
    done = threading.Event()
    writer = threading.Thread(target=write_on, args=(workspace, done))
    writer.start()
    try:
        began = time.monotonic()
        start(workspace).wait()
        whole = time.monotonic() - began
        for n in range(12):
            process = start(workspace)
            time.sleep(whole * (n + 1) / 12)
            process.kill()
            process.wait()
            for one in found(workspace / "backups"):
                assert trouble(one) is None
    finally:
        done.set()
        writer.join()
    assert said(run, "backup")["name"]
    assert [
        path for path in (workspace / "backups").iterdir() if path.name[0] == "."
    ] == []
    assert said(run, "backup", "verify")["ok"]


def start(home: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tracker", "--home", home, "backup", "--keep", "99"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def write_on(home: Path, done: threading.Event) -> None:
    database = open_tracker(home).database
    n = 0
    while not done.wait(0.01):
        n += 1
        with database.writing() as link:
            link.run("INSERT INTO uncounted (link_id, at, many) VALUES (?, 2, 1)", (n,))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_restore_that_is_killed_changes_nothing(
    spring: Run, each_workspace: Path
) -> None:
    """The transaction of PostgreSQL goes with the process."""
    from tracker.store import duplicate, inventory, reload

    name = said(spring, "backup")["name"]
    tracker = open_tracker(each_workspace)
    with tracker.database.reading() as link:
        before = inventory.take(link)
    dump = each_workspace / "backups" / name / duplicate.FILES["postgresql"]
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from tracker.app import open_tracker\n"
        "from tracker.store import reload\n"
        "t = open_tracker(Path(sys.argv[1]))\n"
        "whole = reload._lines\n"
        "def lines(out):\n"
        "    for n, line in enumerate(whole(out)):\n"
        "        if n == 400: os.kill(os.getpid(), signal.SIGKILL)\n"
        "        yield line\n"
        "reload._lines = lines\n"
        "reload.reload(t.database, Path(sys.argv[2]), {'tables': {}}, [])\n"
    )
    words = [sys.executable, "-c", script, str(each_workspace), str(dump)]
    killed = subprocess.run(words, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert killed.returncode == -signal.SIGKILL
    with tracker.database.reading() as link:
        assert inventory.take(link) == before
    assert reload.NOW


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_dump_with_other_rows_is_not_kept(spring: Run, each_workspace: Path) -> None:
    """Counted before the commit, so nothing has changed when it is refused."""
    from tracker.errors import StoreError
    from tracker.store import duplicate, inventory
    from tracker.store.reload import reload

    name = said(spring, "backup")["name"]
    tracker = open_tracker(each_workspace)
    dump = each_workspace / "backups" / name / duplicate.FILES["postgresql"]
    with tracker.database.reading() as link:
        before = inventory.take(link)
    with pytest.raises(StoreError, match="table enrolment has not the 7 rows"):
        reload(tracker.database, dump, {"tables": {"enrolment": 7}}, [])
    with tracker.database.reading() as link:
        assert inventory.take(link) == before

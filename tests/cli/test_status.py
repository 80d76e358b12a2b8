"""`tracker status` and `tracker doctor`: what is late, failed or broken."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import time
from pathlib import Path

import pytest

from tracker import doctor
from tracker.app import open_tracker
from tracker.errors import LockedError
from tracker.hosts import host_name, surely_dead
from tracker.lock import HomeLock
from tracker.model import Outcome, RunReport, Tally

DAY = 86_400_000
BLOCK = '[[source]]\nname = "studio"\nkind = "csv"\npath = "inbox"\n'


def add(home, text):
    with (home / "tracker.toml").open("a") as file:
        file.write(text)


def ran(home, ago, outcome=Outcome.OK, error=None):
    """A run that ended so many ms ago."""
    runs = open_tracker(home).runs
    at = time.time_ns() // 1_000_000 - ago
    number = runs.start("studio", "csv", slot=None, host=None, now=at)
    runs.finish(number, RunReport("studio", outcome, 1, Tally(), error), at)


def asked(invoke, *words):
    result = invoke(*words, "--json")
    return result.code, json.loads(result.out)


def codes(answer):
    return [found["code"] for check in answer["checks"] for found in check["findings"]]


# -- status -----------------------------------------------------------------------


def test_a_fresh_workspace_is_well(invoke, workspace):
    add(workspace, BLOCK)
    code, found = asked(invoke, "status")
    assert code == 0
    assert found["ok"] and found["hosts"] == []
    assert found["daemon"] == {
        "running": False,
        "host": None,
        "pid": None,
        "since": None,
    }
    assert found["sources"][0]["state"] == "ready"
    assert found["quarantine"] == {"rows": 0, "files": 0}


def test_a_source_is_late_when_its_next_run_is_overdue(invoke, workspace):
    add(workspace, BLOCK + 'every = "1d"\n')
    ran(workspace, 3 * DAY)
    code, found = asked(invoke, "status")
    [source] = found["sources"]
    assert (code, found["ok"]) == (1, False)
    assert DAY / 1000 < source["late"] < 3 * DAY / 1000
    assert source["next"] is not None
    ran(workspace, 0)
    assert asked(invoke, "status")[0] == 0


def test_a_paused_source_is_not_late(invoke, workspace):
    add(workspace, BLOCK + 'every = "1d"\n')
    ran(workspace, 3 * DAY)
    open_tracker(workspace).runs.pause("studio", "on holiday")
    code, found = asked(invoke, "status")
    assert (code, found["sources"][0]["reason"]) == (0, "on holiday")


def test_a_watched_folder_cannot_be_late(invoke, workspace):
    add(workspace, BLOCK)
    ran(workspace, 30 * DAY)
    assert asked(invoke, "status")[0] == 0


def test_a_source_whose_last_run_failed_is_told_with_its_error(invoke, workspace):
    add(workspace, BLOCK)
    ran(workspace, 0, Outcome.FAILED, "error[UPSTREAM] studio: it answered 503.")
    code, found = asked(invoke, "status")
    assert code == 1
    assert "503" in found["sources"][0]["error"]
    result = invoke("status")
    assert result.code == 1
    assert "503" in result.out and "studio" in result.out


def test_it_says_which_daemon_holds_the_home(invoke, workspace):
    lock = HomeLock(workspace, "a", 1_241_179_200_000)
    _, found = asked(invoke, "status")
    lock.release()
    assert found["daemon"] == {
        "running": True,
        "host": "a",
        "pid": os.getpid(),
        "since": "2009-05-01T12:00:00Z",
    }


@pytest.mark.parametrize(
    ("age", "state"), [(0, "live"), (60_000, "late"), (DAY, "gone")]
)
def test_hosts_are_live_late_or_gone(invoke, workspace, age, state):
    leases = open_tracker(workspace).runs.leases
    now = leases.clock() - age
    said = {"pid": 7, "machine": "m", "since": now, "lease": 15_000}
    leases.seize("daemon:a", json.dumps(said), now, 15_000)
    leases.seize("publisher", "a", now, 15_000)
    [host] = asked(invoke, "status")[1]["hosts"]
    assert (host["name"], host["pid"], host["state"]) == ("a", 7, state)
    assert host["publisher"] is (state == "live") and host["slots"] == []


# -- doctor -----------------------------------------------------------------------


def test_the_doctor_finds_nothing_in_a_fresh_workspace(invoke, workspace):
    code, found = asked(invoke, "doctor")
    assert (code, found["ok"], codes(found)) == (0, True, [])
    names = [check["name"] for check in found["checks"]]
    assert {"files", "disk", "settings", "schema", "database", "sums"} <= set(names)


def test_files_that_others_can_read_are_found(invoke, workspace):
    (workspace / "tracker.db").chmod(0o644)
    code, found = asked(invoke, "doctor")
    assert (code, codes(found)) == (1, ["MODE"])
    assert "chmod 0600 tracker.db" in invoke("doctor").out


def test_every_problem_of_the_settings_is_found(invoke, workspace):
    add(workspace, 'nonsense = 1\n[[source]]\nname = "x"\n')
    code, found = asked(invoke, "doctor")
    assert code == 1
    assert codes(found) and set(codes(found)) == {"CONFIG"}


def test_a_damaged_database_is_found_and_left_as_it_is(invoke, workspace):
    path = workspace / "tracker.db"
    with sqlite3.connect(path) as link:
        link.execute("PRAGMA journal_mode=DELETE")
    link.close()
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = os.urandom(4096)
    path.write_bytes(content)
    code, found = asked(invoke, "doctor")
    assert (code, set(codes(found))) == (1, {"DB_CORRUPT"})


def test_a_file_that_is_no_database_is_told(invoke, workspace):
    for each in workspace.glob("tracker.db*"):
        each.unlink()
    (workspace / "tracker.db").write_bytes(b"no database " * 1000)
    (workspace / "tracker.db").chmod(0o600)
    code, found = asked(invoke, "doctor")
    assert (code, codes(found)) == (1, ["DB_CORRUPT"])
    assert (workspace / "tracker.db").read_bytes().startswith(b"no database")


def test_a_missing_database_is_not_made_anew(invoke, workspace):
    for each in workspace.glob("tracker.db*"):
        each.unlink()
    assert asked(invoke, "doctor")[0] == 1
    assert not (workspace / "tracker.db").exists()


def test_a_wrong_sum_is_found(invoke, workspace):
    add(workspace, BLOCK + 'platform = "youtube"\n')
    (workspace / "inbox" / "a.csv").write_text(
        "post_id,views,captured_at\np1,10,2009-05-01T10:00:00Z\n"
    )
    assert invoke("ingest").code == 0
    assert asked(invoke, "doctor")[0] == 0
    with sqlite3.connect(workspace / "tracker.db") as link:
        link.execute("UPDATE rollup SET views = views + 1")
    link.close()
    code, found = asked(invoke, "doctor")
    assert (code, codes(found)) == (1, ["DRIFT"])


def test_a_late_and_a_paused_source_are_found(invoke, workspace):
    add(workspace, BLOCK + 'every = "1d"\n')
    ran(workspace, 3 * DAY)
    assert codes(asked(invoke, "doctor")[1]) == ["LATE"]
    open_tracker(workspace).runs.pause("studio", "on holiday")
    assert codes(asked(invoke, "doctor")[1]) == ["SOURCE"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/home/me/work", "nfs4"), ("/home/me", "ext4"), ("/mnt/a b/c", "cifs")],
)
def test_the_file_system_is_that_of_the_nearest_mount(path, kind):
    mounts = (
        "/dev/sda / ext4 rw 0 0\n"
        "server:/x /home/me/work nfs4 rw 0 0\n"
        "//server/y /mnt/a\\040b cifs rw 0 0\n"
    )
    assert doctor.file_system(Path(path), mounts) == kind


# -- both databases ---------------------------------------------------------------


def test_status_and_doctor_know_both_databases(invoke, each_workspace):
    add(each_workspace, BLOCK)
    code, found = asked(invoke, "status")
    database = found["database"]
    assert code == 0
    assert database["kind"] in ("sqlite", "postgresql")
    assert database["version"].lower().startswith(database["kind"])
    assert asked(invoke, "doctor")[0] == 0


def test_on_postgresql_a_living_host_is_the_daemon(invoke, each_workspace):
    """On SQLite it is who holds the lock, and nobody does here."""
    tracker = open_tracker(each_workspace)
    now = tracker.runs.leases.clock()
    said = {"pid": 7, "machine": "elsewhere", "since": now, "lease": 15_000}
    tracker.runs.leases.seize("daemon:a", json.dumps(said), now, 15_000)
    daemon = asked(invoke, "status")[1]["daemon"]
    assert daemon["running"] is (tracker.database.dialect == "postgresql")


def test_what_a_host_runs_is_told(invoke, each_workspace):
    runs = open_tracker(each_workspace).runs
    now = runs.leases.clock()
    said = {"pid": 7, "machine": "elsewhere", "since": now, "lease": 15_000}
    runs.leases.seize("daemon:a", json.dumps(said), now, 15_000)
    runs.source_id("studio", "csv")
    runs.claim("studio", 1_241_179_200_000, host="a", now=now, lease=15_000)
    [host] = asked(invoke, "status")[1]["hosts"]
    assert host["slots"] == [
        {"source": "studio", "slot": "2009-05-01T12:00:00Z", "term": 1}
    ]


@pytest.mark.parametrize(
    ("pid", "machine", "refused"),
    [
        (os.getppid(), platform.node(), True),  # it lives
        (2**22 + 1, platform.node(), False),  # no process has this number
        (2**22 + 1, "elsewhere", True),  # nobody can tell from here
        (os.getpid(), platform.node(), False),  # an earlier one with our number
    ],
    ids=["living", "no-process", "elsewhere", "our-number"],
)
def test_a_name_is_free_when_its_daemon_is_surely_dead(
    workspace, pid, machine, refused
):
    tracker = open_tracker(workspace)
    now = tracker.runs.leases.clock()
    said = {"pid": pid, "machine": machine, "since": now, "lease": 15_000}
    tracker.runs.leases.seize("daemon:a", json.dumps(said), now, 15_000)
    held = tracker.runs.leases.find("daemon:a")
    assert surely_dead(held, now + 15_000) is not refused
    if not refused:
        assert surely_dead(held, now)
        return
    with pytest.raises(LockedError, match="has this name"):
        surely_dead(held, now)


def test_a_host_is_called_as_it_is_told(workspace, monkeypatch):
    monkeypatch.delenv("TRACKER_HOST", raising=False)
    assert host_name(open_tracker(workspace).settings) == platform.node()
    add(workspace, '[host]\nname = "a"\n')
    assert host_name(open_tracker(workspace).settings) == "a"
    monkeypatch.setenv("TRACKER_HOST", "b")
    assert host_name(open_tracker(workspace).settings) == "b"

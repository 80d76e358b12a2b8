"""tracker archive, as a person or a script calls it."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from archiving import (
    all_readings,
    archived,
    as_it_is,
    check_whole,
    fill,
    hot,
    readings,
    row,
)
from dying import LATER
from plain import keep
from support import Run

from tracker.app import open_tracker
from tracker.store import leases
from tracker.store.archive import move, restore, turn
from tracker.store.database import Database


@pytest.fixture
def filled(each_workspace: Path) -> Database:
    database = open_tracker(each_workspace).database
    fill(database)
    return database


def said(run: Run, *words: str, code: int = 0) -> dict[str, Any]:
    done = run("archive", *words, "--json")
    assert done.code == code, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_a_month_is_listed_archived_verified_and_brought_back(
    filled: Database, invoke: Run
) -> None:
    before = as_it_is(filled)
    listed = said(invoke, "list")["months"]
    assert {one["state"] for one in listed} == {"hot"}
    assert {tuple(one) for one in listed} == {
        ("campaign", "month", "rows", "files", "bytes", "state", "hot")
    }
    assert {one["campaign"] for one in listed} == {"one", "two", None}

    would = said(invoke, "run", "--before", "2026-02", "--dry-run")
    assert would["dry_run"]
    assert [(one["month"], one["state"]) for one in would["months"]] == [
        ("2026-01", "hot")
    ] * 3
    assert said(invoke, "list")["months"] == listed

    done = said(invoke, "run", "one", "--before", "2026-03")["months"]
    assert [(one["campaign"], one["month"], one["state"]) for one in done] == [
        ("one", "2026-01", "archived"),
        ("one", "2026-02", "archived"),
    ]
    assert [(one["rows"], one["files"], one["hot"]) for one in done] == [(8, 1, 0)] * 2
    check_whole(filled, before)
    found = said(invoke, "verify")
    assert (found["ok"], found["problems"], found["months"]) == (True, [], done)

    back = said(invoke, "restore", "2026-01")["months"]
    assert [(one["state"], one["rows"], one["files"]) for one in back] == [
        ("restored", 8, 0)
    ]
    check_whole(filled, before)


def test_people_are_told_what_was_done(filled: Database, invoke: Run) -> None:
    told = invoke("archive", "run")
    assert "Archived 64 readings of 4 months, now 12 files" in told.out
    assert "2026-01" in told.out
    assert "There is nothing to archive." in invoke("archive", "run").out
    assert "12 files with 64 readings are what was written" in (
        invoke("archive", "verify").out
    )
    folder = filled.archive.folder
    assert folder is not None
    file = next(folder.rglob("*.parquet"))
    file.unlink()
    done = invoke("archive", "verify")
    assert done.code == 1
    assert done.err.startswith("error[ARCHIVE_MISSING] campaign=")
    assert said(invoke, "verify", code=1)["problems"][0]["code"] == "ARCHIVE_MISSING"
    lines = json.loads(invoke("audit", "list", "--json").out)["lines"]
    (first, *_) = [one["subject"] for one in lines if one["action"] == "archive.run"]
    assert first == "no campaign 2026-01, 4 readings"


def test_months_that_ended_lately_stay(
    filled: Database, invoke: Run, each_workspace: Path
) -> None:
    """90 days, or what the settings say; and never the month that is under way."""
    now = {"TRACKER_NOW": "2026-05-20T12:00:00Z"}
    done = json.loads(invoke("archive", "run", "--json", env=now).out)["months"]
    assert {one["month"] for one in done} == {"2026-01"}
    with (each_workspace / "tracker.toml").open("a") as file:
        file.write('\n[archive]\nafter = "20d"\naddress = "cold/store"\n')
    done = json.loads(invoke("archive", "run", "--json", env=now).out)["months"]
    assert {one["month"] for one in done} == {"2026-02", "2026-03"}
    assert list((each_workspace / "cold" / "store").rglob("*.parquet"))
    now = {"TRACKER_NOW": "2026-04-20T12:00:00Z"}
    words = ("archive", "run", "--before", "2031-01", "--json")
    assert json.loads(invoke(*words, env=now).out)["months"] == []


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ('after = "soon"', "archive.after"),
        ('address = "gs://bucket"', '"gs" is no place for an archive'),
        ('address = "s3://"', "write s3://BUCKET/PREFIX"),
        ('address = "s3://bucket/a b"', "without blanks"),
        ('address = ""', "archive.address: is empty"),
        ("address = 3", "archive.address"),
    ],
)
def test_settings_that_are_wrong_are_told(
    workspace: Path, invoke: Run, line: str, cause: str
) -> None:
    with (workspace / "tracker.toml").open("a") as file:
        file.write(f"\n[archive]\n{line}\n")
    done = invoke("archive", "list")
    assert done.code == 3
    assert cause in done.err


@pytest.mark.parametrize("words", [("run", "--before", "2026"), ("restore", "x")])
def test_a_month_is_a_month(workspace: Path, invoke: Run, words: tuple[str]) -> None:
    done = invoke("archive", *words)
    assert (done.code, "is no month; write 2026-03" in done.err) == (2, True)


# -- one at a time -------------------------------------------------------------------


def test_a_second_run_is_refused(filled: Database, invoke: Run) -> None:
    """As long as the first one lives; what died gives way at once."""
    held = turn.Turn(filled)
    other = json.dumps({"pid": 1, "machine": "elsewhere", "since": 0})
    with filled.writing() as link:
        link.run("UPDATE lease SET holder = ? WHERE name = 'archive'", (other,))
    for words in (("run",), ("restore", "2026-01")):
        done = invoke("archive", *words)
        assert (done.code, "error[ARCHIVE_BUSY]" in done.err) == (5, True)
    held.end()
    assert invoke("archive", "run").code == 0


def test_a_run_that_lost_its_turn_writes_nothing(filled: Database) -> None:
    mine = turn.Turn(filled)
    other = leases.Leases(filled)
    other.seize("archive", "b", other.clock(), 60_000)
    with pytest.raises(Exception, match="TERM_LOST"):
        mine.do(lambda link: link.run("DELETE FROM reading"))
    assert len(hot(filled)) == 64


# -- what cannot be written -----------------------------------------------------------


def lies(write: Callable[..., int]) -> Callable[..., int]:
    """A disk that keeps something else than it was given."""

    def bad(handle: int, data: memoryview) -> int:
        return write(handle, bytes([data[0] ^ 1]) + bytes(data[1:]))

    return bad


def full(_: Callable[..., int]) -> Callable[..., int]:
    def bad(handle: int, data: memoryview) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return bad


@pytest.mark.parametrize(
    ("fault", "code"), [(lies, "ARCHIVE_DIFFERS"), (full, "ARCHIVE_UNREACHABLE")]
)
def test_a_disk_that_lies_or_is_full_costs_no_reading(
    filled: Database,
    invoke: Run,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[..., Any],
    code: str,
) -> None:
    before = as_it_is(filled)
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", fault(os.write))
        done = invoke("archive", "run")
    assert (done.code, f"error[{code}]" in done.err) == (6, True), done.err
    assert len(hot(filled)) == 64
    check_whole(filled, before)
    assert invoke("archive", "run").code == 0
    check_whole(filled, before)
    assert said(invoke, "verify")["ok"]


def test_an_address_that_is_no_folder_costs_no_reading(
    filled: Database, invoke: Run
) -> None:
    folder = filled.archive.folder
    assert folder is not None
    folder.write_text("a file")
    done = invoke("archive", "run")
    assert (done.code, "error[ARCHIVE_UNREACHABLE]" in done.err) == (6, True)
    assert len(hot(filled)) == 64


def test_a_damaged_file_is_not_merged_or_brought_back(
    filled: Database, invoke: Run
) -> None:
    """What it hides stays hidden, and what came late stays in the database."""
    move.run(filled, move.Wish("2027-01"), now=LATER)
    keep(filled, [row("a0", "2026-02-03", views=160)], now=2)
    with filled.reading() as link:
        path = link.value(
            "SELECT path FROM archive_part WHERE campaign_id = 1 AND month = '2026-02'"
        )
    folder = filled.archive.folder
    assert folder is not None
    (folder / path).write_bytes(b"PAR1")
    for words in (("run",), ("restore", "2026-02", "one")):
        done = invoke("archive", *words)
        assert (done.code, "error[ARCHIVE_DAMAGED]" in done.err) == (6, True)
    assert len(hot(filled)) == 1


# -- others at the same time ---------------------------------------------------------


def test_what_comes_and_changes_meanwhile_is_kept(
    each_workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Late and larger readings of months that are just being archived and restored:
    the same as if they had come after."""
    from tracker.store.archive import pieces

    monkeypatch.setattr(pieces, "ROWS", 40)
    monkeypatch.setattr(move, "DELETE_AT_ONCE", 10)
    monkeypatch.setattr(restore, "AT_ONCE", 10)
    database = open_tracker(each_workspace).database
    fill(database, posts=6)
    told = {(one["post_id"], one["captured_at"]): one for one in readings(6)}
    ended = threading.Event()

    def come() -> None:
        for n in range(12):
            late = [
                row(f"{letter}{n % 6}", f"2026-0{1 + n % 4}-20T08:00", likes=100 + n)
                for letter in "abcd"
            ] + [row(f"b{n}", f"2026-02-11T{n:02}:00", views=n)]
            keep(open_tracker(each_workspace).database, late, now=2 + n)
            for one in late:
                old = told.setdefault((one["post_id"], one["captured_at"]), {})
                told[one["post_id"], one["captured_at"]] = {**old, **one}
        ended.set()

    writer = threading.Thread(target=come)
    writer.start()
    rounds = 0
    while not ended.is_set() or rounds < 2:
        move.run(database, move.Wish("2027-01", again=True), now=LATER)
        restore.restore(database, "2026-02", now=LATER)
        rounds += 1
    writer.join()
    move.run(database, move.Wish("2027-01", again=True), now=LATER)
    assert hot(database).is_empty()
    found = archived(database)
    assert len(found) == len(told)
    assert found["likes"].sum() == sum(one.get("likes") or 0 for one in told.values())
    check_whole(database, as_it_is(database))


def test_readings_that_were_deleted_meanwhile_do_not_come_back(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the writing of a file and its entry: the file is written again."""
    from tracker.store.archive import files, parts

    write, done = files.Address.write, []

    def slow(self: files.Address, path: str, content: bytes) -> None:
        write(self, path, content)
        if not done:
            done.append(path)
            with filled.writing() as link:
                link.run("DELETE FROM reading WHERE likes = 5")
                parts.unsettle(link)

    monkeypatch.setattr(files.Address, "write", slow)
    rest = all_readings(filled).filter(all_readings(filled)["likes"].ne_missing(5))
    move.run(filled, move.Wish("2027-01"), now=LATER)
    assert archived(filled).equals(rest)
    assert done[0] not in dict(filled.archive.files())


def test_a_reader_of_before_keeps_the_files_it_knows(filled: Database) -> None:
    """What is replaced while somebody reads stays until they have ended."""
    move.run(filled, move.Wish("2027-01"), now=LATER)
    keep(filled, [row("a0", "2026-02-03", views=160)], now=2)
    with filled.reading() as link:
        old = link.value(
            "SELECT path FROM archive_part WHERE campaign_id = 1 AND month = '2026-02'"
        )
        code = "import sys; from pathlib import Path\n"
        code += "from tracker.store.archive import move, readers\n"
        code += "from tracker.store.database import Database\n"
        code += "readers.PATIENCE = 0.3\n"
        home = str(filled.archive.folder.parent)  # type: ignore[union-attr]
        code += f"d = Database({filled.url!r}, Path({home!r}))\n"
        code += f"print(move.run(d, move.Wish('2027-01'), now={LATER}).waiting)"
        told = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        assert told.stdout == "1\n"
        assert filled.archive.read(old)
    done = move.run(filled, move.Wish("2027-01"), now=LATER)
    assert done.waiting == 0
    assert old not in dict(filled.archive.files())

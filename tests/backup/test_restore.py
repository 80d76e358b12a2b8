"""A restore gives the snapshot back, keeps what it replaced, and forgets no erasure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from backed import fill
from spring import done, said
from support import ROOT, Run

from tracker.app import open_tracker
from tracker.store import inventory

MORE = """platform,handle,post_id,published_at,captured_at,caption,views,likes
youtube,annakow,v7,2026-02-01T10:00:00Z,2026-02-05T10:00:00Z,Late #spring,1000,50
"""
#: Tables that tell of the restore itself, or of what may not be taken back.
TELLING = ("audit", "meta", "suppressed", "erasure")
EXPORTS = ("readings", "posts", "totals")


def figures(run: Run) -> list[str]:
    """What users see of the data."""
    texts = [done(run, "export", kind, "--format", "csv") for kind in EXPORTS]
    return [*texts, json.dumps(said(run, "totals", "c", "--by", "day")["rows"])]


def rows(home: Path) -> dict:
    with open_tracker(home).database.reading() as link:
        return inventory.take(link)


def change(run: Run, home: Path) -> None:
    (home / "inbox" / "more.csv").write_text(MORE)
    done(run, "ingest")
    done(run, "withdraw", "c", "ben", "--on", "2026-01-02")


def test_a_restore_is_the_snapshot(spring: Run, each_workspace: Path) -> None:
    before, held = figures(spring), rows(each_workspace)
    name = said(spring, "backup")["name"]
    change(spring, each_workspace)
    assert figures(spring) != before
    dry = said(spring, "restore", name, "--dry-run")
    assert dry["dry_run"]
    assert figures(spring) != before, "nothing was done"
    told = said(spring, "restore", name, "--yes")
    assert figures(spring) == before
    assert inventory.compare(held, rows(each_workspace), *TELLING) is None
    done(spring, "verify")
    done(spring, "doctor")
    assert Path(told["before_restore"]).name.endswith("-before-restore")


def test_the_way_back_from_a_restore(spring: Run, each_workspace: Path) -> None:
    name = said(spring, "backup")["name"]
    change(spring, each_workspace)
    after = figures(spring)
    aside = Path(said(spring, "restore", name, "--yes")["before_restore"]).name
    assert figures(spring) != after
    done(spring, "restore", aside, "--yes")
    assert figures(spring) == after


def test_the_audit_is_never_taken_back(spring: Run, each_workspace: Path) -> None:
    name = said(spring, "backup")["name"]
    change(spring, each_workspace)
    before = said(spring, "audit", "list")["lines"]
    kept = said(spring, "restore", name, "--yes")["audit_lines_kept"]
    lines = said(spring, "audit", "list")["lines"]
    assert lines[: len(before)] == before
    assert kept > 0
    (told,) = lines[len(before) :]
    assert (told["action"], told["subject"]) == ("backup.restore", f"backup {name}")
    done(spring, "audit", "verify")
    done(spring, "enrol", "c", "ben", "--from", "2026-02-01")
    done(spring, "audit", "verify")


def test_who_was_erased_since_stays_erased(spring: Run, each_workspace: Path) -> None:
    totals = said(spring, "totals", "c")["rows"]
    name = said(spring, "backup")["name"]
    for path in (each_workspace / "inbox").iterdir():
        path.unlink()
    erased = said(spring, "privacy", "erase", "anna", "--yes")
    assert f"backups/{name}" in [one["path"] for one in erased["backups"]]
    told = said(spring, "restore", name, "--yes")
    assert told["erased_again"] == 1
    assert said(spring, "totals", "c")["rows"] == totals
    slugs = {one["id"] for one in said(spring, "ambassador", "list")["ambassadors"]}
    assert "anna" not in slugs
    texts = everything(each_workspace)
    assert "annakow" not in texts
    assert "kowalczyk" not in texts.lower()
    done(spring, "verify")
    done(spring, "audit", "verify")
    (each_workspace / "again.csv").write_text(
        "id,name,platform,handle\nanna,Anna Kowalczyk,youtube,annakow\n"
    )
    assert spring("ambassador", "import", each_workspace / "again.csv").code == 1


def everything(home: Path) -> str:
    tracker = open_tracker(home)
    with tracker.database.reading() as link:
        return "\n".join(
            repr(link.all(f'SELECT * FROM "{table}"'))
            for table in inventory.tables(link)
        )


def test_an_erasure_is_known_when_the_database_is_lost(
    workspace: Path, invoke: Run, tmp_path: Path
) -> None:
    """The list beside the backups is enough."""
    run = fill(workspace, invoke)
    name = said(run, "backup")["name"]
    done(run, "privacy", "erase", "anna", "--yes")
    for part in workspace.glob("tracker.db*"):
        part.write_bytes(b"")
    told = said(run, "restore", name, "--yes")
    assert told["erased_again"] == 1
    assert "annakow" not in everything(workspace)
    there = tmp_path / "elsewhere"
    assert said(run, "restore", name, "--to", there)["erased_again"] == 1
    assert "annakow" not in everything(there)


def test_posts_of_somebody_erased_go_though_the_backup_knows_no_person(
    workspace: Path, invoke: Run
) -> None:
    """Her posts came before she was on the roster, and she was erased afterwards."""
    run = fill(workspace, invoke)
    lines = "platform,handle,post_id,captured_at,views\n"
    file = workspace / "inbox" / "eve.csv"
    file.write_text(lines + "youtube,evesplace,e1,2026-02-03T10:00:00Z,5\n")
    done(run, "ingest")
    name = said(run, "backup")["name"]
    done(
        run,
        "ambassador",
        "add",
        "eve",
        "--name",
        "Eve Park",
        "--handle",
        "youtube:evesplace",
    )
    file.unlink()
    done(run, "privacy", "erase", "eve", "--yes")
    assert said(run, "restore", name, "--yes")["erased_again"] == 1
    assert "evesplace" not in everything(workspace)


def test_nobody_else_is_erased_who_has_the_number_of_somebody_erased(
    workspace: Path, invoke: Run
) -> None:
    run = fill(workspace, invoke)
    first = said(run, "backup")["name"]
    done(run, "ambassador", "add", "eve", "--name", "Eve Park", "--handle", "x:eve")
    done(run, "privacy", "erase", "eve", "--yes")
    done(run, "restore", first, "--yes")
    done(run, "ambassador", "add", "fay", "--name", "Fay Low", "--handle", "x:fay")
    second = said(run, "backup")["name"]
    assert said(run, "restore", second, "--yes")["erased_again"] == 0
    slugs = {one["id"] for one in said(run, "ambassador", "list")["ambassadors"]}
    assert {"anna", "ben", "fay"} <= slugs


def test_a_damaged_backup_changes_nothing(spring: Run, each_workspace: Path) -> None:
    path = Path(said(spring, "backup")["path"])
    change(spring, each_workspace)
    before, held = figures(spring), rows(each_workspace)
    for name in ("tracker.db", "database.dump", "manifest.json"):
        file = path / name
        if not file.exists():
            continue
        data = file.read_bytes()
        file.write_bytes(data[: len(data) // 2])
        told = spring("restore", path.name, "--yes")
        assert (told.code, "error[BACKUP_BAD]" in told.err) == (6, True)
        file.write_bytes(data)
    assert figures(spring) == before
    assert rows(each_workspace) == held
    assert len(list((each_workspace / "backups").iterdir())) == 1


def test_a_backup_of_another_schema(
    workspace: Path, invoke: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer one is refused; an older one is restored, and says what it needs."""
    from tracker.store import schema

    run = fill(workspace, invoke)
    name = said(run, "backup")["name"]
    with monkeypatch.context() as patch:
        patch.setattr(schema, "newest", lambda: "0001")
        told = run("restore", name, "--yes")
        assert (told.code, "SCHEMA_NEWER" in told.err) == (3, True)
    with monkeypatch.context() as patch:
        patch.setattr(schema, "newest", lambda: "9999")
        told = run("restore", name, "--yes")
        assert (told.code, "tracker db upgrade" in told.out) == (0, True)


def test_it_needs_a_yes_where_nobody_can_be_asked(spring: Run) -> None:
    name = said(spring, "backup")["name"]
    assert spring("restore", name).code == 2
    assert spring("restore", "nope", "--yes").code == 4


def test_a_broken_or_missing_database_is_replaced(workspace: Path, invoke: Run) -> None:
    """Its files are put aside, old logs too."""
    run = fill(workspace, invoke)
    before = figures(run)
    name = said(run, "backup")["name"]
    (workspace / "tracker.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 9000)
    (workspace / "tracker.db-wal").write_bytes(b"stale")
    told = said(run, "restore", name, "--yes")
    assert figures(run) == before
    aside = Path(told["before_restore"])
    assert (aside / "tracker.db").read_bytes().endswith(b"\xff")
    for part in workspace.glob("tracker.db*"):
        part.unlink()
    done(run, "restore", "latest", "--yes")
    assert figures(run) == before
    done(run, "audit", "verify")


def test_a_new_workspace_is_made_beside(
    workspace: Path, invoke: Run, tmp_path: Path
) -> None:
    from support import invoking

    run = fill(workspace, invoke)
    before = figures(run)
    path = said(run, "backup")["path"]
    change(run, workspace)
    there = tmp_path / "there"
    done(run, "restore", path, "--to", there)
    assert figures(invoking(there)) == before
    assert figures(run) != before
    assert (
        there.stat().st_mode & 0o777,
        (there / "tracker.db").stat().st_mode & 0o777,
    ) == (0o700, 0o600)
    done(invoking(there), "audit", "verify")
    told = run("restore", path, "--to", there)
    assert (told.code, "RESTORE_FOLDER" in told.err) == (6, True)


def test_nothing_is_restored_under_a_running_daemon(
    each_workspace: Path, spring: Run
) -> None:
    name = said(spring, "backup")["name"]
    text = (each_workspace / "tracker.toml").read_text()
    (each_workspace / "tracker.toml").write_text(
        text.replace("127.0.0.1:8040", "127.0.0.1:0")
    )
    for words, port in (("daemon", ()), ("serve", ("--listen", "127.0.0.1:0"))):
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tracker",
                "--home",
                each_workspace,
                words,
                *port,
                "--log",
                "json",
            ],
            stderr=subprocess.PIPE,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        )
        try:
            _heard(process)
            told = spring("restore", name, "--yes")
            assert told.code == 5, told.err
        finally:
            process.terminate()
            process.communicate()
    assert spring("restore", name, "--yes").code == 0


def _heard(process: subprocess.Popen) -> None:
    """Until it says that it listens."""
    for line in process.stderr:
        if b"listen" in line:
            return
    raise AssertionError("it ended")


def test_a_restore_that_is_killed_leaves_one_or_the_other(
    workspace: Path, invoke: Run
) -> None:
    """At many points; another restore then does the rest."""
    run = fill(workspace, invoke)
    old = figures(run)
    name = said(run, "backup")["name"]
    change(run, workspace)
    new = figures(run)
    words = [sys.executable, "-m", "tracker", "--home", workspace, "restore"]
    around = {**os.environ, "PYTHONPATH": str(ROOT)}
    began = time.monotonic()
    subprocess.run([*words, name, "--dry-run"], env=around, check=True)
    whole = time.monotonic() - began
    for n in range(8):
        process = subprocess.Popen([*words, name, "--yes"], env=around)
        time.sleep(whole * (0.6 + n / 5))
        process.kill()
        process.wait()
        assert figures(run) in (old, new)
        done(run, "db", "check")
    done(run, "restore", name, "--yes")
    assert figures(run) == old
    done(run, "audit", "verify")
    assert not list((workspace / ".cache" / "past").iterdir())

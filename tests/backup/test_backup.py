"""A backup is whole, private, and of one instant; what is not whole has no name."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest
from backed import fill
from spring import done, programme, said
from support import Run

from tracker.backups.folder import choose, found
from tracker.errors import NotFoundError


def folder(home: Path) -> Path:
    return home / "backups"


def test_a_backup_is_private_whole_and_says_what_it_holds(
    spring: Run, each_workspace: Path
) -> None:
    made = said(spring, "backup")
    path = Path(made["path"])
    assert path.parent == folder(each_workspace)
    assert made["readings"] == 3
    modes = {p: stat.S_IMODE(p.stat().st_mode) for p in [path, *path.iterdir()]}
    assert {modes.pop(path)} == {0o700}
    assert set(modes.values()) == {0o600}
    manifest = json.loads((path / "manifest.json").read_text())
    assert manifest["tables"]["ambassador"] == 2
    assert manifest["totals"]["c"]["views"] == 140
    assert manifest["readings"]["likes"] == [13, 3]
    names = {one["name"] for one in manifest["files"]} | {"manifest.json"}
    assert names == {p.name for p in path.iterdir()}
    lines = (path / "audit.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["hash"] == manifest["audit"]["hash"]
    assert said(spring, "backup", "verify")["ok"]
    assert [*folder(each_workspace).iterdir()] == [path]


def test_a_damaged_backup_is_told(spring: Run, each_workspace: Path) -> None:
    path = Path(said(spring, "backup")["path"])
    whole = {file.name: file.read_bytes() for file in path.iterdir()}
    for name, data in whole.items():
        middle = len(data) // 2
        (path / name).write_bytes(data[:middle] + b"\xff" + data[middle + 1 :])
        told = spring("backup", "verify", path.name)
        assert told.code == 1, name
        assert name in told.out
        (path / name).unlink()
        assert spring("backup", "verify", path.name).code == (
            1 if name != "manifest.json" else 4
        )
        (path / name).write_bytes(data)
    assert spring("backup", "verify", path.name).code == 0


def test_a_database_that_lost_rows_is_no_backup(
    workspace: Path, invoke: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole as a file, and yet not what it was: the manifest knows."""
    run = programme(workspace, invoke)
    path = Path(said(run, "backup")["path"])
    with sqlite3.connect(path / "tracker.db") as link:
        link.execute("DELETE FROM enrolment")
    link.close()
    monkeypatch.setattr("tracker.backups.checking._changed", lambda *_: None)
    told = run("backup", "verify")
    assert (told.code, "table enrolment" in told.out) == (1, True)


def test_the_newest_stay_and_nothing_else_is_deleted(
    spring: Run, each_workspace: Path
) -> None:
    there = folder(each_workspace)
    first = said(spring, "backup")["name"]
    for name in ("2026-01-01T000000Z", "2026-01-02T000000Z"):
        shutil.copytree(there / first, there / name)
    (there / "mine").mkdir()
    gone = said(spring, "backup", "--keep", "2")["deleted"]
    assert gone == ["2026-01-01T000000Z", "2026-01-02T000000Z"]
    assert len(found(there)) == 2
    assert (there / "mine").is_dir()


def test_expiries_follow_the_plan(spring: Run, each_workspace: Path) -> None:
    with (each_workspace / "tracker.toml").open("a") as out:
        out.write('\n[backup]\nevery = "1d"\nkeep = 3\nexpire = "9d"\n')
    there = folder(each_workspace)
    first = said(spring, "backup")["name"]
    (there / first).rename(there / "2026-05-01T000000Z")
    for name in ("2026-05-02T000000Z", "2026-05-03T000000Z"):
        shutil.copytree(there / "2026-05-01T000000Z", there / name)
    rows = said(spring, "backup", "list")["backups"]
    ends = ["2026-05-04T00:00:00Z", "2026-05-05T00:00:00Z", "2026-05-06T00:00:00Z"]
    assert [row["expires"] for row in rows] == ends


def test_old_backups_go_but_never_the_last(spring: Run, each_workspace: Path) -> None:
    with (each_workspace / "tracker.toml").open("a") as out:
        out.write('\n[backup]\nexpire = "9d"\n')
    there = folder(each_workspace)
    first = said(spring, "backup")["name"]
    (there / first).rename(there / "2026-01-01T000000Z")
    assert len(found(there)) == 1
    assert said(spring, "backup")["deleted"] == ["2026-01-01T000000Z"]


def test_a_backup_is_found_by_how_it_begins(tmp_path: Path) -> None:
    for name in ("2026-05-01T000000Z", "2026-05-02T000000Z", "2026-05-02T000100Z"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text("{}")
    assert choose(tmp_path, "latest").name == "2026-05-02T000100Z"
    assert choose(tmp_path, "2026-05-01").name == "2026-05-01T000000Z"
    assert choose(tmp_path, "2026-05-02T00:00Z").name == "2026-05-02T000000Z"
    assert choose(tmp_path, f"{tmp_path}/2026-05-01T000000Z").path.parent == tmp_path
    for wrong in ("2026-05-02", "2027", "nope"):
        with pytest.raises(NotFoundError):
            choose(tmp_path, wrong)


def test_what_a_killed_backup_left_is_swept_away(
    spring: Run, each_workspace: Path
) -> None:
    import platform

    there = folder(each_workspace)
    there.mkdir()
    dead = there / f".2026-05-01T000000Z.{platform.node()}.999999999.partial"
    other = there / ".2026-05-01T000000Z.elsewhere.999999999.partial"
    dead.mkdir()
    other.mkdir()
    done(spring, "backup")
    assert (dead.exists(), other.exists()) == (False, True)


def test_no_secret_is_in_a_backup(workspace: Path, invoke: Run) -> None:
    """Not even a password that stands in the open."""
    from tracker.backups.making import without_passwords

    text = 'database = "postgresql://me:hunter2@db/x?password=hunter3&sslmode=require"'
    kept = 'database = "postgresql://me@db/x?password=&sslmode=require"'
    assert without_passwords(text) == kept
    plain = 'database = { env = "DB" }\npublic = "https://go.example.org:8/a@b"\n'
    assert without_passwords(plain) == plain


def test_a_folder_that_cannot_be_written_is_told(spring: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    told = spring("backup", "--out", tmp_path / "file" / "x")
    assert (told.code, "BACKUP_WRITE" in told.err) == (6, True)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_without_pg_dump_it_says_what_to_install(
    spring: Run, each_workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("tracker.store.pgtools.PLACES", ())
    told = spring("backup")
    assert (told.code, "error[PG_TOOLS] pg_dump" in told.err) == (3, True)
    assert found(folder(each_workspace)) == []


def test_an_upgrade_of_a_filled_database_makes_a_backup_first(
    workspace: Path, invoke: Run
) -> None:
    from tracker.app import open_tracker
    from tracker.store import schema

    fresh = open_tracker(workspace, check=False).database
    for part in workspace.glob("tracker.db*"):
        part.unlink()
    schema.upgrade(fresh, "0006")
    assert said(invoke, "db", "upgrade")["backup"] is None, "nothing can be lost"
    for part in workspace.glob("tracker.db*"):
        part.unlink()
    schema.upgrade(fresh, "0006")
    with fresh.writing() as link:
        link.run(
            "INSERT INTO ambassador (id, slug, name, created_at)"
            " VALUES (1, 'ada', 'Ada', 0)"
        )
    told = said(invoke, "db", "upgrade")
    manifest = json.loads((Path(told["backup"]) / "manifest.json").read_text())
    assert (manifest["schema"], manifest["tables"]["ambassador"]) == ("0006", 1)
    assert said(invoke, "backup", "verify")["ok"]


def test_a_damaged_database_gives_no_backup(workspace: Path, invoke: Run) -> None:
    """Nothing of the attempt is left, and the one before stays."""
    run = fill(workspace, invoke)
    before = said(run, "backup")["name"]
    file = workspace / "tracker.db"
    with sqlite3.connect(file) as link:
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    link.close()
    data = bytearray(file.read_bytes())
    for at in range(5 * 4096, len(data) - 4096, 3 * 4096):
        data[at : at + 4096] = b"\xa5" * 4096
    file.write_bytes(data)
    told = run("backup")
    assert told.code == 6
    assert "error[DB_CORRUPT]" in told.err or "error[BACKUP_BAD]" in told.err
    assert [path.name for path in (workspace / "backups").iterdir()] == [before]


def test_an_erasure_says_which_backups_still_hold_the_person(
    workspace: Path, invoke: Run
) -> None:
    run = fill(workspace, invoke)
    with (workspace / "tracker.toml").open("a") as out:
        out.write('\n[backup]\nevery = "1d"\nkeep = 3\n')
    first = said(run, "backup")["name"]
    there = folder(workspace)
    (there / first).rename(there / "2026-05-01T000000Z")
    shutil.copytree(there / "2026-05-01T000000Z", there / "2026-05-02T000000Z")
    dry = said(run, "privacy", "erase", "anna", "--dry-run")
    told = run("privacy", "erase", "anna", "--yes")
    assert "2 backups still hold data; last expires 2026-05-05." in told.out
    assert dry["backups"] == [
        {"path": "backups/2026-05-01T000000Z", "expires": "2026-05-04T00:00:00Z"},
        {"path": "backups/2026-05-02T000000Z", "expires": "2026-05-05T00:00:00Z"},
    ]
    names = (there / "erased.json").read_text().lower()
    assert "anna" not in names
    assert "kowalczyk" not in names

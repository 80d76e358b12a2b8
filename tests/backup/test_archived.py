"""A backup and the archive: the files that belong to it, there or missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from spring import done, said
from support import Run

OLD = """platform,handle,post_id,published_at,captured_at,caption,views,likes
youtube,annakow,v8,2026-01-01T10:00:00Z,2026-01-03T10:00:00Z,Old #spring,70,3
youtube,benoakes,v9,2026-01-02T10:00:00Z,2026-01-03T10:00:00Z,Old too #spring,30,1
"""


@pytest.fixture
def archived(spring: Run, each_workspace: Path) -> Run:
    """January is in the archive."""
    (each_workspace / "inbox" / "old.csv").write_text(OLD)
    done(spring, "ingest")
    done(spring, "archive", "run", "--before", "2026-02")
    assert files(each_workspace)
    return spring


def files(home: Path) -> list[Path]:
    return sorted((home / "archive").rglob("*.parquet"))


def test_files_that_are_gone_are_told(archived: Run, each_workspace: Path) -> None:
    before = said(archived, "totals", "c")["rows"]
    name = said(archived, "backup")["name"]
    assert said(archived, "backup", "list")["backups"][0]["archive"] == 1
    done(archived, "restore", name, "--yes")
    assert said(archived, "totals", "c")["rows"] == before
    (gone,) = files(each_workspace)
    gone.unlink()
    told = archived("restore", name, "--yes", "--json")
    assert (told.code, "warning[ARCHIVE_MISSING]" in told.err) == (1, True)
    path = gone.relative_to(each_workspace / "archive").as_posix()
    assert json.loads(told.out)["missing"] == [path]


def test_a_backup_with_the_archive_brings_it_back(
    archived: Run, each_workspace: Path
) -> None:
    before = said(archived, "totals", "c")["rows"]
    name = said(archived, "backup", "--with-archive")["name"]
    (gone,) = files(each_workspace)
    data = gone.read_bytes()
    gone.unlink()
    done(archived, "restore", name, "--yes")
    assert files(each_workspace) == [gone]
    assert gone.read_bytes() == data
    assert said(archived, "totals", "c")["rows"] == before
    done(archived, "verify")


def test_a_backup_of_before_the_archive_needs_none(
    spring: Run, each_workspace: Path
) -> None:
    """What was archived since is hot again; its files are orphans, which
    `archive verify` names."""
    (each_workspace / "inbox" / "old.csv").write_text(OLD)
    done(spring, "ingest")
    before = said(spring, "totals", "c")["rows"]
    name = said(spring, "backup")["name"]
    done(spring, "archive", "run", "--before", "2026-02")
    (orphan,) = files(each_workspace)
    done(spring, "restore", name, "--yes")
    assert said(spring, "totals", "c")["rows"] == before
    assert orphan.name in spring("archive", "verify").err
    done(spring, "archive", "run", "--before", "2026-02")
    assert said(spring, "totals", "c")["rows"] == before
    done(spring, "verify")

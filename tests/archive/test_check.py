"""Damage is found by `archive verify`, each with its file, and nothing is mended."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from archiving import fill
from dying import LATER

from tracker.store.archive import check, files, move, parts
from tracker.store.database import Database


@pytest.fixture
def database(made_workspace: Path, tmp_path: Path) -> Database:
    """On SQLite: what is asked of the catalogue is the same on both."""
    shutil.copyfile(made_workspace / "tracker.db", tmp_path / "t.db")
    return Database("sqlite:///t.db", tmp_path)


@pytest.fixture
def archived(database: Database) -> Database:
    fill(database)
    move.run(database, move.Wish("2027-01"), now=LATER)
    return database


def a_file(database: Database, n: int = 5) -> Path:
    folder = database.archive.folder
    assert folder is not None
    return folder / list(database.archive.files())[n][0]


def problems(database: Database) -> list[tuple[str, str]]:
    found = check.check(database)
    return [(one.code, one.subject) for one in found.problems]


def name(database: Database, path: Path) -> str:
    folder = database.archive.folder
    assert folder is not None
    return path.relative_to(folder).as_posix()


def test_what_was_written_is_sound(archived: Database):
    found = check.check(archived)
    assert (found.problems, found.left, len(found.parts)) == ((), 0, 12)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[200] ^= 1
    path.write_bytes(bytes(content))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def other(path: Path) -> None:
    """A sound file with one other value."""
    frame = pl.read_parquet(path)
    path.write_bytes(files.encoded(frame.with_columns(views=pl.col("views") + 1)))


@pytest.mark.parametrize("damage", [cut, flip, empty, other])
def test_a_file_that_is_another_is_named(
    archived: Database, damage: Callable[[Path], None]
):
    path = a_file(archived)
    damage(path)
    assert problems(archived) == [("ARCHIVE_DAMAGED", name(archived, path))]


def test_a_file_that_is_gone_is_named(archived: Database):
    path = a_file(archived)
    path.unlink()
    assert problems(archived) == [("ARCHIVE_MISSING", name(archived, path))]


def test_a_file_that_nobody_knows_is_named(archived: Database):
    path = a_file(archived)
    strange = path.with_name("copy.parquet")
    strange.write_bytes(path.read_bytes())
    assert problems(archived) == [("ARCHIVE_ORPHAN", name(archived, strange))]
    move.run(archived, move.Wish("2027-01"), now=LATER)
    assert strange.exists(), "what another workspace wrote is not ours to delete"


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ("rows = rows + 1", "readings, the catalogue says"),
        ("sums = '{}'", "sums"),
        ("first_post = first_post - 1", "other posts"),
        ("month = '2026-07'", "another month"),
        ("newest_payload = 0", "newer payload"),
        ("campaign_id = 2", "should lie elsewhere"),
    ],
)
def test_a_catalogue_that_says_something_else_is_told(
    archived: Database, change: str, cause: str
):
    with archived.writing() as link:
        link.run(f"UPDATE archive_part SET {change} WHERE id = 1")
    found = check.check(archived)
    assert {one.code for one in found.problems} >= {"ARCHIVE_CATALOGUE"}
    assert any(cause in one.cause for one in found.problems)


def test_readings_that_stand_in_two_files_are_told(archived: Database):
    """As after the catalogue was changed by hand; and a file that is not sorted."""
    with archived.reading() as link:
        part = parts.live(link)[0]
    frame = files.decoded(archived.archive.read(part.path))
    for frame_, code in ((frame, "ARCHIVE_TWICE"), (frame[::-1], "ARCHIVE_CATALOGUE")):
        content = files.encoded(frame_)
        path = files.new_path("one", part.month)
        archived.archive.write(path, content)
        with archived.writing() as link:
            link.run(
                "INSERT INTO archive_part (id, campaign_id, month, path, rows, bytes,"
                " digest, sums, first_post, last_post, newest_payload, made_at, state)"
                " SELECT 1000, campaign_id, month, ?, rows, ?, ?, sums,"
                " first_post, last_post, newest_payload, made_at, state"
                " FROM archive_part WHERE id = ?",
                (path, len(content), files.digest(content), part.id),
            )
        assert code in {code for code, _ in problems(archived)}
        with archived.writing() as link:
            link.run("DELETE FROM archive_part WHERE path = ?", (path,))
        archived.archive.delete(path)

"""A programme whose first months lie in the archive: every command, table and page says
what it said before, byte for byte."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import replayed
from support import PRIVATE, invoking
from test_same_on_both import BETWEEN, LATER, READING, alone, asked, begin

from tracker.cli.tables import OF_A_CAMPAIGN, TABLES

__all__ = ["alone"]


@pytest.fixture(scope="module")
def two(made_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The same programme twice, the second archived; not to be changed."""
    hot = tmp_path_factory.mktemp("hot") / "workspace"
    cold = tmp_path_factory.mktemp("cold") / "workspace"
    with pytest.MonkeyPatch.context() as patch:
        for variable in PRIVATE:
            patch.delenv(variable, raising=False)
        before = os.umask(0o077)
        begin(Path(shutil.copytree(made_workspace, hot)), "sqlite:///tracker.db")
        # by what people are called on these pages is chosen once
        asked(hot, "report", "--client", "--out", hot.parent / "pages")
        shutil.copytree(hot, cold)
        done = invoking(cold)(
            "archive",
            "run",
            "--before",
            "2026-03",
            "--json",
            env={"TRACKER_NOW": LATER},
        )
        os.umask(before)
    assert done.code == 0, done.err
    months = json.loads(done.out)["months"]
    assert {one["state"] for one in months} == {"archived"}
    assert sum(one["rows"] for one in months) > 0
    return [hot, cold]


@pytest.mark.parametrize("line", READING.strip().splitlines())
def test_a_command_answers_as_before(two: list[Path], line: str) -> None:
    hot, cold = two
    assert asked(cold, *line.split()) == asked(hot, *line.split())


@pytest.mark.parametrize("what", TABLES)
def test_a_table_is_as_before(two: list[Path], what: str) -> None:
    words = ("--campaign", "c") if what in OF_A_CAMPAIGN else ()
    hot, cold = (asked(home, "export", what, *words) for home in two)
    assert cold == hot


@pytest.mark.parametrize(
    "words",
    ["", "--client", f"--as-of {BETWEEN}", "--until 2026-01-15", "--since one", "c"],
)
def test_pages_are_as_before(two: list[Path], tmp_path: Path, words: str) -> None:
    made = []
    for n, home in enumerate(two):
        asked(home, "report", "--out", tmp_path / str(n), *words.split())
        made.append(replayed.pages(tmp_path / str(n)))
    assert made[0].keys() == made[1].keys()
    assert [name for name in made[0] if made[0][name] != made[1][name]] == []


def test_pages_of_one_campaign_list_the_others_as_ever(
    two: list[Path], tmp_path: Path
) -> None:
    """What its pages cost does not depend on the readings of others."""
    asked(two[1], "report", "--out", tmp_path)
    before = replayed.pages(tmp_path)
    asked(two[1], "report", "d", "--out", tmp_path)
    assert replayed.pages(tmp_path) == before


def test_what_is_kept_of_a_person_is_as_before(two: list[Path]) -> None:
    hot, cold = (
        json.loads(asked(home, "privacy", "export", "anna")[1]) for home in two
    )
    for found in (hot, cold):
        found["readings"].sort(key=lambda row: (row["post_id"], row["captured_at"]))
    assert len(hot["readings"]) > 0
    assert {k for k in hot if hot[k] != cold[k]} <= {"audit"}


def spoilt(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (None, "ARCHIVE_MISSING"),
        (lambda content: content[:-9], "ARCHIVE_DAMAGED"),
        (spoilt, "ARCHIVE_DAMAGED"),
    ],
)
@pytest.mark.parametrize(
    "words",
    ["totals c --by day", "export readings --out OUT", "verify", "report"],
)
def test_without_a_file_there_is_an_error_and_no_smaller_number(
    two: list[Path], tmp_path: Path, words: str, spoil: Any, code: str
) -> None:
    """One bit is enough; what needs no reading is answered all the same."""
    home = Path(shutil.copytree(two[1], tmp_path / "workspace"))
    for file in home.glob("archive/**/*.parquet"):
        if spoil is None:
            file.unlink()
        else:
            file.write_bytes(spoil(file.read_bytes()))
    run = invoking(home)
    words = words.replace("OUT", str(tmp_path / "out.csv"))
    found = run(*words.split(), env={"TRACKER_NOW": LATER})
    assert found.code == 6, found.err
    assert f"error[{code}] campaign=" in found.err and ".parquet: " in found.err
    before = invoking(two[0])("totals", "c", "--json")
    assert run("totals", "c", "--json").out == before.out

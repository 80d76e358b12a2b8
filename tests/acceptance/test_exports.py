"""Exports dropped into a workspace, by the command line: nothing twice, no zeros."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sources.exports.shapes import EXPORTS, zipped

SOURCE = """
[[source]]
name = "studio"
kind = "csv"
path = "inbox"
"""
#: 2026-04-01T00:00:00Z, and a week later.
FIRST, LATER = 1_775_001_600, 1_775_606_400

Ask = Callable[..., dict[str, Any]]
Drop = Callable[..., None]


@pytest.fixture
def drop(workspace: Path) -> Drop:
    """Puts a file into the inbox, written at a time."""
    with (workspace / "tracker.toml").open("a") as file:
        file.write(SOURCE)

    def call(name: str, content: bytes | str, at: int = FIRST) -> None:
        path = workspace / "inbox" / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        os.utime(path, (at, at))

    return call


@pytest.fixture
def ask(workspace: Path, invoke: Any) -> Ask:
    """Ingests and answers what the run says."""

    def call(code: int = 0) -> dict[str, Any]:
        result = invoke("ingest", "--json", "--home", workspace)
        assert result.code == code, result
        (report,) = json.loads(result.out)["sources"]
        places = ("stored", "unchanged", "corrected", "rejected")
        assert report["rows"] == sum(report[place] for place in places)
        return dict(report)

    return call


@pytest.fixture
def total(workspace: Path, invoke: Any) -> Callable[[], tuple[int, int | None]]:
    """Posts and the sum of their views."""

    def call() -> tuple[int, int | None]:
        answer = invoke("totals", "--json", "--home", workspace)
        (row,) = json.loads(answer.out)["rows"]
        return row["posts"], row["views"]["value"]

    return call


def test_an_archive_and_the_files_out_of_it_count_once(
    drop: Drop, ask: Ask, total: Callable[[], Any]
) -> None:
    """Twins of an export, its days and its parts add nothing to its totals."""
    names = [f"youtube-studio/{n}.csv" for n in ("Table data", "Chart data", "Totals")]
    drop("Content.zip", zipped(*names))
    assert ask()["stored"] == 3 + 4
    assert total() == (3, 6150)
    for name in names:
        drop(Path(name).name, (EXPORTS / name).read_bytes(), LATER)
    drop("again.zip", zipped(*reversed(names)), LATER)
    ask()
    assert total() == (3, 6150)


def test_a_later_export_of_zeros_is_told_of_and_not_believed(
    drop: Drop, ask: Ask, total: Callable[[], Any]
) -> None:
    table = (EXPORTS / "youtube-studio" / "Dados da tabela.csv").read_text()
    drop("monday.csv", table)
    ask()
    assert total() == (2, 900)
    zeros = "\n".join(
        line.rsplit(",", 5)[0] + ",0" * 5 if '26"' in line else line
        for line in table.splitlines()
    )
    drop("tuesday.csv", zeros, LATER)
    report = ask(1)
    assert report["rejected"] == 2
    assert "error[ALL_ZERO] inbox/tuesday.csv" in report["error"]
    assert total() == (2, 900)


def test_later_counts_take_the_place_of_earlier_ones(
    drop: Drop, ask: Ask, total: Callable[[], Any]
) -> None:
    table = (EXPORTS / "youtube-studio" / "Dados da tabela.csv").read_text()
    drop("monday.csv", table)
    drop("tuesday.csv", table.replace(",600,", ",700,"), LATER)
    assert ask()["stored"] == 4
    assert total() == (2, 1000)


def test_a_folder_takes_exports_of_every_kind(
    drop: Drop, ask: Ask, total: Callable[[], Any]
) -> None:
    """CSV, ZIP and old workbooks, of many platforms, by one block; what no layout
    knows is refused by itself."""
    paths = [p for p in EXPORTS.rglob("*") if p.suffix in (".csv", ".xls")]
    for path in paths:
        drop(f"{path.parent.name} {path.name}", path.read_bytes(), 1_782_864_000)
    drop("unknown.csv", "Publish time,Permalink,Post ID\n2026-03-01,,1\n")
    report = ask(1)
    assert report["payloads"] == len(paths) + 1
    assert report["error"].count("error[") == 1
    assert "error[LAYOUT] inbox/unknown.csv" in report["error"]
    assert report["rejected"] == 1 + 5
    assert total()[0] > 25


def test_rejected_rows_are_kept_and_can_be_read_again(
    drop: Drop, ask: Ask, workspace: Path, invoke: Any
) -> None:
    text = (EXPORTS / "youtube-studio" / "Dados da tabela.csv").read_text()
    drop("a.csv", text.replace(",300,4,", ",ten,4,"))
    assert ask(1)["rejected"] == 1
    settings = workspace / "tracker.toml"
    settings.write_text(settings.read_text() + 'unknown = ["ten"]\n')
    result = invoke("quarantine", "retry", "--all", "--home", workspace)
    assert result.code == 0, result
    shown = invoke("post", "list", "--json", "--home", workspace)
    assert len(json.loads(shown.out)["posts"]) == 2

"""Tables for other programs: the same in every format, and never a formula."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from support import Run
from tabled import as_numbers, cells, plain

from tracker import tabular
from tracker.cli.tables import TABLES
from tracker.tabular import FORMATS

#: Some figures are ages.
NOW = "2026-01-01T00:00:00Z"
HOSTILE = [
    *("=1+1", "+1", "-1", "@SUM(A1)", "'quoted", "\t=1", "\r=1", "\n=1"),
    *("\uff1d1+1", "\uff0b1", "\uff0d1", "\uff201", "\uff071", "plain", "007"),
    *("12345678901234567890", "1e5", "http://example.org/x", "_x0041_", "<b>&amp;"),
    *("\u202ereversed", "https://" + "a" * 300 + ".example"),
]


@pytest.fixture
def export(worked: Path, invoke: Run, tmp_path: Path) -> Any:
    """A table of the worked programmes as a file."""

    def call(what: str, form: str, *words: str) -> Path:
        out = tmp_path / f"{what}.{form}"
        around = ("export", what, "--format", form, "--out", out, "--home", worked)
        result = invoke(*around, *words, env={"TRACKER_NOW": NOW})
        assert result.code == 0, result.err
        return out

    return call


@pytest.mark.parametrize("what", TABLES)
def test_a_table_is_the_same_in_every_format(export: Any, what: str) -> None:
    _, told = cells(export(what, "jsonl"))
    names, rows = cells(export(what, "csv"))
    wanted = [[plain(cell) for cell in row] for row in told]
    assert as_numbers(rows, told) == wanted
    for form in set(FORMATS) - {"jsonl", "csv"}:
        columns, found = cells(export(what, form))
        assert columns == names or not found
        assert [[plain(cell) for cell in row] for row in found] == wanted, form


def test_tables_of_a_campaign_hold_only_it(export: Any) -> None:
    for what in ("costs", "surveys", "kpis", "indicators", "missions", "feedback"):
        names, rows = cells(export(what, "csv", "--campaign", "emc-one"))
        at = names.index("campaign")
        assert rows and {row[at] for row in rows} == {"emc-one"}, what


def test_a_workbook_holds_text_as_text_and_never_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rows = [[text, n] for n, text in enumerate(HOSTILE)]
    with path.open("wb") as out:
        told = tabular.write("xlsx", "rows", ["text", "n"], rows, out)
    assert told.quoted == 13
    _, found = cells(path)
    assert [row[0] for row in found] == HOSTILE
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "<f " not in sheet and "hyperlink" not in sheet
    assert len(re.findall(r't="inlineStr"', sheet)) == len(HOSTILE) + 2


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tabular, "SHEET_ROWS", 4)
    path = tmp_path / "a.xlsx"
    with path.open("wb") as out:
        told = tabular.write("xlsx", "rows", ["n"], [[n] for n in range(8)], out)
    assert told.sheets == 3
    assert CalamineWorkbook.from_path(str(path)).sheet_names == [
        "rows",
        "rows 2",
        "rows 3",
    ]
    assert [row[0] for row in cells(path)[1]] == list(range(8))


def test_a_text_too_long_for_a_cell_is_cut_and_counted(tmp_path: Path) -> None:
    with (tmp_path / "a.xlsx").open("wb") as out:
        told = tabular.write("xlsx", "rows", ["text"], [["x" * 40_000]], out)
    assert told.cut == 1
    assert len(cells(tmp_path / "a.xlsx")[1][0][0]) == tabular.CELL_SIGNS


def test_whole_numbers_that_a_workbook_would_round_are_text(tmp_path: Path) -> None:
    with (tmp_path / "a.xlsx").open("wb") as out:
        tabular.write("xlsx", "rows", ["n"], [[2**53 + 1]], out)
    assert cells(tmp_path / "a.xlsx")[1] == [[str(2**53 + 1)]]


def test_the_same_table_gives_the_same_workbook(export: Any) -> None:
    first = export("costs", "xlsx").read_bytes()
    assert export("costs", "xlsx").read_bytes() == first


def test_a_workbook_goes_through_a_pipe(worked: Path, run: Run, tmp_path: Path) -> None:
    import subprocess
    import sys

    words = ("export", "costs", "--format", "xlsx", "--home", str(worked))
    done = subprocess.run(
        [sys.executable, "-m", "tracker", *words], capture_output=True, check=True
    )
    (tmp_path / "a.xlsx").write_bytes(done.stdout)
    assert len(cells(tmp_path / "a.xlsx")[1]) > 5


def test_quoted_cells_are_told(worked: Path, invoke: Run, tmp_path: Path) -> None:
    """Replies of Cisco's people begin with the name they answer."""
    result = invoke("export", "posts", "--home", worked, "--out", tmp_path / "p.csv")
    assert re.search(r"notice\[EXPORT_QUOTED\] posts: \d+ cells", result.err)
    assert "EXPORT" not in invoke("-q", "export", "posts", "--home", worked).err


def test_only_some_tables_belong_to_a_campaign(worked: Path, invoke: Run) -> None:
    asked = ("export", "runs", "--campaign", "emc-one", "--home", worked)
    assert invoke(*asked).code == 2
    asked = ("export", "costs", "--campaign", "nobody", "--home", worked)
    assert invoke(*asked).code == 4

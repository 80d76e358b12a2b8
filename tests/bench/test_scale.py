"""`scripts/bench scale` from end to end, at a size that is quick: every measure is
there, and DuckDB's answers are those that are worked out by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
import scale
from support import ROOT

SCRIPT = str(ROOT / "scripts" / "benchmarks" / "run.py")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("scale")
    asked = (
        "--readings 5k,10k --slices-from 10k --live 1000 --months 1 --rounds 1 "
        "--engines sqlite,duckdb"
    )
    done = subprocess.run(
        [
            *(sys.executable, SCRIPT, "scale", *asked.split()),
            *("--keep", str(folder / "kept"), "--json", str(folder / "out.json")),
        ],
        capture_output=True,
        text=True,
    )
    # 1: a ratio is no goal at this size, where starting is all that costs.
    assert done.returncode in (0, 1), done.stderr
    assert "exponent of cost against size" in done.stdout
    found: dict[str, Any] = json.loads((folder / "out.json").read_text())
    return found


def test_nothing_failed_and_no_engine_disagrees(measured: dict[str, Any]) -> None:
    assert measured["problems"] == []


def test_each_measure_is_there_at_each_size(measured: dict[str, Any]) -> None:
    names = {(f["name"], f["readings"]) for f in measured["figures"]}
    for readings in (5_000, 10_000):
        for name in (
            "ingest (sqlite)",
            "archive run (sqlite)",
            "scan by hand (duckdb)",
            "days by hand (duckdb)",
            "rollup by day (duckdb)",
            "rollup in one row (duckdb)",
            "archive verify",
            "verify with archive",
        ):
            assert (name, readings) in names
    for place in ("with archive", "without archive"):
        assert {
            (f"live {what}, {place}", 10_000) for what in ("totals", "report")
        } <= names
    assert all(f["rows"] and f["cpu_seconds"] > 0 for f in measured["figures"])


def test_room_is_told_for_each_reading(measured: dict[str, Any]) -> None:
    rooms = {(v["name"], v["readings"]): v for v in measured["volumes"]}
    # A reading is some ten numbers, of which most are small or alike.
    assert 4 < rooms["parquet", 10_000]["bytes_per_reading"] < 200
    assert rooms["sqlite, hot", 5_000]["bytes"] > rooms["parquet", 5_000]["bytes"]


def test_growth_is_fitted_over_the_sizes(measured: dict[str, Any]) -> None:
    grown = {g["name"]: g for g in measured["growth"]}
    assert {"ingest (sqlite)", "archive run (sqlite)", "rollup by day (duckdb)"} <= {
        *grown
    }
    assert all(g["sizes"] == [5_000, 10_000] for g in grown.values())


@pytest.mark.parametrize(
    ("text", "readings"), [("20000", 20_000), ("500k", 500_000), ("10M", 10_000_000)]
)
def test_sizes_may_be_written_short(text: str, readings: int) -> None:
    assert scale.count(text) == readings


@pytest.mark.parametrize("text", ["0", "ten", "1.5M", "-3", "10MB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(Exception, match="is no size"):
        scale.count(text)


def test_postgresql_needs_a_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert scale.main(["--engines", "postgresql"]) == 2
    assert "--server" in capsys.readouterr().err

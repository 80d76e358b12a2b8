"""The made-up agency: the same bytes each time, of the declared sizes and shares, in
bounded memory; and the tables that are printed of the platforms' limits."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import agency
import agencyfiles
import fit
import polars as pl
import pytest
import quotas
from support import ROOT

SIZE = agency.Size(20_000, campaigns=3, ambassadors=31, months=9)


def everything(size: agency.Size) -> pl.DataFrame:
    return pl.concat(frame for _, frame in agency.Agency(size).blocks())


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    return everything(SIZE)


def digests(folder: Path, size: agency.Size) -> dict[str, str]:
    agencyfiles.write_roster(size, folder)
    list(agencyfiles.months(agency.Agency(size), folder))
    files = sorted(path for path in folder.iterdir())
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def test_the_same_size_is_the_same_bytes_and_another_seed_is_not(
    tmp_path: Path,
) -> None:
    first, again, other = (tmp_path / name for name in ("first", "again", "other"))
    made = digests(first, SIZE)
    assert made == digests(again, SIZE)
    another = digests(other, agency.Size(20_000, 3, 31, 9, seed=2))
    assert made.keys() == another.keys()
    assert all(made[n] != another[n] for n in made if n[2:5] == "202")


def test_exactly_as_many_readings_as_declared_each_once(frame: pl.DataFrame) -> None:
    assert frame.height == SIZE.readings
    assert frame.select("post_id", "captured_at").is_unique().all()
    for readings, months in ((1, 1), (999, 1), (5_001, 13)):
        assert everything(agency.Size(readings, months=months)).height == readings


def test_shares_are_those_that_were_declared(frame: pl.DataFrame) -> None:
    young = frame.filter(pl.col("platform") == "tiktok")
    assert young["views"].null_count() / young.height == pytest.approx(0.02, abs=0.01)
    assert young["saves"].null_count() == young.height  # TikTok does not tell
    late = frame.with_columns(at=pl.col("captured_at")).filter(
        pl.col("at") < pl.col("at").cum_max().str.slice(0, 10)
    )
    assert late.height / frame.height == pytest.approx(0.005, abs=0.003)
    fallen = (
        frame.sort("post_id", "captured_at")
        .with_columns(gain=pl.col("likes").diff().over("post_id"))
        .filter(pl.col("gain") < 0)
    )
    assert 0.003 < fallen.height / frame.height < 0.012


def test_nobody_reads_a_post_before_it_is_published(frame: pl.DataFrame) -> None:
    assert (frame["captured_at"] > frame["published_at"]).all()
    assert frame["views"].min() >= 0  # type: ignore[operator]


def test_posts_are_of_people_whose_campaign_runs(frame: pl.DataFrame) -> None:
    posts = frame.unique("post_id").with_columns(
        campaign=pl.col("handle").str.slice(1).cast(pl.Int64) % SIZE.campaigns,
        day=pl.col("published_at").str.slice(0, 10),
    )
    spans = pl.DataFrame(
        {
            "campaign": range(SIZE.campaigns),
            "start": [str(agencyfiles.date(SIZE.starts(c))) for c in range(3)],
            "end": [str(agencyfiles.date(SIZE.ends(c))) for c in range(3)],
        },
        schema_overrides={"campaign": pl.Int64},
    )
    inside = posts.join(spans, on="campaign").filter(
        pl.col("day").is_between("start", "end")
    )
    assert 0.93 < inside.height / posts.height < 1


def test_a_block_is_a_day_however_many_days_there_are() -> None:
    few = max(frame.height for _, frame in agency.Agency(SIZE).blocks())
    longer = agency.Size(60_000, 3, 31, months=27)
    many = max(frame.height for _, frame in agency.Agency(longer).blocks())
    assert many < 1.3 * few


def test_memory_is_that_of_a_day() -> None:
    """Eight times the readings, over eight times the days, take no more memory."""
    program = (
        "import sys, resource; sys.path[:0] = sys.argv[2:]; import agency\n"
        "months = int(sys.argv[1])\n"
        "size = agency.Size(months * 20_000, months=months)\n"
        "rows = sum(frame.height for _, frame in agency.Agency(size).blocks())\n"
        "assert rows == size.readings\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    folders = [str(ROOT), str(ROOT / "scripts" / "benchmarks")]
    peaks = [
        int(subprocess.check_output([sys.executable, "-c", program, months, *folders]))
        for months in ("2", "16")
    ]
    assert peaks[1] < 1.3 * peaks[0]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"platforms": ("myspace",)}, "unknown platforms: myspace"),
        ({"campaigns": 200}, "each campaign needs an ambassador"),
        ({"months": 0}, "begin at 1"),
    ],
)
def test_sizes_that_cannot_be_made_are_refused(
    wrong: dict[str, object], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        agency.Size(1000, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("power", [0.5, 1.0, 1.1, 2.0])
def test_the_fitted_exponent_is_that_of_the_cost(power: float) -> None:
    points = [(n, 3 * n**power) for n in (1e6, 1e7, 1e8)]
    assert fit.exponent(points) == pytest.approx(power)


def test_one_size_has_no_exponent() -> None:
    assert fit.exponent([(1e6, 2.0), (1e6, 3.0)]) is None
    assert fit.exponent([(1e6, 2.0), (1e7, 0.0)]) is None


def test_the_documented_limits_are_those_of_the_program() -> None:
    """Each line that the script prints stands in docs/scaling.md; one that changes
    with a source's limits must be changed there too."""
    said = (ROOT / "docs" / "scaling.md").read_text()
    printed = [*quotas.table(), *quotas.example(), *quotas.sentences()]
    missing = [line for line in printed if line not in said.splitlines() and line]
    assert missing == []

"""scripts/demo, as somebody runs it who has just cloned the repository."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Demo:
    """A workspace that the demo made, and what it said: the first time and again."""

    home: Path
    first: str
    again: str
    before: dict[str, str]


def run_demo(home: Path) -> str:
    """Run the script with this Python, so that nothing is installed."""
    done = subprocess.run(
        [str(ROOT / "scripts" / "demo"), "--dir", str(home)],
        env={**os.environ, "TRACKER_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def pages(home: Path) -> dict[str, str]:
    """All files of the site but the manifest, which holds the time of building."""
    site = home / "site"
    return {
        str(path.relative_to(site)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(site.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    home = tmp_path_factory.mktemp("demo") / "workspace"
    first = run_demo(home)
    before = pages(home)
    return Demo(home, first, run_demo(home), before)


def ask(home: Path, *words: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "tracker", "--home", str(home), *words, "--json"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("items", "60,000"),
        ("YouTube views", "4,300,000"),
        ("cost", "$5,000,000.00"),
        ("cost per view", "$1.1628"),
        ("cost per 1,000 views", "$1,162.79"),
        ("cost per item", "$83.33"),
        ("items per ambassador", "600"),
        ("views per ambassador", "43,000"),
        ("views per item", "71.67"),
        ("cost per lead", "$100.00"),
        ("cost per lead without a Ford", "$103.09"),
        ("leads per 1,000 views", "11.63"),
        ("reservations per lead", "12.0%"),
        ("test drives of the goal", "21.0%"),
        ("mission videos of those due", "116.7%"),
        ("leads without a Ford", "97.0%"),
        ("selected of those applied", "2.5%"),
        ("growth of YouTube views", "+32.1%; +16.2%"),
        ("awareness", "37%"),
    ],
)
def test_the_published_arithmetic_is_printed(
    demo: Demo, name: str, figure: str
) -> None:
    printed, _, _ = demo.first.partition("Figures that disagree")
    lines = [line.strip().split("  ") for line in printed.splitlines()]
    said = {words[0]: words[-1].strip() for words in lines if len(words) > 1}
    assert said[name].startswith(figure)


def test_figures_that_disagree_are_all_printed(demo: Demo) -> None:
    said = demo.first.partition("Figures that disagree")[2]
    assert "50,000*  80,000  130,000  132,000" in said
    assert "3,000,000*  4,672,121  2,350,000  4,000,000  40,000,000" in said


def test_the_other_half_is_loaded(demo: Demo) -> None:
    """Outcomes, conflicts, applications and voices stand in the workspace itself."""
    outcomes = ask(demo.home, "outcome", "list", "fiesta")["outcomes"]
    leads = sum(one["quantity"] for one in outcomes if one["kind"] == "lead")
    assert leads == 50_000
    assert sum(one["conflict"] for one in outcomes) == 6
    assert len(ask(demo.home, "apply", "list")["applications"]) == 4_000
    assert len(ask(demo.home, "feedback", "list")["feedback"]) == 5


def test_totals_are_those_of_the_programme(demo: Demo) -> None:
    (row,) = ask(demo.home, "totals", "fiesta")["rows"]
    assert row["posts"] == 60_000
    assert row["views"]["value"] == 4_300_000
    assert (row["views"]["known"], row["views"]["unknown"]) == (10_000, 50_000)
    assert len(ask(demo.home, "totals", "fiesta", "--by", "ambassador")["rows"]) == 100


def test_broken_rows_wait_in_quarantine(demo: Demo) -> None:
    assert demo.first.count("inbox/by-hand-blogs.csv") == 7


def test_where_the_pages_are_is_said_and_true(demo: Demo) -> None:
    (line,) = [x for x in demo.first.splitlines() if x.startswith("Pages: ")]
    assert Path(line.removeprefix("Pages: ")).is_file()
    assert (demo.home / "site" / "fiesta" / "index.html").is_file()
    assert len(list((demo.home / "site" / "fiesta" / "ambassadors").iterdir())) == 100


def test_run_again_it_changes_nothing(demo: Demo) -> None:
    assert "Campaign fiesta unchanged." in demo.again
    assert pages(demo.home) == demo.before
    kinds = {
        block["name"]: block["kind"]
        for block in ask(demo.home, "source", "list")["sources"]
    }
    assert set(kinds.values()) == {"csv", "webhook", "youtube"}
    quiet = [name for name, kind in kinds.items() if kind != "youtube"]
    for block in ask(demo.home, "ingest", *quiet)["sources"]:
        assert block["unchanged"] == block["rows"]


def test_each_way_in_brought_what_it_should(demo: Demo) -> None:
    """Files, signed webhooks and an API; asked again, the API says nothing new."""
    assert "183 deliveries taken" in demo.first
    rows = [line.split() for line in demo.first.splitlines()]
    stored = {
        words[0]: words[4] for words in rows if words[1:2] in (["ok"], ["partial"])
    }
    assert (stored["blogs"], stored["youtube-api"]) == ("10106", "11000")
    again = [line.split() for line in demo.again.splitlines()]
    (told,) = [words for words in again if words[:2] == ["youtube-api", "ok"]]
    assert (told[4], told[3]) == ("0", told[5])


def test_an_unknown_option_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [str(ROOT / "scripts" / "demo"), "--folder", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "--dir" in done.stderr

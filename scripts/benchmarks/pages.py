"""Measures of the pages and of the start of the command."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from ingest import Bench
from measure import Case, Cost, MissingError, Result, at_most, bound, run, take_turns
from workspace import DONE, ask, tracker

ROOT = Path(__file__).resolve().parents[2]
#: What a workspace holds that was computed from the rest.
MADE = shutil.ignore_patterns("site", "cache", ".cache")
#: One later reading of one post of the Fiesta programme.
CHANGE = """\
platform,post_id,captured_at,views
youtube,{post},2009-11-29T12:00:00Z,{views}
"""


def start(bench: Bench) -> Iterator[Result]:
    """`tracker --help` against the bare import of the one library it needs."""
    cases = [
        Case("tracker --help", [sys.executable, "-m", "tracker", "--help"]),
        Case("import click", [sys.executable, "-c", "import click"]),
    ]
    took = take_turns(cases, max(15, bench.rounds), lambda _: None)
    yield at_most(
        "tracker --help",
        took["tracker --help"],
        'python -c "import click"',
        took["import click"],
        1.6,
    )


def site(bench: Bench) -> Iterator[Result]:
    """The Fiesta pages, against plain Jinja loops that write the same bytes."""
    fiesta, home = bench.work / "fiesta", bench.work / "fiesta-turn"
    make_fiesta(fiesta, bench)
    pages = home / "site"

    def afresh() -> None:
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(fiesta, home, symlinks=True, ignore=MADE)

    script = str(Path(__file__).with_name("peer_loops.py"))
    target = str(bench.work / "loops")
    cases = [
        Case("site", tracker(home, "report"), afresh, DONE),
        Case("loops", [sys.executable, script, str(pages), target]),
    ]
    took = take_turns(cases, bench.rounds, bench.say)
    yield at_most("whole site", took["site"], "plain Jinja loops", took["loops"], 8)
    again = Case("second", tracker(home, "report"), lambda: change(home), DONE)
    second = take_turns([again], 1, bench.say)["second"]
    yield at_most("second build", second, "the first build", took["site"], 0.3)
    page = pages / "fiesta" / "index.html"
    size = page.stat().st_size / 1000 if page.exists() else None
    yield bound("campaign page", size, 400, "kB")
    yield from paint(bench, page)


#: Milliseconds from the start of the load to the first paint.
PAINTED = """() => new Promise((told) => new PerformanceObserver((list) => {
  const found = list.getEntriesByName('first-paint')[0];
  if (found) told(found.startTime);
}).observe({ type: 'paint', buffered: true }))"""
BLANK = "<!doctype html><title>blank</title><p>blank"


def paint(bench: Bench, page: Path) -> Iterator[Result]:
    """First paint of the campaign page from disk, against that of a blank page."""
    blank = bench.work / "blank.html"
    blank.write_text(BLANK)
    try:
        took = painted({"page": page, "blank": blank}, bench.rounds)
    except MissingError as error:
        took = {"page": error, "blank": error}
    yield at_most("first paint", took["page"], "a blank page", took["blank"], 3)


def painted(pages: dict[str, Path], rounds: int) -> dict[str, Cost | MissingError]:
    """Medians in one headless browser; the first turn of each warms it up."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        raise MissingError("playwright is not installed") from error
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    seen: dict[str, list[float]] = {name: [] for name in pages}
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(
                executable_path=program, args=["--no-sandbox"]
            )
            for _ in range(max(6, rounds + 1)):
                for name, path in pages.items():
                    tab = browser.new_page(viewport={"width": 1280, "height": 900})
                    tab.goto(path.as_uri())
                    seen[name].append(tab.evaluate(PAINTED) / 1000)
                    tab.close()
    except Error as error:
        raise MissingError(f"no browser: {error}") from error
    return {name: Cost(median(all_[1:]), 0.0) for name, all_ in seen.items()}


def make_fiesta(home: Path, bench: Bench) -> None:
    """The Fiesta workspace, made once by the demo itself. Raises BrokenError."""
    if (home / "tracker.toml").exists():
        return
    os.environ["TRACKER_PYTHON"] = sys.executable
    bench.say("  making the Fiesta workspace ...")
    run(Case("demo", [str(ROOT / "scripts" / "demo"), "--dir", str(home)]))


def change(home: Path) -> None:
    """One more reading of one post, so that a few pages have changed."""
    import csv

    oldest = min((home / "inbox").glob("youtube-*.csv"))
    with oldest.open(encoding="utf-8-sig", newline="") as rows:
        post = next(csv.DictReader(rows))["Video ID"]
    extra = home / "inbox" / "extra-reading.csv"
    extra.write_text(CHANGE.format(post=post, views=1_000_000))
    ask(home, "ingest", "--file", str(extra), "--kind", "csv")

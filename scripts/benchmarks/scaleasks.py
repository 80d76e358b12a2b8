"""What is asked of an agency that is archived: the same question by each engine, and
a live campaign with the archive behind it."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import agencyfiles
from agency import Agency, Size
from agencyhome import Home
from cluster import spark_home, standalone
from figures import Figure, Ratio, ratio
from measure import Case
from scalework import Work, recount, told
from workspace import DONE, drop

#: What is asked: by day, and all in one row; both by hand too.
BY_DAY, WHOLE, SCAN = "by day", "in one row", "scan by hand (duckdb)"
HAND = {BY_DAY: "days by hand (duckdb)", WHOLE: "one row by hand (duckdb)"}
ASKED = {BY_DAY: ("--by", "day"), WHOLE: ()}


def named(what: str, engine: str) -> str:
    return f"rollup {what} ({engine})"


# -- engines over the archive -----------------------------------------------------


def archive_measures(work: Work, size: Size, home: Home) -> None:
    """The statement over the archive by each engine, beside DuckDB by hand; all must
    give the same sums."""
    answers = home.path / "answers"
    answers.mkdir(exist_ok=True)
    with contextlib.ExitStack() as stack:
        cases = list(by_hand(work, home, answers))
        cases += list(by_engine(work, size, home, answers, stack))
        found = work.turns(cases, size, size.readings)
    for name, figure in found.items():
        own = "cluster" in name
        work.keep(replace(figure, note="without the executors' CPU" if own else ""))
    work.problems += differences(size, answers, found)
    work.ratios += list(against_hand(found))
    with told(work, size):
        words = ("archive", "verify", "--json")
        work.keep(work.timed("archive verify", home, size, size.readings, *words))
    recount(work, size, home, "verify with archive")


def against_hand(found: dict[str, Figure]) -> Iterator[Ratio]:
    for what, name in HAND.items():
        if ours := found.get(named(what, "duckdb")):
            for other, goal in ((name, 1.5), (SCAN, None)):
                if other in found:
                    yield ratio(ours, found[other], goal)


def into(file: Path, command: list[str]) -> list[str]:
    """The command with what it says written to a file; the same process, so that what
    it takes is counted."""
    return ["sh", "-c", 'out=$1; shift; exec "$@" >"$out"', "sh", str(file), *command]


def by_hand(work: Work, home: Home, answers: Path) -> Iterator[Case]:
    if "duckdb" in work.engines:
        for name, what in (
            (SCAN, "scan"),
            (HAND[BY_DAY], "days"),
            (HAND[WHOLE], "last"),
        ):
            command = work.script("hand.py", what, str(home.archive))
            yield Case(name, into(answers / f"{name}.json", command))


def by_engine(
    work: Work, size: Size, home: Home, answers: Path, stack: contextlib.ExitStack
) -> Iterator[Case]:
    """Each engine that was asked for; DuckDB is asked both questions."""
    for engine in ("duckdb", "spark", "spark-cluster"):
        if engine in work.engines:
            with told(work, size):
                options = _options(engine, work, stack)
                for what in (BY_DAY, WHOLE) if engine == "duckdb" else (BY_DAY,):
                    name = named(what, engine)
                    command = home.command("rollup", *ASKED[what], *options, "--json")
                    if engine != "duckdb":
                        command = work.script("reap.py", *command)
                    into_file = into(answers / f"{name}.json", command)
                    yield Case(name, into_file, good=DONE)


def _options(engine: str, work: Work, stack: contextlib.ExitStack) -> list[str]:
    """How to ask an engine; the cluster is up until the stack ends."""
    if engine == "duckdb":
        return ["--engine", "duckdb"]
    spark_home()
    alone = engine == "spark"
    folder = work.folder / "cluster"
    master = "local[2]" if alone else stack.enter_context(standalone(folder))
    return ["--engine", "spark", "--master", master]


def differences(size: Size, answers: Path, found: dict[str, Figure]) -> list[str]:
    """What differs from the answers by hand: sums of gains, of what may be added."""
    wrong = []
    for name in found:
        what = next((w for w in HAND if name.startswith(f"rollup {w}")), None)
        if what and HAND[what] in found:
            sums = json.loads((answers / f"{HAND[what]}.json").read_text())
            said = gains(json.loads((answers / f"{name}.json").read_text()))
            apart = {
                m: (n, sums.get(m, 0)) for m, n in said.items() if n != sums.get(m, 0)
            }
            if apart or not said:
                wrong.append(f"{size.readings:,} readings: {name} differs: {apart}")
    return wrong


def gains(answer: dict[str, list[dict[str, object]]]) -> dict[str, int]:
    """The sum of gains of each metric over all rows of an answer."""
    found: dict[str, int] = {}
    for row in answer["rows"]:
        for name, value in row.items():
            if isinstance(value, dict) and value.get("gain") is not None:
                found[name] = found.get(name, 0) + int(value["gain"])
    return found


# -- a live campaign, with and without the archive behind it ------------------------


def live_measures(work: Work, size: Size, home: Home) -> None:
    """Totals and pages of a campaign that nothing of is archived, in the workspace with
    the archive and in one that has this campaign alone."""
    live = Size(work.live, months=3, first=size.months, seed=2, word="live")
    alone = Home(work.folder / "alone")
    alone.make(live)
    home.enrol(live)
    for month, path, _ in agencyfiles.months(Agency(live), work.folder / "live"):
        for place in (alone, home):
            drop(place.path, path)
        work.say(f"  live campaign: {month}")
    for place in (alone, home):
        place.ask("ingest", "--json")
    name = agencyfiles.slug(live, 0)
    cases = []
    for where, place in (("without archive", alone), ("with archive", home)):
        totals = ("totals", name, "--by", "day", "--json")
        cases.append(Case(f"live totals, {where}", place.command(*totals), good=DONE))
        pages = place.path / "pages"
        report = place.command("report", name, "--out", str(pages))
        cases.append(Case(f"live report, {where}", report, _cleared(pages), DONE))
    found = work.turns(cases, size, live.readings)
    for figure in found.values():
        work.keep(figure)
    for what in ("totals", "report"):
        pair = [found.get(f"live {what}, {w} archive") for w in ("with", "without")]
        if pair[0] and pair[1]:
            work.ratios.append(ratio(pair[0], pair[1], 1.2))


def _cleared(pages: Path) -> Callable[[], None]:
    return lambda: shutil.rmtree(pages, ignore_errors=True)

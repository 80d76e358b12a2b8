"""What is asked of an agency that is archived: the same question by each engine, and
a live campaign with the archive behind it."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import agencyfiles
from agency import Agency, Size
from agencyhome import Home
from cluster import spark_home, standalone
from figures import Figure, ratio
from measure import Case
from scalework import Work, told
from workspace import DONE, drop

HAND, SCAN = "by hand in DuckDB", "scan in DuckDB"


# -- engines over the archive -----------------------------------------------------


def archive_measures(work: Work, size: Size, home: Home) -> None:
    """The statement over the archive by each engine, beside DuckDB by hand; all must
    give the same sum of gains."""
    answers = home.path / "answers"
    answers.mkdir(exist_ok=True)
    with contextlib.ExitStack() as stack:
        cases = list(by_hand(work, home, answers))
        cases += list(by_engine(work, size, home, answers, stack))
        found = work.turns(cases, size, size.readings)
    for figure in found.values():
        work.keep(figure)
    work.problems += differences(size, answers, found)
    ours = found.get("rollup (duckdb)")
    for name, goal in ((HAND, 1.5), (SCAN, None)):
        if ours and (other := found.get(name)):
            work.ratios.append(ratio(ours, other, goal))
    for name, words in (
        ("archive verify", ("archive", "verify", "--json")),
        ("verify with archive", ("verify",)),
    ):
        with told(work, size):
            work.keep(work.timed(name, home, size, size.readings, *words))


def into(file: Path, command: list[str]) -> list[str]:
    """The command with what it says written to a file; the same process, so that what
    it takes is counted."""
    return ["sh", "-c", 'out=$1; shift; exec "$@" >"$out"', "sh", str(file), *command]


def by_hand(work: Work, home: Home, answers: Path) -> Iterator[Case]:
    if "duckdb" in work.engines:
        for name, what in ((HAND, "recompute"), (SCAN, "scan")):
            command = work.script("hand.py", what, str(home.archive))
            yield Case(name, into(answers / f"{name}.json", command))


def by_engine(
    work: Work, size: Size, home: Home, answers: Path, stack: contextlib.ExitStack
) -> Iterator[Case]:
    for engine, words in (
        ("duckdb", ["--engine", "duckdb"]),
        ("spark", ["--engine", "spark", "--master", "local[2]"]),
        ("spark-cluster", ["--engine", "spark", "--master", "?"]),
    ):
        if engine not in work.engines:
            continue
        with told(work, size):
            if engine.startswith("spark"):
                spark_home()
            if words[-1] == "?":
                words[-1] = stack.enter_context(standalone(work.folder / "cluster"))
            command = home.command("rollup", "--by", "day", *words, "--json")
            name = f"rollup ({engine})"
            yield Case(name, into(answers / f"{name}.json", command), good=DONE)


def differences(size: Size, answers: Path, found: dict[str, Figure]) -> list[str]:
    """What differs from the answer by hand: sums of gains over all days."""
    if HAND not in found:
        return []
    sums = json.loads((answers / f"{HAND}.json").read_text())
    wrong = []
    for name in found:
        if name.startswith("rollup"):
            said = gains(json.loads((answers / f"{name}.json").read_text()))
            apart = {m: (n, said.get(m)) for m, n in sums.items() if said.get(m) != n}
            if apart:
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

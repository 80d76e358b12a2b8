"""The measures of one size: an agency is ingested, archived and asked."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import agencyfiles
from agency import Agency, Size
from agencyhome import Home, server_cpu
from cluster import spark_home, standalone
from figures import Figure, Ratio, Volume, load, ratio
from measure import BrokenError, Case, Cost, MissingError, run, take_turns
from workspace import DONE, drop

#: The most (s) that one command may take at these sizes.
LIMIT = 4 * 3600.0
#: Months that stay in the database while an agency is archived month by month.
KEPT = 2
ENGINES = ("sqlite", "postgresql", "duckdb", "spark", "spark-cluster")
HAND, SCAN = "by hand in DuckDB", "scan in DuckDB"


@dataclass
class Work:
    """What is measured and what came of it so far.

    slices_from: agencies of so many readings and more are ingested and archived month
    by month, so that the database stays small; smaller ones are ingested whole. live:
    readings of the campaign that is followed beside the archive, 0: none is.
    """

    folder: Path
    engines: tuple[str, ...]
    url: str | None
    rounds: int
    slices_from: int
    live: int
    say: Callable[[str], None]
    python: str
    figures: list[Figure] = field(default_factory=list)
    volumes: list[Volume] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    # -- one command, several commands --------------------------------------------

    def timed(
        self, name: str, home: Home, size: Size, rows: int, *words: str
    ) -> Figure:
        """Runs a command of the tracker once. Raises BrokenError."""
        self.say(f"  {name} ...")
        busy, before = load(), server_cpu(home.url)
        cost = run(Case(name, home.command(*words), good=DONE), LIMIT)
        after = server_cpu(home.url)
        server = None if before is None or after is None else after - before
        return Figure(
            name,
            size.readings,
            rows,
            cost.seconds,
            cost.cpu,
            cost.mebibytes,
            server,
            load=busy,
        )

    def keep(self, figure: Figure) -> Figure:
        self.figures.append(figure)
        self.say(f"  {figure.name}: {figure.seconds:.2f} s, {figure.computed:.2f} cpu")
        return figure

    def turns(self, cases: list[Case], size: Size, rows: int) -> dict[str, Figure]:
        """Commands that take turns; one that fails is said and left out."""
        busy = load()
        found = take_turns(cases, self.rounds, self.say, LIMIT)
        figures: dict[str, Figure] = {}
        for name, cost in found.items():
            if isinstance(cost, Cost):
                figures[name] = Figure(
                    name,
                    size.readings,
                    rows,
                    cost.seconds,
                    cost.cpu,
                    cost.mebibytes,
                    n=1 if cost.seconds > 30 else self.rounds,
                    load=busy,
                )
            else:
                self.trouble(size, f"{name}: {cost}")
        return figures

    def trouble(self, size: Size, text: str) -> None:
        self.problems.append(f"{size.readings:,} readings: {text}"[:500])
        self.say(f"  failed   {text}")


# -- ingest and archive -----------------------------------------------------------


def filled(work: Work, size: Size, home: Home) -> None:
    """The agency in its workspace and archive; what that took."""
    home.make(size)
    whole = size.readings < work.slices_from
    (ingest_whole if whole else ingest_slices)(work, size, home)


def ingest_whole(work: Work, size: Size, home: Home) -> None:
    """All files at once, then all closed months archived at once."""
    empty = home.used()
    last = _inbox(size, home)
    figure = work.timed(
        f"ingest ({home.kind})", home, size, size.readings, "ingest", "--json"
    )
    work.keep(replace(figure, note="all files in one run"))
    hot = home.used() - empty
    work.volumes.append(Volume(f"{home.kind}, hot", size.readings, size.readings, hot))
    hot_measures(work, size, home)
    figure = work.timed(
        f"archive run ({home.kind})", home, size, size.readings, *_archive(last, -1)
    )
    work.keep(replace(figure, note="all months in one run"))
    volumes(work, size, home, empty)


def _inbox(size: Size, home: Home) -> str:
    """Writes all files into the inbox; the last month."""
    last = ""
    for month, path, _ in agencyfiles.months(Agency(size), home.path / "files"):
        drop(home.path, path)
        path.unlink()
        last = month
    return last


def _archive(month: str, kept: int) -> tuple[str, ...]:
    return ("archive", "run", "--before", agencyfiles.before(month, kept), "--json")


def ingest_slices(work: Work, size: Size, home: Home) -> None:
    """A month at a time: ingested, then what is older than KEPT months archived."""
    empty, kind, last = home.used(), home.kind, ""
    runs: dict[str, list[Figure]] = {
        f"ingest ({kind})": [],
        f"archive run ({kind})": [],
    }
    for month, path, rows in agencyfiles.months(Agency(size), home.path / "files"):
        drop(home.path, path)
        path.unlink()
        steps = ("ingest", "--json"), _archive(month, KEPT)
        for (name, known), words in zip(runs.items(), steps, strict=True):
            known.append(work.timed(name, home, size, rows, *words))
        (home.path / "inbox" / path.name).unlink()
        last = month
        work.say(f"  {month}: {rows:,} rows, {home.used() / 2**20:,.0f} MiB hot")
    name = f"archive run ({kind})"
    runs[name].append(work.timed(name, home, size, 0, *_archive(last, -1)))
    for known in runs.values():
        work.keep(replace(total(known), note=f"in {len(known)} slices of months"))
    volumes(work, size, home, empty)


def total(known: list[Figure]) -> Figure:
    """Several runs as one: their sums, the most of memory."""
    servers = [figure.server for figure in known if figure.server is not None]
    return replace(
        known[0],
        rows=known[0].readings,
        seconds=sum(figure.seconds for figure in known),
        cpu=sum(figure.cpu for figure in known),
        mebibytes=max(figure.mebibytes for figure in known),
        server=sum(servers) if servers else None,
    )


def volumes(work: Work, size: Size, home: Home, empty: int) -> None:
    """What the archive takes, and what stays in the database of archived posts."""
    n, rest = size.readings, home.used() - empty
    posts = Agency(size).posts
    work.volumes += [
        Volume("parquet", n, n, home.archived()),
        Volume(f"{home.kind}, after archiving", n, n, rest),
        Volume(f"{home.kind}, after archiving, a post", n, posts, rest),
    ]


def hot_measures(work: Work, size: Size, home: Home) -> None:
    """The engine of the database itself, its sums and its recount."""
    name = home.kind
    if name in work.engines:
        with told(work, size):
            figure = work.timed(
                f"rollup ({name})",
                home,
                size,
                size.readings,
                *("rollup", "--by", "day", "--engine", name, "--json"),
            )
            work.keep(figure)
    with told(work, size):
        words = ("totals", "--by", "day", "--json")
        work.keep(
            work.timed(f"totals by day ({name})", home, size, size.readings, *words)
        )
    with told(work, size):
        figure = work.timed(f"verify ({name})", home, size, size.readings, "verify")
        work.keep(figure)


@contextlib.contextmanager
def told(work: Work, size: Size) -> Iterator[None]:
    """What fails or is not here is said, and the rest goes on."""
    try:
        yield
    except (BrokenError, MissingError) as error:
        work.trouble(size, str(error))


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
        script = str(Path(__file__).with_name("hand.py"))
        for name, what in ((HAND, "recompute"), (SCAN, "scan")):
            command = [work.python, script, what, str(home.archive)]
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

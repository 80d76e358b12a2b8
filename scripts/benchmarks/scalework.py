"""The measures of one size: an agency is ingested, asked while it is hot, archived."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import agencyfiles
from agency import Agency, Size
from agencyhome import Home, server_cpu
from figures import Figure, Ratio, Volume, load
from measure import BrokenError, Case, Cost, MissingError, run, take_turns
from workspace import DONE, drop

#: The most (s) that one command may take at these sizes.
LIMIT = 4 * 3600.0
#: Months that stay in the database while an agency is archived month by month.
KEPT = 2
ENGINES = ("sqlite", "postgresql", "duckdb", "spark", "spark-cluster")


@dataclass
class Work:
    """What is measured and what came of it so far.

    slices_from: agencies of so many readings and more are ingested and archived month
    by month, so that the database stays small; smaller ones are ingested whole. live:
    readings of the campaign that is followed beside the largest, 0: none is.
    verify_to: the most readings that `verify` is asked to recount.
    """

    folder: Path
    engines: tuple[str, ...]
    url: str | None
    rounds: int
    slices_from: int
    live: int
    verify_to: int
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

    def script(self, name: str, *words: str) -> list[str]:
        """The command line of a script beside this one."""
        return [self.python, str(Path(__file__).with_name(name)), *words]

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
    recount(work, size, home, f"verify ({name})")
    with told(work, size):
        work.keep(due_posts(work, size, home))


def recount(work: Work, size: Size, home: Home, name: str) -> None:
    """Everything derived, derived again; it holds what it compares in memory."""
    if size.readings <= work.verify_to:
        with told(work, size):
            work.keep(work.timed(name, home, size, size.readings, "verify"))


def due_posts(work: Work, size: Size, home: Home) -> Figure:
    """What one source's slot asks; its rows are posts, of one platform of several."""
    platform, posts = size.platforms[0], Agency(size).posts
    command = work.script("due.py", str(home.path), platform)
    name, busy = f"posts due ({home.kind})", load()
    cost = run(Case(name, command), LIMIT)
    many = posts // len(size.platforms)
    return Figure(
        name,
        size.readings,
        many,
        cost.seconds,
        cost.cpu,
        cost.mebibytes,
        load=busy,
        note="rows are posts",
    )


@contextlib.contextmanager
def told(work: Work, size: Size) -> Iterator[None]:
    """What fails or is not here is said, and the rest goes on."""
    try:
        yield
    except (BrokenError, MissingError) as error:
        work.trouble(size, str(error))

"""Measures of reading a file: once, again, damaged, shuffled, a little on top."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import data
import peers
from measure import (
    BrokenError,
    Case,
    Cost,
    MissingError,
    Result,
    at_least,
    at_most,
    bound,
    same,
    take_turns,
)
from workspace import DONE, Workspaces, ask, drop, rename, tracker


@dataclass(frozen=True)
class Bench:
    """What was asked for."""

    rows: int
    rounds: int
    work: Path
    peers: Path | None
    server: str | None
    say: Callable[[str], None]

    def clean(self) -> Path:
        path = self.work / f"clean_{self.rows}.csv"
        data.write_clean(path, self.rows)
        return path

    def damaged(self) -> Path:
        path = self.work / f"damaged_{self.rows}.csv"
        data.write_damaged(self.clean(), path)
        return path

    def delta(self) -> Path:
        path = self.work / f"delta_{self.rows}.csv"
        data.write_delta(self.clean(), path)
        return path


def ingest_case(name: str, home: Path, prepare: Callable[[], object]) -> Case:
    """Reading the inbox; 1 says that rows were rejected, which is work done."""
    return Case(name, tracker(home, "ingest", "--json"), prepare, DONE)


def with_peers(
    bench: Bench, cases: list[Case], makers: Sequence[Callable[[], Case]]
) -> dict[str, Cost | BrokenError | MissingError]:
    """Take turns with the peers that are here; the others are MissingError."""
    absent: dict[str, Cost | BrokenError | MissingError] = {}
    for make in makers:
        try:
            cases.append(make())
        except MissingError as error:
            absent[make.__name__] = error
    return {**take_turns(cases, bench.rounds, bench.say), **absent}


def ingest(bench: Bench) -> Iterator[Result]:
    """A clean file into SQLite, the same again, under another name, damaged."""
    clean, damaged = bench.clean(), bench.damaged()
    made = Workspaces(bench.work)
    first, again, other, bad = (
        bench.work / name for name in ("first", "again", "other", "bad")
    )
    made.filled("again", clean)
    made.filled("other", clean)

    def moved() -> None:
        # Each turn under a name that was never seen.
        old = next((other / "inbox").glob("*.csv"))
        rename(other, old.name, f"{old.stem}x.csv")

    def shell() -> Case:
        return peers.sqlite_import(clean, bench.work)

    def dlt() -> Case:
        return peers.dlt_merge(clean, bench.work, bench.peers)

    def utils() -> Case:
        return peers.sqlite_utils_upsert(clean, bench.work, bench.peers)

    cases = [
        ingest_case("ingest", first, lambda: made.fresh("first", clean)),
        ingest_case("the same file", again, lambda: None),
        ingest_case("the same bytes, other name", other, moved),
        ingest_case("1 % damaged", bad, lambda: made.fresh("bad", damaged)),
    ]
    took = with_peers(bench, cases, [shell, dlt, utils])
    limit = took.get("sqlite3 .import", took.get("shell"))
    merge = took.get("dlt merge", took.get("dlt"))
    upsert = took.get("sqlite-utils upsert", took.get("utils"))
    yield at_most("ingest", took["ingest"], "sqlite3 .import", limit, 1.5)
    yield at_least("ingest", took["ingest"], "dlt merge", merge, 6)
    yield at_least("ingest", took["ingest"], "sqlite-utils upsert", upsert, 15)
    for name in ("the same file", "the same bytes, other name"):
        yield at_most(name, took[name], "sqlite3 .import", limit, 0.3)
    yield at_most("1 % damaged", took["1 % damaged"], "sqlite3 .import", limit, 2.5)
    yield bound("peak memory of ingest", memory(took["ingest"]), 400, "MiB")
    yield bound("peak memory, damaged", memory(took["1 % damaged"]), 400, "MiB")


def memory(cost: object) -> float | None:
    return cost.mebibytes if isinstance(cost, Cost) else None


def parts(bench: Bench) -> Iterator[Result]:
    """The same rows shuffled into ten files end in the same store and pages."""
    clean = bench.clean()
    folder = bench.work / f"parts_{bench.rows}"
    data.write_parts(clean, folder)
    made = Workspaces(bench.work)
    whole = made.filled("whole", clean)
    dealt = made.filled("dealt", *sorted(folder.glob("*.csv")))
    for what in ("readings", "posts", "totals"):
        words = ("export", what, "--format", "csv")
        left, right = (facts(ask(home, *words)) for home in (whole, dealt))
        yield same(f"shuffled in ten: {what}", left, right, "exports compared")
    for home in (whole, dealt):
        ask(home, "report")
    yield same("shuffled in ten: pages", site(whole), site(dealt), "bytes compared")


def facts(export: str) -> str:
    """A hash over an export without what must differ: which file told it, and when."""
    import io

    import polars as pl

    frame = pl.read_csv(io.StringIO(export), infer_schema=False)
    told = [c for c in frame.columns if c in ("source", "file", "line", "recorded_at")]
    return digest(frame.drop(told).write_csv().encode())


def digest(text: bytes) -> str:
    return hashlib.blake2b(text).hexdigest()


def site(home: Path) -> dict[str, str]:
    """All pages of a workspace but the manifest, which holds the time of building."""
    root = (home / "site").resolve()
    return {
        str(path.relative_to(root)): digest(path.read_bytes())
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def delta(bench: Bench) -> Iterator[Result]:
    """10,000 readings on top, against computing all sums again."""
    clean, more = bench.clean(), bench.delta()
    base = Workspaces(bench.work).filled("base", clean)
    # The changed file is read once only, so this measure has one round.
    verify = Case("recomputation", tracker(base, "verify"), good=DONE)
    top = ingest_case("10,000 on top", base, lambda: drop(base, more))
    took = take_turns([verify, top], 1, bench.say)
    yield at_most(
        f"10,000 readings on {bench.rows:,}",
        took["10,000 on top"],
        "tracker verify (all computed again)",
        took["recomputation"],
        0.1,
    )
    totals = Case("totals", tracker(base, "totals", "bench", "--json"), good=DONE)
    nothing = Case("help", tracker(base, "totals", "--help"))
    took = take_turns([totals, nothing], max(3, bench.rounds), bench.say)
    asked, idle = took["totals"], took["help"]
    both = isinstance(asked, Cost) and isinstance(idle, Cost)
    yield bound(
        "campaign totals",
        (asked.seconds - idle.seconds) * 1000 if both else None,
        1000,
        "ms",
        "whole command less `totals --help`; imports of the store included",
    )


def postgresql(bench: Bench) -> Iterator[Result]:
    """The same file into PostgreSQL, against a bare COPY."""
    if bench.server is None:
        yield Result(
            "PostgreSQL",
            None,
            "psql COPY",
            None,
            None,
            "<= 6 x",
            "missing",
            note="no server; name an empty database with --server URL",
        )
        return
    clean, url = bench.clean(), bench.server
    made = Workspaces(bench.work, url)
    home = bench.work / "server"

    def copy() -> Case:
        return peers.bare_copy(clean, url)

    def dlt() -> Case:
        return peers.dlt_postgresql(clean, bench.peers, url)

    ours = ingest_case("PostgreSQL", home, lambda: made.fresh("server", clean))
    took = with_peers(bench, [ours], [copy, dlt])
    bare = took.get("psql COPY", took.get("copy"))
    merge = took.get("dlt merge, PostgreSQL", took.get("dlt"))
    yield at_most("PostgreSQL", took["PostgreSQL"], "psql COPY", bare, 6)
    yield at_least("PostgreSQL", took["PostgreSQL"], "dlt merge", merge, 2.5)

"""The drill of several hosts: three daemons on one PostgreSQL, and what befalls them.

Every so often one of them is killed, or frozen for 45 s; connections are cut, and the
server is started anew. In the end each slot must have one run that is not lost, or be
among the missed ones of the next.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from daemons import Daemon
from ownserver import OwnServer, own_server

FROZEN = 45.0
SOURCE = '\n[[source]]\nname = "s{n}"\nkind = "slowkind"\nevery = "{every}s"\n'
RUNS = (
    "SELECT r.id, s.name, r.slot, r.host, r.started_at, r.outcome, r.merged, r.stored"
    " FROM run r JOIN source s ON s.id = r.source_id WHERE r.slot IS NOT NULL"
    " ORDER BY s.name, r.id"
)


@dataclass(frozen=True)
class Run:
    id: int
    source: str
    slot: int
    host: str
    started_at: int
    outcome: str | None
    merged: int
    stored: int


@dataclass
class Drill:
    """done: what befell whom, and when (seconds of the drill)."""

    server: OwnServer
    daemons: list[Daemon]
    chance: random.Random
    done: list[str] = field(default_factory=list)
    frozen: dict[str, float] = field(default_factory=dict)

    def befall(self, at: float) -> None:
        """One thing, by lot; two hosts are always left in peace."""
        whole = [d for d in self.daemons if d.lives and d.name not in self.frozen]
        deeds: list[Callable[[Daemon], str]] = [self._cut, self._anew]
        if len(whole) == len(self.daemons):
            deeds += [self._kill, self._freeze] * 2
        said = self.chance.choice(deeds)(self.chance.choice(whole))
        self.done.append(f"{at:6.0f} s  {said}")
        print(self.done[-1], file=sys.stderr, flush=True)

    def mend(self) -> None:
        """The killed begin anew, the frozen wake up when their time is over."""
        for daemon in self.daemons:
            if not daemon.lives:
                daemon.start()
            elif time.monotonic() > self.frozen.get(daemon.name, float("inf")):
                del self.frozen[daemon.name]
                daemon.send(signal.SIGCONT)

    def _kill(self, daemon: Daemon) -> str:
        daemon.send(signal.SIGKILL)
        daemon.process.wait()
        return f"{daemon.name} is killed"

    def _freeze(self, daemon: Daemon) -> str:
        daemon.send(signal.SIGSTOP)
        self.frozen[daemon.name] = time.monotonic() + FROZEN
        return f"{daemon.name} is frozen for {FROZEN:.0f} s"

    def _cut(self, _: Daemon) -> str:
        rows(
            self.server.url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'",
        )
        return "all connections are cut"

    def _anew(self, _: Daemon) -> str:
        self.server.stop()
        self.server.start()
        return "the server is started anew"


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench hosts", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--every", type=int, default=10, help="seconds of a slot")
    parser.add_argument("--sources", type=int, default=6)
    parser.add_argument("--pause", type=float, default=20, help="between two deeds, s")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as scratch:
        Path(scratch).chmod(0o755)
        with own_server(Path(scratch)) as server:
            found = drilled(asked, Path(scratch), server)
    text = json.dumps(found, indent=1) if asked.json else "\n".join(told(found))
    print(text)
    return int(bool(found["wrong"]))


def drilled(asked: argparse.Namespace, work: Path, server: OwnServer) -> dict[str, Any]:
    sources = "".join(
        SOURCE.format(n=n, every=asked.every) for n in range(asked.sources)
    )
    daemons = [Daemon(work, name, server.url, sources, 4, "15s") for name in "abc"]
    drill = Drill(server, daemons, random.Random(asked.seed))
    for daemon in daemons:
        daemon.start()
    began = time.monotonic()
    end, next_at = began + asked.minutes * 60, began + asked.pause
    while time.monotonic() < end:
        time.sleep(0.5)
        drill.mend()
        if time.monotonic() > next_at and time.monotonic() < end - FROZEN - 15:
            drill.befall(time.monotonic() - began)
            next_at = time.monotonic() + asked.pause * drill.chance.uniform(0.5, 1.5)
    for daemon in daemons:
        daemon.end()
    return judged(drill, asked.every * 1000)


def judged(drill: Drill, every: int) -> dict[str, Any]:
    runs = [Run(*row) for row in rows(drill.server.url, RUNS)]
    readings = rows(
        drill.server.url,
        "SELECT count(*) FROM reading r JOIN payload y ON y.id = r.payload_id"
        " JOIN run u ON u.id = y.run_id WHERE u.outcome <> 'lost'",
    )[0][0]
    whole = [run for run in runs if run.outcome != "lost"]
    logs = "".join(daemon.log.read_text() for daemon in drill.daemons)
    return {
        "deeds": drill.done,
        "slots": len(whole) + sum(run.merged for run in whole),
        "runs": len(whole),
        "merged": sum(run.merged for run in whole),
        "lost": len(runs) - len(whole),
        "readings": readings,
        "told": sum(run.stored for run in whole),
        "refused": logs.count("TERM_LOST"),
        "takeovers": sorted(takeovers(runs)),
        "by_host": {
            d.name: sum(r.host == d.name for r in whole) for d in drill.daemons
        },
        "wrong": [*wrong(whole, every), *unequal(readings, whole), *alive(runs)],
    }


def takeovers(runs: list[Run]) -> Iterator[float]:
    """Seconds from the beginning of a run that was lost to its source's next one."""
    for earlier, later in pairwise(runs):
        if earlier.outcome == "lost" and earlier.source == later.source:
            yield (later.started_at - earlier.started_at) / 1000


def wrong(whole: list[Run], every: int) -> Iterator[str]:
    """Slots with two runs, and slots with none."""
    ordered = sorted(whole, key=lambda run: (run.source, run.slot))
    for earlier, later in pairwise(ordered):
        gap = later.slot - earlier.slot
        if earlier.source == later.source and gap != every * (1 + later.merged):
            said = f"{gap} ms to slot {later.slot}, {later.merged} merged"
            yield f"{later.source}: {said}"


def unequal(readings: int, whole: list[Run]) -> Iterator[str]:
    told = sum(run.stored for run in whole)
    if readings != told:
        yield f"{readings} readings are there, {told} were told"


def alive(runs: list[Run]) -> Iterator[str]:
    for run in runs:
        if run.outcome is None:
            yield f"{run.source}: run {run.id} has not ended"


def told(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['slots']} slots: {found['runs']} runs, {found['merged']} merged"
    yield f"{found['lost']} runs were lost and made up for"
    readings, told_of = found["readings"], found["told"]
    yield f"{readings} readings of runs that were not lost, who told of {told_of}"
    yield f"{found['refused']} times a host was refused that had lost its turn"
    if found["takeovers"]:
        yield f"taken over after {found['takeovers'][-1]:.1f} s at most"
    yield "runs by host: " + ", ".join(f"{k} {v}" for k, v in found["by_host"].items())
    yield from found["wrong"] or ["nothing is wrong"]


def rows(url: str, sql: str) -> list[Any]:
    import psycopg

    with psycopg.connect(url, autocommit=True) as link:
        return list(link.execute(sql.encode()).fetchall())

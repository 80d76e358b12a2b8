"""Timing of whole processes, in rounds that take turns, and what comes of it."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

#: A command slower than this runs once, however many rounds were asked for.
PATIENCE = 30.0
#: A command slower than this is stopped and counts as failed.
LIMIT = 900.0


class MissingError(Exception):
    """A peer is not on this machine; the message says how to have it."""


class BrokenError(Exception):
    """A command failed, so its time means nothing."""


@dataclass(frozen=True)
class Cost:
    """Wall time of a process, the most memory it held, and the time (s) that it and
    the processes it waited for computed."""

    seconds: float
    mebibytes: float
    cpu: float = 0.0


@dataclass(frozen=True)
class Case:
    """A command to measure; `prepare` runs before each turn and is not measured."""

    name: str
    command: Sequence[str]
    prepare: Callable[[], object] = lambda: None
    good: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Result:
    """One line of the table. ours and peer are in `unit`; ratio = ours / peer,
    or peer / ours where the goal is to be so many times faster."""

    measure: str
    ours: float | None
    peer_name: str
    peer: float | None
    ratio: float | None
    goal: str
    verdict: str  # ok, missed, missing, failed
    unit: str = "s"
    note: str = ""

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def run(case: Case, limit: float = LIMIT) -> Cost:
    """Run a command to its end and say what it took. Raises BrokenError, also when
    it takes longer than `limit` seconds."""
    case.prepare()
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = subprocess.Popen(
            list(case.command), stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        watch = threading.Timer(limit, process.kill)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        watch.cancel()
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in case.good:
            said.seek(0)
            tail = " ".join(said.read().decode(errors="replace").split())[-300:]
            raise BrokenError(f"{case.name}: exit {process.returncode}: {tail}")
    # Linux counts in KiB, macOS in bytes.
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return Cost(seconds, usage.ru_maxrss / scale, usage.ru_utime + usage.ru_stime)


def take_turns(
    cases: Sequence[Case],
    rounds: int,
    say: Callable[[str], None],
    limit: float = LIMIT,
) -> dict[str, Cost | BrokenError]:
    """Run all cases once a round; medians of times, the most of memory."""
    costs: dict[str, list[Cost]] = {case.name: [] for case in cases}
    broken: dict[str, BrokenError] = {}
    for number in range(rounds):
        for case in cases:
            known = costs[case.name]
            slow = known and known[0].seconds > PATIENCE
            if case.name in broken or slow:
                continue
            try:
                known.append(run(case, limit))
            except BrokenError as error:
                broken[case.name] = error
                say(f"  failed   {error}")
                continue
            say(f"  round {number + 1}  {case.name:44} {known[-1].seconds:8.3f} s")
    found: dict[str, Cost | BrokenError] = {
        name: Cost(
            statistics.median(cost.seconds for cost in known),
            max(cost.mebibytes for cost in known),
            statistics.median(cost.cpu for cost in known),
        )
        for name, known in costs.items()
        if known
    }
    return found | broken


def at_most(
    measure: str, ours: object, peer_name: str, peer: object, limit: float
) -> Result:
    """Ours may take `limit` times the peer's time."""
    return _compare(measure, ours, peer_name, peer, limit, faster=False)


def at_least(
    measure: str, ours: object, peer_name: str, peer: object, limit: float
) -> Result:
    """Ours must be `limit` times faster than the peer."""
    return _compare(measure, ours, peer_name, peer, limit, faster=True)


def _compare(
    measure: str, ours: object, peer_name: str, peer: object, limit: float, faster: bool
) -> Result:
    goal = f">= {limit:g} x faster" if faster else f"<= {limit:g} x"
    mine = ours.seconds if isinstance(ours, Cost) else None
    theirs = peer.seconds if isinstance(peer, Cost) else None
    if mine is None or theirs is None:
        # A peer that is not here is no failure of ours; a command of ours is.
        why = ours if mine is None else peer
        verdict = "missing" if isinstance(why, MissingError) else "failed"
        return Result(
            measure, mine, peer_name, theirs, None, goal, verdict, note=str(why)[:300]
        )
    ratio = theirs / mine if faster else mine / theirs
    met = ratio >= limit if faster else ratio <= limit
    verdict = "ok" if met else "missed"
    return Result(measure, mine, peer_name, theirs, ratio, goal, verdict)


def bound(
    measure: str, ours: float | None, limit: float, unit: str, note: str = ""
) -> Result:
    """Ours must stay under a fixed figure; None: it could not be measured."""
    verdict = "failed" if ours is None else "ok" if ours <= limit else "missed"
    goal = f"<= {limit:g} {unit}"
    return Result(measure, ours, "", None, None, goal, verdict, unit, note)


def same(measure: str, left: object, right: object, note: str) -> Result:
    """Two things that must be equal."""
    verdict = "ok" if left == right else "missed"
    return Result(measure, None, "", None, None, "equal", verdict, "", note)


def line(result: Result) -> str:
    """One result as a line of the printed table."""

    def figure(value: float | None) -> str:
        return f"{value:10.3f}" if value is not None else f"{'-':>10}"

    ratio = f"{result.ratio:8.2f}" if result.ratio is not None else f"{'-':>8}"
    return (
        f"{result.measure:32} {figure(result.ours)} {figure(result.peer)} {ratio}"
        f"  {result.goal:16} {result.verdict:8} {result.peer_name}"
        + (f"  ({result.note})" if result.note else "")
    )


def heading() -> str:
    return (
        f"{'measure':32} {'ours':>10} {'peer':>10} {'ratio':>8}"
        f"  {'goal':16} {'':8} against"
    )

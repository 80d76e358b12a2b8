"""What the measures of sizes say: figures, ratios against a goal, fitted exponents."""

from __future__ import annotations

import os
import platform
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fit import exponent

#: The most that cost may grow with size: its exponent from the least to the largest.
EXPONENT = 1.1
#: Measures whose cost must follow the readings.
GROWING = ("ingest", "archive", "rollup", "days by", "one row by", "scan", "verify")


@dataclass(frozen=True)
class Figure:
    """One measure at one size.

    readings: the size; rows: those it worked on; seconds: wall time. cpu: seconds
    computed by the process and its children, server: by the database server besides,
    None where nobody could count them. n: how often; load: of the machine before it.
    """

    name: str
    readings: int
    rows: int
    seconds: float
    cpu: float
    mebibytes: float
    server: float | None = None
    n: int = 1
    load: float = 0.0
    note: str = ""

    @property
    def computed(self) -> float:
        return self.cpu + (self.server or 0.0)

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "readings": self.readings,
            "rows": self.rows,
            "seconds": round(self.seconds, 3),
            "cpu_seconds": round(self.cpu, 3),
            "server_cpu_seconds": None
            if self.server is None
            else round(self.server, 3),
            "peak_mebibytes": round(self.mebibytes, 1),
            "rows_per_second": round(self.rows / self.seconds),
            "cpu_seconds_per_million": round(self.computed / self.rows * 1e6, 3),
            "n": self.n,
            "load": self.load,
            "note": self.note,
        }


@dataclass(frozen=True)
class Volume:
    """How much room something takes at one size, for how many readings."""

    name: str
    readings: int
    rows: int
    bytes: int

    def as_json(self) -> dict[str, object]:
        each = round(self.bytes / self.rows, 2) if self.rows else None
        return {**self.__dict__, "bytes_per_reading": each}


@dataclass(frozen=True)
class Ratio:
    """Two measures at one size; goal: the most that ours may be of the other."""

    name: str
    readings: int
    seconds: float
    cpu: float
    goal: float | None
    n: int

    @property
    def verdict(self) -> str:
        if self.goal is None:
            return ""
        return "ok" if min(self.seconds, self.cpu) <= self.goal else "missed"

    def as_json(self) -> dict[str, object]:
        return {
            **self.__dict__,
            "seconds": round(self.seconds, 3),
            "cpu": round(self.cpu, 3),
            "verdict": self.verdict,
        }


def ratio(ours: Figure, other: Figure, goal: float | None) -> Ratio:
    return Ratio(
        f"{ours.name} / {other.name}",
        ours.readings,
        ours.seconds / other.seconds,
        ours.computed / other.computed,
        goal,
        min(ours.n, other.n),
    )


@dataclass(frozen=True)
class Growth:
    """Exponents of cost (CPU seconds) and of wall time against size, over all sizes,
    and of cost over the two largest alone."""

    name: str
    sizes: tuple[int, ...]
    cpu: float
    seconds: float
    last: float

    @property
    def verdict(self) -> str:
        return "ok" if self.cpu <= EXPONENT else "missed"

    def as_json(self) -> dict[str, object]:
        rounded = {k: round(getattr(self, k), 3) for k in ("cpu", "seconds", "last")}
        return {**self.__dict__, **rounded, "goal": EXPONENT, "verdict": self.verdict}


def growths(figures: Iterable[Figure]) -> Iterator[Growth]:
    """Of each measure that must follow the readings and has two sizes or more."""
    named: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.name.startswith(GROWING):
            named[figure.name].append(figure)
    for name, known in named.items():
        if growth := _growth(name, sorted(known, key=lambda f: f.rows)):
            yield growth


def _growth(name: str, known: Sequence[Figure]) -> Growth | None:
    costs = [(float(f.rows), f.computed) for f in known]
    times = [(float(f.rows), f.seconds) for f in known]
    found = (exponent(costs), exponent(times), exponent(costs[-2:]))
    if None in found:
        return None
    cpu, seconds, last = (each or 0.0 for each in found)
    return Growth(name, tuple(f.readings for f in known), cpu, seconds, last)


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "gibibytes": round(pages * size / 2**30),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def load() -> float:
    """How many processes have wanted to run of late."""
    return round(os.getloadavg()[0], 1)


# -- printed ------------------------------------------------------------------------


def lines(
    figures: Sequence[Figure],
    volumes: Sequence[Volume],
    ratios: Sequence[Ratio],
    found: Sequence[Growth],
) -> Iterator[str]:
    """All of it as tables for people."""
    yield (
        f"{'measure':34} {'readings':>12} {'rows/s':>10} {'wall s':>9} {'cpu s':>9} "
        f"{'cpu s/million':>13} {'MiB':>7} {'n':>2} {'load':>5}"
    )
    for f in figures:
        speed, each = f.rows / f.seconds, f.computed / f.rows * 1e6
        yield (
            f"{f.name:34} {f.readings:12,} {speed:10,.0f} {f.seconds:9.2f} "
            f"{f.computed:9.2f} {each:13.2f} "
            f"{f.mebibytes:7,.0f} {f.n:2} {f.load:5} {f.note}"
        )
    yield f"\n{'room':34} {'readings':>12} {'MiB':>10} {'bytes a reading':>16}"
    for v in volumes:
        each = f"{v.bytes / v.rows:16.1f}" if v.rows else f"{'-':>16}"
        yield f"{v.name:34} {v.readings:12,} {v.bytes / 2**20:10,.1f} {each}"
    yield f"\n{'ratio':54} {'readings':>12} {'wall':>6} {'cpu':>6} {'goal':>6}"
    for r in ratios:
        goal = f"{r.goal:6}" if r.goal else f"{'':6}"
        yield (
            f"{r.name:54} {r.readings:12,} {r.seconds:6.2f} {r.cpu:6.2f} {goal} "
            f"{r.verdict} (n {r.n})"
        )
    yield f"\n{'exponent of cost against size':34} {'cpu':>6} {'wall':>6} {'last':>6}"
    for g in found:
        yield f"{g.name:34} {g.cpu:6.2f} {g.seconds:6.2f} {g.last:6.2f} {g.verdict}"

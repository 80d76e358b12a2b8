"""What a cluster would take, on paper, from what was measured on one machine.

`estimate.py --cpu C --bytes B --start S --groups G` prints how long by readings and
cores, and what takes longest of it. Nothing here was measured but the figures that are
passed; the assumptions are the constants below, and an estimate is as good as they are.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

#: A node: cores, and bytes a second of its network (10 Gbit/s), which reads of the
#: store of objects, and the shuffle after them, have to themselves.
NODE_CORES, NODE_NETWORK = 16, 1.25e9
#: Bytes that a store of objects gives one core a second, at most.
OBJECTS_A_CORE = 60e6
#: Bytes of a reading in the shuffle: post, instant and metrics, lz4.
SHUFFLED = 48
#: Bytes of Parquet in a task, and tasks that a driver starts in a second.
TASK_BYTES, TASKS_A_SECOND = 128e6, 800
#: The slowest task over the usual one: skew and noisy neighbours.
SKEW = 1.5
#: Readings of a post, and seconds for one machine to read a million posts from the
#: database and send them.
READS, SECONDS_A_MILLION_POSTS = 46, 1.0
#: Seconds for one machine to take a million groups from the cluster and add them up:
#: 13.2 CPU seconds of Python for 0.54 million, less 2.5 for the start, were measured.
SECONDS_A_MILLION_GROUPS = 20.0

READINGS = (1e8, 1e9, 1e10, 1e11)
CORES = (2, 32, 320, 1_000, 10_000)


@dataclass(frozen=True)
class Measured:
    """cpu: core seconds a million readings, without the start. bytes: of Parquet a
    reading. start: seconds until the first task runs. groups: that come back for each
    reading; they depend on the question and on what is unknown."""

    cpu: float
    bytes: float
    start: float
    groups: float


@dataclass(frozen=True)
class Estimate:
    """Seconds of the parts of one run, which follow each other."""

    start: float
    posts: float
    tasks: float
    reading: float
    computing: float
    shuffling: float
    adding: float

    @property
    def total(self) -> float:
        return sum(self.__dict__.values())

    @property
    def bound(self) -> str:
        """The part that takes longest."""
        return max(self.__dict__, key=lambda name: float(self.__dict__[name]))


def estimate(readings: float, cores: int, known: Measured) -> Estimate:
    size, nodes = readings * known.bytes, max(1.0, cores / NODE_CORES)
    gets = min(OBJECTS_A_CORE * cores, NODE_NETWORK * nodes)
    return Estimate(
        known.start,
        readings / READS / 1e6 * SECONDS_A_MILLION_POSTS,
        2 * max(cores, size / TASK_BYTES) / TASKS_A_SECOND,
        size / gets,
        readings / 1e6 * known.cpu / cores * SKEW,
        # Written and read once each, over the same network.
        2 * readings * SHUFFLED / (NODE_NETWORK * nodes),
        readings / 1e6 * known.groups * SECONDS_A_MILLION_GROUPS,
    )


def table(known: Measured) -> Iterator[str]:
    heads = " | ".join(f"{cores:,} cores" for cores in CORES)
    yield f"| readings | Parquet | {heads} |"
    yield "|---:|---:|" + "---|" * len(CORES)
    for readings in READINGS:
        runs = [estimate(readings, cores, known) for cores in CORES]
        said = " | ".join(f"{spoken(run.total)} ({run.bound})" for run in runs)
        size = readings * known.bytes / 2**30
        yield f"| {readings / 1e6:,.0f} million | {size:,.1f} GiB | {said} |"


def spoken(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 1.5 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s"


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("cpu", "bytes", "start", "groups"):
        parser.add_argument(f"--{name}", type=float, required=True)
    asked = parser.parse_args(words)
    print(*table(Measured(**vars(asked))), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

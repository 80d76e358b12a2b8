"""Measures agencies of declared sizes: what ingesting, archiving and asking them costs
by each engine, and how cost grows with size.

The data are made up, the same for the same options, in the ordinary files; the
ordinary commands do the work. Figures are of whole processes, start and imports
included. CPU seconds and ratios within one run say more than wall time on a machine
that is shared.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from pathlib import Path

from agency import PLATFORMS, Size
from agencyhome import Home
from figures import growths, lines, machine
from scaleasks import archive_measures, live_measures
from scalework import ENGINES, Work, filled, told

UNITS = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}


def count(text: str) -> int:
    """A number of readings: 20000, 500k, 10M, 1G."""
    found = re.fullmatch(r"(\d+)([kMG]?)", text.strip())
    if not found or not int(found[1]):
        raise argparse.ArgumentTypeError(f'"{text}" is no size; write 10M or 500k')
    return int(found[1]) * UNITS[found[2]]


def counts(text: str) -> list[int]:
    return sorted({count(each) for each in text.split(",")})


def engines(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if unknown := [name for name in names if name not in ENGINES]:
        raise argparse.ArgumentTypeError(f"no engine: {', '.join(unknown)}")
    return names


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench scale", description=__doc__)
    add = parser.add_argument
    add("--readings", type=counts, default=[1_000_000], help="sizes, such as 1M,10M")
    add(
        "--engines",
        type=engines,
        default=("sqlite", "duckdb"),
        help=f"any of {','.join(ENGINES)}; postgresql also needs --server",
    )
    add("--server", metavar="URL", help="PostgreSQL database; it is EMPTIED")
    add("--rounds", type=int, default=3, help="turns of what is compared")
    add("--keep", type=Path, metavar="DIR", help="work there and leave the workspaces")
    add(
        "--slices-from",
        type=count,
        default=20_000_000,
        metavar="N",
        help="from this size on, ingest and archive month by month",
    )
    add(
        "--live",
        type=int,
        default=100_000,
        help="readings of a campaign followed beside the largest archive; 0: none",
    )
    add(
        "--verify-to",
        type=count,
        default=10_000_000,
        metavar="N",
        help="the largest size that `tracker verify` recounts",
    )
    add("--json", type=Path, metavar="FILE", help="all figures as JSON")
    group = parser.add_argument_group("the agency")
    add = group.add_argument
    add("--campaigns", type=count, help="one for each million readings unless given")
    add("--ambassadors", type=count, help="one for each 10,000 readings, 100 at least")
    add("--months", type=int, default=24)
    add("--platforms", default=",".join(PLATFORMS[:5]))
    add("--nulls", type=float, default=0.02, help="share of cells that are unknown")
    add("--falls", type=float, default=0.01, help="share of readings that fall")
    add("--late", type=float, default=0.005, help="share of readings 40 days late")
    add("--seed", type=int, default=1)
    return parser.parse_args(words)


def size_of(asked: argparse.Namespace, readings: int) -> Size:
    campaigns = asked.campaigns or max(1, readings // 1_000_000)
    return Size(
        readings,
        campaigns,
        asked.ambassadors or max(100, campaigns, readings // 10_000),
        asked.months,
        tuple(asked.platforms.split(",")),
        asked.nulls,
        asked.falls,
        asked.late,
        asked.seed,
    )


def main(words: list[str]) -> int:
    """0: every measured goal is met; 1: one is missed, or something failed."""
    asked = arguments(words)
    if "postgresql" in asked.engines and not asked.server:
        print("postgresql needs --server URL of an empty database", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="tracker-scale-") as scratch:
        folder = (asked.keep or Path(scratch)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        work = Work(
            folder,
            asked.engines,
            asked.server,
            asked.rounds,
            asked.slices_from,
            asked.live,
            asked.verify_to,
            lambda text: print(text, file=sys.stderr, flush=True),
            sys.executable,
        )
        for readings in asked.readings:
            measure(work, size_of(asked, readings), asked)
    return told_all(work, asked)


def measure(work: Work, size: Size, asked: argparse.Namespace) -> None:
    """One size, on SQLite and, where it is asked for, on PostgreSQL."""
    work.say(f"{size.readings:,} readings, {size.campaigns} campaigns ...")
    home = Home(work.folder / f"agency-{size.readings}")
    with told(work, size):
        filled(work, size, home)
        archive_measures(work, size, home)
        if work.live and size.readings == max(asked.readings):
            live_measures(work, size, home)
    if "postgresql" in work.engines and size.readings < work.slices_from:
        with told(work, size):
            filled(work, size, Home(work.folder / "server", work.url))


def told_all(work: Work, asked: argparse.Namespace) -> int:
    found = list(growths(work.figures))
    print(*lines(work.figures, work.volumes, work.ratios, found), sep="\n")
    print(*(f"failed: {text}" for text in work.problems), sep="\n")
    if asked.json:
        known = {
            "machine": machine(),
            "asked": {k: str(v) for k, v in vars(asked).items()},
            "figures": [figure.as_json() for figure in work.figures],
            "volumes": [volume.as_json() for volume in work.volumes],
            "ratios": [each.as_json() for each in work.ratios],
            "growth": [each.as_json() for each in found],
            "problems": work.problems,
        }
        asked.json.write_text(json.dumps(known, indent=1) + "\n")
    verdicts = [each.verdict for each in (*work.ratios, *found)]
    return int(bool(work.problems) or "missed" in verdicts)

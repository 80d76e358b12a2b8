"""Figures of several runs as the tables of docs/scaling.md:
`tables.py FILE.json [FILE.json ...]`, files that `scripts/bench scale --json` wrote.

Runs of one size each may be put together; exponents are fitted over all of them. Of
figures of one name and size that of the file named last stands.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from figures import Figure, growths


def figure(said: dict[str, Any]) -> Figure:
    return Figure(
        said["name"],
        said["readings"],
        said["rows"],
        said["seconds"],
        said["cpu_seconds"],
        said["peak_mebibytes"],
        said["server_cpu_seconds"],
        said["n"],
        said["load"],
        said["note"],
    )


def latest(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    found = {(item["name"], item["readings"]): item for item in items}
    return sorted(found.values(), key=lambda item: (item["readings"], item["name"]))


def tables(runs: list[dict[str, Any]]) -> Iterator[str]:
    figures, volumes, ratios = (
        latest(item for run in runs for item in run[key])
        for key in ("figures", "volumes", "ratios")
    )
    yield "| measure | data | rows/s | CPU s a million | peak MiB | n | load |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for f in figures:
        yield (
            f"| {f['name']} | {million(f['readings'])} | {f['rows_per_second']:,} |"
            f" {f['cpu_seconds_per_million']:.2f} | {f['peak_mebibytes']:,.0f} |"
            f" {f['n']} | {f['load']} |"
        )
    yield "\n| room | data | MiB | bytes a reading |\n|---|---:|---:|---:|"
    for v in volumes:
        size = f"{v['bytes'] / 2**20:,.1f}"
        each = f"{v['bytes_per_reading']:,.1f}"
        yield f"| {v['name']} | {million(v['readings'])} | {size} | {each} |"
    yield "\n| ratio | data | wall | CPU | goal | n |\n|---|---:|---:|---:|---:|---:|"
    for r in ratios:
        yield (
            f"| {r['name']} | {million(r['readings'])} | {r['seconds']:.2f} |"
            f" {r['cpu']:.2f} | {r['goal'] or ''} | {r['n']} |"
        )
    yield "\n| cost against size | exponent (CPU) | of the two largest | sizes |"
    yield "|---|---:|---:|---|"
    for g in growths(map(figure, figures)):
        sizes = ", ".join(million(size) for size in g.sizes)
        yield f"| {g.name} | {g.cpu:.2f} | {g.last:.2f} | {sizes} |"


def million(readings: int) -> str:
    return f"{readings / 1e6:g} M"


def main(words: list[str]) -> int:
    runs = [json.loads(Path(word).read_text()) for word in words]
    print(*tables(runs), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

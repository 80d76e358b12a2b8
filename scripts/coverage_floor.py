"""The floor under the coverage: 95 % of lines and branches where figures are made.

Usage: coverage_floor.py COVERAGE.json. Prints every part of the package; exit 1 when
a part with a floor lies below it.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

FLOOR = 95
FLOORED = ("model", "errors", "sources", "ingest", "store", "kpi", "checks", "report")


def part(file: str) -> str:
    """tracker/store/posts.py is of the part store, tracker/model.py of model."""
    return Path(file).parts[1].removesuffix(".py")


def main(report: Path) -> int:
    all_of: Counter[str] = Counter()
    covered: Counter[str] = Counter()
    for file, found in json.loads(report.read_text())["files"].items():
        said = found["summary"]
        all_of[part(file)] += said["num_statements"] + said["num_branches"]
        covered[part(file)] += said["covered_lines"] + said["covered_branches"]
    low = []
    for name in sorted(all_of, key=lambda name: (name not in FLOORED, name)):
        share = 100 * covered[name] / all_of[name] if all_of[name] else 100
        floor = f"floor {FLOOR} %" if name in FLOORED else ""
        print(f"{name:14} {share:6.1f} %  {floor}")
        if name in FLOORED and share < FLOOR:
            low.append(name)
    if low:
        print("below the floor: " + ", ".join(low), file=sys.stderr)
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

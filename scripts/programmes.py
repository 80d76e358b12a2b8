#!/usr/bin/env python3
"""Draws the data of Clorox Connects, EMC|ONE and Cisco: python scripts/programmes.py

Writes people.csv, applications.csv, inbox/, outcomes.csv, surveys.csv, costs.csv and
feedback.csv beside each plan.toml in fixtures/. Names, days, words and counts are
invented; what is published is exact (docs/programmes.md). The same bytes come out each
time. Standard library only.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from programme_parts import cisco, clorox, emc

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


def make(out: Path) -> None:
    """Write the data of all three below a folder."""
    for name, part in (("clorox", clorox), ("emc", emc), ("cisco", cisco)):
        (out / name / "inbox").mkdir(parents=True, exist_ok=True)
        part.write(out / name)


def main(words: list[str]) -> int:
    if words:
        print(__doc__, file=sys.stderr)
        return 2
    make(FIXTURES)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""Makes the Fiesta programme: python scripts/fiesta.py OUTDIR

    OUTDIR/plan.toml      the campaign, with the figures that sources dispute
    OUTDIR/people.csv     one hundred ambassadors and their accounts
    OUTDIR/sources.toml   [[source]] blocks for a workspace's tracker.toml
    OUTDIR/inbox/         exports of five platforms, May to November 2009
    OUTDIR/deliveries/    what a service of the bloggers pushes, a file a delivery
    OUTDIR/stub/          what YouTube's API tells, for tracker stub --data
    OUTDIR/blogs.secret   the key that deliveries are signed with
    OUTDIR/*.csv          who applied and was chosen; results, goods, survey, voices

Names, posts and the way of every count are invented; the sums are the published
ones (docs/fiesta.md). The same bytes come out each time. Standard library only.
"""

from __future__ import annotations

import gc
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fiesta_parts.applicants import write_applicants
from fiesta_parts.asked import write_api
from fiesta_parts.chance import Chance
from fiesta_parts.files import write_files
from fiesta_parts.people import make_people, write_people
from fiesta_parts.posts import make_posts
from fiesta_parts.pushed import write_deliveries, write_secret
from fiesta_parts.readings import make_readings
from fiesta_parts.results import write_results

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "fiesta"


def make(out: Path) -> tuple[list[Path], list[Path]]:
    """Write the whole programme into a folder; answers its exports and deliveries."""
    inbox = out / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    for name in ("plan.toml", "sources.toml"):
        shutil.copyfile(FIXTURES / name, out / name)
    people = make_people(Chance("people"))
    write_people(people, out / "people.csv")
    write_applicants(people, out, Chance("applicants"))
    write_results(people, out, Chance("results"))
    posts = make_posts(people, Chance("posts"))
    readings = make_readings(posts, Chance("readings"))
    write_api(readings, people, out / "stub")
    write_secret(out / "blogs.secret")
    deliveries = write_deliveries(readings, out / "deliveries")
    return write_files(readings, inbox), deliveries


def main(words: list[str]) -> int:
    if len(words) != 1 or words[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    # Nothing made here is thrown away before the end, and there are no cycles.
    gc.disable()
    files, deliveries = make(Path(words[0]))
    size = sum(path.stat().st_size for path in files) / 1e6
    print(
        f"{words[0]}: plan, people, {len(files)} exports ({size:.0f} MB), "
        f"{len(deliveries)} deliveries, and what an API tells"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

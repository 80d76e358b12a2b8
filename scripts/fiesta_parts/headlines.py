"""Prints the demo's headlines from `tracker totals`, and checks them.

    python scripts/fiesta_parts/headlines.py WORKSPACE

Exit 1 when a figure is not the one that was published. Money is counted in cents
and divided as whole numbers; nothing here is a float.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

#: Platform, column, published value at the end; "" is the whole campaign.
EXPECTED = (
    ("", "posts", 60_000),
    ("", "views", 4_300_000),
    ("youtube", "posts", 11_000),
    ("youtube", "views", 4_300_000),
    ("flickr", "impressions", 540_000),
    ("x", "impressions", 3_000_000),
    ("", "clicks", 168_214),
)
#: Values of YouTube's views at the end of some days, as published.
ON_THE_WAY = (
    ("2009-08-05", 2_800_000),
    ("2009-09-08", 3_700_000),
    ("2009-10-02", 4_300_000),
)


def totals(home: Path, *words: str) -> list[dict[str, Any]]:
    """The rows of `tracker totals fiesta`."""
    command = [sys.executable, "-m", "tracker", "--home", str(home), "totals", "fiesta"]
    done = subprocess.run(
        [*command, *words, "--json"], capture_output=True, text=True, check=True
    )
    rows: list[dict[str, Any]] = json.loads(done.stdout)["rows"]
    return rows


def value(row: dict[str, Any], column: str) -> int | None:
    found = row[column]
    return found["value"] if isinstance(found, dict) else found


def compare(home: Path) -> list[str]:
    """What differs from the published figures, a sentence each."""
    rows = {"": totals(home)[0]}
    rows |= {row["platform"]: row for row in totals(home, "--by", "platform")}
    found = [
        (f"{platform or 'all'} {column}", value(rows[platform], column), wanted)
        for platform, column, wanted in EXPECTED
    ]
    days = {row["day"]: row for row in totals(home, "--by", "day")}
    for day, wanted in ON_THE_WAY:
        last = max(known for known in days if known <= day)
        found.append((f"views on {day}", value(days[last], "views"), wanted))
    people = sum(value(row, "posts") != 0 for row in totals(home, "--by", "ambassador"))
    found.append(("ambassadors with posts", people, 100))
    return [
        f"{name}: {got}, but {wanted} was published"
        for name, got, wanted in found
        if got != wanted
    ]


def ratio(top: int, bottom: int, digits: int = 2) -> str:
    """A quotient rounded half up, without a float on the way."""
    exact = Decimal(top) / Decimal(bottom)
    return f"{exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):,}"


def percent(top: int, bottom: int) -> str:
    return ratio(top * 100, bottom, 1) + " %"


def headlines(home: Path) -> list[tuple[str, str]]:
    """The sums of the programme, from its totals and its plan."""
    whole = totals(home)[0]
    posts, views = value(whole, "posts"), value(whole, "views")
    known, unknown = whole["views"]["known"], whole["views"]["unknown"]
    plan = tomllib.loads((home / "plan.toml").read_text("utf-8"))
    cost = plan["budget"]["amount"]
    said = {c["metric"]: c["value"] for c in plan["claim"] if c["used"]}
    disputed = sum(not claim["used"] for claim in plan["claim"])
    people, leads = 100, said["lead"]
    other = leads * said["conquest_rate"] // 100
    due = people * len(plan["mission"])
    if not posts or not views:
        return []
    return [
        ("items", f"{posts:,}"),
        ("YouTube views", f"{views:,} (known of {known:,} posts, not of {unknown:,})"),
        ("cost", f"${cost:,}"),
        ("cost per view", "$" + ratio(cost, views, 4)),
        ("cost per 1,000 views", "$" + ratio(cost * 1000, views)),
        ("cost per item", "$" + ratio(cost, posts)),
        ("items per ambassador", ratio(posts, people, 0)),
        ("views per ambassador", ratio(views, people, 0)),
        ("views per item", ratio(views, posts)),
        ("leads*", f"{leads:,}"),
        ("cost per lead", "$" + ratio(cost, leads)),
        ("cost per lead without a Ford", "$" + ratio(cost, other)),
        ("leads per 1,000 views", ratio(leads * 1000, views)),
        ("reservations* per lead", percent(said["reservation"], leads)),
        ("test drives* of the goal", percent(said["test_drive"], goal(plan))),
        ("mission videos* of those due", percent(said["videos"], due)),
        ("selected of those applied", percent(people, plan["selection"]["applicants"])),
        ("awareness*", f"{said['awareness']} %"),
        ("* as published", f"{disputed} figures that disagree stand in the plan"),
    ]


def goal(plan: dict[str, Any]) -> int:
    """The published goal of test drives."""
    found = [i["target"] for i in plan["indicator"] if i["metric"] == "test_drive"]
    return int(found[0])


def main(words: list[str]) -> int:
    home = Path(words[0])
    print("\nThe Fiesta Movement, 2009")
    for name, text in headlines(home):
        print(f"  {name:30} {text}")
    wrong = compare(home)
    for sentence in wrong:
        print(f"demo: {sentence}", file=sys.stderr)
    print(f"\nPages: {home / 'site' / 'index.html'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Prints the demo's headlines from `tracker totals` and `tracker answers`, and checks
them.

    python scripts/fiesta_parts/headlines.py WORKSPACE

Exit 1 when a figure is not the one that was published, or that follows from those
(docs/fiesta.md). Nothing is worked out here: what is printed is what the commands say.
"""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
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


#: Headline, question of `tracker answers`, and the answer that follows from what was
#: published.
ANSWERS = (
    ("cost per view", "cost-per-view", "$1.1628"),
    ("cost per 1,000 views", "cost-per-1000-views", "$1,162.79"),
    ("cost per item", "cost-per-item", "$83.33"),
    ("cost per lead", "cost-per-lead", "$100.00"),
    ("cost per lead without a Ford", "cost-per-new-lead", "$103.09"),
    ("items per ambassador", "items-per-ambassador", "600"),
    ("views per ambassador", "views-per-ambassador", "43,000"),
    ("views per item", "views-per-item", "71.67"),
    ("leads per 1,000 views", "leads-per-1000-views", "11.63"),
    ("reservations per lead", "reservations-per-lead", "12.0%"),
    ("test drives of the goal", "goal-test-drives", "21.0%"),
    ("mission videos of those due", "posts-against-due", "116.7%"),
    ("leads without a Ford", "conquest", "97.0%"),
    ("selected of those applied", "selection", "2.5%"),
    ("growth of YouTube views", "growth", "+32.1%; +16.2%"),
    ("awareness", "survey", "37%"),
)
#: Outcomes that are counted, as published.
OUTCOMES = (("lead", 50_000), ("test_drive", 21_000), ("reservation", 6_000))


def ask(home: Path, *words: str) -> Any:
    """What a command answers in JSON."""
    command = [sys.executable, "-m", "tracker", "--home", str(home), *words, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def totals(home: Path, *words: str) -> list[dict[str, Any]]:
    """The rows of `tracker totals fiesta`."""
    rows: list[dict[str, Any]] = ask(home, "totals", "fiesta", *words)["rows"]
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


def answered(home: Path) -> dict[str, str]:
    """The answers of the programme's page, by question."""
    found = ask(home, "answers", "fiesta")["answers"]
    return {one["id"]: one["value"] or "not known" for one in found}


def disputed(claims: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Published figures that disagree: all of a kind, the one that is used first."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for claim in claims:
        kinds.setdefault(claim["metric"], []).append(claim)
    lines = []
    for metric, said in kinds.items():
        if len({claim["value"] for claim in said}) > 1:
            said.sort(key=lambda claim: not claim["used"])
            told = [f"{claim['value']:,}{'*' * claim['used']}" for claim in said]
            lines.append((metric, "  ".join(told)))
    return lines


def show(lines: list[tuple[str, str]]) -> None:
    for name, text in lines:
        print(f"  {name:30} {text}")


def main(words: list[str]) -> int:
    home = Path(words[0])
    (whole,) = totals(home)
    said, claims = answered(home), ask(home, "claim", "list", "fiesta")["claims"]
    views = whole["views"]
    known = f"known of {views['known']:,} posts, not of {views['unknown']:,}"
    spent = ask(home, "cost", "list", "fiesta")["sum"]["paid"]
    print("\nThe Fiesta Movement, 2009")
    show([("items", f"{whole['posts']:,}")])
    show([("YouTube views", f"{views['value']:,} ({known})")])
    show([("cost", f"${Decimal(spent):,}")])
    show([(name, said[question]) for name, question, _ in ANSWERS])
    print("\nFigures that disagree; * is the one that is used")
    show(disputed(claims))
    wrong = [*compare(home), *differs(said), *miscounted(home)]
    for sentence in wrong:
        print(f"demo: {sentence}", file=sys.stderr)
    print(f"\nPages: {home / 'site' / 'index.html'}")
    return 1 if wrong else 0


def differs(said: dict[str, str]) -> list[str]:
    """Answers that are not those that follow from what was published."""
    return [
        f"{name}: {said[question]}, but {wanted} follows from what was published"
        for name, question, wanted in ANSWERS
        if said[question] != wanted
    ]


def miscounted(home: Path) -> list[str]:
    counted = dict.fromkeys((kind for kind, _ in OUTCOMES), 0)
    for one in ask(home, "outcome", "list", "fiesta")["outcomes"]:
        if one["counted"] and one["kind"] in counted:
            counted[one["kind"]] += one["quantity"]
    return [
        f"{kind}: {counted[kind]:,}, but {wanted:,} was published"
        for kind, wanted in OUTCOMES
        if counted[kind] != wanted
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Four thousand who applied, and why one hundred were chosen."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import TextIO

from fiesta_parts.chance import Chance
from fiesta_parts.people import FIRST, GROUPS, LAST, Person, mail

#: Published: more than 4,000 applied.
APPLIED = 4_000
COLUMNS = "id name platform handle email applied_at score group criteria".split()
#: What the agents were chosen by, and how much of the score each is.
CRITERIA = ("video", "vibrancy", "geography")
OPENED = date(2009, 2, 20)
REASONS = (
    "film could not be played",
    "not enough people follow them",
    "region is full",
    "no driving licence",
    "did not answer the second round",
)


def write_applicants(people: list[Person], folder: Path, chance: Chance) -> None:
    """applications.csv, and decisions.csv with the word on each of them."""
    with (
        _csv(folder / "applications.csv") as asked,
        _csv(folder / "decisions.csv") as said,
    ):
        applications, decisions = csv.writer(asked), csv.writer(said)
        applications.writerow(COLUMNS)
        decisions.writerow(("id", "decision", "reason"))
        for person in people:
            applications.writerow(_chosen(person, chance))
            decisions.writerow((person.id, "accept", "among the best of the region"))
        for number in range(APPLIED - len(people)):
            row = _other(number, chance)
            applications.writerow(row)
            decisions.writerow((row[0], "decline", chance.one_of(REASONS)))


def _csv(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="")


def _chosen(person: Person, chance: Chance) -> list[object]:
    handle = person.accounts["youtube"][0].handle
    marks = [6 + chance.below(5) for _ in CRITERIA]
    return _row(person.id, person.name, handle, marks, person.group, chance)


def _other(number: int, chance: Chance) -> list[object]:
    name = f"{chance.one_of(FIRST.split())} {chance.one_of(LAST.split())}"
    handle = "".join(name.lower().split()) + f"{number:04d}"
    marks = [1 + chance.below(8) for _ in CRITERIA]
    return _row(f"p{number:04d}", name, handle, marks, chance.one_of(GROUPS), chance)


def _row(
    id_: str, name: str, handle: str, marks: list[int], group: str, chance: Chance
) -> list[object]:
    criteria = ";".join(f"{c}:{m}" for c, m in zip(CRITERIA, marks, strict=True))
    day = OPENED + timedelta(days=chance.below(35))
    score = sum(marks)
    return [
        *(id_, name, "youtube", handle, mail(name)),
        *(day.isoformat(), score, group, criteria),
    ]

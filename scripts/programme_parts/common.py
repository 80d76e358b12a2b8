"""What the three programmes share: members, posts with two readings, files."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fiesta_parts.chance import Chance
from fiesta_parts.people import FIRST, LAST, mail

OUTCOMES = "id kind at campaign ambassador quantity value currency status order".split()
COSTS = "id date kind amount currency state mission note".split()
FEEDBACK = "ambassador at text answer answered_at".split()
SURVEYS = "question wave asked_from asked_to n yes share source".split()


@dataclass(frozen=True)
class Member:
    """zeal: how much of all is theirs."""

    id: str
    name: str
    handle: str
    group: str
    zeal: float


@dataclass(frozen=True)
class Post:
    handle: str
    at: datetime
    kind: str
    caption: str


def members(chance: Chance, letter: str, groups: Sequence[str]) -> list[Member]:
    """One for each entry of `groups`; no name twice."""
    first, last = FIRST.split(), LAST.split()
    names: dict[str, None] = {}
    while len(names) < len(groups):
        names[f"{chance.one_of(first)} {chance.one_of(last)}"] = None
    return [
        Member(
            f"{letter}{n + 1:02d}",
            name,
            f"{letter}." + ".".join(name.lower().split()),
            group,
            chance.between(0.3, 1.7),
        )
        for n, (name, group) in enumerate(zip(names, groups, strict=True))
    ]


def write_people(path: Path, people: Iterable[Member], country: str) -> None:
    table(
        path,
        "id name platform handle email country language group".split(),
        (
            (m.id, m.name, "web", m.handle, mail(m.name), country, "en", m.group)
            for m in people
        ),
    )


def write_posts(
    folder: Path, name: str, posts: list[Post], end: datetime, chance: Chance
) -> None:
    """Two exports: what was counted a day after each post, and at the end."""
    posts = sorted(posts, key=lambda post: post.at)
    columns = (
        "post_id handle published_at captured_at kind caption views likes comments"
    ).split()
    early, late = [], []
    for n, post in enumerate(posts):
        said = f"{name}-{n + 1:04d}", post.handle, utc(post.at)
        views = 5 + chance.below(60)
        likes, comments = chance.below(9), chance.below(5)
        about = post.kind, post.caption
        next_day = utc(post.at + timedelta(days=1))
        last = utc(end)
        early.append((*said, next_day, *about, views, likes, comments))
        more = chance.below(40), chance.below(5), chance.below(3)
        late.append(
            (*said, last, *about, views + more[0], likes + more[1], comments + more[2])
        )
    table(folder / "inbox" / f"{name}-daily.csv", columns, early)
    table(folder / "inbox" / f"{name}-end.csv", columns, late)


def utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)

"""One hundred invented people, their accounts and how well they are followed."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from fiesta_parts.chance import Chance

FIRST = (
    "Abel Adele Aiko Alba Anton Arlo Astrid Bea Boris Brynn Cato Celia Cyrus Daphne "
    "Desmond Dora Edgar Elsa Emil Enzo Fay Fiona Flynn Gemma Gil Greta Hal Hazel "
    "Hollis Ines Ivo Jonah Juno Kira Knox Lamar Lila Lorna Malik Marta Mina Ned Nell "
    "Odessa Otis Paz Piper Rafa Remy Rhea Rufus Sade Selma Stellan Tariq Thea Ulla "
    "Viggo Wanda Willa Xavi Yasmin Yusuf Zora "
)
LAST = (
    "Albrecht Amari Barlow Benitez Bosko Calloway Carver Dacosta Dewitt Duarte "
    "Eastman Eklund Fairley Fontaine Grady Hamid Hollander Ibarra Jankowski Jessup "
    "Kowal Lacroix Lindqvist Lomax Marchetti Mbeki Mendel Navarro Oakes Okonkwo Olsen "
    "Palmer Pereira Quimby Radley Rousseau Salazar Schiller Takeda Tillman Underhill "
    "Valdez Villanueva Wexler Winslow Yamada Zapata Ziegler "
)
COLUMNS = (
    "id name email country language group to platform handle followers since until"
).split()
GROUPS = ("west", "south", "midwest", "northeast")

#: How many of the hundred have an account there, and a follower on average.
ACCOUNTS = {
    "youtube": (100, 5_200),
    "x": (100, 3_400),
    "flickr": (82, 310),
    "facebook": (91, 820),
    "blog": (64, 540),
}
#: Who left, and the last day of the loan.
WITHDREW = ("a072", date(2009, 7, 15))
#: Whose channel is private: no view of it was ever read.
PRIVATE = "a058"
#: Accounts that were renamed, and the first day of the new name.
RENAMED = {
    ("a017", "x"): date(2009, 7, 6),
    ("a043", "youtube"): date(2009, 8, 24),
}


@dataclass(frozen=True)
class Account:
    """A name on a platform; since and until are days, both inside."""

    handle: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Person:
    """pull: how many more views than usual; zeal: how many more posts."""

    id: str
    name: str
    group: str
    pull: float
    zeal: float
    accounts: dict[str, tuple[Account, ...]]
    followers: dict[str, int | None]
    last_day: date | None = None

    def handle(self, platform: str, day: date) -> str:
        """What the account was called on that day."""
        accounts = self.accounts[platform]
        fits = (one for one in accounts if one.until is None or day <= one.until)
        return next(fits, accounts[-1]).handle


def make_people(chance: Chance) -> list[Person]:
    """Draw the hundred; ids follow how well they are watched."""
    names = make_names(chance)
    pulls = sorted((chance.spread(1.0) for _ in names), reverse=True)
    absent = {
        platform: set(chance.shuffled(range(len(names)))[count:])
        for platform, (count, _) in ACCOUNTS.items()
    }
    return [
        make_person(
            chance,
            number,
            name,
            pull,
            [p for p in ACCOUNTS if number not in absent[p]],
        )
        for number, (name, pull) in enumerate(zip(names, pulls, strict=True))
    ]


def make_names(chance: Chance) -> list[str]:
    """A hundred names, none twice."""
    first, last = FIRST.split(), LAST.split()
    names: dict[str, None] = {}
    while len(names) < 100:
        names[f"{chance.one_of(first)} {chance.one_of(last)}"] = None
    return list(names)


def make_person(
    chance: Chance, number: int, name: str, pull: float, platforms: list[str]
) -> Person:
    person = f"a{number + 1:03d}"
    nick = "".join(name.lower().split()) + str(chance.below(90) + 10)
    return Person(
        id=person,
        name=name,
        group=chance.one_of(GROUPS),
        pull=pull,
        zeal=chance.between(0.5, 1.6),
        accounts={p: make_accounts(person, p, nick) for p in platforms},
        followers={p: make_followers(chance, p, pull) for p in platforms},
        last_day=WITHDREW[1] if person == WITHDREW[0] else None,
    )


def make_accounts(person: str, platform: str, nick: str) -> tuple[Account, ...]:
    handle = {
        "x": f"@{nick}",
        "flickr": f"{nick}.photos",
        "blog": f"{nick}.example.org",
    }.get(platform, nick)
    changed = RENAMED.get((person, platform))
    if changed is None:
        return (Account(handle),)
    eve = changed - timedelta(days=1)
    return (Account(handle, until=eve), Account(f"{handle}_drives", since=changed))


def make_followers(chance: Chance, platform: str, pull: float) -> int | None:
    """Nobody counts followers everywhere: now and then it is not known."""
    usual = ACCOUNTS[platform][1]
    count = int(usual * pull * chance.between(0.3, 1.7)) + 12
    return None if chance.random() < 0.04 else count


def mail(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return ".".join(plain.lower().split()) + "@example.org"


def write_people(people: list[Person], path: Path) -> None:
    """The ambassador file: a row for each account, and one for each former name."""
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(COLUMNS)
        rows.writerows(row for person in people for row in person_rows(person))


def person_rows(person: Person) -> Iterator[tuple[object, ...]]:
    """The rows of one person, with the columns of COLUMNS."""
    for platform, accounts in person.accounts.items():
        followers = said(person.followers[platform])
        for account in accounts:
            yield (
                *(person.id, person.name, mail(person.name), "US", "en"),
                *(person.group, person.last_day or "", platform, account.handle),
                *(followers, account.since or "", account.until or ""),
            )


def said(value: int | None) -> str:
    """A number, or nothing where it is not known."""
    return "" if value is None else str(value)

"""What the programme brought: leads, test drives, reservations; goods, survey, voices.

Sums and days are the published ones; who brought how many, in which month, is drawn.
A row stands for as many as its quantity says.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from fiesta_parts.chance import Chance, apportion
from fiesta_parts.people import Person

#: Kind, how many in all, new customers among them (None: nobody asked), and the days
#: on which they are written down: the published sum is that of the last day.
RESULTS: tuple[tuple[str, int, int | None, tuple[date, ...]], ...] = (
    (
        "lead",
        50_000,
        48_500,
        (
            date(2009, 5, 31),
            date(2009, 6, 30),
            date(2009, 7, 31),
            date(2009, 8, 31),
            date(2009, 10, 2),
        ),
    ),
    (
        "test_drive",
        21_000,
        None,
        (date(2009, 5, 31), date(2009, 6, 30), date(2009, 7, 31), date(2009, 8, 31)),
    ),
    ("reservation", 6_000, None, (date(2009, 11, 30),)),
)
COLUMNS = "id kind at ambassador code link quantity status new_customer".split()
#: Tracked links with a promo code: code of the link, whose it is, its promo code.
LINKS = tuple((f"drive-a00{n}", f"a00{n}", f"FIESTA{n}") for n in (1, 2, 3, 4))
#: Leads who named one ambassador's code and came by another's link.
TORN = 6
FEEDBACK = (
    (
        "The cup holder is too small for a large coffee.",
        "It is larger in the car sold.",
    ),
    ("I cannot find the switch of the fog lamps.", "It has moved to the wheel."),
    ("Please sell it in the green of our test cars.", "The green will be sold."),
    ("The trunk light goes out too soon.", None),
    ("The seat heating takes very long in the cold.", None),
)


def write_results(people: list[Person], folder: Path, chance: Chance) -> None:
    """outcomes.csv, links.csv, goods.csv, surveys.csv, feedback.csv."""
    _write(folder / "outcomes.csv", COLUMNS, _outcomes(people, chance))
    _write(folder / "links.csv", ("code", "ambassador", "promo"), LINKS)
    _write(folder / "goods.csv", _GOODS, (_car(person) for person in people))
    _write(folder / "surveys.csv", _SURVEY, _SURVEYED)
    _write(folder / "feedback.csv", _SAID, _voices(people, chance))


def _write(path: Path, columns: Sequence[str], rows: object) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(columns)
        table.writerows(rows)  # type: ignore[arg-type]


# -- outcomes ------------------------------------------------------------------------


def _outcomes(people: list[Person], chance: Chance) -> Iterator[tuple[object, ...]]:
    yield from _torn()
    for kind, many, new, days in RESULTS:
        taken = TORN if kind == "lead" else 0
        parts = (
            [("", many)] if new is None else [("yes", new - taken), ("no", many - new)]
        )
        for answer, count in parts:
            yield from _spread(people, chance, kind, answer, count, days)


def _torn() -> Iterator[tuple[object, ...]]:
    """Each by the code of one and the link of the next: somebody must decide."""
    for n in range(TORN):
        promo, link = LINKS[n % 4][2], LINKS[(n + 1) % 4][0]
        yield (
            *(f"lead-torn-{n + 1}", "lead", "2009-09-15", "", promo, link),
            *(1, "claimed", "yes"),
        )


def _spread(
    people: list[Person],
    chance: Chance,
    kind: str,
    answer: str,
    count: int,
    days: tuple[date, ...],
) -> Iterator[tuple[object, ...]]:
    cells = [(person, day) for person in people for day in days if _there(person, day)]
    weights = [person.pull * chance.between(0.4, 1.6) for person, _ in cells]
    for (person, day), many in zip(cells, apportion(count, weights), strict=True):
        if many:
            name = "-".join(filter(None, (kind, answer, person.id, f"{day:%m}")))
            yield (
                *(name, kind, day, person.id, "", ""),
                *(many, "claimed", answer),
            )


def _there(person: Person, day: date) -> bool:
    return person.last_day is None or day <= person.last_day


# -- goods, survey, voices -----------------------------------------------------------

_GOODS = "ref ambassador what value currency from to".split()


def _car(person: Person) -> tuple[object, ...]:
    """A car for the months of the loan. Its value is ours: nobody published one."""
    last = person.last_day or date(2009, 11, 30)
    return (
        *(f"car-{person.id}", person.id, "Fiesta, five doors, on loan"),
        *("13320.00", "USD", date(2009, 5, 1), last),
    )


_SURVEY = "question wave asked_from asked_to n yes share source".split()
#: Published without the number of people asked: no interval can be given.
_SURVEYED = (
    (
        "awareness",
        "autumn 2009",
        "",
        "2009-11-01",
        "",
        "",
        "37",
        "Larry Chase, interview",
    ),
)
_SAID = "ambassador at text answer answered_at".split()


def _voices(people: list[Person], chance: Chance) -> Iterator[tuple[object, ...]]:
    """Invented, as what the engineers were told and took up was not published."""
    for n, (text, answer) in enumerate(FEEDBACK):
        person = chance.one_of(people[:60])
        told = date(2009, 6, 3 + 5 * n)
        yield (person.id, told, text, answer or "", date(2009, 8, 20) if answer else "")

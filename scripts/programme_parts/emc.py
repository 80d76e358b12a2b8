"""EMC|ONE: members, requests, experiments, savings.

Published: 4,000 active members at the end of April 2008, 200 more each week, and
10,000 dollars saved by a film made in-house. The rest is ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from fiesta_parts.chance import Chance, apportion

from programme_parts import common
from programme_parts.common import Member, Post

ZONE, CAMPAIGN = ZoneInfo("America/New_York"), "emc-one"
GROUPS = ["engineering"] * 12 + ["services"] * 10 + ["marketing"] * 5 + ["finance"] * 3
#: Weeks end on Fridays; the last eight brought what was published of a week.
FIRST_FRIDAY, WEEKS, STEADY, A_WEEK, MEMBERS = date(2007, 12, 7), 21, 8, 200, 4_000
#: Experiment, its first day, and how it ended.
EXPERIMENTS = (
    ("film", date(2008, 1, 7), "won", date(2008, 2, 18)),
    ("finder", date(2008, 1, 14), "won", date(2008, 3, 3)),
    ("saving-forum", date(2008, 2, 4), "learned", date(2008, 3, 17)),
    ("wiki", date(2008, 2, 18), "lost", date(2008, 4, 1)),
)
TEAMS = {
    "film": ("marketing", "film"),
    "finder": ("services", "finder"),
    "saving-forum": (None, "savings"),
    "wiki": ("engineering", "wiki"),
    "podcast": ("services", "podcast"),
}
STARTS = {name: day for name, day, _, _ in EXPERIMENTS} | {"podcast": date(2008, 3, 17)}


def write(folder: Path) -> None:
    chance = Chance("emc")
    people = common.members(chance, "e", GROUPS)
    common.write_people(folder / "people.csv", people, "US")
    posts = [*_trials(people, chance), *_threads(people, chance)]
    common.write_posts(
        folder, "emc", posts, datetime(2008, 4, 30, 18, tzinfo=ZONE), chance
    )
    outcomes = [*_joiners(chance), *_ends(), *_savings(people)]
    common.table(folder / "outcomes.csv", common.OUTCOMES, outcomes)
    common.table(folder / "costs.csv", common.COSTS, COSTS)
    common.table(folder / "surveys.csv", common.SURVEYS, SURVEYS)
    common.table(folder / "feedback.csv", common.FEEDBACK, _requests(people, chance))


def _trials(people: list[Member], chance: Chance) -> Iterator[Post]:
    for name, (group, tag) in TEAMS.items():
        able = [m for m in people if group in (None, m.group)]
        begin = datetime.combine(STARTS[name], time(), ZONE)
        for n in range(5 + chance.below(5)):
            at = begin + timedelta(days=2 * n, hours=9 + chance.between(0, 7))
            yield Post(
                chance.one_of(able).handle, at, "thread", f"Where we are. #{tag}"
            )


def _threads(people: list[Member], chance: Chance) -> Iterator[Post]:
    """Two of the thirty only read."""
    for _ in range(60):
        at = datetime(2007, 12, 10, 8, tzinfo=ZONE) + timedelta(
            hours=chance.between(0, 135 * 24)
        )
        yield Post(chance.one_of(people[:28]).handle, at, "thread", "Has anybody tried")


def _row(
    id_: str,
    kind: str,
    at: date,
    who: str = "",
    many: int = 1,
    value: str = "",
    status: str = "claimed",
    order: str = "",
) -> tuple[object, ...]:
    currency = "USD" if value else ""
    return f"emc-{id_}", kind, at, CAMPAIGN, who, many, value, currency, status, order


def _joiners(chance: Chance) -> Iterator[tuple[object, ...]]:
    rising = [
        1 + week * 0.08 + chance.between(0, 0.2) for week in range(WEEKS - STEADY)
    ]
    weeks = apportion(MEMBERS - STEADY * A_WEEK, rising) + [A_WEEK] * STEADY
    for n, many in enumerate(weeks):
        friday = FIRST_FRIDAY + timedelta(days=7 * n)
        yield _row(f"joined-{friday}", "sign_up", friday, many=many)


def _ends() -> Iterator[tuple[object, ...]]:
    for name, _, kind, day in EXPERIMENTS:
        yield _row(f"{kind}-{name}", kind, day, status="verified", order=name)


def _savings(people: list[Member]) -> Iterator[tuple[object, ...]]:
    """The film's is the published one; nobody published who had checked it."""
    yield _row(
        *("saving-film", "saving", date(2008, 2, 18), people[22].id, 1),
        *("10000.00", "claimed", "film"),
    )
    yield _row(
        *("saving-travel", "saving", date(2008, 3, 14), people[2].id, 1),
        *("4200.00", "verified", "travel"),
    )
    yield _row(
        *("saving-licences", "saving", date(2008, 4, 11), people[28].id, 1),
        *("2650.00", "verified", "licences"),
    )


COSTS = (
    ("platform", "2007-12-01", "tool", "60000.00", "USD", "paid", "", "ours"),
    ("hours", "2008-04-30", "hours", "85000.00", "USD", "paid", "", "ours"),
    ("film", "2008-02-15", "other", "1400.00", "USD", "paid", "film", "ours"),
)
SURVEYS = (
    ("found_expert", "winter 2008", "2008-01-21", "2008-01-25", 240, 96, "", "ours"),
    ("found_expert", "spring 2008", "2008-04-21", "2008-04-25", 260, 156, "", "ours"),
)
ASKED = (
    "Who knows the storage of hospitals?",
    "Who speaks Portuguese and knows billing?",
    "Has anybody moved a data centre over a weekend?",
    "Who can read a contract with a ministry?",
    "Who has filmed an interview before?",
)


def _requests(people: list[Member], chance: Chance) -> Iterator[tuple[str, ...]]:
    """Twenty requests for expertise; fifteen found somebody."""
    for n in range(20):
        asked = datetime(2007, 12, 11, 9, tzinfo=ZONE) + timedelta(
            days=6 * n, hours=chance.below(8)
        )
        hours = 1 + round(30 * chance.random() ** 2, 1)
        found = n % 4 != 3
        answer = f"Ask {people[(5 * n + 3) % 30].id}" if found else ""
        told = common.utc(asked + timedelta(hours=hours)) if found else ""
        text = ASKED[n % len(ASKED)] + (f" ({n // 5 + 1})" if n >= 5 else "")
        yield people[n].id, common.utc(asked), text, answer, told

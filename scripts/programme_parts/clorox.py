"""Clorox Connects: challenges, answers, points, decisions.

Published: the salad dressing had five answers and was decided within a day. The rest
is ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from fiesta_parts.chance import Chance, apportion
from fiesta_parts.people import FIRST, LAST, mail

from programme_parts import common
from programme_parts.common import Member, Post

ZONE, CAMPAIGN = ZoneInfo("America/Los_Angeles"), "clorox-connects"
LEVELS = ["expert"] * 3 + ["level-3"] * 5 + ["level-2"] * 7 + ["level-1"] * 9

#: Challenge: its first day, how many answers, hours to the first one, hours to the
#: decision (None: none yet), and was it solved?
CHALLENGES: tuple[tuple[str, date, int, float, float | None, bool], ...] = (
    ("dressing", date(2010, 9, 6), 5, 9.5, 22.0, True),
    ("features", date(2010, 9, 13), 14, 10.25, 290.0, True),
    ("refill", date(2010, 10, 4), 8, 31.0, 262.5, True),
    ("scent", date(2010, 10, 18), 6, 58.5, 265.0, False),
    ("label", date(2010, 11, 1), 4, 13.75, None, False),
    ("wipes", date(2010, 11, 15), 0, 0.0, None, False),
)
#: Who may answer, by level: as the plan assigns it.
OPEN_TO = {
    "dressing": ("expert", "level-3"),
    "refill": ("expert", "level-2", "level-3"),
    "scent": ("expert", "level-3"),
    "wipes": ("expert",),
}
WORDS = {
    "dressing": "An emulsifier from my own trade, tried in vinegar",
    "features": "What I miss every week at home",
    "refill": "A valve that closes by itself",
    "scent": "Bind it to the starch, then it stays",
    "label": "Dark on light, and half the words",
    "wipes": "",
}


def write(folder: Path) -> None:
    chance = Chance("clorox")
    people = common.members(chance, "c", LEVELS)
    common.write_people(folder / "people.csv", people, "US")
    _applications(folder, people, chance)
    posts = [*_answers(people, chance), *_ideas(people, chance)]
    common.write_posts(
        folder, "clorox", posts, datetime(2010, 11, 30, 18, tzinfo=ZONE), chance
    )
    outcomes = [*_decisions(), *_adopted(people), *_points(people, posts)]
    common.table(folder / "outcomes.csv", common.OUTCOMES, outcomes)
    common.table(folder / "costs.csv", common.COSTS, COSTS)
    common.table(folder / "surveys.csv", common.SURVEYS, SURVEYS)
    common.table(folder / "feedback.csv", common.FEEDBACK, _feedback(people))


def _answers(people: list[Member], chance: Chance) -> Iterator[Post]:
    for name, opens, many, first, _, _ in CHALLENGES:
        levels = OPEN_TO.get(name, tuple(set(LEVELS)))
        able = [m for m in people if m.group in levels]
        opened = datetime.combine(opens, time(), ZONE)
        for n in range(many):
            who = able[0] if n == 0 else chance.one_of(able)
            # The dressing was decided within a day, so all its answers were there.
            wait = first + n * (2.5 if name == "dressing" else chance.between(9, 14))
            at = opened + timedelta(hours=wait)
            yield Post(who.handle, at, "answer", f"{WORDS[name]}. #{name}")


def _ideas(people: list[Member], chance: Chance) -> Iterator[Post]:
    """What nobody asked for."""
    for n in range(9):
        at = datetime(2010, 9, 8, 11, tzinfo=ZONE) + timedelta(
            days=8 * n, hours=chance.below(9)
        )
        yield Post(
            chance.one_of(people).handle, at, "idea", "Something you did not ask"
        )


def _row(
    id_: str, kind: str, at: str, who: str, many: int, status: str, order: str
) -> tuple[object, ...]:
    return f"clorox-{id_}", kind, at, CAMPAIGN, who, many, "", "", status, order


def _decisions() -> Iterator[tuple[object, ...]]:
    for name, opens, _, _, hours, solved in CHALLENGES:
        if hours is None:
            continue
        at = datetime.combine(opens, time(), ZONE) + timedelta(hours=hours)
        when = common.utc(at)
        yield _row(f"decision-{name}", "decision", when, "", 1, "verified", name)
        if solved:
            yield _row(f"solved-{name}", "solved", when, "", 1, "verified", name)


def _adopted(people: list[Member]) -> Iterator[tuple[object, ...]]:
    """Ideas taken up: of the dressing its solver, of the features two, of the refill
    one. None is on sale yet, as was published."""
    for n, (day, at) in enumerate(
        (("2010-09-07", 0), ("2010-09-28", 4), ("2010-09-28", 11), ("2010-10-18", 2))
    ):
        yield _row(f"idea-{n + 1}", "idea", day, people[at].id, 1, "verified", "")


def _points(people: list[Member], posts: list[Post]) -> Iterator[tuple[object, ...]]:
    """Ten for an answer, five for an idea, and what ratings added."""
    earned = {m.handle: 0 for m in people}
    for post in posts:
        earned[post.handle] += 10 if post.kind == "answer" else 5
    rated = apportion(120, [m.zeal for m in people])
    for member, more in zip(people, rated, strict=True):
        many = earned[member.handle] + more
        if many:
            yield _row(
                *(f"points-{member.id}", "points", "2010-11-30", member.id),
                *(many, "verified", ""),
            )


def _applications(folder: Path, people: list[Member], chance: Chance) -> None:
    columns = "id name platform handle email applied_at score group criteria".split()
    rows, decided = [], []
    for member in people:
        role = chance.one_of(("customer", "supplier"))
        score = 6 + chance.below(4)
        rows.append(
            (
                *(member.id, member.name, "web", member.handle, mail(member.name)),
                *("2010-08-20", score, "", f"role:{role};trade:{score}"),
            )
        )
        decided.append((member.id, "accept", "rights accepted, trade needed"))
    for n in range(40 - len(people)):
        name = f"{chance.one_of(FIRST.split())} {chance.one_of(LAST.split())}"
        handle, score = ".".join(name.lower().split()) + f"{n}", 1 + chance.below(5)
        said = f"role:customer;trade:{score}"
        rows.append(
            (
                f"x{n + 1:02d}",
                name,
                "web",
                handle,
                mail(name),
                "2010-08-24",
                score,
                "",
                said,
            )
        )
        decided.append((f"x{n + 1:02d}", "decline", "rights not accepted"))
    common.table(folder / "applications.csv", columns, rows)
    common.table(folder / "decisions.csv", ("id", "decision", "reason"), decided)


COSTS = (
    ("site", "2010-09-01", "tool", "18000.00", "USD", "paid", "", "ours"),
    ("hours", "2010-11-30", "hours", "15000.00", "USD", "paid", "", "ours"),
    (
        "prize-dressing",
        "2010-09-20",
        "fee",
        "5000.00",
        "USD",
        "paid",
        "dressing",
        "ours",
    ),
    (
        *("prize-features", "2010-10-10", "fee", "10000.00", "USD", "committed"),
        *("features", "the largest prize that was published"),
    ),
)
SURVEYS = (
    ("asked_again", "autumn 2010", "2010-11-22", "2010-11-26", 21, 18, "", "ours"),
)


def _feedback(people: list[Member]) -> Iterator[tuple[str, ...]]:
    said = (
        ("What became of the dressing?", "It is in development with its solver."),
        ("Please say how points are counted.", "Ten an answer; the page tells it now."),
        ("Ratings should not be anonymous.", "They have names since November."),
        ("I would like challenges for suppliers alone.", ""),
    )
    for n, (text, answer) in enumerate(said):
        at = datetime(2010, 9, 14, 9, tzinfo=ZONE) + timedelta(days=11 * n)
        told = common.utc(at + timedelta(hours=20 + 6 * n)) if answer else ""
        yield people[3 * n].id, common.utc(at), text, answer, told

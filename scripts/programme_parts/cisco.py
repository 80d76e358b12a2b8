"""Cisco's employee pages: status, replies, executives' answers, decisions, training.

Published: about 2,500 people in one training, 97 percent of whom completed it, at a
tenth of the cost each. The rest is ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from fiesta_parts.chance import Chance

from programme_parts import common
from programme_parts.common import Member, Post

ZONE, CAMPAIGN = ZoneInfo("America/Los_Angeles"), "cisco-iwe"
#: A group is a site here.
SITES = ["san-jose"] * 10 + ["bangalore"] * 7 + ["london"] * 5 + ["tokyo"] * 2
PROJECTS = ("routers for a railway", "a school's network", "video for clinics")
ATTENDEES, COMPLETED = 2_500, 2_425
#: These no longer say what they work on in July, and one never did.
SILENT, NEVER = range(17, 23), 23


def write(folder: Path) -> None:
    chance = Chance("cisco")
    people = common.members(chance, "i", SITES)
    common.write_people(folder / "people.csv", people, "US")
    posts = [*_status(people, chance), *_replies(people, chance), *_executives(people)]
    common.write_posts(
        folder, "cisco", posts, datetime(2010, 7, 30, 18, tzinfo=ZONE), chance
    )
    common.table(folder / "outcomes.csv", common.OUTCOMES, [*_decisions(), *TRAINING])
    common.table(folder / "costs.csv", common.COSTS, COSTS)
    common.table(folder / "surveys.csv", common.SURVEYS, SURVEYS)
    common.table(folder / "feedback.csv", common.FEEDBACK, _comments(people, chance))


def _status(people: list[Member], chance: Chance) -> Iterator[Post]:
    for n, member in enumerate(people):
        if n == NEVER:
            continue
        last = (
            datetime(2010, 7, 2, tzinfo=ZONE)
            if n in SILENT
            else datetime(2010, 7, 29, tzinfo=ZONE)
        )
        at = datetime(2010, 5, 4, 9, tzinfo=ZONE) + timedelta(
            hours=chance.between(0, 90)
        )
        while at < last:
            work = chance.one_of(PROJECTS)
            yield Post(member.handle, at, "status", f"#status This week: {work}")
            at += timedelta(days=chance.between(6, 13))
        if n not in SILENT:
            late = datetime(2010, 7, 19, 9, tzinfo=ZONE) + timedelta(
                hours=chance.between(0, 200)
            )
            yield Post(member.handle, late, "status", "#status Closing the quarter")


def _replies(people: list[Member], chance: Chance) -> Iterator[Post]:
    """Forty: eighteen of them to another site."""
    for n in range(40):
        who = chance.one_of(people[:17])
        there = [m for m in people[:22] if (m.group != who.group) == (n % 20 < 9)]
        to = chance.one_of([m for m in there if m is not who])
        at = datetime(2010, 5, 10, 10, tzinfo=ZONE) + timedelta(
            days=2 * n, hours=chance.below(8)
        )
        yield Post(who.handle, at, "reply", f"@{to.handle} we have done that before")


def _executives(people: list[Member]) -> Iterator[Post]:
    for n in range(6):
        at = datetime(2010, 5, 6, 8, tzinfo=ZONE) + timedelta(days=14 * n)
        yield Post(people[n % 2].handle, at, "executive post", "What I think aloud")


def _row(
    id_: str, kind: str, at: date, many: int, status: str, order: str
) -> tuple[object, ...]:
    return f"cisco-{id_}", kind, at, CAMPAIGN, "", many, "", "", status, order


def _decisions() -> Iterator[tuple[object, ...]]:
    """Each taken because of a comment, whose number among the comments is its order."""
    for number, day in (
        (2, date(2010, 5, 28)),
        (5, date(2010, 6, 17)),
        (9, date(2010, 7, 12)),
    ):
        yield _row(
            f"decision-{number}", "decision", day, 1, "verified", f"comment-{number}"
        )


TRAINING = (
    _row("training-1", "training", date(2010, 6, 8), ATTENDEES, "claimed", "session-1"),
    _row(
        "done-1", "training_done", date(2010, 6, 30), COMPLETED, "claimed", "session-1"
    ),
)
COSTS = (
    ("pages", "2010-05-03", "tool", "120000.00", "USD", "paid", "", "ours"),
    ("training", "2010-06-30", "other", "62500.00", "USD", "paid", "", "ours"),
    ("hours", "2010-07-30", "hours", "90000.00", "USD", "committed", "", "ours"),
)
SURVEYS = (
    ("knows_colleagues", "may 2010", "2010-05-03", "2010-05-07", 180, 63, "", "ours"),
    ("knows_colleagues", "july 2010", "2010-07-26", "2010-07-30", 170, 85, "", "ours"),
)


def _comments(people: list[Member], chance: Chance) -> Iterator[tuple[str, ...]]:
    """Twelve comments for executives; ten were answered."""
    for n in range(12):
        at = datetime(2010, 5, 6, 11, tzinfo=ZONE) + timedelta(
            days=7 * n, hours=chance.below(6)
        )
        hours = 2 + round(20 * chance.random() ** 2, 1)
        told = n not in (7, 11)
        answer = "Thank you; we look into it." if told else ""
        when = common.utc(at + timedelta(hours=hours)) if told else ""
        text = f"Comment {n + 1}: could our site take part earlier?"
        yield people[(5 * n + 2) % 22].id, common.utc(at), text, answer, when

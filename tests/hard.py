"""Readings that are hard to sum, and how to ask all engines about them."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from plain import fresh

from tracker.model import DAY, DAY_MARK, MOST, instant
from tracker.store.engines.answer import Choice, ask
from tracker.store.engines.differences import differences

#: Zones with a change of clocks by an hour and by half of one, and one far from UTC
#: that skipped 2011-12-30.
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")
CUTS = (None, "day", "week", "month", "platform", "ambassador", "post")


def at(text: str) -> int:
    return instant(datetime.fromisoformat(text + "+00:00"))


#: Around changes of clocks, around the day that Apia skipped, at the ends of days of
#: zones, and days without a time beside them.
MOMENTS = (
    0,
    at("2011-12-29T09:59:59.999"),
    at("2011-12-30T09:59:59.999"),
    at("2011-12-30T10:00:00"),
    at("2011-12-31T11:30:00"),
    at("2026-03-08T06:59:59.999"),
    at("2026-03-08T07:00:00"),
    at("2026-03-28T22:59:59.999"),
    at("2026-03-28T23:00:00"),
    at("2026-03-29T00:59:59.999"),
    at("2026-03-29T01:00:00"),
    at("2026-03-29T22:00:00"),
    at("2026-04-04T13:00:00"),
    at("2026-04-04T14:59:59.999"),
    at("2026-04-04T15:00:00"),
    at("2026-04-05T13:30:00"),
    at("2099-12-31T23:00:00"),
)
MARKS = tuple({moment // DAY * DAY + DAY_MARK for moment in MOMENTS[1:]})


def _some(count, seed):
    """Readings of eight posts at these moments, the same each time."""
    chosen = random.Random(seed)
    values = (None, None, 0, 1, 2, 3, 5, 8, 500, MOST // 8)
    metrics = ("views", "likes", "reach", "saves")
    return [
        {
            "platform": chosen.choice(["youtube", "x"]),
            "post_id": chosen.choice("abcd"),
            "captured_at": chosen.choice(MOMENTS + MARKS),
            "handle": chosen.choice([None, "@Anna", "@ben"]),
            "caption": chosen.choice([None, "hello #fiesta", "none"]),
            **{metric: chosen.choice(values) for metric in metrics},
        }
        for _ in range(count)
    ]


HARD, LATE = _some(220, 1), _some(60, 2)

counts = st.none() | st.integers(0, 6) | st.just(MOST)
readings = st.fixed_dictionaries(
    {
        "platform": st.sampled_from(["youtube", "x"]),
        "post_id": st.sampled_from(["a", "b", "c"]),
        "captured_at": st.sampled_from(MOMENTS + MARKS),
        "handle": st.sampled_from([None, "@Anna", "@ben"]),
        "caption": st.sampled_from([None, "hello #fiesta", "none"]),
        "views": counts,
        "likes": counts,
        "reach": counts,
    }
)
contents = st.lists(st.lists(readings, max_size=9), min_size=1, max_size=4)


def zoned(folder, zone):
    """A database whose campaign lies in a zone, and counts Anna's and Ben's posts."""
    database = fresh(folder)
    with database.writing() as link:
        enrol(link, zone)
    return database


def enrol(link, zone):
    link.run("UPDATE campaign SET timezone = ?", (zone,))
    link.run("UPDATE enrolment SET starts = '1970-01-01'")
    link.run(
        "INSERT INTO ambassador (id, slug, name, created_at) VALUES (2, 'be', 'B', 0)"
    )
    for platform, who, name in (
        ("x", 1, "anna"),
        ("x", 2, "ben"),
        ("youtube", 2, "ben"),
    ):
        link.run(
            "INSERT INTO handle (ambassador_id, platform, handle, key)"
            " VALUES (?, ?, ?, ?)",
            (who, platform, name, name),
        )
    link.run(
        "INSERT INTO enrolment (campaign_id, ambassador_id, starts)"
        " VALUES (1, 2, '1970-01-01')"
    )


def asked(database, engine, cuts, campaign=None, zone="Europe/Paris", **more):
    """What an engine says, and what `totals` says of the same, by each cut."""
    apart = dict.fromkeys(more.pop("apart", ()), "its terms")
    with TemporaryDirectory() as folder:
        choice = Choice(engine, Path(folder), **more)
        place = ZoneInfo(zone)
        return ask(database, place, choice, campaign, cuts, apart=apart, compare=True)


def agree(database, engines, cuts=CUTS, **more):
    """Engines and kept sums say the same of the workspace and of its campaign."""
    for campaign in (None, "c"):
        for engine in engines:
            for summed, kept in asked(database, engine, cuts, campaign, **more):
                assert differences(summed, kept) == []
                assert summed == kept

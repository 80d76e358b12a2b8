"""Readings of several months to be archived, and what they are wherever they lie."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
from plain import ZONE, keep

from tracker.model import METRICS, day_instant, instant
from tracker.store import verify
from tracker.store.archive import files, listing, parts
from tracker.store.database import Database
from tracker.store.totals import Reckoner

TAGS = {"a": "#one", "b": "#two", "c": "#one #two", "d": "nothing"}
HOMES = {"a": "one", "b": "two", "c": "one", "d": None}


def programme(database: Database) -> None:
    """Two campaigns, and Anna in both."""
    with database.writing() as link:
        for number, slug in enumerate(("one", "two"), 1):
            link.run(
                "INSERT INTO campaign (id, slug, name, timezone, currency, language,"
                " rules, plan, state, applied_at) VALUES (?, ?, 'C', 'America/Detroit',"
                " 'USD', 'en', ?, '{}', 'open', 0)",
                (
                    number,
                    slug,
                    f'{{"hashtags": ["{slug}"], "mentions": [], "links": []}}',
                ),
            )
            link.run(
                "INSERT INTO enrolment (campaign_id, ambassador_id, starts)"
                " VALUES (?, 1, '2026-01-01')",
                (number,),
            )
        link.run(
            "INSERT INTO ambassador (id, slug, name, created_at)"
            " VALUES (1, 'an', 'A', 0)"
        )
        link.run(
            "INSERT INTO handle (ambassador_id, platform, handle, key)"
            " VALUES (1, 'youtube', 'anna', 'anna')"
        )


def at(text: str) -> int:
    return instant(datetime.fromisoformat(text).replace(tzinfo=UTC))


def row(post: str, when: str | int, **metrics: int | None) -> dict[str, Any]:
    return {
        "platform": "youtube",
        "post_id": post,
        "handle": "anna",
        "published_at": at("2026-01-15"),
        "caption": TAGS.get(post[0]),
        "captured_at": at(when) if isinstance(when, str) else when,
        **metrics,
    }


def readings(posts: int = 1) -> list[dict[str, Any]]:
    """Of each month from January to April, at its edges and on a day; unknown values,
    falls, and metrics that nobody gave."""
    found = []
    for month in range(1, 5):
        for name in (f"{letter}{n}" for letter in TAGS for n in range(posts)):
            end = f"2026-{month + 1:02}-01"
            found += [
                row(name, f"2026-{month:02}-01", views=100 * month, likes=5),
                row(name, day_instant(date(2026, month, 9)), views=100 * month + 50),
                row(name, f"2026-{month:02}-20T08:00", likes=7 - month, reach=9),
                row(name, at(end) - 1, views=100 * month + 40, clicks=2**52),
            ]
    return found


def fill(database: Database, posts: int = 1) -> None:
    programme(database)
    keep(database, readings(posts), now=1)


def hot(database: Database) -> pl.DataFrame:
    """What the database has, as a file has it."""
    names = ", ".join(f"r.{m}" for m in METRICS)
    with database.reading() as link:
        return link.frame(
            f"SELECT post_id, captured_at, {names}, payload_id, line FROM reading r"
            " ORDER BY 1, 2",
            schema=dict.fromkeys(files.COLUMNS, pl.Int64),
        )


def archived(database: Database) -> pl.DataFrame:
    """What the files say that the catalogue knows, read by their names alone."""
    with database.reading() as link:
        live = parts.live(link)
    nothing = pl.DataFrame(schema=dict.fromkeys(files.COLUMNS, pl.Int64))
    found = [pl.read_parquet(database.archive.read(part.path)) for part in live]
    return pl.concat([nothing, *found]).sort("post", "captured_at")


def all_readings(database: Database) -> pl.DataFrame:
    """All, wherever they lie; what the database says stands before what files say."""
    here, there = hot(database), archived(database)
    key = ["post", "captured_at"]
    return pl.concat([here, there.join(here, on=key, how="anti")]).sort(key)


def states(database: Database) -> dict[tuple[str | None, str], tuple[str, int, int]]:
    """Of each campaign and month its state, its rows and those in the database."""
    return {
        (one.campaign, one.month): (one.state, one.rows, one.hot)
        for one in listing.months_of(database)
    }


def totals(database: Database) -> list[Any]:
    """Every cut of the workspace and of a campaign."""
    reckoner = Reckoner(database, ZONE)
    cuts = (None, "day", "week", "month", "platform", "ambassador", "post")
    return [
        found
        for campaign in (None, "one")
        for found in reckoner.several(campaign, cuts)
    ]


def filled(database: Database) -> None:
    """A month in the database."""
    programme(database)
    rows = [
        row(post, f"2026-01-0{day}", views=7 * day, likes=day)
        for post in ("a0", "a1")
        for day in (1, 2)
    ]
    keep(database, rows, now=1)


Before = tuple[pl.DataFrame, list[Any]]


def as_it_is(database: Database) -> Before:
    return all_readings(database), totals(database)


def check_whole(database: Database, before: Before) -> None:
    """Every reading once, and what files and database both have is the same."""
    assert all_readings(database).equals(before[0])
    assert totals(database) == before[1]
    assert verify.verify(database, ZONE) == []
    there, here = archived(database), hot(database)
    assert len(there.unique(["post", "captured_at"])) == len(there)
    old = here.filter(pl.col("payload_id") == 1)
    twice = old.join(there, on=["post", "captured_at"], how="semi")
    assert twice.join(there, on=twice.columns, how="anti", nulls_equal=True).is_empty()

"""A correction replaces one value, is remembered, and stands."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tracker.errors import NotFoundError
from tracker.model import METRICS
from tracker.sources.base import Batch, Payload
from tracker.sources.rows import make_frame
from tracker.store import verify
from tracker.store.corrections import Correction, Corrections
from tracker.store.database import Database
from tracker.store.ledger import Desk, Ledger
from tracker.store.runs import Runs
from tracker.store.totals import Reckoner

ZONE = ZoneInfo("Europe/Paris")
#: 2009-05-01T12:00:00Z and an hour later
NOON, ONE = 1_241_179_200_000, 1_241_182_800_000
NUMBERS = iter(range(10_000))


def keep(database: Database, *readings: tuple[int, int | None], now: int) -> Any:
    """A payload of one post's views at some instants."""
    values: dict[str, list[Any]] = {
        "line": list(range(1, len(readings) + 1)),
        "platform": ["youtube"] * len(readings),
        "post_id": ["p"] * len(readings),
        "captured_at": [at for at, _ in readings],
        "views": [views for _, views in readings],
        "likes": [7] * len(readings),
    }
    runs = Runs(database)
    run = runs.start("studio", "csv", slot=None, host=None, now=now)
    desk = Desk(runs.source_id("studio", "csv"), run, "f", "measured", now)
    payload = Payload(f"file {next(NUMBERS)}", now, body=repr(readings).encode())
    batch = Batch(make_frame(values))
    return Ledger(database, ZONE).keep(desk, payload, [batch])


def correct(database: Database, value: int | None, **changed: Any) -> Correction:
    said = {"platform": "youtube", "post_id": "p", "captured_at": NOON}
    said |= {"metric": "views", "value": value, "reason": "typo", "actor": "ada"}
    return Corrections(database, ZONE).correct(Correction(**{**said, **changed}))


def views(database: Database, as_of: int | None = None, by: str | None = None) -> Any:
    rows = Reckoner(database, ZONE).totals(as_of=as_of, by=by).rows
    return [row.metrics["views"].value for row in rows] if by else _one(rows)


def _one(rows: Any) -> Any:
    return rows[0].metrics["views"].value if rows else None


def test_a_value_is_replaced_and_the_sums_follow(database: Database) -> None:
    """Downwards and upwards, which no later payload could do; sums stay a recount."""
    keep(database, (NOON, 1200), now=1)
    assert views(database) == 1200
    assert correct(database, 120, at=2).was == 1200
    assert views(database) == 120
    assert correct(database, 130, at=3).was == 120
    assert views(database) == 130
    assert verify.verify(database, ZONE) == []
    (stands,) = Corrections(database, ZONE).of("youtube", "p")
    assert (stands.value, stands.was, stands.reason, stands.actor) == (
        *(130, 120),
        *("typo", "ada"),
    )


@pytest.mark.parametrize("later", [50, 120, 5000])
def test_it_stands_against_later_payloads(database: Database, later: int) -> None:
    """Whatever they say of that instant; other instants and metrics are free."""
    keep(database, (NOON, 1200), now=1)
    correct(database, 120, at=2)
    tally = keep(database, (NOON, later), now=3)
    assert (tally.unchanged, tally.corrected) == (1, 0)
    assert views(database) == 120
    keep(database, (ONE, later), (NOON, later), now=4)
    assert views(database) == later
    assert verify.verify(database, ZONE) == []


def test_unknown_after_all(database: Database) -> None:
    """The value before it is the last known one again."""
    keep(database, (NOON, 100), (ONE, 900), now=1)
    correct(database, None, captured_at=ONE, at=2)
    assert views(database) == 100
    keep(database, (ONE, 900), now=3)
    assert views(database) == 100
    assert verify.verify(database, ZONE) == []


def test_a_replay_shows_what_was_known_before(database: Database) -> None:
    keep(database, (NOON, 1200), now=10)
    correct(database, 120, at=20)
    correct(database, 12, at=30)
    assert [views(database, as_of=at) for at in (5, 15, 25, 35)] == [
        None,
        1200,
        120,
        12,
    ]


def test_a_repair_keeps_it(database: Database) -> None:
    keep(database, (NOON, 1200), (ONE, 1300), now=1)
    correct(database, 120, at=2)
    before = views(database, by="day")
    verify.repair(database, ZONE)
    assert views(database, by="day") == before
    assert verify.verify(database, ZONE) == []


def test_only_a_reading_that_is_there_can_be_corrected(database: Database) -> None:
    with pytest.raises(NotFoundError, match="post"):
        correct(database, 1, at=1)
    keep(database, (NOON, 1), now=1)
    with pytest.raises(NotFoundError, match="2009-05-01T12:00:00Z"):
        correct(database, 1, captured_at=NOON + 1000, at=2)
    assert "views" in METRICS
    assert Corrections(database, ZONE).of("youtube", "p") == []

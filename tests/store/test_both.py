"""Keeping, sums and replay on both databases, against the plain model."""

from __future__ import annotations

import random

import pytest
from plain import (
    INSTANTS,
    ZONE,
    batch,
    campaign,
    dump,
    keep,
    merged,
    plain_totals,
    shown,
)

from tracker.store import verify
from tracker.store.database import Database
from tracker.store.explain import explain
from tracker.store.extracts import rows as extract
from tracker.store.totals import Reckoner


def some_rows(seed: int, many: int) -> list[dict]:
    chance = random.Random(seed)

    def count() -> int | None:
        return chance.choice([None, 0, 3, 5, 2**52])

    return [
        {
            "platform": chance.choice(["youtube", "x"]),
            "post_id": chance.choice(["a", "b", "-c", 'é, "q"', "\\.", "x\ty"]),
            "captured_at": chance.choice(INSTANTS),
            "handle": chance.choice([None, "@Anna", "ben"]),
            "published_at": chance.choice([None, INSTANTS[0]]),
            "caption": chance.choice([None, "", "\\N", "a\nb #fiesta", "'"]),
            "views": count(),
            "likes": count(),
            "reach": count(),
        }
        for _ in range(many)
    ]


@pytest.mark.parametrize("seed", range(4))
def test_both_databases_keep_the_same_in_any_order(database: Database, seed: int):
    rows = some_rows(seed, 40)
    with database.writing() as link:
        campaign(link)
    tallies = keep(database, rows[:15], rows[15:30], rows[30:], pieces=2)
    assert sum(tally.stored for tally in tallies) == len(merged(rows))
    before = dump(database)
    random.Random(seed).shuffle(rows)
    for tally in keep(database, rows):
        assert tally.unchanged == tally.rows
    assert dump(database) == before
    assert verify.verify(database, ZONE) == []
    found = shown(Reckoner(database, ZONE).totals(by="day"))
    days = {row["day"] for row in found}
    assert found == [row for row in plain_totals(rows) if row["day"] in days]


def test_a_replay_shows_what_was_known_then(database: Database):
    rows = some_rows(9, 60)
    reckoner = Reckoner(database, ZONE)
    seen = {}
    for now, part in enumerate([rows[:20], rows[20:40], rows[40:]], 1):
        keep(database, part, now=now)
        seen[now] = [shown(reckoner.totals(by=by)) for by in (None, "day", "post")]
    for now, expected in seen.items():
        replayed = [reckoner.totals(by=by, as_of=now) for by in (None, "day", "post")]
        assert [shown(one) for one in replayed] == expected


def test_an_explained_total_is_the_sum_of_its_readings(database: Database):
    keep(database, some_rows(3, 40))
    total = Reckoner(database, ZONE).totals().rows[0].metrics["views"]
    found = explain(database, None, "views", zone=ZONE)
    assert found["value"] == total.value == sum(r["value"] for r in found["readings"])
    assert found["known"] == total.known == len(found["readings"])
    assert {r["line"] for r in found["readings"]} <= set(range(2, 42))
    assert all(r["source"] == "s" and r["run"] for r in found["readings"])


def test_a_repair_puts_the_recount_in_place(database: Database):
    keep(database, some_rows(5, 40))
    before = dump(database)
    with database.writing() as link:
        link.run("UPDATE rollup SET views = views + 1")
        link.run("UPDATE post_state SET likes = 77, likes_at = last_at")
        link.run("DELETE FROM attribution WHERE campaign_id = 0 AND post_id = 1")
    found = verify.verify(database, ZONE)
    assert {difference.what for difference in found} >= {
        "views",
        "likes",
        "attribution",
    }
    verify.repair(database, ZONE)
    assert verify.verify(database, ZONE) == []
    assert dump(database) == before


def test_extracts_have_their_columns_and_order(database: Database):
    keep(database, some_rows(2, 30))
    for name in ("readings", "posts", "rejects", "runs", "disclosure-log"):
        found = list(extract(database, name))
        assert all(len(row) == len(found[0]) for row in found)
    posts = [(row[0], row[2]) for row in extract(database, "posts")]
    assert posts == sorted(posts, key=lambda key: [part.encode() for part in key])


def test_a_failed_payload_leaves_nothing_behind(database: Database):
    keep(database, some_rows(1, 10))
    before = dump(database)

    def broken():
        yield batch(some_rows(7, 30))
        raise RuntimeError("cut off")

    from tracker.sources.base import Payload
    from tracker.store.ledger import Desk, Ledger

    with pytest.raises(RuntimeError, match="cut off"):
        Ledger(database, ZONE).keep(
            Desk(1, 1, "f", "measured", 0), Payload("p", 0, body=b"x"), broken()
        )
    assert dump(database) == before

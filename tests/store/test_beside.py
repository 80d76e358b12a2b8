"""Besides readings: what is asked for when, events once, accounts by maximum."""

from __future__ import annotations

import polars as pl
import pytest
from plain import FRAME, ZONE, batch, campaign

from tracker.model import DAY, Tally
from tracker.sources.base import Batch, Event, Payload
from tracker.store.asked import Asked
from tracker.store.ledger import Desk, Ledger
from tracker.store.runs import Runs

HOUR = 3_600_000
NOON = 1_775_044_800_000  # 2026-04-01T12:00:00Z
EMPTY = pl.DataFrame(schema=FRAME)
AUDIENCE = {
    "line": pl.Int64,
    "platform": pl.String,
    "handle": pl.String,
    "metric": pl.String,
    "day": pl.String,
    "value": pl.Int64,
}


@pytest.fixture
def keep(database):
    """Keep batches as one answer of source 1, which asks YouTube; the tally."""
    runs = Runs(database)
    number = runs.source_id("yt", "youtube")

    def kept(*batches, at=NOON, asked=(), body=None, bookmark=None, platform="youtube"):
        run = runs.start("yt", "youtube", slot=None, host=None, now=at)
        desk = Desk(number, run, "f", "measured", at, platform)
        payload = Payload(
            f"answer {run}", at, body=body or repr(run).encode(), asked=tuple(asked)
        )
        if bookmark:
            payload = Payload(f"answer {run}", at, body=b"", bookmark=bookmark)
        return Ledger(database, ZONE).keep(desk, payload, batches)

    kept.source = number
    return kept


@pytest.fixture
def asked(database):
    return Asked(database)


def posts(*ids, at=NOON, age=0, handle=None):
    return batch(
        [
            {
                "platform": "youtube",
                "post_id": post,
                "captured_at": at,
                "published_at": at - age,
                "handle": handle,
                "views": 1,
            }
            for post in ids
        ]
    )


def due(asked, keep, now, every=0, **more):
    return [row[1] for row in asked.due(keep.source, "youtube", now, every, **more)]


# -- what is due --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "every", "after"),
    [
        (DAY, 0, HOUR),
        (3 * DAY, 0, 3 * HOUR),
        (10 * DAY, 0, DAY),
        (100 * DAY, 0, 7 * DAY),
        (DAY, 6 * HOUR, 6 * HOUR),  # never more often than the source's own `every`
        (100 * DAY, 6 * HOUR, 7 * DAY),
    ],
)
def test_old_posts_are_asked_for_seldom(asked, keep, age, every, after):
    keep(posts("a", age=age), asked=["a"])
    assert due(asked, keep, NOON + after - after // 10 - 1, every) == []
    assert due(asked, keep, NOON + after - after // 10, every) == ["a"]
    assert due(asked, keep, NOON + 1, every, all_=True) == ["a"]


def test_a_post_of_another_platform_is_not_asked_for(asked, keep):
    keep(posts("a"), platform=None)
    assert asked.due(keep.source, "x", NOON, 0) == []
    assert due(asked, keep, NOON) == ["a"]


def test_each_source_asks_for_itself(asked, keep):
    keep(posts("a"), asked=["a"])
    assert due(asked, keep, NOON + 1) == []
    assert [row[1] for row in asked.due(99, "youtube", NOON + 1, 0)] == ["a"]


def test_the_most_pressing_come_first(asked, keep, database):
    """The programme's own, then what was never asked for, then the most overdue."""
    with database.writing() as link:
        campaign(link)
    keep(posts("hers", age=40 * DAY, handle="anna"), platform=None)
    keep(posts("young", age=DAY), asked=["young"])
    keep(posts("older", age=5 * DAY), asked=["older"])
    keep(posts("new", age=20 * DAY), platform=None)
    keep(posts("newer", age=19 * DAY), platform=None)
    found = due(asked, keep, NOON + 4 * HOUR)
    assert found == ["hers", "newer", "new", "young", "older"]


def test_what_was_asked_for_and_not_there_is_asked_for_once_a_day(
    asked, keep, database
):
    """And its figures stay what they were: absent is unknown, not zero."""
    keep(posts("a", "b"), asked=["a", "b"])
    gone = Batch(EMPTY, absent=(("youtube", "b"),))
    keep(posts("a", at=NOON + HOUR), gone, at=NOON + HOUR, asked=["a", "b"])
    assert due(asked, keep, NOON + 2 * HOUR) == ["a"]
    assert due(asked, keep, NOON + HOUR + DAY) == ["a", "b"]
    assert _absent(database) == {"a": None, "b": NOON + HOUR}
    later = NOON + 26 * HOUR
    keep(Batch(EMPTY, absent=(("youtube", "b"),)), at=later, asked=["b"])
    assert _absent(database)["b"] == NOON + HOUR
    keep(posts("b", at=later + HOUR), at=later + HOUR, asked=["b"])
    assert _absent(database)["b"] is None


def _absent(database):
    with database.reading() as link:
        return dict(
            link.all(
                "SELECT p.external_id, q.absent_since FROM asked q"
                " JOIN post p ON p.id = q.post_id"
            )
        )


def test_a_post_found_on_the_way_counts_as_asked_for(asked, keep):
    keep(posts("found"))
    assert due(asked, keep, NOON + 1) == []


def test_handles_are_those_of_people_whose_enrolment_has_begun(asked, database):
    with database.writing() as link:
        campaign(link)  # from 2026-03-28 on
        for handle, since, until in (
            ("old", None, "2026-03-31"),
            ("now", "2026-04-01", None),
            ("later", "2026-04-02", None),
        ):
            link.run(
                "INSERT INTO handle (ambassador_id, platform, handle, key, since,"
                " until) VALUES (1, 'youtube', ?, ?, ?, ?)",
                (handle, handle, since, until),
            )
    assert asked.handles("youtube", NOON) == ["anna", "now"]
    assert asked.handles("youtube", NOON - 10 * DAY) == []
    assert asked.handles("x", NOON) == []
    with database.writing() as link:
        link.run("UPDATE campaign SET state = 'closed'")
    assert asked.handles("youtube", NOON) == []


# -- where to go on -----------------------------------------------------------------


def test_the_bookmark_moves_with_what_was_kept_and_only_then(keep, database):
    runs = Runs(database)
    keep(posts("a"), bookmark="page 2")
    assert runs.state("yt").bookmark == "page 2"

    def broken():
        yield posts("b")
        raise ZeroDivisionError

    run = runs.start("yt", "youtube", slot=None, host=None, now=NOON)
    desk = Desk(keep.source, run, "f", "measured", NOON, "youtube")
    payload = Payload("p3", NOON, body=b"3", bookmark="page 3")
    with pytest.raises(ZeroDivisionError):
        Ledger(database, ZONE).keep(desk, payload, broken())
    assert runs.state("yt").bookmark == "page 2"


# -- events -------------------------------------------------------------------------


def event(name, data="{}", line=1):
    return Event(line, name, "outcome", NOON, data)


def rows(database, sql):
    with database.reading() as link:
        return link.all(sql)


def test_an_event_counts_once_whichever_payload_brings_it(keep, database):
    first = Batch(EMPTY, events=(event("e1"), event("e2"), event("e1")))
    again = Batch(EMPTY, events=(event("e2"), event("e3")))
    assert keep(first) == Tally(rows=3, stored=2, unchanged=1)
    assert keep(again) == Tally(rows=2, stored=1, unchanged=1)
    found = rows(database, "SELECT external_id, kind, at FROM event ORDER BY 1")
    assert found == [(name, "outcome", NOON) for name in ("e1", "e2", "e3")]


def test_an_id_that_comes_again_with_other_content_goes_to_quarantine(keep, database):
    """The first stands, nothing is hidden, and the counts are exact."""
    keep(Batch(EMPTY, events=(event("e1", '{"value": 1}'),)))
    tally = keep(Batch(EMPTY, events=(event("e1", '{"value": 2}', line=7),)))
    assert tally == Tally(rows=1, rejected=1)
    assert rows(database, "SELECT data FROM event") == [('{"value": 1}',)]
    assert rows(database, "SELECT line, code, raw FROM reject") == [
        (7, "ID_REUSED", '{"value": 2}')
    ]


# -- audience -----------------------------------------------------------------------


def audience(*values, day="2026-04-01", first=1):
    return Batch(
        EMPTY,
        audience=pl.DataFrame(
            [
                (line, "youtube", "anna", "followers", day, value)
                for line, value in enumerate(values, first)
            ],
            schema=AUDIENCE,
            orient="row",
        ),
    )


def test_figures_of_accounts_merge_by_maximum_and_are_counted_exactly(keep, database):
    assert keep(audience(10, 12, 11)) == Tally(
        rows=3, stored=1, corrected=1, unchanged=1
    )
    assert keep(audience(11, 15, 15)) == Tally(rows=3, corrected=1, unchanged=2)
    assert keep(audience(3, day="2026-04-02")) == Tally(rows=1, stored=1)
    found = rows(database, "SELECT day, value, line FROM audience ORDER BY day")
    assert found == [("2026-04-01", 15, 2), ("2026-04-02", 3, 1)]


def test_everything_of_one_payload_is_counted_together(keep):
    whole = Batch(
        posts("a", "b").frame,
        events=(event("e1"),),
        audience=audience(5).audience,
    )
    assert whole.rows == 4
    assert keep(whole, audience(5), Batch(EMPTY, events=(event("e1"),))) == Tally(
        rows=6, stored=4, unchanged=2
    )

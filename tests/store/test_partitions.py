"""Readings by month on PostgreSQL: made when rows come, dropped when they are gone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from plain import ZONE, campaign, dump, keep
from support import Server

from tracker.model import instant
from tracker.store import compaction, partitions, schema, verify
from tracker.store.bulk import wanted
from tracker.store.database import Database
from tracker.store.expiry import expire
from tracker.store.refresh import refresh


@pytest.fixture
def database(server: Server, with_tables: str, tmp_path: Path):
    """A fresh database on PostgreSQL: these tests are about it alone."""
    server.do(f"CREATE DATABASE parts TEMPLATE {with_tables}")
    yield Database(server.url("parts"), tmp_path)
    server.do("DROP DATABASE parts WITH (FORCE)")


def at(text: str) -> int:
    return instant(datetime.fromisoformat(text).replace(tzinfo=UTC))


def row(when: str, views: int = 1, post: str = "a") -> dict[str, object]:
    return {
        "platform": "youtube",
        "post_id": post,
        "captured_at": at(when),
        "views": views,
    }


def months(database: Database) -> dict[str, int]:
    """How many rows each partition has."""
    with database.reading() as link:
        return {
            part.name: link.value(f"SELECT count(*) FROM {part.name}")
            for part in partitions.parts(link)
        }


# -- made --------------------------------------------------------------------------


def test_each_month_has_a_partition_when_its_first_row_comes(database: Database):
    assert months(database) == {}
    keep(database, [row("2026-05-31T23:59:59.999"), row("2026-06-01", 2)])
    keep(
        database, [row("2026-06-30T23:00", 3), row("2026-05-01", 1), row("1999-01-01")]
    )
    assert months(database) == {
        "reading_before_2005": 1,
        "reading_2026_05": 2,
        "reading_2026_06": 2,
    }


def test_instants_of_all_times_have_a_place(database: Database):
    """The bounds of what is a month of its own, and all that lies beyond."""
    ends = ("1970-01-02", "9999-12-30T23:59")
    edges = ("2004-12-31T23:59:59.999", "2005-01-01", "2049-12-31T23:59", "2050-01-01")
    keep(database, [row(when, n) for n, when in enumerate([*ends, *edges])])
    assert months(database) == {
        "reading_before_2005": 2,
        "reading_2005_01": 1,
        "reading_2049_12": 1,
        "reading_after_2049": 2,
    }
    assert verify.verify(database, ZONE) == []


def test_a_file_of_nonsense_dates_makes_few_tables(database: Database):
    keep(
        database,
        [row(f"{year:04}-{1 + year % 12:02}-02") for year in range(1, 9999, 3)],
    )
    assert len(months(database)) < 20


def test_what_is_late_repeated_or_changed_is_as_on_sqlite(
    database: Database, tmp_path: Path
):
    """The merge finds and replaces readings whatever their month."""
    one = [row(f"2026-{month:02}-1{n}", month, "ab"[n % 2]) for month, n in MONTHS]
    two = [row(f"2026-{month:02}-1{n}", 12 - month, "ab"[n % 2]) for month, n in MONTHS]
    other = Database("sqlite:///other.db", tmp_path)
    schema.ensure(other)
    for into in (database, other):
        with into.writing() as link:
            campaign(link)
        keep(into, one[::2], two, one, two[::-1])
    assert dump(database) == dump(other)
    assert verify.verify(database, ZONE) == []


MONTHS = [(month, n) for month in range(1, 12) for n in range(4)]


def test_a_payload_that_fails_leaves_no_partition(database: Database):
    with pytest.raises(RuntimeError), database.writing() as link:
        partitions.ensure(link, [at("2026-05-01")])
        assert partitions.parts(link)
        raise RuntimeError
    assert months(database) == {}


def test_a_dropped_partition_is_made_again(database: Database):
    for _ in range(2):
        keep(database, [row("2026-05-01")])
        with database.writing() as link:
            link.run("DELETE FROM reading")
        with database.writing() as link:
            assert partitions.drop_empty(link) == ["reading_2026_05"]
        with database.writing() as link:
            for table in ("post_state", "post", "rollup", "attribution"):
                link.run(f"DELETE FROM {table}")
    assert months(database) == {}


def test_readers_do_not_wait_for_a_new_month(database: Database):
    """A report that reads while a payload of a new month is being kept."""
    keep(database, [row("2026-05-01")])
    with database.writing() as writer, database.reading() as reader:
        reader.run("SET LOCAL lock_timeout = '5s'")
        assert reader.value("SELECT count(*) FROM reading") == 1
        partitions.ensure(writer, [at("2026-06-01")])
        assert reader.value("SELECT count(*) FROM reading") == 1
        with database.reading() as other:
            other.run("SET LOCAL lock_timeout = '5s'")
            assert other.value("SELECT count(*) FROM reading") == 1


def test_one_post_is_looked_up_and_not_all_read(database: Database):
    """In each month by its key, once there are some thousand readings."""
    keep(
        database,
        [
            row(f"2026-{month:02}-{day:02}", day, f"p{post}")
            for month in range(1, 13)
            for day in range(1, 26)
            for post in range(40)
        ],
    )
    with database.writing() as link:
        wanted(link, "wanted_series", pl.DataFrame({"post": [7, 8]}))
        plan = "EXPLAIN SELECT * FROM wanted_series w JOIN reading r ON post_id = post"
        said = [line for (line,) in link.all(plan)]
    assert "Nested Loop" in said[0], said
    assert not any("Seq Scan on reading" in line for line in said), said


def test_the_planner_learns_how_many_posts_there_are(database: Database):
    """Which the server does not find out by itself; again when they have doubled."""
    known = (
        "SELECT n_distinct FROM pg_stats WHERE tablename = 'reading' AND inherited"
        " AND attname = 'post_id'"
    )

    def read(month: int, posts: int) -> float:
        at = [f"2026-{month:02}-{day:02}" for day in range(1, 11)]
        keep(
            database, [row(when, 1, f"p{post}") for when in at for post in range(posts)]
        )
        with database.reading() as link:
            return float(link.value(known))

    assert read(1, 30) == 30
    read(2, 60)
    with database.writing() as link:  # as the server does by itself, a little later
        link.run("ANALYZE reading_2026_02")
    assert read(3, 60) == 60


# -- dropped ------------------------------------------------------------------------


def test_only_empty_partitions_that_end_in_time_are_dropped(database: Database):
    keep(database, [row("1990-01-01"), row("2026-05-01"), row("2026-06-01", post="b")])
    with database.writing() as link:
        link.run("DELETE FROM reading WHERE captured_at < ?", (at("2026-05-15"),))
        partitions.ensure(link, [at("2026-07-01"), at("2077-01-01")])
    with database.writing() as link:
        assert partitions.drop_empty(link, at("2026-05-31")) == ["reading_before_2005"]
    with database.writing() as link:
        gone = partitions.drop_empty(link, at("2026-06-01"))
        assert gone == ["reading_2026_05"]
    assert months(database) == {
        "reading_2026_06": 1,
        "reading_2026_07": 0,
        "reading_after_2049": 0,
    }


def test_what_is_being_read_is_not_dropped(database: Database):
    """Whoever looks at an earlier moment still sees its rows."""
    keep(database, [row("2026-05-01")])
    with database.reading() as reader:
        reader.value("SELECT count(*) FROM post")
        with database.writing() as link:
            link.run("DELETE FROM reading")
        with database.writing() as link:
            patience = link.value("SELECT current_setting('lock_timeout')")
            assert partitions.drop_empty(link) == []
            # the transaction goes on, with the patience it had
            assert link.value("SELECT current_setting('lock_timeout')") == patience
            link.run("INSERT INTO meta (key, value) VALUES ('a', 'b')")
        assert reader.value("SELECT count(*) FROM reading") == 1
    with database.writing() as link:
        assert partitions.drop_empty(link) == ["reading_2026_05"]


def test_who_holds_the_readings_is_waited_for_and_then_left_alone(database: Database):
    keep(database, [row("2026-05-01")])
    with database.reading() as reader:
        assert reader.value("SELECT count(*) FROM reading") == 1
        with database.writing() as link:
            link.run("DELETE FROM reading")
            assert partitions.drop_empty(link) == []
        assert reader.value("SELECT count(*) FROM reading") == 1


# -- expiry ---------------------------------------------------------------------------


def two_sources(database: Database) -> None:
    """Months of one source alone, of the other alone, and of both."""
    with database.writing() as link:
        campaign(link)
        refresh(link, ZONE)
        link.run(
            "INSERT INTO source (id, name, kind, state) VALUES (2, 'u', 'csv', 'ready')"
        )
    mine = [row(f"2026-{month:02}-1{n}", month, "ab"[n % 2]) for month, n in MONTHS]
    keep(database, [one for one in mine if one["views"] not in (2, 4)])
    keep(database, [row("2026-02-10", 2, "a"), row("2026-03-20", 9, "c")])
    with database.writing() as link:
        link.run("UPDATE payload SET source_id = 2 WHERE id = 2")


def test_expiry_leaves_no_empty_month_behind(database: Database, tmp_path: Path):
    """What is left is the same as on SQLite."""
    other = Database("sqlite:///other.db", tmp_path)
    schema.ensure(other)
    for into in (database, other):
        two_sources(into)
        assert expire(into, ZONE, "s", at("2026-06-12T12:00"), day=1) == 4 * 3 + 3
        assert verify.verify(into, ZONE) == []
    assert dump(database) == dump(other)
    assert months(database) == {
        "reading_2026_02": 1,
        "reading_2026_03": 1,
        "reading_2026_06": 1,
        **{f"reading_2026_{month:02}": 4 for month in range(7, 12)},
    }


def test_while_somebody_reads_an_empty_month_stays_for_another_day(database: Database):
    two_sources(database)
    with database.reading() as reader:
        seen = reader.value("SELECT count(*) FROM reading")
        assert expire(database, ZONE, "s", at("2026-07-01"), day=1) == 4 * 4
        assert reader.value("SELECT count(*) FROM reading") == seen
    assert months(database)["reading_2026_01"] == 0
    assert expire(database, ZONE, "s", at("2026-07-01"), day=2) == 0
    assert set(months(database)) == {
        f"reading_2026_{month:02}" for month in (2, 3, *range(7, 12))
    }


# -- what else goes by tables ---------------------------------------------------------


def test_compacting_rewrites_every_partition(database: Database):
    keep(database, [row("2026-05-01"), row("2026-06-01", 2)])
    sql = (
        "SELECT relname, pg_relation_filenode(oid) FROM pg_class"
        " WHERE relname LIKE 'reading_20%' AND relkind = 'r'"
    )
    with database.reading() as link:
        before = dict(link.all(sql))
    assert compaction.compact(database)
    with database.reading() as link:
        after = dict(link.all(sql))
    assert before.keys() == after.keys() == {"reading_2026_05", "reading_2026_06"}
    assert all(before[name] != after[name] for name in before)

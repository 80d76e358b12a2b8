"""Closed months leave the database and come back; nothing else changes."""

from __future__ import annotations

import stat
from itertools import pairwise

import pytest
from archiving import (
    HOMES,
    all_readings,
    archived,
    at,
    fill,
    hot,
    row,
    states,
)
from dying import LATER
from plain import keep

from tracker.errors import NotFoundError
from tracker.store import partitions
from tracker.store.archive import files, move, parts, restore
from tracker.store.database import Database


def run(database: Database, **wish: object) -> move.Done:
    return move.run(database, move.Wish(**{"before": "2027-01", **wish}), now=LATER)


def test_closed_months_are_in_files_and_in_the_database_no_more(database: Database):
    fill(database)
    before = all_readings(database)
    run(database)
    assert hot(database).is_empty()
    assert archived(database).equals(before)
    found = states(database)
    assert {state for state, _, _ in found.values()} == {"archived"}
    assert set(found) == {
        (home, f"2026-{month:02}") for home in HOMES.values() for month in range(1, 5)
    }
    assert sum(rows for _, rows, _ in found.values()) == len(before)


def test_months_that_are_not_wished_stay(database: Database):
    fill(database)
    before = all_readings(database)
    run(database, before="2026-02", campaign_id=1)
    assert len(archived(database)) == 2 * 4
    run(database, before="2026-03")
    assert set(hot(database)["captured_at"] >= at("2026-03-01")) == {True}
    assert all_readings(database).equals(before)


def test_what_comes_late_is_merged_into_the_month(database: Database):
    """New posts, new instants, larger values: one file again, each identity once."""
    fill(database)
    run(database)
    late = [
        row("a0", "2026-02-03", views=160),
        row("a0", "2026-02-20T08:00", likes=900),
        row("a7", "2026-02-11", views=1),
    ]
    keep(database, late, now=2)
    before = all_readings(database)
    run(database)
    assert hot(database).is_empty()
    assert archived(database).equals(before)
    assert len(before.unique(["post", "captured_at"])) == len(before)
    with database.reading() as link:
        [part] = parts.live(link, campaign_id=1, month="2026-02")
        assert parts.in_state(link, parts.DROPPED, parts.WRITING) == []
    assert dict(database.archive.files()).keys() == {
        path for path, _ in database.archive.files()
    }
    assert part.path in dict(database.archive.files())
    assert len(list(database.archive.files())) == 3 * 4


def test_a_month_comes_back_as_it_was_and_stays(database: Database):
    fill(database)
    before = all_readings(database)
    run(database)
    restore.restore(database, "2026-02", now=LATER)
    assert len(hot(database)) == 4 * 4
    assert all_readings(database).equals(before)
    assert states(database)["one", "2026-02"] == ("restored", 8, 8)
    run(database)
    assert states(database)["one", "2026-02"] == ("restored", 8, 8)
    run(database, again=True)
    assert states(database)["one", "2026-02"] == ("archived", 8, 0)
    assert archived(database).equals(before)


def test_only_what_is_archived_comes_back(database: Database):
    fill(database)
    run(database, before="2026-02")
    with pytest.raises(NotFoundError, match="2026-03"):
        restore.restore(database, "2026-03", now=LATER)


def test_what_was_changed_since_stands_when_a_month_comes_back(database: Database):
    fill(database)
    run(database)
    keep(database, [row("a0", "2026-02-20T08:00", likes=900)], now=2)
    before = all_readings(database)
    restore.restore(database, "2026-02", now=LATER)
    assert all_readings(database).equals(before)


def test_the_home_of_a_post_never_changes(database: Database):
    fill(database)
    run(database)
    with database.writing() as link:
        link.run("DELETE FROM attribution WHERE campaign_id = 1")
    keep(database, [row("a0", "2026-03-03", views=320)], now=2)
    before = all_readings(database)
    run(database)
    assert archived(database).equals(before)
    assert states(database)["one", "2026-03"] == ("archived", 9, 0)


def test_a_large_month_is_several_files_of_whole_posts(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    """Files share no post, also after more has come to each of them."""
    from tracker.store.archive import pieces

    monkeypatch.setattr(pieces, "ROWS", 10)
    monkeypatch.setattr(move, "DELETE_AT_ONCE", 7)
    fill(database, posts=5)
    before = all_readings(database)
    run(database)
    assert archived(database).equals(before)
    more = [row(f"a{n}", f"2026-02-0{d}", views=n) for n in range(8) for d in (2, 3, 4)]
    keep(database, more, now=2)
    before = all_readings(database)
    run(database)
    assert archived(database).equals(before)
    with database.reading() as link:
        live = parts.live(link, campaign_id=1, month="2026-02")
    assert len(live) > 4
    reach = [(part.first_post, part.last_post) for part in live]
    assert reach == sorted(reach)
    assert all(a[1] < b[0] for a, b in pairwise(reach))


def test_files_are_private_sorted_and_say_what_is_in_them(database: Database):
    fill(database)
    run(database)
    folder = database.archive.folder
    assert folder is not None
    for path in (folder, *folder.rglob("*")):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted
    with database.reading() as link:
        live = parts.live(link)
    for part in live:
        frame = files.decoded(database.archive.read(part.path))
        assert frame.equals(frame.sort("post", "captured_at"))
        assert part.sums == files.sums(frame)
        assert part.newest_payload == 1


def test_nothing_to_do_is_done(database: Database):
    assert run(database).moved == ()
    fill(database)
    assert run(database, before="2025-12").moved == ()
    assert len(run(database).moved) == 12
    assert run(database).moved == ()


def test_on_postgresql_a_month_without_rows_is_no_table_any_more(database: Database):
    """Also when it could not be dropped by the run that emptied it."""
    fill(database)
    run(database, before="2026-03")
    keep(database, [row("a0", "2026-03-03", views=1)], now=2)
    with database.reading() as link:
        there = [part.name for part in partitions.parts(link)]
        many = {"sqlite": [], "postgresql": ["reading_2026_03", "reading_2026_04"]}
        assert there == many[database.dialect]
        run(database, before="2026-04")
        assert [part.name for part in partitions.parts(link)] == there
    run(database, before="2026-04")
    with database.reading() as link:
        assert [part.name for part in partitions.parts(link)] == there[1:]

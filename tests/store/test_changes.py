"""A campaign's number rises with all that happens to its posts, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from archiving import at, fill, row
from plain import ZONE, keep

from tracker.model import DAY
from tracker.store import changes, erasure, expiry, verify
from tracker.store.archive import move
from tracker.store.clicks import Click, put
from tracker.store.corrections import Correction, Corrections
from tracker.store.database import Database
from tracker.store.roster import Roster

MAY = "2026-05-02"


@pytest.fixture
def filled(database: Database) -> Database:
    """Posts a0 of campaign one, b0 of two, c0 of both, d0 of none."""
    fill(database)
    with database.writing() as link:
        link.run(
            "INSERT INTO source (id, name, kind, state)"
            " VALUES (99, 'hand', 'hand', 'ok')"
        )
    return database


@contextmanager
def raised(database: Database, *slugs: str, none: bool = False) -> Iterator[None]:
    """Exactly these change, and the posts of none if that is said."""
    before, of_none = changes.numbers(database), changes.number_of_none(database)
    yield
    after = changes.numbers(database)
    assert {slug for slug in after if after[slug] != before[slug]} == set(slugs)
    assert (changes.number_of_none(database) != of_none) == none
    for slug in slugs:
        assert after[slug] > max(before.values())


def test_what_was_read_first_raises_all_it_counts_for(filled: Database) -> None:
    assert set(changes.numbers(filled)) == {"one", "two"}
    assert min(changes.numbers(filled).values()) > 0
    assert changes.number_of_none(filled) > 0
    assert changes.sizes(filled) == {"one": 2, "two": 2}


def test_a_later_reading_raises_the_campaigns_of_its_post(filled: Database) -> None:
    with raised(filled, "one"):
        keep(filled, [row("a0", MAY, views=900)], now=2)
    with raised(filled, "one", "two"):
        keep(filled, [row("c0", MAY, views=900)], now=3)
    with raised(filled, none=True):
        keep(filled, [row("d0", MAY, views=900)], now=4)


def test_a_reading_that_says_the_same_later_is_a_change(filled: Database) -> None:
    """No sum changes, but the page says when it was read."""
    keep(filled, [row("a0", MAY, views=900)], now=2)
    with raised(filled, "one"):
        keep(filled, [row("a0", "2026-05-03", views=900)], now=3)


def test_what_was_told_before_is_no_change(filled: Database) -> None:
    with raised(filled):
        keep(filled, [row("a0", "2026-01-20T08:00", likes=6, reach=9)], now=2)


def test_late_larger_and_smaller_values_are_changes(filled: Database) -> None:
    with raised(filled, "two"):
        keep(filled, [row("b0", "2026-02-15", views=777)], now=2)
    with raised(filled, "two"):
        keep(filled, [row("b0", "2026-02-15", views=778)], now=3)
    with raised(filled, "two"):  # it is not believed, and told on the page
        keep(filled, [row("b0", "2026-02-15", views=5)], now=4)


def test_a_post_that_is_described_otherwise_leaves_and_comes(filled: Database) -> None:
    said = row("a0", MAY, views=901) | {"caption": "#two"}
    with raised(filled, "one", "two"):
        keep(filled, [said], now=2)


def test_a_correction_is_a_change(filled: Database) -> None:
    wish = Correction("youtube", "b0", at("2026-01-01"), "views", 1, "typo", "ada", 9)
    with raised(filled, "two"):
        Corrections(filled, ZONE).correct(wish)


def test_what_expires_is_a_change(filled: Database) -> None:
    keep(filled, [row("a0", "2026-06-01", views=950)], now=2)
    with raised(filled, "one", "two", none=True):
        source = _source(filled)
        assert expiry.expire(filled, ZONE, source, at("2026-02-01"), day=9)


def test_an_enrolment_that_ends_changes_what_its_posts_counted_for(
    filled: Database,
) -> None:
    roster = Roster(filled, ZONE)
    with raised(filled, "one", "two", none=True):  # c0 counted for both
        roster.withdraw("one", ["an"], on=date(2026, 1, 3))


def test_a_recount_and_an_erasure_may_change_all(filled: Database) -> None:
    with filled.writing() as link:
        link.run("UPDATE rollup SET views = views + 1")
    with raised(filled, "one", "two", none=True):
        verify.repair(filled, ZONE)
    with raised(filled, "one", "two", none=True):
        erasure.erase(filled, "an", ZONE, 9)


def test_archiving_changes_nothing(filled: Database) -> None:
    with raised(filled):
        move.run(filled, move.Wish("2027-01"), now=at("2027-06-01"))


def test_a_click_changes_the_campaign_of_its_link(filled: Database) -> None:
    with filled.writing() as link:
        link.run(
            "INSERT INTO link (id, code, campaign_id, ambassador_id, utm, created_at)"
            " VALUES (1, 'abc', 2, 1, '{}', 1)"
        )
    with raised(filled, "two"):
        put(filled, [Click(1, DAY, "unique", None, None, None)], [])


def test_what_people_write_names_its_campaign(filled: Database) -> None:
    before = changes.last_written(filled)
    with filled.writing() as link:
        link.run("UPDATE enrolment SET team = 'x' WHERE campaign_id = 2")
    newest, named = changes.written(filled, before)
    assert named == {"two"}
    assert changes.written(filled, newest) == (newest, set())
    with filled.writing() as link:
        link.run(
            "INSERT INTO cost (campaign_id, kind, state, amount, currency, day, ref)"
            " VALUES (1, 'fee', 'paid', 1, 'USD', '2026-01-01', 'r')"
        )
        link.run("UPDATE campaign SET name = 'Other' WHERE id = 2")
    assert changes.written(filled, newest)[1] == {"one", "two"}


def _source(database: Database) -> str:
    with database.reading() as link:
        return str(link.value("SELECT name FROM source WHERE id < 99"))

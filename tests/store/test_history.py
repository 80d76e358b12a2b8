"""History: what rows were before they were changed, on both databases."""

from __future__ import annotations

import pytest

from tracker.store import history
from tracker.store.database import Database
from tracker.store.history import Change

PERSON = (
    "INSERT INTO ambassador (id, slug, name, email, created_at)"
    " VALUES (7, 'ada', 'Ada', 'ada@example.org', 9007199254740993)"
)


def change(database: Database, *statements: str) -> None:
    with database.writing() as link:
        for statement in statements:
            link.run(statement)


def people(database: Database) -> list[tuple[object, ...]]:
    with database.reading() as link:
        return link.all("SELECT id, slug, name, email, created_at FROM ambassador")


def test_changes_are_kept_and_undone_in_reverse(database: Database) -> None:
    change(database, PERSON)
    before = people(database)
    with database.reading() as link:
        seen = link.value("SELECT max(at) FROM past")
    change(database, "UPDATE past SET at = at - 1000")
    change(
        database,
        "UPDATE ambassador SET name = 'Ada L.', email = NULL",
        "DELETE FROM ambassador",
        "INSERT INTO ambassador (id, slug, name, created_at) VALUES (8, 'ada', 'B', 1)",
    )
    with database.writing() as link:
        history.undo(link, history.changes(link, seen - 1))
    assert people(database) == before
    with database.writing() as link:
        history.undo(link, history.changes(link, seen - 1001))
    assert people(database) == []


def test_an_update_that_changes_nothing_is_no_change(database: Database) -> None:
    change(database, PERSON, "UPDATE ambassador SET name = 'Ada'")
    with database.reading() as link:
        found = list(history.changes(link, 0))
    assert found == [Change(1, "ambassador", {"id": 7}, None)]


def test_of_a_post_its_words_are_followed_and_nothing_else(database: Database) -> None:
    change(
        database,
        "INSERT INTO post (id, platform, external_id, caption)"
        " VALUES (1, 'x', '5', 'one')",
        "UPDATE post SET caption = 'two'",
        "UPDATE post SET external_id = '6'",
    )
    with database.reading() as link:
        (found,) = history.changes(link, 0)
    assert found.before is not None and found.before["caption"] == "one"


def test_with_a_pretended_clock_changes_are_of_its_instant(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_NOW", "2009-05-01T00:00:00Z")
    change(database, PERSON)
    monkeypatch.delenv("TRACKER_NOW")
    change(database, "UPDATE ambassador SET name = 'Ada L.'")
    with database.reading() as link:
        ats = [at for (at,) in link.all("SELECT at FROM past ORDER BY n")]
    assert ats[0] == 1_241_136_000_000 < ats[1]


def test_without_triggers_nothing_is_kept(database: Database) -> None:
    with database.writing() as link:
        history.remove(link)
    change(database, PERSON)
    with database.reading() as link:
        assert list(history.changes(link, 0)) == []

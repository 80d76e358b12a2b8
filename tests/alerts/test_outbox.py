"""The outbox on both databases: what is claimed is one process's alone."""

from __future__ import annotations

from tracker.store import outbox
from tracker.store.database import Database
from tracker.store.outbox import News

WHERE = "env ALERT_URL"


def news(number: int, name: str = "late") -> News:
    return News(name, f"source.late:{number}", WHERE, "json://host", "walks", number)


def test_while_one_message_is_sent_no_other_goes_to_the_same_address(
    database: Database,
) -> None:
    """Also not one with later findings, and not before the cool-down is over."""
    outbox.put(database, [news(1)], 100)
    first = outbox.claim(database, "late", WHERE, 100, 0)
    assert first is not None
    outbox.put(database, [news(2), news(3, "other")], 101)
    assert outbox.resting(database, "late", WHERE, 101, 0)
    assert outbox.claim(database, "late", WHERE, 101, 0) is None
    assert outbox.claim(database, "other", WHERE, 101, 0) is not None
    outbox.sent(database, first, 100)
    assert outbox.claim(database, "late", WHERE, 149, 50) is None
    second = outbox.claim(database, "late", WHERE, 150, 50)
    assert second is not None
    assert [one.finding for one in second.letters] == ["source.late:2"]


def test_what_is_put_in_twice_is_there_once(database: Database) -> None:
    assert outbox.put(database, [news(1), news(2)], 100) == 2
    assert outbox.put(database, [news(2), news(3)], 200) == 1
    assert outbox.put(database, [], 300) == 0
    assert {one[1] for one in outbox.known(database)} == {
        "source.late:1",
        "source.late:2",
        "source.late:3",
    }
    assert outbox.waiting(database, 200) == [("late", WHERE, ["walks"])]
    assert outbox.waiting(database, 99) == []


def test_who_was_thought_dead_and_lived_has_the_last_word(database: Database) -> None:
    """A call that took longer than it may is noted as what it was."""
    outbox.put(database, [news(1)], 100)
    claim = outbox.claim(database, "late", WHERE, 100, 0)
    assert claim is not None
    assert outbox.give_up(database, 100 + outbox.LONGEST - 1) == 0
    assert outbox.give_up(database, 100 + outbox.LONGEST) == 1
    [one] = outbox.letters(database)
    assert (one.state, one.error, one.sent_at) == ("failed", outbox.CUT_OFF, 100)
    outbox.sent(database, claim, 100)
    [one] = outbox.letters(database)
    assert (one.state, one.error) == ("sent", None)
    last = outbox.last(database, "late", WHERE)
    assert last is not None
    assert last.finding == "source.late:1"
    assert outbox.last(database, "other", WHERE) is None

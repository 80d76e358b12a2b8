"""The inbox: kept once, whatever comes how often, on both databases."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracker.errors import StoreError
from tracker.store import inbox
from tracker.store.database import Database
from tracker.store.inbox import Arrival, Inbox, Put
from tracker.store.quarantine import Quarantine


@pytest.fixture
def box(database: Database) -> Iterator[Inbox]:
    with contextlib.closing(Inbox(database)) as made:
        yield made


def arrival(name: str, body: bytes = b"{}", source: str = "shop") -> Arrival:
    return Arrival(source, name, 1_767_000_000_000, '{"content-type": "x"}', body)


def test_what_is_put_waits_until_it_is_done(database: Database, box: Inbox) -> None:
    """Oldest first, by source, with its bytes; what was read waits no longer."""
    assert box.put([arrival("a", b"\x00\xff"), arrival("b"), arrival("c", source="x")])
    first, second = box.waiting("shop", 10)
    assert (first.delivery_id, first.body) == ("a", b"\x00\xff")
    assert first.headers == '{"content-type": "x"}'
    assert first.received_at == 1_767_000_000_000
    assert [each.delivery_id for each in box.waiting("shop", 1)] == ["a"]
    assert box.counts() == {"shop": 2, "x": 1}
    box.done([first.id])
    assert box.waiting("shop", 10) == [second]
    with database.writing() as link:
        inbox.done(link, [second.id])
    assert box.counts() == {"x": 1}


def test_an_id_that_was_read_is_still_known(box: Inbox) -> None:
    box.put([arrival("a")])
    box.done([each.id for each in box.waiting("shop", 10)])
    assert box.put([arrival("a"), arrival("b")]) == [Put.AGAIN, Put.NEW]
    assert [each.delivery_id for each in box.waiting("shop", 10)] == ["b"]


def test_another_content_of_an_id_is_in_quarantine_once(
    database: Database, box: Inbox
) -> None:
    """The first stands, whether it came in the same batch or long before."""
    many = [arrival("a", b"1"), arrival("a", b"2"), arrival("a", b"1")]
    assert box.put(many) == [Put.NEW, Put.OTHER, Put.AGAIN]
    assert box.put([arrival("a", b"2")]) == [Put.OTHER]
    assert box.put([arrival("a", b"3")]) == [Put.OTHER]
    assert [each.body for each in box.waiting("shop", 10)] == [b"1"]
    rejects = Quarantine(database).list(source="shop")
    assert [(each.code, each.raw) for each in rejects] == [
        ("ID_REUSED", "2"),
        ("ID_REUSED", "3"),
    ]
    assert rejects[0].file == "hooks/shop delivery a"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from("abcde"), st.sampled_from([b"1", b"2"])),
            min_size=1,
            max_size=8,
        ),
        max_size=6,
    )
)
def test_any_batches_keep_the_first_content_of_each_id(
    database: Database, batches: list[list[tuple[str, bytes]]]
) -> None:
    """As a dictionary would that is never overwritten."""
    with database.writing() as link:
        link.run("DELETE FROM delivery")
    box, model = Inbox(database), dict[str, bytes]()
    for batch in batches:
        expected = []
        for name, body in batch:
            first = model.get(name)
            put = Put.AGAIN if first == body else Put.OTHER
            expected.append(Put.NEW if first is None else put)
            model.setdefault(name, body)
        assert expected == box.put([arrival(*each) for each in batch])
    kept = {each.delivery_id: each.body for each in box.waiting("shop", 100)}
    assert model == kept
    box.close()


def test_several_processes_keep_each_delivery_once(database: Database) -> None:
    """Each id is new to exactly one of them."""
    names = [f"d{number}" for number in range(200)]
    news: list[str] = []

    def send(turn: int) -> None:
        box = Inbox(database)
        order = names[turn * 50 :] + names[: turn * 50]
        for at in range(0, len(order), 7):
            many = [arrival(name) for name in order[at : at + 7]]
            for each, put in zip(many, box.put(many), strict=True):
                assert put in (Put.NEW, Put.AGAIN)
                if put is Put.NEW:
                    news.append(each.delivery_id)
        box.close()

    threads = [threading.Thread(target=send, args=(turn,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(news) == sorted(names)
    assert len(Inbox(database).waiting("shop", 1000)) == len(names)


def test_after_a_failure_the_inbox_goes_on(
    database: Database, box: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of a failed batch is kept; the next one opens the database anew."""
    monkeypatch.setattr(inbox, "PATIENCE", 1)
    box.put([arrival("a")])
    with database.writing() as link:
        link.run("UPDATE delivery SET received_at = 0")
        if database.dialect == "postgresql":
            link.run("LOCK TABLE delivery")
            link.run("LOCK TABLE meta")
        with pytest.raises(StoreError):
            box.put([arrival("b")])
        with pytest.raises(StoreError):
            box.probe(1)
    assert box.put([arrival("b")]) == [Put.NEW]
    box.probe(2)


def test_why_is_said_in_few_words() -> None:
    assert inbox.why(StoreError("DISK_FULL", "x", "no space left")) == "disk full"
    assert inbox.why(StoreError("DB_IO", "x", "broken")) == "broken"

"""Transactions on a server that breaks them off, goes away, or waits for the dead."""

from __future__ import annotations

import threading
import time

import pytest
from cutting import Proxy

from tracker.errors import LockedError, StoreError
from tracker.store import again, postgresql
from tracker.store.again import whole
from tracker.store.database import Database
from tracker.store.inbox import Arrival, Inbox, Put
from tracker.store.runs import Runs

NOON = 1_241_179_200_000  # 2009-05-01T12:00:00Z
LEASE = 15_000


@pytest.fixture
def quick(monkeypatch):
    """Nobody is waited for as long as usual."""
    monkeypatch.setattr(postgresql, "SILENCE", 1)
    monkeypatch.setattr(postgresql, "LOOK", 1)
    monkeypatch.setattr(again, "PAUSES", (0.01, 0.02, 0.02, 0.02))


@whole
def count_up(database: Database, in_between=lambda _: None) -> int:
    """One transaction: a number grows by one."""
    with database.writing() as link:
        link.run(
            "INSERT INTO meta (key, value) VALUES ('counted', '1')"
            " ON CONFLICT (key) DO UPDATE SET value = meta.value::int + 1"
        )
        in_between(link)
        return counted(link)


def counted(link) -> int:
    return int(link.value("SELECT value FROM meta WHERE key = 'counted'") or 0)


def seen(database: Database) -> int:
    with database.reading() as link:
        return counted(link)


# -- broken off -------------------------------------------------------------------


@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_what_the_server_undid_is_done_again_as_a_whole(opened, quick, state):
    """Four times; nothing of the tries before stays."""
    database, tries = opened(), []

    def refuse(link):
        tries.append(1)
        if len(tries) < 5:
            link.run(f"DO $$ BEGIN RAISE SQLSTATE '{state}'; END $$")

    assert count_up(database, refuse) == 1
    assert len(tries) == 5


def test_after_five_tries_it_is_told(opened, quick):
    database, tries = opened(), []

    def refuse(link):
        tries.append(1)
        link.run("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")

    with pytest.raises(StoreError) as caught:
        count_up(database, refuse)
    assert (caught.value.code, len(tries), seen(database)) == ("DB_BUSY", 5, 0)


def test_a_connection_that_is_lost_before_the_commit_costs_nothing(opened, quick):
    database, lost = opened(), []

    def lose(link):
        if not lost:
            lost.append(1)
            link.run("SELECT pg_terminate_backend(pg_backend_pid())")

    assert count_up(database, lose) == 1


def test_kept_connections_that_died_are_not_noticed(opened, cluster):
    """Also by those who only read."""
    database = opened()
    count_up(database)
    cluster.server.do(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    assert seen(database) == 1
    assert count_up(database) == 2


@pytest.mark.parametrize("after", [True, False], ids=["kept", "not-kept"])
def test_a_commit_that_is_not_answered_is_asked_after(
    cluster, named, tmp_path, quick, after
):
    """Whether it reached the server or not, it counts once."""
    proxy = Proxy(cluster.server)
    database = Database(proxy.front.url(named), tmp_path)
    assert count_up(database) == 1
    proxy.after, proxy.word = after, b"COMMIT"
    assert count_up(database) == 2
    assert (proxy.cut, seen(database)) == (1, 2)
    database.close()
    proxy.close()


def test_a_server_that_is_started_anew_is_waited_for(opened, cluster):
    database = opened()
    assert count_up(database) == 1
    cluster.stop()
    started = threading.Timer(1.0, cluster.start)
    started.start()
    assert count_up(database) == 2
    started.join()


def test_so_it_is_behind_a_pooler(pooler, named, cluster, tmp_path):
    """Which answers itself, and says that it has nobody behind it."""
    database = Database(pooler.url(named), tmp_path)
    assert count_up(database) == 1
    cluster.stop()
    started = threading.Timer(1.0, cluster.start)
    started.start()
    assert count_up(database) == 2
    started.join()
    database.close()


def test_a_server_that_is_not_there_is_told_of_at_once(opened, cluster, named):
    cluster.stop()
    began = time.monotonic()
    with pytest.raises(StoreError) as caught:
        Runs(opened()).leases.clock()
    cluster.start()
    assert time.monotonic() - began < postgresql.PATIENCE
    assert str(caught.value) == (
        f"error[DB_DOWN] postgres 127.0.0.1:{cluster.server.port}/{named}: connection"
        " refused. Nothing changed. Start the server or mend `database` in"
        " tracker.toml."
    )


# -- held up ----------------------------------------------------------------------


def test_a_writer_that_says_nothing_is_ended_by_the_server(opened, quick):
    """As a process that was frozen; when it wakes up, it begins again."""
    asleep, awake, waits = threading.Event(), threading.Event(), []

    def sleep(link):
        if not waits:
            waits.append(1)
            asleep.set()
            awake.wait(30)

    frozen = threading.Thread(target=count_up, args=[opened(), sleep])
    frozen.start()
    asleep.wait(30)
    other = opened()
    assert count_up(other) == 1
    awake.set()
    frozen.join()
    assert seen(other) == 2


def test_one_that_is_stuck_in_a_copy_is_ended_by_those_who_wait(opened, quick):
    """The server waits for such a client without end."""
    stuck = opened().connect()
    stuck.execute("BEGIN")
    stuck.execute("SELECT pg_advisory_xact_lock(%s)", (postgresql.WRITER_LOCK,))
    stuck.execute("CREATE TEMP TABLE half (line TEXT) ON COMMIT DROP")
    with (
        pytest.raises(Exception, match="terminating"),
        stuck.cursor().copy("COPY half FROM STDIN") as sink,
    ):
        sink.write(b"1\n" * 100_000)
        assert count_up(opened()) == 1
        sink.write(b"2\n")
    stuck.close()


def test_a_writer_that_works_is_waited_for_and_named(opened, quick, monkeypatch):
    monkeypatch.setattr(postgresql, "PATIENCE", 1.5)
    busy, other = opened(), opened()
    with busy.writing() as link, pytest.raises(StoreError) as caught:
        threading.Thread(target=link.run, args=["SELECT pg_sleep(4)"]).start()
        count_up(other)
    assert caught.value.code == "DB_BUSY"
    assert "another process (server process " in str(caught.value)


# -- behind a pooler ----------------------------------------------------------------


def test_behind_a_transaction_mode_pooler_nothing_of_a_session_is_missed(
    pooler, named, tmp_path
):
    """Sixteen writers and readers on four connections; inboxes too."""
    database = Database(pooler.url(named), tmp_path)
    failed = []

    def work(number):
        try:
            inbox = Inbox(database)
            for turn in range(8):
                count_up(database)
                seen(database)
                inbox.put([arrival(f"{number}-{turn}", b"{}")])
            inbox.close()
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=[n]) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert seen(database) == 16 * 8
    assert Inbox(database).counts() == {"shop": 16 * 8}
    database.close()


# -- receivers ----------------------------------------------------------------------


def arrival(known, body):
    return Arrival("shop", known, NOON, "{}", body)


def test_one_delivery_at_two_receivers_is_one(opened):
    """Each of fifty comes to both at the same time."""
    put, gate = [], threading.Barrier(2)

    def receive():
        inbox = Inbox(opened())
        for number in range(50):
            gate.wait()
            put.extend(inbox.put([arrival(f"d{number}", b"{}")]))
        inbox.close()

    threads = [threading.Thread(target=receive) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (put.count(Put.NEW), put.count(Put.AGAIN)) == (50, 50)
    assert Inbox(opened()).counts() == {"shop": 50}


# -- leases -------------------------------------------------------------------------


@pytest.fixture
def runs(opened):
    made = Runs(opened())
    made.source_id("studio", "csv")
    return made


def claim(runs, host, now=NOON):
    return runs.claim("studio", NOON, host=host, now=now, lease=LEASE)


def test_who_lost_its_turn_is_told_to_whom(runs):
    claim(runs, "a")
    number = runs.start("studio", "csv", slot=NOON, host="a", now=NOON)
    claim(runs, "b", NOON + LEASE + 1)
    with runs.database.writing() as link, pytest.raises(LockedError) as caught:
        runs.fence(link, number)
    assert str(caught.value) == (
        "error[TERM_LOST] source studio slot 2009-05-01T12:00:00Z: this process lost"
        " its turn to host b (term 1 < 2). Its result was not stored."
    )


def test_a_lease_that_ended_and_that_nobody_took_is_still_its_hosts(runs):
    """A database that was away for a minute costs no run."""
    claim(runs, "a")
    number = runs.start("studio", "csv", slot=NOON, host="a", now=NOON)
    assert not runs.leases.find("source:studio").live(NOON + LEASE + 1)
    with runs.database.writing() as link:
        runs.fence(link, number)


def test_a_name_takes_over_only_what_nobody_can_still_hold(runs):
    """A process of that name may live on another machine, cut off from here."""
    claim(runs, "a")
    unsure = {"dead": lambda _: False}
    assert runs.enter("a", "{}", NOON, LEASE)[1] == ["studio"]
    assert claim(runs, "a", NOON + 1) == 2
    assert runs.enter("a", "{}", NOON + 2, LEASE, **unsure)[1] == []
    late = NOON + LEASE + 2
    assert runs.enter("a", "{}", late, LEASE, **unsure)[1] == ["studio"]


def test_a_run_that_ended_well_is_not_given_back(runs):
    claim(runs, "a")
    number = runs.start("studio", "csv", slot=NOON, host="a", now=NOON)
    with runs.database.writing() as link:
        link.run("UPDATE run SET outcome = 'ok' WHERE id = ?", (number,))
    runs.give_back(number, NOON)
    assert [run.outcome for run in runs.history()] == ["ok"]


def test_a_claim_that_waited_does_not_hide_a_slot_that_was_lost_meanwhile(runs):
    """It was counted while the slot before was being run; then that run was lost."""
    claim(runs, "a")
    later = {"host": "b", "now": NOON + LEASE + 1, "lease": LEASE}
    assert runs.last_slot("studio", NOON) == NOON
    assert runs.claim("studio", NOON + 60_000, after=NOON, **later) is None
    assert runs.last_slot("studio", NOON + LEASE + 1) is None
    assert runs.claim("studio", NOON + 60_000, merged=1, after=None, **later) == 2

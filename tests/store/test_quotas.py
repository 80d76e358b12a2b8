"""A quota is never exceeded, by threads or processes, and comes back in time."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain import fresh
from support import ROOT

from tracker.errors import PermanentSourceError, TransientSourceError
from tracker.sources.base import Window
from tracker.store.quotas import Purse

HOUR = 3_600_000
NOON = 1_241_179_200_000  # 2009-05-01T12:00:00Z
HOURLY = Window(HOUR)


class Clock:
    def __init__(self, now=NOON):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def purse(database, clock):
    return Purse(database, "meta", clock)


def spend_all(purse, limit, window=HOURLY, cost=1, bucket="calls"):
    """Spend until nothing is left: how often, and the error."""
    for times in range(limit + 2):
        try:
            purse.spend(bucket, cost, limit, window)
        except TransientSourceError as error:
            return times, error
    raise AssertionError("more than the limit was spent")


def test_no_more_than_the_limit_is_spent_and_the_error_says_until_when(purse):
    times, error = spend_all(purse, 5)
    assert times == 5
    assert error.code == "QUOTA"
    assert str(error).startswith("error[QUOTA] source meta: 5 of 5 calls used until ")
    assert NOON + HOUR <= error.retry_at <= NOON + HOUR + 60_000


def test_what_was_spent_comes_back_at_retry_at_and_no_sooner(purse, clock):
    _, error = spend_all(purse, 3)
    clock.now = error.retry_at - 1
    with pytest.raises(TransientSourceError):
        purse.spend("calls", 1, 3, HOURLY)
    clock.now = error.retry_at
    assert spend_all(purse, 3)[0] == 3


@settings(max_examples=25)
@given(
    waits=st.lists(st.integers(0, 25 * 60_000), max_size=40),
    limit=st.integers(1, 6),
)
def test_no_span_as_long_as_the_window_holds_more_than_the_limit(
    tmp_path_factory, waits, limit
):
    """Whenever the platform's own window begins."""
    clock = Clock()
    database = fresh(str(tmp_path_factory.mktemp("quota")))
    purse, done = Purse(database, "s", clock), []
    for wait in waits:
        clock.now += wait
        try:
            purse.spend("calls", 1, limit, HOURLY)
            done.append(clock.now)
        except TransientSourceError as error:
            assert error.retry_at > clock.now
    for at in done:
        assert sum(at <= other < at + HOUR for other in done) <= limit


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-06-30T12:00", "2026-07-01T07:00"),  # Pacific daylight time
        ("2026-03-07T23:00", "2026-03-08T08:00"),  # the clocks change the night after
        ("2026-03-08T12:00", "2026-03-09T07:00"),
    ],
)
def test_a_day_ends_at_the_midnight_of_its_zone(purse, clock, now, until):
    window = Window(zone="America/Los_Angeles")
    clock.now = _ms(now)
    times, error = spend_all(purse, 2, window)
    assert (times, error.retry_at) == (2, _ms(until))
    clock.now = _ms(until) - 1
    assert spend_all(purse, 2, window)[0] == 0
    clock.now = _ms(until)
    assert spend_all(purse, 2, window)[0] == 2


def _ms(text):
    at = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def test_buckets_and_sources_are_apart(purse, database, clock):
    assert spend_all(purse, 2)[0] == 2
    assert spend_all(purse, 2, bucket="searches")[0] == 2
    assert spend_all(Purse(database, "other", clock), 2)[0] == 2


def test_the_platforms_own_count_is_believed_when_it_is_larger(purse):
    purse.spend("calls", 2, 10, HOURLY)
    purse.spent("calls", 1, 10, HOURLY)
    purse.spent("calls", 7, 10, HOURLY)
    assert spend_all(purse, 10)[0] == 3


def test_a_call_that_costs_more_than_everything_needs_a_person(purse):
    with pytest.raises(PermanentSourceError) as caught:
        purse.spend("units", 200, 100, HOURLY)
    assert caught.value.code == "QUOTA"


def test_a_wrong_clock_of_yesterday_holds_nothing_back_for_years(purse, clock):
    clock.now = NOON + 87_600 * HOUR
    spend_all(purse, 2)
    clock.now = NOON
    assert spend_all(purse, 2)[0] == 2


def test_many_threads_spend_no_more_than_one(database, clock):
    done, gate = [], threading.Barrier(6)

    def one():
        gate.wait()
        done.append(spend_all(Purse(database, "meta", clock), 20)[0])

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 20


SPENDER = """
import sys
from pathlib import Path
from tracker.errors import TransientSourceError
from tracker.sources.base import Window
from tracker.store.database import Database
from tracker.store.quotas import Purse
purse = Purse(Database(sys.argv[1], Path()), "meta", lambda: 1_241_179_200_000)
try:
    while True:
        purse.spend("calls", 1, 200, Window(3_600_000))
        print("call", flush=True)
except TransientSourceError:
    pass
"""


def test_processes_that_are_killed_again_and_again_stay_within_it(
    database, database_url
):
    """What a killed process had reserved is spent: never more calls than allowed."""
    calls = 0
    for kill_after in (5, 40, 1, 17, 1000):
        two = [
            subprocess.Popen(
                [sys.executable, "-c", SPENDER, database_url],
                stdout=subprocess.PIPE,
                cwd=ROOT,
            )
            for _ in range(2)
        ]
        for _ in range(kill_after):
            if not two[0].stdout.readline():
                break
            calls += 1
        for each in two:
            each.kill() if kill_after < 1000 else each.wait()
            calls += len(each.stdout.read().splitlines())
            each.wait()
            each.stdout.close()
    assert 190 <= calls <= 200

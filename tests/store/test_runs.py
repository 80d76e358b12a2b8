"""A slot is claimed once; a dead host's claim comes back; a lost run keeps nothing."""

from __future__ import annotations

import threading
from contextlib import nullcontext

import pytest

from tracker.errors import LockedError
from tracker.model import Outcome, RunReport, Tally
from tracker.store.runs import ATTEMPTS, Runs
from tracker.store.states import SourceState

HOUR = 3_600_000
NOON = 1_241_179_200_000  # 2009-05-01T12:00:00Z
LEASE = 15_000


@pytest.fixture
def runs(database):
    made = Runs(database)
    made.source_id("studio", "csv")
    return made


def report(outcome=Outcome.OK, stored=0, rejected=0, error=None):
    tally = Tally(rows=stored + rejected, stored=stored, rejected=rejected)
    return RunReport("studio", outcome, 1, tally, error)


def claim(runs, slot=NOON, host="a", now=NOON, merged=0):
    return runs.claim("studio", slot, host=host, now=now, lease=LEASE, merged=merged)


def begin(runs, slot=NOON, host="a", now=NOON):
    return runs.start("studio", "csv", slot=slot, host=host, now=now)


def enter(runs, host, now, **more):
    """A daemon of this name begins; the sources whose runs were lost."""
    return runs.enter(host, "{}", now, LEASE, **more)[1]


# -- claims ---------------------------------------------------------------------


def test_a_slot_is_claimed_once_and_not_again_when_it_is_done(runs):
    assert claim(runs) == 1
    assert claim(runs, host="b") is None
    runs.finish(begin(runs), report(), NOON)
    assert claim(runs, host="b") is None
    assert claim(runs, NOON - HOUR) is None
    assert claim(runs, NOON + HOUR, host="b", now=NOON + HOUR) == 2


def test_of_many_that_want_a_slot_at_once_one_gets_it(runs):
    """Eight threads, each with connections of its own."""
    terms, gate = [], threading.Barrier(8)

    def want(host):
        gate.wait()
        terms.append(claim(runs, host=host))

    threads = [threading.Thread(target=want, args=[f"h{n}"]) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(term is None for term in terms) == [False] + [True] * 7
    assert len(runs.history()) == 1


def test_a_dead_host_loses_its_claim_when_its_lease_ends(runs):
    assert claim(runs) == 1
    lost = begin(runs)
    late = NOON + LEASE + 1
    assert claim(runs, host="b", now=NOON + LEASE - 1) is None
    assert claim(runs, host="b", now=late) == 2
    runs.finish(begin(runs, host="b", now=late), report(stored=3), late)

    assert not runs.finish(lost, report(stored=5), late)
    assert [(run.outcome, run.host, run.stored) for run in runs.history("studio")] == [
        ("lost", "a", 0),
        ("ok", "b", 3),
    ]


def test_a_lost_run_may_neither_write_nor_begin(runs):
    claim(runs)
    lost = begin(runs)
    claim(runs, host="b", now=NOON + LEASE + 1)
    with runs.database.writing() as link, pytest.raises(LockedError) as caught:
        runs.fence(link, lost)
    assert caught.value.code == "TERM_LOST"
    with pytest.raises(LockedError):
        begin(runs)


def test_a_renewed_claim_lives_on(runs):
    term = claim(runs)
    assert runs.renew({"studio": term}, NOON + 10_000, LEASE) == set()
    assert claim(runs, host="b", now=NOON + LEASE + 1) is None
    assert claim(runs, host="b", now=NOON + 10_000 + LEASE + 1) == 2
    assert runs.renew({"studio": term}, NOON + 30_000, LEASE) == {"studio"}


def test_what_a_living_run_holds_is_not_due_and_what_a_dead_one_held_is(runs):
    assert runs.last_slot("studio", NOON) is None
    claim(runs)
    assert runs.last_slot("studio", NOON) == NOON
    assert runs.last_slot("studio", NOON + LEASE + 1) is None


def test_a_slot_stands_for_those_that_were_missed(runs):
    claim(runs, merged=5)
    runs.finish(begin(runs), report(), NOON)
    assert [(run.slot, run.merged) for run in runs.history()] == [(NOON, 5)]


def test_after_the_clock_went_back_future_slots_are_free_again(runs):
    """And each slot that has come keeps its one run."""
    for slot in (NOON, NOON + HOUR):
        claim(runs, slot, now=slot)
        runs.finish(begin(runs, slot, now=slot), report(), slot)
    now = NOON + 60_000
    assert runs.forget_future(now) == 1
    assert claim(runs, now=now) is None
    assert claim(runs, NOON + HOUR, now=NOON + HOUR) is not None


def test_who_holds_the_lease_of_a_source_keeps_others_from_claiming(runs):
    runs.leases.seize("source:studio", "b", NOON, LEASE)
    assert claim(runs, host="a") is None
    assert claim(runs, host="b") == 2


def test_a_run_that_has_ended_cannot_be_given_up(runs):
    claim(runs)
    number = begin(runs)
    runs.finish(number, report(stored=1), NOON)
    assert not runs.abandon(number, "too late", NOON + 1)
    assert runs.last_ended("studio").outcome == "ok"


# -- crashes --------------------------------------------------------------------


def test_a_restarted_host_takes_its_slot_up_again_at_once(runs):
    claim(runs)
    assert enter(runs, "b", NOON + 1) == []
    assert enter(runs, "a", NOON + 1) == ["studio"]
    assert runs.running() == []
    assert claim(runs, now=NOON + 2) == 2


def test_a_source_that_kills_its_process_is_given_up_after_some_deaths(runs):
    for attempt in range(ATTEMPTS):
        assert runs.state("studio").state == "ready"
        claim(runs, now=NOON + attempt)
        enter(runs, "a", NOON + attempt)
    state = runs.state("studio")
    assert state.state == "failed"
    assert state.reason == "its process died 8 times in a row"


def test_a_run_that_ends_forgives_earlier_deaths(runs):
    for attempt in range(ATTEMPTS - 1):
        claim(runs, now=NOON + attempt)
        enter(runs, "a", NOON + attempt)
    claim(runs, now=NOON + 100)
    runs.finish(begin(runs, now=NOON + 100), report(Outcome.FAILED), NOON + 100)
    claim(runs, NOON + HOUR, now=NOON + HOUR)
    enter(runs, "a", NOON + HOUR)
    assert runs.state("studio").state == "ready"


def test_a_slot_that_is_given_back_is_due_again(runs):
    claim(runs)
    number = begin(runs)
    runs.abandon(number, "the database was busy", NOON)
    runs.give_back(number, NOON)
    assert runs.last_slot("studio", NOON) is None
    assert claim(runs, now=NOON + 1) is not None


def test_a_run_that_is_given_up_has_failed_and_its_source_may_run_again(runs):
    term = claim(runs)
    number = runs.claimed("studio", NOON, term)
    assert runs.abandon(number, "stopped after 300 s", NOON + 1)
    assert not runs.finish(number, report(stored=1), NOON + 2)
    assert runs.last_ended("studio").error == "stopped after 300 s"
    assert claim(runs, NOON + HOUR, now=NOON + 2) is not None


# -- runs that a person asked for -------------------------------------------------


def test_a_person_may_run_a_source_at_any_time(runs):
    claim(runs)
    number = runs.start("studio", "csv", slot=None, host=None, now=NOON)
    assert runs.finish(number, report(stored=2), NOON)
    assert runs.last_slot("studio", NOON) == NOON
    assert claim(runs, host="b") is None


def test_recovery_leaves_a_persons_run_alone_until_it_is_forgotten(runs):
    runs.start("studio", "csv", slot=None, host=None, now=NOON)
    enter(runs, "a", NOON + HOUR)
    assert len(runs.running()) == 1
    enter(runs, "a", NOON + 25 * HOUR)
    assert runs.running() == []


# -- states -----------------------------------------------------------------------


def test_a_source_that_never_ran_is_ready(runs):
    assert runs.state("other") == SourceState("other", "")


def test_a_source_can_be_paused_before_it_ever_ran(runs):
    runs.pause("other", "on holiday")
    assert (runs.state("other").state, runs.state("other").reason) == (
        "paused",
        "on holiday",
    )
    runs.source_id("other", "csv")
    assert (runs.state("other").kind, runs.state("other").state) == ("csv", "paused")


def test_a_source_waits_until_a_run_ends_well(runs):
    runs.wait("studio", NOON + HOUR, "quota used up")
    assert runs.state("studio") == SourceState(
        "studio", "csv", "waiting", NOON + HOUR, "quota used up"
    )
    number = runs.start("studio", "csv", slot=None, host=None, now=NOON)
    runs.finish(number, report(), NOON + 5)
    assert runs.state("studio") == SourceState("studio", "csv", last_run=NOON + 5)


def test_resuming_clears_what_held_a_source_back(runs):
    runs.fail("studio", "gone")
    runs.resume("studio")
    assert [state.state for state in runs.states()] == ["ready"]


@pytest.mark.parametrize(
    ("outcome", "stored", "last_run", "last_data"),
    [
        (Outcome.OK, 2, NOON, NOON),
        (Outcome.OK, 0, NOON, None),
        (Outcome.PARTIAL, 1, NOON, NOON),
        (Outcome.FAILED, 0, None, None),
    ],
)
def test_a_source_remembers_when_it_ran_and_when_data_came(
    runs, outcome, stored, last_run, last_data
):
    number = runs.start("studio", "csv", slot=None, host=None, now=NOON)
    runs.finish(number, report(outcome, stored), NOON)
    state = runs.state("studio")
    assert (state.last_run, state.last_data) == (last_run, last_data)


def test_slots_count_from_the_first_sight(runs):
    assert runs.first_seen("studio") is None
    assert runs.anchor("studio", NOON) == NOON
    assert runs.anchor("studio", NOON + HOUR) == NOON
    assert runs.first_seen("studio") == NOON


# -- leases -----------------------------------------------------------------------


def test_a_lease_goes_to_one_holder_until_it_ends(runs):
    leases = runs.leases
    assert leases.take("publisher", "a", NOON, LEASE) == 1
    assert leases.take("publisher", "b", NOON, LEASE) is None
    assert leases.find("publisher").holder == "a"
    assert leases.take("publisher", "b", NOON + LEASE, LEASE) == 2
    assert leases.renew({"publisher": 1}, NOON + LEASE, LEASE) == {"publisher"}


def test_a_lease_that_is_given_back_is_free_at_once(runs):
    leases = runs.leases
    term = leases.take("publisher", "a", NOON, LEASE)
    leases.release("publisher", term)
    assert leases.find("publisher").holder is None
    assert leases.take("publisher", "b", NOON, LEASE) == 2


def test_a_lease_is_renewed_while_another_writer_is_at_work(runs):
    """On PostgreSQL: a long ingest must not cost a living host its leases. SQLite
    has one writer at a time, and one host."""
    leases = runs.leases
    term = leases.seize("daemon:a", "{}", NOON, LEASE)
    one_writer = runs.database.dialect == "sqlite"
    with nullcontext() if one_writer else runs.database.writing():
        assert leases.renew({"daemon:a": term}, NOON + 1, LEASE) == set()


def test_the_clock_is_one_of_milliseconds(runs):
    first, second = runs.leases.clock(), runs.leases.clock()
    assert NOON < first <= second < first + HOUR

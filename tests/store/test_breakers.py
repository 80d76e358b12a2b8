"""Ten failures in a row open it; then one probe in five minutes, also over restarts."""

from __future__ import annotations

import pytest

from tracker.errors import TransientSourceError
from tracker.model import Outcome, RunReport, Tally
from tracker.store.breakers import OPENS, PROBE, Breakers
from tracker.store.runs import Runs

NOON = 1_241_179_200_000  # 2009-05-01T12:00:00Z


@pytest.fixture
def runs(database):
    return Runs(database)


def run(runs, now, outcome=Outcome.FAILED, **more):
    """One run of the source, as a person would start it."""
    number = runs.start("acme", "api", slot=None, host=None, now=now)
    more.setdefault("upstream", outcome is Outcome.FAILED)
    report = RunReport("acme", outcome, 0, Tally(), "error", **more)
    runs.finish(number, report, now)


def fail(runs, now=NOON):
    run(runs, now, reason="connection refused")


def opened(runs):
    for n in range(OPENS):
        fail(runs, NOON + n)


def test_failures_in_a_row_are_counted_and_one_good_run_forgives_them(runs):
    for n in range(OPENS - 1):
        fail(runs, NOON + n)
    assert runs.state("acme").state == "ready"
    run(runs, NOON, Outcome.OK)
    fail(runs)
    assert Breakers(runs.database).find("acme").failures == 1


def test_after_ten_the_source_waits_and_says_why(runs):
    opened(runs)
    state = runs.state("acme")
    assert (state.state, state.retry_at) == ("waiting", NOON + OPENS - 1 + PROBE)
    assert state.reason == (
        "10 failures in a row since 2009-05-01 12:00 UTC (connection refused)"
    )
    with pytest.raises(TransientSourceError) as caught:
        Breakers(runs.database).probe("acme", NOON + 60_000)
    assert str(caught.value) == (
        "error[BREAKER_OPEN] source acme: 10 failures in a row since 2009-05-01 12:00"
        " UTC (connection refused). One probe every 5 min. Run: tracker source check"
        " acme."
    )


def test_one_probe_in_five_minutes_even_if_the_process_dies_in_each(runs):
    """Fifty restarts within ten minutes: two probes, though no run ever ended."""
    opened(runs)
    start, probes = NOON + OPENS + PROBE, 0
    for n in range(50):
        try:
            Breakers(runs.database).probe("acme", start + n * 12_000)
            probes += 1
        except TransientSourceError as error:
            assert error.code == "BREAKER_OPEN"
    assert probes == 2


def test_a_probe_that_answers_closes_it(runs):
    opened(runs)
    run(runs, NOON + PROBE + 100, Outcome.OK)
    assert Breakers(runs.database).find("acme") is None
    assert runs.state("acme").state == "ready"


def test_other_sources_are_not_affected(runs):
    opened(runs)
    Breakers(runs.database).probe("other", NOON + 60_000)


def test_a_person_who_resumes_it_closes_it(runs):
    opened(runs)
    runs.resume("acme")
    Breakers(runs.database).probe("acme", NOON + 60_000)
    assert runs.state("acme").state == "ready"


def test_waiting_as_told_is_no_failure(runs):
    for n in range(OPENS + 1):
        run(runs, NOON + n, retry_at=NOON + PROBE, reason="rate limit", upstream=True)
    assert Breakers(runs.database).find("acme") is None
    assert runs.state("acme").retry_at == NOON + PROBE


def test_what_needs_a_person_pauses_the_source(runs):
    run(runs, NOON, halted=True, reason="access was revoked")
    state = runs.state("acme")
    assert (state.state, state.reason) == ("paused", "access was revoked")

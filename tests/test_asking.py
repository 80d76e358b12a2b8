"""Sources that ask and are told, from the command line to the store and back."""

from __future__ import annotations

import json
import threading

import asked
import pytest

from tracker import app
from tracker.asking import TOGETHER, Ask, payloads
from tracker.daemon import Daemon
from tracker.errors import ConfigError, TransientSourceError
from tracker.looks import Looks
from tracker.model import Outcome
from tracker.sources import registry
from tracker.sources.base import Batch, Kind, Payload, Policy
from tracker.store.breakers import OPENS, PROBE
from tracker.store.inbox import Arrival, Inbox
from tracker.store.ledger import Desk
from tracker.timing import TOLD
from tracker.workers import Work

HOUR = 3_600_000
NOON = 1_775_044_800_000  # 2026-04-01T12:00:00Z


@pytest.fixture
def platform():
    with asked.Platform() as running:
        yield running


@pytest.fixture
def add(workspace, monkeypatch, platform):
    """Add a source of kind `asked`; the workspace opened."""
    monkeypatch.setitem(registry.KINDS, "asked", Kind("asked", "asked:factory", "test"))

    def added(name="yt", more=""):
        with (workspace / "tracker.toml").open("a") as file:
            file.write(
                f'[[source]]\nname = "{name}"\nkind = "asked"\n'
                f'base_url = "{platform.url}"\n{more}\n'
            )
        return app.open_tracker(workspace)

    return added


def ingest(tracker, now=NOON, name="yt", **more):
    return app.ingest_source(tracker, name, now=now, **more)


def views(tracker):
    from tracker.store.totals import Reckoner

    found = Reckoner(tracker.database, tracker.zone).totals(by="post")
    return {row.key["post_id"]: row.metrics["views"].value for row in found.rows}


# -- asking -------------------------------------------------------------------------


def test_known_posts_are_asked_for_by_their_cadence(add, platform):
    """The first run finds one; then it is asked for each hour while it is young."""
    tracker = add()
    platform.views = {"first": 10}
    assert ingest(tracker).tally.stored == 1
    platform.views["first"] = 25
    assert views(tracker) == {"first": 10}
    assert ingest(tracker, NOON + HOUR).tally.stored == 1
    assert views(tracker) == {"first": 25}
    assert platform.asked == [["first"], ["first"]]


def test_the_same_answer_later_is_a_reading_of_its_own(add, platform):
    """The figure is still what it was: that is news, and makes it younger."""
    tracker = add()
    platform.views = {"first": 10}
    for hour in (0, 1):
        report = ingest(tracker, NOON + hour * HOUR)
        assert (report.tally.stored, report.tally.unchanged) == (1, 0)


def test_a_quota_that_is_used_up_ends_the_run_and_what_came_is_kept(
    add, platform, invoke
):
    """It is no failure: the rest waits, and the source with it."""
    tracker = add(more="quota = 3")
    platform.views = {"first": 1, **{f"p{n}": n for n in range(9)}}
    known(tracker, *platform.views)
    report = ingest(tracker)
    assert (report.outcome, report.payloads, report.upstream) == (
        Outcome.PARTIAL,
        3,
        True,
    )
    assert "error[QUOTA] source yt: 3 of 3 calls used until" in report.error
    state = tracker.runs.state("yt")
    assert (state.state, state.retry_at) == ("waiting", report.retry_at)
    assert state.last_run == NOON
    with pytest.raises(TransientSourceError) as caught:
        ingest(tracker, state.retry_at - 1)
    assert caught.value.code == "SOURCE_WAITS"
    assert ingest(tracker, state.retry_at).payloads == 3
    assert len(platform.asked) == 6
    assert set(platform.asked[0]) != set(platform.asked[3])


def known(tracker, *posts):
    """Posts that a file told of before."""
    text = "platform,post_id,views,captured_at\n" + "".join(
        f"youtube,{post},0,2026-03-31T12:00:00Z\n" for post in posts
    )
    file = tracker.home / "inbox" / "known.csv"
    file.write_text(text)
    app.ingest_file(tracker, "csv", file, {}, now=NOON - HOUR)


def test_a_post_that_is_gone_keeps_its_figure(add, platform):
    tracker = add()
    platform.views = {"first": 10}
    ingest(tracker)
    platform.views = {}
    report = ingest(tracker, NOON + HOUR)
    assert (report.outcome, report.tally.rows) == (Outcome.OK, 0)
    assert views(tracker) == {"first": 10}


def test_access_that_was_revoked_pauses_the_source_until_a_person_resumes_it(
    add, platform, invoke
):
    tracker = add()
    platform.wrong = 401
    assert invoke("ingest", "yt").code == 7
    state = tracker.runs.state("yt")
    assert (state.state, state.reason) == (
        "paused",
        "access was revoked. Make a new key",
    )
    assert invoke("ingest", "yt", "--now").code == 7
    assert len(platform.asked) == 1
    platform.wrong, platform.views = None, {"first": 1}
    invoke("source", "resume", "yt")
    assert invoke("ingest", "yt").code == 0


def test_after_ten_failures_it_is_asked_once_in_five_minutes(add, platform):
    """Others are not affected."""
    add("other")
    tracker = add()
    platform.wrong = 500
    for n in range(OPENS):
        assert ingest(tracker, NOON + n).outcome is Outcome.FAILED
    with pytest.raises(TransientSourceError) as caught:
        ingest(tracker, NOON + 60_000)
    assert caught.value.code == "BREAKER_OPEN"
    ingest(tracker, NOON + PROBE + OPENS)
    with pytest.raises(TransientSourceError):
        ingest(tracker, NOON + PROBE + OPENS + 60_000)
    assert len(platform.asked) == OPENS + 1
    platform.wrong = None
    assert ingest(tracker, name="other").outcome is Outcome.OK
    assert ingest(tracker, NOON + 3 * PROBE).outcome is Outcome.OK
    assert tracker.runs.state("yt").state == "ready"


def test_who_asks_now_asks_for_everything_and_does_not_wait(add, platform):
    tracker = add()
    platform.views = {"first": 1}
    ingest(tracker)
    assert ingest(tracker, NOON + 1000).tally.rows == 0
    assert ingest(tracker, NOON + 2000, force=True).tally.stored == 1
    tracker.runs.wait("yt", NOON + HOUR, "told to")
    assert ingest(tracker, NOON + 3000, force=True).tally.stored == 1


# -- being told ---------------------------------------------------------------------


class Told:
    """Takes whatever is delivered; a body `bad` breaks it."""

    kind = "told"
    policy = Policy()
    fingerprint = "1"

    def __init__(self, name):
        self.name = name

    def verify(self, body, headers, now):
        return "id"

    def parse(self, payload):
        import base64

        lines = [json.loads(line) for line in payload.body.splitlines()]
        bodies = [base64.b64decode(line["body"]).decode() for line in lines]
        if "bad" in bodies:
            raise ZeroDivisionError
        rows = [
            dict.fromkeys(asked.FRAME)
            | {
                "line": line["n"],
                "platform": "x",
                "post_id": body,
                "captured_at": line["at"],
                "views": 1,
            }
            for line, body in zip(lines, bodies, strict=True)
        ]
        yield Batch(asked.pl.DataFrame(rows, schema=asked.FRAME))


def told_factory(name, options, surroundings):
    return Told(name)


@pytest.fixture
def shop(workspace, monkeypatch):
    """A workspace with a source that is told."""
    kind = Kind("told", "test_asking:told_factory", "test")
    monkeypatch.setitem(registry.KINDS, "told", kind)
    with (workspace / "tracker.toml").open("a") as file:
        file.write('[[source]]\nname = "shop"\nkind = "told"\n')
    return app.open_tracker(workspace)


def deliver(tracker, *bodies):
    inbox = Inbox(tracker.database)
    inbox.put(
        [
            Arrival("shop", f"d{n} {body}", NOON + n, '{"a": "b"}', body.encode())
            for n, body in enumerate(bodies)
        ]
    )
    inbox.close()


def test_deliveries_are_read_once_and_wait_no_longer(shop):
    deliver(shop, "p1", "p2")
    ask = Ask(shop.database, shop.source_settings("shop"), NOON)
    payload = next(payloads(shop.source("shop"), ask, None))
    assert payload.label == "hooks/shop deliveries 1-2"
    assert payload.seen_at == NOON + 1
    assert payload.body.splitlines()[0] == (
        b'{"n": 1, "id": "d0 p1", "at": 1775044800000, "headers": {"a": "b"},'
        b' "body": "cDE="}'
    )
    assert ingest(shop, name="shop").tally.stored == 2
    assert ingest(shop, name="shop").payloads == 0
    assert Inbox(shop.database).counts() == {}


def test_a_bad_delivery_holds_up_no_other(shop, invoke):
    deliver(shop, *(f"a{n}" for n in range(5)), "bad", "c1")
    report = ingest(shop, name="shop")
    assert report.tally.stored == 6
    assert len(views(shop)) == 6
    assert Inbox(shop.database).counts() == {}
    assert "BUG" in invoke("quarantine", "list").out


def test_more_than_one_payload_holds(shop):
    deliver(shop, *(f"p{n}" for n in range(400)))
    deliver(shop, *(f"q{n}" for n in range(TOGETHER - 300)))
    report = ingest(shop, name="shop")
    assert (report.payloads, report.tally.stored) == (2, 600)


def test_large_deliveries_are_read_a_few_at_a_time(shop):
    """However many wait; and all of them are read in the end."""
    deliver(shop, *(f"{n}" + "x" * (1 << 20) for n in range(20)))
    assert len(Inbox(shop.database).waiting("shop", TOGETHER)) == 7
    assert ingest(shop, name="shop").tally.stored == 20


def test_status_tells_how_many_deliveries_wait(shop, invoke):
    deliver(shop, "p1", "p2")
    found = json.loads(invoke("status", "--json").out)
    [source] = found["sources"]
    assert (source["waiting"], source["late"]) == (2, 0)
    assert "deliveries  2 wait" in invoke("status").out


def test_a_told_source_is_looked_at_when_something_came_and_cannot_be_late(shop):
    clock = iter(range(NOON, NOON + 1000)).__next__
    looks = Looks(shop, "a", 15_000, clock)
    assert looks.schedules == {"shop": TOLD}
    assert not looks.look(Work("shop", 0.0))
    deliver(shop, "p1")
    assert looks.look(Work("shop", 0.0))
    assert not looks.look(Work("shop", 0.0))
    deliver(shop, "p1", "p2")
    assert looks.look(Work("shop", 0.0))
    assert [run.stored for run in shop.runs.history()] == [1, 1]


@pytest.fixture
def daemon(shop):
    made = Daemon(shop.home, threading.Event())
    yield made
    made.workers.wait(30)
    made.door.close()


def test_who_hurries_a_source_is_heard_also_while_it_is_looked_at(daemon, shop):
    deliver(shop, "p1")
    daemon.hurry({"shop"})
    daemon._hurry_on()
    deliver(shop, "p1", "p2")
    daemon.hurry({"shop"})
    while not daemon._told.empty():
        daemon._hurry_on()
    assert daemon.workers.wait(30) == []
    assert len(views(shop)) == 2


def test_a_hosts_lease_is_a_setting(shop):
    file = shop.home / "tracker.toml"
    before = file.read_text()
    assert Daemon(shop.home, threading.Event()).lease == 15_000
    file.write_text(before + '\n[host]\nlease = "30s"\n')
    assert Daemon(shop.home, threading.Event()).lease == 30_000
    for wrong in ("4s", "6m", "x"):
        file.write_text(before + f'\n[host]\nlease = "{wrong}"\n')
        with pytest.raises(ConfigError) as caught:
            app.open_tracker(shop.home)
        assert "host.lease" in caught.value.problems[0]


# -- a look without keeping ---------------------------------------------------------


def test_check_asks_and_parses_and_keeps_nothing(add, platform, invoke):
    """Counts, coverage by metric, cost, next bookmark and the choice of terms."""
    tracker = add(more="quota = 7")
    platform.views = {"a": 1, "b": 2, "c": 3}
    known(tracker, "a", "b", "gone")
    found = json.loads(invoke("source", "check", "yt", "--json").out)
    assert (found["payloads"], found["rows"], found["absent"]) == (2, 2, 1)
    assert found["metrics"]["views"] == {"known": 2, "unknown": 0}
    assert found["metrics"]["likes"] == {"known": 0, "unknown": 2}
    assert found["quota"] == [{"bucket": "calls", "cost": 2, "limit": 7}]
    assert found["bookmark"] is not None
    assert found["terms"] == (
        'Say terms = "accepted" if you have accepted them. Its figures stand in no'
        " sum over several platforms."
    )
    assert tracker.runs.state("yt").bookmark is None
    assert views(tracker) == {"a": 0, "b": 0, "gone": 0}
    assert ingest(tracker).payloads == 2


def test_check_says_why_a_source_failed(add, platform, invoke):
    tracker = add()
    platform.wrong = 500
    done = invoke("source", "check", "yt", "--json")
    assert (done.code, json.loads(done.out)["errors"]) == (
        7,
        ["error[UPSTREAM] source yt: it answered 500."],
    )
    assert tracker.runs.history() == []


def test_check_reads_what_waits_and_it_waits_on(shop, invoke):
    deliver(shop, "p1", "p2")
    found = json.loads(invoke("source", "check", "shop", "--json").out)
    assert (found["payloads"], found["rows"], found["quota"]) == (1, 2, [])
    assert Inbox(shop.database).counts() == {"shop": 2}


def test_figures_of_accounts_are_exported_and_never_added_to_posts(shop, invoke):
    columns = ["line", "platform", "handle", "metric", "day", "value"]
    said = [
        (1, "x", "zoe", "followers", "2026-04-02", 12),
        (2, "x", "=anna", "views", "2026-04-01", 900),
    ]
    batch = Batch(
        asked.pl.DataFrame(schema=asked.FRAME),
        audience=asked.pl.DataFrame(said, schema=columns, orient="row"),
    )
    run = shop.runs.start("shop", "told", slot=None, host=None, now=NOON)
    desk = Desk(shop.runs.source_id("shop", "told"), run, "f", "measured", NOON)
    shop.ledger.keep(desk, Payload("stats.csv", NOON, body=b"1"), [batch])
    assert invoke("export", "audience").out == (
        "platform,handle,metric,day,value,source,file\n"
        "x,'=anna,views,2026-04-01,900,shop,stats.csv\n"
        "x,zoe,followers,2026-04-02,12,shop,stats.csv\n"
    )
    [first, _] = json.loads(invoke("export", "audience", "--format", "json").out)
    assert (first["handle"], first["value"]) == ("=anna", 900)
    assert views(shop) == {}

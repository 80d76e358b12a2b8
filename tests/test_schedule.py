"""What the daemon is made of: looks, calls, workers, in this process."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta

import pytest
import scripted

from tracker import app, publish
from tracker.daemon import Daemon
from tracker.errors import StoreError, TransientSourceError
from tracker.looks import Looks
from tracker.model import moment
from tracker.publisher import Publisher
from tracker.schedule import Slots, Timetable
from tracker.slots import Every
from tracker.sources import registry
from tracker.sources.base import Kind
from tracker.timing import WATCH, timing
from tracker.watch import Watch
from tracker.workers import Work, Workers

HOUR = 3_600_000
NOON = 1_241_179_200_000  # 2009-05-01T12:00:00Z
LEASE = 15_000
ROW = "post_id,views,captured_at\np1,10,2009-05-01T10:00:00Z\n"


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def scripts(monkeypatch):
    """A kind `scripted`, and what its sources do when they are fetched."""
    kind = Kind("scripted", "scripted:factory", "for tests")
    monkeypatch.setitem(registry.KINDS, "scripted", kind)
    scripted.SCRIPTS.clear()
    scripted.FETCHED.clear()
    scripted.LET_GO.clear()
    yield scripted.SCRIPTS
    scripted.LET_GO.set()


@pytest.fixture
def made(workspace, clock, scripts):
    """Looks at the sources of these blocks."""

    def make(*blocks, host="a"):
        text = "\n".join(f"[[source]]\n{block}" for block in blocks)
        with (workspace / "tracker.toml").open("a") as file:
            file.write(text + "\n")
        return Looks(app.open_tracker(workspace), host, LEASE, clock)

    return make


def look(looks, name):
    return looks.look(Work(name, 0.0))


def slots(looks):
    return [(run.slot, run.merged) for run in looks.tracker.runs.history()]


# -- looks ------------------------------------------------------------------------


def test_a_new_interval_source_runs_at_once_and_then_once_a_slot(made, clock):
    looks = made('name = "s"\nkind = "scripted"\nevery = "1h"')
    clock.now = NOON + 5
    assert look(looks, "s")
    assert not look(looks, "s")
    clock.now = NOON + HOUR - 1
    assert not look(looks, "s")
    clock.now = NOON + HOUR
    assert look(looks, "s")
    assert slots(looks) == [(NOON, 0), (NOON + HOUR, 0)]


def test_a_cron_source_waits_for_its_time(made, clock):
    looks = made('name = "s"\nkind = "scripted"\ncron = "5 * * * *"')
    assert not look(looks, "s")
    clock.now = NOON + 5 * 60_000
    assert look(looks, "s")
    assert slots(looks) == [(NOON + 5 * 60_000, 0)]


def test_slots_missed_while_down_are_one_run_that_counts_them(made, clock):
    looks = made('name = "s"\nkind = "scripted"\nevery = "1h"')
    look(looks, "s")
    clock.now = NOON + 6 * HOUR + 7
    assert look(looks, "s")
    assert not look(looks, "s")
    assert slots(looks) == [(NOON, 0), (NOON + 6 * HOUR, 5)]


def test_a_clock_that_jumps_ten_years_ahead_and_back_makes_no_storm(made, clock):
    looks = made('name = "s"\nkind = "scripted"\nevery = "1m"')
    look(looks, "s")
    clock.now = NOON + 87_600 * HOUR
    assert look(looks, "s")
    assert not look(looks, "s")
    clock.now = NOON + 30_000
    looks.tracker.runs.forget_future(clock.now)
    assert not look(looks, "s")
    clock.now = NOON + 60_000
    assert look(looks, "s")
    assert scripted.FETCHED == ["s", "s", "s"]


@pytest.mark.parametrize("state", ["pause", "fail"])
def test_a_source_that_waits_for_a_person_is_not_run(made, state):
    looks = made('name = "s"\nkind = "scripted"\nevery = "1h"')
    getattr(looks.tracker.runs, state)("s", "a reason")
    assert not look(looks, "s")
    looks.tracker.runs.resume("s")
    assert look(looks, "s")


def test_a_source_that_waits_runs_when_its_wait_is_over(made, clock):
    looks = made('name = "s"\nkind = "scripted"\nevery = "1h"')
    looks.tracker.runs.wait("s", NOON + 1000, "quota used up")
    assert not look(looks, "s")
    clock.now = NOON + 1000
    assert look(looks, "s")


def test_a_source_of_another_host_is_left_alone(made):
    looks = made(
        'name = "ours"\nkind = "scripted"\nevery = "1h"\nhost = "a"',
        'name = "theirs"\nkind = "scripted"\nevery = "1h"\nhost = "b"',
    )
    assert set(looks.schedules) == {"ours"}


def test_a_source_that_breaks_has_failed_and_runs_again_at_its_next_slot(
    made, clock, scripts
):
    looks = made('name = "s"\nkind = "scripted"\nevery = "1h"')

    def broken():
        raise ZeroDivisionError

    scripts["s"] = broken
    look(looks, "s")
    assert looks.tracker.runs.last_ended("s").outcome == "failed"
    assert not look(looks, "s")
    clock.now += HOUR
    del scripts["s"]
    look(looks, "s")
    assert looks.tracker.runs.last_ended("s").outcome == "ok"


def test_an_upstream_failure_is_kept_with_its_words(made, scripts):
    looks = made('name = "s"\nkind = "scripted"\nevery = "1h"')

    def failing():
        raise TransientSourceError("UPSTREAM", "source s", "it answered 503")

    scripts["s"] = failing
    look(looks, "s")
    assert "it answered 503" in looks.tracker.runs.last_ended("s").error


def test_trouble_with_the_database_costs_no_slot(made, clock, scripts):
    """The slot is due again, after a rest."""
    looks = made('name = "s"\nkind = "scripted"\nevery = "1h"')

    def busy():
        raise StoreError("DB_BUSY", "tracker.db", "another process holds it")

    scripts["s"] = busy
    look(looks, "s")
    assert looks.resting("s")
    assert looks.tracker.runs.running() == []
    del scripts["s"]
    assert look(looks, "s")
    assert looks.tracker.runs.last_slot("s", clock.now) == NOON


# -- watching ---------------------------------------------------------------------


def test_a_drop_folder_runs_when_something_changed_and_only_then(
    made, clock, workspace
):
    looks = made('name = "drop"\nkind = "csv"\npath = "inbox"\nplatform = "youtube"')
    assert look(looks, "drop")
    clock.now += 20_000
    assert not look(looks, "drop")
    file = workspace / "inbox" / "a.csv"
    file.write_text(ROW)
    old = clock.now / 1000 - 3600
    os.utime(file, (old, old))
    assert look(looks, "drop")
    assert looks.tracker.runs.last_ended("drop").stored == 1
    clock.now += 20_000
    assert not look(looks, "drop")


def test_a_file_still_being_written_is_looked_at_until_it_rests(tmp_path):
    """A run leaves such a file alone, so another must follow."""
    watch = Watch(tmp_path, "*.csv", 10_000)
    watch.changed(NOON)
    file = tmp_path / "a.csv"
    file.write_text("x")
    os.utime(file, (NOON / 1000, NOON / 1000))
    asked = []
    for after in range(1_000, 30_000, 2_000):
        if watch.changed(NOON + after):
            asked.append(after)
            watch.ran(NOON + after)
    assert asked == [1_000, 13_000]


def test_what_has_come_to_rest_does_not_wait_for_what_still_grows(tmp_path):
    watch = Watch(tmp_path, "*.csv", 10_000)
    asked = []
    for after in range(0, 60_000, 2_000):
        (tmp_path / "log.csv").write_text("x" * after)
        os.utime(tmp_path / "log.csv", ns=(0, (NOON + after) * 1_000_000))
        if watch.changed(NOON + after):
            asked.append(after)
            watch.ran(NOON + after)
    assert asked == [0, 12_000, 24_000, 36_000, 48_000]


def test_times_that_lie_ahead_do_not_keep_a_folder_busy(tmp_path):
    """Files from a machine whose clock is wrong come to rest by our clock."""
    watch = Watch(tmp_path, "*.csv", 10_000)
    (tmp_path / "a.csv").write_text("x")
    os.utime(tmp_path / "a.csv", (NOON / 1000 + 9e6, NOON / 1000 + 9e6))
    assert watch.changed(NOON)
    watch.ran(NOON)
    assert watch.changed(NOON + 12_000)
    watch.ran(NOON + 12_000)
    assert not watch.changed(NOON + 14_000)


@pytest.mark.parametrize("place", ["drop", "drop/*.csv", "drop/a.csv", "**/*.csv"])
def test_a_place_is_a_folder_a_file_or_a_pattern(tmp_path, place):
    watch = Watch(tmp_path, place, 0)
    watch.changed(NOON)
    watch.ran(NOON)
    assert not watch.changed(NOON)
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "a.csv").write_text("x")
    assert watch.changed(NOON + 5_000)


def test_what_is_no_file_is_not_looked_at(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nowhere")
    watch = Watch(tmp_path, "*.csv", 0)
    empty = Watch(tmp_path, "nothing/*.csv", 0)
    for each in (watch, empty):
        each.changed(NOON)
        each.ran(NOON)
    assert not watch.changed(NOON + 5_000)
    assert not empty.changed(NOON + 5_000)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ('kind = "csv"\npath = "inbox"', (WATCH, "inbox")),
        ('kind = "csv"\npath = "inbox"\nevery = "15m"', (Every(900_000), None)),
        ('kind = "scripted"', (Every(HOUR), None)),
        ('kind = "scripted"\nevery = "1s"', (Every(1000), None)),
    ],
)
def test_how_often_a_source_runs(made, block, expected):
    settings = made(f'name = "s"\n{block}').tracker.settings
    found = timing(settings, settings.source("s"))
    assert (found.schedule, found.path) == expected


# -- calls --------------------------------------------------------------------------


def test_after_a_long_sleep_the_next_call_is_found_in_one_step():
    """The library's own way counts through each call that was missed: a day's sleep
    of a source that runs each second would be 86,400 steps, ten years would hang."""
    trigger = Slots(Every(1000))
    before = datetime(2009, 5, 1, tzinfo=UTC)
    now = before + timedelta(days=3653)
    assert trigger.get_next_fire_time(before, now) == now + timedelta(seconds=1)


def test_after_the_clock_went_back_the_next_call_is_the_next_slot_from_now():
    trigger = Slots(Every(HOUR))
    later = moment(NOON + 24 * HOUR)
    assert trigger.get_next_fire_time(later, moment(NOON)) == moment(NOON + HOUR)


def test_the_timetable_calls_names_until_it_is_stopped():
    called, enough = [], threading.Event()

    def call(name):
        called.append(name)
        if called.count("a") > 1:
            enough.set()

    table = Timetable(call)
    table.set({"a": Every(50), "gone": Every(HOUR)})
    table.start()
    assert enough.wait(10)
    table.set({"b": Every(HOUR)})
    assert list(table.next()) == ["b"]
    table.reset()
    assert list(table.next()) == ["b"]
    table.stop()
    table.stop()
    assert "b" not in called


# -- workers ------------------------------------------------------------------------


def test_a_source_that_hangs_delays_no_other(made, clock, scripts):
    blocks = [f'name = "s{n}"\nkind = "scripted"\nevery = "1h"' for n in range(10)]
    looks = made(*blocks)
    scripts["s0"] = scripted.hang
    workers = Workers(looks.look)
    for name in looks.schedules:
        workers.look(name)
    left = workers.wait(0.1)
    while len(left) > 1:
        left = workers.wait(0.1)
    assert [work.name for work in left] == ["s0"]
    assert not workers.look("s0")
    done = {run.source for run in looks.tracker.runs.history() if run.outcome == "ok"}
    assert done == {f"s{n}" for n in range(1, 10)}
    scripted.LET_GO.set()
    while workers.under_way():
        workers.wait(0.1)
    assert looks.tracker.runs.last_ended("s0").outcome == "ok"


def test_what_a_run_writes_after_its_deadline_is_refused(made, clock, scripts):
    looks = made('name = "s"\nkind = "scripted"\nevery = "1h"')
    runs = looks.tracker.runs

    def too_late():
        [run] = runs.running()
        runs.abandon(run.id, "stopped after 300 s", NOON)

    scripts["s"] = too_late
    look(looks, "s")
    ended = runs.last_ended("s")
    assert (ended.outcome, ended.error) == ("failed", "stopped after 300 s")


def test_a_host_asks_no_more_sources_at_once_than_it_has_places(made, clock, scripts):
    """What waits is looked at when its turn comes: by then others may have done it."""
    blocks = [f'name = "s{n}"\nkind = "scripted"\nevery = "1h"' for n in range(6)]
    looks = made(*blocks)
    for name in looks.schedules:
        scripts[name] = scripted.hang
    workers = Workers(looks.look, most=2)
    assert all(workers.look(name) for name in looks.schedules)
    while len(looks.tracker.runs.running()) < 2:
        workers.wait(0.05)
    assert len(workers.under_way()) == 2
    waits = set(looks.schedules) - {work.name for work in workers.under_way()}
    for name in waits:  # another host comes first
        looks.tracker.runs.source_id(name, "scripted")
        looks.tracker.runs.claim(name, NOON, host="b", now=NOON, lease=LEASE)
    scripted.LET_GO.set()
    while workers.under_way():
        workers.wait(0.1)
    hosts = [run.host for run in looks.tracker.runs.history()]
    assert sorted(hosts) == ["a", "a", "b", "b", "b", "b"]


def test_what_was_given_up_takes_no_place_and_lanes_are_apart(made, clock, scripts):
    blocks = [f'name = "s{n}"\nkind = "scripted"\nevery = "1h"' for n in range(3)]
    looks = made(*blocks)
    scripts["s0"] = scripts["s1"] = scripted.hang
    lanes = {"s0": "x", "s1": "x", "s2": "y"}
    workers = Workers(looks.look, most=1, lane=lanes.__getitem__)
    workers.look("s0")
    workers.look("s2")
    while {work.name for work in workers.under_way()} != {"s0"}:
        workers.wait(0.05)
    workers.look("s1")
    assert {work.name for work in workers.under_way()} == {"s0"}
    workers.under_way()[0].given_up = True
    workers.look("s1")
    assert {work.name for work in workers.under_way()} == {"s0", "s1"}
    workers.end()
    scripted.LET_GO.set()
    while workers.under_way():
        workers.wait(0.05)


# -- the daemon's own steps -----------------------------------------------------------


@pytest.fixture
def daemon(made):
    """A daemon in this process, with a source that runs hourly; not running."""
    made('name = "s"\nkind = "scripted"\nevery = "1h"')
    stop = threading.Event()
    yield lambda home: Daemon(home, stop)
    stop.set()


def test_a_run_past_its_deadline_is_given_up(daemon, workspace, scripts, monkeypatch):
    """What hangs is recorded as failed, and is not waited for a second time."""
    monkeypatch.setattr("tracker.daemon.DEADLINE", 0.0)
    made = daemon(workspace)
    scripts["s"] = scripted.hang
    made.workers.look("s")
    while not made.tracker.runs.running():
        made.workers.wait(0.05)
    made.beat()
    ended = made.tracker.runs.last_ended("s")
    assert ended.outcome == "failed"
    assert "error[JOB_DEADLINE] source s: stopped after 0 s" in ended.error
    made.beat()
    assert made.workers.wait(0)[0].given_up
    scripted.LET_GO.set()
    while made.workers.under_way():
        made.workers.wait(0.05)
    assert [run.outcome for run in made.tracker.runs.history()] == ["failed"]


@pytest.mark.parametrize("moved", [3600, -86_400, 315_360_000])
def test_a_clock_that_was_set_is_told_once(
    daemon, workspace, monkeypatch, caplog, moved
):
    made = daemon(workspace)
    clock = iter([1e9, 1e9 + moved])
    looks = []

    def wall():
        looks.append(1)
        if len(looks) > 2:
            made.stop.set()
        return next(clock, 1e9 + moved)

    monkeypatch.setattr("tracker.daemon.time.time", wall)
    monkeypatch.setattr("tracker.daemon._steady", lambda: 0.0)
    made._wait()
    told = [text for text in caplog.messages if "CLOCK_JUMP" in text]
    assert told == [f"warning[CLOCK_JUMP] wall clock moved {moved:+,.0f} s"]


def test_a_host_whose_name_was_taken_stops(daemon, workspace):
    made = daemon(workspace)
    made._announce()
    made.beat()
    assert not made.stop.is_set()
    made.tracker.runs.leases.seize(f"daemon:{made.host}", "{}", NOON, LEASE)
    made.beat()
    assert made.stop.is_set()


def test_pages_are_built_once_it_is_quiet_and_not_again(workspace, scripts):
    tracker = app.open_tracker(workspace)
    publisher = Publisher("a", LEASE)
    manifest = workspace / "site" / "manifest.json"
    publisher.step(tracker, NOON)
    assert not manifest.exists()
    publisher.step(tracker, NOON)
    assert manifest.exists()
    manifest.unlink()
    for _ in range(3):
        publisher.hurry()
        publisher.step(tracker, NOON)
    assert not manifest.exists()
    tracker.runs.fail("s", "gone")
    for _ in range(2):
        publisher.hurry()
        publisher.step(tracker, NOON)
    assert tracker.runs.leases.find("publisher").holder == "a"
    assert manifest.exists()


def test_a_host_that_lost_its_turn_while_it_built_publishes_nothing(
    workspace, monkeypatch, caplog
):
    tracker = app.open_tracker(workspace)
    publisher = Publisher("a", LEASE)
    publisher.step(tracker, NOON)
    built = publish.publish

    def slowly(tracker, **more):
        tracker.runs.leases.seize("publisher", "b", NOON + LEASE, LEASE)
        return built(tracker, **more)

    monkeypatch.setattr(publish, "publish", slowly)
    publisher.step(tracker, NOON)
    assert not (workspace / "site" / "manifest.json").exists()
    [told] = [text for text in caplog.messages if "TERM_LOST" in text]
    assert "lost its turn to host b (term 1 < 2)" in told
    assert publisher.term == 0


def test_a_host_without_the_lease_builds_no_pages(workspace):
    tracker = app.open_tracker(workspace)
    tracker.runs.leases.seize("publisher", "b", tracker.runs.leases.clock(), LEASE)
    publisher = Publisher("a", LEASE)
    for _ in range(3):
        publisher.hurry()
        publisher.step(tracker, tracker.runs.leases.clock())
    assert not (workspace / "site" / "manifest.json").exists()


def test_pages_that_cannot_be_built_do_not_stop_anything(workspace, caplog):
    """The last good ones stay, and it is not tried at each step."""
    tracker = app.open_tracker(workspace)
    (workspace / "site").rmdir()
    (workspace / "site").write_text("in the way")
    publisher = Publisher("a", LEASE)
    for _ in range(5):
        publisher.hurry()
        publisher.step(tracker, NOON)
    errors = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(errors) == 1
    assert (workspace / "site").read_text() == "in the way"

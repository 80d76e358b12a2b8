"""When sources run: laws of slots over intervals, cron lines and clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.cron import cron
from tracker.errors import ConfigError
from tracker.model import DAY, iso, local_day, moment
from tracker.slots import Cron, Every, due, last_slot, next_slot

HOUR = 3_600_000
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Asia/Kolkata",
)
FIRST = datetime(2005, 1, 1, tzinfo=UTC)


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


instants = st.integers(ms("2005-01-01T00:00Z"), ms("2030-01-01T00:00Z"))
intervals = st.integers(1000, 40 * DAY).map(Every)
lines = st.builds(
    "{} {} {} {} {}".format,
    st.sampled_from(["0", "30", "*/7", "5,59", "*"]),
    st.sampled_from(["0", "2", "*/3", "1-3", "23", "*"]),
    st.sampled_from(["*", "1", "29", "*/2", "31"]),
    st.sampled_from(["*", "3", "2,10", "jan-jul"]),
    st.sampled_from(["*", "0", "mon-fri", "7", "sat"]),
).filter(lambda line: line.split()[2:4] != ["31", "2,10"])
crons = st.builds(
    lambda line, zone: cron(line, ZoneInfo(zone)), lines, st.sampled_from(ZONES)
)
schedules = st.one_of(intervals, crons)


@given(schedules, instants)
def test_the_next_slot_is_later_and_none_lies_between(schedule, after):
    slot = next_slot(schedule, after)
    assert slot > after
    assert schedule.between(after, slot) == 1
    assert schedule.between(after, slot - 1) == 0


@given(schedules, instants)
def test_the_last_slot_is_the_one_before_the_next(schedule, now):
    slot = last_slot(schedule, now)
    assert slot <= now < next_slot(schedule, slot)


@given(crons, instants)
def test_slots_walked_one_by_one_are_those_that_are_counted(schedule, start):
    slots = [start]
    for _ in range(30):
        slots.append(next_slot(schedule, slots[-1]))
    assert slots == sorted(set(slots))
    assert schedule.between(start, slots[-1]) == 30


@given(schedules, instants, st.integers(0, 400 * DAY))
def test_what_was_missed_is_one_run_that_stands_for_all(schedule, last, gap):
    """After any downtime there is one slot, the latest, and none after it is due."""
    now = last + gap
    found = due(schedule, last, now)
    missed = schedule.between(last, now)
    if missed == 0:
        assert found is None
        return
    slot, merged = found
    assert slot == last_slot(schedule, now)
    assert merged == missed - 1
    assert due(schedule, slot, now) is None


@given(instants, st.integers(1, 400 * DAY))
def test_after_the_clock_went_back_nothing_is_due(last, back):
    assert due(Every(HOUR), last, last - back) is None


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("line", ["30 2 * * *", "0 0 * * *", "15 3 * * *"])
def test_a_daily_time_runs_once_on_each_day_that_exists(zone, line):
    """Ten years of days, with all their clock changes: no double and no miss."""
    schedule, here = cron(line, ZoneInfo(zone)), ZoneInfo(zone)
    start = ms("2009-01-01T12:00Z")
    days, slot = [], start
    while slot < ms("2019-01-01T00:00Z"):
        slot = next_slot(schedule, slot)
        days.append(local_day(slot, here))
    wanted = [days[0] + timedelta(n) for n in range((days[-1] - days[0]).days + 1)]
    if zone == "Pacific/Apia":
        wanted.remove(
            date(2011, 12, 30)
        )  # crossed the date line: there was no such day
    assert days == wanted


@pytest.mark.parametrize(
    ("zone", "line", "after", "expected"),
    [
        # 02:30 was skipped: it runs when the clock shows 03:00
        ("Europe/Berlin", "30 2 * * *", "2026-03-28T12:00Z", "2026-03-29T01:00:00Z"),
        # 02:30 came twice: it runs the first time
        ("Europe/Berlin", "30 2 * * *", "2026-10-24T12:00Z", "2026-10-25T00:30:00Z"),
        ("Europe/Berlin", "30 2 * * *", "2026-10-25T00:30Z", "2026-10-26T01:30:00Z"),
        ("America/New_York", "30 2 * * *", "2026-03-07T12:00Z", "2026-03-08T07:00:00Z"),
        # half an hour: 02:00 becomes 02:30
        (
            "Australia/Lord_Howe",
            "15 2 * * *",
            "2026-10-03T00:00Z",
            "2026-10-03T15:30:00Z",
        ),
        ("Asia/Kolkata", "0 6 * * *", "2026-01-01T00:00Z", "2026-01-01T00:30:00Z"),
        ("UTC", "0 0 29 2 *", "2096-03-01T00:00Z", "2104-02-29T00:00:00Z"),
        ("UTC", "0 0 * * 7", "2026-01-01T00:00Z", "2026-01-04T00:00:00Z"),
        ("UTC", "0 0 13 * fri", "2026-01-01T00:00Z", "2026-01-02T00:00:00Z"),
        ("UTC", "@hourly", "2026-01-01T00:00Z", "2026-01-01T01:00:00Z"),
        ("UTC", "5/20 * * * *", "2026-01-01T00:06Z", "2026-01-01T00:25:00Z"),
    ],
)
def test_cron_lines(zone, line, after, expected):
    assert iso(next_slot(cron(line, ZoneInfo(zone)), ms(after))) == expected


def test_every_minute_of_a_skipped_hour_is_one_slot():
    schedule = cron("* * * * *", ZoneInfo("Europe/Berlin"))
    change = ms("2026-03-29T01:00Z")
    assert next_slot(schedule, change - 60_000) == change
    assert next_slot(schedule, change) == change + 60_000


def test_interval_slots_are_multiples_since_1970():
    assert next_slot(Every(900_000), ms("2009-05-01T12:01Z")) == ms("2009-05-01T12:15Z")
    assert next_slot(Every(900_000), ms("2009-05-01T12:15Z")) == ms("2009-05-01T12:30Z")


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("5 * * *", "4 fields"),
        ("60 * * * *", "minute"),
        ("* 24 * * *", "hour"),
        ("* * 0 * *", "day of the month"),
        ("* * * 13 *", "month"),
        ("* * * * someday", "day of the week"),
        ("5-1 * * * *", "minute"),
        ("*/0 * * * *", "minute"),
        ("*-5 * * * *", "minute"),
        ("0 0 30 2 *", "never comes"),
        ("@dayly", "@daily"),
        ("", "0 fields"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_with_its_field(line, word):
    with pytest.raises(ConfigError) as caught:
        cron(line, ZoneInfo("UTC"))
    assert caught.value.code == "CRON"
    assert word in str(caught.value)


def test_an_interval_needs_a_length():
    with pytest.raises(ValueError, match="at least"):
        Every(0)


def test_a_cron_line_is_a_value():
    one, two = (cron("0 0 * * 0", ZoneInfo("UTC")) for _ in range(2))
    assert one == two and isinstance(one, Cron)
    assert moment(next_slot(one, 0)).weekday() == 6

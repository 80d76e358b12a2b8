"""[[alert]] and [digest]: every problem at once; quiet hours and periods as laws."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import ConfigError
from tracker.model import moment
from tracker.rules import HOUR, Quiet, before, boundary, clock, ready
from tracker.settings import load_settings

ZONES = st.sampled_from(
    ["UTC", "Europe/Paris", "America/Detroit", "Pacific/Apia", "Asia/Kathmandu"]
).map(ZoneInfo)
INSTANTS = st.integers(1_735_689_600, 1_830_297_600).map(lambda at: at * 1000 + 7)
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))

GOOD = """
[[alert]]
name = "late"
when = "mission.missing"
campaign = "fiesta"
to = [{ env = "ALERT_URL" }, { file = "url.txt" }]
cooldown = "24h"
quiet = "22:00-07:00"

[[alert]]
name = "few"
when = "views.gain<1000"
to = { env = "ALERT_URL" }

[digest]
every = "month"
to = [{ env = "ALERT_URL" }]
campaign = "fiesta"
language = "fr"
"""


def problems(home: Path, text: str) -> str:
    (home / "tracker.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_settings(home)
    return "\n".join(caught.value.problems)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    (tmp_path / "tracker.toml").write_text(GOOD)
    found = load_settings(tmp_path)
    late, few = found.alerts
    assert late.wants("mission.missing")
    assert not late.wants("mission.late")
    assert (late.cooldown, str(late.quiet)) == (86_400_000, "22:00-07:00")
    assert len(late.to) == 2
    assert few.when == "views.gain < 1000"
    assert few.condition is not None
    assert few.condition.holds(999)
    assert not few.condition.holds(1000)
    assert found.digest is not None
    assert (found.digest.every, found.digest.language) == ("month", "fr")


def test_the_beginning_of_a_rule_stands_for_all_that_begin_with_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "tracker.toml").write_text(
        '[[alert]]\nname = "a"\nwhen = "source."\nto = [{ env = "A" }]\n'
    )
    [alert] = load_settings(tmp_path).alerts
    assert alert.wants("source.late")
    assert not alert.wants("sources.late")


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    said = problems(
        tmp_path,
        """
        [[alert]]
        name = "a b"
        when = "likes.sum < 3"
        to = ["json://user:password@host"]
        cooldown = "soon"
        quiet = "22-7"
        colour = "red"
        [[alert]]
        when = "missing"
        to = []
        [[alert]]
        name = "digest"
        when = "reach.gain < 3"
        to = [{ env = "A", file = "b" }]
        [[alert]]
        name = "twice"
        when = "views.gain < many"
        to = [[{ env = "A" }]]
        [[alert]]
        name = "twice"
        when = "views"
        quiet = "07:00-07:00"
        [digest]
        every = "year"
        to = "json://user:password@host"
        language = "de"
        """,
    )
    for place in (
        "alert[0].name: ",
        'alert[0].when: "sum" is neither value nor gain',
        "alert[0].to: is a secret in the open",
        "alert[0].cooldown: ",
        "alert[0].quiet: ",
        "alert[0].colour: is not known here",
        "alert[1].name: is missing",
        'alert[1].when: "missing" is no rule',
        "alert[1].to: is empty",
        'alert[2].name: "digest"',
        'alert[2].when: "reach" is no metric that adds up',
        "alert[2].to: is no reference",
        "alert[3].when: ",
        "alert[3].to: is no reference",
        'alert[4].name: "twice" stands twice',
        "alert[4].to: is missing",
        "alert[4].quiet: ",
        "digest.every: ",
        "digest.to: is a secret in the open",
        "digest.language: ",
    ):
        assert place in said, place
    assert "password" not in said


@given(TIMES, TIMES, INSTANTS, ZONES)
def test_quiet_hours_end_at_their_end(
    begins: time, ends: time, now: int, zone: ZoneInfo
) -> None:
    """Never earlier than now, never quiet, and at most a day (and a lost hour) on."""
    if begins == ends:
        return
    quiet = Quiet(begins, ends)
    free = quiet.until(now, zone)
    assert now <= free <= now + 25 * 3_600_000
    here = moment(free).astimezone(zone)
    if free > now and here.utcoffset() == moment(now).astimezone(zone).utcoffset():
        assert here.time() == ends
        assert quiet.until(free, zone) == free


@given(st.sampled_from(["day", "week", "month"]), INSTANTS, ZONES)
def test_a_period_of_digests_ends_at_eight(
    every: str, now: int, zone: ZoneInfo
) -> None:
    """It ended at or before now, the next one has not, and periods join up."""
    end = boundary(every, now, zone)
    assert clock(end, HOUR, zone) <= now
    following = end + timedelta(days={"day": 1, "week": 7, "month": 32}[every])
    following = following.replace(day=1) if every == "month" else following
    assert clock(following, HOUR, zone) > now
    assert before(every, following) == end
    if every == "week":
        assert end.weekday() == 0


def test_a_week_begins_on_monday_at_eight_in_its_zone() -> None:
    """2026-05-04 was a Monday; Paris was two hours ahead."""
    paris = ZoneInfo("Europe/Paris")
    eight = 1_777_874_400_000
    assert moment(eight).isoformat() == "2026-05-04T06:00:00+00:00"
    assert boundary("week", eight, paris) == date(2026, 5, 4)
    assert boundary("week", eight - 1, paris) == date(2026, 4, 27)


def test_what_is_dated_by_a_day_can_be_told_when_the_day_is_over() -> None:
    from tracker.model import day_instant

    at = day_instant(date(2026, 3, 1))
    assert moment(ready(at, ZoneInfo("Europe/Paris"))).isoformat() == (
        "2026-03-01T23:00:00+00:00"
    )
    assert ready(at + 5, ZoneInfo("Europe/Paris")) == at + 5

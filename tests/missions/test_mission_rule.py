"""The rule that decides a cell of the mission grid, and who is assigned."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.checks.missions import Fitting, cell, overdue_at
from tracker.checks.silence import silent_at
from tracker.model import DAY, Campaign, Enrolment, day_instant, iso
from tracker.planmissions import assigned, missions, unfinished
from tracker.programme import Mission, MissionMark

FIRST = date(2026, 1, 1)
MISSION = Mission("c", "m", "M", opens=FIRST, due=date(2026, 1, 31))


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def post(number: int, name: str = "p", *, published: bool = True) -> Fitting:
    when = day(number)
    return Fitting("youtube", f"{name}{number}", day_instant(when), when, published)


def mark(state: str, number: int | None = None) -> MissionMark:
    return MissionMark("m", "a", state, None if number is None else day(number), "why")


@pytest.mark.parametrize(
    ("number", "state", "late"),
    [(0, "on_time", 0), (30, "on_time", 0), (31, "late", 1), (61, "late", 31)],
)
def test_until_the_end_of_the_due_day_is_on_time(number, state, late):
    found = cell(MISSION, "a", [post(number)], None, day(200))
    assert (found.state, found.days_late, found.delivered_on) == (
        state,
        late,
        day(number),
    )


@pytest.mark.parametrize(("today", "state"), [(0, "pending"), (30, "pending")])
def test_without_a_post_it_is_pending_through_the_due_day(today, state):
    assert cell(MISSION, "a", [], None, day(today)).state == state
    assert cell(MISSION, "a", [], None, day(31)).state == "missing"


def test_the_needed_number_of_posts_decides_not_the_first():
    three = Mission("c", "m", "M", FIRST, date(2026, 1, 31), needs=3)
    posts = [post(40), post(2), post(1)]
    found = cell(three, "a", posts, None, day(50))
    assert (found.state, found.delivered_on, found.days_late) == ("late", day(40), 10)
    assert [name for _, name in found.posts] == ["p1", "p2", "p40"]
    assert cell(three, "a", posts[:2], None, day(50)).state == "missing"


def test_what_decided_is_said():
    wordy = Mission(
        *("c", "m", "M", FIRST, date(2026, 1, 31)),
        needs=2,
        platforms=("x", "youtube"),
        hashtags=("go",),
        mentions=("ford",),
        links=("ford.com",),
    )
    posts = [post(1), post(2, published=False)]
    assert cell(wordy, "a", posts, None, day(9)).rule == (
        "post 2 of 2 posts on x or youtube with #go and @ford and a link to ford.com"
        " from 2026-01-01; publication not known, first read 2026-01-03"
    )
    assert cell(wordy, "a", [], None, day(9)).rule.startswith("0 of 2 posts on x or")


@pytest.mark.parametrize(
    ("posts", "said", "today", "state"),
    [
        ([], mark("excused"), 40, "excused"),
        ([], mark("excused"), 10, "pending"),
        ([], mark("excused", 38), 37, "missing"),
        ([], mark("excused", 38), 38, "excused"),
        ([post(3)], mark("excused"), 40, "on_time"),
        ([post(35)], mark("excused"), 40, "late"),
        ([], mark("delivered", 5), 40, "on_time"),
        ([post(35)], mark("delivered", 5), 40, "on_time"),
        ([post(3)], mark("delivered", 33), 40, "late"),
        ([], mark("delivered", 33), 32, "missing"),
    ],
)
def test_by_hand_beats_the_rule_and_excused_beats_missing_alone(
    posts, said, today, state
):
    found = cell(MISSION, "a", posts, said, day(today))
    assert (found.state, found.reason) == (state, "why")


spans = st.none() | st.integers(0, 90)


@given(
    st.lists(st.integers(0, 90), max_size=5, unique=True),
    st.integers(1, 4),
    st.integers(0, 120),
    st.sampled_from([None, mark("excused"), mark("delivered", 20)]),
)
def test_one_state_and_it_never_goes_back(days, needs, today, said):
    """As days go by, a cell goes from pending to one other state, and what was
    delivered on time stays so whatever is posted later."""
    one = Mission("c", "m", "M", FIRST, date(2026, 1, 31), needs=needs)
    now = [post(n) for n in days if n <= today]
    found = cell(one, "a", now, said, day(today))
    later = cell(one, "a", [*now, post(today + 1)], said, day(today + 1))
    follows = {
        "pending": {"pending", "on_time", "late", "missing", "excused"},
        "missing": {"missing", "late"},
        "excused": {"excused", "late"},
        "late": {"late"},
        "on_time": {"on_time"},
    }
    assert later.state in follows[found.state]
    assert (found.delivered_on is None) == (found.days_late is None)
    assert found.state != "pending" or today <= 30


def test_a_due_day_ends_at_midnight_of_its_zone_also_when_clocks_change():
    change = Mission("c", "m", "M", FIRST, date(2026, 3, 29))
    assert iso(overdue_at(change, ZoneInfo("Europe/Paris"))) == "2026-03-29T22:00:00Z"
    before = Mission("c", "m", "M", FIRST, date(2026, 3, 28))
    assert iso(overdue_at(before, ZoneInfo("Europe/Paris"))) == "2026-03-28T23:00:00Z"


def test_silence_begins_when_the_days_are_over():
    assert silent_at(0, 28 * DAY - 1, 28) is None
    assert silent_at(0, 28 * DAY, 28) == 28 * DAY


# -- the plan -------------------------------------------------------------------------


def test_missions_are_read_as_the_plan_says_and_open_ones_are_none_yet():
    plan = {
        "mission": [
            {"id": "a", "opens": "2026-01-01", "due": "2026-01-31"},
            {"id": "b", "opens": "?", "due": "2026-01-31"},
            {
                "id": "c",
                "name": "?",
                "opens": "2026-02-01",
                "due": "2026-02-28",
                "hashtags": ["#Été"],
                "mentions": ["?"],
                "links": ["https://www.Ford.com/Fiesta"],
                "assigned": ["group:n"],
            },
        ]
    }
    plain, full = missions(plan, "x")
    assert plain == Mission("x", "a", "a", FIRST, date(2026, 1, 31))
    assert (full.name, full.needs, full.assigned) == ("c", 1, ("group:n",))
    assert (full.hashtags, full.links) == (("été",), ("ford.com/Fiesta",))
    assert full.mentions == ()
    assert unfinished(plan) == ["b"]
    assert (missions({}, "x"), unfinished({})) == ([], [])


CAMPAIGN = Campaign("c", "C", "UTC", "EUR", "en", FIRST, date(2026, 6, 30))
ENROLMENTS = [
    Enrolment("c", "a1", group="north"),
    Enrolment("c", "a2", ends=day(-1)),
    Enrolment("c", "a3", starts=day(30), group="south"),
    Enrolment("c", "a4", starts=day(31), group="later"),
]


def test_all_are_those_enrolled_on_a_day_of_the_mission():
    assert assigned(MISSION, CAMPAIGN, ENROLMENTS).people == ("a1", "a3")


def test_groups_and_names_and_names_of_nobody():
    wanted = Mission(
        *("c", "m", "M", FIRST, date(2026, 1, 31)),
        assigned=("group:north", "a3", "a4", "a9", "group:nort"),
    )
    found = assigned(wanted, CAMPAIGN, ENROLMENTS)
    assert found.people == ("a1", "a3")
    assert [text.split('"')[1] for text in found.problems] == ["a4", "a9", "group:nort"]
    assert 'Did you mean "group:north"?' in found.problems[2]

"""tracker mission: lists, the grid, by hand, whom to write to; findings."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from support import Run

from tracker.app import open_tracker
from tracker.findings import findings
from tracker.missions import posts_by_mission
from tracker.model import instant, iso, moment

PLAN = """
[campaign]
id = "fiesta"
name = "Fiesta"
timezone = "America/Detroit"
currency = "USD"
start = 2009-05-01
end = 2009-10-31
[[mission]]
id = "travel"
name = "Travel"
opens = 2009-05-01
due = 2009-05-31
platforms = ["youtube"]
hashtags = ["#Travel"]
[[mission]]
id = "drive"
opens = 2009-06-01
due = 2009-06-30
assigned = ["group:north", "a3", "group:nort"]
needs = 2
mentions = ["ford"]
links = ["ford.com/fiesta"]
[[mission]]
id = "later"
opens = "?"
due = "?"
"""
PEOPLE = """id,name,platform,handle,email,group
a1,Anna,youtube,anna,anna@example.org,north
a2,Ben,youtube,ben,ben@example.org,south
a3,Cy,youtube,cy,,
a4,Di,x,di,,south
"""
READ = "2009-07-01T00:00:00Z"
#: platform, handle, id, published, caption, url, views
POSTS = [
    # 03:30 UTC is still the last day of May in Detroit
    ("youtube", "anna", "v1", "2009-06-01T03:30:00Z", "my #TRAVEL!", "", 10),
    ("youtube", "ben", "v2", "2009-06-01T04:00:00Z", "#travel", "", 20),
    ("youtube", "cy", "v3", "2009-05-10", "#traveling, xx#travel", "", 40),
    ("x", "di", "v4", "2009-05-10", "#travel", "", 80),
    ("youtube", "anna", "d1", "2009-06-02", "by @Ford", "", 1),
    (
        *("youtube", "anna", "d2", "2009-06-03"),
        *("with @ford: http://www.ford.com/fiesta?x=1", "", 2),
    ),
    ("youtube", "anna", "d3", "", "@ford", "https://ford.com/fiesta", 4),
    ("youtube", "cy", "d4", "2009-06-03", "@ford http://ford.com/fiestas", "", 8),
]


@pytest.fixture
def fiesta(each_workspace: Path, invoke: Run) -> Run:
    plan, people = each_workspace / "plan.toml", each_workspace / "people.csv"
    plan.write_text(PLAN)
    people.write_text(PEOPLE)
    readings = each_workspace / "readings.csv"
    with readings.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(
            "platform handle post_id published_at caption url views captured_at".split()
        )
        rows.writerows([*post, READ] for post in POSTS)
    assert invoke("campaign", "apply", plan).code == 0
    assert invoke("ambassador", "import", people, "--campaign", "fiesta").code == 0
    assert invoke("ingest", "--file", readings, "--kind", "csv").code == 0
    return invoke


def asked(run: Run, *args: object) -> dict:
    done = run("mission", *args, "--json")
    assert done.code == 0, done.err
    return json.loads(done.out)


def states(run: Run, mission: str, *args: object) -> dict[str, str]:
    rows = asked(run, "show", mission, "--campaign", "fiesta", *args)["rows"]
    return {row["ambassador"]: row["state"] for row in rows}


def test_days_are_the_campaigns_and_hashtags_whole_words(fiesta: Run) -> None:
    """Half past three in the night in UTC is the evening before in Detroit."""
    assert states(fiesta, "travel") == {
        "a1": "on_time",
        "a2": "late",
        "a3": "missing",
        "a4": "missing",
    }


def test_every_rule_that_stands_must_fit_and_the_needed_post_decides(
    fiesta: Run,
) -> None:
    found = asked(fiesta, "show", "drive", "--campaign", "fiesta")
    anna, cy = found["rows"]
    assert [post["post_id"] for post in anna["posts"]] == ["d2", "d3"]
    # d3 was first read on the evening of the due day, in Detroit
    assert anna["state"] == "on_time"
    assert anna["delivered_at"] == READ
    assert "publication not known, first read 2009-06-30" in anna["rule"]
    assert (cy["state"], cy["posts"], cy["days_late"]) == ("missing", [], None)
    assert found["mission"]["assigned_to"] == ["group:north", "a3", "group:nort"]


def test_people_read_what_decided(fiesta: Run) -> None:
    said = fiesta("mission", "show", "travel", "--campaign", "fiesta").out
    assert "assigned 4, delivered 2, on_time 1, late 1, missing 2" in said
    assert "1 post on youtube with #travel from 2009-05-01" in said


def test_counts_add_up_and_problems_are_told(fiesta: Run) -> None:
    found = asked(fiesta, "list", "fiesta", "--at", "2009-06-15")
    assert [one["id"] for one in found["missions"]] == ["travel", "drive"]
    for one in found["missions"]:
        assert one["delivered"] == one["on_time"] + one["late"]
        rest = one["missing"] + one["excused"] + one["pending"]
        assert one["assigned"] == one["delivered"] + rest
    assert [one["pending"] for one in found["missions"]] == [0, 2]
    assert {one["mission"] for one in found["problems"]} == {"later", "drive"}
    # the end of that day in Detroit
    assert found["as_of"] == "2009-06-16T03:59:59.999Z"
    said = fiesta("mission", "list", "fiesta")
    assert 'warning[PLAN] mission drive: assigned: there is no group "gr' in said.err


def test_what_was_not_yet_published_is_not_seen(fiesta: Run) -> None:
    assert states(fiesta, "travel", "--at", "2009-05-31T12:00Z") == dict.fromkeys(
        ("a1", "a2", "a3", "a4"), "pending"
    )
    # a post of a day without a time belongs to all of that day
    drive = asked(
        *(fiesta, "show", "drive", "--campaign", "fiesta"),
        *("--until", "2009-06-03T06:00Z"),
    )
    assert [post["post_id"] for post in drive["rows"][0]["posts"]] == ["d2"]


def test_a_day_that_is_asked_for_is_one_of_the_campaign(fiesta: Run) -> None:
    """31 May ends in Detroit four hours after it does in the workspace's UTC."""
    day = ("show", "travel", "--campaign", "fiesta", "--until", "2009-05-31")
    assert asked(fiesta, *day)["as_of"] == "2009-06-01T03:59:59.999Z"
    assert states(fiesta, "travel", "--until", "2009-05-31")["a1"] == "on_time"


def test_sums_until_a_day_are_to_its_end_in_the_campaign(fiesta: Run) -> None:
    """What was captured at midnight in UTC is of the evening before in Detroit."""
    for words in (("totals", "fiesta"), ("kpi", "fiesta", "views_per_post")):
        said = fiesta(*words, "--until", "2009-06-30", "--json")
        assert said.code == 0, said.err
        assert json.loads(said.out) == json.loads(fiesta(*words, "--json").out)
        early = json.loads(fiesta(*words, "--until", "2009-06-29", "--json").out)
        assert early["rows"] != json.loads(said.out)["rows"]


def test_by_hand_is_kept_shown_audited_and_taken_back(fiesta: Run) -> None:
    where = ("--campaign", "fiesta")
    why = ("--reason", "in hospital")
    assert asked(fiesta, "excuse", "travel", "a3", *where, *why)["state"] == "excused"
    made = asked(
        *(fiesta, "deliver", "travel", "a2", *where, "--reason", "by mail"),
        *("--at", "2009-05-30"),
    )
    assert (made["state"], made["delivered_at"], made["rule"], made["reason"]) == (
        *("on_time", "2009-05-30", "by hand", "by mail"),
    )
    assert states(fiesta, "travel")["a3"] == "excused"
    # the last word stands
    today = asked(fiesta, "deliver", "travel", "a3", *where, *why)
    assert today["state"] == "late"
    assert fiesta("mission", "clear", "travel", "a3", *where).out.startswith("What was")
    assert "never said" in fiesta("mission", "clear", "travel", "a3", *where).out
    assert states(fiesta, "travel")["a3"] == "missing"


def test_every_change_by_hand_is_in_the_audit_without_names(
    fiesta: Run, each_workspace: Path
) -> None:
    where = ("--campaign", "fiesta")
    fiesta("mission", "excuse", "travel", "a3", *where, "--reason", "in hospital")
    fiesta("mission", "deliver", "travel", "a3", *where, "--reason", "seen")
    fiesta("mission", "clear", "travel", "a3", *where)
    fiesta("mission", "clear", "travel", "a3", *where)
    with open_tracker(each_workspace).database.reading() as link:
        lines = link.all(
            "SELECT action, subject FROM audit WHERE action LIKE 'mission.%' ORDER BY n"
        )
        number = link.value("SELECT id FROM ambassador WHERE slug = 'a3'")
    assert lines == [
        (f"mission.{deed}", f"fiesta/travel person {number}")
        for deed in ("excuse", "deliver", "clear")
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("travl", "a1"), 'Did you mean "travel"?'),
        (("travel", "a9"), 'there is no "a9"'),
        (("drive", "a2"), "error[NOT_ASSIGNED] ambassador a2"),
    ],
)
def test_names_that_are_not_there_change_nothing(
    fiesta: Run, words: tuple[str, str], said: str
) -> None:
    for deed in (("excuse", "--reason", "x"), ("deliver", "--reason", "x"), ("clear",)):
        done = fiesta("mission", deed[0], *words, "--campaign", "fiesta", *deed[1:])
        assert (done.code, said in done.err) == (4, True), done.err
    assert fiesta("mission", "show", "travl", "--campaign", "fiesta").code == 4
    assert fiesta("mission", "list", "fiestas").code == 4


def test_the_grid_is_one_row_an_ambassador_in_each_format(fiesta: Run) -> None:
    expected = {
        "a1": {"travel": "on_time", "drive": "on_time"},
        "a2": {"travel": "late", "drive": None},
        "a3": {"travel": "missing", "drive": "missing"},
        "a4": {"travel": "missing", "drive": None},
    }
    found = asked(fiesta, "grid", "fiesta")
    assert {row["ambassador"]: row["states"] for row in found["rows"]} == expected
    again = json.loads(fiesta("mission", "grid", "fiesta", "--format", "json").out)
    assert again["rows"] == found["rows"]
    text = fiesta("mission", "grid", "fiesta", "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row.pop("ambassador") for row in rows] == list(expected)
    assert [{k: v or None for k, v in row.items()} for row in rows] == list(
        expected.values()
    )
    assert "on_time" in fiesta("mission", "grid", "fiesta").out


def test_reminders_name_who_is_missing_or_due_soon(fiesta: Run) -> None:
    early = asked(fiesta, "remind", "fiesta", "--at", "2009-05-20")
    assert early["people"] == []
    soon = asked(fiesta, "remind", "fiesta", "--at", "2009-05-25", "--within", "6d")
    anna = soon["people"][0]
    assert anna == {
        "ambassador": "a1",
        "name": "Anna",
        "email": "anna@example.org",
        "handles": [{"platform": "youtube", "handle": "anna"}],
        "missions": [
            {"id": "travel", "name": "Travel", "state": "pending", "due": "2009-05-31"}
        ],
    }
    # cy delivered nothing, but is excused; di left before
    where = ("--campaign", "fiesta", "--reason", "x")
    asked(fiesta, "excuse", "travel", "a3", *where)
    asked(fiesta, "excuse", "drive", "a3", *where)
    assert fiesta("withdraw", "fiesta", "a4", "--on", "2009-05-15").code == 0
    late = asked(fiesta, "remind", "fiesta", "--at", "2009-07-10")
    assert late["people"] == []
    assert "Nobody" in fiesta("mission", "remind", "fiesta", "--at", "2009-07-10").out
    asked(fiesta, "excuse", "travel", "a3", *where)
    fiesta("mission", "clear", "drive", "a3", "--campaign", "fiesta")
    text = fiesta("mission", "remind", "fiesta", "--at", "2009-07-10").out
    assert "drive missing (2009-06-30)" in text
    assert fiesta("mission", "remind", "fiesta", "--within", "soon").code == 2


def test_a_plan_without_missions_says_so(invoke: Run, each_workspace: Path) -> None:
    plan = each_workspace / "plan.toml"
    plan.write_text('[campaign]\nid = "c"\n')
    assert invoke("campaign", "apply", plan).code == 0
    for command in ("list", "grid"):
        assert "no missions" in invoke("mission", command, "c").out
    assert asked(invoke, "list", "c")["missions"] == []
    assert (
        json.loads(invoke("totals", "c", "--by", "mission", "--json").out)["rows"] == []
    )


# -- sums -----------------------------------------------------------------------------


def test_sums_by_mission_and_of_the_rest(fiesta: Run) -> None:
    """A late post counts for the mission whose mark it bears; who is not assigned,
    or not on its platform, does not."""
    found = json.loads(fiesta("totals", "fiesta", "--by", "mission", "--json").out)
    views = {row["mission"]: row["views"]["value"] for row in found["rows"]}
    assert views == {"drive": 6, "travel": 30, None: 40 + 80 + 1 + 8}
    assert found["shared"] == 0
    assert fiesta("totals", "--by", "mission").code == 2
    until = ("--until", "2009-06-30T23:00Z")
    early = json.loads(
        fiesta("totals", "fiesta", "--by", "mission", "--json", *until).out
    )
    assert early["rows"] == []


def test_a_post_of_two_missions_counts_in_each_and_it_is_said(
    fiesta: Run, each_workspace: Path
) -> None:
    """Without marks of their own missions last until they are due: their days alone
    tell them apart."""
    plan = each_workspace / "plan.toml"
    days = 'opens = 2009-06-01\ndue = 2009-06-02\n[[mission]]\nid = "all"\n'
    text = (
        PLAN + f'[[mission]]\nid = "any"\n{days}opens = 2009-05-01\ndue = 2009-06-02\n'
    )
    plan.write_text(text)
    assert fiesta("campaign", "apply", plan).code == 0
    found = json.loads(fiesta("totals", "fiesta", "--by", "mission", "--json").out)
    posts = {row["mission"]: row["posts"] for row in found["rows"]}
    assert posts == {"all": 5, "any": 2, "drive": 2, "travel": 2, None: 1}
    assert found["shared"] == 3
    assert "Rows overlap: 3 posts" in fiesta("totals", "fiesta", "--by", "mission").out
    frame = posts_by_mission(open_tracker(each_workspace), "fiesta")
    assert frame.columns == ["post", "mission"]
    assert len(frame) == 11


# -- findings -------------------------------------------------------------------------


def test_missing_late_and_silent_are_findings_dated_by_the_data(
    fiesta: Run, each_workspace: Path
) -> None:
    tracker = open_tracker(each_workspace)
    now = instant(moment(0).replace(year=2026))
    found = {
        (one.rule, one.ambassador, iso(one.at), one.severity)
        for one in findings(tracker, now=now)
        if one.rule.startswith(("mission.", "ambassador."))
    }
    assert found == {
        ("mission.missing", "a3", "2009-06-01T04:00:00Z", "warning"),
        ("mission.missing", "a4", "2009-06-01T04:00:00Z", "warning"),
        ("mission.missing", "a3", "2009-07-01T04:00:00Z", "warning"),
        ("mission.late", "a2", "2009-06-01T04:00:00Z", "info"),
        ("ambassador.silent", "a4", "2009-06-07", "warning"),
        ("ambassador.silent", "a2", "2009-06-29T04:00:00Z", "warning"),
    }
    again = findings(tracker, now=now)
    assert again == findings(tracker, now=now + 5)
    assert [one for one in findings(tracker, now=0) if one.rule[:8] == "mission."] == []


def test_silence_is_counted_by_the_settings_and_not_after_the_enrolment(
    fiesta: Run, each_workspace: Path
) -> None:
    def silent() -> set[str | None]:
        found = findings(open_tracker(each_workspace), now=2**42)
        return {one.ambassador for one in found if one.rule == "ambassador.silent"}

    settings = each_workspace / "tracker.toml"
    text = settings.read_text()
    settings.write_text(text + '\n[checks]\nsilent = "10d"\n')
    assert silent() == {"a2", "a3", "a4"}
    assert fiesta("withdraw", "fiesta", "a2", "--on", "2009-06-05").code == 0
    assert silent() == {"a3", "a4"}
    settings.write_text(text + '\n[checks]\nsilent = "soon"\n')
    assert fiesta("mission", "list", "fiesta").code == 3


def test_who_never_posted_is_silent_since_the_enrolment_if_its_day_is_known(
    invoke: Run, each_workspace: Path
) -> None:
    plan, people = each_workspace / "plan.toml", each_workspace / "people.csv"
    plan.write_text('[campaign]\nid = "c"\n')
    people.write_text(
        "id,name,platform,handle,from,to\na1,A,x,a,2026-01-01,\na2,B,x,b,,\n"
        "a3,C,x,c,2026-01-01,2026-01-20\n"
    )
    readings = each_workspace / "readings.csv"
    readings.write_text("platform,post_id,views,captured_at\nx,1,1,2026-03-01\n")
    assert invoke("campaign", "apply", plan).code == 0
    assert invoke("ambassador", "import", people, "--campaign", "c").code == 0
    assert findings(open_tracker(each_workspace), now=2**42) == []
    assert invoke("ingest", "--file", readings, "--kind", "csv").code == 0
    (one,) = [
        one
        for one in findings(open_tracker(each_workspace), now=2**42)
        if one.rule == "ambassador.silent"
    ]
    assert (one.ambassador, iso(one.at)) == ("a1", "2026-01-29T00:00:00Z")

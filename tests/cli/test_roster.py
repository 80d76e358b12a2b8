"""The commands about campaigns, ambassadors and enrolments, as a shell sees them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

PLAN = """
[campaign]
id = "fiesta"
name = "Fiesta"
timezone = "UTC"
currency = "EUR"
language = "en"
start = 2009-05-01
end = 2009-11-30
"""
COMPLETE = """
[strategy]
kind = "champion"
why = "known to the young"
topics = ["travel"]
audience = "18 to 34"
[[tool]]
name = "YouTube"
reason = "film"
[[content]]
type = "video"
[[indicator]]
id = "views"
metric = "views"
target = 4300000
baseline = 0
owner = "Ana"
source = "{source}"
"""
PEOPLE = """id,name,platform,handle,country,from,to,followers,group,fee
ana,Ana Park,youtube,@ana,US,2009-05-02,,1200,north,10.50
ana,Ana Park,twitter,ana,,,,,,
ben,Ben,youtube,ben,GB,,,,,
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.toml"
    path.write_text(PLAN)
    return path


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE)
    return path


@pytest.fixture
def ask(invoke):
    """Runs a command with --json; answers what it says."""

    def call(*args: object, code: int = 0):
        done = invoke(*args, "--json")
        assert done.code == code, done.err
        return json.loads(done.out)

    return call


@pytest.fixture
def fiesta(invoke, plan):
    assert invoke("campaign", "apply", plan).code == 0


# -- campaigns --------------------------------------------------------------------


def test_a_campaign_is_applied_and_applied_again(invoke, ask, plan):
    tried = ask("campaign", "apply", plan, "--dry-run")
    assert (tried["result"], tried["dry_run"]) == ("added", True)
    assert ask("campaign", "list") == {"campaigns": []}

    assert ask("campaign", "apply", plan)["result"] == "added"
    assert ask("campaign", "apply", plan)["result"] == "unchanged"
    plan.write_text(PLAN.replace("2009-11-30", "2009-12-31"))
    again = invoke("campaign", "apply", plan)
    assert "campaign.end: 2009-11-30 -> 2009-12-31" in again.out
    assert "warning[PLAN] fiesta: the plan is incomplete" in again.err
    assert again.code == 0

    (listed,) = ask("campaign", "list")["campaigns"]
    assert listed | {"match": None} == {
        "id": "fiesta",
        "name": "Fiesta",
        "timezone": "UTC",
        "currency": "EUR",
        "language": "en",
        "start": "2009-05-01",
        "end": "2009-12-31",
        "state": "draft",
        "match": None,
        "ambassadors": 0,
    }


def test_an_incomplete_plan_is_not_opened_but_with_a_reason(invoke, ask, fiesta):
    refused = invoke("campaign", "open", "fiesta")
    assert refused.code == 4
    assert "error[PLAN_MISSING] fiesta strategy.why:" in refused.err
    assert ask("campaign", "show", "fiesta")["state"] == "draft"
    assert invoke("campaign", "open", "fiesta", "--incomplete").code == 2
    opened = ask("campaign", "open", "fiesta", "--incomplete", "--reason", "a hurry")
    assert opened["state"] == "open"
    assert ask("campaign", "close", "fiesta")["state"] == "closed"
    turns = ask("campaign", "show", "fiesta")["turns"]
    assert [(one["from"], one["to"], one["reason"]) for one in turns] == [
        ("draft", "open", "a hurry"),
        ("open", "closed", None),
    ]
    assert "draft -> open by" in invoke("campaign", "show", "fiesta").out


def test_a_complete_plan_is_opened(invoke, ask, plan):
    plan.write_text(PLAN + COMPLETE.format(source="manual"))
    assert ask("campaign", "apply", plan)["complete"] is True
    assert ask("campaign", "check", "fiesta") == {
        "campaign": "fiesta",
        "state": "draft",
        "complete": True,
        "steps": [
            {"step": 1, "name": "strategy", "complete": True},
            {"step": 2, "name": "tools", "complete": True},
            {"step": 3, "name": "content", "complete": True},
            {"step": 4, "name": "indicators", "complete": True},
        ],
        "missing": [],
        "orphans": [],
        "unknown": [],
    }
    assert ask("campaign", "open", "fiesta")["state"] == "open"


def test_check_names_what_is_missing_and_orphans(ask, invoke, plan):
    text = COMPLETE.format(source="nowhere").replace('"film"', '"?"')
    plan.write_text(PLAN + text.replace("baseline = 0\n", ""))
    invoke("campaign", "apply", plan)
    found = ask("campaign", "check", "fiesta", code=1)
    assert found["complete"] is False
    assert [(one["path"], one["step"]) for one in found["missing"]] == [
        ("tool[0].reason", 2),
        ("indicator[0].baseline", 4),
    ]
    (orphan,) = found["orphans"]
    assert orphan | {"reason": None} == {
        "indicator": "views",
        "metric": "views",
        "source": "nowhere",
        "reason": None,
    }


def test_an_unknown_campaign_is_exit_4_with_the_nearest(invoke, fiesta):
    for command in ("show", "check", "open", "close"):
        done = invoke("campaign", command, "fista")
        assert done.code == 4
        assert 'error[NOT_FOUND] campaign: there is no "fista"' in done.err
        assert 'Did you mean "fiesta"?' in done.err


# -- ambassadors --------------------------------------------------------------------


def test_an_ambassador_is_added_renamed_and_shown(invoke, ask):
    added = invoke(
        *("ambassador", "add", "ana", "--name", "Ana", "--country", "uk"),
        *("--handle", "twitter:@ana", "--handle", "youtube:ana"),
    )
    assert added.code == 0, added.err
    renamed = invoke("ambassador", "handle", "ana", "x", "ana2", "--from", "2009-07-01")
    assert renamed.code == 0, renamed.err
    shown = ask("ambassador", "show", "ana")
    assert shown["country"] == "GB"
    assert [
        (one["platform"], one["handle"], one["since"], one["until"])
        for one in shown["handles"]
    ] == [
        ("x", "@ana", None, "2009-06-30"),
        ("x", "ana2", "2009-07-01", None),
        ("youtube", "ana", None, None),
    ]
    assert invoke("ambassador", "drop-handle", "ana", "twitter", "ana2").code == 0
    assert len(ask("ambassador", "show", "ana")["handles"]) == 2


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("add", "ana", "--name", "Ana"), 4, "error[EXISTS] ambassador ana"),
        (("add", "a/b", "--name", "Ana"), 4, "error[ID]"),
        (("add", "eve", "--name", "Eve", "--country", "XX"), 4, "error[COUNTRY]"),
        (("add", "eve", "--name", "Eve", "--handle", "x:ANA"), 4, "error[HANDLE]"),
        (("add", "eve", "--name", "Eve", "--handle", "x"), 2, "PLATFORM:HANDLE"),
        (("add", "eve"), 2, "--name"),
        (("show", "anna"), 4, 'Did you mean "ana"?'),
        (("handle", "ana", "x", "b", "--from", "2009-7-1"), 2, "is no day"),
        (("handle", "ana", "myspace", "b"), 4, "error[PLATFORM]"),
        (("import", "nothing.csv"), 4, "error[FILE_MISSING]"),
    ],
)
def test_what_cannot_be_done_changes_nothing(invoke, ask, args, code, said):
    invoke("ambassador", "add", "ana", "--name", "Ana", "--handle", "x:ana")
    before = ask("ambassador", "list")
    done = invoke("ambassador", *args)
    assert (done.code, said in done.err) == (code, True), done.err
    assert ask("ambassador", "list") == before


def test_people_are_imported_enrolled_and_imported_again(invoke, ask, people, fiesta):
    tried = ask("ambassador", "import", people, "--campaign", "fiesta", "--dry-run")
    assert ask("ambassador", "list") == {"ambassadors": []}
    done = ask("ambassador", "import", people, "--campaign", "fiesta")
    assert done == tried | {"dry_run": False}
    assert done == {
        "rows": 3,
        "unchanged": 0,
        "updated": 0,
        "added": 3,
        "enrolled": 2,
        "rejected": 0,
        "people": {"unchanged": 0, "updated": 0, "added": 2},
        "dry_run": False,
        "errors": [],
    }
    ana = ask("ambassador", "show", "ana")
    assert [(h["platform"], h["handle"], h["followers"]) for h in ana["handles"]] == [
        ("x", "ana", None),
        ("youtube", "@ana", 1200),
    ]
    assert ana["enrolments"] == [
        {
            "campaign": "fiesta",
            "ambassador": "ana",
            "from": "2009-05-02",
            "to": None,
            "group": "north",
            "fee": "10.50",
            "currency": "EUR",
        }
    ]
    again = ask("ambassador", "import", people, "--campaign", "fiesta")
    assert (again["unchanged"], again["enrolled"]) == (3, 0)
    assert ask("campaign", "list")["campaigns"][0]["ambassadors"] == 2


def test_bad_rows_are_named_and_good_ones_kept(invoke, ask, people, fiesta):
    people.write_text(PEOPLE + "eve,Eve,myspace,eve,US,,,,,\nzoe,Zoe,x,ANA,,,,,,\n")
    done = invoke("ambassador", "import", people, "--campaign", "fiesta")
    assert done.code == 1
    assert 'error[ROW_PLATFORM] people.csv:5 column platform: "myspace"' in done.err
    assert "error[ROW_HANDLE] people.csv:6 column handle:" in done.err
    assert "5 rows: 0 unchanged, 0 updated, 3 added, 2 rejected." in done.out
    assert [one["id"] for one in ask("ambassador", "list")["ambassadors"]] == [
        "ana",
        "ben",
    ]
    again = ask("ambassador", "import", people, "--campaign", "fiesta", code=1)
    assert [(e["line"], e["column"], e["code"]) for e in again["errors"]] == [
        (5, "platform", "ROW_PLATFORM"),
        (6, "handle", "ROW_HANDLE"),
    ]


def test_a_damaged_file_is_refused_whole(invoke, ask, people):
    people.write_bytes(PEOPLE.encode() + b"eve,\xe9ve,x,eve,,,,,,\n")
    done = invoke("ambassador", "import", people)
    assert done.code == 4
    assert "error[ENCODING] people.csv" in done.err
    assert ask("ambassador", "list") == {"ambassadors": []}


def test_an_export_imports_as_it_was(invoke, ask, people, fiesta, tmp_path):
    invoke("ambassador", "import", people, "--campaign", "fiesta")
    invoke("ambassador", "add", "eve", "--name", "=Eve")
    rename = ("--from", "2009-06-01", "--", "ben", "youtube", "-ben")
    assert invoke("ambassador", "handle", *rename).code == 0
    invoke("enrol", "fiesta", "eve")
    out = tmp_path / "out.csv"
    assert (
        invoke("ambassador", "export", "--out", out, "--campaign", "fiesta").code == 0
    )
    assert out.read_text() == invoke("ambassador", "export", "--campaign", "fiesta").out
    assert "'=Eve" in out.read_text()
    assert "'-ben" in out.read_text()
    again = ask("ambassador", "import", out, "--campaign", "fiesta")
    assert again["unchanged"] == again["rows"] == 5
    bare = tmp_path / "bare.csv"
    bare.write_text(invoke("ambassador", "export").out)
    assert ask("ambassador", "import", bare)["unchanged"] == 5


# -- enrolments ---------------------------------------------------------------------


def test_enrolments_are_made_corrected_and_ended(invoke, ask, people, fiesta):
    invoke("ambassador", "import", people)
    counts = {"enrolled": 2, "updated": 0, "unchanged": 0}
    tried = ask("enrol", "fiesta", "--all", "--dry-run")
    assert tried == {"campaign": "fiesta", **counts, "dry_run": True}
    assert ask("enrol", "fiesta", "ana", "ben")["enrolled"] == 2
    corrected = ask("enrol", "fiesta", "--all", "--from", "2009-06-01", "--fee", "100")
    assert (corrected["enrolled"], corrected["updated"]) == (0, 2)
    assert ask("enrol", "fiesta", "ana")["unchanged"] == 1
    ask("enrol", "fiesta", "ana", "--from", "campaign", "--group", "north")
    ask("withdraw", "fiesta", "ana", "--on", "2009-07-01")
    (enrolment,) = ask("ambassador", "show", "ana")["enrolments"]
    assert enrolment == {
        "campaign": "fiesta",
        "ambassador": "ana",
        "from": None,
        "to": "2009-07-01",
        "group": "north",
        "fee": "100.00",
        "currency": "EUR",
    }
    assert ask("withdraw", "fiesta", "ben", "--entirely")["withdrawn"] == 1
    listed = ask("ambassador", "list", "--campaign", "fiesta")["ambassadors"]
    assert [one["id"] for one in listed] == ["ana"]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("enrol", "fiesta", "anna"), 4, 'Did you mean "ana"?'),
        (("enrol", "fiesta", "ANA"), 4, 'Did you mean "ana"?'),
        (("enrol", "fista", "ana"), 4, 'Did you mean "fiesta"?'),
        (("enrol", "fiesta"), 2, "--all"),
        (("enrol", "fiesta", "ana", "--all"), 2, "--all"),
        (("enrol", "fiesta", "ana", "--from", "soon"), 2, "is no day"),
        (("enrol", "fiesta", "ana", "--fee", "1,5"), 2, "is not an amount"),
        (("enrol", "fiesta", "ana", "--fee", "1", "--currency", "E"), 2, "currency"),
        (("enrol", "fiesta", "ana", "--currency", "EUR"), 2, "--fee"),
        (("withdraw", "fiesta", "ana"), 4, "error[NOT_FOUND]"),
        (("withdraw", "fiesta", "ana", "--entirely", "--on", "2009-06-01"), 2, "--on"),
    ],
)
def test_what_does_not_fit_is_refused(invoke, people, fiesta, args, code, said):
    invoke("ambassador", "import", people)
    done = invoke(*args)
    assert (done.code, said in done.err) == (code, True), done.err


def test_who_is_enrolled_on_no_day_is_told(invoke, people, fiesta):
    """Days that do not meet the campaign's: kept, and said to count nothing."""
    invoke("ambassador", "import", people)
    done = invoke("enrol", "fiesta", "ben", "--from", "2009-12-01")
    assert done.code == 0
    assert "warning[NO_DAYS] fiesta: enrolled on no day" in done.err
    people.write_text(PEOPLE.replace("2009-05-02,", "2008-01-01,2008-02-01"))
    done = invoke("ambassador", "import", people, "--campaign", "fiesta")
    assert "nothing counts: ana" in done.err
    fit = invoke("enrol", "fiesta", "ana", "--from", "campaign", "--to", "campaign")
    assert "NO_DAYS" not in fit.err


def test_tables_for_people_show_the_same(invoke, people, fiesta):
    invoke("ambassador", "import", people, "--campaign", "fiesta")
    assert "Ana Park" in invoke("ambassador", "list").out
    shown = invoke("ambassador", "show", "ana").out
    assert "2009-05-02" in shown
    assert "10.50" in shown
    assert "complete: no" in invoke("campaign", "show", "fiesta").out
    assert "fiesta" in invoke("campaign", "list").out
    assert "strategy.why" in invoke("campaign", "check", "fiesta").out

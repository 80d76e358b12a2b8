"""tracker survey: the file, waves with intervals, lifts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import Run

from tracker.app import open_tracker
from tracker.kpi.lifts import lift
from tracker.programme import Wave

HEAD = "question,wave,asked_from,asked_to,n,yes,share,source\n"
WAVES = (
    HEAD + "aware,after,2009-11-01,2009-11-30,70,56,,us\n"
    "aware,before,2009-04-01,2009-04-30,80,48,60.0,us\n"
    "aware,press,,2010-02-01,,,38,MediaPost\n"
    "liked,one,,,100,,0,\n"
    "liked,two,,,100,,25.5,\n"
)


@pytest.fixture
def survey(each_workspace: Path, invoke: Run) -> Run:
    plan = each_workspace / "plan.toml"
    plan.write_text('[campaign]\nid = "c"\n')
    assert invoke("campaign", "apply", plan).code == 0

    def call(text: str, *words: object) -> dict:
        file = each_workspace / "waves.csv"
        file.write_text(text)
        done = invoke("survey", "import", file, "--campaign", "c", "--json", *words)
        return {"code": done.code, "err": done.err, **json.loads(done.out)}

    call.invoke = invoke  # type: ignore[attr-defined]
    return call


def listed(survey: Run) -> dict:
    return json.loads(survey.invoke("survey", "list", "c", "--json").out)  # type: ignore[attr-defined]


def test_waves_are_in_order_of_time_with_their_interval(survey: Run) -> None:
    assert survey(WAVES)["stored"] == 5
    before, after, press, one, two = listed(survey)["waves"]
    assert [before["wave"], after["wave"], press["wave"]] == [
        *("before", "after", "press"),
    ]
    assert before | {"low": 0, "high": 0} == {
        "question": "aware",
        "wave": "before",
        "asked_from": "2009-04-01",
        "asked_to": "2009-04-30",
        "n": 80,
        "yes": 48,
        "share": 60.0,
        "low": 0,
        "high": 0,
        "method": "wilson",
        "source": "us",
    }
    assert (before["low"], before["high"]) == pytest.approx(
        (49.0455, 70.0382), abs=0.0001
    )
    assert after["share"] == 80.0
    assert (press["n"], press["share"]) == (None, 38.0)
    assert (press["low"], press["high"], press["method"]) == (None, None, None)
    # a share of nothing is not known to be nothing
    assert (one["low"], one["method"]) == (0.0, "wilson")
    assert one["high"] == pytest.approx(3.6995, abs=0.001)
    assert two["share"] == 25.5


def test_lifts_go_from_wave_to_wave_and_from_the_first_to_the_last(survey: Run) -> None:
    survey(WAVES)
    lifts = listed(survey)["lifts"]
    assert [(one["question"], one["from"], one["to"]) for one in lifts] == [
        ("aware", "before", "after"),
        ("aware", "after", "press"),
        ("aware", "before", "press"),
        ("liked", "one", "two"),
    ]
    first, second, whole, liked = lifts
    assert first["points"] == 20.0
    assert first["relative"] == pytest.approx(33.3333, abs=0.001)
    assert (first["low"], first["high"]) == pytest.approx((5.24, 33.39), abs=0.01)
    assert first["method"] == "wilson"
    assert (second["points"], second["low"], second["method"]) == (-42.0, None, None)
    assert whole["points"] == -22.0
    # from nothing there is no relative change
    assert (liked["points"], liked["relative"]) == (25.5, None)


def test_people_read_shares_with_their_method(survey: Run) -> None:
    say = survey.invoke  # type: ignore[attr-defined]
    assert "Nobody was asked yet" in say("survey", "list", "c").out
    survey(WAVES)
    text = say("survey", "list", "c").out
    assert "49.0 to 70.0  wilson" in text
    assert "+5.2 to +33.4" in text
    assert say("survey", "list", "d").code == 4


def test_the_same_file_again_changes_nothing_and_a_mended_one_corrects(
    survey: Run, each_workspace: Path
) -> None:
    assert survey(WAVES, "--dry-run")["stored"] == 5
    assert listed(survey)["waves"] == []
    survey(WAVES)
    before = listed(survey)
    again = survey(WAVES)
    assert (again["unchanged"], again["corrected"], again["rows"]) == (5, 0, 5)
    assert listed(survey) == before
    mended = survey(WAVES.replace("80,48,60.0", "80,40,"))
    assert (mended["unchanged"], mended["corrected"]) == (4, 1)
    assert listed(survey)["waves"][0]["share"] == 50.0
    with open_tracker(each_workspace).database.reading() as link:
        found = link.all(
            "SELECT action, subject FROM audit WHERE action = 'survey.import'"
        )
    assert found == [("survey.import", "c")] * 2


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("q,w,,,10,11,,", "yes", "ROW_NUMBER"),
        ("q,w,,,0,0,,", "n", "ROW_NUMBER"),
        ("q,w,,,,5,,", "n", "ROW_MISSING"),
        ("q,w,,,10,,,", "yes", "ROW_MISSING"),
        ("q,w,,,10,,101,", "share", "ROW_NUMBER"),
        ("q,w,,,10,,-1,", "share", "ROW_NUMBER"),
        ("q,w,,,10,,37.5%,", "share", "ROW_NUMBER"),
        ("q,w,,,10,5,70,", "share", "ROW_NUMBER"),
        ("q,w,,,1e3,5,,", "n", "ROW_NUMBER"),
        ("q,w,2009-13-01,,10,5,,", "asked_from", "ROW_DATE"),
        ("q,w,2009-02-01,2009-01-01,10,5,,", "asked_to", "ROW_DATE"),
        (",w,,,10,5,,", "question", "ROW_MISSING"),
        ("q,,,,10,5,,", "wave", "ROW_MISSING"),
        ("q,w,,,10,5", "", "ROW_WIDTH"),
        ("ok,1,,,10,6,,", "", "ROW_CONFLICT"),
    ],
)
def test_each_bad_row_is_told_and_the_good_ones_are_kept(
    survey: Run, row: str, column: str, code: str
) -> None:
    found = survey(f"{HEAD}ok,1,,,10,5,,\n{row}\n")
    assert found["code"] == 1
    assert (found["rows"], found["stored"], found["rejected"]) == (2, 1, 1)
    (error,) = found["errors"]
    assert (error["line"], error["column"], error["code"]) == (3, column, code)
    assert f"error[{code}] waves.csv:3" in found["err"]
    assert [one["question"] for one in listed(survey)["waves"]] == ["ok"]


def test_a_share_that_was_rounded_agrees_with_its_count(survey: Run) -> None:
    found = survey(f"{HEAD}q,w,,,3,1,33.3,\nq,v,,,3,2,67,\n")
    assert (found["stored"], found["rejected"]) == (2, 0)
    assert listed(survey)["waves"][1]["share"] == pytest.approx(100 / 3)


def test_columns_nobody_knows_are_told_and_a_missing_file_is_refused(
    survey: Run,
) -> None:
    say = survey.invoke  # type: ignore[attr-defined]
    found = survey("question,wave,n,yes,country\nq,w,10,5,FR\n")
    assert "warning[COLUMN]" in found["err"]
    assert say("survey", "import", "missing.csv", "--campaign", "c").code == 4


def test_on_a_terminal_a_hundred_bad_rows_are_named_and_the_others_counted(
    survey: Run, each_workspace: Path
) -> None:
    file = each_workspace / "many.csv"
    file.write_text(HEAD + "q,w,,,10,5,,\n" + "q,v,,,10,,,\n" * 101)
    words = ("survey", "import", file, "--campaign", "c", "--dry-run")
    done = survey.invoke(*words)  # type: ignore[attr-defined]
    assert done.code == 1
    assert "102 rows: 1 stored, 0 unchanged, 0 corrected, 101 rejected." in done.out
    assert "this was a dry run" in done.out
    assert done.err.count("error[ROW_MISSING]") == 100
    assert "warning[ROWS] many.csv: 1 more rows" in done.err


@given(st.integers(0, 50), st.integers(0, 50), st.integers(50, 99))
def test_a_lift_lies_within_its_interval(before, after, n):
    def wave(yes: int) -> Wave:
        from tracker.store.surveys import percent

        return Wave("c", "q", str(yes), None, None, n, yes, percent(yes, n), None)

    found = lift(wave(before), wave(after))
    assert found is not None
    assert found.bounds.low is not None
    assert found.bounds.high is not None
    assert found.bounds.low <= found.points + 1e-9
    assert found.points - 1e-9 <= found.bounds.high


def test_no_lift_without_shares():
    blank = Wave("c", "q", "1", None, None, None, None, None, None)
    assert lift(blank, blank) is None

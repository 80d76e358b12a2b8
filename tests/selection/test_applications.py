"""Applications: kept, decided once, and told as a selection."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from spring import done, programme, said
from support import Run

FILE = """id,name,platform,handle,email,applied_at,score,group,criteria
cleo,Cleo Ames,youtube,@cleo,cleo@example.org,2026-01-03,8.5,north,video:8;a:NaN;b:1e999
dan,Dan Ebo,,,,,4,south,"{""video"": 4}"
anna,Anna Kowalczyk,youtube,@annakow,,2026-01-04T10:00:00Z,9,north,video:9
"""


@pytest.fixture
def spring(each_workspace: Path, invoke: Run) -> Run:
    (each_workspace / "applied.csv").write_text(FILE)
    run = programme(each_workspace, invoke)
    done(run, "apply", "import", each_workspace / "applied.csv", "--campaign", "c")
    return run


def listed(run: Run, *words: object) -> dict[str, dict]:
    found = said(run, "apply", "list", *words)["applications"]
    return {one["id"]: one for one in found}


def test_applications_are_kept_and_corrected(spring: Run, each_workspace: Path) -> None:
    found = listed(spring, "c")
    assert found["cleo"]["criteria"] == {
        "video": "8",
        "a": "NaN",
        "b": "1e999",
    }
    assert (found["cleo"]["score"], found["dan"]["handle"]) == (8.5, None)
    file = each_workspace / "applied.csv"
    file.write_text(FILE.replace("8.5", "7"))
    again = said(spring, "apply", "import", file, "--campaign", "c")
    assert (again["corrected"], again["unchanged"]) == (1, 2)
    assert listed(spring)["cleo"]["score"] == 7


def test_who_is_accepted_takes_part(spring: Run) -> None:
    words = ("apply", "decide", "cleo", "accept", "--reason", "good films")
    assert said(spring, *words, "--dry-run")["enrolled"] == 1
    assert listed(spring, "--state", "accepted") == {}
    assert said(spring, *words)["enrolled"] == 1
    assert said(spring, *words)["unchanged"] == 1
    person = said(spring, "ambassador", "show", "cleo")
    assert person["handles"][0]["handle"] == "@cleo"
    assert person["enrolments"][0]["group"] == "north"
    known = ("apply", "decide", "anna", "accept", "--reason", "known")
    assert said(spring, *known)["enrolled"] == 0, "she takes part already"
    done(spring, "apply", "decide", "dan", "decline", "--reason", "south is full")
    assert listed(spring)["dan"]["reason"] == "south is full"
    assert "application.declined" in done(spring, "audit", "list")


def test_a_selection_is_told(spring: Run, each_workspace: Path) -> None:
    file = each_workspace / "decided.csv"
    file.write_text("id,decision,reason\ncleo,accept,good\ndan,decline,full\n")
    done(spring, "apply", "decide", "--file", file, "--campaign", "c")
    found = said(spring, "apply", "report", "c")
    assert (found["applicants"], found["accepted"], found["undecided"]) == (3, 1, 1)
    scores = {one["state"]: one for one in found["scores"]}
    assert scores["accepted"]["criteria"] == {"video": 8}
    assert scores["new"]["median"] == 9
    assert found["reasons"]["declined"] == {"full": 1}
    assert {"name": "north", "applied": 2, "accepted": 1} in found["by"]["group"]
    [decider] = found["deciders"]
    assert (decider["accepted"], decider["declined"]) == (1, 1)
    text = done(spring, "apply", "report", "c")
    for words in (
        "3 applied, 1 accepted: 33.3 %",
        "accepted      1  8.5  8.5     8.5   8.5",
        "criterion  accepted  declined  new",
        "video             8         4    9",
        "declined      1  full",
    ):
        assert words in text, text


def test_a_handle_of_somebody_else_does_not_keep_an_applicant_out(
    spring: Run, each_workspace: Path
) -> None:
    """They take part without it, and it is said; nothing is lost silently."""
    file = each_workspace / "more.csv"
    file.write_text(f"{FILE.splitlines()[0]}\nEve.B,Eve,youtube,ANNAKOW,,,,,\n")
    done(spring, "apply", "import", file, "--campaign", "c")
    found = spring("apply", "decide", "Eve.B", "ACCEPT", "--reason", "x")
    assert (found.code, "1 enrolled" in found.out) == (0, True), found.err
    assert "warning[DECISION] Eve.B: takes part without the handle:" in found.err
    person = said(spring, "ambassador", "show", "Eve.B")
    assert (person["handles"], len(person["enrolments"])) == ([], 1)
    assert "ambassador.add" in done(spring, "audit", "list")


def test_who_is_declined_later_stays_enrolled_until_withdrawn(spring: Run) -> None:
    done(spring, "apply", "decide", "cleo", "accept", "--reason", "good")
    words = ("apply", "decide", "cleo", "decline", "--reason", "moved away")
    found = spring(*words)
    assert "warning[DECISION] cleo: is enrolled and stays so" in found.err
    assert said(spring, "ambassador", "show", "cleo")["enrolments"] != []
    done(spring, "withdraw", "c", "cleo", "--entirely")
    done(spring, "apply", "decide", "cleo", "accept", "--reason", "back")
    done(spring, "withdraw", "c", "cleo", "--entirely")
    again = ("apply", "decide", "cleo", "accept", "--reason", "back")
    assert said(spring, *again)["unchanged"] == 1
    assert said(spring, "ambassador", "show", "cleo")["enrolments"] == []


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (",No Id,,,,,,,", "ROW_MISSING"),
        ("e1,,,,,,,,", "ROW_MISSING"),
        ("e1,E,,,nowhere,,,,", "ROW_EMAIL"),
        ("e1,E,,,,,-1,,", "ROW_NUMBER"),
        ("e1,E,,,,,,", "ROW_WIDTH"),
        ('e1,E,,,,,,,"[1]"', "ROW_CRITERIA"),
        ("a b,Bad Id,,,,,,,", "ROW_ID"),
        ("e1,E,myspace,e,,,,,", "ROW_PLATFORM"),
        ("e1,E,,,,soon,,,", "ROW_DATE"),
        ("e1,E,,,,,many,,", "ROW_NUMBER"),
        ("e1,E,,,,,,,video", "ROW_CRITERIA"),
        ("e1,E,,,,,,,{video", "ROW_CRITERIA"),
    ],
)
def test_a_bad_row_is_named(
    spring: Run, each_workspace: Path, row: str, code: str
) -> None:
    file = each_workspace / "bad.csv"
    file.write_text(f"{FILE.splitlines()[0]}\n{row}\nok,Fine,,,,,,,\n")
    found = spring("apply", "import", file, "--campaign", "c")
    assert found.code == 1
    assert f"error[{code}] bad.csv:2" in found.err
    assert "ok" in listed(spring)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("cleo", "accept"), 2),
        (("--file", "d.csv"), 2),
        (("nobody", "accept", "--reason", "x"), 4),
        (("nobody", "accept", "--reason", "x", "--campaign", "c"), 4),
        (("cleo", "accept", "--reason", "x", "--campaign", "d"), 4),
    ],
)
def test_what_cannot_be_decided(spring: Run, words: tuple[str, ...], code: int) -> None:
    assert spring("apply", "decide", *words).code == code


def test_decisions_that_make_no_sense_are_left_out(
    spring: Run, each_workspace: Path
) -> None:
    file = each_workspace / "decided.csv"
    rows = "cleo,maybe,good\nclea,accept,good\ncleo,accept,\ndan,Decline,full\n"
    file.write_text(f"id,decision,reason\n{rows}")
    found = spring("apply", "decide", "--file", file, "--campaign", "c", "--json")
    assert found.code == 1
    assert "error[ROW_WORD] decided.csv:2" in found.err
    told = json.loads(found.out)
    assert (told["declined"], told["accepted"], told["rejected"]) == (1, 0, 3)
    assert [(one["line"], one["code"]) for one in told["errors"]] == [
        (2, "ROW_WORD"),
        (3, "ROW_APPLICATION"),
        (4, "ROW_MISSING"),
    ]
    assert listed(spring)["dan"]["state"] == "declined"

"""tracker feedback: kept, answered, imported once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import Run

from tracker.app import open_tracker
from tracker.store.feedback import list_

FILE = (
    "ambassador,at,text,answer,answered_at\n"
    "a1,2009-06-03,The cup holder is too small,,\n"
    "a2,2009-06-04T10:00,=green please,It will be sold,2009-08-20\n"
)


@pytest.fixture
def programme(each_workspace: Path, invoke: Run) -> Run:
    plan, people = each_workspace / "plan.toml", each_workspace / "people.csv"
    plan.write_text('[campaign]\nid = "c"\ntimezone = "America/Detroit"\n')
    people.write_text("id,name,platform,handle\na1,A,x,a\na2,B,x,b\n")
    assert invoke("campaign", "apply", plan).code == 0
    assert invoke("ambassador", "import", people, "--campaign", "c").code == 0
    (each_workspace / "said.csv").write_text(FILE)
    return invoke


def brought(run: Run, home: Path, *words: object) -> dict:
    file = home / "said.csv"
    done = run("feedback", "import", file, "--campaign", "c", "--json", *words)
    return {"code": done.code, "err": done.err, **json.loads(done.out)}


def listed(run: Run, *words: object) -> list[dict]:
    return json.loads(run("feedback", "list", "--json", *words).out)["feedback"]


def test_what_is_said_is_kept_and_answered(programme: Run) -> None:
    where = ("--campaign", "c", "--ambassador", "a1")
    made = programme("feedback", "add", *where, "--text", "Too small", "--json")
    one = json.loads(made.out)
    assert (one["ambassador"], one["text"], one["answer"]) == ("a1", "Too small", None)
    assert isinstance(one["id"], str)
    early = ("--text", "Earlier", "--at", "2009-06-03")
    assert programme("feedback", "add", "--campaign", "c", *early).code == 0
    assert [(each["at"], each["ambassador"]) for each in listed(programme)] == [
        ("2009-06-03", None),
        (one["at"], "a1"),
    ]
    assert programme("feedback", "answer", one["id"], "--text", "Larger now").code == 0
    assert [each["text"] for each in listed(programme, "--open")] == ["Earlier"]
    answered = listed(programme, "--campaign", "c")[1]
    assert answered["answer"] == "Larger now"
    assert answered["answered_at"] is not None
    assert "Larger now" in programme("feedback", "list", "c").out


def test_a_file_is_kept_once_and_answers_of_it_are_taken(
    programme: Run, each_workspace: Path
) -> None:
    assert "Nobody has said" in programme("feedback", "list").out
    assert brought(programme, each_workspace, "--dry-run")["stored"] == 2
    assert listed(programme) == []
    assert brought(programme, each_workspace)["stored"] == 2
    assert brought(programme, each_workspace)["unchanged"] == 2
    first, second = listed(programme)
    assert (first["at"], second["at"]) == ("2009-06-03", "2009-06-04T14:00:00Z")
    assert (second["text"], second["answered_at"]) == ("=green please", "2009-08-20")
    file = each_workspace / "said.csv"
    file.write_text(FILE.replace("too small,,", "too small,It is larger,2009-09-01"))
    assert brought(programme, each_workspace)["corrected"] == 1
    assert listed(programme, "--open") == []
    assert len(list_(open_tracker(each_workspace).database)) == 2
    # what was answered by hand is not taken back by the old file
    file.write_text(FILE)
    assert brought(programme, each_workspace)["unchanged"] == 2
    assert listed(programme)[0]["answer"] == "It is larger"


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("a9,2009-06-03,x,,", "ambassador", "ROW_AMBASSADOR"),
        ("a1,,x,,", "at", "ROW_MISSING"),
        ("a1,soon,x,,", "at", "ROW_DATE"),
        ("a1,2009-06-03,,,", "text", "ROW_MISSING"),
        ("a1,2009-06-03,x,yes,", "answered_at", "ROW_MISSING"),
        ("a1,2009-06-03,x,,2009-06-04", "answer", "ROW_MISSING"),
        ("a1,2009-06-03,The cup holder is too small,x,2009-07-01", "", "ROW_CONFLICT"),
    ],
)
def test_each_bad_row_is_told(
    programme: Run, each_workspace: Path, row: str, column: str, code: str
) -> None:
    (each_workspace / "said.csv").write_text(f"{FILE}{row}\n")
    found = brought(programme, each_workspace)
    assert (found["code"], found["stored"], found["rejected"]) == (1, 2, 1)
    (error,) = found["errors"]
    assert (error["line"], error["column"], error["code"]) == (4, column, code)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "--campaign", "d", "--text", "x"), "NOT_FOUND"),
        (("add", "--campaign", "c", "--ambassador", "b1", "--text", "x"), "NOT_FOUND"),
        (("add", "--campaign", "c", "--text", " "), "MISSING"),
        (("add", "--campaign", "c", "--text", "x", "--at", "soon"), "DATE"),
        (("answer", "99", "--text", "x"), "NOT_FOUND"),
        (("answer", "f1", "--text", "x"), "NOT_FOUND"),
        (("list", "--campaign", "d"), "NOT_FOUND"),
    ],
)
def test_what_is_not_there_changes_nothing(
    programme: Run, words: tuple[str, ...], said: str
) -> None:
    done = programme("feedback", *words)
    assert (done.code, f"error[{said}]" in done.err) == (4, True), done.err
    assert listed(programme) == []


def test_changes_are_audited_without_words_or_names(
    programme: Run, each_workspace: Path
) -> None:
    programme("feedback", "add", "--campaign", "c", "--ambassador", "a2", "--text", "x")
    brought(programme, each_workspace)
    brought(programme, each_workspace)
    programme("feedback", "answer", "1", "--text", "y")
    with open_tracker(each_workspace).database.reading() as link:
        person = link.value("SELECT id FROM ambassador WHERE slug = 'a2'")
        lines = link.all(
            "SELECT action, subject FROM audit WHERE action LIKE 'feedback.%'"
            " ORDER BY n"
        )
    assert lines == [
        ("feedback.add", f"c/feedback 1 person {person}"),
        ("feedback.import", "c"),
        ("feedback.answer", f"c/feedback 1 person {person}"),
    ]

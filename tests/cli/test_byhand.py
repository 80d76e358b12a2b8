"""Posts and figures that a person types: class reported, judged like any other."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from support import Run

URL = "https://youtu.be/dQw4w9WgXcQ"
POST = ("youtube", "dQw4w9WgXcQ")
AT = "2026-06-01T10:00:00Z"

PLAN = """
[campaign]
id = "spring"
name = "Spring"
"""
PEOPLE = """id,name,platform,handle
ada,Ada,youtube,ada
ada,Ada,youtube,ada.two
ada,Ada,x,ada
"""


def listed(invoke: Run) -> dict[str, list[dict[str, object]]]:
    answer = invoke("reading", "list", *POST, "--json")
    assert answer.code == 0, answer.err
    found: dict[str, list[dict[str, object]]] = json.loads(answer.out)
    return found


def test_a_reading_with_its_evidence(invoke: Run, tmp_path: Path) -> None:
    """The name and the hash of the file are kept, and the figures as reported."""
    shot = tmp_path / "shot.png"
    shot.write_bytes(b"a screenshot")
    words = ("--views", 1200, "--watch-seconds", 9, "--at", AT, "--handle", "ada")
    proof = ("--evidence", shot, "--note", "by mail")
    assert invoke("reading", "add", URL, *words, *proof).code == 0
    found = listed(invoke)
    (row,) = found["readings"]
    assert (row["class"], row["source"], row["captured_at"]) == ("reported", "hand", AT)
    assert (row["views"], row["watch_seconds"], row["likes"]) == (1200, 9, None)
    assert found["evidence"] == [
        {
            "reading": row["file"],
            "file": "shot.png",
            "sha256": hashlib.sha256(b"a screenshot").hexdigest(),
            "note": "by mail",
        }
    ]
    again = invoke("reading", "add", *POST, "--views", 1200, "--at", AT)
    assert "Known already" in again.err + again.out
    every = json.loads(invoke("reading", "list", "--json").out)
    assert (len(every["readings"]), every["left_off"]) == (1, 0)
    assert "1200" in invoke("reading", "list").out


def test_a_correction_is_told_with_its_reason(invoke: Run) -> None:
    invoke("reading", "add", *POST, "--views", 1200, "--at", AT)
    words = ("--at", AT, "--reason", "typo")
    done = invoke("reading", "correct", *POST, "views", "unknown", *words)
    assert done.code == 0, done.err
    invoke("reading", "correct", *POST, "views", 120, *words)
    invoke("reading", "add", *POST, "--views", 5000, "--at", AT)
    found = listed(invoke)
    assert [row["views"] for row in found["readings"]] == [120]
    (stands,) = found["corrections"]
    assert (stands["value"], stands["was"], stands["reason"]) == (120, None, "typo")
    assert "typo" in invoke("reading", "list", *POST).out
    assert invoke("verify").code == 0


def test_what_is_typed_wrongly_changes_nothing(invoke: Run, tmp_path: Path) -> None:
    add, words = ("reading", "add"), ("--at", AT, "--reason", "typo")
    correct = ("reading", "correct", *POST)
    invoke(*add, *POST, "--views", 1, "--at", AT)
    for command, code, told in (
        ((*add, *POST), 4, "ROW_METRICS"),
        ((*add, *POST, "--views", "1.2k"), 4, "ROW_NUMBER"),
        ((*add, *POST, "--views", 1, "--at", "01/02/2026"), 4, "ROW_DATE"),
        ((*add, "myspace", "1", "--views", 1), 4, "ROW_PLATFORM"),
        ((*add, "a", "b", "c", "--views", 1), 2, "USAGE"),
        ((*add, *POST, "--views", 1, "--note", "x"), 2, "USAGE"),
        ((*add, *POST, "--views", 1, "--evidence", tmp_path / "no"), 2, "USAGE"),
        ((*correct, "views", "1.2k", *words), 4, "ROW_NUMBER"),
        ((*correct, "view", 1, *words), 4, "NOT_FOUND"),
        ((*correct, "views", 1, "--at", "today", "--reason", "x"), 4, "ROW_DATE"),
        ((*correct, "views", 1, "--at", "2026-06-02", "--reason", "x"), 4, "NOT_FOUND"),
        ((*correct, "views", 1, "--at", " ", "--reason", "x"), 4, "ROW_MISSING"),
        ((*correct, "views", " ", *words), 4, "ROW_MISSING"),
        ((*correct, "views", 1, "--at", AT, "--reason", " "), 2, "USAGE"),
        (("reading", "correct", "x", "1", "views", 1, *words), 4, "NOT_FOUND"),
        (("post", "add", "not an address"), 4, "ROW_URL"),
    ):
        done = invoke(*command)
        assert (done.code, told in done.err) == (code, True), done
    found = listed(invoke)
    assert [row["views"] for row in found["readings"]] == [1]
    assert found["corrections"] == []


def test_posts_are_noted_and_counted(invoke: Run, tmp_path: Path) -> None:
    """With their figures unknown; whether a campaign counts them is said."""
    (tmp_path / "plan.toml").write_text(PLAN)
    (tmp_path / "people.csv").write_text(PEOPLE)
    invoke("campaign", "apply", tmp_path / "plan.toml")
    invoke("ambassador", "import", tmp_path / "people.csv", "--campaign", "spring")
    one, other = "https://x.com/ada/status/5", "https://x.com/bob/status/6"
    assert invoke("post", "add", one, "--ambassador", "ada", "--campaign", "spring")
    outside = invoke("post", "add", other, "--handle", "bob", "--campaign", "spring")
    assert outside.code == 1
    assert "does not count" in outside.err + outside.out
    two = invoke("post", "add", URL, "--ambassador", "ada")
    assert (two.code, "HANDLE" in two.err) == (4, True)
    assert invoke("post", "add", one, "--campaign", "summer").code == 4
    published = ("--published", "2026-05-01", "--caption", "Lunch")
    assert invoke("post", "add", URL, "--handle", "ada", *published).code == 0
    (row,) = json.loads(invoke("totals", "spring", "--json").out)["rows"]
    assert (row["posts"], row["views"]["value"], row["views"]["unknown"]) == (
        2,
        None,
        2,
    )

"""Campaign files to begin with: complete once every question mark is filled in."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from spring import done, said
from support import Run

from tracker.planfields import STRATEGIES

#: What a person writes, by key; `source` of a tool names a [[source]].
ANSWERS = {
    "start": "2026-01-01",
    "end": "2026-06-30",
    "opens": "2026-01-01",
    "due": "2026-01-31",
    "as_of": "2026-01-01",
    "currency": '"EUR"',
    "countries": '["FR"]',
    "hashtags": '["spring"]',
    "topics": '["gardens"]',
    "applicants": "40",
    "amount": '"1000.00"',
    "cost": '"9000.00"',
    "target": "100",
    "baseline": '"unknown"',
    "value": "300",
    "source": '"files"',
}


def filled(text: str) -> str:
    """The file as somebody filled it in."""
    return re.sub(
        r'^(\w+) = "\?"',
        lambda found: (
            f"{found[1]} = {ANSWERS.get(found[1], chr(34) + 'words' + chr(34))}"
        ),
        text,
        flags=re.MULTILINE,
    )


def marks(path: str, value: Any) -> Iterator[str]:
    """Where a question mark stands in a file, as paths."""
    if value == "?":
        yield path
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from marks(f"{path}.{key}" if path else key, below)
    elif isinstance(value, list):
        for at, below in enumerate(value):
            yield from marks(f"{path}[{at}]", below)


@pytest.mark.parametrize("kind", STRATEGIES)
def test_a_preset_is_a_draft_until_it_is_filled_in(
    invoke: Run, workspace: Path, tmp_path: Path, kind: str
) -> None:
    """Every "?" is missing by its path; without any the campaign opens."""
    file = tmp_path / "plan.toml"
    done(invoke, "campaign", "new", "spring", "--strategy", kind, "--out", file)
    applied = invoke("campaign", "apply", file)
    assert (applied.code, "Campaign spring added." in applied.out) == (0, True)
    assert "warning[PLAN] spring: the plan is incomplete" in applied.err
    assert "it stays draft" in applied.err
    found = invoke("campaign", "check", "spring", "--json")
    assert found.code == 1
    told = json.loads(found.out)
    assert (told["state"], told["complete"]) == ("draft", False)
    assert not any(step["complete"] for step in told["steps"])
    asked = marks("", tomllib.loads(file.read_text("utf-8")))
    assert {one["path"] for one in told["missing"]} == set(asked)
    assert told["orphans"] == []
    refused = invoke("campaign", "open", "spring")
    assert refused.code == 4
    lines = re.findall(r"error\[PLAN_MISSING\] spring (\S+):", refused.err)
    assert lines == [one["path"] for one in told["missing"]]

    words = ("--kind", "csv", "--path", "inbox/*.csv")
    done(invoke, "source", "add", "files", *words)
    file.write_text(filled(file.read_text("utf-8")), "utf-8")
    assert "?" not in re.sub("#.*", "", file.read_text("utf-8"))
    assert said(invoke, "campaign", "apply", file)["complete"] is True
    told = said(invoke, "campaign", "check", "spring")
    assert (told["missing"], told["orphans"], told["unknown"]) == ([], [], [])
    assert all(step["complete"] for step in told["steps"])
    assert said(invoke, "campaign", "open", "spring")["state"] == "open"


def test_a_new_file_overwrites_nothing(invoke: Run, tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    file.write_text("mine")
    words = ("campaign", "new", "--strategy", "champion")
    found = invoke(*words, "--out", file)
    assert (found.code, file.read_text()) == (4, "mine")
    assert f"error[FILE_EXISTS] {file}" in found.err
    found = invoke(*words, "--out", tmp_path / "no" / "plan.toml")
    assert found.code == 6
    assert "error[FILE_WRITE]" in found.err


def test_without_a_file_it_is_printed(run: Run, tmp_path: Path) -> None:
    """It needs no workspace, and is called as asked or after its strategy."""
    words = ("campaign", "new", "--strategy", "creative")
    text = run(*words, env={"TRACKER_HOME": ""}).out
    assert tomllib.loads(text)["campaign"]["id"] == "creative"
    text = run(*words[:2], "spring", *words[2:], "--out", "-").out
    assert tomllib.loads(text)["campaign"]["id"] == "spring"
    assert not list(tmp_path.glob("*.toml"))


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("spring",), 2, "--strategy"),
        (("spring", "--strategy", "heroic"), 2, "heroic"),
        (("spring", "--strategy", ""), 2, "--strategy"),
        (("../x", "--strategy", "champion"), 4, 'Did you mean "x"?'),
        (("", "--strategy", "champion"), 4, "error[ID]"),
    ],
)
def test_what_is_no_preset(
    invoke: Run, words: tuple[str, ...], code: int, told: str
) -> None:
    found = invoke("campaign", "new", *words)
    assert (found.code, told in found.err, found.out) == (code, True, ""), found.err


PLAN = """
[campaign]
id = "c"
start = 2026-01-01
end = 2026-12-31
[[tool]]
name = "YouTube"
source = "fils"
[[mission]]
id = "open"
opens = "?"
due = "?"
[[mission]]
id = "walk"
opens = 2026-02-01
due = 2026-02-28
assigned = ["group:north", "group:nroth", "ana", "ann", "ben"]
[[cost]]
id = "k"
date = 2026-02-01
kind = "fee"
amount = 1
ambassador = "anna"
"""


def test_names_of_nobody_are_told_and_do_not_count_as_missing(
    invoke: Run, workspace: Path, tmp_path: Path
) -> None:
    """Groups and people of missions, people of costs, sources of tools."""
    file = tmp_path / "plan.toml"
    file.write_text(PLAN)
    done(invoke, "source", "add", "files", "--kind", "csv", "--path", "inbox/*.csv")
    done(invoke, "campaign", "apply", file)
    done(invoke, "ambassador", "add", "ana", "--name", "Ana")
    done(invoke, "ambassador", "add", "ben", "--name", "Ben")
    done(invoke, "enrol", "c", "ana", "--group", "north")
    done(invoke, "enrol", "c", "ben", "--to", "2026-01-15")
    found = invoke("campaign", "check", "c", "--json")
    told = [
        (one["path"], one["step"], one["message"])
        for one in json.loads(found.out)["unknown"]
    ]
    assert told == [
        ("tool[0].source", 2, 'there is no source "fils". Did you mean "files"?'),
        (
            "mission[1].assigned",
            3,
            'there is no group "group:nroth". Did you mean "group:north"?',
        ),
        (
            "mission[1].assigned",
            3,
            'there is no enrolled ambassador "ann". Did you mean "ana"?',
        ),
        (
            "mission[1].assigned",
            3,
            '"ben" is not enrolled on any day of the mission',
        ),
        (
            "cost[0].ambassador",
            4,
            'there is no ambassador "anna". Did you mean "ana"?',
        ),
    ]
    assert "warning[PLAN] c tool[0].source: there is no source" in (
        invoke("campaign", "check", "c").err
    )
    missing = {one["path"] for one in json.loads(found.out)["missing"]}
    assert not missing & {path for path, _, _ in told}

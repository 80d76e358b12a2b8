"""`tracker source`: blocks of tracker.toml by command, and a look without keeping."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support import Run

from tracker.blocks import read_sets
from tracker.settings import load_settings

ROWS = "id,views,likes,captured_at\na,5,1,2026-01-01\nb,x,,2026-01-01\nc,,,2026-01-02\n"
ADD = ("source", "add", "studio", "--path", "inbox/*.csv", "--every", "15m")
MORE = ("--set", "columns.post_id=id", "--set", "platform=youtube")


@pytest.fixture
def studio(invoke: Run, workspace: Path) -> Path:
    """A workspace with one csv source and one file, one of its rows faulty."""
    (workspace / "inbox" / "a.csv").write_text(ROWS)
    assert invoke(*ADD, *MORE).code == 0
    return workspace


def test_add_writes_a_block_and_keeps_comments(studio: Path) -> None:
    text = (studio / "tracker.toml").read_text()
    assert "# Settings of this workspace." in text
    [block] = load_settings(studio).sources
    assert (block.name, block.kind, block.every) == ("studio", "csv", 900_000)
    assert block.options["columns"] == {"post_id": "id"}
    assert (studio / "tracker.toml").stat().st_mode & 0o777 == 0o600


def test_remove_takes_only_its_block(invoke: Run, studio: Path) -> None:
    before = (studio / "tracker.toml").read_text()
    assert invoke("source", "add", "other", "--path", "other/").code == 0
    assert invoke("source", "remove", "other").code == 0
    assert (studio / "tracker.toml").read_text().strip() == before.strip()
    assert invoke("source", "remove", "studio").code == 0
    assert load_settings(studio).sources == ()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["add", "studio", "--path", "x"], 4),
        (["add", "b", "--path", "x", "--every", "0s"], 3),
        (["add", "b", "--path", "x", "--every", "1m", "--cron", "* * * * *"], 3),
        (["add", "b", "--kind", "csw", "--path", "x"], 3),
        (["add", "b"], 3),
        (["add", "two words", "--path", "x"], 3),
        (["add", "b", "--set", "novalue"], 2),
        (["remove", "studi"], 4),
    ],
)
def test_an_edit_that_would_not_load_leaves_the_file(
    invoke: Run, studio: Path, words: list[str], code: int
) -> None:
    before = (studio / "tracker.toml").read_bytes()
    result = invoke("source", *words)
    assert (result.code, result.out) == (code, "")
    assert (studio / "tracker.toml").read_bytes() == before
    assert sorted(path.name for path in studio.glob(".tracker-*")) == []


def test_edits_at_the_same_time_lose_none(run: Run, workspace: Path) -> None:
    def add(name: str) -> int:
        return run("source", "add", name, "--path", f"{name}.csv").code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(add, "abcd")) == {0}
    assert {block.name for block in load_settings(workspace).sources} == set("abcd")


def test_list_has_the_documented_keys(invoke: Run, studio: Path) -> None:
    [row] = json.loads(invoke("source", "list", "--json").out)["sources"]
    assert row == {
        "name": "studio",
        "kind": "csv",
        "state": "ready",
        "retry_at": None,
        "reason": None,
        "last_run": None,
        "last_data": None,
    }
    assert "studio" in invoke("source", "list").out


def test_list_tells_of_the_last_run(invoke: Run, studio: Path) -> None:
    assert invoke("ingest").code == 1
    [row] = json.loads(invoke("source", "list", "--json").out)["sources"]
    assert row["last_run"].endswith("Z")
    assert row["last_data"].endswith("Z")


def test_a_paused_source_runs_again_when_resumed(invoke: Run, studio: Path) -> None:
    """Also one that never ran; its reason is shown."""
    assert invoke("source", "pause", "studio", "--reason", "holidays").code == 0
    [row] = json.loads(invoke("source", "list", "--json").out)["sources"]
    assert (row["state"], row["reason"]) == ("paused", "holidays")
    assert invoke("ingest", "studio").code == 7
    assert invoke("source", "resume", "studio").code == 0
    assert invoke("ingest", "studio").code == 1


@pytest.mark.parametrize("verb", ["pause", "resume", "check"])
def test_a_wrong_name_is_exit_4_with_the_nearest(
    invoke: Run, studio: Path, verb: str
) -> None:
    result = invoke("source", verb, "studi")
    assert result.code == 4
    assert 'Did you mean "studio"?' in result.err


def test_kinds_are_listed(invoke: Run) -> None:
    kinds = json.loads(invoke("source", "kinds", "--json").out)["kinds"]
    [csv] = [kind for kind in kinds if kind["name"] == "csv"]
    assert "path" in csv["options"]
    assert "csv" in invoke("source", "kinds").out


# -- check --------------------------------------------------------------------------


def test_check_counts_and_keeps_nothing(invoke: Run, studio: Path) -> None:
    result = invoke("source", "check", "studio", "--json")
    found = json.loads(result.out)
    assert result.code == 1
    assert (found["payloads"], found["rows"], found["rejected"]) == (1, 3, 1)
    assert found["metrics"]["views"] == {"known": 1, "unknown": 1}
    assert found["metrics"]["shares"] == {"known": 0, "unknown": 2}
    [reject] = found["rejects"]
    assert (reject["line"], reject["column"]) == (3, "views")
    after = json.loads(invoke("totals", "--json").out)
    assert after["rows"][0]["posts"] == 0


def test_check_for_a_person_names_file_and_line(invoke: Run, studio: Path) -> None:
    result = invoke("source", "check", "studio")
    assert "1 payload, 3 rows, 1 rejected" in result.out
    assert "inbox/a.csv:3" in result.err


def test_check_of_a_file_that_would_be_refused(invoke: Run, studio: Path) -> None:
    (studio / "inbox" / "a.csv").write_bytes(b"id,views\na,\x00\n")
    result = invoke("source", "check", "studio")
    assert result.code == 4
    assert result.err.startswith("error[")


def test_settings_by_command_reach_into_tables() -> None:
    """Values are TOML where they can be, else text."""
    assert read_sets(
        ["a.b=x y", "a.c=5", "d=true", 'k={ env = "K" }', "e=2009-05-01=x", "f="]
    ) == {
        "a": {"b": "x y", "c": 5},
        "d": True,
        "k": {"env": "K"},
        "e": "2009-05-01=x",
        "f": "",
    }


@pytest.mark.parametrize("text", ["a", "=b", "a.=b", ".a=b"])
def test_settings_without_a_key_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="KEY=VALUE"):
        read_sets([text])


def test_a_setting_is_no_table_and_value_at_once() -> None:
    with pytest.raises(ValueError, match="has a value already"):
        read_sets(["a=1", "a.b=2"])

"""The command line as a whole: options, messages, exit codes, safe output."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import ROOT, Run

from tracker.cli import COMMANDS, PLACES, common, main
from tracker.cli.common import clean, clean_cell

HIDDEN = "\x1b\x00\x07\x7f\x9b\u202e\u2066\u200b\ufeff\u2028\r"


@pytest.mark.parametrize("name", list(PLACES))
def test_every_command_is_there_and_explains_itself(invoke: Run, name: str) -> None:
    """The table of commands and the commands agree."""
    result = invoke(name, "--help")
    assert (result.code, result.err) == (0, "")
    assert f"Usage: tracker {name}" in result.out
    assert "--home DIR" in result.out


def test_help_lists_all_commands(run: Run) -> None:
    result = run("--help")
    assert result.code == 0
    for commands in COMMANDS.values():
        for name, (_, said) in commands.items():
            assert f"  {name} " in result.out
            assert said in result.out


@pytest.mark.parametrize(
    "words", [["--version"], ["source", "--version"], ["source", "list", "--version"]]
)
def test_version_everywhere(invoke: Run, words: list[str]) -> None:
    assert invoke(*words).out == "tracker 0.1.0\n"


@pytest.mark.parametrize(
    "words",
    [
        ["--json", "source", "list"],
        ["source", "--json", "list"],
        ["source", "list", "--json"],
    ],
)
def test_json_before_or_after_the_command(invoke: Run, words: list[str]) -> None:
    assert json.loads(invoke(*words).out) == {"sources": []}


@pytest.mark.parametrize("words", [["--json", "init"], ["init", "--json"]])
def test_a_command_without_json_says_so(invoke: Run, words: list[str]) -> None:
    result = invoke(*words)
    assert result.code == 2
    assert "tracker init has no --json" in result.err


@pytest.mark.parametrize("after", [False, True])
def test_home_before_or_after_the_command(
    run: Run, workspace: Path, after: bool
) -> None:
    given = ["--home", str(workspace)]
    words = ["source", "list", *given] if after else [*given, "source", "list"]
    assert run(*words, env={"TRACKER_HOME": "/nowhere"}).code == 0


def test_the_nearest_workspace_above_is_found(run: Run, workspace: Path) -> None:
    result = run("source", "list", cwd=workspace / "inbox", env={"TRACKER_HOME": ""})
    assert result.code == 0


def test_without_a_workspace_it_says_to_make_one(run: Run, tmp_path: Path) -> None:
    result = run("source", "list", cwd=tmp_path, env={"TRACKER_HOME": ""})
    assert (result.code, result.out) == (3, "")
    assert "tracker init" in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["totl"], 'There is no command "totl". Did you mean "totals"?'),
        (["--nope"], "--nope"),
        (["source", "list", "--nope"], "--nope"),
        (["source", "add"], "NAME"),
        (["completion", "tcsh"], "tcsh"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(
    invoke: Run, words: list[str], said: str
) -> None:
    result = invoke(*words)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error[USAGE] tracker")
    assert said in result.err
    assert result.err.count("\n") == 1


def test_no_command_shows_the_help(invoke: Run) -> None:
    result = invoke()
    assert result.code == 2
    assert "Usage: tracker" in result.err


def test_all_problems_of_the_settings_one_a_line(run: Run, workspace: Path) -> None:
    """And nothing was done."""
    (workspace / "tracker.toml").write_text('languag = "fr"\nsite = 3\n')
    result = run("source", "list")
    assert (result.code, result.out) == (3, "")
    first, *rest = result.err.splitlines()
    assert first.startswith("error[CONFIG] tracker.toml: 2 problems.")
    assert [line.split(":")[0].strip() for line in rest] == ["site", "languag"]


def test_names_of_data_cannot_reach_the_terminal_raw(run: Run, workspace: Path) -> None:
    """Escapes and direction changes of a settings file are spelled out."""
    text = 'language = "\\u001b[31m\\u202ered"\n'
    (workspace / "tracker.toml").write_text(text)
    result = run("source", "list")
    assert "\\x1b[31m\\u202ered" in result.err
    assert not set(result.err) & set(HIDDEN)


def test_long_lines_are_cut(run: Run, workspace: Path) -> None:
    (workspace / "tracker.toml").write_text(f'language = "{"x" * 5000}"\n')
    result = run("source", "list")
    assert max(map(len, result.err.splitlines())) <= common.LINE


def test_an_unexpected_error_is_a_bug_and_exit_70(
    invoke: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line without a traceback; --debug shows where it came from."""
    broken = click.Command("broken", callback=lambda: {}["missing"])
    monkeypatch.setattr(sys.modules["tracker.cli.completion"], "completion", broken)
    result = invoke("completion")
    assert result.code == 70
    assert result.err.startswith(
        "error[BUG] unexpected: KeyError in tracker completion."
    )
    assert result.err.count("\n") == 1
    shown = invoke("completion", "--debug")
    assert shown.code == 70
    assert "Traceback" in shown.err


def test_an_interrupt_ends_without_a_traceback(
    invoke: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    broken = click.Command("broken", callback=interrupted)
    monkeypatch.setattr(sys.modules["tracker.cli.completion"], "completion", broken)
    result = invoke("completion")
    assert (result.code, result.err) == (130, "Stopped.\n")


@pytest.mark.parametrize("words", [["completion", "bash"], ["--help"]])
def test_a_reader_that_goes_away_is_no_error(words: list[str]) -> None:
    """As with `tracker ... | head -0`."""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "tracker", *words],
        stdout=write,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


def test_an_output_that_is_not_utf8_stops_nothing(run: Run, workspace: Path) -> None:
    """JSON stays JSON, in whatever the terminal can show."""
    text = '[[source]]\nname = "a"\nkind = "csv"\npath = "é.csv"\n'
    (workspace / "tracker.toml").write_text(text, "utf-8")
    assert run("source", "pause", "a", "--reason", "été 😀").code == 0
    result = run("source", "list", "--json", env={"PYTHONIOENCODING": "ascii"})
    assert json.loads(result.out)["sources"][0]["reason"] == "été 😀"
    plain = run("source", "list", env={"PYTHONIOENCODING": "ascii"})
    assert plain.code == 0


# -- output -----------------------------------------------------------------------


@given(st.text())
def test_clean_text_has_nothing_hidden(text: str) -> None:
    shown = clean(text)
    assert not set(shown) & set(HIDDEN)
    shown.encode("utf-8")
    assert "\n" not in clean_cell(text)
    assert clean(shown) == shown


@pytest.mark.parametrize("text", ["plain", "été", "日本語", "مرحبا", "a\nb\tc", "😀"])
def test_clean_leaves_honest_text_alone(text: str) -> None:
    assert clean(text) == text


def test_piles_of_marks_are_cut() -> None:
    assert len(clean("a" + "\u0301" * 10_000)) == 5


def output(function: object, *args: object, **given: object) -> str:
    """What a function of the shell prints inside a call."""
    written = io.StringIO()
    call = common.Call()
    vars(call).update(given)
    with click.Context(main, obj=call), pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", written)
        function(*args)  # type: ignore[operator]
    return written.getvalue()


def test_tables_are_aligned_and_unknown_is_a_dash() -> None:
    rows = [("a", 5, None), ("bcd", 1234, True), ("e\nf", -7, "x")]
    assert output(common.table, ("name", "views", "more"), rows).splitlines() == [
        "name  views  more",
        "a         5     –",
        "bcd    1234  yes",
        "e\\nf     -7  x",
    ]


def test_json_keeps_hidden_characters_as_escapes() -> None:
    """Readable text, but nothing that moves the cursor; and still the same data."""
    value = {"name": "é\u202e\x7f\U000e0041"}
    text = output(common.emit_json, value)
    assert json.loads(text) == value
    assert "é" in text
    assert not set(text) & set(HIDDEN + "\U000e0041")


def test_quiet_says_only_what_was_asked_for() -> None:
    assert output(common.say, "done", quiet=True) == ""
    assert output(common.say, "done") == "done\n"
    assert output(common.answer, "5", quiet=True) == "5\n"


def test_remarks_do_not_disturb_json() -> None:
    assert output(common.say, "done", json=True) == ""


# -- completion ---------------------------------------------------------------------


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_for_their_shell(invoke: Run, shell: str) -> None:
    result = invoke("completion", shell)
    assert result.code == 0
    assert f"_TRACKER_COMPLETE={shell}_complete" in result.out


def test_bash_completes_commands_and_options(run: Run) -> None:
    def completed(words: str) -> set[str]:
        line = words.split(" ")
        wish = {
            "_TRACKER_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(line) - 1),
        }
        return {each.split(",")[1] for each in run(env=wish).out.split()}

    assert completed("tracker so") == {"source"}
    assert {"add", "list", "kinds", "check"} <= completed("tracker source ")
    assert "--json" in completed("tracker source list --")

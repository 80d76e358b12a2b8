"""The numbers as they were known then: on pages, in totals and in KPIs the same."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import replayed
import spring
from support import ROOT, Run

from tracker.store import replay

TOTALS = (None, "day", "month", "platform", "ambassador", "mission", "post")
KPIS = (None, "platform", "ambassador", "mission", "post")
HEAD = "platform,handle,post_id,captured_at,views,caption\n"
FIRST = HEAD + "x,annakow,79,2026-01-20T10:00Z,5,#spring\n"
LATER = HEAD + "x,annakow,77,2026-02-01T10:00Z,99,\n"
#: Of a day before that of the post's first reading: whoever published it is not told.
SOONER = HEAD + "x,annakow,79,2026-01-12T10:00Z,4,\n"


def numbers(run: Run, at: str, *words: str) -> dict[str, Any]:
    """What totals and KPIs say, by cut; asked at an instant, or of it."""
    found: dict[str, Any] = {}
    for command, cuts in (("totals", TOTALS), ("kpi", KPIS)):
        for by in cuts:
            cut = ("--by", by) if by else ()
            asked = (command, "c", *cut, *words, "--json")
            answer = run(*asked, env={"TRACKER_NOW": at})
            assert answer.code == 0, answer.err
            said = json.loads(answer.out)
            del said["as_of"]
            found[f"{command} {by}"] = said
    return found


def data(folder: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(
        (folder / "c" / "data" / f"{name}.json").read_text()
    )["rows"]
    return rows


def keep(home: Path, run: Run, text: str) -> None:
    (home / "one.csv").write_text(text)
    spring.done(run, "ingest", "--kind", "csv", "--file", home / "one.csv")


def test_after_everything_changed_all_say_what_was_known_then(
    each_workspace: Path, invoke: Run, tmp_path: Path
) -> None:
    replayed.begin(each_workspace, invoke)
    then = replayed.moment()
    before = numbers(invoke, then)
    replayed.go_on(each_workspace, invoke)
    more = each_workspace / "more.csv"
    more.write_text("id,kind,at,campaign,value,currency\no7,sale,2026-01-09,c,9,EUR\n")
    spring.done(invoke, "outcome", "import", more)
    assert numbers(invoke, replayed.moment()) != before
    assert numbers(invoke, replayed.moment(), "--as-of", then) == before
    spring.done(invoke, "report", "--as-of", then, "--out", tmp_path / "then")
    days = {row["day"]: row["views"]["gain"] for row in before["totals day"]["rows"]}
    shown = {row["day"]: row["views"] for row in data(tmp_path / "then", "days")}
    assert {day: gain for day, gain in shown.items() if gain} == days
    whole = before["totals None"]["rows"][0]
    posts = data(tmp_path / "then", "posts")
    assert len(posts) == whole["posts"]
    for metric in ("views", "likes"):
        assert sum(row[metric] or 0 for row in posts) == whole[metric]["value"]
    page = {row["name"]: row["value"] for row in data(tmp_path / "then", "kpis")}
    asked = {one["name"]: one["value"] for one in before["kpi None"]["rows"][0]["kpis"]}
    # how old the newest reading is depends on who asks when; pages have no clock
    for name in page.keys() - {"freshness"}:
        assert page[name] == asked[name], name


@pytest.mark.parametrize("text", [LATER, SOONER])
def test_after_new_readings_alone_too(
    each_workspace: Path, invoke: Run, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """Without a copy where versions of readings are enough."""
    replayed.begin(each_workspace, invoke)
    keep(each_workspace, invoke, FIRST)
    then = replayed.moment()
    before = numbers(invoke, then)
    keep(each_workspace, invoke, text)
    monkeypatch.delattr(replay, "copy")
    assert numbers(invoke, replayed.moment()) != before
    assert numbers(invoke, replayed.moment(), "--as-of", then) == before


@pytest.mark.parametrize("words", ["totals c", "kpi c", "explain c cpl"])
def test_a_campaign_that_was_not_there_is_not_found(
    each_workspace: Path, invoke: Run, words: str
) -> None:
    """Where something was collected already; before that nothing was known at all."""
    keep(each_workspace, invoke, FIRST)
    then = replayed.moment()
    replayed.begin(each_workspace, invoke)
    found = invoke(*words.split(), "--as-of", then)
    assert found.code == 4 and 'campaign: there is no "c"' in found.err


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("yesterday", "wants a time such as"),
        ("2026-02-30", "wants a time such as"),
        ("9999-12-31", "wants a time such as"),
        ("", "wants a time such as"),
        ("2026-10-25T02:30", "comes twice in Europe/Paris"),
        ("2026-03-29T02:30", "is left out in Europe/Paris"),
    ],
)
def test_a_moment_that_cannot_be_told_is_refused(
    workspace: Path, invoke: Run, said: str, why: str
) -> None:
    spring.programme(workspace, invoke)
    for command in ("totals", "kpi", "report"):
        found = invoke(command, "c", "--as-of", said)
        assert found.code == 2 and why in found.err, found.err
    sure = "2026-10-25T02:30+02:00"
    assert invoke("totals", "c", "--until", sure).code == 0


def test_a_killed_report_leaves_no_copy_behind(
    workspace: Path, invoke: Run, tmp_path: Path
) -> None:
    """The next command, whichever, sweeps its copy away; until then it is private."""
    replayed.begin(workspace, invoke)
    code = (
        "import os, signal; from pathlib import Path; from tracker import past, app\n"
        f"with past.past(app.open_tracker(Path({str(workspace)!r})), as_of=2**41):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    copies = workspace / ".cache" / "past"
    (left,) = copies.iterdir()
    assert left.stat().st_mode & 0o777 == 0o700
    files = list(left.iterdir())
    assert files and {file.stat().st_mode & 0o777 for file in files} == {0o600}
    spring.done(invoke, "campaign", "list")
    assert not list(copies.iterdir())


def test_since_a_mark_that_not_every_campaign_has(
    workspace: Path, invoke: Run, tmp_path: Path
) -> None:
    replayed.begin(workspace, invoke)
    spring.done(invoke, "report", "--mark", "one")
    (tmp_path / "d.toml").write_text('[campaign]\nid = "d"\nstart = 2026-01-01\n')
    spring.done(invoke, "campaign", "apply", tmp_path / "d.toml")
    spring.done(invoke, "report", "--since", "one")
    missing = invoke("report", "d", "--since", "one")
    assert missing.code == 4 and 'mark: there is no "one"' in missing.err


def test_before_the_first_payload_nothing_was_known(
    each_workspace: Path, invoke: Run
) -> None:
    """That is an answer, also where the campaign was not there yet."""
    replayed.begin(each_workspace, invoke)
    answer = invoke("totals", "c", "--as-of", "2000-01-01T00:00Z", "--json")
    assert answer.code == 0, answer.err
    (row,) = json.loads(answer.out)["rows"]
    assert (row["posts"], row["views"]["value"]) == (0, None)

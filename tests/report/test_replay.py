"""A report of the past: every byte as it was, whatever happened since."""

from __future__ import annotations

import json
from pathlib import Path

import replayed
import spring
from replayed import pages
from support import Run


def made(run: Run, out: Path, *words: object) -> dict[str, bytes]:
    spring.done(run, "report", "--out", out, *words)
    return pages(out)


def test_a_past_report_comes_back_byte_for_byte(
    each_workspace: Path, invoke: Run, tmp_path: Path
) -> None:
    replayed.begin(each_workspace, invoke)
    before = made(invoke, tmp_path / "before")
    then = replayed.moment()
    replayed.go_on(each_workspace, invoke)
    now = made(invoke, tmp_path / "now")
    again = made(invoke, tmp_path / "again", "--as-of", then)
    assert before.keys() == again.keys()
    assert [name for name in before if before[name] != again[name]] == []
    assert now["c/index.html"] != before["c/index.html"]
    assert now["c/data/posts.csv"] != before["c/data/posts.csv"]
    last = replayed.moment()
    assert made(invoke, tmp_path / "last", "--as-of", last) == now


def test_who_was_erased_since_is_in_no_past_report(
    each_workspace: Path, invoke: Run, tmp_path: Path
) -> None:
    replayed.begin(each_workspace, invoke)
    before = made(invoke, tmp_path / "before")
    then = replayed.moment()
    replayed.go_on(each_workspace, invoke)
    spring.done(invoke, "privacy", "erase", "anna", "--yes")
    again = made(invoke, tmp_path / "again", "--as-of", then)
    whole = b"".join([*again.values(), *(name.encode() for name in again)])
    for name in (b"Kowalczyk", b"Nowak", b"annakow", b"anna.k@", b"ANNA10"):
        assert name not in whole
    assert b"1 person was erased since this report" in again["c/index.html"]
    figures = [
        (row["day"], row["views"])
        for row in json.loads(before["c/data/days.json"])["rows"]
    ]
    assert figures == [
        (row["day"], row["views"])
        for row in json.loads(again["c/data/days.json"])["rows"]
    ]


def test_until_leaves_out_what_was_captured_later(
    each_workspace: Path, invoke: Run, tmp_path: Path
) -> None:
    replayed.begin(each_workspace, invoke)
    before = made(invoke, tmp_path / "before")
    more = each_workspace / "later.csv"
    more.write_text(
        "platform,handle,post_id,captured_at,views\nx,annakow,77,2026-02-01T10:00Z,999\n"
    )
    spring.done(invoke, "ingest", "--kind", "csv", "--file", more)
    again = made(invoke, tmp_path / "again", "--until", "2026-01-31")
    assert again["c/data/posts.csv"] == before["c/data/posts.csv"]
    assert (
        made(invoke, tmp_path / "now")["c/data/posts.csv"] != before["c/data/posts.csv"]
    )


def test_without_a_folder_the_pages_of_today_stay(workspace: Path, invoke: Run) -> None:
    replayed.begin(workspace, invoke)
    spring.done(invoke, "report")
    today = pages(workspace / "site")
    then = replayed.moment()
    replayed.go_on(workspace, invoke)
    told = spring.said(invoke, "report", "--as-of", then)
    assert pages(workspace / "site") == today
    assert Path(told["folder"]).parent == workspace / "past"
    assert pages(Path(told["folder"])) == today
    spring.done(invoke, "privacy", "erase", "anna", "--yes")
    assert not list((workspace / "past").rglob("anna*"))


def test_no_copy_stays_behind(workspace: Path, invoke: Run, tmp_path: Path) -> None:
    replayed.begin(workspace, invoke)
    made(invoke, tmp_path / "out", "--as-of", replayed.moment())
    assert not list((workspace / ".cache" / "past").iterdir())


def test_a_campaign_that_was_not_there_then_is_not_found(
    workspace: Path, invoke: Run, tmp_path: Path
) -> None:
    then = replayed.moment()
    replayed.begin(workspace, invoke)
    found = invoke("report", "c", "--as-of", then, "--out", tmp_path / "out")
    assert found.code == 4 and 'campaign: there is no "c"' in found.err

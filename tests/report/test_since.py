"""Since the last report: both values, and why they differ."""

from __future__ import annotations

import re
from pathlib import Path

import replayed
import spring
from replayed import pages
from support import Run


def changes(home: Path) -> str:
    """The part of the campaign page that tells what changed, as text."""
    page = (home / "site" / "c" / "index.html").read_text()
    found = re.search(r'<div class="changes">.*?</div>', page, re.DOTALL)
    assert found is not None
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", found[0]))


def test_what_changed_is_told_with_both_values_and_why(
    each_workspace: Path, invoke: Run
) -> None:
    home = each_workspace
    replayed.begin(home, invoke)
    spring.done(invoke, "report", "--mark", "January")
    first = pages(home / "site")
    assert b"No report was marked yet" in first["c/index.html"]
    replayed.go_on(home, invoke)
    spring.done(invoke, "report")
    said = changes(home)
    assert "“January”" in said
    # v1 is read at 90; 77 corrected to 31; 78 is of Cy, who is enrolled now; v2 is of
    # Ben, who was withdrawn the day before it, and so is v9
    assert "Enrolled Cy Twombly" in said
    assert "Other days of enrolment Ben Oakes" in said
    assert "Sales 1 → 0" in said
    assert "corrections +1" in said
    assert "falls −10" in said
    assert "posts that count no more −200" in said
    assert "posts that count now +9" in said
    assert "Views 330 → 130 (−200)" in said
    assert "Paid €47 → €947" in said
    assert spring.done(invoke, "report").count("0 written") == 1


def test_a_mark_stands_until_something_changes(workspace: Path, invoke: Run) -> None:
    replayed.begin(workspace, invoke)
    spring.done(invoke, "report", "--mark", "one")
    replayed.go_on(workspace, invoke)
    spring.done(invoke, "report", "--mark", "two")
    marked = pages(workspace / "site")
    assert "“one”" in changes(workspace)
    spring.done(invoke, "report")
    assert pages(workspace / "site") == marked
    found = spring.said(invoke, "report", "--marks")["marks"]
    assert [one["name"] for one in found] == ["two", "one"]
    taken = invoke("report", "--mark", "two")
    assert taken.code == 4 and "MARK_TAKEN" in taken.err
    more = workspace / "later.csv"
    more.write_text(
        "platform,handle,post_id,captured_at,views\nx,annakow,77,2026-02-01T10:00Z,99\n"
    )
    spring.done(invoke, "ingest", "--kind", "csv", "--file", more)
    spring.done(invoke, "report")
    assert "“two”" in changes(workspace)
    assert "gains of known posts +68" in changes(workspace)


def test_since_a_mark_or_an_instant_that_nobody_marked(
    workspace: Path, invoke: Run
) -> None:
    replayed.begin(workspace, invoke)
    spring.done(invoke, "report", "--mark", "one")
    then = replayed.moment()
    replayed.go_on(workspace, invoke)
    spring.done(invoke, "report", "--since", "one")
    by_mark = changes(workspace).partition("”")[2]
    spring.done(invoke, "report", "--since", then)
    assert "Since the report" not in changes(workspace)
    for part in ("Views 330 → 130", "corrections +1", "Paid €47 → €947"):
        assert part in by_mark and part in changes(workspace)
    missing = invoke("report", "--since", "nothing")
    assert missing.code == 4 and 'no "nothing"' in missing.err


def test_a_past_page_compares_with_the_marks_of_then(
    each_workspace: Path, invoke: Run, tmp_path: Path
) -> None:
    replayed.begin(each_workspace, invoke)
    spring.done(invoke, "report", "--mark", "one")
    replayed.go_on(each_workspace, invoke)
    spring.done(invoke, "report")
    before, then = pages(each_workspace / "site"), replayed.moment()
    spring.done(invoke, "report", "--mark", "two")
    spring.done(invoke, "enrol", "c", "ben", "--to", "2026-12-31")
    spring.done(invoke, "report", "--as-of", then, "--out", tmp_path / "then")
    assert pages(tmp_path / "then") == before


def test_a_client_sees_no_money_in_what_changed(
    workspace: Path, invoke: Run, tmp_path: Path
) -> None:
    replayed.begin(workspace, invoke)
    spring.done(invoke, "report", "--mark", "one")
    replayed.go_on(workspace, invoke)
    spring.done(invoke, "report", "--client", "--out", tmp_path / "client")
    page = (tmp_path / "client" / "c" / "index.html").read_text()
    assert "Views" in page and "Paid" not in page and "€" not in page

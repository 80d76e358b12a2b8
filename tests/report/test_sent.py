"""The page that an ambassador is sent: theirs alone, in one file."""

from __future__ import annotations

import re
from pathlib import Path

import replayed
import spring
from support import Run

SECOND = """
[campaign]
id = "winter"
name = "Winter"
timezone = "Europe/London"
currency = "GBP"
start = 2026-06-01
end = 2026-12-31
"""


def test_one_file_with_all_campaigns_and_nobody_else(
    each_workspace: Path, invoke: Run
) -> None:
    replayed.begin(each_workspace, invoke)
    (each_workspace / "winter.toml").write_text(SECOND)
    spring.done(invoke, "campaign", "apply", each_workspace / "winter.toml")
    spring.done(invoke, "enrol", "winter", "anna")
    made = spring.said(invoke, "report", "--ambassador", "anna")
    path = Path(made["file"])
    assert path.parent == each_workspace / "ambassadors"
    assert re.fullmatch(r"[A-Za-z0-9]{22}\.html", path.name)
    assert path.stat().st_mode & 0o077 == 0
    assert made["campaigns"] == ["winter", "c"]
    page = path.read_text()
    assert "Anna Kowalczyk" in page and "Winter" in page
    assert "First" in page and "ANNA10" in page
    for other in ("Ben", "benoakes", "youtu.be/v2", "tracker report", "csv"):
        assert other not in page
    assert page.count("<h1") == 1
    assert not re.search(r'(?:src|href)="(?!https?://|#|data:)', page)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_the_name_stays_until_it_is_rotated(workspace: Path, invoke: Run) -> None:
    replayed.begin(workspace, invoke)
    first = spring.said(invoke, "report", "--ambassador", "anna")["file"]
    data = Path(first).read_bytes()
    again = spring.said(invoke, "report", "--ambassador", "anna")
    assert (again["file"], Path(first).read_bytes()) == (first, data)
    assert spring.said(invoke, "report", "--ambassador", "ben")["file"] != first
    fresh = spring.said(invoke, "report", "--ambassador", "anna", "--rotate")
    assert fresh["file"] != first and fresh["removed"] == first
    assert not Path(first).exists() and Path(fresh["file"]).read_bytes() == data


def test_in_another_language(workspace: Path, invoke: Run) -> None:
    replayed.begin(workspace, invoke)
    words = ("report", "--ambassador", "anna", "--language", "fr")
    page = Path(spring.said(invoke, *words)["file"]).read_text()
    assert '<html lang="fr">' in page and "Publications" in page


def test_an_erasure_takes_the_file_too(workspace: Path, invoke: Run) -> None:
    replayed.begin(workspace, invoke)
    path = Path(spring.said(invoke, "report", "--ambassador", "anna")["file"])
    spring.done(invoke, "privacy", "erase", "anna", "--yes")
    assert not path.exists()


def test_who_is_in_no_campaign_has_no_page(workspace: Path, invoke: Run) -> None:
    replayed.begin(workspace, invoke)
    spring.done(invoke, "ambassador", "add", "cy", "--name", "Cy")
    found = invoke("report", "--ambassador", "cy")
    assert found.code == 4 and "cy in any campaign" in found.err
    assert invoke("report", "--ambassador", "nobody").code == 4
    assert invoke("report", "--rotate").code == 2

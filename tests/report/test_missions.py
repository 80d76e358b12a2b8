"""Missions on pages: the grid, who is called first, what decided each cell."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import making
import pytest
from reading import read

from tracker.app import Tracker
from tracker.publish import publish
from tracker.report import missions

STATES = {
    "on_time": "on time",
    "late": "late",
    "missing": "missing",
    "excused": "excused",
    "pending": "not due yet",
}


def rows(pages: Path) -> list[dict[str, str]]:
    with (pages / "fiesta" / "data" / "missions.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_data_file_holds_every_cell(pages: Path, programme: Tracker) -> None:
    from tracker.missions import grid
    from tracker.store import facts as store

    as_of = store.read(programme.database)[0].as_of
    assert as_of is not None
    cells = [c for _, some in grid(programme, "fiesta", at=as_of) for c in some]
    found = {(r["mission"], r["ambassador"]): r["state"] for r in rows(pages)}
    assert found == {(c.mission, c.ambassador): c.state for c in cells}


def test_every_cell_is_words_on_both_pages(pages: Path) -> None:
    """The grids say each state as text, for those who listen."""
    wanted = Counter(row["state"] for row in rows(pages))
    for name in ("index.html", "missions.html"):
        text = (pages / "fiesta" / name).read_text()
        start = text.index('class="grid"' if name == "index.html" else 'class="whole"')
        grid = text[start : text.index("</section>", start)]
        for state, words in STATES.items():
            assert grid.count(words) == wanted[state], (name, state)


def test_those_to_call_stand_first(pages: Path) -> None:
    text = (pages / "fiesta" / "missions.html").read_text()
    grid = text[text.index('class="whole"') :]
    missing = Counter(r["ambassador"] for r in rows(pages) if r["state"] == "missing")
    table = grid[: grid.index("</table>")]
    order = [
        missing[part.split('"')[0].removesuffix(".html")]
        for part in table.split("ambassadors/")[1:]
    ]
    assert order == sorted(order, reverse=True)


def test_a_mission_says_its_rule_and_posts(pages: Path) -> None:
    page = read(pages / "fiesta" / "missions.html")
    said = " ".join(page.text).replace("\u00a0", " ")
    assert {"mission-travel", "mission-tech"} <= {
        attrs.get("id") for _, attrs in page.elements
    }
    assert "everybody who is enrolled" in said and "31 May 2009" in said
    posts = [a["href"] for a in page.all("a") if "example.org/p/" in str(a["href"])]
    assert posts


@pytest.mark.parametrize("language", ["en", "fr"])
def test_without_missions_the_page_says_so(tmp_path: Path, language: str) -> None:
    plan = {k: v for k, v in making.PLAN.items() if k != "mission"}
    made = making.Made(2, 20, plan=plan, language=language)
    folder = publish(making.workspace(tmp_path / "w", made), now=1).folder / "fiesta"
    said = " ".join(read(folder / "missions.html").text)
    assert (
        "Le plan n’a pas de mission." if language == "fr" else "no missions"
    ) in said
    assert 'id="missions"' not in (folder / "index.html").read_text()


def test_many_people_are_cut_to_those_to_call(tmp_path: Path) -> None:
    """Above 300 people the campaign page has those who are late, the page of
    missions has all, by group."""
    many = missions.WHOLE + 20
    tracker = making.workspace(tmp_path / "w", making.Made(many, 900))
    folder = publish(tracker, now=1).folder / "fiesta"
    text = (folder / "index.html").read_text()
    grid = text[text.index('class="grid"') : text.index("All missions: rules")]
    assert 0 < grid.count('scope="row"') <= missions.CALLED
    assert "on the page of missions" in text
    whole = (folder / "missions.html").read_text()
    assert whole.count('class="whole"') == 3
    assert whole.count("data-state") == 2 * many


def test_a_mission_without_days_is_told_and_has_no_column(tmp_path: Path) -> None:
    late = {"id": "later", "name": "Later", "opens": "?", "due": "?"}
    plan = {**making.PLAN, "mission": [*making.PLAN["mission"], late]}
    folder = publish(
        making.workspace(tmp_path / "w", making.Made(2, 20, plan=plan)), now=1
    ).folder
    text = (folder / "fiesta" / "index.html").read_text()
    assert "its days are not filled in" in text
    assert text.count('<abbr title="Later"') == 0

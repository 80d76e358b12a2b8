"""The worked programmes load whole, are complete, and answer what they must."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from gathered import gather
from support import ROOT, Run
from worked import FIXTURES, NAMES, load

from tracker.catalogue import LACKING


def answers(invoke: Run, name: str) -> dict[str, dict[str, Any]]:
    result = invoke("answers", NAMES[name], "--json")
    assert result.code == 0, result.err
    return {one["id"]: one for one in json.loads(result.out)["answers"]}


@pytest.mark.parametrize("name", NAMES)
def test_each_programme_loads_whole_and_its_plan_is_complete(
    invoke: Run, workspace: Path, name: str
) -> None:
    load(invoke, workspace, name)
    checked = invoke("campaign", "check", NAMES[name], "--json")
    assert checked.code == 0, checked.out
    assert json.loads(checked.out)["complete"] is True
    found = answers(invoke, name)
    assert [one["id"] for one in found.values() if one["value"] is None] == []
    for one in found.values():
        assert one["title"]
        assert one["formula"]
        assert one["source"].startswith("tracker ")
    assert invoke("answers", NAMES[name]).code == 0


@pytest.mark.parametrize("name", NAMES)
def test_each_programme_is_told_in_french_throughout(
    invoke: Run, workspace: Path, name: str
) -> None:
    load(invoke, workspace, name)
    LACKING["fr"].texts.clear()
    made = invoke("report", NAMES[name], "--language", "fr")
    assert made.code == 0, made.err
    assert LACKING["fr"].texts == set()


def test_clorox_sees_how_soon_challenges_are_decided(
    invoke: Run, workspace: Path
) -> None:
    """Published: five answers to the salad dressing, decided within a day."""
    load(invoke, workspace, "clorox")
    found = answers(invoke, "clorox")
    assert found["responses"]["inputs"]["A compound for salad dressing"] == "5"
    assert found["responses"]["number"] == 37
    dressing = found["decision-time"]["inputs"]["A compound for salad dressing"]
    assert dressing == "22.0\u00a0h"
    first = found["first-response"]
    assert first["inputs"]["A compound for salad dressing"] == "9.5\u00a0h"
    assert first["inputs"]["Wipes without plastic"] == "–"
    assert first["coverage"] == "1 of 6 challenges has no answer yet"
    assert found["solve-rate"]["number"] == 50
    assert found["ideas"]["number"] == 4
    # 18,000 + 15,000 + 5,000 paid and 10,000 committed
    assert found["cost-per-idea"]["value"] == "$12,000.00"
    assert len(found["contributors"]["inputs"]) == 5
    assert found["levels"]["value"] == "expert 3, level-1 9, level-2 7, level-3 5"
    assert found["feedback-closure"]["number"] == 75
    claims = found["claims"]["inputs"]
    assert claims["prize"].startswith("10,000 (dollars of the largest prize")


def test_emc_sees_who_joins_and_what_it_saves(invoke: Run, workspace: Path) -> None:
    """Published: 4,000 of 39,000 at the end of April 2008, 200 more a week, and
    10,000 dollars for a film; nobody published who verified that."""
    load(invoke, workspace, "emc")
    found = answers(invoke, "emc")
    assert found["adoption"]["inputs"] == {"members": "4,000", "staff": "39,000"}
    assert found["adoption"]["value"] == "10.3%"
    assert found["joiners"]["number"] == 200
    assert found["avoided-claimed"]["value"] == "$10,000.00"
    assert found["avoided-claimed"]["inputs"] == {"film": "$10,000.00"}
    assert found["avoided-verified"]["value"] == "$6,850.00"
    assert found["experiments"]["value"] == "2 won, 1 lost, 1 learned"
    assert found["experiments"]["coverage"] == "1 without a result"
    assert found["answer-rate"]["number"] == 75
    assert (
        "2 of 30 followed members wrote nothing" in found["contributions"]["coverage"]
    )
    assert found["claims"]["number"] == 3
    assert "44,000" in found["claims"]["inputs"]["staff"]


def test_cisco_sees_whether_sites_and_ranks_talk(invoke: Run, workspace: Path) -> None:
    """Published: about 2,500 in a training, 97 % completed it, for a tenth of it."""
    load(invoke, workspace, "cisco")
    found = answers(invoke, "cisco")
    assert found["training"]["inputs"]["took part"] == "2,500"
    assert found["training"]["value"] == "97.0%"
    assert "−90" in found["claims"]["inputs"]["training_cost_change"]
    # 6 of 24 fell silent in July, one never wrote
    assert found["fresh-status"]["inputs"]["enrolled"] == "24"
    assert found["fresh-status"]["inputs"]["fresher than 14 days"] == "17"
    assert found["fresh-status"]["coverage"] == "1 never wrote one"
    assert found["cross-site"]["inputs"] == {"to another site": "18", "replies": "40"}
    assert found["cross-site"]["value"] == "45.0%"
    assert found["decision-rate"]["value"] == "25.0%"
    assert found["executive-response"]["inputs"] == {"answered": "10"}


def test_ford_sees_what_its_published_figures_cost(
    invoke: Run, workspace: Path
) -> None:
    """The plan alone: what was published stands in for what is not in the tracker,
    and says so; what nobody published is unknown."""
    with (workspace / "tracker.toml").open("a") as settings:
        for name in ("youtube", "flickr", "twitter", "facebook", "blogs"):
            line = f'name = "{name}"\nkind = "csv"\npath = "inbox/{name}.csv"\n'
            settings.write(f"\n[[source]]\n{line}")
    assert invoke("campaign", "apply", FIXTURES / "fiesta" / "plan.toml").code == 0
    found = {
        one["id"]: one
        for one in json.loads(invoke("answers", "fiesta", "--json").out)["answers"]
    }
    assert found["cost-per-lead"]["value"] == "$100.00"
    assert "claimed by Adrants" in found["cost-per-lead"]["coverage"]
    assert found["reservations-per-lead"]["value"] == "12.0%"
    assert found["growth"]["value"] == "+32.1%; +16.2%"
    assert found["cost-per-new-lead"]["value"] is None
    assert found["goal-test-drives"]["value"] is None
    assert found["claims"]["value"] == "12 of 15 figures"
    assert "sales to new customers" in found["claims"]["inputs"]["sale"]
    assert found["plan-complete"]["value"] == "yes"
    assert found["phases"]["value"] == "chapter-1: 100; chapter-2: 20; 2013: 100"
    assert found["items-a-month"]["coverage"] == "an input is missing"
    assert found["league"]["value"] is None
    assert found["targets"]["coverage"] == "not known: 5"


def test_a_champion_sees_who_and_what_carries_it(invoke: Run, workspace: Path) -> None:
    """Three people, three channels, two missions of a month each."""
    gather(workspace, invoke)
    plan = workspace / "plan.toml"
    plan.write_text(plan.read_text() + '[strategy]\nkind = "champion"\nwhy = "x"\n')
    assert invoke("campaign", "apply", plan).code == 0
    said = json.loads(invoke("answers", "c", "--json").out)["answers"]
    found = {one["id"]: one for one in said}
    # y1, i1 and x1 of three people in January and February
    assert (found["items-a-month"]["value"], found["items-a-month"]["number"]) == (
        "0.5",
        0.5,
    )
    assert found["league"]["value"] == "Ada, Ben"
    assert found["league"]["inputs"]["Ada"].startswith("views 1,800, impressions 800")
    assert found["channels"]["value"] == (
        "YouTube: views 1,000; Instagram: views 800; X (Twitter): views 200"
    )
    assert found["mission-grid"]["inputs"]["two"] == "on time 2, missing 1"
    assert found["mission-grid"]["value"] == "50.0%"
    price = found["awareness-cost"]
    assert (price["value"], price["coverage"]) == ("30% · €120.50", None)
    assert price["inputs"]["cost of television"] == "€1,205.00"
    assert price["inputs"]["awareness, before"] == "20%"
    assert found["plan-complete"]["value"].startswith("no: missing ")
    assert "strategy.topics" in found["plan-complete"]["inputs"]
    assert found["targets"]["inputs"]["leads"] == "10 / 20: 50.0%"
    assert "phases" not in found


def test_all_of_them_live_in_one_workspace(invoke: Run, workspace: Path) -> None:
    """Their names, posts and results do not get in each other's way."""
    for name in NAMES:
        load(invoke, workspace, name)
    assert answers(invoke, "clorox")["responses"]["number"] == 37
    assert answers(invoke, "cisco")["cross-site"]["number"] == 45
    assert invoke("verify").code == 0


def test_answers_are_in_the_language_that_is_asked_for(
    invoke: Run, workspace: Path
) -> None:
    from tracker.answers import answers as asked
    from tracker.app import open_tracker

    load(invoke, workspace, "emc")
    found = asked(open_tracker(workspace), "emc-one", now=0, language="fr")
    assert found[0].title == "Quelle part de l’effectif est membre\u202f?"


def test_the_data_are_drawn_the_same_each_time(tmp_path: Path) -> None:
    """What is committed is what the script draws."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import programmes;"
        " from pathlib import Path; programmes.make(Path(sys.argv[2]))"
    )
    words = [sys.executable, "-c", script, str(ROOT / "scripts"), str(tmp_path)]
    subprocess.run(words, check=True)
    for made in sorted(tmp_path.rglob("*.csv")):
        kept = FIXTURES / made.relative_to(tmp_path)
        assert kept.read_bytes() == made.read_bytes(), made.name


def test_no_campaign_of_that_name(invoke: Run) -> None:
    result = invoke("answers", "nowhere")
    assert result.code == 4
    assert "error[NOT_FOUND]" in result.err

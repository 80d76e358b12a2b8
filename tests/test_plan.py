"""The campaign file: what it may say, and every problem of it at once."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from tracker.errors import ConfigError
from tracker.model import Match
from tracker.plan import Plan, load_plan

HEAD = '[campaign]\nid = "fiesta"\n'
WHOLE = """
[campaign]
id = "fiesta"
name = "Fiesta Movement"
timezone = "America/Detroit"
currency = "USD"
language = "en"
start = 2009-05-01
end = 2009-11-30
countries = ["US", "UK"]
[match]
hashtags = ["#FiestaMovement", "fiesta"]
mentions = ["@Ford"]
links = ["https://www.FordVehicles.com/Fiesta"]
[strategy]
kind = "champion"
why = "young drivers trust each other"
topics = ["travel"]
audience = "drivers under 30"
[selection]
applicants = 4000
[budget]
amount = 5000000
[[tool]]
name = "YouTube"
reason = "films"
platform = "youtube"
source = "yt"
[[content]]
type = "video"
description = "a film a month"
platforms = ["youtube", "twitter"]
[[indicator]]
id = "views"
metric = "views"
target = 4300000
baseline = "unknown"
owner = "Ana"
source = "yt"
[[mission]]
id = "travel"
name = "Travel"
opens = 2009-05-01
due = 2009-05-31
assigned = ["group:north", "a1"]
needs = 1
platforms = ["youtube"]
hashtags = ["travel"]
mentions = []
links = []
[[cost]]
id = "c1"
date = 2009-05-05
kind = "fee"
amount = "1000.00"
mission = "travel"
state = "paid"
[[commission]]
kind = "sale"
percent = 10
[attribution]
precedence = ["code", "last_click"]
window = "30d"
[[claim]]
metric = "sale"
value = 50000
definition = "sales to new customers"
as_of = 2011-07-01
source = "HBR"
used = false
[[competitor]]
name = "Other"
metric = "views"
value = 1000000
as_of = 2009-06-01
source = "a press release"
[benchmark]
name = "national TV campaign"
cost = 60000000
awareness = 37.5
"""


def load(folder: Path, text: str) -> Plan:
    path = folder / "plan.toml"
    path.write_text(text)
    return load_plan(path, timezone="Europe/Paris", language="fr")


def problems(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    return caught.value.problems


def test_a_whole_plan_is_kept_as_it_was_written(tmp_path: Path) -> None:
    """Also what the tracker does not act on yet; dates become ISO text."""
    plan = load(tmp_path, WHOLE)
    assert plan.campaign.name == "Fiesta Movement"
    assert (plan.campaign.starts, plan.campaign.ends) == (
        date(2009, 5, 1),
        date(2009, 11, 30),
    )
    whole = json.loads(json.dumps(plan.whole))
    assert whole["mission"][0]["due"] == "2009-05-31"
    assert whole["cost"][0]["amount"] == "1000.00"
    assert whole["indicator"][0]["baseline"] == "unknown"
    assert plan.source == WHOLE


def test_matching_rules_lose_sign_case_and_scheme(tmp_path: Path) -> None:
    assert load(tmp_path, WHOLE).campaign.match == Match(
        hashtags=("fiestamovement", "fiesta"),
        mentions=("ford",),
        links=("fordvehicles.com/Fiesta",),
    )


def test_what_the_file_leaves_out_is_the_workspaces(tmp_path: Path) -> None:
    campaign = load(tmp_path, HEAD).campaign
    assert (campaign.timezone, campaign.language) == ("Europe/Paris", "fr")
    assert (campaign.name, campaign.state) == ("fiesta", "draft")
    assert (campaign.starts, campaign.ends, campaign.match) == (None, None, Match())


def test_open_questions_are_no_problems(tmp_path: Path) -> None:
    """`"?"` stands for what a person must fill in, whatever the field holds."""
    plan = load(
        tmp_path,
        HEAD
        + 'start = "?"\n[strategy]\nkind = "?"\ntopics = "?"\n'
        + '[[indicator]]\nid = "views"\nmetric = "views"\ntarget = "?"\n',
    )
    assert plan.campaign.starts is None
    assert plan.whole["indicator"][0]["target"] == "?"


def test_every_problem_is_listed_at_once(tmp_path: Path) -> None:
    """Each with the path of its key."""
    said = "\n".join(
        problems(
            tmp_path,
            """
            [campaign]
            id = "Fiesta Movement"
            timezone = "America/Detriot"
            currency = "dollars"
            language = "de"
            strt = 2009-01-01
            start = 2009-05-01
            end = 2009-04-01
            countries = ["France"]
            [match]
            hashtag = ["a"]
            hashtags = "a"
            mentions = ["two words"]
            links = ["https://"]
            [strategy]
            kind = "champ"
            [[mission]]
            id = "a"
            opens = 2026-01-05
            due = 2026-01-01T00:00:00
            platforms = ["youtub"]
            assigned = "a1"
            needs = -1
            [[mission]]
            id = "a"
            [[cost]]
            id = "c"
            date = 2026-01-01
            kind = "fees"
            amount = 10.5
            mission = "aa"
            [[commission]]
            kind = "sale"
            [missions]
            """,
        )
    )
    for expected in (
        'campaign.id: "Fiesta Movement" is no id',
        'Did you mean "fiesta-movement"?',
        'campaign.timezone: time zone "America/Detriot" is unknown. Did you mean',
        'campaign.currency: "dollars" is no currency code',
        "campaign.language: ",
        'campaign.strt: is not known here. Did you mean "start"?',
        "campaign.end: 2009-04-01 is before start",
        'campaign.countries: "France" is no country code',
        'match.hashtag: is not known here. Did you mean "hashtags"?',
        "match.hashtags: is text, should be a list",
        'match.mentions: "two words" is not one word',
        "match.links: ",
        'strategy.kind: "champ" is not known. Did you mean "champion"?',
        "mission[0].due: is a date or time, should be a date",
        'mission[0].platforms: platform "youtub" is not known',
        'mission[0].assigned: should be "all" or a list',
        "mission[0].needs: is less than 0",
        'mission[1].id: "a" stands twice',
        "mission[1].due: is missing",
        'cost[0].kind: "fees" is not known',
        "cost[0].amount: 10.5 is inexact",
        'cost[0].mission: there is no "aa"',
        "commission[0]: needs percent or amount",
        'missions: is not known here. Did you mean "mission"?',
    ):
        assert expected in said


def test_a_mission_is_not_due_before_it_opens(tmp_path: Path) -> None:
    text = HEAD + '[[mission]]\nid = "a"\nopens = 2026-02-01\ndue = 2026-01-01\n'
    [line] = problems(tmp_path, text)
    assert line.startswith("mission[0].due: 2026-01-01 is before opens")


@pytest.mark.parametrize("amount", ["0.3", "-1", '"1,000"', '"10 USD"', "true", '"-5"'])
def test_money_is_exact_or_refused(tmp_path: Path, amount: str) -> None:
    text = f"{HEAD}[budget]\namount = {amount}\n"
    assert problems(tmp_path, text)[0].startswith("budget.amount: ")


@pytest.mark.parametrize(
    "text",
    ["", "campaign = 3", "mission = 3", HEAD + "[mission]\n", HEAD + "[[match]]\n"],
)
def test_wrong_shapes_are_problems_and_no_crash(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text)


def test_a_file_that_is_not_there_is_a_config_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file") as caught:
        load_plan(tmp_path / "none.toml", timezone="UTC", language="en")
    assert caught.value.code == "PLAN"


def test_a_broken_file_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, "[campaign]\nid = \n")
    assert caught.value.subject == "plan.toml:2"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('[budget]\namount = "10.005"', "budget.amount: "),
        ('[benchmark]\ncost = "1.001"', "benchmark.cost: "),
        (
            '[[commission]]\nkind = "sale"\namount = "1.001"',
            "commission[0].amount: ",
        ),
        ('[[commission]]\nkind = "sale"\npercent = 101', "commission[0].percent: "),
        ("[benchmark]\nawareness = -1", "benchmark.awareness: "),
        ("[attribution]\nprecedence = []", "attribution.precedence: "),
        ('[attribution]\nprecedence = ["code", "code"]', "attribution.precedence: "),
        ('[attribution]\nwindow = "a month"', "attribution.window: "),
        (
            (
                '[[cost]]\nid = "a"\ndate = 2026-01-01\nkind = "fee"\ncurrency = "JPY"'
                '\namount = "1.5"'
            ),
            "cost[0].amount: ",
        ),
        (
            '[[mission]]\nid = "a"\nopens = 2026-01-01\ndue = 2026-01-01\nneeds = 0',
            "mission[0].needs: ",
        ),
    ],
)
def test_figures_that_cannot_be_are_refused(
    tmp_path: Path, table: str, said: str
) -> None:
    """Shares beyond the whole, amounts finer than their currency, empty rules."""
    [line] = problems(tmp_path, f"{HEAD}{table}\n")
    assert line.startswith(said)


def test_a_currency_is_one_that_there_is(tmp_path: Path) -> None:
    [line] = problems(tmp_path, f'{HEAD}currency = "EUX"\n')
    assert line.startswith('campaign.currency: "EUX" is no currency')


def test_a_campaign_needs_its_id_before_all(tmp_path: Path) -> None:
    [line] = problems(tmp_path, '[campaign]\nid = "?"\n')
    assert line.startswith("campaign.id: ")


def test_open_lists_ask_for_nothing(tmp_path: Path) -> None:
    """A question mark in a list is no hashtag of that name."""
    text = (
        HEAD
        + 'countries = ["?"]\n[match]\nhashtags = ["?"]\n'
        + '[[content]]\ntype = "?"\nplatforms = ["?"]\n'
        + 2 * '[[mission]]\nid = "?"\nopens = "?"\ndue = "?"\n'
        + '[[cost]]\nid = "?"\ndate = "?"\nkind = "?"\namount = "?"\nmission = "?"\n'
    )
    assert load(tmp_path, text).campaign.match == Match()

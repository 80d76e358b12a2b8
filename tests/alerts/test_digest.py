"""Digests: what they say in both languages, and that each goes once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from alerting import day, make_campaign, settings
from receiving import Receiver
from support import Run

from tracker.alerts.digest import message
from tracker.alerts.sending import Sender

DIGEST = '[digest]\nevery = "{every}"\nto = [{{ env = "ALERT_URL" }}]\n{more}\n'
MISSIONS = """
[[mission]]
id = "harbour"
name = "Harbour"
opens = 2026-03-01
due = 2026-03-05

[[mission]]
id = "cranes"
name = "Cranes"
opens = 2026-03-06
due = 2026-03-31
hashtags = ["cranes"]
"""
#: Monday, 9 March 2026, after eight.
MONDAY = day(9, 9)


def digest(every: str = "week", more: str = "") -> str:
    return DIGEST.format(every=every, more=more)


@pytest.fixture
def home(invoke: Run, workspace: Path, request: pytest.FixtureRequest) -> Path:
    """`walks` with two people, two missions and results."""
    language = getattr(request, "param", "en")
    make_campaign(invoke, workspace, language=language)
    plan = workspace / "plan.toml"
    plan.write_text(plan.read_text() + MISSIONS)
    (workspace / "more.csv").write_text(
        "id,name,platform,handle\nbo,Bo Lindqvist,youtube,bo.walks\n"
    )
    (workspace / "outcomes.csv").write_text(
        "id,kind,at,campaign,ambassador,quantity\n"
        "o1,lead,2026-03-04,walks,ana,12\no2,lead,2026-03-09,walks,ana,5\n"
    )
    for words in (
        ("campaign", "apply", plan),
        ("ambassador", "import", workspace / "more.csv", "--campaign", "walks"),
        ("ingest", "--kind", "outcomes", "--file", workspace / "outcomes.csv"),
    ):
        result = invoke(*words)
        assert result.code == 0, result.err
    return workspace


def test_it_says_what_the_week_brought(home: Path, receiver: Receiver) -> None:
    """Monday 2 to Sunday 8 March: a lead of the 9th belongs to the next one."""
    tracker = settings(home, digest())
    assert [one.state for one in Sender(tracker, MONDAY).round()] == ["sent"]
    [text] = receiver.texts
    assert text.splitlines()[:3] == [
        "Ambassador Tracker: 2 to 8 March 2026",
        "Harbour walks, 2 to 8 March 2026",
        "=============",
    ]
    for told in (
        "Posts: 0 new, 1 in all.",
        "Views: +870, 1,370 in all.",
        "Clicks: not known.",
        "Results: leads 12.",
        "Late, Harbour (1, due 5 March 2026): Bo Lindqvist.",
        "Awaited, Cranes: 2 by 31 March 2026.",
        "mission.missing 1",
        "What we do not know: clicks of 1 of 1 posts.",
        "To do: write to 1 person who is late (tracker mission remind walks).",
        "To do: look at the findings (tracker finding list --campaign walks).",
    ):
        assert told in text, text


def test_it_says_whether_the_plan_is_kept(home: Path, invoke: Run) -> None:
    plan = home / "plan.toml"
    aim = '\n[[indicator]]\nid = "v"\nmetric = "views"\nbaseline = 0\ntarget = 99000\n'
    plan.write_text(plan.read_text() + aim)
    tracker = settings(home, digest())
    assert invoke("campaign", "apply", plan).code == 0
    assert "Views, 1,370 of 99,000: behind plan." in message(tracker, None, MONDAY)[1]


def test_who_delivered_stands_in_the_digest_of_that_week(
    home: Path, receiver: Receiver
) -> None:
    Sender(settings(home, digest()), day(2, 9)).round()
    [text] = receiver.texts
    assert "Posts: 1 new, 1 in all." in text
    assert "Delivered, Harbour (1): Ana Ibarra." in text


@pytest.mark.parametrize("home", ["fr"], indirect=True)
def test_it_reads_in_french(home: Path, receiver: Receiver) -> None:
    tracker = settings(home, digest(more='campaign = "walks"'))
    Sender(tracker, MONDAY).round()
    [text] = receiver.texts
    for told in (
        "Ambassador Tracker\u00a0: du 2 au 8 mars 2026",
        "Publications\u00a0: 0 nouvelle, 1 en tout.",
        "Vues\u00a0: +870, 1\u202f370 en tout.",
        "Clics\u00a0: inconnu.",
        "Résultats\u00a0: leads 12.",
        "En retard, Harbour (1, prévu le 5 mars 2026)\u00a0: Bo Lindqvist.",
        "Attendu, Cranes\u00a0: 2 d’ici le 31 mars 2026.",
        "À regarder\u00a0: ",
        "Ce que nous ne savons pas\u00a0: clics de 1 publication sur 1.",
    ):
        assert told in text, text


def test_the_language_of_the_block_wins(home: Path, receiver: Receiver) -> None:
    Sender(settings(home, digest(more='language = "fr"')), MONDAY).round()
    assert "Publications" in receiver.texts[0]


def test_each_period_once_and_what_was_missed_in_one(
    home: Path, receiver: Receiver
) -> None:
    """Daily; nobody ran for three days: one digest, of all the days since the last."""
    tracker = settings(home, digest("day"))
    assert len(Sender(tracker, day(4, 9)).round()) == 1
    assert Sender(tracker, day(4, 23)).round() == []
    assert Sender(tracker, day(5, 7)).round() == []
    assert len(Sender(tracker, day(8, 9)).round()) == 1
    first, second = (text.splitlines()[0] for text in receiver.texts)
    assert first == "Ambassador Tracker: 3 March 2026"
    assert second == "Ambassador Tracker: 4 to 7 March 2026"


def test_a_refused_digest_comes_later_and_only_the_newest(
    home: Path, receiver: Receiver
) -> None:
    receiver.statuses += [500]
    tracker = settings(home, digest("day"))
    assert [one.state for one in Sender(tracker, day(4, 9)).round()] == ["held"]
    [one] = Sender(tracker, day(5, 9)).round()
    assert (one.state, one.findings) == ("sent", 2)
    assert len(receiver.got) == 1
    assert Sender(tracker, day(5, 10)).round() == []


def test_commands_print_and_send_it_once(
    home: Path, receiver: Receiver, invoke: Run
) -> None:
    settings(home, digest())
    now = {"TRACKER_NOW": "2026-03-09T09:00:00Z"}
    shown = invoke("alert", "digest", "--dry-run", env=now)
    assert "Views: +870, 1,370 in all." in shown.out
    printed = json.loads(invoke("alert", "digest", "--dry-run", "--json", env=now).out)
    assert printed["text"] in shown.out
    assert receiver.got == []
    sent = json.loads(invoke("alert", "digest", "--json", env=now).out)["sent"]
    assert [(one["name"], one["state"]) for one in sent] == [("digest", "sent")]
    assert invoke("alert", "digest", env=now).out.strip() == "Nothing to send now."
    assert len(receiver.got) == 1
    listed = json.loads(invoke("alert", "list", "--json").out)["alerts"]
    assert [(one["name"], one["when"]) for one in listed] == [("digest", "every week")]


def test_without_an_address_it_is_only_printed(home: Path, invoke: Run) -> None:
    settings(home, '[digest]\nevery = "week"\n')
    now = {"TRACKER_NOW": "2026-03-09T09:00:00Z"}
    assert "Harbour walks" in invoke("alert", "digest", "--dry-run", env=now).out
    assert invoke("alert", "digest", env=now).out.strip() == "Nothing to send now."


def test_a_wrong_campaign_is_told(home: Path, receiver: Receiver, invoke: Run) -> None:
    settings(home, digest(more='campaign = "nowhere"'))
    result = invoke("alert", "digest", "--dry-run")
    assert result.code == 4
    assert "error[NOT_FOUND] [digest] campaign" in result.err
    assert invoke("alert", "send").code == 0


def test_clicks_on_tracked_links_are_told(
    home: Path, receiver: Receiver, invoke: Run
) -> None:
    """Not known clicks of posts and counted clicks of links stand side by side."""
    address = "https://example.org/walk"
    made = invoke("link", "add", address, "--code", "walk1", "--campaign", "walks")
    assert made.code == 0, made.err
    Sender(settings(home, digest()), MONDAY).round()
    assert "Clicks: not known." in receiver.texts[0]
    assert "Clicks on our links: +0, 0 in all." in receiver.texts[0]

"""What alerts tell, once, to a real receiver; cool-down, quiet hours, trouble."""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path

import pytest
from alerting import alert, day, make_campaign, settings
from receiving import Receiver, receiving
from support import Run

from tracker.alerts import delivery
from tracker.alerts.sending import WAITS, Sender
from tracker.store import outbox


def test_a_workspace_with_a_history_sends_one_message_and_then_what_is_new(
    campaign: Path, receiver: Receiver
) -> None:
    """6, 7 and 8 March gained less than 100; 4 March was not read: unknown."""
    tracker = settings(campaign, alert())
    assert [one.findings for one in Sender(tracker, day(8)).round()] == [2]
    assert [one.findings for one in Sender(tracker, day(9)).round()] == [1]
    assert Sender(tracker, day(9)).round() == []
    assert len(receiver.got) == 2
    first, second = receiver.texts
    assert first.startswith("few: 2 findings, Harbour walks")
    assert "Rule: views.gain < 100" in first
    for told in ("6 March 2026", "7 March 2026", "gain of the day 50", "of 1 posts"):
        assert told in first
    assert "4 March 2026" not in first
    assert "8 March 2026" in second
    assert "7 March 2026" not in second


def test_texts_are_in_the_campaigns_language(
    invoke: Run, workspace: Path, receiver: Receiver
) -> None:
    tracker = settings(make_campaign(invoke, workspace, language="fr"), alert())
    Sender(tracker, day(8)).round()
    [text] = receiver.texts
    assert "few\u00a0: 2 constats, Harbour walks" in text
    assert "Règle\u00a0: views.gain < 100" in text
    assert "6 mars 2026" in text
    assert "gain du jour 50" in text


def test_a_value_is_told_once_when_it_is_reached(
    campaign: Path, receiver: Receiver
) -> None:
    tracker = settings(campaign, alert(when="views.value >= 1300"))
    assert [one.findings for one in Sender(tracker, day(9)).round()] == [1]
    assert "5 March 2026: views, total 1,300" in receiver.texts[0]
    assert Sender(tracker, day(20)).round() == []


def test_a_day_is_asked_for_when_it_is_over_in_the_campaigns_zone(
    invoke: Run, workspace: Path, receiver: Receiver
) -> None:
    """At 04:30 UTC it is still 6 March in Detroit, and 7 March half an hour on."""
    home = make_campaign(invoke, workspace, zone="America/Detroit")
    tracker = settings(home, alert())
    assert Sender(tracker, day(7, 4) + 1_800_000).round() == []
    assert [one.findings for one in Sender(tracker, day(7, 5)).round()] == [1]


def test_in_a_cool_down_findings_wait_and_go_together(
    campaign: Path, receiver: Receiver
) -> None:
    tracker = settings(campaign, alert(more='cooldown = "40h"'))
    assert [one.findings for one in Sender(tracker, day(7)).round()] == [1]
    assert Sender(tracker, day(8)).round() == []
    assert [one.findings for one in Sender(tracker, day(9)).round()] == [2]
    assert [text.count("March 2026") for text in receiver.texts] == [1, 2]


def test_quiet_hours_hold_back_in_the_campaigns_zone(
    invoke: Run, workspace: Path, receiver: Receiver
) -> None:
    """Paris is one hour ahead: quiet from 21:00 to 06:00 UTC."""
    home = make_campaign(invoke, workspace, zone="Europe/Paris")
    tracker = settings(home, alert(more='quiet = "22:00-07:00"'))
    assert Sender(tracker, day(7, 5)).round() == []
    assert Sender(tracker, day(7, 21)).round() == []
    assert Sender(tracker, day(8, 3)).round() == []
    assert [one.findings for one in Sender(tracker, day(8, 6)).round()] == [2]
    assert len(receiver.got) == 1


def test_each_address_gets_its_own_and_a_new_one_gets_what_is_open(
    campaign: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order of the list does not matter: an address is known by its place."""
    tracker = settings(campaign, alert())
    Sender(tracker, day(7)).round()
    with receiving() as other:
        monkeypatch.setenv("OTHER_URL", other.address)
        both = alert().replace("[{ env", '[{ env = "OTHER_URL" }, { env')
        tracker = settings(campaign, both)
        Sender(tracker, day(7)).round()
        assert (len(receiver.got), len(other.got)) == (1, 1)


def test_what_people_have_seen_to_is_not_told(
    campaign: Path, receiver: Receiver
) -> None:
    """An alert that was held back and is gone meanwhile is told as over, not lost."""
    tracker = settings(campaign, alert(more='cooldown = "40h"'))
    Sender(tracker, day(7)).round()
    assert Sender(tracker, day(8)).round() == []
    tracker = settings(campaign, alert(when="views.gain < 10", more='cooldown = "40h"'))
    Sender(tracker, day(9)).round()
    assert "is over by now" in receiver.texts[1]


# -- trouble -------------------------------------------------------------------


def test_a_refused_message_is_tried_again_with_growing_waits(
    campaign: Path, receiver: Receiver
) -> None:
    receiver.statuses += [500, 503, 404]
    tracker, now = settings(campaign, alert()), day(8)
    tried = []
    for wait in WAITS[:3]:
        [one] = Sender(tracker, now).round()
        tried.append((one.state, one.error))
        assert Sender(tracker, now + wait - 1).round() == []
        now += wait
    assert tried == [
        ("held", "it answered 500"),
        ("held", "it answered 503"),
        ("held", "it answered 404"),
    ]
    assert [one.state for one in Sender(tracker, now).round()] == ["sent"]
    assert len(receiver.got) == 1


def test_a_receiver_that_is_away_for_ever_is_given_up(
    campaign: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving() as gone:
        away = gone.address
    monkeypatch.setenv("ALERT_URL", away)
    tracker, now, seen = settings(campaign, alert()), day(12), []
    for wait in (*WAITS, 0):
        seen += [one.state for one in Sender(tracker, now).round()]
        now += wait
    assert seen == ["held"] * len(WAITS) + ["failed"]
    found = outbox.letters(tracker.database)
    assert found[0].error == "given up after 23 tries: it cannot be reached"
    assert found[0].state == "failed"


def test_a_message_that_may_have_arrived_is_not_sent_again(
    campaign: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The receiver took it and answered too late; the next message says so."""
    monkeypatch.setenv("ALERT_URL", receiver.address + "?rto=0.2")
    receiver.silent = 1.0
    tracker = settings(campaign, alert())
    assert [one.state for one in Sender(tracker, day(7)).round()] == ["failed"]
    receiver.silent = 0.0
    assert Sender(tracker, day(7, 20)).round() == []
    assert [one.findings for one in Sender(tracker, day(8)).round()] == [1]
    assert len(receiver.got) == 2
    assert "A message of 7 March 2026 may not have arrived" in receiver.texts[1]


def test_a_missing_secret_is_told_and_waited_for(
    campaign: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ALERT_URL")
    tracker = settings(campaign, alert())
    [one] = Sender(tracker, day(8)).round()
    assert (one.state, one.to) == ("held", "*** (env ALERT_URL)")
    assert one.error == "the variable ALERT_URL is not set"
    monkeypatch.setenv("ALERT_URL", receiver.address)
    assert [one.state for one in Sender(tracker, day(8, 13)).round()] == ["sent"]


def test_an_alert_for_no_campaign_leaves_the_others_alone(
    campaign: Path, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = alert("wrong", more='campaign = "no-such"')
    tracker = settings(campaign, wrong + alert())
    assert [one.name for one in Sender(tracker, day(8)).round()] == ["few"]
    assert "error[NOT_FOUND] alert wrong: campaign" in caplog.text


def test_several_at_once_send_once(each_workspace: Path, receiver: Receiver) -> None:
    """Six senders of one outbox, on SQLite and on PostgreSQL."""
    tracker = settings(each_workspace, alert(when="source."))
    where = "env ALERT_URL"
    news = [
        outbox.News("few", f"source.late:{n}", where, "x", None, day(1))
        for n in range(9)
    ]
    outbox.put(tracker.database, news, day(1))
    gate, sent = threading.Barrier(6), []

    def one() -> None:
        gate.wait()
        sent.extend(Sender(tracker, day(2)).round())

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.findings for each in sent] == [9]
    assert len(receiver.got) == 1
    assert outbox.put(tracker.database, news, day(3)) == 0


# -- secrets -------------------------------------------------------------------


ADDRESSES = [
    ("json://user:canary@127.0.0.1:8000/canary?token=canary", "json://127.0.0.1:8000"),
    ("jsons://host.example/canary", "jsons://host.example"),
    ("json://user:canary/canary@host", "json://***"),
    ("json://us:can@ary@host/canary", "json://host"),
    ("mailto://me:canary@example.org?to=canary@example.net", "mailto://***"),
    ("mailtos://me:canary@example.org", "mailtos://example.org"),
    ("slack://canary/canary/canary", "slack://***"),
    ("tgram://canary/canary", "tgram://***"),
    ("discord://canary/canary", "discord://***"),
    ("ntfy://canary", "ntfy://***"),
    ("https://hooks.slack.com/services/canary", "https://***"),
    ("canary", "***"),
    ("", "***"),
]


@pytest.mark.parametrize(("address", "shown"), ADDRESSES)
def test_an_address_is_shown_without_its_secret(address: str, shown: str) -> None:
    assert delivery.shown(address) == shown
    assert "canary" not in shown


def test_nothing_of_an_address_is_told_anywhere(
    campaign: Path,
    receiver: Receiver,
    invoke: Run,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """List, history, answers and logs, when all goes well and when it does not."""
    caplog.set_level(logging.INFO)
    receiver.statuses += [500]
    settings(campaign, alert())
    said = []
    for words in (("list",), ("send",), ("send",), ("history",), ("test",)):
        for json_too in ((), ("--json",)):
            result = invoke("alert", *words, *json_too)
            said += [result.out, result.err]
    monkeypatch.setenv("ALERT_URL", "nonsense://canary-word")
    said.append(invoke("alert", "send").out)
    assert "127.0.0.1" in "".join(said)
    assert "canary" not in "".join(said)
    assert "canary" not in caplog.text


def test_what_apprise_does_not_know_is_told_without_it(
    campaign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALERT_URL", "nonsense://canary")
    [one] = Sender(settings(campaign, alert()), day(8)).round()
    assert (one.state, one.error) == ("held", "Apprise knows no such address")


# -- commands --------------------------------------------------------------------------


def test_a_trial_over_history_sends_nothing(
    campaign: Path, receiver: Receiver, invoke: Run
) -> None:
    """Three days gained less than 100: told at midnight, which is quiet at night, and
    two of them within 30 hours after a message."""
    settings(
        campaign,
        alert()
        + alert("night", more='quiet = "22:00-07:00"')
        + alert("rare", more='cooldown = "30h"'),
    )
    answer = json.loads(invoke("alert", "test", "--json").out)
    few, night, rare = answer["alerts"]
    assert few == {
        "name": "few",
        "would_fire": 3,
        "first": "2026-03-06",
        "last": "2026-03-08",
        "held": 0,
        "messages": 3,
    }
    assert (night["would_fire"], night["held"], night["messages"]) == (3, 3, 3)
    assert (rare["would_fire"], rare["held"], rare["messages"]) == (3, 2, 3)
    [one] = json.loads(invoke("alert", "test", "night", "--json").out)["alerts"]
    assert one == night
    assert receiver.got == []
    assert json.loads(invoke("alert", "history", "--json").out) == {"sent": []}
    wrong = invoke("alert", "test", "nigth")
    assert wrong.code == 4
    assert 'Did you mean "night"?' in wrong.err


def test_the_history_has_each_finding_once_an_address(
    campaign: Path, receiver: Receiver, invoke: Run
) -> None:
    settings(campaign, alert())
    now = {"TRACKER_NOW": "2026-03-08T12:00:00Z"}
    sent = json.loads(invoke("alert", "send", "--json", env=now).out)["sent"]
    assert [one["state"] for one in sent] == ["sent"]
    again = invoke("alert", "send", env=now)
    assert (again.code, again.out.strip()) == (0, "Nothing to send now.")
    found = json.loads(invoke("alert", "history", "--json").out)["sent"]
    assert [(one["name"], one["at"], one["state"]) for one in found] == [
        ("few", "2026-03-08T12:00:00Z", "sent")
    ] * 2
    assert all(one["finding"].startswith("views.gain:") for one in found)
    assert {one["to"] for one in found} == {
        f"json://127.0.0.1:{receiver.port} (env ALERT_URL)"
    }


def test_a_message_that_is_not_taken_ends_the_command_with_7(
    campaign: Path, receiver: Receiver, invoke: Run
) -> None:
    settings(campaign, alert())
    receiver.statuses += [500]
    result = invoke("alert", "send")
    assert result.code == 7
    assert "it answered 500" in result.out


# -- findings ------------------------------------------------------------------------


def missing(invoke: Run, home: Path, people: int) -> None:
    """So many people of `walks` who did nothing for a mission that was due."""
    plan = home / "plan.toml"
    mission = '\n[[mission]]\nid = "m"\nopens = 2026-03-01\ndue = 2026-03-05\n'
    plan.write_text(plan.read_text() + mission)
    rows = [f"p{n},Person {n},youtube,person{n}" for n in range(people)]
    (home / "more.csv").write_text("\n".join(["id,name,platform,handle", *rows]))
    for words in (
        ("campaign", "apply", plan),
        ("ambassador", "import", home / "more.csv", "--campaign", "walks"),
    ):
        result = invoke(*words)
        assert result.code == 0, result.err


def test_a_long_list_is_cut_and_counted(
    campaign: Path, receiver: Receiver, invoke: Run
) -> None:
    missing(invoke, campaign, 13)
    tracker = settings(campaign, alert("late", "mission."))
    assert [one.findings for one in Sender(tracker, day(8)).round()] == [13]
    [text] = receiver.texts
    assert text.startswith("late: 13 findings, Harbour walks")
    assert text.count("- 2026-03-0") == 10
    assert "and 3 more (mission.missing 3)" in text
    assert "Harbour walks" in text
    assert "tracker export findings" in text
    assert len(text) < 2000


def test_what_people_said_of_a_finding_is_heard(
    campaign: Path, receiver: Receiver, invoke: Run
) -> None:
    """Acknowledged before it was told: not told; it still counts in a trial."""
    missing(invoke, campaign, 2)
    now = {"TRACKER_NOW": "2026-03-08T12:00:00Z"}
    found = json.loads(invoke("finding", "list", "--json", env=now).out)["findings"]
    late = [one["id"] for one in found if one["rule"] == "mission.missing"]
    assert invoke("finding", "ack", late[0], "--reason", "ill", env=now).code == 0
    tracker = settings(campaign, alert("late", "mission.missing"))
    assert [one.findings for one in Sender(tracker, day(8)).round()] == [1]
    [one] = json.loads(invoke("alert", "test", "--json", env=now).out)["alerts"]
    assert one["would_fire"] == 2


def test_several_campaigns_are_told_in_the_workspaces_language(
    campaign: Path, receiver: Receiver, invoke: Run
) -> None:
    """One message an alert and address; each line names its campaign."""
    missing(invoke, campaign, 1)
    plan = (campaign / "plan.toml").read_text()
    other = plan.replace('"walks"', '"quays"').replace("Harbour walks", "Les quais")
    (campaign / "quays.toml").write_text(other.replace('"en"', '"fr"'))
    invoke("campaign", "apply", campaign / "quays.toml")
    invoke("enrol", "quays", "p0")
    tracker = settings(campaign, alert("late", "mission.missing"))
    assert [one.findings for one in Sender(tracker, day(8)).round()] == [2]
    [text] = receiver.texts
    assert text.startswith("late: 2 findings\n")
    assert "Harbour walks" in text
    assert "Les quais" in text


def test_what_was_held_back_at_night_for_three_people_goes_in_one_message(
    campaign: Path, receiver: Receiver, invoke: Run
) -> None:
    missing(invoke, campaign, 3)
    quiet = settings(campaign, alert("late", "mission.", 'quiet = "22:00-07:00"'))
    assert Sender(quiet, day(6, 23)).round() == []
    held = json.loads(invoke("alert", "history", "--json").out)["sent"]
    assert [one["state"] for one in held] == ["held"] * 3
    assert [one.findings for one in Sender(quiet, day(7, 7)).round()] == [3]
    assert len(receiver.got) == 1

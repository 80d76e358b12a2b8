"""Processes that are killed while they send, and the daemon: nothing comes twice."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from alerting import alert, day, settings
from receiving import Receiver
from support import PRIVATE, ROOT, Run

from tracker.alerts.sending import Sender
from tracker.store import outbox


def environment(home: Path, receiver: Receiver, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in PRIVATE}
    kept |= {"PYTHONPATH": str(ROOT), "TRACKER_HOME": str(home)}
    return {**kept, "ALERT_URL": receiver.address, **more}


def free_port(home: Path) -> Path:
    file = home / "tracker.toml"
    file.write_text(file.read_text().replace("127.0.0.1:8040", "127.0.0.1:0"))
    return home


@contextlib.contextmanager
def process(
    home: Path, receiver: Receiver, *words: str, **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    log = home / "process.log"
    with log.open("ab") as written:
        started = subprocess.Popen(
            [sys.executable, "-m", "tracker", *words],
            env=environment(home, receiver, **more),
            stdout=written,
            stderr=written,
        )
    try:
        yield started
    finally:
        started.kill()
        started.wait()


def test_what_was_being_sent_when_its_process_died_is_not_sent_again(
    campaign: Path, receiver: Receiver
) -> None:
    """At most once: the message arrived, nobody noted it, and it is shown as failed."""
    tracker = settings(campaign, alert())
    receiver.silent = 30
    now = {"TRACKER_NOW": "2026-03-08T12:00:00Z"}
    with process(campaign, receiver, "alert", "send", **now) as sending:
        receiver.wait(1)
        sending.send_signal(signal.SIGKILL)
        sending.wait()
    receiver.silent = 0
    assert {one.state for one in outbox.letters(tracker.database)} == {"sending"}
    assert Sender(tracker, day(8) + 1000).round() == []
    assert Sender(tracker, day(8) + outbox.LONGEST).round() == []
    found = outbox.letters(tracker.database)
    assert {(one.state, one.error) for one in found} == {("failed", outbox.CUT_OFF)}
    assert len(receiver.got) == 1
    assert [one.findings for one in Sender(tracker, day(9)).round()] == [1]
    assert len(receiver.got) == 2


def test_killed_at_any_moment_nothing_comes_twice(
    campaign: Path, receiver: Receiver, invoke: Run
) -> None:
    """Every finding is in the receiver's messages once, or is told to have failed."""
    tracker, chance = settings(campaign, alert()), random.Random(7)
    receiver.silent = 0.02
    for at in range(7, 12):
        now = {"TRACKER_NOW": f"2026-03-{at:02}T12:00:00Z"}
        with (
            process(campaign, receiver, "alert", "send", **now) as sending,
            contextlib.suppress(subprocess.TimeoutExpired),
        ):
            sending.wait(chance.uniform(0.2, 1.6))
    receiver.silent = 0
    Sender(tracker, day(12)).round()
    text = "\n".join(receiver.texts)
    failed = {
        one.finding for one in outbox.letters(tracker.database) if one.state == "failed"
    }
    told = [
        text.count(f"- 2026-03-0{on} ") + text.count(f"- 2026-03-0{on},")
        for on in (6, 7, 8)
    ]
    assert all(count <= 1 for count in told)
    assert sum(told) + len(failed) >= 3
    states = [one.state for one in outbox.letters(tracker.database)]
    assert states.count("sent") + states.count("failed") == 3


def test_the_daemon_sends_alerts_and_the_digest_once_through_kills(
    campaign: Path, receiver: Receiver
) -> None:
    """Three daemons one after the other, two of them killed; no secret in the log."""
    digest = '[digest]\nevery = "month"\nto = [{ env = "ALERT_URL" }]\n'
    tracker = settings(free_port(campaign), alert() + digest)
    with process(campaign, receiver, "daemon"):
        receiver.wait(2)
        _noted(tracker.database, 4)
    for _ in range(2):
        with process(campaign, receiver, "daemon", "--log", "json") as daemon:
            _said(campaign, '"started"')
            time.sleep(4)
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(30) == 0
    titles = sorted(one["title"].partition(":")[0] for one in receiver.got)
    assert titles == ["Ambassador Tracker", "few"]
    log = (campaign / "process.log").read_text()
    assert "findings sent" in log
    assert "canary" not in log


def _noted(database: object, count: int) -> None:
    """Until so many letters are noted as sent."""
    for _ in range(600):
        found = outbox.letters(database)  # type: ignore[arg-type]
        if [one.state for one in found] == ["sent"] * count:
            return
        time.sleep(0.05)
    raise AssertionError(found)


def _said(home: Path, word: str) -> None:
    before = (home / "process.log").read_text().count(word)
    for _ in range(600):
        if (home / "process.log").read_text().count(word) > max(before - 1, 0):
            return
        time.sleep(0.05)
    raise AssertionError((home / "process.log").read_text())


def test_slow_receivers_hold_up_nothing_else(
    campaign: Path, receiver: Receiver, invoke: Run
) -> None:
    """While a receiver does not answer, the daemon goes on collecting."""
    receiver.silent = 60
    source = '[[source]]\nname = "files"\nkind = "csv"\npath = "inbox/*.csv"\n'
    settings(free_port(campaign), source + alert())
    with process(campaign, receiver, "daemon", ALERT_URL=receiver.address + "?rto=50"):
        receiver.wait(1)
        head = "platform,handle,post_id,captured_at,views\n"
        row = "youtube,ana.walks,v2,2026-03-11T10:00:00Z,77\n"
        (campaign / "inbox" / "new.csv").write_text(head + row)
        os.utime(campaign / "inbox" / "new.csv", (1_700_000_000, 1_700_000_000))
        for _ in range(300):
            rows = json.loads(invoke("totals", "walks", "--json").out)["rows"]
            if rows[0]["posts"] == 2:
                break
            time.sleep(0.1)
        assert rows[0]["posts"] == 2
        [one, *_] = json.loads(invoke("alert", "history", "--json").out)["sent"]
        assert one["state"] == "held"


def test_the_outbox_keeps_what_was_sent(campaign: Path, receiver: Receiver) -> None:
    """An alert that is taken out of the settings and comes back tells nothing again."""
    tracker = settings(campaign, alert())
    Sender(tracker, day(9)).round()
    Sender(settings(campaign, ""), day(9)).round()
    assert Sender(settings(campaign, alert()), day(9)).round() == []
    assert len(receiver.got) == 1

"""Deliveries to a real server: kept once, kept before the answer, or refused."""

from __future__ import annotations

import json
import random
import resource
import signal
import sqlite3
import threading
import time
from pathlib import Path

import pytest
from serving import Serving, ask, deliver, event, serving, signed, until

from tracker.app import open_tracker
from tracker.server.door import Door
from tracker.store.inbox import Inbox
from tracker.store.quarantine import Quarantine

REFUSED = (401, {"error": "signature"})


def kept(home: Path) -> dict[str, bytes]:
    box = Inbox(open_tracker(home).database)
    return {each.delivery_id: each.body for each in box.waiting("shop", 10_000)}


def test_a_delivery_is_kept_with_its_bytes(each_hooked: Path) -> None:
    """And with the headers that its kind asks for, and no others."""
    with serving(each_hooked) as door:
        body = b' {"type": "post.metrics", "data": []}\n'
        extra = {**signed("msg_1", body), "x-forwarded-for": "203.0.113.9"}
        answer = ask(door.address, "POST", "/hooks/shop?x=1", body, extra)
        assert (answer.status, answer.json) == (200, {"kept": True})
        assert answer.headers["x-content-type-options"] == "nosniff"
    [found] = Inbox(open_tracker(each_hooked).database).waiting("shop", 10)
    assert (found.delivery_id, found.body) == ("msg_1", body)
    assert json.loads(found.headers).keys() == {"webhook-timestamp"}
    assert abs(found.received_at - time.time() * 1000) < 60_000


def test_each_event_counts_once_however_often_it_is_sent(each_hooked: Path) -> None:
    """16 senders, each event one to five times, and the server killed between."""
    settings = each_hooked / "tracker.toml"
    chance = random.Random(7)
    todo = [n for n in range(320) for _ in range(chance.randint(1, 5))]
    chance.shuffle(todo)
    place, lock = [""], threading.Lock()
    acknowledged: set[int] = set()

    def send(numbers: list[int]) -> None:
        for number in numbers:
            while True:
                try:
                    answer = deliver(place[0], f"evt-{number}", event(number))
                except OSError:
                    time.sleep(0.02)  # as senders do: try again
                    continue
                if answer.status == 200:
                    break
                assert answer.status == 503
            with lock:
                acknowledged.add(number)

    threads = [threading.Thread(target=send, args=(todo[n::16],)) for n in range(16)]
    with serving(each_hooked) as first:
        place[0] = first.address
        port = first.address.rpartition(":")[2]
        settings.write_text(settings.read_text().replace(":0", f":{port}"))
        for thread in threads:
            thread.start()
        for part in (80, 160):
            until(lambda part=part: len(acknowledged) >= part)
            first.end(signal.SIGKILL)
            acked = set(acknowledged)
            assert {f"evt-{n}" for n in acked} <= kept(each_hooked).keys()
            first = Serving(each_hooked)  # noqa: PLW2901 - the next life of it
        for thread in threads:
            thread.join()
        assert first.end() == 0
    assert kept(each_hooked) == {f"evt-{n}": event(n) for n in range(320)}


def test_another_content_under_a_known_id_is_in_quarantine(door: Serving) -> None:
    """Both get 2xx, the first stands."""
    home = door.log.parent / "workspace"
    assert [deliver(door.address, "a", event(n)).status for n in (1, 2, 1)] == [200] * 3
    assert kept(home) == {"a": event(1)}
    [reject] = Quarantine(open_tracker(home).database).list()
    assert (reject.code, reject.raw.encode()) == ("ID_REUSED", event(2))
    [line] = [each for each in door.said("hook") if each["code"] == "ID_REUSED"]
    assert "First kept; second in quarantine" in line["message"]


def test_what_is_not_signed_is_refused_always_the_same(door: Serving) -> None:
    """One bit, one header, a stale or early time, another secret; never a 5xx."""
    body = event(1)
    good = signed("a", body)
    now = int(time.time())
    tries = [
        (body[:-1] + b" ", good),
        (body, {}),
        (body, {**good, "webhook-id": "b"}),
        (body, {**good, "webhook-signature": "v1,"}),
        (body, {**good, "webhook-signature": "é" * 10}),
        (body, {**good, "webhook-signature": "x" * 20_000}),
        (body, {**good, "webhook-timestamp": "nan"}),
        (body, signed("a", body, at=now - 310)),
        (body, signed("a", body, at=now + 310)),
        (b"", good),
        (b"{", {**good}),
    ]
    for sent, headers in tries:
        answer = ask(door.address, "POST", "/hooks/shop", sent, headers)
        assert (answer.status, answer.json) == REFUSED
    answer = ask(door.address, "POST", "/hooks/insta", body, good)
    assert (answer.status, answer.json) == REFUSED
    assert kept(door.log.parent / "workspace") == {}
    told = door.said("hook")
    # told once a minute, with the sender's network and not its address
    assert len(told) == len({(each["code"], each["source"]) for each in told})
    assert all("from 127.0.0.0/24" in each["message"] for each in told)
    assert "127.0.0.1" not in "".join(each["message"] for each in told)


@pytest.mark.parametrize(
    ("body", "at"),
    [
        (b'{"likes": NaN}', "$.likes"),
        (b'{"data": {"likes": 1e400}}', "$.data.likes"),
        (b'{"a": 1, "a": 2}', "$.a"),
        (b"[" * 100_000, "$"),
        (b"[" * 65 + b"]" * 65, "$"),
        (b"{} x", "$"),
        (b"", "$"),
        (b"\xef\xbb\xbf{}", "$"),
        ("{}".encode("utf-16"), "$"),
        (b'{"a": "\x00"}', "$"),
        (b"9" * 5000, "$"),
    ],
)
def test_a_signed_body_that_is_no_strict_json_is_refused(
    near: Door, body: bytes, at: str
) -> None:
    """With the place and the reason; nothing is kept."""
    answer = deliver(near.address, "a", body)
    assert answer.status == 400
    assert answer.json.keys() == {"error", "at", "why"}
    assert (answer.json["error"], answer.json["at"]) == ("json", at)
    assert kept(near.home) == {}


def test_while_the_database_is_locked_handshakes_go_on(door: Serving) -> None:
    """A delivery waits for the lock and is kept; readiness is found out beforehand."""
    home = door.log.parent / "workspace"
    other = sqlite3.connect(home / "tracker.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    replies = []
    sender = threading.Thread(
        target=lambda: replies.append(deliver(door.address, "late", event(1)))
    )
    sender.start()
    query = "hub.mode=subscribe&hub.verify_token=the-word&hub.challenge=12345"
    for _ in range(20):
        answer = ask(door.address, "GET", f"/hooks/insta?{query}")
        assert (answer.status, answer.body) == (200, b"12345")
        assert answer.headers["content-type"].startswith("text/plain")
    assert ask(door.address, "GET", "/healthz").status == 200
    assert replies == []
    other.execute("ROLLBACK")
    sender.join()
    assert replies[0].status == 200
    assert kept(home) == {"late": event(1)}
    other.close()


def test_a_wrong_word_is_not_confirmed_and_nothing_is_reflected(door: Serving) -> None:
    path = "/hooks/insta?hub.mode=subscribe&hub.verify_token="
    for query in ("wrong&hub.challenge=1", "the-word&hub.challenge=<b>", "the-word"):
        answer = ask(door.address, "GET", path + query)
        assert answer.status == 403
        assert b"<" not in answer.body
    answer = ask(door.address, "GET", "/hooks/insta?" + "&".join("abcdefgh" * 50))
    assert answer.status == 403
    assert any(each["code"] == "HANDSHAKE" for each in door.said("hook"))


def test_what_cannot_be_stored_is_not_acknowledged(door: Serving) -> None:
    """A disk without room: 503, the sender tries again, and it goes on afterwards."""
    home = door.log.parent / "workspace"
    pid = door.process.pid
    full = resource.prlimit(pid, resource.RLIMIT_FSIZE, (1 << 16, -1))
    body = json.dumps({"type": "x", "data": "x" * 200_000}).encode()
    answer = deliver(door.address, "a", body)
    assert (answer.status, answer.headers["retry-after"]) == (503, "30")
    assert answer.json == {"error": "unavailable", "retry_after": 30}
    ready = ask(door.address, "GET", "/readyz")
    assert (ready.status, ready.json["ready"]) == (503, False)
    assert ready.json["because"][0].startswith("database: ")
    [line] = [e for e in door.said("hook") if e["code"] == "STORE_UNAVAILABLE"]
    assert "The sender will retry" in line["message"]
    resource.prlimit(pid, resource.RLIMIT_FSIZE, full)
    assert kept(home) == {}
    assert deliver(door.address, "a", body).status == 200
    assert kept(home) == {"a": body}
    until(lambda: ask(door.address, "GET", "/readyz").status == 200)


def test_a_secret_that_was_taken_away_opens_nothing(hooked: Path) -> None:
    """Two are active while rotating; settings are read again without a restart."""
    file = hooked / "tracker.toml"
    old, new = '{ env = "SHOP_SECRET" }', '{ env = "NEXT_SECRET" }'
    text = file.read_text()
    key = "bmV3" * 8
    with serving(hooked, NEXT_SECRET=f"whsec_{key}") as door:
        assert deliver(door.address, "a", b"{}").status == 200
        file.write_text(text.replace(old, f"[{new}, {old}]"))
        until(lambda: deliver(door.address, "n", b"{}", key=key).status == 200)
        assert deliver(door.address, "b", b"{}").status == 200
        file.write_text(text.replace(old, new))
        until(lambda: deliver(door.address, "b", b"{}").status == 401)
        file.write_text("no toml")
        until(lambda: door.said("settings"))
        assert deliver(door.address, "d", b"{}", key=key).status == 200
    file.write_text(text)
    assert kept(hooked).keys() == {"a", "n", "b", "d"}


def test_a_source_without_its_secret_lets_nobody_in(hooked: Path) -> None:
    """The sender shall try again, and the operator is told at the start."""
    with serving(hooked, SHOP_SECRET="") as door:
        assert "SECRET_MISSING" in [each["code"] for each in door.said("hook")]
        assert deliver(door.address, "a", b"{}").status == 503
        assert ask(door.address, "POST", "/hooks/insta", b"{}").status == 401

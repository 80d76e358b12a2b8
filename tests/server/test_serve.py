"""`tracker serve` and the daemon's door: where they listen, what they say."""

from __future__ import annotations

import json
import re
import signal
import socket
import threading
from pathlib import Path

import pytest
from serving import Serving, ask, deliver, event, serving, until
from support import Run

from tracker.app import Tracker, open_tracker
from tracker.server import told
from tracker.server.door import Door, refuse_outside
from tracker.store import inbox
from tracker.store.inbox import Inbox


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "192.0.2.1:0", "[::]:0", "example:0"])
@pytest.mark.parametrize("command", ["serve", "daemon"])
def test_the_world_is_let_in_only_behind_a_proxy(
    run: Run, workspace: Path, listen: str, command: str
) -> None:
    """Otherwise nothing is started."""
    (workspace / "tracker.toml").write_text(f'[server]\nlisten = "{listen}"\n')
    found = run(command)
    assert found.code == 3
    assert found.err.startswith(f"error[PROXY_REQUIRED] server {listen}: ")


@pytest.mark.parametrize(
    "listen", ["127.0.0.1:0", "127.8.9.1:0", "[::1]:0", "localhost:0"]
)
def test_this_machine_needs_no_proxy(listen: str) -> None:
    refuse_outside(listen)


@pytest.mark.parametrize("words", [("--behind-proxy",), ()])
def test_behind_a_proxy_it_listens_to_all(hooked: Path, words: tuple[str, ...]) -> None:
    """By the option or by the settings; the figures stay for this machine alone."""
    file = hooked / "tracker.toml"
    more = "" if words else "behind_proxy = true\n"
    file.write_text(file.read_text().replace('"127.0.0.1:0"', f'"0.0.0.0:0"\n{more}'))
    with serving(hooked, "serve", *words) as door:
        near = door.address.replace("0.0.0.0", "127.0.0.1")
        assert ask(near, "GET", "/metrics").status == 200
        from_afar = {"X-Forwarded-For": "203.0.113.9"}
        assert ask(near, "GET", "/metrics", headers=from_afar).status == 403


@pytest.mark.parametrize(
    ("said", "status"), [('"all"', 200), ("true", 200), ('"off"', 403), ("false", 403)]
)
def test_who_may_read_the_figures_is_a_setting(
    hooked: Path, monkeypatch: pytest.MonkeyPatch, said: str, status: int
) -> None:
    file = hooked / "tracker.toml"
    file.write_text(file.read_text().replace("[server]", f"[server]\nmetrics = {said}"))
    door = Door(open_tracker(hooked))
    door.open()
    headers = {"X-Forwarded-For": "203.0.113.9"} if status == 200 else {}
    assert ask(door.address, "GET", "/metrics", headers=headers).status == status
    door.close()


def test_settings_of_the_server_are_checked(run: Run, workspace: Path) -> None:
    wrong = '[server]\nmetrics = "some"\nbehind_proxy = 1\nport = 1\n'
    (workspace / "tracker.toml").write_text(wrong)
    found = run("serve")
    assert found.code == 3
    assert [f"server.{key}: " in found.err for key in ("metrics", "port")] == [True] * 2
    assert "server.behind_proxy: is neither true nor false" in found.err


def test_an_address_that_is_taken_is_told(run: Run, hooked: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        found = run("serve", "--listen", taken)
    assert found.code == 3
    assert f"error[LISTEN] server {taken}: address already in use" in found.err
    found = run("serve", "--listen", "8040")
    assert (found.code, "error[LISTEN] --listen: " in found.err) == (3, True)


def test_it_ends_when_what_is_under_way_is_answered(hooked: Path) -> None:
    """SIGTERM: a delivery that waits for the database is kept and answered."""
    database = open_tracker(hooked).database
    with serving(hooked) as door:
        replies: list[int] = []
        sender = threading.Thread(
            target=lambda: replies.append(deliver(door.address, "a", event(1)).status)
        )
        with database.writing():
            sender.start()
            waiting = "tracker_deliveries_waiting 1.0"
            until(lambda: waiting in ask(door.address, "GET", "/metrics").body.decode())
            door.process.send_signal(signal.SIGTERM)
            with pytest.raises(OSError):
                until(lambda: ask(door.address, "GET", "/healthz").status != 200)
        sender.join()
        assert (replies, door.process.wait(20)) == ([200], 0)
        assert door.said("stop")


def test_the_daemon_listens_and_reads_what_was_delivered(
    run: Run, hooked: Path
) -> None:
    """At once: no slot has to come first."""
    with serving(hooked, "daemon") as door:
        assert deliver(door.address, "a", event(1, views=7)).status == 200
        assert ask(door.address, "GET", "/readyz").json == {"ready": True}

        def views() -> object:
            return json.loads(run("totals", "--json").out)["rows"][0]["views"]["value"]

        until(lambda: views() == 7)
        assert door.end() == 0
    assert Inbox(open_tracker(hooked).database).waiting("shop", 1) == []


def test_a_daemon_without_its_address_collects_all_the_same(hooked: Path) -> None:
    """It tells, and tries again."""
    file = hooked / "tracker.toml"
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        file.write_text(file.read_text().replace(":0", f":{port}"))
        daemon = _started(hooked)
        until(lambda: [e for e in daemon.said("listen") if e["code"] == "LISTEN"])
        assert daemon.said("start")
    assert daemon.end() == 0


def _started(home: Path) -> Serving:
    """A daemon that may not listen."""
    daemon = Serving.__new__(Serving)
    daemon.begin(home, "daemon")
    return daemon


def test_health_tells_why_it_is_not_ready(near: Door) -> None:
    """A scheduler that stands still, and a door that closes."""
    health = near.app.health
    assert ask(near.address, "GET", "/readyz").json == {"ready": True}
    health._ticked = lambda: 0.0
    answer = ask(near.address, "GET", "/readyz")
    assert answer.status == 503
    [why] = answer.json["because"]
    assert re.fullmatch(r"scheduler: no tick for \d+ s", why)
    health._ticked = None
    health.stopping = True
    assert ask(near.address, "GET", "/readyz").json["because"] == ["stopping"]
    health.stopping = False
    health._sound = near.app.writer.kept_at = -100.0
    assert (
        "database: no answer for"
        in ask(near.address, "GET", "/readyz").json["because"][0]
    )
    with near.app.writer.inbox._database.writing() as link:
        link.run("UPDATE alembic_version SET version_num = '9999'")
    health._tried = -100.0
    health.look(1)
    assert health.because()[0].startswith("schema: 9999, not ")


def test_a_locked_database_is_found_out(
    near: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And that it is free again, without any delivery."""
    health, box = near.app.health, near.app.writer.inbox
    monkeypatch.setattr(inbox, "PATIENCE", 1)
    box.close()
    with box._database.writing():
        health._tried = near.app.writer.kept_at = -100.0
        health.look(1)
        assert health.because() == ["database: DB_BUSY"]
    health._tried = -100.0
    health.look(2)
    assert health.because() == []


def test_figures_count_what_happened(near: Door) -> None:
    deliver(near.address, "a", b"{}")
    deliver(near.address, "a", b"{}")
    ask(near.address, "POST", "/hooks/shop", b"{}")
    answer = ask(near.address, "GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.body.decode().splitlines()
    for outcome in ("new", "again", "signature"):
        told = f'tracker_deliveries_total{{outcome="{outcome}",source="shop"}} 1.0'
        assert told in lines
    assert 'tracker_http_requests_total{status="200"} 2.0' in lines
    assert "tracker_ready 1.0" in lines


def test_the_description_names_every_answer(near: Door) -> None:
    """Each path and method there is, with the statuses it gives; no other."""
    said = ask(near.address, "GET", "/openapi.json").json
    assert said["openapi"] == "3.1.0"
    paths = said["paths"]
    assert "/hooks/files" not in paths
    assert set(paths["/hooks/shop"]) == {"post"}
    assert set(paths["/hooks/insta"]) == {"get", "post"}
    for path, methods in paths.items():
        for method in methods.keys() & {"get", "head", "post"}:
            answer = ask(near.address, method.upper(), path.replace("{code}", "abc"))
            found = methods[method]["responses"][str(answer.status)]
            media = answer.headers["content-type"]
            assert method == "head" or media in found["content"]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("testclient", "unknown"),
        ("", "unknown"),
    ],
)
def test_senders_are_told_by_their_network(address: str, network: str) -> None:
    assert told.network(address) == network


def test_only_a_trusted_proxy_is_believed() -> None:
    """From our side on, hop by hop."""
    headers = [(b"x-forwarded-for", b"198.51.100.1, 203.0.113.7, 10.0.0.2")]
    assert told.sender(headers, "10.0.0.1", ()) == "10.0.0.0/24"
    assert told.sender(headers, "10.0.0.1", ("10.0.0.1",)) == "10.0.0.0/24"
    trusted = ("10.0.0.1", "10.0.0.2")
    assert told.sender(headers, "10.0.0.1", trusted) == "203.0.113.0/24"


def test_a_revoked_secret_does_not_wait_for_the_database(
    hooked: Path, opened: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, waits, free = Door(opened), threading.Event(), threading.Event()

    def look(_: int) -> None:
        waits.set()
        free.wait()

    monkeypatch.setattr(door.app.health, "look", look)
    door.open()
    waits.wait()
    (hooked / "tracker.toml").write_text("")
    until(lambda: deliver(door.address, "a", b"{}").status == 404)
    free.set()
    door.close()


def test_a_missing_secret_is_told_once_however_many_knock(
    opened: Tracker, caplog: pytest.LogCaptureFixture
) -> None:
    door = Door(opened)
    hook = door.app.doors.at[b"/hooks/shop"]
    for text in ("one", "another"):
        door.app.hooks._closed(hook, text, "SECRET_MISSING")
    told = {getattr(record, "once", None) for record in caplog.records[-2:]}
    assert told == {"SECRET_MISSING shop"}


def test_a_source_whose_check_breaks_lets_nobody_in(
    opened: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug of a kind is no way in, and no 5xx."""
    door = Door(opened)
    hook = door.app.doors.at[b"/hooks/shop"]

    class Broken:
        def verify(self, *_: object) -> str:
            raise ZeroDivisionError

    monkeypatch.setattr(
        door.app.doors, "at", {b"/hooks/shop": type(hook)("shop", Broken(), None, ())}
    )
    door.open()
    answer = deliver(door.address, "a", b"{}")
    assert (answer.status, answer.json) == (401, {"error": "signature"})
    door.close()
    door.close()

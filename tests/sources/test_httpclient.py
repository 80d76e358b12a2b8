"""The client against servers that answer late, too much, wrongly or not at all."""

from __future__ import annotations

import logging
import random
import socket
import subprocess
import sys
import threading
import traceback
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sources.faults import (
    Deed,
    Server,
    answer,
    chunk,
    endless,
    raw,
    reset,
    silence,
    stream,
)

from tracker.errors import (
    ConfigError,
    PermanentSourceError,
    SourceError,
    TransientSourceError,
)
from tracker.sources.httpclient import (
    Answer,
    Call,
    Client,
    Limits,
    UpstreamError,
    plain,
)
from tracker.sources.redirects import onward
from tracker.sources.troubles import BlockedError, told

#: Short enough for a test, long enough for a busy machine.
SOON = Limits(connect=2, idle=0.4, total=1.2)
#: 2026-07-01T00:00:00Z
NOW = 1_782_864_000_000
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def client(**options: Any) -> Client:
    """A client that may talk to this machine and does not really wait to retry."""
    given: dict[str, Any] = {"allow_private": ["127.0.0.1"], "sleep": lambda _: None}
    return Client("acme", **given | options)


def get(server: Server, path: str = "/", **more: Any) -> Call:
    return Call("GET", server.url + path, **more)


def fails(server: Server, call: Call | None = None, **options: Any) -> SourceError:
    """The error that a call ends with; a call that never ends fails the test."""
    found: list[Any] = []

    def ask() -> None:
        with client(**options) as asker:
            try:
                found.append(asker.send(call or get(server)))
            except SourceError as error:
                found.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(30)
    assert found, "the call did not end"
    assert isinstance(found[0], SourceError), found
    return found[0]


# -- answers


def test_an_answer_comes_with_its_call_small_headers_and_the_time() -> None:
    with (
        Server(answer(b'{"a": 1}', X_Kind="Some")) as server,
        client(clock=lambda: NOW) as asker,
    ):
        call = get(server, "/things", params=[("id", "1"), ("id", "2")], tag=7)
        found = asker.send(call)
    assert found == Answer(call, 200, found.headers, b'{"a": 1}', NOW)
    assert found.headers["x-kind"] == "Some"
    assert server.requests[0].startswith(b"GET /things?id=1&id=2 HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("body", "sent"),
    [({"json": {"a": [1]}}, b'{"a": [1]}'), ({"data": {"a": "b c"}}, b"a=b+c")],
)
def test_a_post_carries_json_or_a_form(body: dict[str, Any], sent: bytes) -> None:
    got: list[bytes] = []

    def deed(connection: socket.socket, request: bytes) -> None:
        _, _, rest = request.partition(b"\r\n\r\n")
        while len(rest) < len(sent):
            rest += connection.recv(100)
        got.append(rest)
        answer()(connection, request)

    with Server(deed) as server, client() as asker:
        asker.send(Call("POST", server.url, **body))
    assert got == [sent]


@pytest.mark.parametrize("status", [204, 304, 400, 401, 403, 404, 410, 422])
def test_what_a_platform_refuses_is_an_answer_and_asked_once(status: int) -> None:
    body = b"" if status in (204, 304) else b"{}"
    with Server(answer(body, status)) as server, client() as asker:
        assert asker.send(get(server)).status == status
    assert len(server.requests) == 1


def test_neither_proxies_nor_netrc_nor_cookies_are_taken_from_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Only what a call says is sent, and straight to its host."""
    with (
        Server(answer(b"wrong")) as proxy,
        Server(answer(b"right", Set_Cookie="a=b")) as server,
        client() as asker,
    ):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login me password canary\n")
        monkeypatch.setenv("NETRC", str(netrc))
        assert [asker.send(get(server)).body for _ in range(2)] == [b"right"] * 2
    assert not proxy.connections
    sent = b"".join(server.requests).lower()
    assert b"authorization" not in sent
    assert b"cookie" not in sent


def test_connections_are_used_again() -> None:
    with Server(answer()) as server, client() as asker:
        for _ in range(5):
            asker.send(get(server))
    assert (len(server.requests), server.connections) == (5, 1)


# -- deadlines

ENDLESS: dict[str, tuple[Deed, str]] = {
    "silence": (silence, "TIMEOUT"),
    "a drip of status": (stream(b"HTTP/1.1 2", endless(b"0"), 0.05), "TIMEOUT"),
    "a drip of headers": (stream(HEAD + b"X: ", endless(b"x"), 0.05), "TIMEOUT"),
    "a drip of body": (
        stream(HEAD + b"Content-Length: 9999\r\n\r\n", endless(b"x"), 0.05),
        "TIMEOUT",
    ),
    "a drip of chunks": (stream(CHUNKED, endless(b"1\r\nx\r\n"), 0.05), "TIMEOUT"),
    "a drip without length": (stream(HEAD + b"\r\n", endless(b"x"), 0.05), "TIMEOUT"),
    "a body that stops": (
        stream(HEAD + b"Content-Length: 9999\r\n\r\nabc", lambda: iter([b""]), 30),
        "TIMEOUT",
    ),
    "endless continuing": (
        stream(b"", endless(b"HTTP/1.1 100 Continue\r\n\r\n"), 0.01),
        "TIMEOUT",
    ),
    "endless headers": (stream(HEAD, endless(b"X: y\r\n")), "UPSTREAM"),
    "an endless header": (stream(HEAD + b"X: ", endless(b"y" * 4096)), "UPSTREAM"),
    "an endless chunk size": (stream(CHUNKED, endless(b"1" * 4096)), "UPSTREAM"),
    "an endless body": (stream(HEAD + b"\r\n", endless(b"z" * 65536)), "TOO_LARGE"),
    "endless chunks": (stream(CHUNKED, endless(chunk(b"z" * 65536))), "TOO_LARGE"),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_every_call_ends(name: str) -> None:
    deed, code = ENDLESS[name]
    slow = SOON if code == "TIMEOUT" else Limits(total=20)
    with Server(deed) as server:
        assert fails(server, limits=slow).code == code


def test_a_timeout_tells_how_far_it_came() -> None:
    drip, _ = ENDLESS["a drip of body"]
    with Server(drip) as server:
        error = fails(server, limits=SOON)
    said = str(error)
    assert said.startswith(
        "error[TIMEOUT] source acme (127.0.0.1): no complete answer in 1.2 s (received "
    )
    assert "What came before is kept" in said
    with Server(silence) as server:
        assert "silent for 0.4 s (received 0 kB)" in str(fails(server, limits=SOON))
    assert len(server.requests) == 1  # what was too slow is not asked at once again


def test_a_handshake_that_stalls_ends() -> None:
    """Accepts, and never speaks TLS."""
    with (
        socket.create_server(("127.0.0.1", 0)) as deaf,
        client(limits=Limits(connect=0.3)) as asker,
        pytest.raises(UpstreamError) as caught,
    ):
        asker.send(Call("GET", f"https://127.0.0.1:{deaf.getsockname()[1]}/"))
    assert caught.value.code == "TIMEOUT"
    assert "no connection in 0.3 s" in caught.value.cause


def test_all_tries_together_keep_to_the_total() -> None:
    """No pause begins that would end after the deadline."""
    with Server(answer(status=503, Retry_After="20")) as server:
        error = fails(server, limits=Limits(total=10))
    assert isinstance(error, UpstreamError)
    assert len(server.requests) == 1


# -- tries


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_may_pass_is_asked_three_times(status: int) -> None:
    with Server(answer(status=status)) as server:
        error = fails(server)
    assert len(server.requests) == 3
    assert str(error).startswith(
        f"error[UPSTREAM] source acme (127.0.0.1): {status} three times. "
    )
    assert isinstance(error, UpstreamError)
    assert error.answer is not None
    assert error.answer.status == status


BROKEN: dict[str, Deed] = {
    "503": answer(status=503),
    "reset": reset,
    "hung up": raw(b""),
    "half a status": raw(b"HTTP/1."),
    "half a header": raw(HEAD + b"Content-Le"),
    "too short": raw(HEAD + b"Content-Length: 5\r\n\r\nabc"),
    "half a chunk": raw(CHUNKED + b"5\r\nab"),
    "no last chunk": raw(CHUNKED + chunk(b"ab")),
    "no HTTP": raw(b"SSH-2.0-OpenSSH\r\n"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_get_is_tried_again_after(name: str) -> None:
    with Server(BROKEN[name], answer(b"whole")) as server, client() as asker:
        assert asker.send(get(server)).body == b"whole"
    assert len(server.requests) == 2


@pytest.mark.parametrize("name", BROKEN)
def test_a_post_is_never_sent_twice(name: str) -> None:
    with Server(BROKEN[name], answer()) as server:
        error = fails(server, Call("POST", server.url, json={}))
    assert error.code == "UPSTREAM"
    assert isinstance(error, TransientSourceError)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [500, 501, 505])
def test_a_server_that_fails_is_not_asked_at_once_again(status: int) -> None:
    with Server(answer(status=status)) as server:
        assert fails(server).code == "UPSTREAM"
    assert len(server.requests) == 1


def test_a_refused_connection_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with client() as asker, pytest.raises(UpstreamError, match="three times") as caught:
        asker.send(Call("GET", f"http://127.0.0.1:{port}/"))
    assert "connection refused" in caught.value.cause


def test_an_unknown_name_is_told() -> None:
    with client(limits=SOON) as asker, pytest.raises(UpstreamError) as caught:
        asker.send(Call("GET", "http://nowhere.invalid/"))
    assert "its name is not" in caught.value.cause


@pytest.mark.parametrize(
    ("given", "least"),
    [("0", 0), ("2", 2), ("junk", 0), ("-5", 0), ("1e9", 0), ("", 0)],
)
def test_pauses_obey_the_server_and_chance(given: str, least: int) -> None:
    waits: list[float] = []
    with Server(answer(status=503, Retry_After=given)) as server:
        fails(server, sleep=waits.append)
    assert len(waits) == 2
    assert all(least <= wait <= least + 2 for wait in waits)
    assert waits[0] != waits[1]


def test_a_long_wait_is_handed_to_the_schedule() -> None:
    with Server(answer(status=429, Retry_After="40")) as server:
        error = fails(server, clock=lambda: NOW)
    assert isinstance(error, TransientSourceError)
    assert error.retry_at == NOW + 40_000
    assert len(server.requests) == 1


def test_a_platform_may_name_its_own_time() -> None:
    """`resets` is asked where there is no Retry-After."""

    def resets(found: Answer) -> int:
        return int(found.headers["x-rate-limit-reset"]) * 1000

    reset_at = NOW // 1000 + 900
    with Server(answer(status=429, X_Rate_Limit_Reset=str(reset_at))) as server:
        error = fails(server, clock=lambda: NOW, resets=resets)
    assert isinstance(error, TransientSourceError)
    assert error.retry_at == reset_at * 1000
    assert len(server.requests) == 1


# -- size


def packed(data: bytes, bits: int = 31) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, bits)
    return packer.compress(data) + packer.flush()


def mixed(size: int) -> bytes:
    """Data that packs about fifty to one."""
    noise = random.Random(1).randbytes(1024)
    return (noise + bytes(50 * 1024)) * (size // (51 * 1024))


BOMBS: dict[str, Deed] = {
    "gzip": answer(packed(bytes(40 * 2**20)), Content_Encoding="gzip"),
    "deflate": answer(packed(bytes(40 * 2**20), 15), Content_Encoding="deflate"),
    "within the ratio": answer(packed(mixed(40 * 2**20)), Content_Encoding="gzip"),
    "a missing page": answer(packed(bytes(2**24)), 404, Content_Encoding="gzip"),
    "a broken page": answer(packed(bytes(2**24)), 503, Content_Encoding="gzip"),
    "a redirect": answer(
        packed(bytes(2**24)), 302, Content_Encoding="gzip", Location="/there"
    ),
    "endless chunks": ENDLESS["endless chunks"][0],
    "many files in one": stream(
        CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n"),
        endless(chunk(packed(random.Random(2).randbytes(2**16)))),
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_dropped_before_it_fills_the_memory(name: str) -> None:
    with Server(BOMBS[name]) as server:
        fails(server)  # what libraries keep for ever is loaded
        tracemalloc.start()
        error = fails(server)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert error.code == "TOO_LARGE"
    assert isinstance(error, PermanentSourceError)
    assert most < 48 * 2**20


@pytest.mark.parametrize("size", [30 * 2**20, 2**20])
def test_answers_asked_for_at_once_share_the_memory(size: int) -> None:
    """Many large answers that come before their turn wait at the door; the first
    is always let in, so all of them come."""
    with Server(answer(bytes(size))) as server, client(parallel=8) as asker:
        asker.send(get(server))
        tracemalloc.start()
        count = 8 if size > 2**24 else 40
        sizes = []
        for each in asker.each([get(server)] * count):
            sizes.append(len(each.body))
            del each  # what the asker keeps is his own
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert sizes == [size] * count
    assert most < 48 * 2**20


def test_an_answer_that_waits_for_its_asker_is_not_late() -> None:
    """Only the time of the other side counts."""
    short = Limits(connect=2, idle=1, total=1)
    with (
        Server(answer(bytes(6 * 2**20))) as server,
        client(parallel=4, limits=short) as asker,
    ):
        found = asker.each([get(server)] * 4)
        sizes = [len(next(found).body)]
        threading.Event().wait(1.5)
        sizes += [len(each.body) for each in found]
    assert sizes == [6 * 2**20] * 4


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "GZIP", "identity"])
def test_one_coding_is_understood(coding: str) -> None:
    data = b'{"views": 12}' * 9000
    bits = {"deflate": 15}.get(coding, 31)
    body = data if coding == "identity" else packed(data, bits)
    with Server(answer(body, Content_Encoding=coding)) as server, client() as asker:
        assert asker.send(get(server)).body == data


@pytest.mark.parametrize(
    "coding", ["br", "zstd", "gzip, gzip", "gzip,deflate", "x\x80"]
)
def test_any_other_coding_is_refused(coding: str) -> None:
    body = packed(packed(b"data"))
    with Server(answer(body, Content_Encoding=coding)) as server:
        error = fails(server)
    assert error.code == "UPSTREAM"
    assert "which was not asked for" in error.cause


@pytest.mark.parametrize(
    ("body", "cause"),
    [(packed(b"data" * 99)[:-9], "cut short"), (b"no gzip at all", "damaged")],
)
def test_a_damaged_body_is_refused(body: bytes, cause: str) -> None:
    with Server(answer(body, Content_Encoding="gzip")) as server:
        error = fails(server)
    assert cause in error.cause
    assert isinstance(error, TransientSourceError)


# -- redirects


def sends_to(url: str, status: int = 302) -> Deed:
    return answer(b"moved", status, Location=url)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_with_the_key_on_its_own_host(status: int) -> None:
    with Server(sends_to("/there?a=b", status), answer(b"here")) as server:
        call = get(server, "/from", headers={"X-Key": "k"}, params=[("q", "1")], tag=3)
        with client() as asker:
            found = asker.send(call)
    assert (found.body, found.call) == (b"here", call)
    assert server.requests[1].startswith(b"GET /there?a=b HTTP/1.1")
    assert b"X-Key: k" in server.requests[1]


def test_a_redirect_to_another_host_carries_no_key() -> None:
    headers = {"Authorization": "Bearer canary", "X-Key": "canary", "Cookie": "canary"}
    with (
        Server(answer(b"there")) as other,
        Server(sends_to(other.url)) as server,
        client() as asker,
    ):
        assert asker.send(get(server, headers=headers)).body == b"there"
    assert b"canary" in server.requests[0]
    assert b"canary" not in other.requests[0]


def test_a_redirect_inside_is_not_followed() -> None:
    """Only the host that the settings name may lie inside."""
    with Server(answer(b"secret")) as inside:
        place = inside.url.replace("127.0.0.1", "localhost")
        with Server(sends_to(place)) as server:
            error = fails(server)
    assert error.code == "ADDR_BLOCKED"
    assert "(localhost)" in error.subject
    assert not inside.connections


def test_redirects_end() -> None:
    with Server(sends_to("/again")) as server:
        error = fails(server)
    assert len(server.requests) == 4
    assert "redirects more than 3 times" in error.cause
    assert isinstance(error, PermanentSourceError)


@pytest.mark.parametrize(
    ("before", "place", "key"),
    [
        ("https://a.example/x", "y", True),
        ("https://a.example/x", "//a.example:443/y", True),
        ("https://a.example/x", "//a.example:8443/y", False),
        ("https://a.example/x", "//b.example/y", False),
        ("https://a.example/x", "//sub.a.example/y", False),
        ("http://a.example/x", "https://a.example/y", False),
    ],
)
def test_a_key_stays_with_its_scheme_host_and_port(
    before: str, place: str, key: bool
) -> None:
    call = Call("GET", before, {"X-Key": "k"})
    there = onward(call, Answer(call, 302, {"location": place}, b"", NOW))
    assert there is not None
    assert bool(there.headers) == key


def test_what_was_asked_under_tls_is_not_asked_without() -> None:
    call = Call("GET", "https://a.example/x")
    with pytest.raises(BlockedError, match="from https to http"):
        onward(call, Answer(call, 302, {"location": "http://a.example/"}, b"", NOW))


def test_a_post_is_not_sent_on() -> None:
    with Server(sends_to("/there")) as server, client() as asker:
        assert asker.send(Call("POST", server.url, json={})).status == 302
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "place",
    ["file:///etc/passwd", "gopher://x/", "http://[::1", "//a:b@c/"],
)
def test_a_redirect_to_no_web_address_is_refused(place: str) -> None:
    with Server(sends_to(place)) as server:
        assert fails(server).code == "ADDR_BLOCKED"


# -- many calls


def echo(connection: socket.socket, request: bytes) -> None:
    answer(request.split(b" ")[1])(connection, request)


def test_answers_come_in_the_order_of_the_calls() -> None:
    """However long each of them takes."""

    def deed(connection: socket.socket, request: bytes) -> None:
        threading.Event().wait(random.Random(request[:12]).random() / 50)
        echo(connection, request)

    with Server(deed) as server, client(parallel=8) as asker:
        calls = (get(server, f"/{number}", tag=number) for number in range(60))
        found = [(each.call.tag, each.body) for each in asker.each(calls)]
    assert found == [(number, b"/%d" % number) for number in range(60)]


def test_so_many_calls_are_in_flight() -> None:
    """The server answers only when eight requests are there at once."""
    all_there = threading.Barrier(8)

    def deed(connection: socket.socket, request: bytes) -> None:
        all_there.wait(20)
        echo(connection, request)

    with Server(deed) as server, client(parallel=8) as asker:
        assert len(list(asker.each([get(server)] * 16))) == 16
    assert server.connections == 8


def test_the_first_error_comes_after_the_answers_before_it() -> None:
    def deed(connection: socket.socket, request: bytes) -> None:
        bad = b"GET /3 " in request or b"GET /1 " in request
        (answer(status=500) if bad else echo)(connection, request)

    with Server(deed) as server, client(parallel=4) as asker:
        found = asker.each(get(server, f"/{n}") for n in (0, 2, 3, 1, 4))
        assert [next(found).body, next(found).body] == [b"/0", b"/2"]
        with pytest.raises(UpstreamError) as caught:
            next(found)
    assert caught.value.answer is not None
    assert caught.value.answer.call.url.endswith("/3")


def test_an_error_in_making_up_calls_waits_its_turn() -> None:
    """A budget that ends between two calls takes nothing from those before it."""
    with Server(echo) as server, client(parallel=4) as asker:

        def calls() -> Iterator[Call]:
            yield get(server, "/0")
            yield get(server, "/1")
            raise TransientSourceError("QUOTA", "source acme", "used up")

        found = asker.each(calls())
        assert [next(found).body, next(found).body] == [b"/0", b"/1"]
        with pytest.raises(TransientSourceError, match="used up"):
            next(found)


def test_whoever_stops_early_waits_for_nothing() -> None:
    """What is under way is given up, and the client is still good for more."""

    def deed(connection: socket.socket, request: bytes) -> None:
        (echo if b"GET /0 " in request else silence)(connection, request)

    with Server(deed) as server, client(parallel=4) as asker:
        found = asker.each(get(server, "/0" if n in (0, 9) else "/x") for n in range(9))
        assert next(found).body == b"/0"
        found.close()  # type: ignore[attr-defined]
        assert asker.send(get(server, "/0")).body == b"/0"
        assert list(asker.each([])) == []


def test_closing_ends_what_is_under_way() -> None:
    """A call that would hang for 15 s returns as soon as the client is closed."""
    came = threading.Event()

    def deed(connection: socket.socket, request: bytes) -> None:
        came.set()
        silence(connection, request)

    asker, found = client(), []
    with Server(deed) as server:

        def ask() -> None:
            with pytest.raises(UpstreamError, match="given up") as caught:
                asker.send(get(server))
            found.append(caught.value)

        asking = threading.Thread(target=ask)
        asking.start()
        assert came.wait(10)
        asker.close()
        asking.join(10)
    assert found


# -- secrets

CANARY = "k4n4ry-s3cr3t"


@pytest.mark.parametrize(
    "deed",
    [
        answer(status=503),
        raw(HEAD + b"Content-Length: x, y\r\nBad header\r\n\r\nabc"),
        reset,
        BOMBS["gzip"],
        sends_to(f"http://localhost:1/?key={CANARY}"),
        sends_to(f"http://{CANARY}:{CANARY}@[/"),
    ],
)
def test_errors_and_logs_hold_no_secret(
    deed: Deed, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with Server(deed) as server:
        call = get(
            server,
            f"/{CANARY}",
            headers={"Authorization": f"Bearer {CANARY}"},
            params=[("access_token", CANARY)],
        )
        error = fails(server, call)
    said = "".join(traceback.format_exception(error))
    assert CANARY not in said + caplog.text + repr(call) + repr(error)
    assert CANARY.encode() in server.requests[0]


def test_a_key_with_a_line_break_is_told_without_it() -> None:
    with Server(answer()) as server:
        call = get(server, headers={"Authorization": f"Bearer {CANARY}\n"})
        error = fails(server, call)
    assert isinstance(error, PermanentSourceError)
    assert "line breaks" in error.todo
    assert CANARY not in "".join(traceback.format_exception(error))
    assert not server.requests


# -- base addresses


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        (None, ("https://api.example.com/v3", False)),
        ("http://127.0.0.1:81/", ("http://127.0.0.1:81/v3", True)),
        ("https://other.example/x?y=z#q", ("https://other.example/v3", True)),
    ],
)
def test_a_base_address_replaces_scheme_host_and_port(
    base: str | None, expected: tuple[str, bool]
) -> None:
    assert plain(base, "https://api.example.com/v3") == expected


@pytest.mark.parametrize(
    "base", ["", "example.com", "ftp://x", "http://", "http://u@h"]
)
def test_a_base_address_that_is_none_is_refused(base: str) -> None:
    with pytest.raises(ConfigError, match="base_url"):
        plain(base, "https://api.example.com")


def test_a_bug_of_ours_is_told_as_one() -> None:
    """What nobody foresaw is not taken for a failure of the other side."""
    bug = KeyError("x")
    assert told(bug, "source acme", "host") is bug


MANY_LARGE = """
import resource, sys
from tracker.sources.httpclient import Call, Client

with Client("acme", allow_private=["127.0.0.1"]) as asker:
    call = Call("GET", sys.argv[1])
    asker.send(call)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for answer in asker.each([call] * 64):
        del answer
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="sizes are counted in KiB here")
def test_a_process_gives_back_what_large_answers_took() -> None:
    """What is free is free for the system too, whichever thread had read it."""
    with Server(answer(bytes(8 * 2**20))) as server:
        words = [sys.executable, "-c", MANY_LARGE, server.url]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 48 * 2**10

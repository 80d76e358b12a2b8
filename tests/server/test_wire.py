"""Connections: lying lengths, slow and greedy senders, strict methods and paths."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from contextlib import ExitStack
from itertools import product
from urllib.parse import urlsplit

import pytest
from serving import LIMITS, ask, deliver, event, signed, spoken, until

from tracker.app import Tracker
from tracker.server.door import Door
from tracker.server.limits import Limits

HEAD = b"POST /hooks/shop HTTP/1.1\r\nHost: x\r\n"


def status(heard: bytes) -> int:
    """Of the first answer; 0 when there is none."""
    return int(heard[9:12] or 0)


# -- methods and paths --------------------------------------------------------------

METHODS = "GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT".split()
READ = {"GET", "HEAD"}
ALLOWED = {
    "/hooks/shop": {"POST"},
    "/hooks/insta": {"GET", "POST"},
    "/healthz": READ,
    "/readyz": READ,
    "/metrics": READ,
    "/openapi.json": READ,
    "/c/abcd": READ,
}
UNKNOWN = (
    "/ /hooks /hooks/ /hooks/nope /hooks/files /hooks/shop/ /hooks//shop /hooks/sho%70"
    " /hooks/SHOP /c/ /c/a/b /healthz/ //healthz /hooks/../healthz /docs"
).split()


@pytest.mark.parametrize("path", ALLOWED)
def test_methods_are_closed(near: Door, path: str) -> None:
    """Each other method is 405 with the ones that are allowed."""
    allowed = ALLOWED[path]
    for method in METHODS:
        answer = ask(near.address, method, path)
        if method in allowed:
            assert answer.status in {200, 401, 403, 404}
            continue
        assert answer.status == 405, method
        assert set(answer.headers["allow"].split(", ")) == allowed
        if method != "HEAD":
            said = {"error": "method", "allow": answer.headers["allow"]}
            assert answer.json == said


def test_unknown_paths_are_not_found_by_any_method(near: Door) -> None:
    """Nothing is decoded or cleaned up: a path has one spelling."""
    for path, method in product(UNKNOWN, METHODS):
        answer = ask(near.address, method, path)
        assert answer.status == 404, f"{method} {path}"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_connection_serves_many_requests(near: Door) -> None:
    """Refused ones and those without interest in between."""
    place = urlsplit(near.address).netloc
    link = http.client.HTTPConnection(place, timeout=10)
    for number in range(6):
        body = event(number)
        link.request("POST", "/hooks/shop", body, signed(f"e{number}", body))
        answer = link.getresponse()
        assert (answer.status, json.loads(answer.read())) == (200, {"kept": True})
        link.request("POST", "/hooks/nope", b"x" * 100_000)
        answer = link.getresponse()
        assert (answer.status, answer.read()[:9]) == (404, b'{"error":')
    link.close()


def test_a_sender_that_asks_first_is_told_to_go_on(near: Door) -> None:
    body = event(1)
    head = [HEAD.decode(), "Expect: 100-continue\r\n", f"Content-Length: {len(body)}"]
    head += [f"\r\n{name}: {value}" for name, value in signed("a", body).items()]
    place = urlsplit(near.address)
    with socket.create_connection((place.hostname, place.port), 10) as link:
        link.sendall("".join(head).encode() + b"\r\nConnection: close\r\n\r\n")
        assert link.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        link.sendall(body)
        assert link.recv(4096).startswith(b"HTTP/1.1 200 OK")


# -- sizes ----------------------------------------------------------------------------

CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
LIES = {
    "too small": (HEAD + b"Content-Length: 2\r\n\r\n{} GET / HTTP/1.1", 400),
    "negative": (HEAD + b"Content-Length: -5\r\n\r\n{}", 400),
    "no number": (HEAD + b"Content-Length: 1e1\r\n\r\n{}", 400),
    "two": (HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ", 400),
    "two alike": (HEAD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400),
    "a list": (HEAD + b"Content-Length: 2, 2\r\n\r\n{}", 400),
    "and chunks": (
        HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
        400,
    ),
    "odd coding": (HEAD + b"Transfer-Encoding: chunked, gzip\r\n\r\n", 400),
    "blank in name": (HEAD + b"Content-Length : 2\r\n\r\n{}", 400),
    "folded": (HEAD + b"X: a\r\n b\r\nContent-Length: 2\r\n\r\n{}", 400),
    "bad chunk": (CHUNKED + b"zz\r\n", 400),
    "two hosts": (HEAD + b"Host: y\r\nContent-Length: 0\r\n\r\n", 400),
    "no host": (b"GET /healthz HTTP/1.1\r\n\r\n", 400),
    "huge": (HEAD + b"Content-Length: 104857600\r\n\r\n", 413),
    "beyond numbers": (HEAD + b"Content-Length: 9" + b"9" * 30 + b"\r\n\r\n", 400),
    "no http": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 40, 400),
    "http/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "a path that is none": (b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "large head": (HEAD + b"X: " + b"x" * 40_000 + b"\r\n\r\n", 431),
    "many heads": (HEAD + b"X: abc\r\n" * 6000 + b"\r\n", 431),
    "endless head": (HEAD + b"X: " + b"x" * 70_000, 431),
    "endless path": (b"GET /" + b"x" * 70_000, 431),
}


@pytest.mark.parametrize("name", LIES)
def test_a_request_with_two_meanings_is_refused(near: Door, name: str) -> None:
    """With one answer, after which the connection ends."""
    sent, expected = LIES[name]
    heard = spoken(near.address, sent)
    assert status(heard) == expected
    assert heard.count(b"HTTP/1.1") == 1
    assert b"connection: close" in heard
    assert deliver(near.address, name.replace(" ", "-"), b"{}").status == 200


def test_bodies_are_capped_while_they_are_read(near: Door) -> None:
    """A little too much, endless chunks, endless trailers: all end with 413."""
    large = b"x" * ((1 << 20) + 1)
    answer = ask(near.address, "POST", "/hooks/shop", large, signed("a", large))
    assert (answer.status, answer.json) == (
        413,
        {"error": "too_large", "limit": 1 << 20},
    )
    chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    assert status(spoken(near.address, CHUNKED + chunk * 40)) == 413
    # more frame than content
    assert status(spoken(near.address, CHUNKED + b"1;" + b"x" * 3_000_000)) in {
        400,
        413,
    }
    trailers = CHUNKED + b"2\r\n{}\r\n0\r\n" + b"X: abcdefgh\r\n" * 300_000
    assert status(spoken(near.address, trailers)) in {400, 401, 413}
    just = json.dumps("x" * ((1 << 20) - 2)).encode()
    assert deliver(near.address, "b", just).status == 200


def test_what_comes_after_the_body_is_no_header(near: Door) -> None:
    """A trailer cannot bring the signature."""
    lines = [f"{name}: {value}" for name, value in signed("a", b"{}").items()]
    trailers = "\r\n".join(lines).encode()
    head = CHUNKED.replace(b"Host", b"Connection: close\r\nHost")
    sent = head + b"2\r\n{}\r\n0\r\n" + trailers + b"\r\n\r\n"
    assert status(spoken(near.address, sent)) == 401


# -- times ----------------------------------------------------------------------------


def connected(near: Door) -> socket.socket:
    place = urlsplit(near.address)
    return socket.create_connection((place.hostname, place.port), 20)


def test_slow_senders_are_cut_off_and_honest_ones_are_not(near: Door) -> None:
    """Half a head, half a body, one byte at a time, or nothing at all."""
    began = time.monotonic()
    starts = [b"", b"POST /hoo", HEAD, HEAD + b"Content-Length: 10\r\n\r\n{"]
    with ExitStack() as stack:
        slow = [stack.enter_context(connected(near)) for _ in range(40)]
        for number, link in enumerate(slow):
            link.sendall(starts[number % len(starts)])
        heard: list[bytes] = []

        def listen(link: socket.socket) -> None:
            try:
                while time.monotonic() - began < 10 and len(heard) < len(slow):
                    link.settimeout(0.2)
                    try:
                        if not link.recv(4096):
                            return
                    except TimeoutError:
                        link.sendall(b"a")
            except OSError:
                return

        threads = [threading.Thread(target=listen, args=(link,)) for link in slow]
        for thread in threads:
            thread.start()
        number = 0
        while any(thread.is_alive() for thread in threads):
            number += 1
            assert deliver(near.address, f"e{number}", event(number)).status == 200
            assert time.monotonic() - began < 9
    until(lambda: not near.app.wires)


@pytest.mark.parametrize(
    ("sent", "limits"),
    [
        (HEAD, Limits(head_time=0.5, whole_time=900)),
        (b"\r\n", Limits(head_time=0.5, whole_time=900)),
        (HEAD + b"Content-Length: 9\r\n\r\n{", Limits(head_time=900, whole_time=0.5)),
        (CHUNKED + b"2\r\n{}", Limits(head_time=900, whole_time=0.5)),
    ],
)
def test_head_and_body_have_times_of_their_own(
    opened: Tracker, sent: bytes, limits: Limits
) -> None:
    """Each one alone ends a request that does not come to its end."""
    near = Door(opened, limits=limits)
    near.open()
    heard = spoken(near.address, sent)
    near.close()
    assert (status(heard), b'{"error":"timeout"}' in heard) == (408, True)


def test_a_sender_that_reads_nothing_is_cut_off(near: Door) -> None:
    """Answers that nobody takes are not kept for ever."""
    place = urlsplit(near.address)
    with socket.socket() as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        link.settimeout(0.5)
        link.connect((place.hostname, place.port))
        request = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
        with pytest.raises(OSError):
            while True:
                link.sendall(request * 20)
                time.sleep(0.01)
        until(lambda: not near.app.wires)


def test_few_requests_may_be_sent_ahead(near: Door) -> None:
    """Those are answered in order; a flood of them is refused and not kept."""
    ask_health = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /c/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    heard = spoken(near.address, ask_health * 20 + last)
    found = [int(part[:3]) for part in heard.split(b"HTTP/1.1 ")[1:]]
    assert found == [200] * 20 + [404]
    assert b"503" in spoken(near.address, ask_health * 100_000)
    until(lambda: not near.app.wires)


def test_more_connections_than_allowed_are_told_to_come_back(near: Door) -> None:
    with ExitStack() as stack:
        for _ in range(LIMITS.connections):
            stack.enter_context(connected(near))
        until(lambda: len(near.app.wires) == LIMITS.connections)
        answer = ask(near.address, "GET", "/healthz")
        assert (answer.status, answer.headers["retry-after"]) == (503, "20")
    until(lambda: ask(near.address, "GET", "/healthz").status == 200)


def test_more_deliveries_than_can_wait_are_told_to_come_back(near: Door) -> None:
    """Behind a locked database only so many wait; all of those are kept."""
    replies: list[int] = []

    def send(number: int) -> None:
        replies.append(deliver(near.address, f"e{number}", event(number)).status)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(LIMITS.waiting)]
    writer = near.app.writer
    with writer.inbox._database.writing():
        for thread in threads:
            thread.start()
        until(lambda: writer.waiting == LIMITS.waiting)
        answer = deliver(near.address, "more", event(9))
        assert (answer.status, answer.headers["retry-after"]) == (503, "20")
        assert answer.json == {"error": "busy", "retry_after": 20}
    for thread in threads:
        thread.join()
    assert replies == [200] * LIMITS.waiting
    assert deliver(near.address, "more", event(9)).status == 200
    assert (writer.waiting, writer.held) == (0, 0)


def test_bodies_that_are_being_read_are_bounded_together(opened: Tracker) -> None:
    """Many large bodies at once, unsigned ones too, do not fill the memory."""
    near = Door(opened, limits=Limits(held=300_000))
    near.open()
    started = HEAD + b"Content-Length: 200000\r\n\r\n" + b"x" * 190_000
    with ExitStack() as stack:
        links = [stack.enter_context(connected(near)) for _ in range(3)]
        for link in links:
            link.sendall(started)
        until(lambda: near.app.statuses[503])
        until(lambda: near.app.hooks._reading <= 300_000)
    until(lambda: near.app.hooks._reading == 0)
    assert deliver(near.address, "a", b"{}").status == 200
    near.close()

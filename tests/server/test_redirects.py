"""Redirects: one spelling of one path, one destination, whatever a request holds."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from serving import LIMITS, Serving, ask, serving, spoken, until
from spring import done, said
from support import Run

from tracker.app import open_tracker
from tracker.server import redirects
from tracker.server.door import Door

CODE = "Good_c0de-"
PLACE = "https://shop.example/a%2Fb?x=1&y=%0d%0a#top"
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/140.0"
#: What has led other redirectors astray.
LURES = (
    *("//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example"),
    *(
        "/%5cevil.example",
        "%5c%5cevil.example",
        "%2f%2fevil.example",
        "/%2fevil.example",
    ),
    *("%252f%252fevil.example", "%25252fevil.example", "/%09/evil.example", "%09"),
    *("https://evil.example", "https:evil.example", "http:%2f%2fevil.example"),
    *("@evil.example", "%40evil.example", ":80@evil.example", ".evil.example", "%00"),
    *("%0d%0aLocation:%20https://evil.example", "%0aSet-Cookie:a=evil", "%0d", "%0a"),
    *("%E5%98%8A%E5%98%8DLocation:evil", "%c0%af%c0%afevil.example", "%u2215evil"),
    *("%ef%bc%8f%ef%bc%8fevil.example", "%e3%80%82evil.example", "%e2%80%aeevil"),
    *(
        "javascript:alert(1)",
        "data:text/html,evil",
        "/..;/evil",
        "/../",
        "/./",
        "/%2e%2e/",
    ),
    *(
        ";evil.example",
        "?/evil.example?",
        ",evil.example",
        "|evil",
        "'evil",
        '"evil',
        "<evil>",
    ),
    *("*", "~", "!", "$evil", "&next=//evil.example", "=evil", "%20evil", "+evil", "."),
)
#: Names of parameters by which others are told where to lead.
NEXT = (
    "url",
    "next",
    "to",
    "redirect",
    "destination",
    "Location",
    "utm_source",
    "code",
)
#: Headers by which a proxy, or somebody who plays one, says where it is.
SPOOFED = (
    *("Host", "X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL", "Referer"),
    *("X-Rewrite-URL", "X-Forwarded-Proto", "X-Forwarded-Server", "Origin", "Cookie"),
    *("X-Forwarded-Prefix", "X-HTTP-Host-Override", "Location", "User-Agent", "Via"),
)


class Sent(NamedTuple):
    """A request line's target with more headers, and the status it must have."""

    target: bytes
    status: int
    more: bytes = b"Host: go.example\r\n"


def _ours(tail: bytes = b"") -> bytes:
    return f"/c/{CODE}".encode() + tail


def _hostile() -> Iterator[Sent]:
    for lure in LURES:
        text = lure.encode()
        is_query = text.startswith(b"?")
        yield Sent(_ours(text), 302 if is_query else 404)
        yield Sent(b"/c/" + text, 404)
        yield Sent(text + _ours(), _in_front(text))
        yield Sent(b"/" + text + _ours(), 404)
        yield Sent(_ours(b"?" + text), 302)
    for name in NEXT:
        for lure in LURES[:6]:
            yield Sent(_ours(f"?{name}={lure}".encode()), 302)
    for name in SPOOFED:
        for value in ("evil.example", "//evil.example", "a@evil.example:443"):
            host = "" if name == "Host" else "Host: go.example\r\n"
            yield Sent(_ours(), 302, f"{host}{name}: {value}\r\n".encode())
    yield from _odd()


def _in_front(text: bytes) -> int:
    """The status of a target that begins so. A form for proxies is that of its path."""
    if text.startswith(b"https://"):
        return 302
    return 404 if text.startswith((b"/", b"*")) else 400


def _odd() -> Iterator[Sent]:
    """Spellings of the code, targets that are no path, headers in two minds."""
    half = CODE.encode()
    for text in (half.lower(), half.upper(), half[:-1], half + b"x", b"%47ood_c0de-"):
        yield Sent(b"/c/" + text, 404)
    for text in (
        b"Good%5Fc0de-",
        b"Good_c0de%2D",
        half + b"%00",
        b"%00" + half,
        b"a" * 65,
    ):
        yield Sent(b"/c/" + text, 404)
    for text in (
        b"/C/",
        b"/c//",
        b"//c/",
        b"/./c/",
        b"/c/./",
        b"/x/../c/",
        b"/%63/",
        b"/c%2f",
    ):
        yield Sent(text + half, 404)
    for text in (
        b"/",
        b"#",
        b"#//evil.example",
        b"?x#//evil.example",
        b"/?x",
        b";x",
        b".",
    ):
        yield Sent(_ours(text), 404)
    for text in (
        b"?a?b",
        b"?",
        b"??//evil",
        b"?%0d%0aLocation:evil",
        b"?" + b"e" * 4000,
    ):
        yield Sent(_ours(text), 302)
    for text in (
        b"c",
        b"evil.example:443",
        b"\\evil.example",
        b"http:/evil.example",
        b"@evil",
    ):
        yield Sent(text + _ours(), 400)
    for text in (b"ftp://evil.example", b"javascript://evil.example"):
        yield Sent(text + _ours(), 404)
    # the form for proxies: what stands before the path is not looked at
    for text in (
        b"http://evil.example",
        b"https://a@evil.example:8",
        b"http://evil.example:1",
    ):
        yield Sent(text + _ours(), 302)
        yield Sent(text + _ours(b"/"), 404)
    yield Sent(_ours(), 400, b"Host: go.example\r\nHost: evil.example\r\n")
    yield Sent(_ours(), 400, b"")
    # a line break ends the target: what follows are headers of this request
    yield Sent(_ours(b"\r\nLocation: https://evil.example"), 302)
    yield Sent(_ours(b" HTTP/1.1\r\nX: evil\r\nY:"), 302)
    yield Sent(_ours("é".encode()), 400)
    yield Sent(_ours("。evil.example".encode()), 400)


HOSTILE = tuple(_hostile())


@pytest.fixture
def leading(hooked: Path, invoke: Run) -> Path:
    """A workspace with one link."""
    done(invoke, "link", "add", PLACE, "--code", CODE)
    return hooked


def follow(
    door: Serving | Door, sent: Sent, method: bytes = b"GET"
) -> tuple[int, bytes]:
    """Status, and all that came back."""
    agent = b"" if b"User-Agent" in sent.more else f"User-Agent: {AGENT}\r\n".encode()
    heard = spoken(
        door.address,
        method
        + b" "
        + sent.target
        + b" HTTP/1.1\r\n"
        + sent.more
        + agent
        + b"Connection: close\r\n\r\n",
    )
    return int(heard[9:12]), heard


def locations(heard: bytes) -> list[bytes]:
    head = heard.partition(b"\r\n\r\n")[0]
    lines = [line.partition(b":") for line in head.split(b"\r\n")[1:]]
    return [value.strip() for name, _, value in lines if name.lower() == b"location"]


def check(door: Serving | Door) -> int:
    """Send all of it; how many were led on."""
    led = 0
    for sent in HOSTILE:
        status, heard = follow(door, sent)
        assert status == sent.status, sent
        assert locations(heard) == ([PLACE.encode()] if status == 302 else []), sent
        assert b"evil" not in heard, sent
        led += status == 302
    return led


def raw(run: Run) -> int:
    (one,) = said(run, "link", "list")["links"]
    return int(one["clicks"]["raw"])


def test_nothing_of_a_request_gets_into_where_it_leads(
    leading: Path, invoke: Run
) -> None:
    """Hundreds of payloads: the stored destination, byte for byte, or nothing; and
    each that was led on is one click."""
    assert len(HOSTILE) >= 300
    with serving(leading) as door:
        led = check(door)
        assert led > 100
        until(lambda: raw(invoke) == led)
        assert door.end() == 0
    assert raw(invoke) == led


def test_only_get_and_head_are_answered(leading: Path, invoke: Run) -> None:
    """Other methods are 405 and no click, HEAD has no body and is a bot."""
    with serving(leading) as door:
        for method in (
            "POST",
            "PUT",
            "PATCH",
            "DELETE",
            "OPTIONS",
            "TRACE",
            "PROPFIND",
        ):
            answer = ask(
                door.address, method, f"/c/{CODE}", headers={"User-Agent": AGENT}
            )
            assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD"), (
                method
            )
            assert "location" not in answer.headers
            assert ask(door.address, method, f"/c/{CODE}/").status == 404
        heads = {}
        for method in ("GET", "HEAD"):
            answer = ask(
                door.address, method, f"/c/{CODE}", headers={"User-Agent": AGENT}
            )
            assert (answer.status, answer.body) == (302, b"")
            heads[method] = {k: v for k, v in answer.headers.items() if k != "date"}
            assert answer.headers["cache-control"] == "no-store"
        assert heads["GET"] == heads["HEAD"]
        until(lambda: raw(invoke) == 2)
    rows = json.loads(invoke("export", "clicks", "--format", "json").out)
    assert sorted((row["class"], row["rule"]) for row in rows) == [
        ("bot", "head"),
        ("unique", None),
    ]


def test_it_leads_on_while_the_database_is_locked(leading: Path, invoke: Run) -> None:
    """And counts all of it afterwards."""
    database = open_tracker(leading).database
    with serving(leading) as door:
        with database.writing():
            led = check(door)
            until(lambda: said(invoke, "status")["clicks"]["waiting"] == led)
        until(lambda: said(invoke, "status")["clicks"]["waiting"] == 0)
        assert raw(invoke) == led


def test_it_leads_on_while_storage_fails(leading: Path, invoke: Run) -> None:
    """Its table is gone; what waits is written once it is back."""
    with serving(leading) as door:
        renamed(leading, "click", "elsewhere")
        for _ in range(3):
            assert follow(door, Sent(_ours(), 302))[0] == 302
        until(lambda: door.said("clicks"))
        assert AGENT not in door.log.read_text()
        renamed(leading, "elsewhere", "click")
        until(lambda: raw(invoke) == 3)
        assert door.end() == 0


def renamed(home: Path, old: str, new: str) -> None:
    with sqlite3.connect(home / "tracker.db", timeout=60) as link:
        link.execute(f"ALTER TABLE {old} RENAME TO {new}")
    link.close()


def test_what_does_not_fit_is_uncounted_and_told(
    leading: Path, invoke: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A queue of five, and five that are just being written: the others of twelve
    people are led on all the same."""
    monkeypatch.setattr(redirects, "WAITING", 5)
    monkeypatch.setattr(redirects, "AT_ONCE", 5)
    tracker = open_tracker(leading)
    door = Door(tracker, limits=LIMITS)
    door.open()
    with tracker.database.writing():
        for number in range(12):
            headers = {"User-Agent": f"{AGENT} {number}"}
            assert ask(door.address, "GET", f"/c/{CODE}", headers=headers).status == 302
        told = until(lambda: _all_told(invoke, 12))
        assert told["uncounted"] >= 2
    until(lambda: raw(invoke) == told["waiting"])
    door.close()
    assert said(invoke, "status")["clicks"] == {**told, "waiting": 0}
    (row,) = said(invoke, "totals")["rows"]
    found = row["link_clicks"]
    assert (found["raw"], found["uncounted"]) == (told["waiting"], told["uncounted"])


def _all_told(run: Run, many: int) -> dict[str, int] | None:
    told: dict[str, int] = said(run, "status")["clicks"]
    return told if sum(told.values()) == many else None


def test_a_killed_server_says_what_it_lost(leading: Path, invoke: Run) -> None:
    database = open_tracker(leading).database
    with serving(leading) as door, database.writing():
        follow(door, Sent(_ours(), 302))
        until(lambda: said(invoke, "status")["clicks"]["waiting"] == 1)
        door.process.kill()
        door.process.wait()
        assert said(invoke, "status")["clicks"] == {"waiting": 0, "uncounted": 1}

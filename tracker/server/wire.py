"""One connection: uvicorn's reader of HTTP with limits on sizes and times.

The parser refuses what has two meanings (two lengths, a length and chunks, spaces in
names). Here is added what it has no limits for. After a refusal the connection is
read on for a moment, because a sender that is cut off while it sends never sees why.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tracker.server.answers import BUSY, NOT_FOUND, Answer, refused
from tracker.server.limits import Limits

if TYPE_CHECKING:
    from tracker.server.app import Application

BAD = refused(400, "request")
TIMEOUT = refused(408, "timeout")
#: Requests that wait for the answer to an earlier one of their connection: no platform
#: sends ahead, and each one is kept in memory.
PIPELINED = 32
#: How the target of a request may begin. None has a fragment: browsers keep theirs.
TARGETS = (b"/", b"*", b"http://", b"https://")
HEAD_TOO_LARGE = refused(431, "too_large", limit=Limits().head)


class _RefusedError(Exception):
    """Stops the parser; the answer stands in `fault`."""


class Corked:
    """A transport that holds back what is written until it is told.

    Head and body of an answer leave in one system call: each one lets another thread
    have the interpreter, and getting it back is dear.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._held: list[bytes] = []
        self._over = False

    def write(self, data: bytes) -> None:
        if not self._over:
            self._held.append(data)
        if data.startswith(b"HTTP/1.1 100"):
            self.flush()

    def flush(self) -> None:
        if self._held and not self._transport.is_closing():
            self._transport.write(b"".join(self._held))
        self._held.clear()

    def last(self, data: bytes) -> None:
        """Write this, and nothing any more."""
        self._held.append(data)
        self.flush()
        if not self._transport.is_closing():
            self._transport.write_eof()
        self._over = True

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Wire(HttpToolsProtocol):
    """since: when the request under way began (or the connection, before its first
    one), None between requests. headed, whole: its headers, all of it, are here."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        app = cast("Application", self.config.app)
        self.limits, self.wires = app.limits, app.wires
        self.since: float | None = None
        self.headed = self.whole = self.closing = False
        self.received = self.body_size = 0
        self.fault: Answer | None = None

    # -- the transport's calls ----------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.cork = Corked(transport)
        super().connection_made(cast("asyncio.Transport", self.cork))
        self.since = self.loop.time()
        self.wires.add(self)
        if len(self.wires) > self.limits.connections:
            self.refuse(BUSY)

    def connection_lost(self, exc: Exception | None) -> None:
        self.wires.discard(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        if self.closing:
            if self.received > self.limits.body:
                self.transport.abort()
            return
        if self.since is None:
            self._begin()
        if not self.headed and data.startswith(b"CONNECT "):
            # its target is no path; TRACE is as unwelcome, at any path
            data = b"TRACE" + data[7:]
        super().data_received(data)
        if not self.closing:
            self._measure()

    def _begin(self) -> None:
        self.since = self.loop.time()
        self.headed = False
        self.received = 0

    def _measure(self) -> None:
        """What the parser still holds back has no callback that could count it."""
        if not self.headed and self.received > self.limits.head:
            self.refuse(HEAD_TOO_LARGE)
        elif not self.whole and self.received > 2 * self.limits.body:
            self.refuse(self._too_large())

    # -- the parser's calls -------------------------------------------------------

    def on_message_begin(self) -> None:
        if len(self.pipeline) >= PIPELINED:
            self._stop(BUSY)
        super().on_message_begin()
        self.headed = self.whole = False
        self.body_size = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.headed:  # what comes after the body is no header
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._check_head()
        self.headed = True
        super().on_headers_complete()

    def _check_head(self) -> None:
        size = len(self.url) + 12
        hosts = 0
        for name, value in self.headers:
            size += len(name) + len(value) + 4
            if name == b"host":
                hosts += 1
            elif name == b"content-length" and int(value) > self.limits.body:
                self._stop(self._too_large())
        if size > self.limits.head:
            self._stop(HEAD_TOO_LARGE)
        if b"#" in self.url or not self.url.startswith(TARGETS):
            self._stop(NOT_FOUND)
        if hosts != 1 and not (hosts == 0 and self.parser.get_http_version() == "1.0"):
            self._stop(BAD)

    def on_body(self, body: bytes) -> None:
        self.body_size += len(body)
        if self.body_size > self.limits.body:
            self._stop(self._too_large())
        super().on_body(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self.whole = True
        self.received = 0
        if self.cycle.response_complete:
            self.since = None

    def on_response_complete(self) -> None:
        self.cork.flush()
        super().on_response_complete()
        idle = self.whole and self.cycle.response_complete
        if idle and not self.transport.is_closing():
            self.since = None
        else:
            self.since = self.loop.time()

    # -- refusing -----------------------------------------------------------------

    def _too_large(self) -> Answer:
        return refused(413, "too_large", limit=self.limits.body)

    def _stop(self, fault: Answer) -> None:
        self.fault = fault
        raise _RefusedError

    def send_400_response(self, msg: str) -> None:
        """The parser has stopped, by itself or by us."""
        self.refuse(self.fault or BAD)

    def refuse(self, answer: Answer) -> None:
        """Answer, and close once the sender had a chance to read it."""
        self.closing = True
        self.received = 0
        self.since = self.loop.time()
        if self.cycle is not None and not self.cycle.response_complete:
            if self.cycle.response_started:
                self.transport.abort()
                return
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.flow.resume_reading()
        self.pipeline.clear()
        self.cork.last(answer.raw)

    def sweep(self, now: float) -> None:
        """Called each second: ends what takes too long."""
        if self.since is None:
            return
        age, limits = now - self.since, self.limits
        if self.closing or self.transport.is_closing():
            if age > limits.linger:
                self.transport.abort()
        elif not self.headed and age > limits.head_time:
            self.refuse(TIMEOUT)
        elif age > limits.whole_time:
            if self.whole:
                self.transport.abort()
            else:
                self.refuse(TIMEOUT)

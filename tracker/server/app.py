"""What is asked for, by method and path. Raw ASGI.

Paths are compared as they came: nothing is decoded, so no path has two spellings.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from tracker.server import answers, told
from tracker.server.answers import Answer
from tracker.server.hooks import GoneError, Hooks, Receive
from tracker.server.limits import Limits
from tracker.server.metrics import MEDIA, Figures
from tracker.server.openapi import document
from tracker.server.redirects import Redirects

if TYPE_CHECKING:
    from tracker.server.doors import Doors, Hook
    from tracker.server.health import Health
    from tracker.server.writer import Writer

log = logging.getLogger(__name__)

Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Scope = Mapping[str, Any]
READ = ("GET", "HEAD")
#: The path of a link; whatever else begins so is no path at all.
LINK = re.compile(rb"/c/[A-Za-z0-9_-]{4,64}")
#: By these a proxy says that somebody else stands behind it.
FORWARDED = {b"forwarded", b"x-forwarded-for", b"x-real-ip", b"via"}


class Swept(Protocol):
    """A connection; `sweep` ends it when it takes too long."""

    def sweep(self, now: float) -> None: ...


class Application:
    """The door's ASGI application. statuses: how often each was answered."""

    def __init__(
        self,
        doors: Doors,
        writer: Writer,
        health: Health,
        limits: Limits,
        redirects: Redirects,
    ) -> None:
        self.doors, self.writer, self.health = doors, writer, health
        self.redirects = redirects
        self.limits = limits
        self.hooks = Hooks(writer, limits, health.clock)
        self.statuses: Counter[int] = Counter()
        #: Connections that must be looked after.
        self.wires: set[Swept] = set()
        self._figures = Figures(self)
        self._pages: dict[bytes, Callable[[Scope], Answer]] = {
            b"/healthz": lambda _: answers.said(200, {"ok": True}),
            b"/readyz": self._ready,
            b"/metrics": self._metrics,
            b"/openapi.json": self._openapi,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        try:
            answer = await self._answer(scope, receive)
        except GoneError:
            return
        except asyncio.CancelledError:  # the door closes before it could be kept
            answer = answers.UNAVAILABLE
        except Exception:  # a bug: told to us in full, to the world not at all
            log.exception("a request broke", extra={"action": "http"})
            answer = answers.BUG
        self.statuses[answer.status] += 1
        await send(answer.start)
        await send(answer.body)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.writer.start()
        self.redirects.start()
        sweeping = asyncio.create_task(self._sweep())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        sweeping.cancel()
        # the thread ends with its last batch; the loop must go on to be woken by it
        await asyncio.get_running_loop().run_in_executor(None, self._stop)
        await send({"type": "lifespan.shutdown.complete"})

    def _stop(self) -> None:
        self.writer.stop()
        self.redirects.stop()

    async def _sweep(self) -> None:
        """Each second, end what takes too long."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(1.0)
            for wire in list(self.wires):
                wire.sweep(loop.time())

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        path, method = scope["raw_path"], scope["method"]
        hook = self.doors.at.get(path)
        if hook is None:
            return self._elsewhere(path, method, scope)
        if method == "POST":
            return await self.hooks.take(hook, scope, receive)
        return self._greeting(hook, method, scope)

    def _greeting(self, hook: Hook, method: str, scope: Scope) -> Answer:
        if method not in hook.methods:
            return answers.method_not_allowed(*hook.methods)
        return self.hooks.greet(hook, scope)

    def _elsewhere(self, path: bytes, method: str, scope: Scope) -> Answer:
        page = self._pages.get(path)
        if page is None and not LINK.fullmatch(path):
            return answers.NOT_FOUND
        if method not in READ:
            return answers.method_not_allowed(*READ)
        return page(scope) if page else self._redirect(path[3:], method, scope)

    def _redirect(self, code: bytes, method: str, scope: Scope) -> Answer:
        client = scope["client"]
        headers = scope["headers"]
        address = told.visitor(headers, client[0] if client else "", self.hooks.trusted)
        head = method == "HEAD"
        return self.redirects.answer(
            code, address, headers, self.health.clock(), head=head
        )

    # -- health and figures -------------------------------------------------------

    def _ready(self, _: Scope) -> Answer:
        because = self.health.because()
        if because:
            return answers.said(503, {"ready": False, "because": because})
        return answers.said(200, {"ready": True})

    def _metrics(self, scope: Scope) -> Answer:
        readers = self.doors.settings.metrics
        if readers == "all" or (readers == "loopback" and _is_near(scope)):
            return answers.answer(200, self._figures.text(), MEDIA)
        return answers.FORBIDDEN

    def _openapi(self, _: Scope) -> Answer:
        return answers.said(200, document(self.doors.at.values()))


def _is_near(scope: Scope) -> bool:
    """Does it come from this machine, and not by a proxy on it?"""
    client = scope["client"]
    if client is None or any(name in FORWARDED for name, _ in scope["headers"]):
        return False
    try:
        return ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False

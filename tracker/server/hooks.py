"""Deliveries: read whole, verified as they came, kept, and only then answered.

What a body says is not looked at here, but that it is strict JSON.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Container, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from tracker.errors import BodyError, ConfigError, DeliveryError, StoreError
from tracker.server import answers, told
from tracker.server.answers import Answer
from tracker.server.doors import Hook
from tracker.server.limits import Limits
from tracker.server.writer import Writer
from tracker.sources.strictjson import parse
from tracker.store.inbox import Arrival, Put

log = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Headers = list[tuple[bytes, bytes]]
#: Parameters of a handshake; more is no handshake.
MOST_PARAMETERS = 20


class GoneError(Exception):
    """The sender has hung up."""


class Hooks:
    """Takes deliveries and answers handshakes.

    counts: by source and what became of them: new, again, other, signature, json,
    busy, unavailable. clock: ms UTC. trusted: proxies whose word about the sender is
    believed.
    """

    def __init__(
        self, writer: Writer, limits: Limits, clock: Callable[[], int]
    ) -> None:
        self.writer, self.limits, self._clock = writer, limits, clock
        self.trusted: Container[str] = ()
        self.counts: Counter[tuple[str, str]] = Counter()
        self._reading = 0

    # -- deliveries ---------------------------------------------------------------

    async def take(
        self, hook: Hook, scope: Mapping[str, Any], receive: Receive
    ) -> Answer:
        """The answer to one delivery. Raises GoneError."""
        if self._full():
            return self._busy(hook)
        message = await receive()
        if message.get("more_body"):
            body = await self._rest(message, receive)
            if body is None:
                return self._busy(hook)
        elif message["type"] == "http.request":
            body = message["body"]
        else:
            raise GoneError
        return await self._keep(hook, scope, body)

    async def _keep(self, hook: Hook, scope: Mapping[str, Any], body: bytes) -> Answer:
        headers: Headers = scope["headers"]
        named = _named(headers)
        now = self._clock()
        try:
            known = _id(hook.source.verify(body, named, now))
            parse(body)
        except DeliveryError as error:
            return self._refused(hook, scope, error)
        except ConfigError as error:
            return self._closed(hook, str(error), error.code)
        except Exception:  # what was not verified is not let in
            log.exception(
                "the check of a signature broke",
                extra={"action": "hook", "source": hook.name, "once": hook.name},
            )
            return self._counted(hook, "signature", answers.SIGNATURE)
        kept = {name: named[name] for name in hook.headers if name in named}
        said = json.dumps(kept) if kept else "{}"
        fate = await self.writer.keep(Arrival(hook.name, known, now, said, body))
        if isinstance(fate, StoreError):
            told.not_kept(hook.name, fate)
            return self._counted(hook, "unavailable", answers.UNAVAILABLE)
        if fate is Put.OTHER:
            told.reused(hook.name, known)
        return self._counted(hook, fate.value, answers.KEPT)

    async def _rest(self, message: Mapping[str, Any], receive: Receive) -> bytes | None:
        """A body that comes in pieces; None when all bodies together are too much."""
        body = bytearray()
        try:
            while message["type"] == "http.request":
                body += message["body"]
                self._reading += len(message["body"])
                if not message["more_body"]:
                    return bytes(body)
                if self._full():
                    return None
                message = await receive()
        finally:
            self._reading -= len(body)
        raise GoneError

    def _full(self) -> bool:
        held = self.writer.held + self._reading
        return held > self.limits.held or self.writer.waiting >= self.limits.waiting

    # -- refusals -----------------------------------------------------------------

    def _refused(
        self, hook: Hook, scope: Mapping[str, Any], error: DeliveryError
    ) -> Answer:
        if error.status >= 500:
            return self._closed(hook, str(error), error.code)
        network = self.network(scope)
        if isinstance(error, BodyError):
            told.body(hook.name, network, error.at, error.why)
            answer = answers.refused(400, "json", at=error.at, why=error.why)
            return self._counted(hook, "json", answer)
        told.refusal(hook.name, network, error)
        return self._counted(hook, "signature", answers.SIGNATURE)

    def _closed(self, hook: Hook, text: str, code: str) -> Answer:
        """Nobody can be let in, through no fault of the sender."""
        said = {"action": "hook", "source": hook.name, "code": code}
        log.error(text, extra={**said, "once": f"{code} {hook.name}"})
        return self._counted(hook, "unavailable", answers.UNAVAILABLE)

    def _busy(self, hook: Hook) -> Answer:
        told.overload()
        return self._counted(hook, "busy", answers.BUSY)

    def _counted(self, hook: Hook, what: str, answer: Answer) -> Answer:
        self.counts[hook.name, what] += 1
        return answer

    def network(self, scope: Mapping[str, Any]) -> str:
        client = scope["client"]
        return told.sender(
            scope["headers"], client[0] if client else None, self.trusted
        )

    # -- handshakes ---------------------------------------------------------------

    def greet(self, hook: Hook, scope: Mapping[str, Any]) -> Answer:
        """Is this address ours? Needs no database."""
        try:
            assert hook.greeting is not None
            found = hook.greeting.greet(_parameters(scope["query_string"]))
        except ConfigError as error:
            return self._closed(hook, str(error), error.code)
        except Exception:  # a kind of another package
            said = {"action": "hook", "source": hook.name, "once": hook.name}
            log.exception("a handshake broke", extra=said)
            found = None
        if found is None:
            told.greeting(hook.name, self.network(scope))
            return answers.FORBIDDEN
        media, body = found
        return answers.answer(200, body.encode(), media)


def _named(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """By name; one that came twice is joined by a line break."""
    named: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        named[key] = f"{named[key]}\n{text}" if key in named else text
    return named


def _parameters(query: bytes) -> dict[str, str]:
    """What stands after the question mark; {} when it is too much."""
    try:
        pairs = parse_qsl(
            query.decode("latin-1"),
            keep_blank_values=True,
            max_num_fields=MOST_PARAMETERS,
        )
    except ValueError:
        return {}
    found: dict[str, str] = {}
    for name, value in pairs:
        found[name] = f"{found[name]}\n{value}" if name in found else value
    return found


def _id(told: str) -> str:
    """An id fit for any database and any log: a strange one by its hash."""
    if len(told) <= 255 and told.isascii() and told.isprintable():
        return told
    import hashlib

    found = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
    return f"sha256:{found}"

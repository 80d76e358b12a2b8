"""The stub as a server: paths tell the platforms apart.

`Stub` runs it in a thread, for tests; `serve` until it is told to stop.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from tracker.stub import bitly, bluesky, dub, ga4, graph, mastodon, tiktok, x, youtube
from tracker.stub.data import Programme, default_folder
from tracker.stub.faults import Faults
from tracker.stub.limits import Limits, soon
from tracker.stub.talk import Ask, Platform, Reply, Route, Trouble

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from uvicorn import Server

#: In this order; the last one's paths are the widest.
PLATFORMS = tuple(
    module.PLATFORM
    for module in (youtube, tiktok, x, bluesky, mastodon, bitly, dub, ga4, graph)
)
#: How long a connection without an answer is held open, in seconds.
HANG = 3_600
#: How long each byte of a dripping answer takes, in seconds.
DRIP = 0.5


@dataclass(slots=True)
class Desk:
    """Where calls arrive: what they meet, and how many came.

    latency: seconds before each answer. calls: by method and path. turned: set when
    the server ends, so that nothing that hangs holds it up. refused: what was
    wrong about calls, as the platforms said it.
    """

    programme: Programme
    faults: Faults
    limits: Limits
    latency: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)
    asked: list[Ask] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    turned: threading.Event = field(default_factory=threading.Event)

    def answer(self, platform: Platform, route: Route, ask: Ask) -> Reply:
        """One call answered, or refused in the platform's words."""
        headers: Mapping[str, str] = {}
        try:
            if not platform.open and not platform.key(ask):
                raise Trouble("key")
            headers = platform.stamp(self.limits.spend(platform, route))
            _check(route, ask)
            found = route.answer(ask, self.programme.world())
            reply = found if isinstance(found, Reply) else Reply(found)
        except Trouble as trouble:
            reply = platform.refuse(trouble, ask)
            self.refused.append(f"{ask.method} {ask.path}: {trouble}")
        return Reply(reply.body, reply.status, {**headers, **reply.headers})


def _check(route: Route, ask: Ask) -> None:
    """Only parameters that the method knows, and all that it needs."""
    for name, _ in ask.query:
        if name not in route.knows:
            raise Trouble("parameter", name, " ".join(route.knows))
    for name in route.needs:
        if not ask.one(name):
            raise Trouble("missing", name)


_AFTER = {"429": "busy", "500": "broken", "envelope": "inside"}


def application(desk: Desk) -> Starlette:
    """The ASGI application over a desk."""
    from starlette.applications import Starlette

    return Starlette(routes=_routes(desk))


def _routes(desk: Desk) -> list[Any]:
    from starlette.routing import Route as Path

    made = [
        Path(route.path, _endpoint(desk, platform, route), methods=[route.method])
        for platform in PLATFORMS
        for route in platform.routes
    ]
    return [*made, Path("/{path:path}", _nowhere(desk), methods=["GET", "POST"])]


def _endpoint(desk: Desk, platform: Platform, route: Route) -> Callable[..., Any]:
    async def endpoint(request: Request) -> Response:
        import anyio

        ask = await _read(request)
        desk.calls[f"{ask.method} {ask.path}"] += 1
        desk.asked.append(ask)
        if desk.latency:
            await anyio.sleep(desk.latency)
        fault = desk.faults.next()
        if fault in _AFTER:
            trouble = Trouble(_AFTER[fault], reset=soon())
            return _written(platform.refuse(trouble, ask))
        reply = await anyio.to_thread.run_sync(desk.answer, platform, route, ask)
        return _written(reply) if fault is None else _spoilt(reply, fault, desk)

    return endpoint


def _nowhere(desk: Desk) -> Callable[..., Any]:
    async def endpoint(request: Request) -> Response:
        ask = await _read(request)
        desk.calls[f"{ask.method} {ask.path}"] += 1
        said = f"no platform that the stub knows has {ask.method} {ask.path}"
        return _written(Reply({"error": said}, 404))

    return endpoint


async def _read(request: Request) -> Ask:
    return Ask(
        request.method,
        request.url.path,
        tuple(request.query_params.multi_items()),
        {name.lower(): value for name, value in request.headers.items()},
        await request.body(),
        {name: str(value) for name, value in request.path_params.items()},
        str(request.base_url).rstrip("/"),
    )


def _body(reply: Reply) -> bytes:
    return json.dumps(reply.body, ensure_ascii=False).encode()


def _written(reply: Reply) -> Response:
    from starlette.responses import Response

    kind = "application/json; charset=utf-8"
    headers = dict(reply.headers)
    return Response(_body(reply), reply.status, headers, media_type=kind)


def _spoilt(reply: Reply, fault: str, desk: Desk) -> Response:
    """An answer that ends early, never, or a byte at a time."""
    from starlette.responses import Response, StreamingResponse

    body, kind = _body(reply), "application/json"
    if fault == "truncated":
        return Response(body[: max(len(body) // 2, 1)], reply.status, media_type=kind)
    pieces = _waiting(desk) if fault == "hang" else _dripping(body, desk)
    return StreamingResponse(pieces, reply.status, media_type=kind)


async def _waiting(desk: Desk) -> AsyncIterator[bytes]:
    import anyio

    for _ in range(HANG * 10):
        if desk.turned.is_set():
            return
        await anyio.sleep(0.1)
        yield b""


async def _dripping(body: bytes, desk: Desk) -> AsyncIterator[bytes]:
    import anyio

    for at in range(len(body)):
        if desk.turned.is_set():
            return
        yield body[at : at + 1]
        await anyio.sleep(DRIP)


# -- running it ------------------------------------------------------------------


class Stub:
    """The stub in a thread: `with Stub(folder) as stub: requests.get(stub.url + ...)`.

    data: the folder of the programme, None: the example; now: the instant of its
    answers, ms UTC, None: the clock; quota: units a window instead of each
    platform's own; faults: the share of calls that go wrong, by kind. `calls`
    counts by method and path, `asked` has each request.
    """

    def __init__(
        self,
        data: Path | str | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        now: int | None = None,
        latency: float = 0.0,
        quota: int | None = None,
        faults: Mapping[str, float] | None = None,
    ) -> None:
        programme = Programme(Path(data) if data else default_folder())
        if now is not None:
            programme.now = lambda: now
        self.desk = Desk(programme, Faults(faults or {}), Limits(quota), latency)
        self.host, self.port = host, port
        self._thread: threading.Thread | None = None
        self._server: Server | None = None

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def calls(self) -> Counter[str]:
        return self.desk.calls

    @property
    def asked(self) -> list[Ask]:
        return self.desk.asked

    def fail(self, kind: str, times: int = 1) -> None:
        """Let the next calls go wrong in this way."""
        self.desk.faults.plan(kind, times)

    def at(self, now: int) -> None:
        """From now on it is this instant, ms UTC."""
        self.desk.programme.now = lambda: now

    def __enter__(self) -> Self:
        server, sockets = self._prepared()
        self._thread = threading.Thread(
            target=server.run, args=(sockets,), name="stub", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.desk.turned.set()
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(timeout=10)

    def run(self, started: Callable[[str], None]) -> None:
        """Serve in this thread until SIGINT or SIGTERM; started: told the address.

        The data is read before that: whoever knows the address is answered at once.
        """
        self.desk.programme.read()
        server, sockets = self._prepared()
        started(self.url)
        server.run(sockets)
        self.desk.turned.set()

    def _prepared(self) -> tuple[Server, list[Any]]:
        """A server on a socket that listens already: no call comes too early."""
        import uvicorn

        config = uvicorn.Config(
            application(self.desk),
            log_level="error",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        door = _door(self.host, self.port)
        self.port = int(door.getsockname()[1])
        self._server = uvicorn.Server(config)
        return self._server, [door]


def _door(host: str, port: int) -> Any:
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.create_server((host, port), family=family, backlog=512)
    door.set_inheritable(False)
    return door

"""Opens the door, keeps it up to date, and closes it.

Threads: one runs the loop, one keeps deliveries (`writer`), one looks after settings,
and one after health: a database that does not answer must not keep a revoked secret.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from tracker.errors import ConfigError, TrackerError
from tracker.log import BLOTTER, named_secrets
from tracker.server.app import Application
from tracker.server.doors import Doors
from tracker.server.health import Health
from tracker.server.limits import Limits
from tracker.server.proxies import Proxies
from tracker.server.redirects import Redirects
from tracker.server.writer import Writer
from tracker.settings import FILE, Settings, load_settings
from tracker.store.inbox import Inbox

if TYPE_CHECKING:
    from pathlib import Path

    import uvicorn

    from tracker.app import Tracker

log = logging.getLogger(__name__)

#: Connections that the system keeps until they are accepted.
BACKLOG = 2048
#: Requests under way may end for so long, in seconds.
PATIENCE = 10
#: Between two looks at the settings, in seconds: a secret that was taken out of them
#: must open nothing within five.
LOOK = 1.0
#: File descriptors for everything but connections.
SPARE = 256


def application(
    tracker: Tracker,
    *,
    kept: Callable[[set[str]], None] = lambda _: None,
    ticked: Callable[[], float] | None = None,
    limits: Limits | None = None,
) -> Application:
    """The ASGI application of a workspace.

    kept: told which sources have new deliveries. ticked: when the scheduler last gave
    a sign of life (monotonic seconds), where there is one.
    """
    writer = Writer(Inbox(tracker.database), kept)
    doors = Doors(tracker.home, tracker.settings)
    health = Health(tracker.database, writer, ticked)
    redirects = Redirects(tracker.database, tracker.home, tracker.settings.window)
    made = Application(doors, writer, health, limits or Limits(), redirects)
    made.hooks.trusted = _trusted(tracker.settings)
    return made


class Door:
    """The HTTP server of a workspace.

    Raises ConfigError PROXY_REQUIRED when it could be reached from outside and
    nothing is said of a proxy.
    """

    def __init__(
        self,
        tracker: Tracker,
        *,
        behind_proxy: bool = False,
        listen: str | None = None,
        limits: Limits | None = None,
        kept: Callable[[set[str]], None] = lambda _: None,
        ticked: Callable[[], float] | None = None,
    ) -> None:
        settings = tracker.settings
        self.home = tracker.home
        self.listen = listen or settings.listen
        if not (behind_proxy or settings.behind_proxy):
            refuse_outside(self.listen)
        self.app = application(
            tracker, kept=kept, ticked=ticked, limits=_affordable(limits or Limits())
        )
        #: Where it really listens, once it is open: port 0 is any free one.
        self.address = ""
        self._end = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_open(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def open(self) -> None:
        """Listen, in threads of its own. ConfigError LISTEN: it cannot."""
        self._end.clear()
        self._socket = _bound(self.listen)
        host, port = self._socket.getsockname()[:2]
        self.address = (
            f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        )
        self._server = _server(self.app)
        self._thread = threading.Thread(target=self._run, name="http", daemon=True)
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.005)
        for name, look in (("door", self._look_after), ("health", self._feel)):
            threading.Thread(target=look, name=name, daemon=True).start()
        log.info(
            f"listening on {self.address}",
            extra={"action": "listen", "address": self.address},
        )

    def close(self) -> None:
        """No new requests; those under way are answered first."""
        if not self.is_open:
            return
        self.app.health.stopping = True
        self._end.set()
        self._server.should_exit = True
        assert self._thread is not None
        self._thread.join(PATIENCE + 5)

    # -- threads --------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        except Exception:  # told here; whoever opened it sees that it is closed
            log.exception("the server broke", extra={"action": "listen"})

    def _look_after(self) -> None:
        """Settings that have changed."""
        seen = None
        while not self._end.wait(LOOK):
            fresh = _stamp(self.home)
            if fresh is not None and fresh != seen:
                seen = fresh
                _try(self._read_again)

    def _feel(self) -> None:
        """Can deliveries be kept? It may take as long as the database waits."""
        while not self._end.wait(LOOK):
            _try(lambda: self.app.health.look(time.time_ns() // 1_000_000))

    def _read_again(self) -> None:
        settings = load_settings(self.home)
        BLOTTER.secrets |= named_secrets(settings.raw)
        self.app.doors.adopt(settings)
        self.app.hooks.trusted = _trusted(settings)
        self.app.redirects.window = settings.window


def refuse_outside(listen: str) -> None:
    """ConfigError PROXY_REQUIRED unless only this machine can reach the address."""
    host, _ = _parts(listen)
    if host == "localhost":
        return
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(host).is_loopback:
            return
    raise ConfigError(
        "PROXY_REQUIRED",
        f"server {listen}",
        "this address can be reached from outside, with no TLS and no guard against "
        "floods",
        "Not started",
        "Put a proxy before it and say so: --behind-proxy, or behind_proxy = true "
        "under [server]",
    )


def _parts(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _bound(listen: str) -> socket.socket:
    """A socket that listens."""
    host, port = _parts(listen)
    try:
        family, kind, _, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        door = socket.socket(family, kind)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(place)
        door.listen(BACKLOG)
    except OSError as error:
        raise ConfigError(
            "LISTEN",
            f"server {listen}",
            (error.strerror or "no such address").lower(),
            "Nobody can deliver here",
            "End what listens there, or set `listen` under [server]",
        ) from error
    return door


def _server(app: Application) -> uvicorn.Server:
    import uvicorn

    from tracker.server.wire import Wire

    config = uvicorn.Config(
        cast("Any", app),
        loop="uvloop",
        http=Wire,
        ws="none",
        lifespan="on",
        interface="asgi3",
        log_config=None,
        log_level="critical",  # what matters is told by us, without addresses
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=app.limits.idle,
        timeout_graceful_shutdown=PATIENCE,
    )
    return uvicorn.Server(config)


def _affordable(limits: Limits) -> Limits:
    """No more connections than this process may have files."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.connections + SPARE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            soft = most
        return replace(
            limits, connections=max(16, min(limits.connections, soft - SPARE))
        )
    return limits


def _trusted(settings: Settings) -> Proxies:
    return Proxies(settings.raw.get("clicks", {}).get("trusted_proxies", ()))


def _stamp(home: Path) -> tuple[int, int, int] | None:
    """What changes when tracker.toml does; None while it is not there."""
    with contextlib.suppress(OSError):
        found = (home / FILE).stat()
        return found.st_mtime_ns, found.st_size, found.st_ino
    return None


def _try(step: Callable[[], None]) -> None:
    """A step that fails is told and done again; its thread lives on."""
    try:
        step()
    except TrackerError as error:
        said = f"{error} The old settings stay."
        log.error(said, extra={"action": "settings", "code": error.code})
    except Exception:  # a bug in one step must not end the thread
        log.exception("a step broke", extra={"action": "door"})

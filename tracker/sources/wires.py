"""Connections that keep to their deadlines and go only where they may.

urllib3 makes the connections and speaks HTTP; what is ours is the one place where
it connects (`_new_conn`) and the sockets it reads from. A socket's own time limit
starts anew with each byte, so a server that drips could hold a call for ever: here
every single read is given what is left of the whole call.
"""

from __future__ import annotations

import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotDoneError
from functools import cache
from typing import Any, TypeVar

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

from tracker.sources.addresses import Gate
from tracker.sources.passage import RUNNING, Limits
from tracker.sources.troubles import BlockedError, DistrustError, UnreachableError

T = TypeVar("T")
#: It tells whole addresses, keys in them included, when asked to be talkative and
#: when a header is odd.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


def timed(wire: socket.socket, act: Callable[..., T], *args: Any) -> T:
    """Read or write once, for as long as the running call may still take."""
    passage = RUNNING.get()
    passage.wire = wire
    wire.settimeout(passage.left(passage.limits.idle))
    try:
        return act(*args)
    except TimeoutError:
        raise passage.late() from None


class Wire(socket.socket):
    """A plain connection."""

    def recv_into(self, *args: Any) -> int:
        return RUNNING.get().came(timed(self, super().recv_into, *args))

    def sendall(self, *args: Any) -> None:
        timed(self, super().sendall, *args)


class TLSWire(ssl.SSLSocket):
    """An encrypted connection; its `sendall` is made of `send`."""

    def recv_into(self, *args: Any) -> int:
        return RUNNING.get().came(timed(self, super().recv_into, *args))

    def send(self, *args: Any) -> int:
        return timed(self, super().send, *args)


def connect(host: str, port: int, options: Any) -> Wire:
    """Connect to the first address of a host that may be and answers.

    The address that is looked at is the one that is connected to; a name that leads
    elsewhere the next time changes nothing. Raises BlockedError, UnreachableError
    and LateError.
    """
    passage = RUNNING.get()
    end = time.monotonic() + passage.left(passage.limits.connect)
    failure = UnreachableError("no address is known of it")
    open_to = _permitted(passage.gate, host, port, end)
    for number, (family, address) in enumerate(open_to):
        # A dead first address must leave time for the second.
        share = max(end - time.monotonic(), 0.001) / (len(open_to) - number)
        try:
            return _dial(family, address, options, share)
        except OSError as error:
            failure = _unreached(error, passage.limits)
    raise failure


def _permitted(
    gate: Gate, host: str, port: int, end: float
) -> list[tuple[socket.AddressFamily, Any]]:
    if gate.wrong_port(host, port):
        ports = " and ".join(map(str, gate.ports))
        raise BlockedError(f"{host} is asked for on port {port}, not {ports}")
    found = [(family, where) for family, _, _, _, where in _look_up(host, port, end)]
    kinds = [(str(where[0]), gate.wrong_address(host, where[0])) for _, where in found]
    blocked = [f"{at}, a {kind} address" for at, kind in kinds if kind]
    if blocked and len(blocked) == len(found):
        raise BlockedError(f"{host} resolves to {blocked[0]}")
    return [each for each, (_, kind) in zip(found, kinds, strict=True) if not kind]


def _look_up(host: str, port: int, end: float) -> list[Any]:
    """All addresses of a host. A name is asked for in a thread of its own, because
    the resolver knows no deadline."""
    try:
        return _ask(host, port, socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        pass  # a name, then
    found: Future[list[Any]] = Future()
    threading.Thread(
        target=_answer, args=(found, host, port), name="resolve", daemon=True
    ).start()
    try:
        return found.result(max(end - time.monotonic(), 0.001))
    except (OSError, UnicodeError) as error:
        if isinstance(error, NotDoneError):
            raise UnreachableError("its name is not found in time", late=True) from None
        raise UnreachableError("its name is not known") from None


def _ask(host: str, port: int, flags: int = 0) -> list[Any]:
    return socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM, 0, flags)


def _answer(found: Future[list[Any]], host: str, port: int) -> None:
    try:
        found.set_result(_ask(host, port))
    except (OSError, UnicodeError) as error:
        found.set_exception(error)


def _dial(
    family: socket.AddressFamily, address: Any, options: Any, seconds: float
) -> Wire:
    wire = Wire(family, socket.SOCK_STREAM)
    try:
        for option in options or ():
            wire.setsockopt(*option)
        wire.settimeout(seconds)
        wire.connect(address)
        passage = RUNNING.get()
        wire.settimeout(passage.left(passage.limits.connect))  # for a handshake
    except BaseException:
        wire.close()
        raise
    return wire


def _unreached(error: OSError, limits: Limits) -> UnreachableError:
    if isinstance(error, TimeoutError):
        return UnreachableError(f"no connection in {limits.connect:g} s", late=True)
    return UnreachableError((error.strerror or "no connection").lower())


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return connect(self.host, self.port, self.socket_options)


class _TLSConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return connect(self.host, self.port, self.socket_options)

    def connect(self) -> None:
        try:
            super().connect()
        except ssl.SSLCertVerificationError as error:
            raise DistrustError(error.verify_message, certificate=True) from None
        except ssl.SSLError as error:
            raise _no_handshake(error) from None
        except OSError as error:
            raise _unreached(error, RUNNING.get().limits) from None


def _no_handshake(error: ssl.SSLError) -> Exception:
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return UnreachableError("hung up while it was asked who it is")
    words = (error.reason or "handshake failed").lower().replace("_", " ")
    return DistrustError(words, certificate=False)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


def manager(parallel: int, ca_file: str) -> PoolManager:
    """Pools of such connections. ca_file: the authorities to trust, PEM."""
    made = PoolManager(num_pools=8, maxsize=parallel, ssl_context=_trust(ca_file))
    made.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}
    return made


@cache
def _trust(ca_file: str) -> ssl.SSLContext:
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    context.check_hostname = True
    context.sslsocket_class = TLSWire
    context.load_verify_locations(ca_file)
    return context

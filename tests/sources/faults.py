"""A server that misbehaves as it is told, over real sockets of this machine."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Self

#: What to do with a connection whose request came: its socket, and the request.
Deed = Callable[[socket.socket, bytes], None]


class Server:
    """Listens on loopback; each request is answered by the next deed, the last one
    for ever."""

    def __init__(self, *deeds: Deed, tls: ssl.SSLContext | None = None) -> None:
        self._deeds, self._tls = deeds, tls
        self._lock = threading.Lock()
        #: Every request as it came, and how many connections there were.
        self.requests: list[bytes] = []
        self.connections = 0
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._listener.getsockname()[1])
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._listener.close()
        for each in tuple(self._open):
            shut(each)

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(
                target=self._serve, args=(connection,), daemon=True
            ).start()

    def _serve(self, raw: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), raw:
            if self._tls is None:
                self._talk(raw)
                return
            with self._tls.wrap_socket(raw, server_side=True) as connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        while request := self._request(connection):
            with self._lock:
                self.requests.append(request)
                number = min(len(self.requests), len(self._deeds)) - 1
            self._deeds[number](connection, request)

    def _request(self, connection: socket.socket) -> bytes:
        came = b""
        while b"\r\n\r\n" not in came:
            piece = connection.recv(65536)
            if not piece:
                return b""
            came += piece
        return came


def shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def answer(
    body: bytes = b"{}", status: int = 200, length: int | None = None, **headers: str
) -> Deed:
    """A whole answer; `length` lies about its own. Names: `retry_after`."""
    size = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status} Thing", f"Content-Length: {size}"]
    lines += [f"{name.replace('_', '-')}: {text}" for name, text in headers.items()]
    whole = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
    return lambda connection, _: connection.sendall(whole)


def raw(text: bytes) -> Deed:
    """Send this and hang up."""

    def deed(connection: socket.socket, _: bytes) -> None:
        connection.sendall(text)
        shut(connection)

    return deed


def silence(connection: socket.socket, _: bytes) -> None:
    connection.recv(1)


def reset(connection: socket.socket, _: bytes) -> None:
    """Hang up rudely: the other side is told of it as an error."""
    linger = b"\x01\x00\x00\x00" + bytes(4)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    connection.close()


def stream(
    head: bytes, pieces: Callable[[], Iterator[bytes]], pause: float = 0
) -> Deed:
    """Send a head and then pieces, with a pause after each, for as long as it goes."""

    def deed(connection: socket.socket, _: bytes) -> None:
        connection.sendall(head)
        wait = threading.Event()
        for piece in pieces():
            connection.sendall(piece)
            if pause:
                wait.wait(pause)

    return deed


def endless(piece: bytes) -> Callable[[], Iterator[bytes]]:
    def pieces() -> Iterator[bytes]:
        while True:
            yield piece

    return pieces


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)

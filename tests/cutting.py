"""A way to a server that cuts connections when a word passes."""

from __future__ import annotations

import contextlib
import socket
import threading

from support import Server


class Proxy:
    """`word`: it cuts the connection in which this is sent; after: only when the
    server has had it, and before its answer comes back. Once."""

    def __init__(self, server: Server) -> None:
        self._to, self.word, self.after = server.port, b"", False
        self.cut = 0
        self._door = socket.create_server(("127.0.0.1", 0))
        self.front = Server(self._door.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._door.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=[client], daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._to)) as server:
            back = threading.Thread(target=self._back, args=[server, client])
            back.start()
            with contextlib.suppress(OSError):
                while data := client.recv(65_536):
                    if self.word and self.word in data:
                        self.word, self.cut = b"", self.cut + 1
                        if self.after:  # the answer is read here, and goes no further
                            _shut(client)
                            server.sendall(data)
                            server.settimeout(0.5)
                        break
                    server.sendall(data)
            if self.cut:
                threading.Event().wait(0.3)
            _shut(client)
            _shut(server)
            back.join()

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65_536):
                client.sendall(data)
        _shut(client)


def _shut(door: socket.socket) -> None:
    with contextlib.suppress(OSError):
        door.shutdown(socket.SHUT_RDWR)

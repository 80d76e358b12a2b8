"""A word to systemd, when it started us and asked for one."""

from __future__ import annotations

import contextlib
import os
import socket


def notify(word: str) -> None:
    """Send `READY=1`, `WATCHDOG=1` or `STOPPING=1` to $NOTIFY_SOCKET, if it is set."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    if address.startswith("@"):  # a name without a file begins with a null byte
        address = "\0" + address[1:]
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as door,
    ):
        door.settimeout(1)
        door.sendto(word.encode(), address)

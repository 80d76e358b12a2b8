"""The one place that knows Apprise: sends a text to an address.

Addresses are secrets. What is shown of one is its way, and its host where a host
is no secret; nothing that Apprise says of it is handed on, only what is told from it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.store.outbox import FAILED, HELD, SENT

if TYPE_CHECKING:
    from apprise import Apprise

#: Ways whose host is a host: elsewhere a token or a topic stands in its place.
HOSTS = {"json", "xml", "form", "mailto", "gotify", "mmost", "rocket", "matrix"}
HOSTS |= {f"{name}s" for name in HOSTS}

_ADDRESS = re.compile(r"(?i)([a-z][a-z0-9+.-]{0,20})://(?:[^/?#]*@)?([^/?#@]*)")
_STATUS = re.compile(r"error=(\d{3})\b|\((\d{3}), b['\"]")
#: Signs that nothing of the message left, so that it may be tried again.
_UNSENT = re.compile(
    "(?i)NewConnectionError|refused|NameResolution|getaddrinfo|Name or service"
    "|nodename nor servname|ConnectTimeout|No route to host|unreachable"
    "|CERTIFICATE_VERIFY|SSLError|SSL:"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """state: sent; held: it was not taken and may be tried again; failed: nobody
    knows whether it arrived. said: why, without anything of the address."""

    state: str
    said: str = ""


def shown(address: str) -> str:
    """An address without its secret: `json://127.0.0.1:8080`, `slack://***`."""
    found = _ADDRESS.match(address.strip())
    if not found:
        return "***"
    way, host = found[1].lower(), found[2]
    # a sign of a password that was not written as an address has it
    torn = "@" in address[found.end() :]
    plain = way in HOSTS and host and not torn
    return f"{way}://{host if plain else '***'}"


def deliver(address: str, title: str, body: str) -> Answer:
    """Send a text to one address. Never raises; waits some seconds at most, as the
    address says (`cto`, `rto`)."""
    with _overheard() as lines:
        try:
            post = _post(address)
        except Exception:  # noqa: BLE001 - any of a hundred services
            post = None
        if post is None:
            return Answer(HELD, "Apprise knows no such address")
        try:
            taken = post.notify(body=body, title=title, body_format="text")
        except Exception as error:  # noqa: BLE001 - as above
            lines.append(f"{type(error).__name__}: {error}")
            taken = False
    return Answer(SENT) if taken else told("\n".join(lines))


def _post(address: str) -> Apprise | None:
    from apprise import Apprise

    post = Apprise()
    return post if post.add(address) else None


def told(log: str) -> Answer:
    """What came of a message that was not taken, from what Apprise said of it."""
    if found := _STATUS.search(log):
        return Answer(HELD, f"it answered {found[1] or found[2]}")
    if _UNSENT.search(log):
        return Answer(HELD, "it cannot be reached")
    return Answer(FAILED, "no answer; it may have arrived, and is not sent again")


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """What Apprise says goes here, and into no log: it may hold the address."""
    logger, ear = logging.getLogger("apprise"), _Ear()
    before = logger.level, logger.propagate
    logger.addHandler(ear)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield ear.lines
    finally:
        logger.removeHandler(ear)
        logger.setLevel(before[0])
        logger.propagate = before[1]

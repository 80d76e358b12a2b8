"""What the log is told of senders: never an address, only the network it lies in.

The same trouble of the same source is told once a minute, then with the number of
repeats (`log.Filter`, by the field `once`).
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Container, Iterable

from tracker.errors import DeliveryError, StoreError
from tracker.server import proxies
from tracker.store.inbox import why

log = logging.getLogger(__name__)

#: What can be done about a refused signature, by the refusal's code.
ADVICE = {
    "SIG_BAD": "If the secret was rotated, name the new one in tracker.toml",
    "SIG_STALE": "Check the clocks on both sides",
}
ROOM = {
    "DISK_FULL": "Free space under the data directory",
    "DB_BUSY": "Another process holds the database; end it if this goes on",
}


def sender(
    headers: Iterable[tuple[bytes, bytes]], peer: str | None, trusted: Container[str]
) -> str:
    """The network of the sender: `203.0.113.0/24`, or "unknown".

    What a trusted proxy says of where a request came from is believed, hop by hop
    from our side; nobody else is.
    """
    return network(visitor(headers, peer, trusted))


def visitor(
    headers: Iterable[tuple[bytes, bytes]], peer: str | None, trusted: Container[str]
) -> str:
    """The address that a request came from, as far as proxies are trusted. It is
    hashed or reduced at once, and never kept."""
    hops = [
        proxies.bare(hop)
        for name, value in headers
        if name == b"x-forwarded-for"
        for hop in value.decode("latin-1").split(",")
    ]
    address = peer or ""
    while hops and address in trusted:
        address = hops.pop()
    return address


def network(address: str) -> str:
    """The /24 (IPv6: /48) of an address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    length = 24 if found.version == 4 else 48
    return str(ipaddress.ip_network((found, length), strict=False))


def refusal(name: str, network: str, error: DeliveryError) -> None:
    """A delivery that was not let in."""
    advice = ADVICE.get(error.code, "")
    _tell(
        "warning",
        error.code,
        f"webhook {name} from {network}",
        f"{error.cause}. Request dropped",
        advice,
        name,
    )


def body(name: str, network: str, at: str, cause: str) -> None:
    """A well-signed body that is no strict JSON."""
    said = f"{cause} (at {at}). Refused with 400"
    subject = f"webhook {name} from {network}"
    _tell("warning", "JSON_STRICT", subject, said, "Tell the sender", name)


def greeting(name: str, network: str) -> None:
    """Somebody asked whether this address is ours, and does not know the word."""
    _tell(
        "warning",
        "HANDSHAKE",
        f"webhook {name} from {network}",
        "verify token does not match. Not confirmed",
        "Compare the platform's dashboard with tracker.toml",
        name,
    )


def reused(name: str, delivery: str) -> None:
    _tell(
        "warning",
        "ID_REUSED",
        f"webhook {name}",
        f"id {delivery} came again with other content. First kept; second in "
        "quarantine",
        f"Run: tracker quarantine list --source {name}",
        name,
    )


def not_kept(name: str, error: StoreError) -> None:
    _tell(
        "error",
        "STORE_UNAVAILABLE",
        f"webhook {name}",
        f"event not stored ({why(error)}). The sender will retry",
        ROOM.get(error.code, error.todo),
        name,
    )


def overload() -> None:
    _tell(
        "warning",
        "OVERLOAD",
        "server",
        "more deliveries wait than can be kept; requests are refused with 503. "
        "Nothing acknowledged was lost. Senders retry",
        "",
        "",
    )


def _tell(
    level: str, code: str, subject: str, cause: str, todo: str, name: str
) -> None:
    text = f"{level}[{code}] {subject}: {cause}."
    log.log(
        logging.ERROR if level == "error" else logging.WARNING,
        text + (f" {todo.rstrip('.')}." if todo else ""),
        extra={
            "action": "hook",
            "source": name or None,
            "code": code,
            "once": f"{code} {name}",
        },
    )

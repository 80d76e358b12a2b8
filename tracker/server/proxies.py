"""Proxies whose word about where a request came from is believed."""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Iterable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Proxies:
    """Holds an address, as text, when it is one of theirs or lies in their network."""

    def __init__(self, said: Iterable[str] = ()) -> None:
        self._networks = tuple(map(network, said))

    def __contains__(self, address: object) -> bool:
        with contextlib.suppress(ValueError):
            found = ipaddress.ip_address(str(address))
            if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
                found = found.ipv4_mapped
            return any(found in one for one in self._networks)
        return False


def network(said: str) -> Network:
    """An address, or a network such as 10.0.0.0/8. ValueError: it is neither."""
    return ipaddress.ip_network(said, strict=False)


def bare(hop: str) -> str:
    """An address of X-Forwarded-For without the port that some proxies add to it."""
    text = hop.strip()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text

"""Which addresses of the network a source may be led to.

Names say nothing: what counts is the address that a connection is about to be made
to (promise 49 of the reliability notes). `ipaddress` alone does not do: to it
multicast, 192.0.0.8, and NAT64 and 6to4 forms of inside addresses are global.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

#: Unicast of IPv6 that is given out to the world; everything else of it is not.
WORLD = ip_network("2000::/3")
#: Ranges with a meaning of their own, the more special first.
SPECIAL = [
    (ip_network(text), kind)
    for text, kind in (
        ("168.63.129.16/32", "cloud-internal"),  # Azure's own, seen only from inside
        ("192.0.0.0/24", "special-purpose"),
        ("192.88.99.0/24", "6to4"),
        ("100.64.0.0/10", "private"),  # shared by the customers of a provider
        ("0.0.0.0/8", "unspecified"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("2001::/32", "Teredo"),
        ("2002::/16", "6to4"),
        ("2001:db8::/32", "special-purpose"),
        ("3fff::/20", "special-purpose"),
        ("5f00::/16", "special-purpose"),
    )
]
#: Properties of `ipaddress` that name a kind, in the order they are asked.
PLAIN = (
    ("is_unspecified", "unspecified"),
    ("is_loopback", "loopback"),
    ("is_link_local", "link-local"),
    ("is_multicast", "multicast"),
    ("is_reserved", "special-purpose"),
    ("is_private", "private"),
)
#: What a name on the list may lead to; the rest only when written as a number.
INSIDE = {"private", "loopback"}


def kind_of(text: str) -> str:
    """What kind of inside address this is; "" for one of the whole world."""
    address = ip_address(text)
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return kind_of(str(address.ipv4_mapped))
    for network, kind in SPECIAL:
        if address in network:
            return kind
    for question, kind in PLAIN:
        if getattr(address, question):
            return kind
    return "" if _worldly(address) else "special-purpose"


def _worldly(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and (address.version == 4 or address in WORLD)


@dataclass(frozen=True, slots=True)
class Gate:
    """Says where a connection may go.

    allow_private: hosts, as they stand in an address, that may lie inside and have
    any port; ports: those of all other hosts.
    """

    allow_private: Sequence[str] = ()
    ports: Sequence[int] = (80, 443)

    def allows(self, host: str) -> bool:
        return bare(host) in {bare(name) for name in self.allow_private}

    def wrong_port(self, host: str, port: int) -> bool:
        return port not in self.ports and not self.allows(host)

    def wrong_address(self, host: str, address: str) -> str:
        """The kind of an address that must not be connected to; "" when it may."""
        kind = kind_of(address)
        if kind and self.allows(host) and (kind in INSIDE or _is_number(host)):
            return ""
        return kind


def bare(host: str) -> str:
    """A host as it is compared: no brackets, no full stop at its end, small."""
    return host.strip("[]").rstrip(".").lower()


def _is_number(host: str) -> bool:
    try:
        ip_address(bare(host))
    except ValueError:
        return False
    return True

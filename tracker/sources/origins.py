"""What stands before the path of a web address: scheme, host and port."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from tracker.errors import ConfigError
from tracker.sources.troubles import BlockedError

PORTS = {"http": 80, "https": 443}


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port. Raises BlockedError for what is no web address."""
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        raise BlockedError("the address is not one of the web") from None
    if scheme not in PORTS or not host:
        raise BlockedError("the address is not one of http or https")
    if "@" in parts.netloc:
        raise BlockedError("the address holds a user or password")
    return scheme, host, port or PORTS[scheme]


def host_of(url: str) -> str:
    """The host, to name it; never fails."""
    try:
        return urlsplit(url).hostname or "no host"
    except ValueError:
        return "no host"


def plain(base_url: str | None, default: str) -> tuple[str, bool]:
    """The base address to use, and whether its host may lie inside, on any port.

    base_url replaces scheme, host and port of the platform's own address; a path of
    it is left out. Who names a host in the settings means it. Raises ConfigError.
    """
    if base_url is None:
        return default, False
    try:
        origin(base_url)
    except BlockedError as error:
        raise ConfigError("SOURCE_SETTINGS", "base_url", str(error)) from None
    scheme, host, _, _, _ = urlsplit(base_url)
    return urlunsplit((scheme, host, urlsplit(default).path, "", "")), True

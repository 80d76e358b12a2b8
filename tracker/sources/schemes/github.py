"""GitHub: X-Hub-Signature-256 over the raw body, the delivery's GUID in a header.

The header is no part of what is signed; nothing that counts is read from it.
"""

from __future__ import annotations

from collections.abc import Iterator

from tracker.sources.items import Item
from tracker.sources.schemes.base import Scheme, Told
from tracker.sources.signing import Sealed, hexed


def verify(sealed: Sealed) -> str:
    said = sealed.header("x-hub-signature-256")
    sealed.check([said], sealed.body, lambda digest: "sha256=" + hexed(digest))
    return sealed.own_id("x-github-delivery")


def read(told: Told) -> Iterator[Item | None]:
    """Stars and releases are no posts: kept in the inbox, counted as ignored."""
    yield None


SCHEME = Scheme(verify, read)

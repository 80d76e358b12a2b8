"""Standard Webhooks 1.0 (standardwebhooks.com), symmetric signatures `v1`.

The headers webhook-id, webhook-timestamp and webhook-signature; signed is
`id.timestamp.body`. Several signatures stand beside each other while a key changes.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from tracker.model import METRICS
from tracker.sources.items import TYPES, Item, items_of
from tracker.sources.schemes.base import Scheme, Told, inside
from tracker.sources.signing import Sealed, based

PREFIX = "whsec_"
TIME = "webhook-timestamp"


def key(secret: str) -> bytes:
    """After `whsec_` it is base64; anything else is the text itself."""
    if not secret.startswith(PREFIX):
        return secret.encode("utf-8")
    coded = secret.removeprefix(PREFIX)
    try:
        found = base64.b64decode(coded + "=" * (-len(coded) % 4), validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if not found:
        raise ValueError("what follows whsec_ is not base64")
    return found


def verify(sealed: Sealed) -> str:
    number = sealed.id_in("webhook-id")
    time = sealed.header(TIME)
    marks = sealed.header("webhook-signature").split(" ")
    said = [mark.removeprefix("v1,") for mark in marks if mark.startswith("v1,")]
    signed = f"{number}.{time}.".encode() + sealed.body
    sealed.check(said, signed, based)
    sealed.in_time(time)
    return number


def read(told: Told) -> Iterator[Item | None]:
    """`{"type": ..., "data": {...} | [{...}]}`; other types are none of ours."""
    kind = inside(told.value, "type")
    if kind in TYPES:
        yield from items_of("$.data", kind, inside(told.value, "data"))
    else:
        yield None


SCHEME = Scheme(verify, read, key=key, time=TIME, metrics=METRICS)

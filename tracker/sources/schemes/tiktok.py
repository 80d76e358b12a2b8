"""TikTok: `TikTok-Signature: t=SECONDS,s=HEX`, signed is `t.body` with client_secret.

developers.tiktok.com/doc/webhooks-verification. A body is `{"client_key", "event",
"create_time", "user_openid", "content"}`, content being JSON inside of a text. No
event carries figures; a published post is worth knowing, to be asked for later.
"""

from __future__ import annotations

from collections.abc import Iterator

from tracker.errors import BodyError
from tracker.model import iso
from tracker.sources.items import POST, Item
from tracker.sources.schemes.base import Scheme, Told, inside, seconds, text
from tracker.sources.signing import Sealed, hexed, parts
from tracker.sources.strictjson import parse

PUBLISHED = "post.publish.publicly_available"


def verify(sealed: Sealed) -> str:
    found = parts(sealed.header("tiktok-signature"))
    times = found.get("t", [])
    if len(times) != 1:
        raise sealed.bad("the tiktok-signature header has not one time")
    message = f"{times[0]}.".encode() + sealed.body
    sealed.check(found.get("s", []), message, hexed)
    sealed.in_time(times[0])
    return sealed.own_id()


def read(told: Told) -> Iterator[Item | None]:
    post, at = _post(told), seconds(told.value, "create_time")
    if inside(told.value, "event") != PUBLISHED or post is None or at is None:
        yield None
        return
    data = {"platform": "tiktok", "post_id": post, "captured_at": iso(at)}
    yield Item("$.content", POST, data)


def _post(told: Told) -> str | None:
    content = inside(told.value, "content")
    try:
        return text(parse(content.encode()), "post_id")
    except (BodyError, AttributeError):
        return None


SCHEME = Scheme(verify, read, platform="tiktok")

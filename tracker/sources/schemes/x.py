"""X: x-twitter-webhooks-signature is `sha256=` and the base64 HMAC of the raw body.

docs.x.com/x-api/webhooks. X asks by GET with a crc_token each hour or so, and is
answered with the token's HMAC by the same key. Bodies: the account activity of old
(`for_user_id`, `tweet_create_events`) and the activity events of today (`data` with
`event_type` post.create). A new post's figures are those of its first moment.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tracker.model import iso
from tracker.sources.items import POST, Item
from tracker.sources.schemes.base import (
    Scheme,
    Told,
    counted,
    each,
    inside,
    metrics,
    seconds,
    text,
)
from tracker.sources.signing import Sealed, based

#: The answer is the very signature that a body of this content would carry, so
#: whatever could be a delivery must not be signed: no brace, bracket or quote.
_TOKEN = re.compile(r"[A-Za-z0-9_.~=+/-]{1,256}", re.ASCII)

OLD = {
    "likes": "favorite_count",
    "comments": "reply_count",
    "shares": "retweet_count",
    "quotes": "quote_count",
}
NEW = {
    "impressions": "impression_count",
    "likes": "like_count",
    "comments": "reply_count",
    "shares": "retweet_count",
    "quotes": "quote_count",
    "saves": "bookmark_count",
}


def verify(sealed: Sealed) -> str:
    said = sealed.header("x-twitter-webhooks-signature")
    sealed.check([said], sealed.body, _signature)
    return sealed.own_id()


def _signature(digest: bytes) -> str:
    return "sha256=" + based(digest)


def greet(
    query: Mapping[str, str], keys: Sequence[bytes], tokens: Sequence[bytes]
) -> tuple[str, str] | None:
    """The token signed with the first secret."""
    token = query.get("crc_token", "")
    if not keys or not _TOKEN.fullmatch(token):
        return None
    digest = hmac.digest(keys[0], token.encode(), "sha256")
    return "application/json", json.dumps({"response_token": _signature(digest)})


def read(told: Told) -> Iterator[Item | None]:
    found = each(told.value, "tweet_create_events")
    for n, tweet in enumerate(found):
        mine = text(tweet, "user", "id_str") == text(told.value, "for_user_id")
        own = mine and inside(tweet, "retweeted_status") is None
        yield _old(f"$.tweet_create_events[{n}]", tweet) if own else None
    if not found:
        is_post = inside(told.value, "data", "event_type") == "post.create"
        yield _new(told) if is_post else None


def _old(place: str, tweet: Any) -> Item | None:
    post, at = text(tweet, "id_str"), iso(seconds(tweet, "timestamp_ms"))
    if post is None or at is None:
        return None
    said = {
        "handle": text(tweet, "user", "screen_name"),
        "caption": text(tweet, "extended_tweet", "full_text") or text(tweet, "text"),
    }
    return _item(place, post, at, said | counted(tweet, OLD))


def _new(told: Told) -> Item | None:
    tweet = inside(told.value, "data", "payload")
    post, at = text(tweet, "id"), text(tweet, "created_at")
    if post is None or at is None:
        return None
    said = {"caption": text(tweet, "text"), "handle": _author(told.value)}
    figures = counted(inside(tweet, "public_metrics"), NEW)
    return _item("$.data.payload", post, at, said | figures)


def _author(value: Any) -> str | None:
    """The name of the post's author, if X told it beside the post."""
    author = text(value, "data", "payload", "author_id")
    for user in each(value, "data", "includes", "users"):
        if author and text(user, "id") == author:
            return text(user, "username")
    return None


def _item(place: str, post: str, at: str, said: dict[str, Any]) -> Item:
    when = {"published_at": at, "captured_at": at}
    data = {"platform": "x", "post_id": post, **when, **said}
    return Item(place, POST, data)


SCHEME = Scheme(verify, read, greet=greet, platform="x", metrics=metrics(*OLD, *NEW))

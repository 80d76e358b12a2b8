"""Meta (Facebook pages, Instagram): X-Hub-Signature-256 over the raw body.

developers.facebook.com/docs/graph-api/webhooks/getting-started. A body is `{"object",
"entry": [{"id", "time", "changes": [{"field", "value"}]}]}`, up to 1,000 changes. The
only totals among them are `story_insights`; likes and comments come one by one and
are never added to totals. A new post of a page is worth knowing.
"""

from __future__ import annotations

import hmac
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
from tracker.sources.signing import Sealed, hexed

#: Metrics of a story by their names there. Replies are messages, not comments; taps
#: and exits are no metric of ours.
STORY = {
    "views": "views",
    "impressions": "impressions",
    "reach": "reach",
    "shares": "shares",
}
#: What a page posts; likes, comments and reactions are items as well.
POSTED = ("post", "status", "photo", "video", "share", "link")

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)


def verify(sealed: Sealed) -> str:
    said = sealed.header("x-hub-signature-256")
    sealed.check([said], sealed.body, lambda digest: "sha256=" + hexed(digest))
    return sealed.own_id()


def greet(
    query: Mapping[str, str], keys: Sequence[bytes], tokens: Sequence[bytes]
) -> tuple[str, str] | None:
    """The challenge, word for word, for whoever knows the verify token."""
    said = query.get("hub.verify_token", "").encode("utf-8", "replace")
    challenge = query.get("hub.challenge", "")
    same = [hmac.compare_digest(said, token) for token in tokens]
    asks = query.get("hub.mode") == "subscribe" and _CHALLENGE.fullmatch(challenge)
    return ("text/plain", challenge) if any(same) and asks else None


def read(told: Told) -> Iterator[Item | None]:
    entries = inside(told.value, "entry")
    for n, entry in enumerate(entries if isinstance(entries, list) else []):
        at = seconds(entry, "time") or told.at
        changes = each(entry, "changes")
        for m, change in enumerate(changes):
            yield _item(f"$.entry[{n}].changes[{m}].value", change, at)
        if not changes:  # messages and the like
            yield None
    if not isinstance(entries, list):
        yield None


def _item(place: str, change: Any, at: int) -> Item | None:
    makers = {"story_insights": _story, "feed": _posted}
    make = makers.get(str(inside(change, "field")))
    data = make(inside(change, "value")) if make else None
    if data is None:
        return None
    return Item(place, POST, {"captured_at": iso(at), **data})


def _story(value: Any) -> dict[str, Any] | None:
    post = text(value, "media_id")
    if post is None:
        return None
    figures = counted(value, STORY)
    return {"platform": "instagram", "post_id": post, "kind": "story", **figures}


def _posted(value: Any) -> dict[str, Any] | None:
    post = text(value, "post_id")
    is_new = inside(value, "verb") == "add" and inside(value, "item") in POSTED
    if post is None or not is_new:
        return None
    return {
        "platform": "facebook",
        "post_id": post,
        "published_at": iso(seconds(value, "created_time")),
        "caption": text(value, "message"),
    }


SCHEME = Scheme(verify, read, greet=greet, metrics=metrics(*STORY))

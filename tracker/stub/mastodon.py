"""Mastodon: statuses by ids, accounts, an account's statuses; no key is needed.

Parameters and shapes: docs.joinmastodon.org (statuses, accounts, rate limits); the
limit of 20 ids: the server's own check. The reset header is ISO 8601, pages are told
in a Link header, and content is HTML.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from tracker.stub.data import Account, Seen, World, stamp
from tracker.stub.talk import Ask, Platform, Reply, Route, Standing, Trouble

NAME = "mastodon"
#: Ids of one call, statuses of one page.
MOST, PAGE = 20, 40
SITE = "https://mastodon.example"


def statuses(ask: Ask, world: World) -> list[dict[str, Any]]:
    """GET /api/v1/statuses; what is not there is left out."""
    ids = [value for key, value in ask.query if key == "id[]"]
    if len(ids) > MOST:
        raise Trouble("many", "id[]", "Validation failed")
    found = [world.post(NAME, each) for each in dict.fromkeys(ids)]
    return [_status(seen, world) for seen in found if seen]


def status(ask: Ask, world: World) -> dict[str, Any]:
    """GET /api/v1/statuses/:id."""
    seen = world.post(NAME, ask.places["id"])
    if seen is None:
        raise Trouble("lost", "id")
    return _status(seen, world)


def lookup(ask: Ask, world: World) -> dict[str, Any]:
    """GET /api/v1/accounts/lookup; a local name may carry its host."""
    account = world.account(NAME, ask.one("acct"))
    account = account or world.account(NAME, ask.one("acct").split("@")[0])
    if account is None:
        raise Trouble("lost", "acct")
    return _account(account, world)


def account(ask: Ask, world: World) -> dict[str, Any]:
    """GET /api/v1/accounts/:id."""
    return _account(_by_id(ask, world), world)


def account_statuses(ask: Ask, world: World) -> Reply:
    """GET /api/v1/accounts/:id/statuses: newest first, pages by ids."""
    owner = _by_id(ask, world)
    size = min(ask.number("limit", 20, 1, 10_000), PAGE)
    found = _between(ask, world.posts(NAME, owner.handle))
    # min_id goes forward: the oldest of those that are newer, still newest first.
    some = found[-size:] if ask.one("min_id") else found[:size]
    body = [_status(seen, world) for seen in some]
    return Reply(body, headers=_links(ask, some, len(found) > len(some)))


def instance(ask: Ask, world: World) -> dict[str, Any]:
    """GET /api/v2/instance."""
    return {"domain": "mastodon.example", "title": "Mastodon", "version": "4.4.0"}


# -- parts of requests -----------------------------------------------------------


def _by_id(ask: Ask, world: World) -> Account:
    found = world.by_id(NAME, ask.places["id"])
    if found is None:
        raise Trouble("lost", "id")
    return found


def _between(ask: Ask, seen: list[Seen]) -> list[Seen]:
    ordered = sorted(seen, key=lambda s: int(s.post.api_id), reverse=True)
    below, above = ask.one("max_id"), ask.one("since_id") or ask.one("min_id")
    if ask.one("pinned") in ("true", "1"):
        return []
    return [
        each
        for each in ordered
        if (not below or int(each.post.api_id) < int(below))
        and (not above or int(each.post.api_id) > int(above))
    ]


def _links(ask: Ask, some: Sequence[Seen], more: bool) -> dict[str, str]:
    if not some:
        return {}
    kept = [(k, v) for k, v in ask.query if k not in ("max_id", "min_id", "since_id")]
    links = []
    if more:
        links.append(_link(ask, [*kept, ("max_id", some[-1].post.api_id)], "next"))
    links.append(_link(ask, [*kept, ("min_id", some[0].post.api_id)], "prev"))
    return {"Link": ", ".join(links)}


def _link(ask: Ask, query: list[tuple[str, str]], rel: str) -> str:
    return f'<{ask.base}{ask.path}?{urlencode(query)}>; rel="{rel}"'


# -- what is answered ------------------------------------------------------------


def _status(seen: Seen, world: World) -> dict[str, Any]:
    post = seen.post
    owner = world.account(NAME, post.handle)
    at = f"{SITE}/@{post.handle}/{post.api_id}"
    return {
        "id": post.api_id,
        "created_at": stamp(post.published, "milliseconds"),
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "sensitive": False,
        "spoiler_text": "",
        "visibility": "public",
        "language": "en",
        "uri": f"{SITE}/users/{post.handle}/statuses/{post.api_id}",
        "url": at,
        "replies_count": seen.comments or 0,
        "reblogs_count": seen.shares or 0,
        "favourites_count": seen.likes or 0,
        "quotes_count": seen.quotes or 0,
        "edited_at": None,
        "content": _content(post.caption),
        "reblog": None,
        "application": None,
        "account": _account(owner, world) if owner else None,
        "media_attachments": [],
        "mentions": [],
        "tags": [
            {"name": tag.lower(), "url": f"{SITE}/tags/{tag.lower()}"}
            for tag in re.findall(r"#(\w+)", post.caption)
        ],
        "emojis": [],
        "card": None,
        "poll": None,
    }


def _content(caption: str) -> str:
    """A paragraph of HTML, with hashtags as Mastodon links them."""

    def linked(found: re.Match[str]) -> str:
        tag = found[1]
        at = f"{SITE}/tags/{tag}"
        return (
            f'<a href="{at}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'
        )

    text = re.sub(r"#(\w+)", linked, html.escape(caption, quote=False))
    paragraphs = [p.replace("\n", "<br />") for p in text.split("\n\n")]
    return "".join(f"<p>{p}</p>" for p in paragraphs)


def _account(account: Account, world: World) -> dict[str, Any]:
    posts = world.posts(NAME, account.handle)
    return {
        "id": account.id,
        "username": account.handle,
        "acct": account.handle,
        "display_name": account.name,
        "locked": False,
        "bot": False,
        "discoverable": True,
        "group": False,
        "created_at": "2017-01-01T00:00:00.000Z",
        "note": "",
        "url": f"{SITE}/@{account.handle}",
        "uri": f"{SITE}/users/{account.handle}",
        "avatar": f"{SITE}/avatar.png",
        "header": f"{SITE}/header.png",
        "followers_count": account.followers or 0,
        "following_count": 0,
        "statuses_count": len(posts),
        "last_status_at": stamp(posts[0].post.published)[:10] if posts else None,
        "emojis": [],
        "fields": [],
    }


# -- errors ----------------------------------------------------------------------


def refuse(trouble: Trouble, ask: Ask) -> Reply:
    match trouble.what:
        case "quota" | "busy":
            reset = stamp(trouble.reset * 1000, "microseconds")
            left = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
            return Reply({"error": "Too many requests"}, 429, left)
        case "broken":
            return Reply({"error": "Something went wrong"}, 500)
        case "inside":
            return Reply({"error": "Remote data could not be fetched"}, 503)
        case "lost":
            return Reply({"error": "Record not found"}, 404)
        case "key":
            return Reply({"error": "The access token is invalid"}, 401)
    said = f"Validation failed: {trouble.name} {trouble.text}".strip()
    return Reply({"error": said}, 422)


def stamp_headers(standing: Standing) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(standing.limit),
        "X-RateLimit-Remaining": str(standing.left),
        "X-RateLimit-Reset": stamp(standing.reset * 1000, "microseconds"),
    }


_PAGED = frozenset(
    "max_id since_id min_id limit only_media exclude_replies exclude_reblogs pinned "
    "tagged".split()
)
_API = "/api/v1/"
PLATFORM = Platform(
    NAME,
    (
        Route("GET", _API + "statuses", statuses, frozenset({"id[]"})),
        Route("GET", _API + "statuses/{id}", status),
        Route("GET", _API + "accounts/lookup", lookup, frozenset({"acct"}), ("acct",)),
        Route("GET", _API + "accounts/{id}", account),
        Route("GET", _API + "accounts/{id}/statuses", account_statuses, _PAGED),
        Route("GET", "/api/v2/instance", instance),
    ),
    refuse,
    lambda ask: ask.bearer,
    open=True,
    limit=300,
    window=300,
    stamp=stamp_headers,
)

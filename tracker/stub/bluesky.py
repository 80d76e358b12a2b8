"""Bluesky: the public AppView, `/xrpc/app.bsky...`; no key is needed.

Parameters and shapes: the lexicons app.bsky.feed.getPosts, getAuthorFeed,
app.bsky.actor.getProfile, getProfiles, com.atproto.identity.resolveHandle. Headers of
limits and the words of errors: the reference server. Repeated parameters are
repeated, never joined by commas. There is no count of views.
"""

from __future__ import annotations

from typing import Any

from tracker.stub.data import BASE32, Account, Seen, World, letters, stamp
from tracker.stub.pages import page
from tracker.stub.talk import Ask, Platform, Reply, Route, Standing, Trouble

NAME = "bluesky"
#: Addresses of one getPosts, actors of one getProfiles; posts on one page.
MOST, PAGE = 25, 100
_FILTERS = (
    "posts_with_replies posts_no_replies posts_with_media posts_and_author_threads "
    "posts_with_video"
).split()


def posts(ask: Ask, world: World) -> dict[str, Any]:
    """app.bsky.feed.getPosts; what is not there is left out."""
    uris = _array(ask, "uris")
    found = [_by_uri(uri, world) for uri in uris]
    return {"posts": [_view(seen, world) for seen in found if seen]}


def author_feed(ask: Ask, world: World) -> dict[str, Any]:
    """app.bsky.feed.getAuthorFeed, newest first."""
    account = _actor(ask.one("actor"), world)
    size = ask.number("limit", 50, 1, PAGE)
    if ask.one("filter", _FILTERS[0]) not in _FILTERS:
        raise Trouble("value", "filter", "is not known")
    seen = world.posts(NAME, account.handle)
    some, cursor = page(seen, ask.one("cursor"), size, "cursor")
    feed: list[dict[str, Any]] = [{"post": _view(each, world)} for each in some]
    return {"feed": feed, **({"cursor": cursor} if cursor else {})}


def profile(ask: Ask, world: World) -> dict[str, Any]:
    """app.bsky.actor.getProfile."""
    return _profile(_actor(ask.one("actor"), world), world)


def profiles(ask: Ask, world: World) -> dict[str, Any]:
    """app.bsky.actor.getProfiles; who is not there is left out."""
    found = [_find(actor, world) for actor in _array(ask, "actors")]
    return {"profiles": [_profile(each, world) for each in found if each]}


def resolve(ask: Ask, world: World) -> dict[str, Any]:
    """com.atproto.identity.resolveHandle."""
    account = world.account(NAME, ask.one("handle"))
    if account is None:
        raise Trouble("value", "handle", "Unable to resolve handle")
    return {"did": account.id}


# -- parts of requests -----------------------------------------------------------


def _array(ask: Ask, name: str) -> list[str]:
    values = [value for key, value in ask.query if key == name]
    if len(values) > MOST:
        raise Trouble("many", name, f"must not have more than {MOST} elements")
    return values


def _by_uri(uri: str, world: World) -> Seen | None:
    """A post by at://did-or-handle/app.bsky.feed.post/key."""
    parts = uri.split("/")
    if len(parts) != 5 or parts[0] != "at:" or parts[3] != "app.bsky.feed.post":
        raise Trouble("value", "uris/0", "must be a valid at-uri")
    seen = world.post(NAME, parts[4])
    account = _find(parts[2], world)
    owner = account.handle.casefold() if account else None
    return seen if seen and seen.post.handle.casefold() == owner else None


def _find(actor: str, world: World) -> Account | None:
    if actor.startswith("did:"):
        return world.by_id(NAME, actor)
    return world.account(NAME, actor)


def _actor(actor: str, world: World) -> Account:
    found = _find(actor, world)
    if found is None:
        raise Trouble("lost", "actor", "Profile not found")
    return found


# -- what is answered ------------------------------------------------------------


def _view(seen: Seen, world: World) -> dict[str, Any]:
    post = seen.post
    account = world.account(NAME, post.handle)
    did = account.id if account else ""
    at = stamp(post.published, "milliseconds")
    body: dict[str, Any] = {
        "uri": f"at://{did}/app.bsky.feed.post/{post.api_id}",
        "cid": "bafyrei" + letters(post.api_id, 52, BASE32),
        "author": {
            "did": did,
            "handle": post.handle,
            "displayName": account.name if account else post.handle,
            "labels": [],
        },
        "record": {
            "$type": "app.bsky.feed.post",
            "createdAt": at,
            "langs": ["en"],
            "text": post.caption,
        },
        "indexedAt": at,
        "labels": [],
    }
    named = {
        "bookmarkCount": seen.saves,
        "replyCount": seen.comments,
        "repostCount": seen.shares,
        "likeCount": seen.likes,
        "quoteCount": seen.quotes,
    }
    return body | {name: value for name, value in named.items() if value is not None}


def _profile(account: Account, world: World) -> dict[str, Any]:
    body: dict[str, Any] = {
        "did": account.id,
        "handle": account.handle,
        "displayName": account.name,
        "description": "",
        "followsCount": 0,
        "postsCount": len(world.posts(NAME, account.handle)),
        "indexedAt": "2024-01-01T00:00:00.000Z",
        "createdAt": "2024-01-01T00:00:00.000Z",
        "labels": [],
    }
    if account.followers is not None:
        body["followersCount"] = account.followers
    return body


# -- errors ----------------------------------------------------------------------


def refuse(trouble: Trouble, ask: Ask) -> Reply:
    match trouble.what:
        case "quota" | "busy":
            return Reply(
                {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"},
                429,
                {"RateLimit-Remaining": "0", "RateLimit-Reset": str(trouble.reset)},
            )
        case "broken":
            said = "Internal Server Error"
            return Reply({"error": "InternalServerError", "message": said}, 500)
        case "inside":
            said = "Upstream service unreachable"
            return Reply({"error": "UpstreamFailure", "message": said}, 502)
        case "lost" if not trouble.name:
            said = "Method Not Implemented"
            return Reply({"error": "MethodNotImplemented", "message": said}, 501)
        case "lost":
            said = trouble.text
        case "missing":
            said = f'Error: Params must have the property "{trouble.name}"'
        case "parameter":
            said = f'Error: Params must not have the property "{trouble.name}"'
        case _:
            said = f"Error: {trouble.name} {trouble.text}"
    return Reply({"error": "InvalidRequest", "message": said}, 400)


def stamp_headers(standing: Standing) -> dict[str, str]:
    return {
        "RateLimit-Limit": str(standing.limit),
        "RateLimit-Remaining": str(standing.left),
        "RateLimit-Reset": str(standing.reset),
        "RateLimit-Policy": f"{standing.limit};w={standing.window}",
    }


def _route(method: str, answer: Any, words: str, needs: str) -> Route:
    return Route("GET", f"/xrpc/{method}", answer, frozenset(words.split()), (needs,))


PLATFORM = Platform(
    NAME,
    (
        _route("app.bsky.feed.getPosts", posts, "uris", "uris"),
        _route(
            "app.bsky.feed.getAuthorFeed",
            author_feed,
            "actor limit cursor filter includePins",
            "actor",
        ),
        _route("app.bsky.actor.getProfile", profile, "actor", "actor"),
        _route("app.bsky.actor.getProfiles", profiles, "actors", "actors"),
        _route("com.atproto.identity.resolveHandle", resolve, "handle", "handle"),
    ),
    refuse,
    lambda ask: ask.bearer,
    open=True,
    limit=3_000,
    window=300,
    stamp=stamp_headers,
)

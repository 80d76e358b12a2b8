"""X API v2: posts by ids, users by names, a user's posts.

Parameters, fields and shapes: the platform's OpenAPI description; limits: its page on
rate limits; errors: its page on response codes. Since August 2026 the description
calls `tweet.fields` `post.fields` (and `retweet_count` `repost_count`); both names
are known here, and whoever asks by the new ones is answered in the new ones.
"""

from __future__ import annotations

from typing import Any

from tracker.stub.data import Account, Seen, World, digits, stamp
from tracker.stub.pages import page
from tracker.stub.talk import Ask, Platform, Reply, Route, Standing, Trouble

NAME = "x"
MOST = 100
PROBLEMS = "https://api.x.com/2/problems/"

_POST_FIELDS = frozenset(
    "article article_title attachments author_id card_uri community_id "
    "context_annotations conversation_id created_at display_text_range edit_controls "
    "edit_history_tweet_ids entities geo id in_reply_to_user_id lang "
    "matched_media_notes media_metadata non_public_metrics note_post note_tweet "
    "note_request_suggestions organic_metrics paid_partnership possibly_sensitive "
    "promoted_metrics public_metrics referenced_tweets reply_settings scopes source "
    "suggested_source_links suggested_source_links_with_counts text withheld".split()
)
_USER_FIELDS = frozenset(
    "affiliation confirmed_email connection_status created_at description entities id "
    "is_identity_verified location most_recent_tweet_id name parody pinned_tweet_id "
    "profile_banner_url profile_image_url protected public_metrics receives_your_dm "
    "subscribes_to_you subscription subscription_type url username verified "
    "verified_followers_count verified_type withheld".split()
)
#: Given only for posts of whoever the token belongs to.
_PRIVATE = ("non_public_metrics", "organic_metrics", "promoted_metrics")


def posts(ask: Ask, world: World) -> Reply | dict[str, Any]:
    """GET /2/tweets."""
    ids = _list(ask, "ids", MOST)
    _check_fields(ask)
    found = {each: world.post(NAME, each) for each in ids}
    data = [_post(ask, seen, world) for seen in found.values() if seen]
    errors = [_not_found("tweet", "ids", each) for each, s in found.items() if not s]
    body: dict[str, Any] = {"data": data} if data else {}
    body |= _includes(ask, world, [s for s in found.values() if s])
    errors += _withheld_fields(ask, ids)
    return {**body, "errors": errors} if errors else body


def post(ask: Ask, world: World) -> Reply | dict[str, Any]:
    """GET /2/tweets/{id}."""
    _check_fields(ask)
    seen = world.post(NAME, ask.places["id"])
    if seen is None:
        return {"errors": [_not_found("tweet", "id", ask.places["id"])]}
    return {"data": _post(ask, seen, world), **_includes(ask, world, [seen])}


def users_by(ask: Ask, world: World) -> Reply | dict[str, Any]:
    """GET /2/users/by."""
    return _users(ask, world, "usernames", world.account)


def users(ask: Ask, world: World) -> Reply | dict[str, Any]:
    """GET /2/users."""
    return _users(ask, world, "ids", world.by_id)


def user_by(ask: Ask, world: World) -> Reply | dict[str, Any]:
    """GET /2/users/by/username/{username}."""
    _check_fields(ask)
    account = world.account(NAME, ask.places["username"])
    if account is None:
        return {"errors": [_not_found("user", "username", ask.places["username"])]}
    return {"data": _user(ask, account, world)}


def timeline(ask: Ask, world: World) -> Reply | dict[str, Any]:
    """GET /2/users/{id}/tweets: newest first."""
    _check_fields(ask)
    size = ask.number("max_results", 10, 5, MOST)
    account = world.by_id(NAME, ask.places["id"])
    if account is None:
        return {"errors": [_not_found("user", "id", ask.places["id"])]}
    some, token = page(
        _between(ask, world.posts(NAME, account.handle)),
        ask.one("pagination_token"),
        size,
        "pagination_token",
    )
    meta: dict[str, Any] = {"result_count": len(some)}
    if some:
        meta |= {"newest_id": some[0].post.api_id, "oldest_id": some[-1].post.api_id}
    if token:
        meta["next_token"] = token
    data = [_post(ask, seen, world) for seen in some]
    body: dict[str, Any] = {"data": data} if data else {}
    return {**body, **_includes(ask, world, list(some)), "meta": meta}


# -- resources -------------------------------------------------------------------


def _post(ask: Ask, seen: Seen, world: World) -> dict[str, Any]:
    made = seen.post
    new = _new_words(ask)
    history = "edit_history_post_ids" if new else "edit_history_tweet_ids"
    known: dict[str, Any] = {
        "created_at": stamp(made.published, "milliseconds"),
        "author_id": _author(world, seen),
        "conversation_id": made.api_id,
        "lang": "en",
        "public_metrics": _counts(seen, new),
        "possibly_sensitive": False,
        "reply_settings": "everyone",
        "paid_partnership": False,
    }
    body = {"id": made.api_id, "text": made.caption, history: [made.api_id]}
    wanted = _fields(ask)
    body |= {name: known[name] for name in wanted if name in known}
    if "author_id" in ask.many("expansions"):
        body["author_id"] = known["author_id"]
    return body


def _counts(seen: Seen, new: bool) -> dict[str, int]:
    """All six are always there; X shows no unknown counts."""
    return {
        "repost_count" if new else "retweet_count": seen.shares or 0,
        "reply_count": seen.comments or 0,
        "like_count": seen.likes or 0,
        "quote_count": seen.quotes or 0,
        "bookmark_count": seen.saves or 0,
        "impression_count": seen.impressions or 0,
    }


def _user(ask: Ask, account: Account, world: World) -> dict[str, Any]:
    many = len(world.posts(NAME, account.handle))
    count = "post_count" if _new_words(ask) else "tweet_count"
    known: dict[str, Any] = {
        "created_at": "2008-01-01T00:00:00.000Z",
        "description": "",
        "protected": False,
        "verified": False,
        "public_metrics": {
            "followers_count": account.followers or 0,
            "following_count": 0,
            count: many,
            "listed_count": 0,
            "like_count": 0,
            "media_count": 0,
        },
    }
    body = {"id": account.id, "name": account.name, "username": account.handle}
    wanted = ask.many("user.fields")
    return body | {name: known[name] for name in wanted if name in known}


def _users(ask: Ask, world: World, name: str, find: Any) -> dict[str, Any]:
    _check_fields(ask)
    wanted = _list(ask, name, MOST)
    found = {each: find(NAME, each) for each in wanted}
    data = [_user(ask, account, world) for account in found.values() if account]
    lost = [_not_found("user", name, each) for each, a in found.items() if not a]
    body: dict[str, Any] = {"data": data} if data else {}
    return {**body, "errors": lost} if lost else body


def _includes(ask: Ask, world: World, seen: list[Seen]) -> dict[str, Any]:
    if "author_id" not in ask.many("expansions") or not seen:
        return {}
    handles = dict.fromkeys(each.post.handle for each in seen)
    accounts = [world.account(NAME, handle) for handle in handles]
    return {"includes": {"users": [_user(ask, a, world) for a in accounts if a]}}


def _author(world: World, seen: Seen) -> str:
    account = world.account(NAME, seen.post.handle)
    return account.id if account else digits(seen.post.handle, 10)


def _between(ask: Ask, seen: list[Seen]) -> list[Seen]:
    """Within the times and ids that were named."""
    start, end = ask.one("start_time"), ask.one("end_time")
    since, until = ask.one("since_id"), ask.one("until_id")

    def inside(one: Seen) -> bool:
        at, number = stamp(one.post.published), int(one.post.api_id)
        return (
            (not start or at >= start[:19] + "Z")
            and (not end or at <= end[:19] + "Z")
            and (not since or number > int(since))
            and (not until or number < int(until))
        )

    return [one for one in seen if inside(one)]


# -- parts of requests -----------------------------------------------------------


def _new_words(ask: Ask) -> bool:
    return bool(ask.one("post.fields"))


def _fields(ask: Ask) -> list[str]:
    return [*ask.many("tweet.fields"), *ask.many("post.fields")]


def _check_fields(ask: Ask) -> None:
    for name, known in (
        ("tweet.fields", _POST_FIELDS),
        ("post.fields", _POST_FIELDS),
        ("user.fields", _USER_FIELDS),
    ):
        for value in ask.many(name):
            if value not in known:
                said = f"[{value}] is not one of [{','.join(sorted(known))}]"
                raise Trouble("value", name, said)


def _list(ask: Ask, name: str, most: int) -> list[str]:
    values = ask.many(name)
    if len(values) > most:
        raise Trouble("many", name, f"size must be between 1 and {most}")
    return list(dict.fromkeys(values))


def _withheld_fields(ask: Ask, ids: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "resource_id": each,
            "resource_type": "tweet",
            "parameter": "ids",
            "section": "data",
            "field": field,
            "title": "Field Authorization Error",
            "detail": f"Sorry, you are not authorized to access '{field}' on the Post.",
            "type": PROBLEMS + "not-authorized-for-field",
        }
        for each in ids
        for field in _fields(ask)
        if field in _PRIVATE
    ]


# -- errors ----------------------------------------------------------------------


def _not_found(kind: str, parameter: str, value: str) -> dict[str, Any]:
    return {
        "value": value,
        "detail": f"Could not find {kind} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": kind,
        "parameter": parameter,
        "resource_id": value,
        "type": PROBLEMS + "resource-not-found",
    }


def _problem(status: int, title: str, detail: str, kind: str = "") -> Reply:
    body: dict[str, Any] = {"title": title, "detail": detail, "status": status}
    body["type"] = PROBLEMS + kind if kind else "about:blank"
    return Reply(body, status)


def _invalid(ask: Ask, name: str, message: str) -> Reply:
    given = [value for key, value in ask.query if key == name]
    body = {
        "errors": [{"parameters": {name: given}, "message": message}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": PROBLEMS + "invalid-request",
    }
    return Reply(body, 400)


def refuse(trouble: Trouble, ask: Ask) -> Reply:
    """In X's words. Its 429 has no Retry-After."""
    match trouble.what:
        case "key":
            return _problem(401, "Unauthorized", "Unauthorized")
        case "quota" | "busy":
            reply = _problem(429, "Too Many Requests", "Too Many Requests")
            left = {"x-rate-limit-remaining": "0"}
            left["x-rate-limit-reset"] = str(trouble.reset)
            return Reply(reply.body, 429, left)
        case "broken":
            said = "Internal Server Error"
            return _problem(500, said, said)
        case "inside":
            # Everything that was asked for is refused, and the status says 200.
            return Reply({"errors": [_not_found("tweet", "ids", "0")]})
        case "lost":
            return _problem(404, "Not Found", "Not Found")
        case "parameter":
            known = ", ".join(sorted(trouble.text.split()))
            said = f"The query parameter [{trouble.name}] is not one of [{known}]"
            return _invalid(ask, trouble.name, said)
        case "missing":
            said = f"The `{trouble.name}` query parameter can not be empty"
            return _invalid(ask, trouble.name, said)
    said = f"The `{trouble.name}` query parameter value {trouble.text}"
    return _invalid(ask, trouble.name, said)


def stamp_headers(standing: Standing) -> dict[str, str]:
    return {
        "x-rate-limit-limit": str(standing.limit),
        "x-rate-limit-remaining": str(standing.left),
        "x-rate-limit-reset": str(standing.reset),
    }


_ALL = (
    "tweet.fields post.fields expansions user.fields media.fields poll.fields "
    "place.fields"
)
_ON_USERS = "user.fields expansions tweet.fields post.fields"
_PAGED = " max_results pagination_token start_time end_time since_id until_id exclude"


def _knows(words: str) -> frozenset[str]:
    return frozenset(words.split())


PLATFORM = Platform(
    NAME,
    (
        Route("GET", "/2/tweets", posts, _knows(_ALL + " ids"), ("ids",)),
        Route("GET", "/2/tweets/{id}", post, _knows(_ALL)),
        Route(
            "GET",
            "/2/users/by",
            users_by,
            _knows(_ON_USERS + " usernames"),
            ("usernames",),
            bucket="users",
        ),
        Route(
            "GET",
            "/2/users/by/username/{username}",
            user_by,
            _knows(_ON_USERS),
            bucket="users",
        ),
        Route(
            "GET",
            "/2/users",
            users,
            _knows(_ON_USERS + " ids"),
            ("ids",),
            bucket="users",
        ),
        Route(
            "GET",
            "/2/users/{id}/tweets",
            timeline,
            _knows(_ALL + _PAGED),
            bucket="timeline",
        ),
    ),
    refuse,
    lambda ask: ask.bearer,
    limit=3_500,
    window=900,
    stamp=stamp_headers,
)

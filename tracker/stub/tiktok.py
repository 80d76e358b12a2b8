"""TikTok: the Display API (v2/video, v2/user) and the Research API (v2/research).

Fields, limits and errors: the reference pages of developers.tiktok.com (video query
and list, user info, query videos, error handling, rate limits). A display token
belongs to one account: in the stub a token that is an account's handle sees that
account's videos only, any other token sees all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from tracker.stub.data import Account, Seen, World, digits, moment
from tracker.stub.talk import Ask, Platform, Reply, Route, Trouble

NAME = "tiktok"
#: Ids of one query, and videos of one page, of the Display API; of a research page.
MOST, RESEARCH_MOST = 20, 100
#: A research query covers at most so many days.
DAYS = 30

_SHARED = "id create_time video_description like_count comment_count share_count "
_DISPLAY = frozenset(
    (
        _SHARED + "view_count cover_image_url share_url duration height width title "
        "embed_html embed_link"
    ).split()
)
_RESEARCH = frozenset(
    (
        _SHARED + "view_count region_code music_id hashtag_names username effect_ids "
        "playlist_id voice_to_text is_stem_verified favorites_count favourites_count "
        "video_duration hashtag_info_list video_mention_list video_label"
    ).split()
)
_USER = frozenset(
    "open_id union_id avatar_url avatar_url_100 avatar_large_url display_name "
    "bio_description profile_deep_link is_verified username follower_count "
    "following_count likes_count video_count".split()
)
_RESEARCH_USER = frozenset(
    "display_name bio_description avatar_url is_verified follower_count "
    "following_count likes_count video_count bio_url".split()
)


def query(ask: Ask, world: World) -> dict[str, Any]:
    """POST /v2/video/query/: videos by their ids."""
    fields = _fields(ask, _DISPLAY)
    sent = _body(ask, {"filters"})
    ids = sent.get("filters", {}).get("video_ids")
    if not isinstance(ids, list) or not 0 < len(ids) <= MOST:
        raise Trouble("value", "video_ids", f"must hold 1 to {MOST} ids")
    own = {seen.post.api_id: seen for seen in _own(ask, world)}
    found = [own[str(each)] for each in ids if str(each) in own]
    return _ok({"videos": [_video(seen, fields) for seen in found]})


def videos(ask: Ask, world: World) -> dict[str, Any]:
    """POST /v2/video/list/: pages of the account's videos, newest first.

    The cursor is the time of the last one in ms, UTC.
    """
    fields = _fields(ask, _DISPLAY)
    sent = _body(ask, {"cursor", "max_count"})
    size = _whole(sent, "max_count", 10, MOST)
    cursor = _whole(sent, "cursor", 0, 2**62)
    own = [s for s in _own(ask, world) if not cursor or s.post.published < cursor]
    some = own[:size]
    last = some[-1].post.published if some else cursor
    return _ok(
        {
            "videos": [_video(seen, fields) for seen in some],
            "cursor": last,
            "has_more": len(own) > len(some),
        }
    )


def user(ask: Ask, world: World) -> dict[str, Any]:
    """GET /v2/user/info/."""
    fields = _fields(ask, _USER)
    account = _owner(ask, world) or next(iter(world.accounts(NAME)), None)
    if account is None:
        raise Trouble("lost", "user")
    return _ok({"user": _person(account, world, fields)})


def research_videos(ask: Ask, world: World) -> dict[str, Any]:
    """POST /v2/research/video/query/: videos of all accounts, by conditions."""
    fields = _fields(ask, _RESEARCH)
    sent = _body(
        ask,
        {"query", "start_date", "end_date", "max_count", "cursor", "search_id"}
        | {"is_random"},
    )
    first, last = _dates(sent)
    size = _whole(sent, "max_count", 20, RESEARCH_MOST)
    cursor = _whole(sent, "cursor", 0, 2**31)
    tests = _conditions(sent.get("query"))
    found = [
        seen
        for seen in world.posts(NAME)
        if first <= _day(seen) <= last and all(test(seen) for test in tests)
    ]
    some = found[cursor : cursor + size]
    return _ok(
        {
            "videos": [_numbered(_video(seen, fields)) for seen in some],
            "cursor": cursor + len(some),
            "has_more": cursor + size < len(found),
            "search_id": digits(repr(sent.get("query")), 19),
        }
    )


def research_user(ask: Ask, world: World) -> dict[str, Any]:
    """POST /v2/research/user/info/."""
    fields = _fields(ask, _RESEARCH_USER)
    account = world.account(NAME, str(_body(ask, {"username"}).get("username", "")))
    if account is None:
        raise Trouble("value", "username", "is unknown")
    return _ok(_person(account, world, fields))


def token(ask: Ask, world: World) -> dict[str, Any]:
    """POST /v2/oauth/token/: a client's token for its key and secret."""
    return {"access_token": "clt.stub", "expires_in": 7200, "token_type": "Bearer"}


# -- parts of requests -----------------------------------------------------------


def _fields(ask: Ask, known: frozenset[str]) -> list[str]:
    wanted = ask.many("fields")
    if not wanted or set(wanted) - known:
        wrong = ", ".join(sorted(set(wanted) - known)) or "none given"
        raise Trouble("value", "fields", wrong)
    return wanted


def _body(ask: Ask, known: set[str]) -> dict[str, Any]:
    sent = ask.sent()
    for name in sent:
        if name not in known:
            raise Trouble("parameter", name)
    return sent


def _whole(sent: Mapping[str, Any], name: str, default: int, most: int) -> int:
    value = sent.get(name, default)
    if type(value) is not int or not 0 <= value <= most:
        raise Trouble("value", name, f"must be a whole number up to {most}")
    return value


def _dates(sent: Mapping[str, Any]) -> tuple[str, str]:
    first, last = str(sent.get("start_date", "")), str(sent.get("end_date", ""))
    try:
        begin = datetime.strptime(first, "%Y%m%d")  # noqa: DTZ007 - a day of UTC
        end = datetime.strptime(last, "%Y%m%d")  # noqa: DTZ007
    except ValueError:
        raise Trouble("value", "start_date, end_date", "must be YYYYMMDD") from None
    if not timedelta(0) <= end - begin <= timedelta(days=DAYS):
        raise Trouble("value", "end_date", f"must be within {DAYS} days")
    return first, last


def _day(seen: Seen) -> str:
    return moment(seen.post.published).strftime("%Y%m%d")


def _tags(seen: Seen) -> list[str]:
    return re.findall(r"#(\w+)", seen.post.caption)


Test = Callable[[Seen], bool]
_OPERATIONS: dict[str, Callable[[str, list[str]], bool]] = {
    "EQ": lambda value, given: value == given[0],
    "IN": lambda value, given: value in given,
    "GT": lambda value, given: value > given[0],
    "GTE": lambda value, given: value >= given[0],
    "LT": lambda value, given: value < given[0],
    "LTE": lambda value, given: value <= given[0],
}
_VALUES: dict[str, Callable[[Seen], list[str]]] = {
    "create_date": lambda seen: [_day(seen)],
    "username": lambda seen: [seen.post.handle],
    "video_id": lambda seen: [seen.post.api_id],
    "hashtag_name": _tags,
    "keyword": lambda seen: seen.post.caption.split(),
    "region_code": lambda _: ["US"],
}


def _conditions(given: Any) -> list[Test]:
    """All of `and`, one of `or`, none of `not`."""
    if not isinstance(given, dict) or not any(given.values()):
        raise Trouble("value", "query", "needs a condition")
    for name in given:
        if name not in ("and", "or", "not"):
            raise Trouble("parameter", name)
    every = [_condition(each) for each in given.get("and", [])]
    some = [_condition(each) for each in given.get("or", [])]
    none = [_condition(each) for each in given.get("not", [])]
    tests: list[Test] = [lambda s: all(test(s) for test in every)]
    tests += [lambda s: any(test(s) for test in some)] if some else []
    tests += [lambda s: not any(test(s) for test in none)]
    return tests


def _condition(given: Mapping[str, Any]) -> Test:
    for name in given:
        if name not in ("field_name", "operation", "field_values"):
            raise Trouble("parameter", name)
    values = _VALUES.get(str(given.get("field_name")))
    holds = _OPERATIONS.get(str(given.get("operation")))
    wanted = given.get("field_values")
    if values is None or holds is None or not isinstance(wanted, list) or not wanted:
        raise Trouble("value", "query", "has a condition that cannot be")
    texts = [str(each) for each in wanted]
    return lambda seen: any(holds(value, texts) for value in values(seen))


# -- what is answered ------------------------------------------------------------


def _owner(ask: Ask, world: World) -> Account | None:
    return world.account(NAME, ask.bearer)


def _own(ask: Ask, world: World) -> list[Seen]:
    owner = _owner(ask, world)
    return world.posts(NAME, owner.handle if owner else None)


def _video(seen: Seen, fields: list[str]) -> dict[str, Any]:
    post = seen.post
    known: dict[str, Any] = {
        "id": post.api_id,
        "create_time": post.published // 1000,
        "video_description": post.caption,
        "title": post.caption[:150],
        "share_url": f"https://www.tiktok.com/@{post.handle}/video/{post.api_id}",
        "cover_image_url": f"https://p16.example/{post.api_id}.jpg",
        "embed_link": f"https://www.tiktok.com/embed/v2/{post.api_id}",
        "embed_html": "",
        "duration": 15,
        "video_duration": 15,
        "height": 1024,
        "width": 576,
        "region_code": "US",
        "username": post.handle,
        "hashtag_names": _tags(seen),
        "like_count": seen.likes,
        "comment_count": seen.comments,
        "share_count": seen.shares,
        "view_count": seen.views,
        "favorites_count": seen.saves,
        "favourites_count": seen.saves,
    }
    return {name: known[name] for name in fields if known.get(name) is not None}


def _numbered(video: dict[str, Any]) -> dict[str, Any]:
    """The Research API writes ids as int64, past what a double keeps."""
    if str(video.get("id", "")).isdecimal():
        video["id"] = int(video["id"])
    return video


def _person(account: Account, world: World, fields: list[str]) -> dict[str, Any]:
    posts = world.posts(NAME, account.handle)
    known: dict[str, Any] = {
        "open_id": "open-" + account.id,
        "union_id": "union-" + account.id,
        "avatar_url": f"https://p16.example/{account.id}.jpg",
        "display_name": account.name,
        "username": account.handle,
        "bio_description": "",
        "is_verified": False,
        "profile_deep_link": f"https://www.tiktok.com/@{account.handle}",
        "follower_count": account.followers,
        "following_count": 0,
        "likes_count": sum(seen.likes or 0 for seen in posts),
        "video_count": len(posts),
    }
    return {name: known[name] for name in fields if known.get(name) is not None}


# -- the envelope ----------------------------------------------------------------


def _ok(data: Any) -> dict[str, Any]:
    return {"data": data, "error": _said("ok", "")}


def _said(code: str, message: str) -> dict[str, str]:
    return {"code": code, "message": message, "log_id": "20260101000000STUB"}


def refuse(trouble: Trouble, ask: Ask) -> Reply:
    """In TikTok's words (its page on error handling)."""
    research = "/research/" in ask.path
    match trouble.what:
        case "key":
            said = "The access token is invalid or not found in the request."
            return _refused(401, "access_token_invalid", said)
        case "quota" if research:
            said = "The daily quota limit is exceeded."
            return _refused(429, "daily_quota_limit_exceeded", said)
        case "quota" | "busy":
            said = "The API rate limit was exceeded. Please try again later."
            return _refused(429, "rate_limit_exceeded", said)
        case "broken":
            return _refused(500, "internal_error", "Something is wrong.")
        case "inside":
            # A failure that the status does not tell of.
            return _refused(200, "internal_error", "Something is wrong.")
        case "lost":
            return _refused(404, "not_found", "Nothing is here.")
    said = f"Invalid params: {trouble.name} {trouble.text}".strip()
    return _refused(400, "invalid_params", said)


def _refused(status: int, code: str, message: str) -> Reply:
    return Reply({"data": {}, "error": _said(code, message)}, status)


def credential(ask: Ask) -> str:
    """A bearer token; for a token itself the client's key in the form."""
    return ask.bearer or ("form" if ask.path.endswith("/oauth/token/") else "")


_FIELDS = frozenset({"fields"})
PLATFORM = Platform(
    NAME,
    (
        Route("POST", "/v2/video/query/", query, _FIELDS, bucket="query"),
        Route("POST", "/v2/video/list/", videos, _FIELDS, bucket="list"),
        Route("GET", "/v2/user/info/", user, _FIELDS, bucket="user"),
        Route(
            "POST", "/v2/research/video/query/", research_videos, _FIELDS, bucket="day"
        ),
        Route("POST", "/v2/research/user/info/", research_user, _FIELDS, bucket="day"),
        Route("POST", "/v2/oauth/token/", token),
    ),
    refuse,
    credential,
    limit=600,
    window=60,
)

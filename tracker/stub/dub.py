"""Dub: links with their counts, and analytics of clicks, leads and sales.

Parameters and shapes: Dub's OpenAPI description, as its clients show it; limits and
headers: its page on rate limits.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from tracker.stub.data import Post, Seen, World, instant, letters, stamp
from tracker.stub.talk import Ask, Platform, Reply, Route, Standing, Trouble

NAME = "dub"
MOST = 100
COUNTS = {
    "clicks": "clicks",
    "leads": "leads",
    "sales": "sales",
    "saleAmount": "sale_amount",
}
_GROUPS = (
    "count timeseries top_links continents countries regions cities devices browsers "
    "os trigger triggers referers referer_urls top_urls top_base_urls utm_sources "
    "utm_mediums utm_campaigns utm_terms utm_contents"
).split()
_SPANS = {
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
    "1y": timedelta(days=365),
}


def links(ask: Ask, world: World) -> list[dict[str, Any]]:
    """GET /links, newest first; pages by number or after an id."""
    size = ask.number("pageSize", 100, 1, MOST)
    every = [s for s in world.posts(NAME) if _wanted(ask, s)]
    ids = [_id(seen.post) for seen in every]
    start = (ask.number("page", 1, 1, 10_000) - 1) * size
    if after := ask.one("startingAfter"):
        if after not in ids:
            raise Trouble("value", "startingAfter", "is no id of a link")
        start = ids.index(after) + 1
    return [_link(seen) for seen in every[start : start + size]]


def link(ask: Ask, world: World) -> dict[str, Any]:
    """GET /links/info, by id or by domain and key."""
    for seen in world.posts(NAME):
        domain, _, key = seen.post.id.partition("/")
        if ask.one("linkId") == _id(seen.post) or (
            (ask.one("domain"), ask.one("key")) == (domain, key)
        ):
            return _link(seen)
    raise Trouble("lost", "link", "Link not found.")


def analytics(ask: Ask, world: World) -> Any:
    """GET /analytics."""
    event = ask.one("event", "clicks")
    if event not in ("clicks", "leads", "sales", "composite"):
        raise Trouble("value", "event", "is not known")
    group = ask.one("groupBy", "count")
    if group not in _GROUPS:
        raise Trouble("value", "groupBy", "is not known")
    posts = [s for s in world.posts(NAME) if _wanted(ask, s)]
    days = _days(ask, world, [seen.post for seen in posts])
    names = list(COUNTS) if event == "composite" else [event]
    names += ["saleAmount"] if event == "sales" else []
    if group == "count":
        return _sum(days, names)
    if group == "timeseries":
        return [
            {"start": f"{day}T00:00:00.000Z", **_sum({day: days[day]}, names)}
            for day in sorted(days)
        ]
    if group == "top_links":
        sums = [(s, _sum(_days(ask, world, [s.post]), names)) for s in posts]
        # A link without events in the interval is in no list of top links.
        return [{**_top(seen), **sum_} for seen, sum_ in sums if any(sum_.values())]
    return []


# -- parts -----------------------------------------------------------------------


def _wanted(ask: Ask, seen: Seen) -> bool:
    domain, _, key = seen.post.id.partition("/")
    tests = {
        "domain": domain,
        "key": key,
        "linkId": _id(seen.post),
        "tenantId": seen.post.handle,
        "externalId": "ext_" + key,
    }
    named = all(
        not ask.one(name) or value in ask.many(name) for name, value in tests.items()
    )
    return named and ask.one("search") in f"{key} {seen.post.url}"


def _days(ask: Ask, world: World, posts: list[Post]) -> dict[str, dict[str, int]]:
    """Growth by day of UTC within the interval."""
    first, last = _between(ask, world)
    found: dict[str, dict[str, int]] = {}
    for post in posts:
        for name, count in COUNTS.items():
            for day, more in post.days(count, world.now).items():
                if first <= day <= last:
                    there = found.setdefault(day, {})
                    there[name] = there.get(name, 0) + more
    return found


def _between(ask: Ask, world: World) -> tuple[str, str]:
    now = world.now
    if start := ask.one("start"):
        end = ask.one("end")
        try:
            last = stamp(instant(end)) if end else stamp(now)
            return stamp(instant(start))[:10], last[:10]
        except ValueError:
            raise Trouble("value", "start", "is no date") from None
    interval = ask.one("interval", "24h")
    if interval in ("all", "mtd", "qtd", "ytd"):
        return "", stamp(now)[:10]
    if interval not in _SPANS:
        raise Trouble("value", "interval", "is not known")
    back = int(_SPANS[interval].total_seconds() * 1000)
    return stamp(now - back)[:10], stamp(now)[:10]


def _sum(days: dict[str, dict[str, int]], names: list[str]) -> dict[str, int]:
    return {n: sum(counts.get(n, 0) for counts in days.values()) for n in names}


def _id(post: Post) -> str:
    return "link_" + letters(post.id, 24)


def _top(seen: Seen) -> dict[str, Any]:
    made = _link(seen)
    kept = "id domain key shortLink url title comments folderId partnerId createdAt"
    return {name: made[name] for name in kept.split()}


def _link(seen: Seen) -> dict[str, Any]:
    post = seen.post
    domain, _, key = post.id.partition("/")
    at = stamp(post.published, "milliseconds")
    nothing = dict.fromkeys(
        "programId partnerId expiresAt expiredUrl disabledAt password image video ios "
        "android geo folderId comments utm_source utm_medium utm_campaign utm_term "
        "utm_content userId tagId testVariants testStartedAt testCompletedAt".split()
    )
    return {
        "id": _id(post),
        "domain": domain,
        "key": key,
        "url": post.url,
        "shortLink": f"https://{post.id}",
        "qrCode": f"https://api.dub.co/qr?url=https://{post.id}",
        "externalId": key,
        "tenantId": post.handle or None,
        "title": post.caption or None,
        "description": None,
        "trackConversion": True,
        "archived": False,
        "proxy": False,
        "rewrite": False,
        "doIndex": False,
        "publicStats": False,
        "tags": [],
        "webhookIds": [],
        "workspaceId": "ws_stub",
        "projectId": "ws_stub",
        "createdAt": at,
        "updatedAt": at,
        "lastClicked": None,
        "conversions": seen.counts.get("sales", 0),
        **{name: seen.counts.get(count, 0) for name, count in COUNTS.items()},
        **nothing,
    }


# -- errors ----------------------------------------------------------------------


def refuse(trouble: Trouble, ask: Ask) -> Reply:
    match trouble.what:
        case "key":
            said = "Missing Authorization header."
            return _refused(401, "unauthorized", said)
        case "quota" | "busy":
            wait = max(trouble.reset - int(time.time()), 1)
            headers = {
                "Retry-After": str(wait),
                "X-RateLimit-Remaining": "0",
                "X-RateLimit-Reset": str(trouble.reset),
            }
            said = "Too many requests."
            return _refused(429, "rate_limit_exceeded", said, headers)
        case "broken" | "inside":
            said = "An internal server error occurred."
            return _refused(500, "internal_server_error", said)
        case "lost":
            return _refused(404, "not_found", trouble.text or "Not found.")
        case "parameter":
            said = f"Unrecognized key(s) in object: '{trouble.name}'"
        case "missing":
            said = f"invalid_type: {trouble.name}: Required"
        case _:
            said = f"custom: {trouble.name}: {trouble.text}"
    return _refused(422, "unprocessable_entity", said)


def _refused(
    status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> Reply:
    at = f"https://dub.co/docs/api-reference/errors#{code.replace('_', '-')}"
    error = {"code": code, "message": message, "doc_url": at}
    return Reply({"error": error}, status, headers or {})


def stamp_headers(standing: Standing) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(standing.limit),
        "X-RateLimit-Remaining": str(standing.left),
        "X-RateLimit-Reset": str(standing.reset),
    }


_LINKS = frozenset(
    "domain tagId tagIds tagNames folderId search userId tenantId showArchived "
    "withTags endingBefore startingAfter page pageSize sortBy sortOrder sort".split()
)
_ANALYTICS = frozenset(
    "event groupBy domain key linkId externalId tenantId tagId folderId partnerTagId "
    "groupId partnerId customerId interval start end timezone country city region "
    "continent device browser os trigger referer refererUrl url utm_source utm_medium "
    "utm_campaign utm_term utm_content root saleType query programId tagIds qr".split()
)
PLATFORM = Platform(
    NAME,
    (
        Route("GET", "/links", links, _LINKS),
        Route(
            "GET",
            "/links/info",
            link,
            frozenset("domain key linkId externalId".split()),
        ),
        Route("GET", "/analytics", analytics, _ANALYTICS, bucket="analytics"),
    ),
    refuse,
    lambda ask: ask.bearer,
    limit=3_000,
    window=60,
    stamp=stamp_headers,
)

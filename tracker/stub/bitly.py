"""Bitly v4: links of a group, and their clicks by unit of time or in all.

Parameters and shapes: Bitly's OpenAPI description; limits: its page on rate limits
(by the minute and by the hour; no header tells when they end).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tracker.stub.data import World, instant, moment, stamp
from tracker.stub.talk import Ask, Platform, Reply, Route, Trouble

NAME = "bitly"
GROUP, ORGANIZATION = "Bstub000001", "Ostub000001"
#: Links of one page.
MOST = 100
END = "+0000"


def user(ask: Ask, world: World) -> dict[str, Any]:
    """GET /v4/user."""
    return {
        "login": "stub",
        "name": "Stub",
        "is_active": True,
        "created": "2012-01-01T00:00:00+0000",
        "modified": "2012-01-01T00:00:00+0000",
        "is_sso_user": False,
        "emails": [],
        "is_2fa_enabled": False,
        "default_group_guid": GROUP,
    }


def groups(ask: Ask, world: World) -> dict[str, Any]:
    """GET /v4/groups."""
    return {"groups": [_group()]}


def links(ask: Ask, world: World) -> dict[str, Any]:
    """GET /v4/groups/{group_guid}/bitlinks, newest first."""
    if ask.places["group"] != GROUP:
        raise Trouble("lost", "groups")
    size, number = ask.number("size", 50, 1, MOST), ask.number("page", 1, 1, 10_000)
    after = _cursor(ask.one("search_after"))
    every = [_link(seen.post) for seen in world.posts(NAME)]
    start = after if after is not None else (number - 1) * size
    some = every[start : start + size]
    more = start + size < len(every)
    pagination: dict[str, Any] = {"total": len(every), "size": size, "page": number}
    pagination |= {"prev": "", "next": "", "search_after": ""}
    if more:
        pagination["search_after"] = f"after-{start + size}"
        query = f"size={size}&search_after=after-{start + size}"
        pagination["next"] = f"{ask.base}{ask.path}?{query}"
    return {"links": some, "pagination": pagination}


def link(ask: Ask, world: World) -> dict[str, Any]:
    """GET /v4/bitlinks/{bitlink}."""
    return _link(_found(ask, world))


def clicks(ask: Ask, world: World) -> dict[str, Any]:
    """GET /v4/bitlinks/{bitlink}/clicks, newest first."""
    unit, units, until = _span(ask, world)
    grown = _found(ask, world).days("clicks", until)
    begin = _FLOORS[unit]
    summed: dict[str, int] = {}
    for day, more in sorted(grown.items(), reverse=True):
        name = stamp(instant(begin(day)), end=END)
        summed[name] = summed.get(name, 0) + more
    since = _since(unit, units, until)
    shown = [
        {"date": name, "clicks": more} for name, more in summed.items() if name >= since
    ]
    return {"link_clicks": shown, **_said(unit, units, until)}


def summary(ask: Ask, world: World) -> dict[str, Any]:
    """GET /v4/bitlinks/{bitlink}/clicks/summary."""
    every = clicks(ask, world)
    total = sum(each["clicks"] for each in every.pop("link_clicks"))
    return {"total_clicks": total, **every}


# -- parts -----------------------------------------------------------------------


def _found(ask: Ask, world: World) -> Any:
    seen = world.post(NAME, ask.places["link"])
    if seen is None:
        raise Trouble("lost", "bitlinks")
    return seen.post


def _span(ask: Ask, world: World) -> tuple[str, int, int]:
    unit = ask.one("unit", "day")
    if unit not in ("minute", "hour", "day", "week", "month"):
        raise Trouble("value", "unit")
    units = ask.number("units", -1, -1, 10_000)
    if given := ask.one("unit_reference"):
        try:
            return unit, units, instant(given.replace(" ", "+"))
        except ValueError:
            raise Trouble("value", "unit_reference") from None
    return unit, units, world.now


def _said(unit: str, units: int, until: int) -> dict[str, Any]:
    return {"units": units, "unit": unit, "unit_reference": stamp(until, end=END)}


def _monday(day: str) -> str:
    date = datetime.fromisoformat(day)
    return (date - timedelta(days=date.weekday())).date().isoformat()


#: The data have days: smaller units show each day's clicks at its beginning.
_FLOORS: dict[str, Callable[[str], str]] = {
    "minute": str,
    "hour": str,
    "day": str,
    "week": _monday,
    "month": lambda day: day[:7] + "-01",
}
_LENGTHS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=31),
}


def _since(unit: str, units: int, until: int) -> str:
    """Where the span begins, as the dates in it are written; -1 is all there is."""
    if units < 0:
        return ""
    first = moment(until) - _LENGTHS[unit] * max(units - 1, 0)
    return _FLOORS[unit](first.date().isoformat()) + "T00:00:00" + END


def _cursor(text: str) -> int | None:
    if not text:
        return None
    number = text.removeprefix("after-")
    if not number.isdecimal():
        raise Trouble("value", "search_after")
    return int(number)


def _link(post: Any) -> dict[str, Any]:
    return {
        "created_at": stamp(post.published, end=END),
        "id": post.api_id,
        "link": f"https://{post.api_id}",
        "custom_bitlinks": [],
        "long_url": post.url,
        "title": post.caption,
        "archived": False,
        "created_by": "stub",
        "client_id": "stub",
        "tags": [],
        "deeplinks": [],
        "references": {"group": f"https://api-ssl.bitly.com/v4/groups/{GROUP}"},
    }


def _group() -> dict[str, Any]:
    return {
        "created": "2012-01-01T00:00:00+0000",
        "modified": "2012-01-01T00:00:00+0000",
        "bsds": [],
        "guid": GROUP,
        "organization_guid": ORGANIZATION,
        "name": "stub",
        "is_active": True,
        "role": "org-admin",
        "references": {},
    }


# -- errors ----------------------------------------------------------------------


def refuse(trouble: Trouble, ask: Ask) -> Reply:
    match trouble.what:
        case "key":
            said = "You are currently forbidden to access this resource."
            return _refused(403, "FORBIDDEN", said)
        case "quota" | "busy":
            said = "You have exceeded your rate limit."
            return _refused(429, "RATE_LIMIT_EXCEEDED", said)
        case "broken":
            return _refused(500, "INTERNAL_ERROR", "Something went wrong.")
        case "inside":
            said = "The service is temporarily unavailable."
            return _refused(503, "TEMPORARILY_UNAVAILABLE", said)
        case "lost":
            said = "What you are looking for cannot be found."
            return _refused(404, "NOT_FOUND", said)
    field = {"field": trouble.name, "error_code": "invalid"}
    name = f"INVALID_ARG_{trouble.name.upper()}"
    return _refused(400, name, "The value provided is invalid.", [field])


def _refused(
    status: int, message: str, said: str, errors: list[Any] | None = None
) -> Reply:
    body: dict[str, Any] = {"message": message, "resource": "bitlinks"}
    body |= {"description": said, **({"errors": errors} if errors else {})}
    return Reply(body, status)


_TIME = frozenset("unit units unit_reference size".split())
_LIST = frozenset(
    "size page search_after keyword query created_before created_after "
    "modified_after archived deeplinks domain_deeplinks campaign_guid channel_guid "
    "custom_bitlink tags launchpad_ids encoding_login is_expired has_qr_codes".split()
)
_LINK = "/v4/bitlinks/{link:path}"
PLATFORM = Platform(
    NAME,
    (
        Route("GET", "/v4/user", user),
        Route("GET", "/v4/groups", groups, frozenset({"organization_guid"})),
        Route("GET", "/v4/groups/{group}/bitlinks", links, _LIST),
        Route("GET", _LINK + "/clicks/summary", summary, _TIME),
        Route("GET", _LINK + "/clicks", clicks, _TIME),
        Route("GET", _LINK, link),
    ),
    refuse,
    lambda ask: ask.bearer,
    limit=1_000,
    window=3_600,
)

"""YouTube Data API v3: videos, their statistics alone, channels, playlists.

Parameters and shapes: the discovery document youtube.v3; the reference pages of
videos.list, videos.batchGetStats, channels.list and playlistItems.list. Quota: 10,000
units a day, each of these calls one, until midnight in Los Angeles; batchGetStats has
a bucket of its own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from tracker.stub import google
from tracker.stub.data import Account, Seen, World, stamp
from tracker.stub.pages import masked, page
from tracker.stub.talk import Ask, Platform, Reply, Route, Trouble

NAME = "youtube"
#: Ids in one call, and items on one page.
MOST = 50

_PARTS = {
    "videos": (
        "contentDetails fileDetails id liveStreamingDetails localizations "
        "paidProductPlacementDetails player processingDetails recordingDetails "
        "snippet statistics status suggestions topicDetails"
    ),
    "stats": "contentDetails id snippet statistics",
    "channels": (
        "auditDetails brandingSettings contentDetails contentOwnerDetails id "
        "localizations snippet statistics status topicDetails"
    ),
    "playlistItems": "contentDetails id snippet status",
}


def videos(ask: Ask, world: World) -> dict[str, Any]:
    found = [_video(ask, seen, world) for seen in _asked(ask, world)]
    if not ask.many("id"):
        raise Trouble("missing", "id")
    return _listing(ask, "videoListResponse", found, len(found))


def stats(ask: Ask, world: World) -> dict[str, Any]:
    parts = _parts(ask, "stats")
    if not ask.many("id"):
        raise Trouble("missing", "id")
    found = [_stat(seen, parts) for seen in _asked(ask, world)]
    body = {"kind": "youtube#batchGetStatsResponse", "etag": _etag(found)}
    return _selected(ask, {**body, "items": found})


def channels(ask: Ask, world: World) -> dict[str, Any]:
    parts = _parts(ask, "channels")
    handle = ask.one("forHandle") or ask.one("forUsername")
    ids = ask.many("id")
    if bool(handle) + bool(ids) != 1:
        raise Trouble("value", "filter", "give one of id, forHandle, forUsername")
    if len(ids) > MOST:
        raise Trouble("many", "id")
    named = [world.account(NAME, handle)] if handle else []
    accounts = named or [world.by_id(NAME, each) for each in ids]
    found = [_channel(a, parts, world) for a in accounts if a]
    # An answer about nothing has no items at all.
    return _listing(ask, "channelListResponse", found or None, len(found))


def playlist(ask: Ask, world: World) -> Reply | dict[str, Any]:
    parts = _parts(ask, "playlistItems")
    wanted = ask.one("playlistId")
    if not wanted:
        raise Trouble("missing", "playlistId")
    account = world.by_id(NAME, "UC" + wanted.removeprefix("UU"))
    if account is None or not wanted.startswith("UU"):
        raise Trouble("lost", "playlistId")
    size = ask.number("maxResults", 5, 0, MOST)
    posts = world.posts(NAME, account.handle)
    some, token = page(posts, ask.one("pageToken"), size, "pageToken")
    items = [
        _playlist_item(seen, account, parts, place)
        for place, seen in enumerate(some, posts.index(some[0]) if some else 0)
    ]
    return _listing(ask, "playlistItemListResponse", items, len(posts), size, token)


# -- resources -------------------------------------------------------------------


def _asked(ask: Ask, world: World) -> list[Seen]:
    ids = ask.many("id")
    if len(ids) > MOST:
        raise Trouble("many", "id")
    found = [world.post(NAME, each) for each in dict.fromkeys(ids)]
    return [seen for seen in found if seen]


def _video(ask: Ask, seen: Seen, world: World) -> dict[str, Any]:
    parts = _parts(ask, "videos")
    body: dict[str, Any] = {"kind": "youtube#video", "etag": _etag(seen.counts)}
    body["id"] = seen.post.api_id
    if "snippet" in parts:
        body["snippet"] = _snippet(seen, world)
    if "contentDetails" in parts:
        body["contentDetails"] = {
            "duration": "PT4M13S",
            "dimension": "2d",
            "definition": "hd",
            "caption": "false",
            "licensedContent": False,
            "contentRating": {},
            "projection": "rectangular",
        }
    if "status" in parts:
        body["status"] = {
            "uploadStatus": "processed",
            "privacyStatus": "public",
            "license": "youtube",
            "embeddable": True,
            "publicStatsViewable": True,
            "madeForKids": False,
        }
    if "statistics" in parts:
        body["statistics"] = {**_counts(seen), "favoriteCount": "0"}
    return body


def _stat(seen: Seen, parts: set[str]) -> dict[str, Any]:
    body: dict[str, Any] = {"kind": "youtube#videoStats", "etag": _etag(seen.counts)}
    body["id"] = seen.post.api_id
    if "snippet" in parts:
        body["snippet"] = {"publishTime": stamp(seen.post.published)}
    if "statistics" in parts:
        body["statistics"] = _counts(seen)
    if "contentDetails" in parts:
        body["contentDetails"] = {"duration": "PT4M13S", "durationMillis": "253000"}
    return body


def _counts(seen: Seen) -> dict[str, str]:
    """Counts are texts, and those that are hidden or switched off are not there."""
    named = {
        "viewCount": seen.views,
        "likeCount": seen.likes,
        "commentCount": seen.comments,
    }
    return {name: str(value) for name, value in named.items() if value is not None}


def _snippet(seen: Seen, world: World) -> dict[str, Any]:
    title, description = _title(seen.post.caption)
    owner = world.account(NAME, seen.post.handle)
    return {
        "publishedAt": stamp(seen.post.published),
        "channelId": owner.id if owner else "",
        "title": title,
        "description": description,
        "thumbnails": {"default": _picture(seen.post.api_id)},
        "channelTitle": owner.name if owner else "",
        "categoryId": "22",
        "liveBroadcastContent": "none",
        "localized": {"title": title, "description": description},
    }


def _title(caption: str) -> tuple[str, str]:
    """A title has at most a hundred characters; the rest is the description."""
    first, _, rest = caption.partition("\n")
    return (first, rest) if len(first) <= 100 else (first[:99] + "…", caption)


def _picture(video: str) -> dict[str, Any]:
    at = f"https://i.ytimg.com/vi/{video}/default.jpg"
    return {"url": at, "width": 120, "height": 90}


def _channel(account: Account, parts: set[str], world: World) -> dict[str, Any]:
    body: dict[str, Any] = {"kind": "youtube#channel", "etag": _etag(account.id)}
    body["id"] = account.id
    posts = world.posts(NAME, account.handle)
    if "snippet" in parts:
        body["snippet"] = {
            "title": account.name,
            "description": "",
            "customUrl": "@" + account.handle.lower(),
            "publishedAt": "2006-03-01T00:00:00Z",
            "thumbnails": {"default": _picture("channel")},
            "localized": {"title": account.name, "description": ""},
        }
    if "contentDetails" in parts:
        uploads = "UU" + account.id.removeprefix("UC")
        body["contentDetails"] = {"relatedPlaylists": {"likes": "", "uploads": uploads}}
    if "statistics" in parts:
        hidden = account.followers is None
        body["statistics"] = {
            "viewCount": str(sum(seen.views or 0 for seen in posts)),
            **({} if hidden else {"subscriberCount": str(account.followers)}),
            "hiddenSubscriberCount": hidden,
            "videoCount": str(len(posts)),
        }
    return body


def _playlist_item(
    seen: Seen, account: Account, parts: set[str], place: int
) -> dict[str, Any]:
    video = seen.post.api_id
    at = stamp(seen.post.published)
    body: dict[str, Any] = {"kind": "youtube#playlistItem", "etag": _etag(video)}
    body["id"] = "UU" + hashlib.sha256(video.encode()).hexdigest()[:22]
    if "snippet" in parts:
        title, description = _title(seen.post.caption)
        body["snippet"] = {
            "publishedAt": at,
            "channelId": account.id,
            "title": title,
            "description": description,
            "thumbnails": {"default": _picture(video)},
            "channelTitle": account.name,
            "playlistId": "UU" + account.id.removeprefix("UC"),
            "position": place,
            "resourceId": {"kind": "youtube#video", "videoId": video},
            "videoOwnerChannelTitle": account.name,
            "videoOwnerChannelId": account.id,
        }
    if "contentDetails" in parts:
        body["contentDetails"] = {"videoId": video, "videoPublishedAt": at}
    if "status" in parts:
        body["status"] = {"privacyStatus": "public"}
    return body


# -- the envelope ----------------------------------------------------------------


def _parts(ask: Ask, method: str) -> set[str]:
    wanted = ask.many("part")
    for name in wanted:
        if name not in _PARTS[method].split():
            raise Trouble("value", "part", name)
    return set(wanted)


def _listing(
    ask: Ask,
    kind: str,
    items: list[Any] | None,
    total: int,
    size: int | None = None,
    token: str | None = None,
) -> dict[str, Any]:
    body: dict[str, Any] = {"kind": f"youtube#{kind}", "etag": _etag(items)}
    if token:
        body["nextPageToken"] = token
    if items is not None:
        body["items"] = items
    shown = total if size is None else size
    body["pageInfo"] = {"totalResults": total, "resultsPerPage": shown}
    return _selected(ask, body)


def _selected(ask: Ask, body: dict[str, Any]) -> dict[str, Any]:
    chosen: dict[str, Any] = masked(body, ask.one("fields"))
    return chosen


def _etag(value: Any) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:27]


@dataclass(frozen=True, slots=True)
class Said:
    """One error of YouTube's page of errors."""

    code: int
    reason: str
    domain: str
    message: str


_PARAMETER = "youtube.parameter"
_BROKEN = Said(500, "backendError", "global", "Internal error encountered.")
_ERRORS = {
    "key": Said(403, "forbidden", "global", google.UNREGISTERED),
    "missing part": Said(400, "required", "global", "Required parameter: part"),
    "missing": Said(
        400,
        "missingRequiredParameter",
        _PARAMETER,
        "No filter selected. Expected one of: id",
    ),
    "value part": Said(400, "unknownPart", "youtube.part", "{text}"),
    "value pageToken": Said(
        400,
        "invalidPageToken",
        _PARAMETER,
        "The request specifies an invalid page token.",
    ),
    "value": Said(
        400,
        "invalidFilters",
        _PARAMETER,
        "The request specifies an invalid filter parameter.",
    ),
    "lost": Said(
        404,
        "playlistNotFound",
        "youtube.playlistItem",
        "The playlist identified with the request's <code>playlistId</code> "
        "parameter cannot be found.",
    ),
    "quota": Said(
        403,
        "quotaExceeded",
        "youtube.quota",
        "The request cannot be completed because you have exceeded your "
        '<a href="/youtube/v3/getting-started#quota">quota</a>.',
    ),
    "busy": Said(
        429,
        "rateLimitExceeded",
        "global",
        "Resource has been exhausted (e.g. check quota).",
    ),
    "inside": Said(
        400,
        "processingFailure",
        "youtube.video",
        "The request cannot be processed at this time.",
    ),
}
_ERRORS["many"] = _ERRORS["value"]


def refuse(trouble: Trouble, ask: Ask) -> Reply:
    """In YouTube's words (its page of errors)."""
    if trouble.what == "parameter":
        said, _ = google.unknown_parameter(trouble.name)
        return google.error(400, said, "badRequest", "global")
    one = _ERRORS.get(f"{trouble.what} {trouble.name}")
    one = one or _ERRORS.get(trouble.what, _BROKEN)
    place = {"location": trouble.name, "locationType": "parameter"}
    message = one.message.format(text=f"'{trouble.text}'")
    more = place if trouble.name else {}
    return google.error(one.code, message, one.reason, one.domain, **more)


_VIDEOS = (
    "part chart hl id locale maxHeight maxResults maxWidth myRating "
    "onBehalfOfContentOwner pageToken regionCode videoCategoryId"
)
_CHANNELS = (
    "part categoryId forHandle forUsername hl id managedByMe maxResults mine "
    "mySubscribers onBehalfOfContentOwner pageToken"
)
_PLAYLIST = "part id maxResults onBehalfOfContentOwner pageToken playlistId videoId"


def _knows(words: str) -> frozenset[str]:
    return google.COMMON | frozenset(words.split())


_STATS = _knows("part id onBehalfOfContentOwner")
PLATFORM = Platform(
    NAME,
    tuple(
        Route("GET", f"/youtube/v3/{path}", answer, knows, ("part",), bucket=bucket)
        for path, answer, knows, bucket in (
            ("videos", videos, _knows(_VIDEOS), ""),
            ("videos:batchGetStats", stats, _STATS, "stats"),
            ("channels", channels, _knows(_CHANNELS), ""),
            ("playlistItems", playlist, _knows(_PLAYLIST), ""),
        )
    ),
    refuse,
    google.credential,
    zone="America/Los_Angeles",
)

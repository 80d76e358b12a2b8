"""Instagram: figures of a professional account's media, and its new media.

From the reference pages of IG Media and media insights: insights one media at a time,
up to 48 hours late, kept for two years; none of media inside an album, none of stories
after 24 hours. `impressions`, `plays` and `video_views` are retired; `views` is what
they became. Likes that the owner hides are left out of the list.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker import forms
from tracker.sources.base import Surroundings
from tracker.sources.platforms import settings
from tracker.sources.platforms.graph import OWN as COMMON
from tracker.sources.platforms.graph import GraphSource, Side
from tracker.sources.platforms.settings import Own

_FEED = ("views", "reach", "saved", "likes", "comments", "shares")
SIDE = Side(
    kind="instagram",
    platform="instagram",
    address="https://graph.instagram.com",
    edge="media",
    fields=(
        "id,caption,media_type,media_product_type,permalink,timestamp,username,"
        "like_count,comments_count"
    ),
    said={
        "handle": "username",
        "url": "permalink",
        "caption": "caption",
        "kind": "media_product_type",
        "published_at": "timestamp",
        "likes": "like_count",
        "comments": "comments_count",
    },
    insights={
        "": _FEED,
        "REELS": (*_FEED, "ig_reels_video_view_total_time"),
        "STORY": ("views", "reach", "shares"),
    },
    columns={
        "views": "views",
        "reach": "reach",
        "saves": "saved",
        "likes": "likes",
        "comments": "comments",
        "shares": "shares",
        "watch_seconds": "ig_reels_video_view_total_time",
    },
    parts={},
    signed=True,
)
#: Where accounts are asked that are linked to a Page, with its login.
BY_PAGE = "https://graph.facebook.com"
OWN = (*COMMON, Own("login", forms.one_of("instagram", "facebook"), "instagram"))
OPTIONS = settings.keys(own=OWN)


def factory(
    name: str, options: Mapping[str, Any], surroundings: Surroundings
) -> GraphSource:
    """An instagram source; ConfigError names every problem of its settings."""
    made = settings.read("instagram", name, options, surroundings, own=OWN)
    by_page = made.own["login"] == "facebook"
    return GraphSource(made, SIDE, BY_PAGE if by_page else SIDE.address)

"""Facebook: figures of a Page's posts, and its new posts.

From the reference pages of Page post and Page insights: insights of Pages with 100
likes or more, renewed once a day, kept for two years. `post_impressions` and its kin
are gone since November 2025, the unique ones since June 2026; `post_media_view` and
`post_total_media_view_unique` are what they became. A post that was never shared has
no `shares`: unknown, not zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker.sources.base import Surroundings
from tracker.sources.platforms import settings
from tracker.sources.platforms.graph import OWN, GraphSource, Side

SIDE = Side(
    kind="facebook",
    platform="facebook",
    address="https://graph.facebook.com",
    edge="published_posts",
    fields=(
        "id,message,created_time,permalink_url,shares,comments.limit(0).summary(true)"
    ),
    said={
        "url": "permalink_url",
        "caption": "message",
        "published_at": "created_time",
        "comments": "comments.summary.total_count",
        "shares": "shares.count",
    },
    insights={
        "": (
            "post_media_view",
            "post_total_media_view_unique",
            "post_clicks_by_type",
            "post_reactions_by_type_total",
        )
    },
    columns={
        "views": "post_media_view",
        "reach": "post_total_media_view_unique",
        "likes": "post_reactions_by_type_total",
        "clicks": "post_clicks_by_type",
    },
    # post_clicks would count every click on the post, and clicks are those on links.
    parts={"post_clicks_by_type": "link clicks", "post_reactions_by_type_total": ""},
    signed=False,
)
OPTIONS = settings.keys(own=OWN)


def factory(
    name: str, options: Mapping[str, Any], surroundings: Surroundings
) -> GraphSource:
    """A facebook source; ConfigError names every problem of its settings."""
    made = settings.read("facebook", name, options, surroundings, own=OWN)
    return GraphSource(made, SIDE, SIDE.address)

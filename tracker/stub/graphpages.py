"""Facebook's nodes: Pages and their posts.

Insights of posts after November 2025: `post_media_view` in place of
`post_impressions`, which refuses the whole call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker.stub.data import Account, Seen, World
from tracker.stub.graphfields import Wish
from tracker.stub.graphnodes import (
    Edge,
    Getter,
    Metric,
    Node,
    insights,
    iso,
    listed,
    nothing,
    within,
)
from tracker.stub.talk import Ask

NAME = "facebook"

METRICS: dict[str, Metric] = {
    "post_media_view": Metric("impressions"),
    "post_total_media_view_unique": Metric("reach"),
    "post_clicks": Metric("clicks"),
    "post_clicks_by_type": Metric("none"),
    "post_reactions_by_type_total": Metric("reactions"),
    "post_reactions_like_total": Metric("likes"),
    "post_activity_by_action_type": Metric("none"),
    "post_video_views": Metric("views"),
    "post_video_view_time": Metric("none"),
    "post_video_avg_time_watched": Metric("none"),
}


class PagePost(Node):
    """A post of a Page: `{page id}_{post id}`."""

    kind = "Post"
    plain = ("created_time", "message", "id")

    def __init__(self, node_id: str, seen: Seen) -> None:
        super().__init__(node_id)
        self.seen = seen

    def fields(self, world: World) -> Mapping[str, Getter]:
        seen = self.seen
        page, _, number = self.id.partition("_")
        owner = world.account(NAME, seen.post.handle)
        name = owner.name if owner else seen.post.handle
        at = f"https://www.facebook.com/{seen.post.handle}/posts/{number}"
        return {
            **super().fields(world),
            "message": lambda: seen.post.caption or None,
            "story": lambda: None,
            "created_time": lambda: iso(seen.post.published),
            "updated_time": lambda: iso(seen.post.published),
            "permalink_url": lambda: at,
            "from": lambda: {"name": name, "id": page},
            "is_published": lambda: True,
            "is_hidden": lambda: False,
            "status_type": lambda: "added_photos",
            "full_picture": lambda: None,
            # A post that was never shared has no such field.
            "shares": lambda: {"count": seen.shares} if seen.shares else None,
            "message_tags": lambda: None,
            "properties": lambda: None,
            "parent_id": lambda: None,
        }

    def edges(self) -> Mapping[str, Edge]:
        return {
            "insights": self._insights,
            "reactions": self._likes,
            "likes": self._likes,
            "comments": self._comments,
            "attachments": nothing,
            "sharedposts": nothing,
        }

    def _insights(self, wish: Wish, ask: Ask, world: World) -> dict[str, Any]:
        return insights(self.id, self.seen, wish, METRICS, "")

    def _likes(self, wish: Wish, ask: Ask, world: World) -> dict[str, Any]:
        return _counted(wish, self.seen.likes)

    def _comments(self, wish: Wish, ask: Ask, world: World) -> dict[str, Any]:
        return _counted(wish, self.seen.comments)


class Page(Node):
    """A Page."""

    kind = "Page"
    plain = ("name", "id")

    def __init__(self, account: Account) -> None:
        super().__init__(account.id)
        self.account = account

    def fields(self, world: World) -> Mapping[str, Getter]:
        account = self.account
        return {
            **super().fields(world),
            "name": lambda: account.name,
            "username": lambda: account.handle,
            "link": lambda: f"https://www.facebook.com/{account.handle}",
            "followers_count": lambda: account.followers,
            "fan_count": lambda: account.followers,
            "instagram_business_account": lambda: _instagram(account, world),
            "category": lambda: "Creator",
            "about": lambda: None,
        }

    def edges(self) -> Mapping[str, Edge]:
        return dict.fromkeys(("posts", "published_posts", "feed"), self._posts)

    def _posts(self, wish: Wish, ask: Ask, world: World) -> dict[str, Any]:
        seen = within(world.posts(NAME, self.account.handle), wish.options)
        made = [PagePost(each.post.api_id, each) for each in seen]
        return listed(made, wish, ask, world, f"{self.id}/{wish.name}")


def _counted(wish: Wish, count: int | None) -> dict[str, Any]:
    """An edge whose length is told with `summary`; its items are nobody's business."""
    body: dict[str, Any] = {"data": []}
    if wish.options.get("summary", "").lower() not in ("", "false", "0"):
        body["summary"] = {"total_count": count or 0}
    return body


def _instagram(account: Account, world: World) -> dict[str, str] | None:
    linked = world.account("instagram", account.handle)
    return {"id": linked.id} if linked else None

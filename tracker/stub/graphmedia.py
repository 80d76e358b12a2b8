"""Instagram's nodes: professional accounts, their media, business discovery.

Insights of media after the metrics of 2025: `views` in place of `impressions`,
`plays` and `video_views`, which refuse the whole call.
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
from tracker.stub.talk import Ask, Trouble

NAME = "instagram"
_FEED, _REELS, _STORY = "FEED", "REELS", "STORY"

METRICS: dict[str, Metric] = {
    "comments": Metric("comments", only=(_FEED, _REELS)),
    "follows": Metric("follows", only=(_FEED, _STORY)),
    "ig_reels_avg_watch_time": Metric("none", only=(_REELS,)),
    "ig_reels_video_view_total_time": Metric("watch_ms", only=(_REELS,)),
    "likes": Metric("likes", only=(_FEED, _REELS)),
    "navigation": Metric("none", only=(_STORY,)),
    "profile_activity": Metric("none", only=(_FEED, _STORY)),
    "profile_visits": Metric("none", only=(_FEED, _STORY)),
    "reach": Metric("reach"),
    "replies": Metric("comments", only=(_STORY,)),
    "saved": Metric("saves", only=(_FEED, _REELS)),
    "shares": Metric("shares"),
    "reposts": Metric("none", only=(_FEED, _REELS, _STORY)),
    "total_interactions": Metric("interactions"),
    "views": Metric("views"),
}


class Media(Node):
    """An IG Media; counts of likes may be hidden, and are then not there."""

    kind = "ShadowIGMedia"

    def __init__(self, node_id: str, seen: Seen) -> None:
        super().__init__(node_id)
        self.seen = seen

    def product(self) -> str:
        kind = self.seen.post.kind.lower()
        return {"reel": _REELS, "story": _STORY}.get(kind, _FEED)

    def fields(self, world: World) -> Mapping[str, Getter]:
        return {**super().fields(world), **public(self, world), **self._own()}

    def _own(self) -> Mapping[str, Getter]:
        """What only the account's own token sees."""
        return {
            "shortcode": lambda: self.seen.post.id,
            "thumbnail_url": lambda: None,
            "is_comment_enabled": lambda: True,
            "is_shared_to_feed": lambda: True,
            "alt_text": lambda: None,
            "ig_id": lambda: None,
            "legacy_instagram_media_id": lambda: None,
            "boost_eligibility_info": lambda: None,
            "copyright_check_information": lambda: None,
        }

    def edges(self) -> Mapping[str, Edge]:
        return {
            "insights": self._insights,
            "children": nothing,
            "comments": nothing,
        }

    def _insights(self, wish: Wish, ask: Ask, world: World) -> dict[str, Any]:
        return insights(self.id, self.seen, wish, METRICS, self.product())


class Found(Media):
    """A media seen through business discovery: only what is public."""

    def fields(self, world: World) -> Mapping[str, Getter]:
        return {
            "id": lambda: self.id,
            **public(self, world),
            "view_count": lambda: self.seen.views,
        }

    def edges(self) -> Mapping[str, Edge]:
        return {}


def public(media: Media, world: World) -> Mapping[str, Getter]:
    """What everybody may see of a professional account's media."""
    seen = media.seen
    way = "reel" if media.product() == _REELS else "p"
    at = f"https://www.instagram.com/{way}/{seen.post.id}/"
    owner = world.account(NAME, seen.post.handle)
    return {
        "caption": lambda: seen.post.caption,
        "comments_count": lambda: seen.comments,
        "like_count": lambda: seen.likes,
        "media_product_type": media.product,
        "media_type": lambda: "VIDEO" if media.product() == _REELS else "IMAGE",
        "media_url": lambda: f"https://scontent.example/{seen.post.id}.jpg",
        "owner": lambda: {"id": owner.id} if owner else None,
        "permalink": lambda: at,
        "timestamp": lambda: iso(seen.post.published),
        "username": lambda: seen.post.handle,
    }


class Person(Node):
    """An IG User."""

    kind = "ShadowIGUser"

    def __init__(self, account: Account) -> None:
        super().__init__(account.id)
        self.account = account

    def fields(self, world: World) -> Mapping[str, Getter]:
        account = self.account
        return {
            **super().fields(world),
            "user_id": lambda: account.id,
            "username": lambda: account.handle,
            "name": lambda: account.name,
            "account_type": lambda: "BUSINESS",
            "biography": lambda: "",
            "website": lambda: "",
            "profile_picture_url": lambda: f"https://scontent.example/{account.id}",
            "followers_count": lambda: account.followers,
            "follows_count": lambda: 0,
            "media_count": lambda: len(world.posts(NAME, account.handle)),
        }

    def edges(self) -> Mapping[str, Edge]:
        return {"media": self._media, "business_discovery": self._discovery}

    def _media(self, wish: Wish, ask: Ask, world: World) -> dict[str, Any]:
        seen = within(world.posts(NAME, self.account.handle), wish.options)
        made = [self._made(each) for each in seen]
        return listed(made, wish, ask, world, f"{self.id}/media")

    def _made(self, seen: Seen) -> Media:
        return Media(seen.post.api_id, seen)

    def _discovery(self, wish: Wish, ask: Ask, world: World) -> dict[str, Any]:
        """Another professional account by its name."""
        name = wish.options.get("username", "")
        account = world.account(NAME, name)
        if account is None:
            said = "(#110) The user with username: "
            raise Trouble("value", "username", said + f"{name} cannot be found")
        return Stranger(account).show(wish.below, ask, world)


class Stranger(Person):
    """An account seen through business discovery."""

    def _made(self, seen: Seen) -> Media:
        return Found(seen.post.api_id, seen)

    def edges(self) -> Mapping[str, Edge]:
        return {"media": self._media}

"""Short links of a block: which are asked for, and the post each one stands in.

A click on a link is a click of the post that it stands in, when it stands there alone:
then the link's total is that post's `clicks`. A link may also be a post itself, one of
the web whose id is the link, as exports of link services have it. Clicks by day belong
to the link and are figures of an account: they are never added to a post.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.sources.posturl import post_key
from tracker.sources.values import Bad

#: What stands for the platform of links themselves.
WEB = "web"
LINK = re.compile(r"[A-Za-z0-9.-]{1,253}/[\w.~%-]{1,200}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Post:
    """The post whose clicks a link counts."""

    platform: str
    post_id: str
    url: str | None = None


def bare(link: str) -> str:
    """A link without scheme; its host in small letters, as it is no part of a name."""
    host, _, path = re.sub(r"^https?://", "", link.strip()).partition("/")
    return f"{host.lower()}/{path.rstrip('/')}"


def read_links(value: Any) -> Mapping[str, Post | None]:
    """The option `links`: a list, or a table with the address of each link's post.

    Raises ValueError.
    """
    said = dict.fromkeys(value, "") if isinstance(value, list) else value
    if not isinstance(said, dict) or not all(isinstance(v, str) for v in said.values()):
        raise ValueError(
            'must be a table: "bit.ly/abc" = "https://address.of/its/post"'
        )
    made: dict[str, Post | None] = {}
    for link, url in said.items():
        if not isinstance(link, str) or not LINK.fullmatch(bare(link)):
            raise ValueError(f'"{link}" is no short link such as "bit.ly/abc"')
        made[bare(link)] = _post(url) if url.strip() else None
    _alone(made.values())
    return made


def _post(url: str) -> Post:
    found = post_key(url.strip())
    if isinstance(found, Bad):
        raise ValueError(f"the address of a post {found.reason}")
    return Post(found[0], found[1], url.strip())


def _alone(posts: Iterable[Post | None]) -> None:
    """Totals of two links cannot both be those of one post, and come one by one."""
    seen = set()
    for post in posts:
        if post is not None and (post.platform, post.post_id) in seen:
            raise ValueError(
                f"two links name the post {post.post_id}; keep one of them"
            )
        if post is not None:
            seen.add((post.platform, post.post_id))

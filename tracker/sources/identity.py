"""Whose row it is: platform and id, from their columns or from the address."""

from __future__ import annotations

from typing import NamedTuple

from tracker.sources.posturl import page_key, platform_of, post_key
from tracker.sources.texts import read_id, read_platform, read_url
from tracker.sources.values import Bad, shown

#: Platforms whose posts may be pages of any host, known by their address.
PAGES = frozenset({"blog", "web", "tumblr"})
#: Hosts that a page may be on without being taken for something else.
_OPEN = frozenset({"web", "tumblr", "mastodon"})


class Identity(NamedTuple):
    platform: str
    post_id: str
    url: str | None


def identify(platform_cell: str, id_cell: str, url_cell: str) -> Identity | Bad:
    """The identity of a row from its three cells; "" for a column that is not there.

    A written platform wins over the address's; a written id wins over the
    address's. When the id comes from the address, the platforms must agree.
    """
    platform, post_id, url = (
        read_platform(platform_cell),
        read_id(id_cell),
        read_url(url_cell),
    )
    if isinstance(platform, Bad):
        return platform._replace(column="platform")
    if isinstance(post_id, Bad):
        return post_id._replace(column="post_id")
    if isinstance(url, Bad):
        return url
    if post_id is not None:
        return Identity(platform or _of(url), post_id, url)
    if url is None:
        return Bad("ROW_ID", "the row has neither post_id nor url", "post_id")
    return _from_url(platform, url)


def _of(url: str | None) -> str:
    return (platform_of(url) if url else None) or "unknown"


def _from_url(platform: str | None, url: str) -> Identity | Bad:
    found = post_key(url)
    if platform in PAGES and (isinstance(found, Bad) or _is_page(platform, found)):
        page = page_key(url)
        return page if isinstance(page, Bad) else Identity(platform, page, url)
    if isinstance(found, Bad):
        return found
    if platform not in (None, "unknown", found[0]):
        why = f"{shown(url)} is an address of {found[0]}, not of {platform}"
        return Bad("ROW_URL", why, "url")
    return Identity(found[0], found[1], url)


def _is_page(platform: str, found: tuple[str, str]) -> bool:
    return found[0] != platform and found[0] in _OPEN

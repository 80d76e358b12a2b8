"""Bitly: Links, Export to CSV; and Analytics, a row a day.

The export has a row a short link with its clicks so far. A short link is known by its
own address, `bit.ly/abc`, as the kind `bitly` knows it.
"""

from __future__ import annotations

from tracker.sources.layouts.layout import DAY, Grain, Layout, column, sign

_CLICKS = column(
    "clicks", "Total clicks|Clicks|Total engagements|Engagements|Link clicks"
)


def _key(cells: dict[str, str]) -> None:
    """The link without its scheme; its host in small letters."""
    link = cells["post_id"]
    host, _, path = (link.partition("://")[2] or link).partition("/")
    cells["post_id"] = f"{host.lower()}/{path.rstrip('/')}" if path else link


LAYOUTS = (
    Layout(
        "bitly",
        "links",
        Grain.POST,
        "web",
        (
            column("post_id", "Bitlink|Short link|Short URL|bitlink_id|Link"),
            column("caption", "Title"),
            column("published_at", "Created|Date created|Created at|Creation date"),
            sign("Long URL|Long link|Destination URL|Original URL|Destination"),
            _CLICKS,
        ),
        needs=("post_id", "clicks"),
        signs=1,
        mend=_key,
    ),
    Layout(
        "bitly",
        "clicks by day",
        Grain.DAY,
        "web",
        (column(DAY, "Date"), _CLICKS),
        needs=(DAY, "clicks"),
        hints=("bitly", "bit.ly", "bitlink"),
        weak=True,
    ),
)

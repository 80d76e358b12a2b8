"""TikTok Studio: Analytics, Download data (CSV or XLSX, a ZIP of several).

`Content` has a row a video with counts so far, `Overview` a row a day of the account,
`FollowerHistory` the followers at the end of each day. Days carry no year
(`October 31`, `23 August`), and days that are not counted yet say `undefined`.
Figures of a day may be negative.
"""

from __future__ import annotations

import re

from tracker.sources.layouts.layout import DAY, FOLLOWERS, Grain, Layout, column, sign

_AUTHOR = re.compile(r"https?://(?:www\.)?tiktok\.com/@([^/?#]+)/", re.IGNORECASE)
_DAY = column(DAY, "Date", de="Datum", fr="Date", pt="Data", es="Fecha")


def _author(cells: dict[str, str]) -> None:
    """Whose video it is stands in its address."""
    if found := _AUTHOR.match(cells.get("url", "")):
        cells["handle"] = found[1]


LAYOUTS = (
    Layout(
        "tiktok",
        "videos",
        Grain.POST,
        "tiktok",
        (
            column("post_id", "Video ID"),
            column("url", "Video link", es="Enlace del video|Enlace del vídeo"),
            column("caption", "Video title", es="Título del video|Título del vídeo"),
            column("published_at", "Post time", es="Hora de publicación"),
            column("views", "Total views|Video views", es="Visualizaciones totales"),
            column("likes", "Total likes|Likes", es="Me gusta totales"),
            column("comments", "Total comments|Comments", es="Comentarios totales"),
            column("shares", "Total shares|Shares", es="Veces compartido"),
            column(
                "saves", "Add to favorites|Total favorites|Total bookmarks|Favorites"
            ),
            column("reach", "Reach"),
        ),
        needs=("url", "caption|published_at", "metric"),
        suffixes=True,
        mend=_author,
        makes=("handle",),
    ),
    Layout(
        "tiktok",
        "account by day",
        Grain.DAY,
        "tiktok",
        (
            _DAY,
            column("views", "Video Views"),
            sign("Profile Views"),
            column("likes", "Likes"),
            column("comments", "Comments"),
            column("shares", "Shares"),
            column(FOLLOWERS, "Followers"),
        ),
        needs=(DAY, "views"),
        signs=1,
        order="dmy",
    ),
    Layout(
        "tiktok",
        "followers by day",
        Grain.DAY,
        "tiktok",
        (
            _DAY,
            column(FOLLOWERS, "Followers"),
            sign("Difference in followers from previous day"),
        ),
        needs=(DAY, FOLLOWERS),
        signs=1,
        order="dmy",
    ),
    Layout(
        "tiktok",
        "viewers by day",
        Grain.ASIDE,
        "tiktok",
        (_DAY, sign("Total Viewers"), sign("New Viewers"), sign("Returning Viewers")),
        needs=(DAY,),
        signs=2,
    ),
    Layout(
        "tiktok",
        "followers by gender, place or hour",
        Grain.ASIDE,
        "tiktok",
        (
            sign("Gender|Top territories"),
            sign("Distribution"),
            sign("Hour"),
            sign("Active followers"),
        ),
        needs=(),
        signs=2,
    ),
)

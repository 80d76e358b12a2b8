"""X analytics: Content and Overview (Premium), and Twitter Analytics before them.

The export of content has a row a post (with `Reposts` beside `Shares`, which counts
sharing by link and message), the overview a row a day of the account. The video
overview has two tables; its posts carry no id. The file of before had a row a Tweet,
with `-` where nothing was promoted, counts as `12.0`, and times in UTC.
Portuguese names were seen in files.
"""

from __future__ import annotations

import re

from tracker.sources.layouts.layout import DAY, Grain, Layout, column, sign

_AUTHOR = re.compile(
    r"https?://(?:www\.)?(?:x|twitter)\.com/([^/?#]+)/status/", re.IGNORECASE
)

_IMPRESSIONS = column("impressions", "Impressions", pt="Impressões", es="Impresiones")
_LIKES = column("likes", "Likes", pt="Curtidas", es="Me gusta")
_REPLIES = column("comments", "Replies", pt="Respostas", es="Respuestas")
_REPOSTS = column("shares", "Reposts", pt="Reposts")
_SAVES = column("saves", "Bookmarks", pt="Itens salvos", es="Guardados")
_ENGAGEMENTS = sign("Engagements", pt="Engajamentos", es="Interacciones")
_VISITS = sign("Profile visits", pt="Visitas ao perfil", es="Visitas al perfil")
_FOLLOWS = sign("New follows", pt="Novos seguidores", es="Nuevos seguidores")


def _author(cells: dict[str, str]) -> None:
    """Whose post it is stands in its address."""
    found = _AUTHOR.match(cells.get("url", ""))
    if found and found[1] != "i":
        cells["handle"] = found[1]


LAYOUTS = (
    Layout(
        "x",
        "posts",
        Grain.POST,
        "x",
        (
            column(
                "post_id", "Post id", pt="ID do post|ID da postagem", es="ID del post"
            ),
            column("published_at", "Date", pt="Data", es="Fecha"),
            column("caption", "Post text", pt="Texto do post", es="Texto del post"),
            column("url", "Post Link", pt="Postar link|Link do post"),
            _IMPRESSIONS,
            _LIKES,
            _REPLIES,
            _REPOSTS,
            _SAVES,
            column("clicks", "URL Clicks", pt="Cliques de URL|Cliques no URL"),
            _ENGAGEMENTS,
            _VISITS,
            _FOLLOWS,
        ),
        needs=("post_id", "url|caption", "metric"),
        mend=_author,
        makes=("handle",),
    ),
    Layout(
        "x",
        "Tweets",
        Grain.POST,
        "x",
        (
            column("post_id", "Tweet id"),
            column("url", "Tweet permalink"),
            column("caption", "Tweet text"),
            column("published_at", "time"),
            column("impressions", "impressions"),
            column("likes", "likes|favorites"),
            column("comments", "replies"),
            column("shares", "retweets"),
            column("clicks", "url clicks"),
            sign("engagements"),
        ),
        needs=("post_id", "url", "metric"),
        mend=_author,
        makes=("handle",),
    ),
    Layout(
        "x",
        "account by day",
        Grain.DAY,
        "x",
        (
            column(DAY, "Date", pt="Data", es="Fecha"),
            _IMPRESSIONS,
            _LIKES,
            _REPLIES,
            _REPOSTS,
            _SAVES,
            _ENGAGEMENTS,
            _VISITS,
            _FOLLOWS,
        ),
        needs=(DAY, "impressions"),
        signs=2,
    ),
    Layout(
        "x",
        "Tweets by day",
        Grain.DAY,
        "x",
        (
            column(DAY, "Date"),
            sign("Tweets published"),
            column("impressions", "impressions"),
            column("likes", "likes|favorites"),
            column("comments", "replies"),
            column("shares", "retweets"),
            column("clicks", "url clicks"),
        ),
        needs=(DAY, "impressions"),
        signs=1,
    ),
    Layout(
        "x",
        "videos by day",
        Grain.DAY,
        "x",
        (
            column(DAY, "Date", pt="Data"),
            column("views", "Views", pt="Visualizações"),
            sign("Watch Time (ms)", pt="Tempo de exibição (ms)"),
            sign("Completion Rate", pt="Taxa de conclusão|Taxa de conclusões"),
        ),
        needs=(DAY, "views"),
        signs=2,
    ),
    Layout(
        "x",
        "videos without ids",
        Grain.ASIDE,
        "x",
        (
            sign("Video title|Title|Post text"),
            sign("Publish date|Published", pt="Data de publicação"),
            sign("Post Link", pt="Postar link"),
            sign("Views", pt="Visualizações"),
            sign("Watch Time (ms)", pt="Tempo de exibição (ms)"),
            sign("Monetized", pt="Monetizado"),
        ),
        needs=(),
        signs=4,
    ),
)

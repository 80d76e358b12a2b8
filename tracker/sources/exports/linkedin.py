"""LinkedIn: analytics of a page (Content, Export) and of a member (Export).

A page's workbook (XLS or XLSX) has a sheet of days, `Metrics`, and one of posts,
`All posts`, each with a line of explanation above the header. A member's has
DISCOVERY, ENGAGEMENT (days), TOP POSTS (two tables side by side: the one by
engagements, which has no count of ours, and the one by impressions), FOLLOWERS and
DEMOGRAPHICS; since 2026 its numbers are texts. Names seen in files in English,
Spanish and Portuguese.
"""

from __future__ import annotations

from tracker.sources.layouts.layout import DAY, Grain, Layout, column, sign

_DAY = column(DAY, "Date", de="Datum", fr="Date", pt="Data", es="Fecha")
_IMPRESSIONS = column(
    "impressions",
    "Impressions",
    de="Impressionen|Impressions",
    pt="Impressões",
    es="Impresiones",
)

LAYOUTS = (
    Layout(
        "linkedin",
        "posts of a page",
        Grain.POST,
        "linkedin",
        (
            column("url", "Post link", es="Enlace de la publicación"),
            column("caption", "Post title", es="Título de la publicación"),
            column("kind", "Content Type|Post type", es="Tipo de contenido"),
            column("published_at", "Created date", es="Fecha de creación"),
            _IMPRESSIONS,
            column(
                "views",
                "Views|Views (Excluding offsite video views)",
                es="Visualizaciones",
            ),
            column("clicks", "Clicks", es="Clics"),
            column("likes", "Likes|Reactions", es="Recomendaciones|Reacciones"),
            column("comments", "Comments", es="Comentarios"),
            column("shares", "Reposts|Shares", es="Veces compartido"),
        ),
        needs=("url", "caption|published_at", "metric"),
        lasting=False,
    ),
    Layout(
        "linkedin",
        "posts of a member",
        Grain.POST,
        "linkedin",
        (
            column("url", "Post URL"),
            column("published_at", "Post publish date|Post Publish Date|Post Date"),
            _IMPRESSIONS,
        ),
        needs=("url", "published_at", "impressions"),
        lasting=False,
    ),
    Layout(
        "linkedin",
        "page by day",
        Grain.DAY,
        "linkedin",
        (
            _DAY,
            column(
                "impressions",
                "Impressions (total)",
                pt="Impressões (total)",
                es="Impresiones (totales)|Impresiones totales",
            ),
            column(
                "clicks",
                "Clicks (total)",
                pt="Cliques (total)",
                es="Clics (totales)",
            ),
            column(
                "likes",
                "Reactions (total)",
                pt="Reações (total)",
                es="Reacciones (total)",
            ),
            column(
                "comments",
                "Comments (total)",
                pt="Comentários (total)",
                es="Comentarios (totales)",
            ),
            column(
                "shares",
                "Reposts (total)|Shares (total)",
                pt="Compartilhamentos (total)",
                es="Veces compartido (total)",
            ),
            sign(
                "Impressions (organic)",
                pt="Impressões (orgânicas)",
                es="Impresiones (orgánicas)",
            ),
            sign(
                "Unique impressions (organic)",
                pt="Impressões únicas (orgânicas)",
                es="Impresiones únicas (orgánicas)",
            ),
        ),
        needs=(DAY, "impressions"),
    ),
    Layout(
        "linkedin",
        "member by day",
        Grain.DAY,
        "linkedin",
        (
            _DAY,
            _IMPRESSIONS,
            sign("Engagements", pt="Engajamentos", es="Interacciones"),
        ),
        needs=(DAY, "impressions"),
        signs=1,
    ),
    Layout(
        "linkedin",
        "new followers by day",
        Grain.ASIDE,
        "linkedin",
        (
            _DAY,
            sign("New followers", pt="Novos seguidores", es="Nuevos seguidores"),
            sign("Total followers", es="Total de seguidores"),
            sign("Organic followers|Sponsored followers"),
        ),
        needs=(DAY,),
        signs=1,
    ),
    Layout(
        "linkedin",
        "top posts by engagements",
        Grain.ASIDE,
        "linkedin",
        (
            sign("Post URL"),
            sign("Post publish date"),
            sign("Engagements"),
        ),
        needs=(),
        signs=3,
    ),
)

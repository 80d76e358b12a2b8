"""YouTube Studio: Analytics, Advanced mode, Export current view (a ZIP of three CSV).

`Table data.csv` has a row a video for the chosen days, `Chart data.csv` a row a day
and video, `Totals.csv` a row a day of the channel. Names of columns seen in files in
English, German (with soft hyphens inside of words), French, Portuguese and Spanish;
dates stay English in most of them. A spreadsheet turns ids that begin with a hyphen
into `#NAME?`; the platform itself writes a blank before these.
"""

from __future__ import annotations

from tracker.sources.layouts.layout import DAY, Grain, Layout, column

_VIDEO = column(
    "post_id",
    "Content|Video|Video ID",
    de="Videos|Video|Inhalte|Inhalt",
    fr="Contenu|Vidéo",
    pt="Conteúdo|Vídeo",
    es="Contenido|Vídeo|Video",
)
_TITLE = column(
    "caption",
    "Video title",
    de="Videotitel",
    fr="Titre de la vidéo",
    pt="Título do vídeo",
    es="Título del vídeo|Título del video",
)
_PUBLISHED = column(
    "published_at",
    "Video publish time",
    de="Veröffentlichungszeitpunkt des Videos",
    fr="Heure de publication de la vidéo",
    pt="Horário de publicação do vídeo",
    es="Hora de publicación del vídeo|Hora de publicación del video",
)
_DAY = column(DAY, "Date", de="Datum", fr="Date", pt="Data", es="Fecha")
_METRICS = (
    column(
        "views",
        "Views",
        de="Aufrufe",
        fr="Vues",
        pt="Visualizações",
        es="Visualizaciones",
    ),
    column(
        "impressions",
        "Impressions",
        de="Impressionen",
        fr="Impressions",
        pt="Impressões",
        es="Impresiones",
    ),
    column("reach", "Unique viewers"),
    column(
        "likes",
        "Likes",
        de="„Mag ich“-Bewertungen",
        fr="J'aime",
        pt='Marcações "Gostei"|Gostei',
        es="Me gusta",
    ),
    column(
        "comments",
        "Comments added",
        de="Hinzugefügte Kommentare",
        fr="Commentaires ajoutés",
        pt="Comentários adicionados",
        es="Comentarios añadidos",
    ),
    column(
        "watch_seconds",
        "Watch time (hours)",
        de="Wiedergabezeit (Stunden)",
        fr="Durée de visionnage (heures)",
        pt="Tempo de exibição (horas)",
        es="Tiempo de visualización (horas)",
        unit=3600,
    ),
)
#: Names of the files in the archive that hold days; a lone one is told by them.
_DAYS = (
    *("totals", "gesamtwerte", "totaux", "totais", "totales", "total.csv", "youtube"),
    *("chart data", "diagrammdaten", "donnees du graphique", "dados do grafico"),
)

LAYOUTS = (
    Layout(
        "youtube-studio",
        "videos",
        Grain.POST,
        "youtube",
        (_VIDEO, _TITLE, _PUBLISHED, *_METRICS),
        needs=("post_id", "caption|published_at", "metric"),
        hints=("youtube", "table data", "tabellendaten", "dados da tabela"),
        lasting=False,
    ),
    Layout(
        "youtube-studio",
        "videos by day",
        Grain.POST_DAY,
        "youtube",
        (_DAY, _VIDEO, _TITLE, _PUBLISHED, *_METRICS),
        needs=(DAY, "post_id", "caption|published_at"),
    ),
    Layout(
        "youtube-studio",
        "channel by day",
        Grain.DAY,
        "youtube",
        (_DAY, *_METRICS),
        needs=(DAY,),
        hints=_DAYS,
        weak=True,
    ),
)

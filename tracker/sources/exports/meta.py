"""Meta Business Suite: Insights, Content, Export data; and Insights, Results, Export.

The export of content has a row a post, with counts so far (its column `Date` then
says Lifetime, Total or the like) or, where days were asked for, a row a post and
day. The export of results has a table for each figure and account below each other,
in UTF-16 with a line `sep=,`; the line above a table names the figure, and its
column of figures is called `Primary` (older files: anything). Columns come and go
between months. Names seen in files in English, Portuguese and Spanish, and in
programs that read French and German ones.
Times are written month first in every language but German.
"""

from __future__ import annotations

from tracker.sources.layouts.layout import (
    DAY,
    MORE,
    Grain,
    Layout,
    column,
    key,
    sign,
)
from tracker.sources.posturl import post_key
from tracker.sources.values import Bad

_ID = column(
    "post_id",
    "Post ID",
    de="Beitrags-ID",
    fr="Identifiant de la publication",
    pt="Identificação do post",
    es="Identificador de la publicación",
)
_PUBLISHED = column(
    "published_at",
    "Publish time",
    de="Veröffentlichungszeitpunkt",
    fr="Heure de publication",
    pt="Horário de publicação",
    es="Hora de publicación",
)
_COMMON = (
    _PUBLISHED,
    column(
        "url",
        "Permalink",
        de="Permalink|Dauerhafter Link",
        fr="Permalien",
        pt="Link permanente",
        es="Enlace permanente",
    ),
    column(
        "kind",
        "Post type",
        de="Beitragstyp",
        fr="Type de publication",
        pt="Tipo de post",
        es="Tipo de publicación",
    ),
    column(DAY, "Date", de="Datum", fr="Date", pt="Data", es="Fecha"),
    column(
        "views",
        "Views",
        de="Aufrufe",
        fr="Vues",
        pt="Visualizações",
        es="Visualizaciones",
    ),
    column("impressions", "Impressions", de="Impressionen", pt="Impressões"),
    column(
        "reach",
        "Reach",
        de="Reichweite",
        fr="Couverture",
        pt="Alcance",
        es="Alcance",
    ),
    column(
        "comments",
        "Comments",
        de="Kommentare",
        fr="Commentaires",
        pt="Comentários",
        es="Comentarios",
    ),
    column(
        "shares",
        "Shares",
        de="Geteilte Inhalte|Mal geteilt",
        fr="Partages",
        pt="Compartilhamentos",
        es="Veces que se ha compartido|Veces que se compartió",
    ),
    column(
        "clicks",
        "Link clicks",
        de="Link-Klicks",
        fr="Clics sur un lien",
        pt="Cliques no link",
        es="Clics en el enlace",
    ),
)
_LIFETIME = tuple(
    key(word)
    for word in (
        "Lifetime",
        "Total",
        "Gesamt",
        "Gesamte Laufzeit",
        "Durée de vie",
        "Toute la durée",
        "Vitalício",
        "Toda la vida",
        "Ciclo de vida",
    )
)


def _caption(cells: dict[str, str]) -> None:
    """A Facebook post's text is its title or its description; one is often blank."""
    cells["caption"] = cells.get("caption") or cells.get(MORE, "")


def _by_link(cells: dict[str, str]) -> None:
    """An Instagram post is known by the code of its address, everywhere: other files
    have nothing else. The number is Meta's own, and stays where no address stands."""
    number, address = cells.get("post_id", "").strip(), cells.get("url", "").strip()
    if number.isdigit() and not isinstance(post_key(address), Bad):
        cells["post_id"] = ""


_FACEBOOK = Layout(
    "meta",
    "Facebook posts",
    Grain.POST,
    "facebook",
    (
        _ID,
        *_COMMON,
        sign(
            "Page ID",
            de="Seiten-ID",
            fr="ID de la Page|Identifiant de la Page",
            pt="Identificação da Página",
            es="Identificador de la página",
        ),
        column(
            "handle",
            "Page name",
            de="Seitenname|Name der Seite",
            fr="Nom de la Page",
            pt="Nome da Página",
            es="Nombre de la página",
            weak=True,
        ),
        column("caption", "Title", de="Titel", fr="Titre", pt="Título", es="Título"),
        column(
            MORE,
            "Description",
            de="Beschreibung",
            fr="Description",
            pt="Descrição",
            es="Descripción",
        ),
        column(
            "likes",
            "Reactions",
            de="Reaktionen",
            fr="Réactions",
            pt="Reações",
            es="Reacciones",
        ),
        column(
            "watch_seconds",
            "Seconds viewed",
            es="Segundos reproducidos",
            unit=1,
        ),
    ),
    needs=("post_id", "published_at|url", "metric"),
    signs=1,
    lifetime=_LIFETIME,
    mend=_caption,
    makes=("caption",),
)
_VIDEOS = Layout(
    "meta",
    "Facebook videos",
    Grain.POST,
    "facebook",
    (
        column(
            "post_id",
            "Video asset ID",
            es="Identificador de la pieza de vídeo|Identificador de la pieza de video",
        ),
        *_FACEBOOK.fields[1:],
        sign("3-second video views", es="Visualizaciones de vídeo de 3 segundos"),
    ),
    needs=("post_id", "published_at", "metric"),
    signs=1,
    lifetime=_LIFETIME,
    mend=_caption,
    makes=("caption",),
)
_INSTAGRAM = Layout(
    "meta",
    "Instagram posts",
    Grain.POST,
    "instagram",
    (
        _ID,
        *_COMMON,
        sign(
            "Account ID",
            de="Konto-ID",
            fr="Identifiant du compte|ID du compte",
            pt="Identificação da conta",
            es="Identificador de la cuenta",
        ),
        column(
            "handle",
            "Account username",
            de="Konto-Benutzername|Nutzername des Kontos",
            fr="Nom d'utilisateur du compte",
            pt="Nome de usuário da conta",
            es="Nombre de usuario de la cuenta",
        ),
        column(
            "caption",
            "Description",
            de="Beschreibung",
            fr="Description",
            pt="Descrição",
            es="Descripción",
        ),
        column(
            "likes",
            "Likes",
            de="„Gefällt mir“-Angaben",
            fr="Mentions J'aime|J'aime",
            pt="Curtidas",
            es="Me gusta",
        ),
        column(
            "saves",
            "Saves",
            de="Gespeicherte Beiträge|Speicherungen",
            fr="Enregistrements",
            pt="Salvamentos",
            es="Veces guardado|Veces que se ha guardado",
        ),
    ),
    needs=("post_id", "published_at|url", "metric"),
    signs=1,
    lifetime=_LIFETIME,
    mend=_by_link,
)
#: Tables of results by the line above them. What is not named here (new follows,
#: visits, interactions) is no figure of ours.
_TITLES = {
    "facebook page reach": ("facebook", "reach"),
    "facebook reach": ("facebook", "reach"),
    "alcance do facebook": ("facebook", "reach"),
    "instagram reach": ("instagram", "reach"),
    "alcance do instagram": ("instagram", "reach"),
    "facebook views": ("facebook", "views"),
    "instagram views": ("instagram", "views"),
    "facebook link clicks": ("facebook", "clicks"),
    "instagram link clicks": ("instagram", "clicks"),
    "facebook followers": ("facebook", "followers"),
    "instagram followers": ("instagram", "followers"),
}
_RESULTS = (
    column(DAY, "Date", de="Datum", fr="Date", pt="Data", es="Fecha"),
    sign("Primary", de="Primär", fr="Principal", pt="Principal", es="Principal"),
)

LAYOUTS = (
    _FACEBOOK,
    _VIDEOS,
    _INSTAGRAM,
    Layout(
        "meta",
        "accounts by day",
        Grain.DAY,
        "facebook",
        _RESULTS,
        needs=(DAY,),
        signs=1,
        titles=_TITLES,
        weak=True,
    ),
    Layout(
        "meta",
        "other results by day",
        Grain.ASIDE,
        "facebook",
        (
            *_RESULTS,
            sign("New Facebook Page likes|New Instagram followers"),
            sign("Facebook Page likes|Instagram followers"),
        ),
        needs=(DAY,),
        signs=1,
    ),
)

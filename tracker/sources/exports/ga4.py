"""Google Analytics 4: any report, Share this report, Download CSV.

Lines that begin with `#` stand before each table and name its days: `# Start date:
20260601`. A report of pages has a row a page; its counts cover these days alone, and
GA4 does not know when a page was published. A report snapshot has many tables below
each other. Explorations end rows with `Grand total`.
A page is known by its full address where the file has one, else by its path alone.
By day it is an account of its own, as the kind `ga4` has it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from tracker.sources.layouts.layout import DAY, Field, Grain, Layout, Span, column, sign

_STARTS = re.compile(
    r"(?:start date|startdatum|date de debut)\W*(20\d{6})", re.IGNORECASE
)
_ENDS = re.compile(r"(?:end date|enddatum|date de fin)\W*(20\d{6})", re.IGNORECASE)
_RANGE = re.compile(r"(20\d{6})\s*-\s*(20\d{6})")

_PATHS = {
    "en": "Page path and screen class|Page path + query string and screen class"
    "|Page path|Page path + query string|Landing page",
    "de": "Seitenpfad und Bildschirmklasse|Seitenpfad",
    "fr": "Chemin de la page et classe de l'écran|Chemin de la page",
    "pt": "Caminho da página e classe da tela|Caminho da página",
    "es": "Ruta de la página y clase de pantalla|Ruta de página y clase de pantalla",
}
_PAGE = Field("post_id", _PATHS)
_VIEWS = column(
    "views",
    "Views",
    de="Aufrufe",
    fr="Vues",
    pt="Visualizações",
    es="Vistas|Visualizaciones",
)
_DAY = column(
    DAY,
    "Date|Nth day",
    de="Datum|Tag N",
    fr="Date|Nième jour",
    pt="Data|Nº do dia",
    es="Fecha|N.º día",
)
_SIGNS = (
    sign(
        "Active users",
        de="Aktive Nutzer",
        fr="Utilisateurs actifs",
        pt="Usuários ativos",
        es="Usuarios activos",
    ),
    sign("Sessions", de="Sitzungen", pt="Sessões", es="Sesiones"),
    sign("New users", de="Neue Nutzer", fr="Nouveaux utilisateurs"),
    sign("Total users", de="Nutzer insgesamt", fr="Nombre total d'utilisateurs"),
    sign("Event count", de="Ereignisanzahl", fr="Nombre d'événements"),
)


def _span(lines: Sequence[str], label: str) -> Span | None:
    """The days that the lines above a table name."""
    text = " ".join(lines)
    pairs = [(_STARTS.findall(text)[-1:], _ENDS.findall(text)[-1:])]
    pairs += [([first], [last]) for first, last in _RANGE.findall(text)]
    for first, last in pairs:
        try:
            if first and last:
                return Span(date.fromisoformat(first[0]), date.fromisoformat(last[0]))
        except ValueError:
            continue
    return None


def _nth(cell: str, span: Span | None) -> str:
    """`0003` is the fourth day of the report."""
    if span is None or not re.fullmatch(r"\d{1,4}", cell):
        return ""
    return (span.first + timedelta(days=int(cell))).isoformat()


LAYOUTS = (
    Layout(
        "ga4",
        "pages",
        Grain.POST,
        "web",
        (
            _PAGE,
            column("caption", "Page title|Page title and screen name"),
            _VIEWS,
            *_SIGNS,
        ),
        needs=("post_id", "views"),
        lasting=False,
        span=_span,
    ),
    Layout(
        "ga4",
        "pages by full address",
        Grain.POST,
        "web",
        (column("url", "Page location|Full page URL"), _VIEWS, *_SIGNS),
        needs=("url", "views"),
        lasting=False,
        span=_span,
    ),
    Layout(
        "ga4",
        "pages by day",
        Grain.DAY,
        "web",
        (_DAY, Field("handle", _PATHS), _VIEWS, *_SIGNS),
        needs=(DAY, "handle"),
        span=_span,
        read_day=_nth,
    ),
    Layout(
        "ga4",
        "site by day",
        Grain.DAY,
        "web",
        (_DAY, _VIEWS, *_SIGNS),
        needs=(DAY,),
        signs=1,
        span=_span,
        read_day=_nth,
    ),
    Layout(
        "ga4",
        "other tables",
        Grain.ASIDE,
        "web",
        (
            sign(
                "Session source / medium|Session default channel group"
                "|Session primary channel group (Default Channel Group)"
                "|First user primary channel group (Default Channel Group)"
                "|First user default channel group|Country|City|Event name|Browser"
                "|Device category|Page title and screen class|Session campaign"
                "|Operating system|Language|Key events|Session source"
            ),
            *_SIGNS,
            sign("Views"),
        ),
        needs=(),
        signs=2,
    ),
)

"""Pages from values: the only module that knows Jinja.

Autoescape is on and an undefined name is an error. What is marked safe here is
drawn or encoded by this package, never text of data.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from tracker import __version__, kpiwords
from tracker.errors import ReportError
from tracker.kpi.saying import input_name, reason, worth
from tracker.model import METRICS, number_day
from tracker.report import inside, kpinames, retold
from tracker.report.cards import HOME, Shown
from tracker.report.gallery import Drawing, Gallery
from tracker.report.sparks import spark
from tracker.report.table import script_json
from tracker.report.text import clean
from tracker.report.versions import Version
from tracker.words import BOLD, PERCENT, Words

#: The style sheet of every page.
SHEET = "style.css"


def folder() -> Path:
    """The templates: inside an installed package, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    for place in (package / "templates", package.parent / "templates"):
        if (place / "base.html.j2").is_file():
            return place
    raise ReportError(
        "TEMPLATES", "templates", "they are not installed", "The last pages stay"
    )


class Site:
    """One language's templates, with the gallery that their charts hang in."""

    def __init__(
        self, words: Words, gallery: Gallery, version: Version | None = None
    ) -> None:
        self.words, self.gallery = words, gallery
        self.version = version or Version(words.language)
        self.environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folder()),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            bytecode_cache=_compiled(gallery.folder.parent / "templates"),
        )
        self.environment.filters.update(
            rich=rich,
            drawn=self._drawn,
            said=said,
            json=block,
            date=number_day,
            counts=self._counts,
            carded=carded,
            divided=divided,
            evidence=partial(retold.evidence, words),
            rejected=partial(retold.rejected, words),
        )
        self.environment.globals.update(
            w=words,
            _=words,
            _n=words.plural,
            worth=partial(worth, words),
            worth_in=worth,
            speaker=partial(speaker, words.language),
            reason=partial(reason, words),
            input_name=partial(input_name, words),
            version=__version__,
            drawing=self._drawing,
            METRICS=METRICS,
            PERCENT=PERCENT,
            ACTS=kpinames.ACTS,
            BASES=kpinames.BASES,
            BY=kpinames.BY,
            COST_KINDS=kpinames.COST_KINDS,
            INPUTS=kpinames.INPUTS,
            MONEY_INPUTS=kpinames.MONEY_INPUTS,
            TITLES=kpiwords.TITLES,
            spark=spark,
            policy=policy,
            style=Markup(inside.style(asset(SHEET))),  # noqa: S704
            script=script,
        )

    @cached_property
    def style(self) -> str:
        """Changes when templates, words or the tool do."""
        whole = hashlib.sha256(__version__.encode())
        here = Path(__file__).parents[1]
        parts = [
            path for end in ("j2", "css", "js") for path in folder().rglob(f"*.{end}")
        ]
        parts += (here / "report").glob("*.py")
        parts += [here / f"{name}.py" for name in ("words", "formats", "catalogue")]
        parts += (here / "locale").rglob("*.po")
        for part in sorted(parts, key=lambda path: path.as_posix()):
            whole.update(part.read_bytes())
        words = self.words
        whole.update(f"{words.language} {words.currency} {words.zone.key}".encode())
        whole.update(repr(self.version).encode())
        return whole.hexdigest()

    def page(self, template: str, name: str, page: Any, **more: Any) -> str:
        """One page. name: where it is among the usual pages, as spring/posts.html.
        Raises ReportError; the pages that are there stay."""
        paths = {
            "active": template.partition(".")[0],
            "root": self.version.root(name),
            "data": self.version.data(name),
            "other": self.version.twin(name),
        }
        try:
            made = self.environment.get_template(template)
            return made.render(p=page, **paths, **more)
        except jinja2.TemplateError as error:
            raise ReportError(
                "RENDER",
                template,
                f"{type(error).__name__}: {error}",
                "The last pages stay",
                "Report this as a bug",
            ) from error

    def _counts(self, values: Iterable[int | None], hole: Markup) -> Markup:
        """Cells of whole numbers, for long tables: a call each would cost the most."""
        number = self.words.number
        texts = (hole if value is None else number(value) for value in values)
        return Markup("".join(f'<td class="r">{text}</td>' for text in texts))  # noqa: S704

    def _drawn(self, key: str) -> Markup:
        """A drawing of charts.py."""
        return Markup(self.gallery.svg(key))  # noqa: S704

    def _drawing(self, chart: Drawing) -> Markup:
        """In both widths; the style sheet shows one."""
        both = Markup('<div class="wide">{}</div><div class="narrow">{}</div>')
        return both.format(self._drawn(chart.wide), self._drawn(chart.narrow))


@cache
def speaker(language: str, currency: str, zone: str) -> Words:
    """Who speaks of one campaign on a page of several."""
    return Words(language, currency, zone)


def _compiled(folder: Path) -> jinja2.BytecodeCache:
    """Templates compiled once: that costs more than to fill in most of them."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return jinja2.FileSystemBytecodeCache(str(folder))


@cache
def asset(name: str) -> str:
    """A style sheet or script of the templates' folder."""
    return (folder() / name).read_text("utf-8")


def script(name: str) -> Markup:
    return Markup(inside.script(asset(name)))  # noqa: S704


def policy(*scripts: str) -> Markup:
    """Of a page with the style sheet and these scripts, by the names of their files."""
    return Markup(inside.policy([asset(SHEET)], map(asset, scripts)))  # noqa: S704


def rich(text: str) -> Markup:
    """**bold** of the catalogue in a sentence; all else is escaped."""
    return Markup(re.sub(f"{BOLD}(.+?){BOLD}", r"<b>\1</b>", str(escape(text))))  # noqa: S704


def carded(card: Shown) -> Markup:
    """A card that was made by our template, with the way to its campaign's pages."""
    return Markup(card.html.replace(HOME, str(escape(card.home))))  # noqa: S704


def divided(formula: str) -> str:
    """With the signs of pages: KPIs write theirs as they are typed."""
    return formula.replace(" / ", " ÷ ").replace(" * ", " × ")


def said(text: str) -> Markup:
    """Text of data, kept from turning the text around it, without hidden signs."""
    shown = text if isinstance(text, Markup) else clean(text)
    return Markup("<bdi>{}</bdi>").format(shown)


def block(value: Any) -> Markup:
    """Data for a script, in a block that is not run."""
    return Markup(script_json(value))  # noqa: S704

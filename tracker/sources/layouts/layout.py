"""A layout: one table of a platform's export, as a declaration.

A platform's module under `sources/exports/` holds a tuple `LAYOUTS` of these and the
few lines that are really its own. Columns are found by their names alone, in any
order and between any others; names are compared without case, accents, soft hyphens
and kinds of quotes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

#: Columns that no reading has: a row's day, followers at its end, further text.
DAY, FOLLOWERS, MORE = "day", "followers", "more"


class Grain(StrEnum):
    """What a row of a table is about.

    POST: a post's counts so far, a reading. POST_DAY: what a post gained on a day;
    no running total, so it is passed over. DAY: what an account gained on a day, or
    its followers; audience, never added to posts. ASIDE: known, and not read.
    """

    POST = "post"
    POST_DAY = "post by day"
    DAY = "account by day"
    ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class Span:
    """The first and last day that counts of a file cover."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Field:
    """A column: what is read of it, and its names by language.

    canonical: a column of a reading, `day`, `followers`, `more`, or "" for a sign
    by which the table is known. names: by language, alternatives parted by `|`; the
    first that a file has is taken. unit: for amounts that need not be whole, how many
    of ours one of the file's is. weak: a constant of the settings says it better.
    """

    canonical: str
    names: Mapping[str, str]
    unit: int = 0
    weak: bool = False
    #: Language and compared name of each alternative, the preferred ones first.
    alternatives: tuple[tuple[str, str], ...] = field(init=False)

    def __post_init__(self) -> None:
        said = (
            (language, key(name))
            for language, text in self.names.items()
            for name in text.split("|")
        )
        object.__setattr__(self, "alternatives", tuple(said))


def column(
    canonical: str, en: str, /, *, unit: int = 0, weak: bool = False, **names: str
) -> Field:
    """A column by its names: `column("views", "Views", de="Aufrufe")`."""
    return Field(canonical, {"en": en, **names}, unit, weak)


def sign(en: str, /, **names: str) -> Field:
    """A column that is not read; its name tells the table from others."""
    return Field("", {"en": en, **names})


def no_span(lines: Sequence[str], label: str) -> Span | None:
    """For files that do not say which days they cover."""
    return None


def no_mending(cells: dict[str, str]) -> None:
    """For rows that say what they mean."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One table of an export.

    family: the layout's name in settings, such as `youtube-studio`; table: what a
    person calls it. platform: of its rows; `web` is only what is taken where the
    settings do not say another.
    fields: what is looked for; needs: canonical columns that must be there, of
    alternatives parted by `|` one; `metric` is any metric. signs: how many of the
    fields that are only signs must be there.
    hints: words of a file's name, a sheet's name or a line above the table that
    tell the family; a weak layout is only believed with one.
    titles: for tables whose one figure is named by the line above: platform and
    canonical column by that line.
    lasting: counts are running totals, whatever days the file was asked for;
    otherwise they cover the days of the file, and `span` finds these in the lines
    above the table or in the label. lifetime: what stands in the column `day` of
    rows that are no day's.
    order: of day and month where a date like 3/4/2026 leaves it open (`mdy` or
    `dmy`). suffixes: counts may be written 1.2K.
    mend: completes the cells of a row, by canonical column; makes: columns that it
    fills though the file may lack them. read_day: reads days
    that are written in a way of their own; answers ISO or "".
    """

    family: str
    table: str
    grain: Grain
    platform: str
    fields: tuple[Field, ...]
    needs: tuple[str, ...]
    signs: int = 0
    hints: tuple[str, ...] = ()
    weak: bool = False
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    lasting: bool = True
    span: Callable[[Sequence[str], str], Span | None] = no_span
    lifetime: tuple[str, ...] = ()
    order: str = "mdy"
    suffixes: bool = False
    mend: Callable[[dict[str, str]], None] = no_mending
    makes: tuple[str, ...] = ()
    read_day: Callable[[str, Span | None], str] | None = None


def key(name: str) -> str:
    """What names of columns and words are compared by."""
    if not name.isascii():
        text = unicodedata.normalize("NFKD", name.replace("\u00ad", ""))
        name = "".join(c for c in text if not unicodedata.combining(c))
        name = re.sub("[\u2018\u2019\u02bc`\u00b4]", "'", name)
        name = re.sub("[\u201c\u201d\u201e\u00ab\u00bb]", "", name)
    return " ".join(name.replace('"', "").split()).casefold()


#: First cells of rows that sum up others, on any platform.
_TOTALS = frozenset(
    "total|totals|grand total|gesamt|gesamtsumme|insgesamt|summe|totaux|total general"
    "|totale|totais|totales|total geral".split("|")
)


def is_total(cell: str) -> bool:
    """Is this the first cell of a row that sums up others?"""
    return len(cell) < 40 and key(cell).rstrip(":") in _TOTALS

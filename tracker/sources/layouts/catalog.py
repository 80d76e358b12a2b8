"""The layouts there are, and which of them a header belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module

from tracker.model import METRICS
from tracker.sources.layouts.layout import Field, Layout, key

#: Families of layouts and the modules that declare them.
FAMILIES = {
    "youtube-studio": "youtube",
    "meta": "meta",
    "x": "x",
    "tiktok": "tiktok",
    "linkedin": "linkedin",
    "pinterest": "pinterest",
    "ga4": "ga4",
    "bitly": "bitly",
}


@dataclass(frozen=True, slots=True)
class Match:
    """A layout found in a header.

    places: of each canonical column its place and the places of its twins.
    count: how many of the layout's columns are there. language: the one in which
    most of them are named.
    """

    layout: Layout
    header: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]
    fields: Mapping[str, Field]
    count: int
    language: str


@dataclass(frozen=True, slots=True)
class Near:
    """A layout that a header might have meant: what it lacks."""

    layout: Layout
    count: int
    lacks: tuple[str, ...]


@lru_cache
def load(family: str | None = None) -> tuple[Layout, ...]:
    """The layouts of a family, or all."""
    modules = [FAMILIES[family]] if family else list(FAMILIES.values())
    return tuple(
        layout
        for module in modules
        for layout in import_module(f"tracker.sources.exports.{module}").LAYOUTS
    )


@lru_cache
def first_names(family: str | None) -> frozenset[str]:
    """All names of columns: a row that begins with none of them is no header."""
    return frozenset(
        name
        for layout in load(family)
        for field in layout.fields
        for _, name in field.alternatives
    )


def match(
    header: Sequence[str], family: str | None, context: str, title: str = ""
) -> Match | None:
    """The layout that fits a header best, if one does.

    context: names of the payload, its sheets and files, and lines above, compared
    with hints; title: the line right above the header.
    """
    names: dict[str, list[int]] = {}
    for index, name in enumerate(header):
        if name.strip():
            names.setdefault(key(name), []).append(index)
    best: tuple[int, Match] | None = None
    for layout in load(family):
        found = _found(layout, header, names)
        hinted = _hinted(layout, context)
        titled = key(title) in layout.titles
        if _lacks(found, titled=titled) or (
            layout.weak and not (hinted or titled or family)
        ):
            continue
        score = found.count + 2 * (hinted or titled)
        if best is None or score > best[0]:
            best = score, found
    return best[1] if best else None


def _hinted(layout: Layout, context: str) -> bool:
    told = f"family:{layout.family}" in context
    return told or any(hint in context for hint in layout.hints)


def nearest(header: Sequence[str], family: str | None) -> list[Near]:
    """The layouts that a header has most columns of, the nearest first."""
    names: dict[str, list[int]] = {}
    for index, name in enumerate(header):
        names.setdefault(key(name), []).append(index)
    near = []
    for layout in load(family):
        found = _found(layout, header, names)
        near.append(Near(layout, found.count, _lacks(found, titled=False)))
    near.sort(key=lambda one: (-one.count, len(one.lacks)))
    return near


def _found(
    layout: Layout, header: Sequence[str], names: Mapping[str, list[int]]
) -> Match:
    places: dict[str, tuple[int, ...]] = {}
    fields: dict[str, Field] = {}
    languages: dict[str, int] = {}
    count = 0
    for field in layout.fields:
        said = next((a for a in field.alternatives if a[1] in names), None)
        if said is None or (field.canonical and field.canonical in places):
            continue
        count += 1
        languages[said[0]] = languages.get(said[0], 0) + 1
        name = field.canonical or f"sign {count}"
        places[name], fields[name] = tuple(names[said[1]]), field
    language = max(languages, key=lambda one: languages[one], default="en")
    plain = tuple(name.strip().replace("\u00ad", "") for name in header)
    return Match(layout, plain, places, fields, count, language)


def _lacks(found: Match, *, titled: bool) -> tuple[str, ...]:
    """What a table of this layout must have and this one has not, as names."""
    lacks = []
    for need in found.layout.needs:
        if need == "metric":
            if not (titled or any(metric in found.places for metric in METRICS)):
                lacks.append("a column of a metric")
        elif not any(one in found.places for one in need.split("|")):
            lacks.append(_named(found.layout, need))
    signs = sum(name.startswith("sign ") for name in found.places)
    if signs < found.layout.signs and not titled:
        missing = [f for f in found.layout.fields if not f.canonical]
        lacks.append(" or ".join(f'"{_english(f)}"' for f in missing[:3]))
    return tuple(lacks)


def _named(layout: Layout, need: str) -> str:
    wanted = [f for f in layout.fields if f.canonical in need.split("|")]
    return " or ".join(f'"{_english(field)}"' for field in wanted[:3])


def _english(field: Field) -> str:
    return next(iter(field.names.values())).split("|")[0]

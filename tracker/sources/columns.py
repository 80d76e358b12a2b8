"""Which column of a file is which canonical column, and how it writes its values.

`Spec` is what the settings say of one canonical column. `Plan` is that applied to
the header of one file: for each canonical column its place there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tracker.errors import nearest
from tracker.model import COLUMNS, METRICS
from tracker.sources.dates import DateFormat, date_problems
from tracker.sources.numbers import NumberFormat, number_problems, same_sign
from tracker.sources.values import visible

DATES = ("published_at", "captured_at")
TEXTS = (
    "platform",
    "handle",
    "post_id",
    "url",
    "caption",
    "kind",
    "paid_partnership",
    "language",
)
_DIGITS, _ISO = NumberFormat(), DateFormat()
_KEYS = ("column", "format", "year", "decimal", "thousands", "suffixes", "value")


@dataclass(frozen=True, slots=True)
class Spec:
    """One canonical column by the settings.

    column: the file's name for it; None: its canonical name, if the file has it.
    value: what stands for a column or a cell that is missing.
    """

    canonical: str
    column: str | None = None
    value: str | None = None
    number: NumberFormat = _DIGITS
    date: DateFormat = _ISO

    @property
    def plain(self) -> bool:
        return self.number.plain and self.date.plain


@dataclass(frozen=True, slots=True)
class Place:
    """A canonical column in one file.

    index: its place in a row, or None. twins: further places of the same name,
    which must agree. plain: the default format, so a plain cell needs no setting.
    """

    spec: Spec
    index: int | None
    twins: tuple[int, ...] = ()

    @property
    def plain(self) -> bool:
        return self.spec.plain and not self.twins


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of one file are read: its header and each canonical column."""

    header: tuple[str, ...]
    places: Mapping[str, Place]
    unused: tuple[str, ...] = field(default=())

    @property
    def width(self) -> int:
        return len(self.header)

    def name(self, canonical: str) -> str:
        """The file's own name of a canonical column."""
        place = self.places[canonical]
        return canonical if place.index is None else self.header[place.index]


def header_name(name: str) -> str:
    """What names of columns are compared by."""
    return " ".join(name.replace("\u00ad", "").split()).casefold()


def make_plan(header: Sequence[str], specs: Mapping[str, Spec]) -> Plan:
    """Find the columns of the settings in a header; see `missing` for what lacks."""
    where: dict[str, list[int]] = {}
    for index, name in enumerate(header):
        where.setdefault(header_name(name), []).append(index)
    places = {}
    for name in COLUMNS:
        spec = specs.get(name, Spec(name))
        wanted = name if spec.column is None else spec.column
        found = where.get(header_name(wanted), []) if wanted else []
        places[name] = Place(spec, found[0] if found else None, tuple(found[1:]))
    return Plan(tuple(header), places, _unused(header, places))


def _unused(header: Sequence[str], places: Mapping[str, Place]) -> tuple[str, ...]:
    used = {i for place in places.values() for i in (place.index, *place.twins)}
    return tuple(name for i, name in enumerate(header) if i not in used)


def found(plan: Plan) -> int:
    """How many canonical columns a header has: what tells a header from others."""
    return sum(place.index is not None for place in plan.places.values())


def missing(plan: Plan) -> list[str]:
    """What a header lacks, as parts of a sentence; empty: it will do."""
    lacks = [
        f"no column {_known(place.spec.column, plan)}"
        for place in plan.places.values()
        if place.spec.column and place.index is None
    ]
    if not any(_has(plan, name) for name in ("post_id", "url")) and not lacks:
        one, other = _known("post_id", plan), _known("url", plan)
        lacks.append(f"no column {one} and none {other}")
    if not any(_has(plan, name) for name in METRICS) and not lacks:
        lacks.append(f"no column of a metric ({', '.join(METRICS)})")
    return lacks


def _has(plan: Plan, name: str) -> bool:
    return plan.places[name].index is not None


def _known(wanted: str, plan: Plan) -> str:
    hint = nearest(wanted, [visible(n) for n in plan.header if n])
    return f'"{wanted}" ({hint})' if hint.startswith("Did") else f'"{wanted}"'


# -- settings -------------------------------------------------------------------


def read_specs(
    columns: object, constants: Mapping[str, str], problems: list[str]
) -> dict[str, Spec]:
    """The specs of `columns` and of the block's constants; problems are added."""
    if not isinstance(columns, Mapping):
        problems.append('columns: must be a table such as views = "Aufrufe"')
        columns = {}
    specs = {name: Spec(name) for name in COLUMNS}
    for name, said in columns.items():
        if name not in specs:
            problems.append(f"columns.{name}: unknown. {nearest(str(name), COLUMNS)}")
            continue
        specs[name] = _spec(name, said, problems)
    for name, value in constants.items():
        specs[name] = _with_value(specs[name], value, problems)
    return specs


def _with_value(spec: Spec, value: str, problems: list[str]) -> Spec:
    if spec.value is not None:
        problems.append(f"{spec.canonical}: has a value in columns, too")
    return replace(spec, value=value)


def _spec(name: str, said: object, problems: list[str]) -> Spec:
    if isinstance(said, str):
        return Spec(name, said)
    if not isinstance(said, Mapping):
        problems.append(f"columns.{name}: must be a column's name or a table")
        return Spec(name)
    strange = sorted(str(key) for key in said if key not in _KEYS)
    wrong = [f"{key} is unknown. {nearest(key, _KEYS)}" for key in strange]
    wrong += _mistyped(said) or _misplaced(name, said) or _unfit(said)
    problems.extend(f"columns.{name}: {why}" for why in wrong)
    return Spec(name) if wrong else _made(name, said)


def _mistyped(said: Mapping[str, Any]) -> list[str]:
    wrong = [
        f"{key} must be text"
        for key in ("column", "format", "decimal", "thousands")
        if not isinstance(said.get(key, ""), str)
    ]
    if not isinstance(said.get("suffixes", False), bool):
        wrong.append("suffixes must be true or false")
    if isinstance(said.get("value", ""), bool | Mapping | list):
        wrong.append("value must be text or a number")
    return wrong


def _misplaced(name: str, said: Mapping[str, Any]) -> list[str]:
    """Formats of dates belong to dates, signs of numbers to metrics."""
    fits = {"column", "value"}
    fits |= {"format", "year"} if name in DATES else set()
    fits |= {"decimal", "thousands", "suffixes"} if name in METRICS else set()
    strange = (key for key in said if key in _KEYS and key not in fits)
    return [f"{key} says nothing of this column" for key in strange]


def _unfit(said: Mapping[str, Any]) -> list[str]:
    return date_problems(said.get("format", ""), said.get("year")) + number_problems(
        said.get("decimal", ""), same_sign(said.get("thousands", ""))
    )


def _made(name: str, said: Mapping[str, Any]) -> Spec:
    value = said.get("value")
    return Spec(
        name,
        said.get("column"),
        None if value is None else str(value),
        NumberFormat(
            said.get("decimal", ""),
            same_sign(said.get("thousands", "")),
            said.get("suffixes", False),
        ),
        DateFormat(_format(said), said.get("year")),
    )


def _format(said: Mapping[str, Any]) -> str:
    written: str = said.get("format", "")
    return "" if written.lower() == "iso" else written

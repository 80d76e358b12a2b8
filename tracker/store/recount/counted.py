"""Rollup rows that were counted, compared with those that are kept.

What does not fit into memory lies in files, sorted by its keys; rows are compared range
by range of campaigns and ambassadors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self

import polars as pl

from tracker.model import PLATFORMS
from tracker.store import bulk, rollups
from tracker.store.database import Link
from tracker.store.rollups import FIGURES, KEYS

if TYPE_CHECKING:
    from types import TracebackType

#: Rows that wait in memory to be added up, and that are written to a file then.
WAITING, MANY = 200_000, 500_000
#: Rows compared at once, about.
RANGE = 300_000
#: Rows of a file that are read together.
GROUP = 50_000
#: While they are compared, rows are whole numbers alone: platforms are numbers, and
#: figures that are 0 throughout are left out.
NUMBERS = {name: n for n, name in enumerate(PLATFORMS)}
NUMBERED = " ".join(f"WHEN '{name}' THEN {n}" for name, n in NUMBERS.items())
NOTHING = pl.DataFrame(schema=dict.fromkeys(KEYS, pl.Int64))
WHERE = "campaign_id BETWEEN ? AND ? AND ambassador_id BETWEEN ? AND ?"


@dataclass(frozen=True, slots=True)
class Range:
    """Campaigns and ambassadors (row numbers), all ends inside."""

    campaigns: tuple[int, int]
    ambassadors: tuple[int, int] = (0, 2**62)

    @property
    def values(self) -> tuple[int, int, int, int]:
        return (*self.campaigns, *self.ambassadors)

    @property
    def inside(self) -> pl.Expr:
        return pl.col("campaign_id").is_between(*self.campaigns) & pl.col(
            "ambassador_id"
        ).is_between(*self.ambassadors)


@dataclass(frozen=True, slots=True)
class Compared:
    """Rows of one range with all their columns, by their keys."""

    range: Range
    kept: pl.DataFrame
    counted: pl.DataFrame

    def rows(self) -> Iterator[dict[str, Any]]:
        """Rows with a figure that differs: keys, figures, and {figure}_counted."""
        both = self.kept.join(
            self.counted, on=KEYS, how="full", coalesce=True, suffix="_counted"
        )
        other = pl.any_horizontal(
            pl.col(name).ne_missing(pl.col(f"{name}_counted")) for name in FIGURES
        )
        yield from both.filter(other).sort(KEYS).iter_rows(named=True)


def _numbered(part: pl.DataFrame) -> pl.DataFrame:
    """Rollup rows as whole numbers."""
    platform = pl.col("platform").replace_strict(NUMBERS, return_dtype=pl.Int64)
    return part.with_columns(platform).cast(pl.Int64)


def _named(rows: pl.DataFrame) -> pl.DataFrame:
    """Rollup rows as they are kept."""
    names = {number: name for name, number in NUMBERS.items()}
    platform = pl.col("platform").replace_strict(names, return_dtype=pl.String)
    return rollups.complete(rows.with_columns(platform))


def _merged(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Rows of several parts added up, in order; those without any figure go."""
    together = pl.concat([NOTHING, *parts], how="diagonal")
    figures = pl.exclude(KEYS)
    rows = together.group_by(KEYS).agg(figures.sum())
    if rows.width == len(KEYS):
        return rows.clear()
    return rows.filter(pl.any_horizontal(figures != 0)).sort(KEYS)


class Counted:
    """Takes up rollup rows; to be closed."""

    def __init__(self, home: Path | None = None) -> None:
        """home: the folder in which a temporary one is made when it is needed."""
        self._home = home
        self._folder: TemporaryDirectory[str] | None = None
        self._files: list[Path] = []
        self._waiting: list[pl.DataFrame] = []
        self._height = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    def add(self, part: pl.DataFrame) -> None:
        """Rows of some posts, without figures that are 0 throughout."""
        self._waiting.append(_numbered(part))
        self._height += len(part)
        if self._height < WAITING:
            return
        together = _merged(self._waiting)
        self._waiting, self._height = [together], 0
        if len(together) >= MANY:
            self._write(together)

    def _write(self, rows: pl.DataFrame) -> None:
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="recount-", dir=self._home)
        path = Path(self._folder.name) / f"{len(self._files)}.parquet"
        rows.write_parquet(path, compression="lz4", row_group_size=GROUP)
        self._files.append(path)
        self._waiting = []

    def _rows(self) -> pl.LazyFrame:
        self._waiting, self._height = [_merged(self._waiting)], 0
        files = [pl.scan_parquet(path) for path in self._files]
        return pl.concat([*files, self._waiting[0].lazy()], how="diagonal")

    def compared(self, link: Link) -> Iterator[Compared]:
        """Ranges in which some row differs."""
        rows = self._rows()
        figures = _figures(link)
        for one in _ranges(link, rows):
            counted = _merged([rows.filter(one.inside).collect()])
            kept = _kept(link, one, figures)
            if not _equal(kept, counted):
                yield Compared(one, _named(kept), _named(counted))

    def write(self, link: Link) -> None:
        """Keep what was counted."""
        for one in self.compared(link):
            link.run(f"DELETE FROM rollup WHERE {WHERE}", one.range.values)
            bulk.insert(link, "rollup", one.counted)


def _equal(kept: pl.DataFrame, counted: pl.DataFrame) -> bool:
    """Do both have the same rows? A figure that one has not is 0."""
    if len(kept) != len(counted) or not kept.select(KEYS).equals(counted.select(KEYS)):
        return False
    zero = pl.Series([0])

    def column(rows: pl.DataFrame, name: str) -> pl.Series:
        return rows.get_column(name, default=zero)

    names = {*kept.columns, *counted.columns}
    return all(bool((column(kept, n) == column(counted, n)).all()) for n in names)


def _figures(link: Link) -> list[str]:
    """Those that are not 0 in every row that is kept."""
    said = ", ".join(f"max(CASE WHEN {n} <> 0 THEN 1 ELSE 0 END)" for n in FIGURES)
    row = link.one(f"SELECT {said} FROM rollup") or ()
    return [name for name, some in zip(FIGURES, row, strict=True) if some]


def _kept(link: Link, one: Range, figures: Sequence[str]) -> pl.DataFrame:
    platform = f"CASE platform {NUMBERED} END"
    names = [platform if name == "platform" else name for name in (*KEYS, *figures)]
    sql = f"SELECT {', '.join(names)} FROM rollup WHERE {WHERE}"
    found = bulk.numbers(link, sql, one.values, width=len(names))
    columns = {name: found[:, n].copy() for n, name in enumerate((*KEYS, *figures))}
    return pl.DataFrame(columns).sort(KEYS)


def _ranges(link: Link, rows: pl.LazyFrame) -> Iterator[Range]:
    """Ranges that together hold all rows, kept and counted, about RANGE each."""
    kept = link.all("SELECT campaign_id, COUNT(*) FROM rollup GROUP BY campaign_id")
    first, seen = None, 0
    last = 0
    for campaign, many in _sizes(rows, "campaign_id", kept):
        if many > RANGE:
            if first is not None:
                yield Range((first, last))
            first, seen = None, 0
            yield from _split(link, rows, campaign)
            continue
        if first is not None and seen + many > RANGE:
            yield Range((first, last))
            first, seen = None, 0
        first = campaign if first is None else first
        last, seen = campaign, seen + many
    if first is not None:
        yield Range((first, last))


def _split(link: Link, rows: pl.LazyFrame, campaign: int) -> Iterator[Range]:
    """One large campaign by its ambassadors."""
    kept = link.all(
        "SELECT ambassador_id, COUNT(*) FROM rollup WHERE campaign_id = ?"
        " GROUP BY ambassador_id",
        (campaign,),
    )
    mine = rows.filter(pl.col("campaign_id") == campaign)
    first, seen = 0, 0
    for ambassador, many in _sizes(mine, "ambassador_id", kept):
        if seen and seen + many > RANGE:
            yield Range((campaign, campaign), (first, ambassador - 1))
            first, seen = ambassador, 0
        seen += many
    yield Range((campaign, campaign), (first, 2**62))


def _sizes(
    rows: pl.LazyFrame, key: str, kept: list[tuple[Any, ...]]
) -> list[tuple[int, int]]:
    """The larger number of rows, kept or counted, by key, in order."""
    counted = rows.group_by(key).len().collect().iter_rows()
    sizes = {int(number): int(many) for number, many in kept}
    for number, many in counted:
        sizes[number] = max(sizes.get(number, 0), many)
    return sorted(sizes.items())

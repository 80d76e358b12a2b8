"""The row checker: the one definition of a valid row.

Whatever lane a row comes by, these rules decide. They work column by column over
a few thousand records at a time, and remember each cell they have seen: files
repeat themselves, and this keeps the exact rules quick enough for large files.

A row is bad when its number of cells differs from the header's, when any of its
cells is bad, or when it was captured before it was published. The leftmost bad
cell is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tracker.errors import PayloadError
from tracker.model import COLUMNS, DAY, METRICS, Reject, is_day
from tracker.sources.base import Batch
from tracker.sources.columns import DATES, Plan, Spec
from tracker.sources.dates import dater
from tracker.sources.identity import Identity, identify
from tracker.sources.numbers import counter
from tracker.sources.records import Record, raw_text
from tracker.sources.texts import (
    read_caption,
    read_language,
    read_name,
    read_toggle,
)
from tracker.sources.values import BLANKS, Bad, Memo, shown

if TYPE_CHECKING:
    import polars as pl

#: Columns of a batch's frame, in order; text but for those of NUMBERS.
FRAME = ("line", *COLUMNS)
NUMBERS = frozenset({"line", *DATES, *METRICS})

TEXT_READERS = {
    "caption": read_caption,
    "paid_partnership": read_toggle,
    "language": read_language,
}
_IDENTITY = ("platform", "post_id", "url")
_OTHERS = tuple(name for name in COLUMNS if name not in _IDENTITY)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings say of values.

    zone: of times that carry none. unknown: cells that mean "not known", as
    `unknown_words` makes them.
    """

    zone: ZoneInfo
    unknown: frozenset[str] = frozenset()


@dataclass
class Checker:
    """Checks the records of one payload; see `check`.

    label and seen_at are the payload's. dated counts rows that have no moment of
    their own and took seen_at.
    """

    plan: Plan
    rules: Rules
    label: str
    seen_at: int
    dated: int = 0
    _memos: dict[str, Memo] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._memos = {"identity": Memo(self._identify)}
        for name in _OTHERS:
            self._memos[name] = Memo(self._reader(self.plan.places[name].spec))

    def read(self, name: str, cell: str) -> Any:
        """The value of one cell of a canonical column, None if unknown, or a Bad.

        Nothing is remembered: for whoever reads each cell once.
        """
        return self._memos[name].read(cell)

    def identify(self, triple: tuple[str, str, str]) -> Identity | Bad:
        """Whose row this is, from its platform, post_id and url."""
        return self._identify(triple)

    def check(self, records: Sequence[Record]) -> Batch:
        """The batch of some records: each becomes a row, a reject or is ignored."""
        rejects: dict[int, Reject] = {}
        whole, blank = self._whole(records, rejects)
        cells = list(zip(*(record.fields or () for record in whole), strict=True))
        self._agree(whole, cells)
        values = self._values(cells, len(whole))
        self._sift(whole, values, rejects)
        kept = [i for i, record in enumerate(whole) if record.line not in rejects]
        if len(kept) < len(whole):
            values = {name: [v[i] for i in kept] for name, v in values.items()}
        values["line"] = [whole[i].line for i in kept]
        frame = make_frame(self._dated(values))
        bad = tuple(rejects[line] for line in sorted(rejects))
        return Batch(frame, bad, blank, header=self.plan.header)

    # -- shape --------------------------------------------------------------------

    def _whole(
        self, records: Iterable[Record], rejects: dict[int, Reject]
    ) -> tuple[list[Record], int]:
        """Records with as many cells as the header; how many were blank."""
        width, blank = self.plan.width, 0
        whole = []
        for record in records:
            fields = record.fields
            if fields is not None and not any(map(str.strip, fields)):
                blank += 1
            elif fields is not None and len(fields) == width:
                whole.append(record)
            else:
                rejects[record.line] = reject(record, "", *_shape(fields, width))
        return whole, blank

    def _agree(self, whole: Sequence[Record], cells: Sequence[Sequence[str]]) -> None:
        """A needed column that stands twice must say the same in every row."""
        for name, place in self.plan.places.items():
            for twin in place.twins if cells else ():
                assert place.index is not None
                for row, one, two in zip(
                    whole, cells[place.index], cells[twin], strict=True
                ):
                    if one.strip() != two.strip():
                        raise self._twice(name, row.line)

    def _twice(self, canonical: str, line: int) -> PayloadError:
        return PayloadError(
            "CSV_TWICE",
            f"{self.label}:{line}",
            f"column {shown(self.plan.name(canonical))} stands twice and differs here",
            todo="Rename one of the two",
            line=line,
        )

    # -- cells --------------------------------------------------------------------

    def _values(
        self, cells: Sequence[Sequence[str]], height: int
    ) -> dict[str, list[Any]]:
        """Each canonical column's values, a Bad where a cell is bad."""
        values = {name: self._column(name, cells, height) for name in _OTHERS}
        triples = zip(
            *(self._written(name, cells, height) for name in _IDENTITY), strict=True
        )
        identities = list(map(self._memos["identity"].__getitem__, triples))
        values["identity"] = identities
        return values

    def _column(
        self, name: str, cells: Sequence[Sequence[str]], height: int
    ) -> list[Any]:
        index = self.plan.places[name].index
        memo = self._memos[name]
        if index is None:
            return [memo[""]] * height
        return list(map(memo.__getitem__, cells[index])) if cells else []

    def _written(
        self, name: str, cells: Sequence[Sequence[str]], height: int
    ) -> Sequence[str]:
        index = self.plan.places[name].index
        return [""] * height if index is None or not cells else cells[index]

    def _reader(self, spec: Spec) -> Callable[[str], Any]:
        """Reads a cell: unknown words first, then its value, then the constant."""
        read = _read(spec, self.rules.zone)
        fallback = constant(spec, self.rules.zone)
        unknown = self.rules.unknown
        if fallback is None and not unknown:
            return read

        def value(cell: str) -> Any:
            if unknown and cell.strip(BLANKS).casefold() in unknown:
                return fallback
            found = read(cell)
            return fallback if found is None else found

        return value

    def _identify(self, triple: tuple[str, str, str]) -> Identity | Bad:
        written = [
            "" if cell.strip(BLANKS).casefold() in self.rules.unknown else cell
            for cell in triple
        ]
        for at, name in enumerate(_IDENTITY):
            value = self.plan.places[name].spec.value
            if value is not None and not written[at].strip(BLANKS):
                written[at] = value
        return identify(*written)

    # -- rows ---------------------------------------------------------------------

    def _sift(
        self,
        whole: Sequence[Record],
        values: dict[str, list[Any]],
        rejects: dict[int, Reject],
    ) -> None:
        """Note the leftmost bad cell of each row, then rows out of order."""
        leftmost: dict[int, int] = {}
        for name, memo in self._memos.items():
            for record, value in zip(
                whole, values[name] if memo.bad else (), strict=False
            ):
                if type(value) is Bad:
                    place = self._place(value.column or name)
                    if place < leftmost.get(record.line, place + 1):
                        leftmost[record.line] = place
                        rejects[record.line] = self._bad(record, name, value)
        for record, published, captured in zip(
            whole, values["published_at"], values["captured_at"], strict=True
        ):
            if published is not None and record.line not in rejects:
                at = self.seen_at if captured is None else captured
                if published > at and _before(at, published):
                    rejects[record.line] = self._early(record)
        self._split(values)

    def _place(self, canonical: str) -> int:
        """Where a column stands in the file; one that is not there is last."""
        index = self.plan.places[canonical].index
        return self.plan.width if index is None else index

    def _bad(self, record: Record, name: str, bad: Bad) -> Reject:
        canonical = bad.column or name
        return reject(record, self.plan.name(canonical), bad.code, bad.reason)

    def _early(self, record: Record) -> Reject:
        return reject(
            record,
            self.plan.name("captured_at"),
            "ROW_ORDER",
            "the reading was captured before the post was published",
        )

    @staticmethod
    def _split(values: dict[str, list[Any]]) -> None:
        """Identities to their three columns; those of bad rows are dropped later."""
        nothing = Identity("", "", None)
        sound = [nothing if type(i) is Bad else i for i in values.pop("identity")]
        values["platform"] = [one.platform for one in sound]
        values["post_id"] = [one.post_id for one in sound]
        values["url"] = [one.url for one in sound]

    def _dated(self, values: dict[str, list[Any]]) -> dict[str, list[Any]]:
        """Rows without a moment of their own take that of the payload."""
        captured = values["captured_at"]
        without = captured.count(None)
        if without:
            self.dated += without
            values["captured_at"] = [self.seen_at if c is None else c for c in captured]
        return values


def make_frame(values: dict[str, list[Any]]) -> pl.DataFrame:
    """The frame of a batch from lists by column; a missing column is unknown."""
    import polars as pl

    height = len(values["line"])
    return pl.DataFrame(
        [
            pl.Series(
                name,
                values.get(name) or [None] * height,
                dtype=pl.Int64 if name in NUMBERS else pl.String,
                strict=True,
            )
            for name in FRAME
        ]
    )


def reject(record: Record, column: str, code: str, reason: str) -> Reject:
    return Reject(record.line, column, code, reason, raw_text(record.text))


def unknown_words(words: Iterable[str]) -> frozenset[str]:
    """Words as cells are compared with them: trimmed, case does not count."""
    return frozenset(word.strip(BLANKS).casefold() for word in words)


def _shape(fields: list[str] | None, width: int) -> tuple[str, str]:
    if fields is None:
        return "ROW_QUOTE", "text follows a closing quote"
    return "ROW_COLUMNS", f"the row has {len(fields)} cells, the header {width}"


def _read(spec: Spec, zone: ZoneInfo) -> Callable[[str], Any]:
    if spec.canonical in METRICS:
        return counter(spec.number)
    if spec.canonical in DATES:
        return dater(spec.date, zone)
    return TEXT_READERS.get(spec.canonical, read_name)


def constant(spec: Spec, zone: ZoneInfo) -> Any:
    """The value of a constant: in the column's format, or in the default one."""
    return None if spec.value is None else _read(spec, zone)(spec.value)


def _before(captured: int, published: int) -> bool:
    """Is captured before published? Days are compared as days, with one to spare:
    the two may be written in different zones."""
    if is_day(captured) or is_day(published):
        return published // DAY > captured // DAY + 1
    return captured < published

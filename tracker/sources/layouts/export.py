"""An export of a platform: what it holds, read table by table.

Tables of posts become readings, tables of days audience. The two are never added to
each other, and what a post gained on a day is no running total and not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from tracker.errors import PayloadError
from tracker.model import COLUMNS, Reject
from tracker.sources.base import Batch, Payload
from tracker.sources.columns import Spec, header_name
from tracker.sources.layouts.catalog import first_names, match, nearest
from tracker.sources.layouts.days import Days, audience
from tracker.sources.layouts.layout import Grain, Span, is_total, key
from tracker.sources.layouts.pieces import LEAST, Piece, read_pieces
from tracker.sources.layouts.posts import Frame, Posts
from tracker.sources.layouts.rows import Rows
from tracker.sources.layouts.tables import Found, Table, find_tables
from tracker.sources.layouts.tidings import Tidings
from tracker.sources.records import Record
from tracker.sources.rows import Rules, make_frame
from tracker.sources.values import shown

#: How far a total and the sum of its days may lie apart: platforms round.
_NEAR = 0.005


@dataclass(frozen=True, slots=True)
class Setup:
    """What the settings say of exports.

    family: the layout that is named, None: to be found out. whole: whatever days
    an export covers, they reach back before every post.
    """

    specs: Mapping[str, Spec]
    rules: Rules
    family: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    whole: bool = False

    @property
    def handle(self) -> str:
        said = self.specs.get("handle")
        return (said.value if said else None) or ""


def parse(
    payload: Payload, setup: Setup, refused: PayloadError | None = None
) -> Iterator[Batch]:
    """The batches of an export.

    PayloadError LAYOUT when no table of it is known (or refused, when it comes
    nearer to what that error is about), ALL_ZERO when it counts nothing at all.
    """
    return _Export(payload, setup, refused).batches()


def reread(
    header: Sequence[str], records: Sequence[Record], seen_at: int, setup: Setup
) -> Batch | None:
    """Rejected rows of a table of posts, read again; None: no such table is known."""
    found = match(header, setup.family, "")
    if found is None or found.layout.grain is not Grain.POST:
        return None
    frame = Frame(setup.specs, setup.rules, "quarantine", seen_at)
    batches = list(Posts(found, frame).batches(records))
    return batches[0] if batches else None


@dataclass
class _Export:
    payload: Payload
    setup: Setup
    refused: PayloadError | None = None
    tidings: Tidings = field(init=False)
    spans: dict[str, list[Days]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tidings = Tidings(self.payload.label)

    def batches(self) -> Iterator[Batch]:
        pieces = self._pieces()
        found = self._find(pieces)
        tables = [table for one in found for table in one.tables]
        if not tables:
            raise self._unknown(pieces, found)
        self.tidings.tables(tables, self._unread(pieces, found))
        ignored = sum(one.ignored for one in found)
        yield Batch(make_frame({"line": []}), ignored=ignored)
        yield from self._days([t for t in tables if t.match.layout.grain is Grain.DAY])
        posts = [t for t in tables if t.match.layout.grain is Grain.POST]
        yield from self._posts(posts)
        yield self._rest([t for t in tables if t not in posts])

    # -- finding ----------------------------------------------------------------------

    def _pieces(self) -> list[Piece]:
        setup = self.setup
        return read_pieces(self.payload, setup.encoding, setup.delimiter, self._fit)

    def _fit(self, records: Sequence[Record]) -> int:
        """How many columns of a layout a header among these records has."""
        family, context = self.setup.family, key(self.payload.label)
        found = find_tables(Piece("", records), family, context)
        if found.tables:
            return 1000 + max(table.match.count for table in found.tables)
        names = first_names(family)
        cells = found.best.fields if found.best else None
        return sum(key(cell[:80]) in names for cell in cells or ())

    def _find(self, pieces: Sequence[Piece]) -> list[Found]:
        """Tables of all pieces; those that are known tell of whom the others are."""
        family = self.setup.family
        label = key(self.payload.label)
        said = [find_tables(p, family, f"{label} {key(p.name)}") for p in pieces]
        families = {table.match.layout.family for one in said for table in one.tables}
        if len(families) != 1 or len(pieces) == 1:
            return said
        context = f"{label} family:{families.pop()}"
        return [find_tables(p, family, f"{context} {key(p.name)}") for p in pieces]

    @staticmethod
    def _unread(pieces: Sequence[Piece], found: Sequence[Found]) -> list[str]:
        """Titles of unknown tables, and names of pieces that hold no other."""
        names = [name for one in found for name in one.unknown]
        pairs = zip(pieces, found, strict=True)
        return names + [piece.name for piece, one in pairs if not one.tables]

    def _unknown(self, pieces: Sequence[Piece], found: Sequence[Found]) -> PayloadError:
        heads = [one.best for one in found if one.best is not None]
        heads = heads or [record for piece in pieces for record in piece.records[:1]]
        cells = [cell for head in heads for cell in head.fields or ()]
        near = nearest(cells, self.setup.family)[:3]
        canonical = sum(header_name(cell) in COLUMNS for cell in cells)
        plain = self.refused is not None and self.refused.code == "CSV_HEADER"
        if self.refused and plain and near[0].count < max(canonical, LEAST):
            return self.refused
        said = ", ".join(shown(cell) for cell in cells[:12] if cell.strip())
        lacks = "; ".join(
            f"of {one.layout.family} ({one.layout.table}) it lacks "
            f"{', '.join(one.lacks) or 'a name or title that tells it'}"
            for one in near
        )
        return PayloadError(
            "LAYOUT",
            self.payload.label,
            "it holds no table of an export that is known. It has "
            f"{said or 'no header'}. Nearest: {lacks}",
            todo="Export it again as docs/exports.md says, or declare its columns",
            rows=max(sum(len(piece.records) for piece in pieces) - 1, 0),
        )

    # -- days -----------------------------------------------------------------------

    def _days(self, tables: Sequence[Table]) -> Iterator[Batch]:
        for table in tables:
            layout, rows = table.match.layout, Rows(table)
            days = Days(table, self.setup.handle, self._anchor())
            days.span = layout.span(table.above, self.payload.label)
            days.read(rows)
            self.spans.setdefault(layout.family, []).append(days)
            self.tidings.days(days)
            ignored = rows.ignored + days.broken_down
            yield Batch(
                make_frame({"line": []}),
                () if days.broken_down else _told(rows.rejects, table),
                ignored,
                audience=audience(days.figures),
            )

    def _anchor(self) -> int:
        """What days without a year lie before."""
        return self.payload.seen_at

    # -- posts ------------------------------------------------------------------------

    def _posts(self, tables: Sequence[Table]) -> Iterator[Batch]:
        every: list[Posts] = []
        for table in tables:
            rows = Rows(table)
            posts = Posts(table.match, self._frame(table))
            every.append(posts)
            for batch in posts.batches(rows):
                yield replace(batch, rejects=_told(batch.rejects, table))
            yield Batch(
                make_frame({"line": []}),
                _told(rows.rejects, table),
                rows.ignored + posts.by_day,
                header=table.match.header,
            )
            self.tidings.posts(table, posts)
        if sum(p.known for p in every) and not sum(p.sum for p in every):
            raise self._all_zero(sum(p.rows for p in every))

    def _frame(self, table: Table) -> Frame:
        setup, layout = self.setup, table.match.layout
        span = layout.span(table.above, self.payload.label) or self._proven(table)
        return Frame(
            setup.specs,
            setup.rules,
            self.payload.label,
            self.payload.seen_at,
            span,
            setup.whole,
        )

    def _proven(self, table: Table) -> Span | None:
        """The days of a table beside it whose figures add up to this table's total.

        Then all that the table counts was counted on these days.
        """
        if table.match.layout.lasting:
            return None
        for days in self.spans.get(table.match.layout.family, ()):
            for name, total in _totals(table).items():
                told = _sum(days, name)
                if days.days and told and abs(told - total) <= _NEAR * abs(total):
                    first, last = min(days.days), max(days.days)
                    return Span(date.fromisoformat(first), date.fromisoformat(last))
        return None

    def _all_zero(self, rows: int) -> PayloadError:
        return PayloadError(
            "ALL_ZERO",
            self.payload.label,
            "every count of every post in it is 0, as in exports that went wrong",
            "Not believed: nothing of it is stored, what was known before stands",
            "Export it again; if it is true, enter it as a file of canonical columns",
            rows=rows,
        )

    # -- the rest ---------------------------------------------------------------------

    def _rest(self, tables: Sequence[Table]) -> Batch:
        """What is known and not kept, and what should be said of it all."""
        aside = (Grain.POST_DAY, Grain.ASIDE)
        passed = [t for t in tables if t.match.layout.grain in aside]
        self.tidings.aside(passed)
        ignored = sum(len(table.records) for table in passed)
        nothing = make_frame({"line": []})
        return Batch(nothing, ignored=ignored, notices=tuple(self.tidings.said()))


def _told(rejects: Iterable[Reject], table: Table) -> tuple[Reject, ...]:
    """Rejects of a sheet or of a file in an archive, with their line in that."""
    name = table.piece.name
    if not name:
        return tuple(rejects)
    return tuple(
        replace(r, reason=f"{r.reason} (line {r.line - table.shift} of {name})")
        for r in rejects
    )


def _totals(table: Table) -> dict[str, float]:
    """The figures of a table's own row of totals, by name of column."""
    for record in table.records[:2] + table.records[-2:]:
        cells = record.fields or []
        if cells and is_total(cells[0]) and len(cells) == len(table.match.header):
            named = zip(table.match.header, cells, strict=True)
            return {key(n): v for n, c in named if (v := _number(c)) is not None}
    return {}


def _sum(days: Days, name: str) -> float:
    """The sum of a column of a table of days, whatever it counts."""
    header = [key(one) for one in days.table.match.header]
    if name not in header:
        return 0.0
    at = header.index(name)
    cells = [
        r.fields[at] for r in days.table.records if r.fields and len(r.fields) > at
    ]
    return sum(value for c in cells if (value := _number(c)) is not None)


def _number(cell: str) -> float | None:
    try:
        return float(cell.replace("\u202f", "").replace("\u00a0", ""))
    except ValueError:
        return None

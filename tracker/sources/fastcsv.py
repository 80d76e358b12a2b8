"""The fast lane: blocks of plain rows, read column by column.

A row is plain when its line has the header's number of delimiters and no quote.
Counts of ASCII digits and moments such as 2026-01-31T18:00:00Z are read here; what
is said of posts is read once a post, by the row checker; every other row goes to
the row checker whole. So both lanes accept the same rows, and this one only ever
decides what is beyond doubt.

From the first block that is not made of whole lines (a record over several lines,
odd line breaks, bytes that are no UTF-8) the row checker reads the rest.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from tracker.errors import PayloadError
from tracker.model import COLUMNS, METRICS, MOST
from tracker.sources.base import Batch, Payload
from tracker.sources.content import open_content
from tracker.sources.dates import LATEST
from tracker.sources.dialect import Table
from tracker.sources.encoding import read_lines
from tracker.sources.records import MOST_SIGNS, read_records
from tracker.sources.rows import FRAME, NUMBERS, Checker
from tracker.sources.values import Bad

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

#: Bytes read at once; larger blocks cost memory and gain nothing (measured).
BLOCK = 8 << 20
#: Records in a batch of the rest, when it is left to the row checker.
BATCH = 50_000
#: What is said of a post: the same in all its rows, so read once.
STATIC = (
    "platform",
    "post_id",
    "url",
    "handle",
    "caption",
    "kind",
    "paid_partnership",
    "language",
    "published_at",
)
IDENTITY = ("platform", "post_id", "url")
MOMENT = "%Y-%m-%dT%H:%M:%SZ"
#: The reader of blocks would drop it at a block's beginning.
_MARK = b"\xef\xbb\xbf"
#: Posts remembered from block to block.
MOST_POSTS = 500_000


def usable(table: Table, checker: Checker, *, footer: object) -> bool:
    """Can plain rows of this file be told at sight?"""
    places = checker.plan.places
    counted = [places[name] for name in (*METRICS, "captured_at")]
    return (
        table.offset is not None
        and not footer
        and not checker.rules.unknown
        and all(p.plain and p.spec.value is None for p in counted)
        and not any(place.twins for place in places.values())
    )


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a file. first: physical line of the first one; starts, ends:
    where each line begins and its line break stands."""

    data: bytes
    first: int
    starts: Ints
    ends: Ints

    def line(self, n: int) -> str:
        return self.data[self.starts[n] : self.ends[n] + 1].decode()


def batches(payload: Payload, table: Table, checker: Checker) -> Iterator[Batch]:
    """All rows after the header, in batches."""
    lane = Lane(checker, table.delimiter)
    with open_content(payload) as stream:
        stream.read(table.offset or 0)
        line, rest = table.first_line, b""
        while data := rest + stream.read(BLOCK):
            cut = data.rfind(b"\n") + 1
            if not cut and len(data) > len(rest):
                rest = data
                continue
            whole = data[:cut] if cut else data + b"\n"
            rest = data[cut:] if cut else b""
            block = _block(whole, line)
            batch = _understood(lane, block)
            if block is None or batch is None:
                yield from _slowly(payload, table, checker, whole + rest, stream, line)
                return
            yield batch
            line += len(block.starts)


def _understood(lane: Lane, block: Block | None) -> Batch | None:
    """The batch of a block; None when it is not made of whole records."""
    if block is None or not lane.understands(block):
        return None
    try:
        return lane.read(block)
    except PayloadError:  # a record goes on beyond its line: not for this lane
        return None


def _slowly(
    payload: Payload,
    table: Table,
    checker: Checker,
    begun: bytes,
    stream: io.BufferedReader,
    line: int,
) -> Iterator[Batch]:
    """The rest of the file, record by record."""
    from itertools import chain, islice

    rest = io.BufferedReader(_Chained(begun, stream))
    head = io.TextIOWrapper(rest, table.encoding, "strict", newline="")
    lines = read_lines(head, payload, table.encoding, line)
    records = read_records(lines, table.delimiter, line, payload.label)
    while some := list(islice(chain(records), BATCH)):
        yield checker.check(some)


class _Chained(io.RawIOBase):
    """Bytes already read, and then the stream they were read from."""

    def __init__(self, begun: bytes, stream: io.BufferedReader) -> None:
        self._begun, self._stream = io.BytesIO(begun), stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._begun.read(len(buffer)) or self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _block(data: bytes, first: int) -> Block | None:
    """Lines of a block; None when it has line breaks other than LF or CRLF."""
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        return None
    signs = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(signs == 10)
    starts = np.r_[0, ends[:-1] + 1]
    if len(ends) and (ends - starts).max() >= MOST_SIGNS:
        return None
    return Block(data, first, starts, ends)


class Lane:
    """Reads blocks of one file."""

    def __init__(self, checker: Checker, delimiter: str) -> None:
        self.checker, self.delimiter = checker, delimiter.encode()
        places = checker.plan.places
        self.used = {n: p.index for n, p in places.items() if p.index is not None}
        self.static = [name for name in STATIC if name in self.used]
        self.metrics = [name for name in METRICS if name in self.used]
        self.names = [f"c{n}" for n in range(checker.plan.width)]
        self._posts = pl.DataFrame()

    def understands(self, block: Block) -> bool:
        """Is every line a record of its own, in UTF-8?"""
        data = block.data
        if b"\0" in data:
            return False
        if not data.isascii() and (_MARK in data or not _is_utf8(data)):
            return False
        if b'"' not in data:
            return True
        return not (self._count(block, b'"') % 2).any()

    @staticmethod
    def _count(block: Block, sign: bytes) -> Ints:
        """How often a sign stands in each line."""
        found = np.flatnonzero(np.frombuffer(block.data, np.uint8) == sign[0])
        counts = np.searchsorted(found, block.ends)
        return np.diff(counts, prepend=0).astype(np.int64)

    def read(self, block: Block) -> Batch:
        """One batch of a block that is understood."""
        plain = np.ones(len(block.starts), bool)
        cells = self._all_cells(block)
        if cells is None:
            plain = self._plain(block)
            cells = self._cells(_joined(block, plain))
        lines = np.flatnonzero(plain)
        sound, sure = self._frame(cells, lines + block.first)
        doubtful = np.r_[np.flatnonzero(~plain), lines[~sure]]
        doubtful.sort()
        return self._with_rest(block, sound, doubtful)

    def _with_rest(self, block: Block, sound: Batch, doubtful: Ints) -> Batch:
        """The batch, with the rows that the row checker reads."""
        records = [
            record
            for n in doubtful.tolist()
            for record in read_records(
                [block.line(n)],
                self.delimiter.decode(),
                block.first + n,
                self.checker.label,
            )
        ]
        if not records:
            return sound
        rest = self.checker.check(records)
        assert sound.posts is not None and sound.whose is not None
        alone = len(sound.posts) + np.arange(rest.frame.height)
        return Batch(
            pl.concat([sound.frame, rest.frame]),
            rest.rejects,
            rest.ignored,
            header=rest.header,
            posts=pl.concat([sound.posts, rest.frame.select(sound.posts.columns)]),
            whose=np.r_[sound.whose, alone],
        )

    # -- plain rows -----------------------------------------------------------------

    def _plain(self, block: Block) -> NDArray[np.bool_]:
        """Marks of plain lines."""
        wanted = self.checker.plan.width - 1
        plain: NDArray[np.bool_] = self._count(block, self.delimiter) == wanted
        if b'"' in block.data:
            plain &= self._count(block, b'"') == 0
        return plain

    def _all_cells(self, block: Block) -> pl.DataFrame | None:
        """The cells of a block in which every line is plain; None: it may not be so.

        When the block has as many delimiters as all its lines together should, and
        no line has more than its share (which the reader refuses), each has its own.
        """
        many = len(block.starts) * (self.checker.plan.width - 1)
        if not many or b'"' in block.data:
            return None
        if block.data.count(self.delimiter) != many:
            return None
        try:
            cells = self._cells(block.data.replace(b"\r\n", b"\n"))
        except pl.exceptions.ComputeError:
            return None
        return cells if len(cells) == len(block.starts) else None

    def _cells(self, data: bytes) -> pl.DataFrame:
        """The cells of plain lines, by canonical name."""
        if not data:
            return pl.DataFrame(schema=dict.fromkeys(self.used, pl.String))
        return pl.read_csv(
            data,
            has_header=False,
            separator=self.delimiter.decode(),
            quote_char=None,
            schema=dict.fromkeys(self.names, pl.String),
        ).select(**{name: self.names[at] for name, at in self.used.items()})

    def _frame(
        self, cells: pl.DataFrame, line: Ints
    ) -> tuple[Batch, NDArray[np.bool_]]:
        """The rows of plain lines that are beyond doubt, and marks of them."""
        if not len(line):
            return _no_rows(self.checker.plan.header), np.zeros(0, bool)
        counts, sound = self._counts(cells)
        captured, dated = self._captured(cells)
        posts, whose = self._described(cells)
        published = posts["published_at"].fill_null(_LONG_AGO).to_numpy()[whose]
        early = published > captured.to_numpy()
        sure = sound & posts["sure"].to_numpy()[whose] & dated & ~early
        if "captured_at" not in self.used:
            self.checker.dated += int(sure.sum())
        if not sure.all():  # what only doubtful rows say is said by nobody here
            used, whose = np.unique(whose[sure], return_inverse=True)
            posts = posts[used]
        posts = posts.drop("sure")
        frame = counts.with_columns(line=pl.Series(line), captured_at=captured)
        frame = frame.filter(pl.Series(sure)).hstack(posts[whose])
        missing = [name for name in FRAME if name not in frame.columns]
        frame = frame.with_columns(
            pl.lit(None, _SCHEMA[name]).alias(name) for name in missing
        ).select(FRAME)
        header = self.checker.plan.header
        return Batch(frame, header=header, posts=posts, whose=whose), sure

    def _counts(self, cells: pl.DataFrame) -> tuple[pl.DataFrame, NDArray[np.bool_]]:
        """Metrics as whole numbers; a blank cell is unknown, all else in doubt."""
        number = {n: pl.col(n).cast(pl.Int64, strict=False) for n in self.metrics}
        fits = (
            (value.is_between(0, MOST) & _unsigned(n)).fill_null(False)
            | pl.col(n).is_null()
            for n, value in number.items()
        )
        found = cells.select(**number, sound=pl.all_horizontal(fits))
        return found.drop("sound"), found["sound"].to_numpy()

    def _captured(self, cells: pl.DataFrame) -> tuple[pl.Series, NDArray[np.bool_]]:
        """Instants; certain where the text is what the instant is written as."""
        if "captured_at" not in self.used:
            at = pl.repeat(self.checker.seen_at, len(cells), dtype=pl.Int64, eager=True)
            return at, np.ones(len(cells), bool)
        text = pl.col("captured_at")
        moment = text.str.to_datetime(MOMENT, strict=False, time_unit="ms")
        found = cells.select(
            at=moment.dt.epoch("ms").fill_null(0),
            certain=(moment.dt.strftime(MOMENT) == text).fill_null(False),
        )
        ms = found["at"].to_numpy()
        return found["at"], found["certain"].to_numpy() & (ms >= 0) & (ms < LATEST)

    # -- what is said of posts --------------------------------------------------------

    def _described(self, cells: pl.DataFrame) -> tuple[pl.DataFrame, Ints]:
        """What is said of posts, each saying once and read by the row checker (sure:
        no cell of it is bad), and the number of each row's saying.

        Sayings are told apart by a hash of 64 bits. That two share one is as good
        as impossible, and still looked for.
        """
        said = cells.select(self.static)
        marks, first, whose = np.unique(
            said.hash_rows(seed=1).to_numpy(), return_index=True, return_inverse=True
        )
        here = said[first].with_columns(mark=pl.Series(marks))
        if not here.drop("mark")[whose].equals(said):
            here, whose = said.with_columns(mark=pl.lit(None)), np.arange(len(said))
        return self._read(here), whose

    def _read(self, here: pl.DataFrame) -> pl.DataFrame:
        """Sayings as values; those of earlier blocks are remembered by their mark."""
        wanted = [*(f"read_{name}" for name in STATIC), "sure"]
        if len(self._posts) > MOST_POSTS or not len(self._posts):
            self._posts = self._read_posts(here)
        else:
            new = here.join(self._posts, on="mark", how="anti")
            self._posts = pl.concat([self._posts, self._read_posts(new)])
        found = here.select("mark").join(
            self._posts, on="mark", how="left", maintain_order="left"
        )
        here_as_text = here.select(pl.col(self.static).fill_null(""))
        if not found.select(self.static).equals(here_as_text):
            found = self._read_posts(here)
        return found.select(wanted).rename(lambda name: name.removeprefix("read_"))

    def _read_posts(self, here: pl.DataFrame) -> pl.DataFrame:
        """Read each different description once."""
        checker = self.checker
        written = {
            name: here[name].fill_null("").to_list()
            if name in self.used
            else [""] * len(here)
            for name in STATIC
        }
        read: dict[str, list[Any]] = {
            name: [checker.read(name, cell) for cell in written[name]]
            for name in STATIC
            if name not in IDENTITY
        }
        whose = [
            checker.identify(triple)
            for triple in zip(*(written[name] for name in IDENTITY), strict=True)
        ]
        for name in IDENTITY:
            read[name] = [i if type(i) is Bad else getattr(i, name) for i in whose]
        sure = [
            all(type(read[name][n]) is not Bad for name in STATIC)
            for n in range(len(here))
        ]
        columns = {
            f"read_{name}": pl.Series(
                [None if type(v) is Bad else v for v in read[name]], dtype=_SCHEMA[name]
            )
            for name in STATIC
        }
        # Text taken over from `here` would keep the whole block in memory that it is
        # a view of; made anew, it is as large as it is.
        texts = {
            name: pl.Series(written[name], dtype=pl.String) for name in self.static
        }
        return pl.DataFrame(
            {"mark": here["mark"], **texts, **columns, "sure": pl.Series(sure)},
            schema_overrides={"sure": pl.Boolean},
        )


def _unsigned(name: str) -> pl.Expr:
    """Text that is read as a number has its sign, if any, in front."""
    text = pl.col(name).str
    return ~(text.starts_with("-") | text.starts_with("+"))


_SCHEMA: dict[str, Any] = {
    name: pl.Int64 if name in NUMBERS else pl.String for name in ("line", *COLUMNS)
}
_LONG_AGO = -(2**62)


def _no_rows(header: tuple[str, ...]) -> Batch:
    frame = pl.DataFrame(schema={name: _SCHEMA[name] for name in FRAME})
    return Batch(
        frame, header=header, posts=frame.select(STATIC), whose=np.empty(0, np.int64)
    )


def _joined(block: Block, plain: NDArray[np.bool_]) -> bytes:
    """The plain lines alone, with LF."""
    data = block.data
    if not plain.all():
        edges = np.flatnonzero(np.diff(np.r_[False, plain, False].astype(np.int8)))
        runs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
        data = b"".join(data[block.starts[a] : block.ends[b - 1] + 1] for a, b in runs)
    return data.replace(b"\r\n", b"\n") if b"\r" in data else data


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True

"""The csv kind: files of a drop folder, read by rules that guess nothing.

Files of canonical or declared columns are read here; what has neither may be an
export of a platform, which `layouts/export.py` reads by the same rules of rows.

Every record of a file ends as a row of a batch, as a reject with its line and
reason, or (titles, footers and blank records) ignored. Damage that makes it
doubtful where rows begin and end refuses the whole file.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from tracker.errors import PayloadError
from tracker.model import Reject
from tracker.sources.base import Batch, Payload, Policy, Surroundings
from tracker.sources.columns import make_plan, missing
from tracker.sources.content import open_payload
from tracker.sources.dialect import DELIMITERS, Table, count_rows, open_table
from tracker.sources.files import Listing, find_files, is_settled
from tracker.sources.layouts.pieces import MOST_BYTES, is_packed
from tracker.sources.layouts.tidings import undated
from tracker.sources.options import OPTIONS, Options, read_options
from tracker.sources.records import Record, is_cut, read_records
from tracker.sources.rows import Checker, make_frame

if TYPE_CHECKING:
    from tracker.sources.layouts.export import Setup

__all__ = ["OPTIONS", "CsvSource", "factory"]

#: Records in one batch. More would be no quicker: the garbage collector walks them.
BATCH = 16_384
#: Bytes from which the fast lane pays.
FAST_FROM = 1 << 20
#: Files with fewer rows are never refused for the share of bad ones.
FEW_ROWS = 100


def factory(
    name: str, options: Mapping[str, Any], surroundings: Surroundings
) -> CsvSource:
    """A csv source; ConfigError names every problem of its settings."""
    return CsvSource(name, read_options(name, options, surroundings), surroundings.home)


class CsvSource:
    """Reads CSV files by one block of settings. See sources/base.py."""

    kind = "csv"

    def __init__(self, name: str, options: Options, home: str) -> None:
        self.name = name
        self.options = options
        self.home = home
        self.policy = Policy(provenance=options.provenance, reads_files=True)
        self.fingerprint = options.fingerprint
        #: What the last look at the folder found besides files, for a person.
        self.notices: tuple[str, ...] = ()

    # -- looking ------------------------------------------------------------------

    def look(self) -> Listing:
        """The files that are there now, in order, and notices about what is none."""
        return find_files(self.home, self.options.path, self.options.names)

    def fetch(self, bookmark: str | None = None) -> Iterator[Payload]:
        """Every file, each time: the ledger of stamps knows which are new."""
        listing = self.look()
        self.notices = tuple(listing.notices)
        yield from listing.payloads

    def settled(self, payload: Payload, now: int) -> bool:
        """Has everybody finished writing it?"""
        return is_settled(payload, now, self.options.settle)

    # -- reading ------------------------------------------------------------------

    def describe(self, payload: Payload) -> Table:
        """How a file is read: encoding, delimiter, columns used and unused."""
        with open_table(payload, self.options.declared) as (table, _):
            return table

    def checker(self, payload: Payload, table: Table) -> Checker:
        """The row checker for one payload."""
        return Checker(table.plan, self.options.rules, payload.label, payload.seen_at)

    def parse(self, payload: Payload) -> Iterator[Batch]:
        """The rows of a file; PayloadError, whose rows are all of it, refuses it."""
        try:
            yield from self._parse(payload)
        except PayloadError as error:
            error.rows = error.rows or count_rows(payload, self.options.declared)
            raise

    def _parse(self, payload: Payload) -> Iterator[Batch]:
        with ExitStack() as stack:
            if self.options.family:
                yield from self._export(payload)
                return
            declared = self.options.declared
            try:
                table, lines = stack.enter_context(open_table(payload, declared))
            except PayloadError as error:
                if not self._may_be_export(payload, error):
                    raise
                stack.close()
                yield from self._export(payload, error)
                return
            yield from self._rows(payload, table, lines)

    def _rows(
        self, payload: Payload, table: Table, lines: Iterator[str]
    ) -> Iterator[Batch]:
        """The batches of a file of canonical or declared columns."""
        yield _opening(table)
        checker = self.checker(payload, table)
        yield from self._judged(payload, self._batches(payload, table, checker, lines))
        if checker.dated:
            yield _closing(table, checker)

    def _judged(self, payload: Payload, batches: Iterator[Batch]) -> Iterator[Batch]:
        rows = bad = 0
        for batch in batches:
            rows, bad = rows + batch.rows, bad + len(batch.rejects)
            yield batch
        self.judge(payload, rows, bad)

    def _batches(
        self, payload: Payload, table: Table, checker: Checker, lines: Iterator[str]
    ) -> Iterator[Batch]:
        """By the fast lane where plain rows can be told at sight."""
        if table.offset is not None and _is_large(payload):
            from tracker.sources import fastcsv

            if fastcsv.usable(table, checker, footer=self.options.footer):
                return fastcsv.batches(payload, table, checker)
        records = read_records(lines, table.delimiter, table.first_line, payload.label)
        return self._checked(checker, records)

    def _checked(self, checker: Checker, records: Iterator[Record]) -> Iterator[Batch]:
        """Batches of the records without the declared footer."""
        footer = _Footer(self.options.footer)
        kept = footer.without(records)
        while chunk := list(islice(kept, BATCH)):
            yield checker.check(chunk)
        if footer.count:
            yield Batch(make_frame({"line": []}), ignored=footer.count)

    # -- exports --------------------------------------------------------------------

    def _may_be_export(self, payload: Payload, error: PayloadError) -> bool:
        """Might a layout know what the canonical columns do not?"""
        if not self.options.recognise:
            return False
        if error.code == "FILE_FORMAT":
            return is_packed(payload)
        return error.code == "CSV_HEADER" and _size(payload) <= MOST_BYTES

    def _export(
        self, payload: Payload, refused: PayloadError | None = None
    ) -> Iterator[Batch]:
        """refused: why it is no file of canonical columns, said when it comes
        nearer to these than to any export."""
        from tracker.sources.layouts.export import parse

        yield from self._judged(payload, parse(payload, self._setup(), refused))

    def _setup(self) -> Setup:
        from tracker.sources.layouts.export import Setup

        said, options = self.options.declared, self.options
        return Setup(
            said.specs,
            options.rules,
            options.family,
            said.encoding,
            said.delimiter,
            options.whole,
        )

    def judge(self, payload: Payload, rows: int, bad: int) -> None:
        """Refuse a file of which too many rows are bad: it is not what it seems."""
        limit = self.options.reject_limit
        if rows < FEW_ROWS or bad <= rows * limit:
            return
        raise PayloadError(
            "TOO_MANY_BAD",
            payload.label,
            f"{bad} of {rows} rows are bad, more than {limit:.0%}",
            todo="Check the source's settings against the file, or set reject_limit",
            rows=rows,
        )

    # -- reading again ------------------------------------------------------------

    def reparse(
        self,
        header: Sequence[str],
        raws: Iterable[tuple[int, str]],
        seen_at: int,
        delimiter: str | None = None,
    ) -> Batch:
        """Read records of a quarantine again, by the settings as they are now.

        header: what the file's columns were called. raws: line and text of each
        record. delimiter: the file's, if it is known.
        """
        known = delimiter or self.options.declared.delimiter
        split = [_split(line, raw, len(header), known) for line, raw in raws]
        batch = self._again(
            header, [one for one in split if isinstance(one, Record)], seen_at
        )
        lost = [one for one in split if isinstance(one, Reject)]
        rejects = sorted([*batch.rejects, *lost], key=lambda reject: reject.line)
        return replace(batch, rejects=tuple(rejects))

    def _again(
        self, header: Sequence[str], records: Sequence[Record], seen_at: int
    ) -> Batch:
        """By canonical or declared columns, or by the layout that they came by."""
        plan = make_plan([*header], self.options.declared.specs)
        if missing(plan) and (self.options.family or self.options.recognise):
            from tracker.sources.layouts.export import reread

            if batch := reread(header, records, seen_at, self._setup()):
                return batch
        checker = Checker(plan, self.options.rules, "quarantine", seen_at)
        return checker.check(records)


def _is_large(payload: Payload) -> bool:
    """Worth more than one look: below this the row checker is as quick."""
    packed = payload.path is not None and payload.path.endswith(".gz")
    return packed or _size(payload) > FAST_FROM


def _size(payload: Payload) -> int:
    """How many bytes it has, packed as it may be."""
    if payload.path is None:
        return len(payload.body or b"")
    with open_payload(payload) as stream:
        return os.fstat(stream.fileno()).st_size


class _Footer:
    """Takes declared footers out of a file's records and counts them.

    declared: how many records at the end, or a pattern of their first line.
    """

    def __init__(self, declared: re.Pattern[str] | int) -> None:
        self.declared = declared
        self.count = 0

    def without(self, records: Iterator[Record]) -> Iterator[Record]:
        if not self.declared:
            return records
        if isinstance(self.declared, int):
            return self._without_last(records, self.declared)
        return self._without_matches(records, self.declared)

    def _without_last(self, records: Iterator[Record], last: int) -> Iterator[Record]:
        held: deque[Record] = deque()
        for record in records:
            held.append(record)
            if len(held) > last:
                yield held.popleft()
        self.count += len(held)

    def _without_matches(
        self, records: Iterator[Record], pattern: re.Pattern[str]
    ) -> Iterator[Record]:
        for record in records:
            if pattern.match(record.text):
                self.count += 1
            else:
                yield record


def _opening(table: Table) -> Batch:
    """An empty batch that tells what was found out before the first row."""
    nothing = make_frame({"line": []})
    return Batch(nothing, (), table.ignored, table.notices, table.plan.header)


def _closing(table: Table, checker: Checker) -> Batch:
    """An empty batch that tells what is known only after the last row."""
    said = f"notice[ROW_UNDATED] {checker.label}: {undated(checker.dated)}"
    nothing = make_frame({"line": []})
    return Batch(nothing, notices=(said,), header=table.plan.header)


def _split(line: int, raw: str, width: int, delimiter: str | None) -> Record | Reject:
    """One record from its text; a Reject when it cannot be told how it was split."""
    if is_cut(raw):
        why = "only the first 4 KiB of the row were kept; read its file again"
        return Reject(line, "", "ROW_CUT", why, raw)
    records = [_record(line, raw, sign) for sign in delimiter or DELIMITERS]
    fitting = [one for one in records if one.fields and len(one.fields) == width]
    if len(fitting) > 1:
        why = "the row can be split by more than one delimiter; declare it"
        return Reject(line, "", "ROW_COLUMNS", why, raw)
    return fitting[0] if fitting else records[0]


def _record(line: int, raw: str, delimiter: str) -> Record:
    lines = list(io.StringIO(raw, newline=""))
    try:
        found = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return Record(line, None, raw)
    return Record(line, list(chain(*found)) if len(found) == 1 else None, raw)

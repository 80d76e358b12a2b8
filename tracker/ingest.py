"""One run of one source: fetch, parse, keep. Order, and nothing else.

What was kept before a failure stays kept: each payload is a transaction of its
own. Sources are fenced, and only sources: whatever else escapes from one becomes
an error that says it is a bug of that source, and the other sources go on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from tracker.errors import (
    PayloadError,
    PermanentSourceError,
    SourceError,
    TrackerError,
    TransientSourceError,
)
from tracker.model import Outcome, RunReport, Tally

if TYPE_CHECKING:
    from tracker.sources.base import Batch, Payload, Source

log = logging.getLogger(__name__)

#: A file that changed while it was read is no bad file: it is looked at again.
LATER = frozenset({"FILE_CHANGED", "FILE_GONE"})


class Kept(Protocol):
    """A payload that is known already."""

    @property
    def rows(self) -> int: ...
    @property
    def label(self) -> str: ...
    @property
    def error(self) -> str | None: ...
    @property
    def suppressed(self) -> int: ...


class Keeper(Protocol):
    """What a run needs of the store; `desk` says for which run."""

    def seen(self, desk: Any, payload: Payload) -> Kept | None: ...
    def keep(self, desk: Any, payload: Payload, batches: Iterable[Batch]) -> Tally: ...
    def refuse(self, desk: Any, payload: Payload, error: PayloadError) -> Tally: ...


@dataclass
class _Sheet:
    """What a run has done so far."""

    source: str
    payloads: int = 0
    kept: int = 0
    tally: Tally = field(default_factory=Tally)
    errors: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    ended: SourceError | None = None

    @property
    def retry_at(self) -> int | None:
        return getattr(self.ended, "retry_at", None)

    def report(self) -> RunReport:
        return RunReport(
            self.source,
            self._outcome(),
            self.payloads,
            self.tally,
            "\n".join(self.errors) or None,
            tuple(self.notices),
            upstream=self.ended is not None,
            reason=_reason(self.ended),
            retry_at=self.retry_at,
            halted=isinstance(self.ended, PermanentSourceError),
        )

    def _outcome(self) -> Outcome:
        rejected_all = self.tally.rows > 0 and self.tally.rejected == self.tally.rows
        # who kept something and was told to wait for the rest has not failed
        failed = self.ended is not None and not (self.kept and self.retry_at)
        if failed or rejected_all or (self.errors and not self.kept):
            return Outcome.FAILED
        if self.errors or self.tally.rejected:
            return Outcome.PARTIAL
        return Outcome.OK


def _reason(error: SourceError | None) -> str | None:
    """What a list of sources says of it."""
    if error is None:
        return None
    return ". ".join(part for part in (error.cause, error.todo) if part)


def run(
    source: Source, payloads: Iterable[Payload], keeper: Keeper, desk: Any
) -> RunReport:
    """Keep everything the source hands over."""
    sheet = _Sheet(source.name)
    try:
        for payload in _fenced(source, payloads):
            sheet.payloads += 1
            sheet.notices += payload.notices
            _one(source, payload, keeper, desk, sheet)
    except SourceError as error:
        sheet.errors.append(str(error))
        sheet.ended = error
    sheet.notices += getattr(source, "notices", ())
    return sheet.report()


def _one(
    source: Source, payload: Payload, keeper: Keeper, desk: Any, sheet: _Sheet
) -> None:
    if known := keeper.seen(desk, payload):
        _again(payload, known, sheet)
        return
    try:
        parsed = _Parsed(source, payload, sheet, list(sheet.notices))
        sheet.tally += keeper.keep(desk, payload, parsed)
        sheet.kept += 1
    except PayloadError as error:
        if error.code in LATER:
            sheet.notices.append(str(error).replace("error[", "notice[", 1))
            return
        sheet.tally += keeper.refuse(desk, payload, error)
        sheet.errors.append(str(error))


def _again(payload: Payload, known: Kept, sheet: _Sheet) -> None:
    """The same content as before changes nothing; a refused one stays refused."""
    if known.error:
        sheet.tally += Tally(rows=known.rows, rejected=known.rows)
        sheet.errors.append(known.error)
        return
    sheet.tally += Tally(
        rows=known.rows, unchanged=known.rows, suppressed=known.suppressed
    )
    sheet.kept += 1
    if known.label != payload.label:
        sheet.notices.append(
            f"notice[FILE_SEEN] {payload.label}: same content as {known.label}. "
            f"Skipped {known.rows} rows."
        )


@dataclass
class _Parsed:
    """The batches of a payload; each time they are gone through they are parsed anew,
    so that a transaction may be done again. The notices are those of the last time."""

    source: Source
    payload: Payload
    sheet: _Sheet
    before: list[str]

    def __iter__(self) -> Iterator[Batch]:
        self.sheet.notices = list(self.before)
        try:
            for batch in self.source.parse(self.payload):
                self.sheet.notices += batch.notices
                yield batch
        except TrackerError:
            raise
        except Exception as error:
            log.exception("parsing failed", extra={"action": "parse"})
            raise PayloadError(
                "BUG",
                self.payload.label,
                f"source {self.source.name} could not read it"
                f" ({type(error).__name__}: {error})",
                todo="Please report this file",
            ) from error


def _fenced(source: Source, payloads: Iterable[Payload]) -> Iterator[Payload]:
    try:
        yield from payloads
    except TrackerError:
        raise
    except Exception as error:
        log.exception("fetching failed", extra={"action": "fetch"})
        raise TransientSourceError(
            "BUG",
            f"source {source.name}",
            f"it broke while fetching ({type(error).__name__}: {error})",
            "Its run ended, other sources go on",
            "Please report this",
        ) from error

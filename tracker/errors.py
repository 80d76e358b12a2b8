"""Every error of the tracker, by what its reader can do.

TrackerError
├── ConfigError          the operator mends settings; nothing has run     exit 3
├── RosterError          the command changed nothing                      exit 4
│   └── NotFoundError    a name that is not there; names the nearest      exit 4
├── PayloadError         this payload is refused whole; the run goes on   exit 4
├── SourceError          this source's run ends; the others go on         exit 7
│   ├── TransientSourceError   tried again later; may carry retry_at
│   └── PermanentSourceError   waits for a person; the source is paused
├── DeliveryError        this sender is refused; nothing is kept          HTTP 4xx
│   └── BodyError        its body is not strict JSON                      HTTP 400
├── LockedError          another process holds the lock                   exit 5
├── StoreError           the database is missing, full, busy or damaged   exit 6
│   └── SchemaError      older or newer than this code                    exit 3
└── ReportError          the last good pages stay                         exit 6

A message reads `error[CODE] subject: cause. What happens now. What to do.`
A bad row is no error but a value (`model.Reject`).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class TrackerError(Exception):
    """What the operator is told: a stable code, a subject and a sentence.

    `cause` says what is wrong, `now` what happens because of it, `todo` what the
    reader can do. Each is a sentence without its full stop.
    """

    exit_code = 70

    def __init__(
        self, code: str, subject: str, cause: str, now: str = "", todo: str = ""
    ) -> None:
        super().__init__(cause)
        self.code, self.subject = code, subject
        self.cause, self.now, self.todo = cause, now, todo

    def __str__(self) -> str:
        parts = [part.rstrip(".") for part in (self.cause, self.now, self.todo) if part]
        said = (part if part.endswith("?") else f"{part}." for part in parts)
        return f"error[{self.code}] {self.subject}: " + " ".join(said)


class ConfigError(TrackerError):
    """One or more problems of the settings, all of them at once."""

    exit_code = 3

    def __init__(
        self,
        code: str,
        subject: str,
        cause: str,
        now: str = "",
        todo: str = "",
        *,
        problems: Iterable[str] = (),
    ) -> None:
        super().__init__(code, subject, cause, now, todo)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(f"  {p}" for p in self.problems)])


class RosterError(TrackerError):
    exit_code = 4


class NotFoundError(RosterError):
    """A name that is not there."""

    def __init__(self, subject: str, name: str, known: Iterable[str] = ()) -> None:
        super().__init__(
            "NOT_FOUND",
            subject,
            f'there is no "{name}"',
            "Nothing changed",
            nearest(name, known),
        )


class PayloadError(TrackerError):
    """A payload that is refused as a whole; nothing of it is stored.

    `rows` is the number of rows it held as far as that could be told, `line` the
    physical line where the damage begins.
    """

    exit_code = 4

    def __init__(
        self,
        code: str,
        subject: str,
        cause: str,
        now: str = "File refused, nothing of it is stored",
        todo: str = "",
        *,
        rows: int = 0,
        line: int | None = None,
    ) -> None:
        super().__init__(code, subject, cause, now, todo)
        self.rows, self.line = rows, line


class SourceError(TrackerError):
    exit_code = 7


class TransientSourceError(SourceError):
    """Tried again later; `retry_at` is an instant in epoch milliseconds."""

    def __init__(
        self,
        code: str,
        subject: str,
        cause: str,
        now: str = "",
        todo: str = "",
        *,
        retry_at: int | None = None,
    ) -> None:
        super().__init__(code, subject, cause, now, todo)
        self.retry_at = retry_at


class PermanentSourceError(SourceError):
    """Waits for a person."""


class DeliveryError(TrackerError):
    """A delivery that is refused; `status` is the HTTP status."""

    def __init__(self, code: str, subject: str, cause: str, *, status: int) -> None:
        super().__init__(code, subject, cause)
        self.status = status


class BodyError(DeliveryError):
    """A body that is not strict JSON.

    at: a path such as `$.data[0].likes`; why: a few words. Both may be sent back.
    """

    def __init__(self, at: str, why: str) -> None:
        super().__init__("JSON_STRICT", at, why, status=400)
        self.at, self.why = at, why


class LockedError(TrackerError):
    exit_code = 5


class StoreError(TrackerError):
    """again: nothing was kept, and the whole transaction may be done again."""

    exit_code = 6
    again = False


class SchemaError(StoreError):
    exit_code = 3


class ReportError(TrackerError):
    exit_code = 6


def nearest(name: str, known: Iterable[str]) -> str:
    """`Did you mean "x"?`, or the known names, or nothing."""
    names = sorted(known)
    same = next((one for one in names if one.casefold() == name.casefold()), None)
    if same is not None:
        return f'Did you mean "{same}"?'
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f'Did you mean "{close[0]}"?'
    return "Known: " + ", ".join(names[:20]) if names else ""

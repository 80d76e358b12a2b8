"""What can go wrong on the way, and how it is told in words that hold no key.

Messages of the libraries are never passed on: they tell whole addresses and
headers. What is told is the host and one of our own sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.client import IncompleteRead

from tracker.errors import PermanentSourceError, TransientSourceError
from tracker.sources.calls import UpstreamError

#: What happens now, whatever broke.
KEPT = "What came before is kept"
ASK = "Ask the provider"


class TroubleError(Exception):
    """Something on the way; the message says what, after the name of the host."""


class LateError(TroubleError):
    """A deadline passed, or the call was given up."""


class UnreachableError(TroubleError):
    """No connection came about. late: for lack of time."""

    def __init__(self, cause: str, *, late: bool = False) -> None:
        super().__init__(cause)
        self.late = late


class CutError(TroubleError):
    """An answer that broke off."""


class BlockedError(TroubleError):
    """A way that must not be taken."""


class UnsendableError(TroubleError):
    """An address or a header that no request can hold."""


class DistrustError(TroubleError):
    """No trust under TLS. certificate: because of the other side's certificate."""

    def __init__(self, cause: str, *, certificate: bool) -> None:
        super().__init__(cause)
        self.certificate = certificate


class TooLargeError(TroubleError):
    """A body of more than is believed."""


class GarbledError(TroubleError):
    """A body that is not what its headers say."""


def subject(source: str, host: str) -> str:
    """`source NAME (HOST)`; a host may come from the other side, so it is cleaned."""
    return f"source {source} ({re.sub(r'[^0-9A-Za-z.:_-]', '?', host)[:100]})"


def told(error: Exception, who: str, host: str) -> Exception:
    """The error to raise for what happened; a bug of ours stays what it is."""
    from urllib3.exceptions import HTTPError

    if isinstance(error, TroubleError):
        return _trouble(error, who, host)
    if isinstance(error, OSError | HTTPError):
        return _broken("UPSTREAM", who, _breach(error))
    return error


def _trouble(error: TroubleError, who: str, host: str) -> Exception:
    said = str(error)
    match error:
        case LateError():
            return UpstreamError("TIMEOUT", who, said, KEPT)
        case UnreachableError():
            return _broken("TIMEOUT" if error.late else "UPSTREAM", who, said)
        case CutError():
            return _broken("UPSTREAM", who, said)
        case GarbledError():
            return TransientSourceError("UPSTREAM", who, said, f"Dropped. {KEPT}")
        case DistrustError(certificate=False):
            return TransientSourceError("TLS", who, said, "Not fetched", ASK)
    code, now, todo = _for_a_person(error, host)
    return PermanentSourceError(code, who, said, now, todo)


def _for_a_person(error: TroubleError, host: str) -> tuple[str, str, str]:
    match error:
        case BlockedError():
            todo = f'If this is intended: allow_private = ["{host}"]'
            return "ADDR_BLOCKED", "Not fetched", todo
        case DistrustError():
            todo = f"{ASK}, or set ca_file for a private authority"
            return "TLS", "Not fetched", todo
        case UnsendableError():
            return "UPSTREAM", "Not fetched", "Look for line breaks in the key"
    return "TOO_LARGE", f"Dropped. {KEPT}", ""


def _broken(code: str, who: str, cause: str) -> UpstreamError:
    failure = UpstreamError(code, who, cause, KEPT)
    failure.again = True
    return failure


def _breach(error: Exception) -> str:
    """How a connection broke, in our words and those of the operating system."""
    for each in _inside(error):
        if isinstance(each, IncompleteRead):
            return "the answer is shorter than announced"
        if isinstance(each, ConnectionError) and each.strerror:
            return each.strerror.lower()
    return "hung up, or its answer is no HTTP"


def _inside(error: BaseException) -> Iterator[BaseException]:
    """An error and all those that it wraps; the libraries wrap them as arguments."""
    yield error
    for wrapped in (*error.args, getattr(error, "reason", None)):
        if isinstance(wrapped, BaseException):
            yield from _inside(wrapped)

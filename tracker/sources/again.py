"""When a call is tried again: how long to wait, by the answer or by chance."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

#: Answers that mean "not now"; asking again may help.
BUSY = frozenset({429, 502, 503, 504})
#: Tries of one call, the first included.
TRIES = 3
#: Seconds of the first pause, and the longest there is.
FIRST, LONGEST = 1.0, 300.0
#: What a server may ask for is believed up to an hour (ms).
MOST = 3_600_000


def pause(tries: int) -> float:
    """Seconds to wait after so many tries: anything up to a doubling bound.

    All of it is chance, so that callers who failed together do not come back
    together.
    """
    return random.uniform(0, min(LONGEST, FIRST * 2 ** (tries - 1)))  # noqa: S311


def retry_after(headers: Mapping[str, str], now: int) -> int | None:
    """The instant (ms UTC) that `Retry-After` names; None: it names none.

    Seconds or a date (RFC 9110, 10.2.3); what is neither is ignored.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        # A number of any length: int() refuses thousands of digits.
        wanted = int(text) * 1000 if len(text) < 10 else MOST
    else:
        at = _instant(text)
        if at is None:
            return None
        wanted = at - now
    return now + min(max(wanted, 0), MOST)


def _instant(text: str) -> int | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return int((at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)

"""What goes wrong at the Graph API, and who can mend it.

From Meta's pages on error handling and rate limiting, and the limitations told on the
reference page of media insights.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from tracker.sources.base import Window
from tracker.sources.calls import Answer
from tracker.sources.platforms import answers
from tracker.sources.platforms.answers import Sort
from tracker.sources.platforms.manner import Manner
from tracker.sources.platforms.settings import Settings

HOUR = Window(3_600_000)
MINUTE = 60_000

_BUSY = (4, 17, 32, 341, 368, 613, *range(80000, 80015))
SORTS = {
    **{str(code): Sort.WAIT for code in _BUSY},
    **dict.fromkeys(("1", "2"), Sort.AGAIN),
    **dict.fromkeys(("3", "10", "100", "102", "104", "190"), Sort.PERSON),
}
#: Errors of one post, by which the others are not touched: what is said of them.
GONE, REFUSED, HIDDEN = "gone", "refused", "hidden"
_METRIC = re.compile(r"metric|insights", re.IGNORECASE)


def _reason(said: Mapping[str, Any]) -> str:
    return answers.text_at(said, "error.code") or ""


def fault_of(said: Mapping[str, Any]) -> str:
    """What an error says of the one post that was asked for; "" if it is no such.

    GONE: not there, or not ours (subcode 33). HIDDEN: too few viewers (10), or older
    than the professional account (2108006). REFUSED: a metric.
    """
    code, subcode = _reason(said), answers.text_at(said, "error.error_subcode")
    message = answers.text_at(said, "error.message") or ""
    if code == "100" and subcode == "33":
        return GONE
    if subcode == "2108006" or (
        code == "10" and "not enough viewers" in message.lower()
    ):
        return HIDDEN
    return REFUSED if code == "100" and _METRIC.search(message) else ""


def wait(answer: Answer) -> int | None:
    """Minutes that the busiest use case still needs, else an app's hour."""
    try:
        told = json.loads(answer.headers.get("x-business-use-case-usage", ""))
    except ValueError:
        told = {}
    cases = [
        case.get("estimated_time_to_regain_access")
        for uses in (told.values() if isinstance(told, dict) else ())
        for case in (uses if isinstance(uses, list) else ())
        if isinstance(case, dict)
    ]
    minutes = max((m for m in cases if type(m) is int and m > 0), default=0)
    if minutes:
        return answer.at + min(minutes, 1_440) * MINUTE
    waits = SORTS.get(_reason(answers.envelope(answer))) is Sort.WAIT
    return answer.at + HOUR.ms if waits else None


MANNER = Manner(
    _reason,
    SORTS,
    wait,
    "Renew the token, check what it may do at developers.facebook.com, then resume "
    "the source",
)


def sound(made: Settings) -> Callable[[Answer], None]:
    """Raises the error of an answer that is none, whatever its status."""

    def look(answer: Answer) -> None:
        if answer.status != 200 or "error" in answers.envelope(answer):
            raise MANNER.trouble(made, answer)

    return look


def of_one(made: Settings) -> Callable[[Answer], None]:
    """Like `sound`, but what is wrong with one post is no error."""

    def look(answer: Answer) -> None:
        if not fault_of(answers.envelope(answer)):
            sound(made)(answer)

    return look

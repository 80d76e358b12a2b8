"""What TikTok's two APIs share: their address, ids, and what goes wrong there.

From the pages on error handling and rate limits: an error stands in an envelope of its
own, at times with a status of 200.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tracker.sources.base import Window
from tracker.sources.calls import Answer
from tracker.sources.platforms import answers
from tracker.sources.platforms.answers import Sort
from tracker.sources.platforms.api import Api
from tracker.sources.platforms.manner import Manner, resets
from tracker.sources.platforms.settings import Settings

ADDRESS = "https://open.tiktokapis.com"
#: An id has 19 digits or fewer: longer ones would be of a year that no clock has.
VIDEO = re.compile(r"[0-9]{1,19}", re.ASCII)
MINUTE = Window(60_000)

SORTS = {
    "rate_limit_exceeded": Sort.WAIT,
    "daily_quota_limit_exceeded": Sort.WAIT,
    "internal_error": Sort.AGAIN,
    "timeout": Sort.AGAIN,
    "access_token_invalid": Sort.PERSON,
    "scope_not_authorized": Sort.PERSON,
    "scope_permission_missed": Sort.PERSON,
    "invalid_params": Sort.PERSON,
}


def _reason(said: Mapping[str, Any]) -> str:
    code = answers.text_at(said, "error.code") or ""
    return "" if code == "ok" else code


def _wait(answer: Answer) -> int | None:
    """A day's quota begins anew at midnight UTC, a rate within its minute."""
    reason = _reason(answers.envelope(answer))
    if reason == "daily_quota_limit_exceeded":
        return answers.next_midnight(answer.at, "UTC")
    waits = SORTS.get(reason) is Sort.WAIT
    return resets(answer) or (answer.at + MINUTE.ms if waits else None)


MANNER = Manner(
    _reason,
    SORTS,
    _wait,
    "Renew the token, check its scopes at developers.tiktok.com, then resume the "
    "source",
)


def opened(made: Settings) -> Api:
    """The API for one run; answers are judged by their envelope."""
    return Api(made, ADDRESS, judged(made), resets=_wait)


def judged(made: Settings, *, readable: int = 0) -> Callable[[Answer], None]:
    """Raises the error of an answer that is none; readable: a status to let pass."""

    def look(answer: Answer) -> None:
        if answer.status == readable:
            return
        if answer.status != 200 or _reason(answers.envelope(answer)):
            raise MANNER.trouble(made, answer)

    return look

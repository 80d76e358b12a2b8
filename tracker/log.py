"""What the daemon says while it runs: one line an event, as JSON or as text.

Each event has an `action`, a message and plain fields. Three rules are kept here,
at the sink, so that no caller can forget them: secrets are blotted out, hidden
characters are spelled out, and the same trouble is told once a minute, then as a
count.
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import IO, Any

#: The same trouble is told again after so many seconds.
QUIET = 60.0
#: How many different troubles are remembered for that.
REMEMBERED = 1000
BLOT = "***"
#: Shorter ones are no secrets, and would blot out ordinary words.
SHORTEST = 4

#: `token=...`, `"api_key": "..."`, `secret: ...` in addresses and dumps.
NAMED = re.compile(
    r"(?i)((?:api[_-]?key|access[_-]?token|client[_-]?secret|token|secret|password"
    r"|passwd|signature|(?<![a-z])key)[\"']?\s*(?:=|:)\s*[\"']?)([^\s\"'&,;}\]]+)"
)
BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]+")
USERINFO = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@]+@")
HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)

#: Attributes that every record of `logging` has; all others are fields.
USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "action"}
USUAL |= {"once"}

Record = logging.LogRecord


class Filter(logging.Filter):
    """Lets a trouble pass once in QUIET seconds, then with the count of the rest.

    Troubles are the same by their message, or by the field `once` where messages
    differ in what does not matter.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._told: dict[tuple[Any, ...], tuple[float, int]] = {}

    def filter(self, record: Record) -> bool:
        if record.levelno < logging.WARNING:
            return True
        now = self._clock()
        key = (
            record.levelno,
            getattr(record, "action", record.name),
            _fields(record).get("source"),
            getattr(record, "once", None) or record.getMessage(),
        )
        since, repeats = self._told.get(key, (now - QUIET, 0))
        if now - since < QUIET:
            self._told[key] = (since, repeats + 1)
            return False
        if len(self._told) >= REMEMBERED:
            self._told.clear()
        self._told[key] = (now, 0)
        if repeats:
            record.repeats = repeats
        return True


class Blotter:
    """Takes secrets out of text: the known ones, and what looks like one."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self.secrets = {secret for secret in secrets if len(secret) >= SHORTEST}

    def clean(self, text: str) -> str:
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, BLOT)
        text = NAMED.sub(rf"\1{BLOT}", text)
        text = BEARER.sub(rf"\1 {BLOT}", text)
        return USERINFO.sub(rf"\1{BLOT}@", text)


def named_secrets(settings: Any) -> set[str]:
    """The values of all variables that settings refer to as `{ env = "NAME" }`."""
    if isinstance(settings, Mapping):
        if set(settings) == {"env"} and isinstance(settings["env"], str):
            value = os.environ.get(settings["env"], "")
            return {value} if len(value) >= SHORTEST else set()
        return named_secrets(list(settings.values()))
    if isinstance(settings, (list, tuple)):
        return set().union(*map(named_secrets, settings))
    return set()


#: Secrets of this process, added as settings name them.
BLOTTER = Blotter()


class Lines(logging.Formatter):
    """A record as one line: JSON for machines, words for a terminal."""

    def __init__(self, blotter: Blotter, *, as_json: bool) -> None:
        super().__init__()
        self.blotter, self.as_json = blotter, as_json

    def format(self, record: Record) -> str:
        said = self._said(record)
        if self.as_json:
            return json.dumps(said, ensure_ascii=False)
        return _plain(said)

    def _said(self, record: Record) -> dict[str, Any]:
        said: dict[str, Any] = {
            "time": _time(record.created),
            "level": record.levelname.lower(),
            "action": getattr(record, "action", record.name),
            "message": self._text(record.getMessage()),
        }
        for name, value in _fields(record).items():
            said[name] = self._text(value) if isinstance(value, str) else value
        if record.exc_info and record.exc_info[0]:
            said["trace"] = self._text(str(self.formatException(record.exc_info)))
        return said

    def _text(self, text: str) -> str:
        return HIDDEN.sub(_spelled, self.blotter.clean(text))


def start(
    stream: IO[str], *, as_json: bool, level: int = logging.INFO, blotter: Blotter
) -> logging.Handler:
    """Write what happens to a stream, from now on."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines(blotter, as_json=as_json))
    handler.addFilter(Filter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("tracker").setLevel(level)
    # Its own words about jobs repeat ours; its errors are kept.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    return handler


def _fields(record: Record) -> dict[str, Any]:
    return {
        name: value if isinstance(value, (str, int, float, bool)) else str(value)
        for name, value in vars(record).items()
        if name not in USUAL and value is not None
    }


def _plain(said: dict[str, Any]) -> str:
    head = f"{said.pop('time')} {said.pop('level'):<7} {said.pop('action')}: "
    trace = said.pop("trace", None)
    text: str = head + said.pop("message")
    if said:
        text += (
            " (" + ", ".join(f"{name} {value}" for name, value in said.items()) + ")"
        )
    return text + (f" | {trace}" if trace else "")


def _time(seconds: float) -> str:
    at = datetime.fromtimestamp(seconds, UTC)
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _spelled(found: re.Match[str]) -> str:
    code = ord(found.group())
    return {10: "\\n", 13: "\\r", 9: "\\t"}.get(code, f"\\u{code:04x}")

"""Items of an answer to rows of a batch, by a declaration of where each field stands.

A field that is not there, or null, is unknown. A field that is there and wrong makes
its item a reject whose line is the item's place in the answer, from 1. When a field is
wrong in every item the platform has changed, and the whole answer is refused.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tracker.model import METRICS, MOST, Reject, instant
from tracker.sources.base import Batch, Payload
from tracker.sources.platforms.answers import at, kind_of, refused
from tracker.sources.posturl import url_problem
from tracker.sources.records import raw_text
from tracker.sources.rows import make_frame
from tracker.sources.strictjson import Written
from tracker.sources.texts import LONGEST, LONGEST_CAPTION
from tracker.sources.values import Bad, shown

#: Items in an answer from which "wrong in all of them" means a change.
MANY = 5
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_DIGITS = re.compile(r"[0-9]{1,400}", re.ASCII)
#: A zone written as +0000, which Python 3.11 wants as +00:00.
_ZONE = re.compile(r"([+-]\d\d)(\d\d)$", re.ASCII)

Reader = Callable[[Any], Any]


class Rows:
    """Collects the rows and rejects of one answer.

    fields: canonical column = dotted path in an item.
    """

    def __init__(
        self, payload: Payload, platform: str, fields: Mapping[str, str]
    ) -> None:
        self.payload, self.platform, self.fields = payload, platform, fields
        self.found: list[str] = []
        self._values: dict[str, list[Any]] = {"line": []}
        self._rejects: list[Reject] = []
        self._notices: list[str] = []
        self._strange: Counter[tuple[str, str]] = Counter()

    def add(self, line: int, item: Any, **given: Any) -> None:
        """One item; given: canonical columns that are known from elsewhere, raw."""
        row = self._read(item, given) if isinstance(item, dict) else _no_object(item)
        if isinstance(row, Bad):
            self._reject(line, item, row)
            return
        self.found.append(row["post_id"])
        for name in {*row, *self._values} - {"line"}:
            column = self._values.setdefault(name, [None] * len(self._values["line"]))
            column.append(row.get(name))
        self._values["line"].append(line)

    def batch(self, *, notices: Sequence[str] = ()) -> Batch:
        """The batch; posts that were asked for and not found are absent.

        Raises PayloadError SCHEMA when a field is of the wrong kind in all of many
        items.
        """
        rows = len(self._values["line"]) + len(self._rejects)
        for (path, kind), count in self._strange.items():
            if count == rows >= MANY:
                said = f'field "{path}" is {kind}, in {count} of {count} items'
                raise refused(self.payload, said, rows)
        known = {*self.found, *self._ids_of_rejects()}
        absent = [i for i in dict.fromkeys(self.payload.asked) if i not in known]
        return Batch(
            make_frame(self._values),
            tuple(self._rejects),
            notices=(*self._notices, *notices),
            absent=tuple((self.platform, each) for each in absent),
        )

    # -- one item -----------------------------------------------------------------

    def _read(self, item: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
        seen = self.payload.seen_at
        row: dict[str, Any] = {"platform": self.platform, "captured_at": seen}
        for name in {**self.fields, **given}:
            path = self.fields.get(name, name)
            raw = given[name] if name in given else at(item, path)
            value = None if raw is None else reader(name)(raw)
            if isinstance(value, Bad):
                return value._replace(column=path)
            row[name] = value
        if row.get("post_id") is None:
            path = self.fields.get("post_id", "post_id")
            return Bad("ROW_ID", "the item has no id", path)
        self._not_before(row)
        return row

    def _not_before(self, row: dict[str, Any]) -> None:
        """Published after it was seen: one of the two clocks is wrong, and the day
        of publishing is left unknown rather than the counts."""
        if (row.get("published_at") or 0) > row["captured_at"]:
            row["published_at"] = None
            self._notices.append(
                f"notice[ROW_ORDER] {self.payload.label}: {shown(row['post_id'])} is "
                "said to be published after this answer. That date is left out."
            )

    def _reject(self, line: int, item: Any, bad: Bad) -> None:
        if bad.code == "ROW_TYPE":
            self._strange[bad.column, bad.reason.removeprefix("is ")] += 1
        raw = raw_text(json.dumps(item, ensure_ascii=False, default=str))
        self._rejects.append(Reject(line, bad.column, bad.code, bad.reason, raw))

    def _ids_of_rejects(self) -> set[str]:
        """Ids in rejected items: those posts are there, only badly told."""
        text = "\n".join(reject.raw for reject in self._rejects)
        return {i for i in self.payload.asked if i in text} if text else set()


def _no_object(item: Any) -> Bad:
    return Bad("ROW_TYPE", f"is {kind_of(item)}, expected an object")


# -- fields -----------------------------------------------------------------------


def reader(name: str) -> Reader:
    """The reader of a canonical column's raw values."""
    return count if name in METRICS else _READERS.get(name, name_text)


def count(raw: Any) -> int | Bad | None:
    """A whole number, as a number or as text; an empty text is unknown."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return _within(raw)
    if isinstance(raw, str) and not isinstance(raw, Written):
        if _DIGITS.fullmatch(raw):
            return _within(int(raw))
        return Bad("ROW_NUMBER", f"{shown(raw)} is not a whole number") if raw else None
    if isinstance(raw, Written):
        return Bad("ROW_NUMBER", f"{shown(raw)} is not a whole number")
    return Bad("ROW_TYPE", f"is {kind_of(raw)}, expected a number")


def _within(number: int) -> int | Bad:
    if number > MOST:
        return Bad("ROW_NUMBER", f"{shown(str(number))} is larger than 2^53 - 1")
    if number < 0:
        return Bad("ROW_NUMBER", f"{shown(str(number))} is less than 0")
    return number


def id_text(raw: Any) -> str | Bad | None:
    """An id to the letter: text, or a whole number of any size."""
    if isinstance(raw, bool | Written) or not isinstance(raw, str | int):
        return Bad("ROW_TYPE", f"is {kind_of(raw)}, expected an id")
    text = str(raw)
    if len(text) > LONGEST:
        return Bad("ROW_ID", f"{shown(text)} is longer than {LONGEST} characters")
    if _CONTROL.search(text) or text != text.strip():
        return Bad("ROW_ID", f"{shown(text)} holds blanks or control characters")
    return text or None


def name_text(raw: Any) -> str | Bad | None:
    """A handle or a kind: one line, without signs that nobody sees."""
    if isinstance(raw, bool | Written) or not isinstance(raw, str | int):
        return Bad("ROW_TYPE", f"is {kind_of(raw)}, expected text")
    text = _CONTROL.sub(" ", str(raw)).strip()
    return text[:LONGEST] or None


def caption_text(raw: Any) -> str | Bad | None:
    """A caption as it was written; a NUL, which no database keeps, is replaced."""
    if isinstance(raw, Written) or not isinstance(raw, str):
        return Bad("ROW_TYPE", f"is {kind_of(raw)}, expected text")
    text = raw.replace("\0", "\ufffd")[:LONGEST_CAPTION]
    return text if text.strip() else None


def url_text(raw: Any) -> str | Bad | None:
    """An address; one that is none is left out: the id says which post it is."""
    if isinstance(raw, Written) or not isinstance(raw, str):
        return Bad("ROW_TYPE", f"is {kind_of(raw)}, expected text")
    text = raw.strip()
    return text if text and url_problem(text) is None else None


def when(raw: Any) -> int | Bad | None:
    """A moment: epoch seconds (milliseconds from 10^11 on), or ISO 8601 text.

    Text without a zone is UTC, as all of these platforms write it.
    """
    if isinstance(raw, str) and not isinstance(raw, Written):
        return _moment(raw)
    if isinstance(raw, int) and not isinstance(raw, bool):
        seconds = raw // 1000 if abs(raw) >= 10**11 else raw
        if 0 <= seconds < 253_402_300_800:
            return instant(datetime.fromtimestamp(seconds, UTC))
        return Bad("ROW_DATE", f"{shown(str(raw))} is not a moment")
    return Bad("ROW_TYPE", f"is {kind_of(raw)}, expected a moment")


def _moment(text: str) -> int | Bad | None:
    if not text:
        return None
    if text.isascii() and text.isdigit() and 9 <= len(text) <= 13:
        return _epoch(int(text))
    try:
        found = datetime.fromisoformat(_ZONE.sub(r"\1:\2", text))
        return instant(found if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return Bad("ROW_DATE", f"{shown(text)} is not a moment")


def _epoch(number: int) -> int:
    seconds = number // 1000 if number >= 10**11 else number
    return instant(datetime.fromtimestamp(seconds, UTC))


_READERS: Mapping[str, Reader] = {
    "post_id": id_text,
    "handle": name_text,
    "url": url_text,
    "caption": caption_text,
    "published_at": when,
}

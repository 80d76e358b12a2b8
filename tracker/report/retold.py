"""What checks and readers of files say in English, in the language of a page.

Their sentences are data: findings and rejected rows are kept with them. Those that are
common are known here as patterns and are said again by the catalogue; others stay as
they are. Instants and days in them are written as the page writes them.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from tracker.catalogue import N_
from tracker.model import METRICS

if TYPE_CHECKING:
    from tracker.words import Words

#: Of findings.
EVIDENCE = (
    N_("a run was due at {due}; the last one ended: never"),
    N_("a run was due at {due}; the last one ended: {last}"),
    N_("1 run failed since {day}; the last: {error}"),
    N_("{n} runs in a row failed since {day}; the last: {error}"),
    N_(
        "nothing new since {day}, for more than {n} days; usually something comes "
        "every {m} days"
    ),
    N_(
        "nothing new since {day}, for more than {n} days; what is usual for it is "
        "not known yet"
    ),
    N_(
        "nothing moves in all {posts} posts of source {source} from {first} to "
        "{last}; before, they gained {rate} {metric} a day together"
    ),
    N_(
        "{metric} stay {value} from {first} to {last}; before, {rate} came a day, "
        "and {share} % of the readings of posts of this platform and age move"
    ),
    N_(
        "likes went from {before} ({first}) to {after} ({last}) while views stayed "
        "{views}"
    ),
    N_(
        "{metric} fell from {before} ({first}) to {after} ({last}): {n} less, {share} %"
    ),
    N_(
        "{metric} went from {before} ({first}) to {after} ({last}), {rate} a day; "
        "that is more than {times} times the fastest rate before, {fastest} a day; "
        "it grew {growth} times, and posts of this platform and age stay below "
        "{limit}"
    ),
    N_(
        "{metric} went from {before} ({first}) to {after} ({last}), {rate} a day; "
        "that is more than {times} times the fastest rate before, {fastest} a day"
    ),
    N_(
        "{metric} went from {before} ({first}) to {after} ({last}), {rate} a day; it "
        "grew {growth} times, and posts of this platform and age stay below {limit}"
    ),
    N_(
        "the {n} values of {metric} ({values}) are those of {posts}, one after the "
        "other"
    ),
    N_("{metric}: {value} ({file}) is smaller than another value of the same instant"),
    N_("there again since {day}, after it was gone"),
    N_("not there since {day}, asked last {asked}; last known on {last}: {values}"),
    N_("not there since {day}; last known on {last}: {values}"),
    N_("not there since {day}, asked last {asked}; nothing was known"),
    N_("not there since {day}; nothing was known"),
    N_("{kind} {id}: {who}; decided by {rule}"),
    N_("{kind} {id}: order {order} was counted already"),
    N_("mission {id}: 1 day late; {rule}; published {day}"),
    N_("mission {id}: {n} days late; {rule}; published {day}"),
    N_("mission {id}: {n} of {m} posts{rule}; due {day}"),
    N_("mission {id}: {n} of {m} post{rule}; due {day}"),
    N_("paid and committed are {paid}, the budget is {budget}"),
    N_("the last consent was taken back on {day}; the enrolment goes on {until}"),
)
#: Of rejected rows.
REASONS = (
    N_("{cell} is not a whole number"),
    N_("{cell} is not a number as declared"),
    N_("{cell} is larger than 2^53 - 1"),
    N_("{cell} is less than 0"),
    N_("{cell} does not fit {format}"),
    N_("{cell} is no date of the calendar"),
    N_("{cell} is no day such as 2026-01-31"),
    N_("{cell} is not a moment"),
    N_("{cell} is before 1970"),
    N_("{cell} is too late a date"),
    N_("{cell} is not an http or https address"),
    N_("{cell} is not a web address"),
    N_("{cell} is a short link; only the full address names the post"),
    N_("{cell} names no post of {platform}"),
    N_("the address carries a user name"),
    N_("the row has neither post_id nor url"),
    N_("the row has {cells} cells, the header {width}"),
    N_("{cell} is an error of a spreadsheet, not an id"),
    N_("{cell} was rounded by a spreadsheet"),
    N_("{cell} is longer than {n} characters"),
    N_("{cell} holds control characters"),
    N_("{cell} is neither yes nor no"),
    N_("it is blank"),
    N_("{name} is needed"),
)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?Z)?")


def evidence(w: Words, text: str) -> str:
    """Of a finding."""
    return _retold(w, text, EVIDENCE)


def rejected(w: Words, text: str) -> str:
    """Why a row was rejected; what stood in the row is not touched."""
    for pattern, sentence in _patterns(REASONS):
        if found := pattern.fullmatch(text):
            return w(sentence, **found.groupdict())
    return text


def _retold(w: Words, text: str, sentences: tuple[str, ...]) -> str:
    for pattern, sentence in _patterns(sentences):
        if found := pattern.fullmatch(text):
            holes = found.groupdict()
            return w(sentence, **{name: _hole(w, holes[name]) for name in holes})
    return dated(w, text)


def dated(w: Words, text: str) -> str:
    """With its days and instants as the page writes them."""
    return _INSTANT.sub(lambda found: _when(w, found[0]), text)


@cache
def _patterns(sentences: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(said))), said)
        for said in sentences
    )


def _hole(w: Words, text: str) -> str:
    if text.isdecimal() and text.isascii():
        return w.number(int(text))
    if text in METRICS:
        return w.inside(text)
    return dated(w, text)


def _when(w: Words, text: str) -> str:
    if "T" not in text:
        return w.written_day(text)
    at = datetime.fromisoformat(text)
    return w.instant(int(at.timestamp() * 1000), short=True)

"""What tracker.toml says of alerts and digests: frozen values, checked as a whole."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tracker import forms
from tracker.errors import nearest
from tracker.forms import Form
from tracker.model import DAY, METRICS, NOT_ADDITIVE, instant, is_day, moment
from tracker.secrets import HOW, check_reference

SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
#: What `when` may ask for: sums that may be built over posts.
WATCHED = tuple(metric for metric in METRICS if metric not in NOT_ADDITIVE)
#: The name that digests have in the outbox.
DIGEST = "digest"
PERIODS = ("day", "week", "month")
#: Digests are sent at this hour of their zone.
HOUR = time(8)

_CONDITION = re.compile(r"(\w+)\.(\w+)\s*(<=|>=|<|>)\s*(-?[0-9]{1,15})")
_RULE = re.compile(r"[a-z][a-z-]*(\.[a-z][a-z-]*)+|[a-z][a-z-]*\.")
_QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Condition:
    """`views.gain < 1000`: asked of each finished day of each campaign."""

    metric: str
    part: str
    sign: str
    bound: int

    def holds(self, number: int) -> bool:
        return bool(SIGNS[self.sign](number, self.bound))

    def __str__(self) -> str:
        return f"{self.metric}.{self.part} {self.sign} {self.bound}"


@dataclass(frozen=True, slots=True)
class Quiet:
    """From one time of day to another, over midnight where the first is later."""

    begins: time
    ends: time

    def until(self, now: int, zone: ZoneInfo) -> int:
        """The first instant from `now` on that is not quiet in this zone."""
        here = moment(now).astimezone(zone)
        at, over = here.time(), self.begins > self.ends
        inside = (
            at >= self.begins or at < self.ends
            if over
            else self.begins <= at < self.ends
        )
        if not inside:
            return now
        later = over and at >= self.begins
        return clock(here.date() + timedelta(days=later), self.ends, zone)

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"


@dataclass(frozen=True, slots=True)
class Alert:
    """One [[alert]]. when: as written; condition: what it says, None for a rule's
    id. cooldown: ms. to: references to addresses of Apprise."""

    name: str
    when: str
    condition: Condition | None
    campaign: str | None
    to: tuple[Mapping[str, str], ...]
    cooldown: int = 0
    quiet: Quiet | None = None

    def wants(self, rule: str) -> bool:
        """Is a finding of this rule one that it waits for?"""
        if self.condition is not None:
            return False
        return rule.startswith(self.when) if self.when[-1] == "." else rule == self.when


@dataclass(frozen=True, slots=True)
class Digest:
    """[digest]. to: nobody: it is only printed. campaign: None: all that are not
    closed. language: None: the campaign's, or the workspace's for several."""

    every: str = "week"
    to: tuple[Mapping[str, str], ...] = ()
    campaign: str | None = None
    language: str | None = None


def target(reference: Mapping[str, str]) -> str:
    """Where an address is kept, as in `env ALERT_URL`; that is no secret."""
    [(way, place)] = reference.items()
    return f"{way} {place}"


# -- reading --------------------------------------------------------------------------


def read_alerts(form: Form) -> Iterator[Alert]:
    """The [[alert]] blocks of tracker.toml; what is wrong is noted in the form."""
    seen: set[str] = {DIGEST}
    nothing: tuple[str, Condition | None] = "", None
    for block in form.tables("alert"):
        for key in ("name", "when", "to"):
            block.need(key)
        block.unique("name", seen)
        when = block.field("when", _when, nothing)
        yield Alert(
            name=block.field("name", _name, ""),
            when=when[0],
            condition=when[1],
            campaign=block.field("campaign", forms.slug, None),
            to=block.field("to", _addresses, ()),
            cooldown=block.field("cooldown", forms.duration, 0),
            quiet=block.field("quiet", _quiet, None),
        )
        block.finish()


def read_digest(form: Form) -> Digest | None:
    """[digest], None when it is not there."""
    if not form.has(DIGEST):
        return None
    block = form.table(DIGEST)
    found = Digest(
        every=block.field("every", forms.one_of(*PERIODS), "week"),
        to=block.field("to", _addresses, ()),
        campaign=block.field("campaign", forms.slug, None),
        language=block.field("language", forms.language, None),
    )
    block.finish()
    return found


def _name(value: Any) -> str:
    name = forms.text(value)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", name):
        raise ValueError(f'"{name}" is no name: letters, digits, ".", "_" and "-"')
    if name == DIGEST:
        raise ValueError(f'"{DIGEST}" is the name of what [digest] sends')
    return name


def _when(value: Any) -> tuple[str, Condition | None]:
    text = forms.text(value).strip()
    if any(sign in text for sign in "<>="):
        made = _condition(text)
        return str(made), made
    if not _RULE.fullmatch(text):
        raise ValueError(
            f'"{text}" is no rule and no comparison; write a rule as mission.missing,'
            ' its beginning as source. with the full stop, or "views.gain < 1000"'
        )
    return text, None


def _condition(text: str) -> Condition:
    found = _CONDITION.fullmatch(text)
    if not found:
        raise ValueError(f'"{text}" is no comparison; write "views.gain < 1000"')
    metric, part, sign, bound = found.groups()
    if metric not in WATCHED:
        known = nearest(metric, WATCHED)
        raise ValueError(f'"{metric}" is no metric that adds up. {known}')
    if part not in ("value", "gain"):
        raise ValueError(f'"{part}" is neither value nor gain')
    return Condition(metric, part, sign, int(bound))


def _quiet(value: Any) -> Quiet:
    found = _QUIET.fullmatch(value) if isinstance(value, str) else None
    if not found or found[1] + found[2] == found[3] + found[4]:
        raise ValueError(f'"{value}" is no time of day; write "22:00-07:00"')
    first, last = (int(found[1]), int(found[2])), (int(found[3]), int(found[4]))
    return Quiet(time(*first), time(*last))


def _addresses(value: Any) -> tuple[Mapping[str, str], ...]:
    items = value if isinstance(value, list) else [value]
    if not items:
        raise ValueError(f"is empty; {HOW}")
    for item in items:
        check_reference(None if isinstance(item, list) else item)
    return tuple({target(item): item for item in items}.values())


# -- time -----------------------------------------------------------------------------


def clock(day: date, at: time, zone: ZoneInfo) -> int:
    """The instant at which clocks of a zone show this; where they skip it, the one
    that they would have shown it without skipping."""
    told = datetime.combine(day, at, zone)
    return instant(told.astimezone(UTC))


def ready(at: int, zone: ZoneInfo) -> int:
    """When something can be told: at its instant, or at the end of its day."""
    if not is_day(at):
        return at
    return clock(moment(at).date() + timedelta(days=1), time(0), zone)


def boundary(every: str, now: int, zone: ZoneInfo) -> date:
    """The day on which the latest period of digests ended: at 08:00 of a Monday, of
    any day, or of the first of a month, which is not later than `now`."""
    here = moment(now).astimezone(zone)
    day = here.date()
    if clock(day, HOUR, zone) > now:
        day -= timedelta(days=1)
    return floor(every, day)


def floor(every: str, day: date) -> date:
    """The last day on or before this one on which a period begins."""
    if every == "day":
        return day
    return (
        day - timedelta(days=day.weekday()) if every == "week" else day.replace(day=1)
    )


def before(every: str, day: date) -> date:
    """The beginning of the period that ends on this day."""
    return floor(every, day - timedelta(days=1))


def length(ms: int) -> str:
    """A duration as it is written: `24h`."""
    for unit, size in (("d", DAY), ("h", 3_600_000), ("m", 60_000)):
        if ms and ms % size == 0 and (unit != "d" or ms > DAY):
            return f"{ms // size}{unit}"
    return f"{ms // 1000}s"

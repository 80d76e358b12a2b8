"""The words of the domain as frozen values, and the few rules that belong to them.

Instants are whole milliseconds since 1970 in UTC. A date without a time is kept
with day precision: it is the instant `DAY_MARK` milliseconds into that day, one
millisecond before noon UTC. No clock reads that instant (one that does is moved
by a millisecond), so a day needs no second column, keeps its place among
instants, and always belongs to its written day, in whatever zone it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

#: What a post can be counted by; all but reach may be summed over posts.
METRICS = (
    "views",
    "impressions",
    "reach",
    "likes",
    "comments",
    "shares",
    "quotes",
    "saves",
    "clicks",
    "watch_seconds",
)
#: Reach counts people: the same person in two posts would be counted twice.
NOT_ADDITIVE = frozenset({"reach"})

#: What is said of a post, apart from its counts.
ATTRIBUTES = (
    "handle",
    "url",
    "published_at",
    "caption",
    "kind",
    "paid_partnership",
    "language",
)

#: Canonical columns of a reading, in the order of exports.
COLUMNS = (
    "platform",
    "handle",
    "post_id",
    "url",
    "published_at",
    "captured_at",
    "caption",
    "kind",
    "paid_partnership",
    "language",
    *METRICS,
)

PLATFORMS = (
    "blog",
    "bluesky",
    "facebook",
    "flickr",
    "instagram",
    "linkedin",
    "mastodon",
    "pinterest",
    "reddit",
    "snapchat",
    "threads",
    "tiktok",
    "tumblr",
    "twitch",
    "unknown",
    "vimeo",
    "web",
    "x",
    "youtube",
)
#: Other names that plans use for the same metric.
METRIC_ALIASES = {
    "items": "posts",
    "leads": "lead",
    "sales": "sale",
    "test_drives": "test_drive",
    "reservations": "reservation",
    "savings": "saving",
    "ideas": "idea",
    "sign_ups": "sign_up",
}
PLATFORM_ALIASES = {
    "twitter": "x",
    "ig": "instagram",
    "fb": "facebook",
    "yt": "youtube",
}

#: The largest count believed: 2^53 - 1, the largest whole number every reader
#: of JSON keeps exactly.
MOST = 2**53 - 1

DAY = 86_400_000
DAY_MARK = 43_199_999


class Provenance(StrEnum):
    """How a figure came to be."""

    MEASURED = "measured"  # the platform's own API or export
    REPORTED = "reported"  # a person typed it or sent a screenshot
    ESTIMATED = "estimated"  # a formula


class Outcome(StrEnum):
    """How a run ended; it can only get worse."""

    OK = "ok"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that is kept but not counted.

    line: physical line of the record's first character, from 1.
    column: the file's own name of the column, or "" for the whole row.
    code: stable, as in `error[CODE]`. reason: a sentence without full stop.
    raw: the record as it stands in the payload, at most 4 KiB of it.
    """

    line: int
    column: str
    code: str
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Where rows went: rows = stored + unchanged + corrected + rejected.

    suppressed: those of the unchanged that are of people who were erased.
    """

    rows: int = 0
    stored: int = 0
    unchanged: int = 0
    corrected: int = 0
    rejected: int = 0
    ignored: int = 0
    suppressed: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.rows + other.rows,
            self.stored + other.stored,
            self.unchanged + other.unchanged,
            self.corrected + other.corrected,
            self.rejected + other.rejected,
            self.ignored + other.ignored,
            self.suppressed + other.suppressed,
        )


@dataclass(frozen=True, slots=True)
class RunReport:
    """What one run of one source did."""

    source: str
    outcome: Outcome
    payloads: int
    tally: Tally
    error: str | None = None
    notices: tuple[str, ...] = field(default=())
    #: The source itself failed: whatever it still has was not seen.
    upstream: bool = False
    #: Why it should not run now: until `retry_at`, or, with `halted`, until a
    #: person resumes it.
    reason: str | None = None
    retry_at: int | None = None
    halted: bool = False


def platform_name(text: str) -> str | None:
    """The canonical name of a platform, or None when it is not known."""
    name = text.strip().lower()
    name = PLATFORM_ALIASES.get(name, name)
    return name if name in PLATFORMS else None


def handle_key(handle: str) -> str:
    """What handles are compared by: no leading @, no case, no blanks around."""
    return handle.strip().removeprefix("@").casefold()


# -- time ---------------------------------------------------------------------


def instant(moment: datetime) -> int:
    """Milliseconds of an aware moment; never the mark of a day."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    ms = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return ms - 1 if is_day(ms) else ms


def day_instant(day: date) -> int:
    """The instant that stands for a day without a time."""
    return (day - date(1970, 1, 1)).days * DAY + DAY_MARK


def is_day(ms: int) -> bool:
    """Is this a day without a time?"""
    return ms % DAY == DAY_MARK


def moment(ms: int) -> datetime:
    """The aware UTC moment of an instant."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)


def iso(ms: int | None) -> str | None:
    """`2009-05-01T12:00:00Z`; a day without a time is `2009-05-01`."""
    if ms is None:
        return None
    at = moment(ms)
    if is_day(ms):
        return at.date().isoformat()
    spec = "milliseconds" if ms % 1000 else "seconds"
    return at.replace(tzinfo=None).isoformat(timespec=spec) + "Z"


def local_day(ms: int, zone: ZoneInfo) -> date:
    """The day an instant belongs to; a day without a time keeps its own."""
    return moment(ms).date() if is_day(ms) else moment(ms).astimezone(zone).date()


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


def number_day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)


# -- what a campaign is made of -------------------------------------------------


@dataclass(frozen=True, slots=True)
class Match:
    """Which posts of an enrolled handle count; nothing named: every post.

    A post counts when any hashtag, mention or link fits. hashtags and mentions
    are kept without their sign, in lower case; links are hosts or prefixes
    without scheme.
    """

    hashtags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Campaign:
    """starts and ends are days of `timezone`, both inside; None: open."""

    id: str
    name: str
    timezone: str
    currency: str
    language: str
    starts: date | None
    ends: date | None
    match: Match = Match()
    state: str = "draft"


@dataclass(frozen=True, slots=True)
class Handle:
    """One account on one platform; since and until are days, both inside."""

    platform: str
    handle: str
    since: date | None = None
    until: date | None = None
    followers: int | None = None


@dataclass(frozen=True, slots=True)
class Ambassador:
    id: str
    name: str
    email: str | None = None
    country: str | None = None
    language: str | None = None
    handles: tuple[Handle, ...] = ()


@dataclass(frozen=True, slots=True)
class Enrolment:
    """starts and ends: days, both inside; None: the campaign's own.

    fee is in minor units of currency.
    """

    campaign: str
    ambassador: str
    starts: date | None = None
    ends: date | None = None
    group: str | None = None
    fee: int | None = None
    currency: str | None = None

"""What a programme consists of besides posts: frozen values.

Days are dates, instants ms UTC, money is minor units with its currency, shares and
rates are percent. None is unknown, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

#: A claim of a metric that begins so is a figure of a phase of the programme.
PHASE = "phase."

# -- people ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Application:
    """state: new, accepted or declined. criteria: each with its score or word."""

    campaign: str
    id: str
    name: str
    platform: str | None = None
    handle: str | None = None
    email: str | None = None
    applied_at: int | None = None
    score: Decimal | None = None
    group: str | None = None
    criteria: Mapping[str, str] = field(default_factory=dict)
    state: str = "new"
    reason: str | None = None
    decided_at: int | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class Goods:
    """Lent (ends is known) or given in kind; value in minor units."""

    campaign: str
    ambassador: str
    ref: str
    what: str
    value: int
    currency: str
    starts: date
    ends: date | None = None
    returned: date | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """starts, ends: the days it holds, None: from when it was signed, until further
    notice. objective: what is promoted by it. amount: minor units of currency."""

    campaign: str
    ambassador: str
    ref: str
    signed: date
    starts: date | None = None
    ends: date | None = None
    objective: str | None = None
    amount: int | None = None
    currency: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    ambassador: str
    version: str
    given: date
    withdrawn: date | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A campaign that was opened or closed (kind state, no ambassador), or somebody
    who is in another group now (kind group): from what to what, why, who said so."""

    campaign: str
    kind: str
    before: str | None
    after: str | None
    reason: str | None
    actor: str
    at: int
    ambassador: str | None = None


# -- missions ------------------------------------------------------------------------

ON_TIME, LATE, MISSING = "on_time", "late", "missing"
EXCUSED, PENDING = "excused", "pending"
CELLS = (ON_TIME, LATE, MISSING, EXCUSED, PENDING)


@dataclass(frozen=True, slots=True)
class Mission:
    """A theme of the plan. assigned: ("all",), or ambassadors and `group:` names."""

    campaign: str
    id: str
    name: str
    opens: date
    due: date
    assigned: tuple[str, ...] = ("all",)
    needs: int = 1
    platforms: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MissionMark:
    """A person's word on one cell. state: delivered on `day`, or excused from `day`
    on (None: ever)."""

    mission: str
    ambassador: str
    state: str
    day: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One ambassador's part of a mission: one of CELLS.

    delivered_on: the day in the campaign's zone. posts: (platform, post id) of all
    fitting posts. rule: what decided, as a sentence. reason: a person's.
    """

    mission: str
    ambassador: str
    state: str
    delivered_on: date | None = None
    delivered_at: int | None = None
    days_late: int | None = None
    posts: tuple[tuple[str, str], ...] = ()
    rule: str = ""
    reason: str | None = None


# -- links ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClickSums:
    """raw = bot + duplicate + unique; uncounted: redirects whose click was lost."""

    bot: int = 0
    duplicate: int = 0
    unique: int = 0
    uncounted: int = 0

    @property
    def raw(self) -> int:
        return self.bot + self.duplicate + self.unique


@dataclass(frozen=True, slots=True)
class TrackedLink:
    """A link, or a promo code alone (then without destination)."""

    code: str
    destination: str | None
    campaign: str | None
    ambassador: str | None
    mission: str | None
    promo: str | None
    utm: Mapping[str, str]
    created_at: int
    clicks: ClickSums = ClickSums()


# -- results -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """Something that was achieved, and whom it is put down to.

    quantity: how many. value: minor units of currency. status: claimed, verified,
    rejected or reversed; counted: does it count at all. rule: named, code,
    last_click, first_click, split or none. shares: (ambassador, percent), together
    100 where anybody is named. candidates: (ambassador, by). outside: codes of links
    in it that were last clicked too long before. code: a promo code.
    """

    id: str
    source: str
    kind: str
    at: int
    campaign: str | None
    quantity: Decimal
    value: int | None
    currency: str | None
    status: str
    order: str | None
    new_customer: bool | None
    counted: bool
    rule: str
    shares: tuple[tuple[str, Decimal], ...] = ()
    candidates: tuple[tuple[str, str], ...] = ()
    mission: str | None = None
    outside: tuple[str, ...] = ()
    code: str | None = None

    @property
    def conflict(self) -> bool:
        return len({who for who, _ in self.candidates}) > 1


@dataclass(frozen=True, slots=True)
class Cost:
    """state: planned, committed or paid. amount in minor units."""

    campaign: str
    id: str
    day: date
    kind: str
    amount: int
    currency: str
    state: str
    ambassador: str | None = None
    mission: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave of one question of a survey. share in percent."""

    campaign: str
    question: str
    wave: str
    asked_from: date | None
    asked_to: date | None
    n: int | None
    yes: int | None
    share: Decimal | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Feedback:
    campaign: str
    id: int
    at: int
    ambassador: str | None
    text: str
    answered_at: int | None = None
    answer: str | None = None


# -- rate cards ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RateCard:
    """What somebody says that a like or a view is worth, named and dated.

    rates: by platform, the worth in whole units of currency of one like, comment,
    share, save, click or view (1,000 for view_1000 and impression_1000).
    """

    name: str
    dated: date
    source: str
    currency: str
    rates: Mapping[str, Mapping[str, Decimal]]

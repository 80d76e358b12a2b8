"""What a programme brought and cost, as the pages are handed it: frozen values.

Money is minor units with its currency, shares are percent, days are days since 1970 in
the campaign's zone. None is unknown, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tracker.programme import ClickSums


@dataclass(frozen=True, slots=True)
class KindDay:
    """Outcomes of one kind on one day that count; value: minor units of those in the
    campaign's currency, None where none has one."""

    day: int
    kind: str
    quantity: Decimal
    rows: int
    value: int | None


@dataclass(frozen=True, slots=True)
class CodeSum:
    """A promo code: outcomes that name it and count, by kind; value as in KindDay."""

    promo: str
    ambassador: str | None
    kinds: tuple[tuple[str, Decimal], ...]
    value: int | None


@dataclass(frozen=True, slots=True)
class Torn:
    """An outcome that several could have brought. candidates: (ambassador, by)."""

    id: str
    kind: str
    day: int
    rule: str
    given: tuple[str, ...]
    candidates: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Owed:
    """What one ambassador is owed, by state, in the campaign's currency."""

    ambassador: str
    planned: int
    committed: int
    paid: int


@dataclass(frozen=True, slots=True)
class Valued:
    """Earned media value by one rate card, in the card's currency; value None when no
    post is in it. posts: those in it; left_out: the others."""

    name: str
    dated: date
    source: str
    currency: str
    value: Decimal | None
    parts: tuple[tuple[str, Decimal], ...]
    posts: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Brought:
    """links: tracked links of the campaign; clicks: on all of them. foreign: lines of
    what is owed that are in other currencies. early: a metric of posts in their first
    seven days, by platform and id."""

    days: tuple[KindDay, ...] = ()
    torn: tuple[Torn, ...] = ()
    codes: tuple[CodeSum, ...] = ()
    links: int = 0
    clicks: ClickSums = field(default_factory=ClickSums)
    owed: tuple[Owed, ...] = ()
    foreign: int = 0
    cards: tuple[Valued, ...] = ()
    early: Mapping[tuple[str, str], int] = field(default_factory=dict)

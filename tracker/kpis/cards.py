"""Earned media value of a campaign by each rate card of the settings."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from tracker.codes import CURRENCIES
from tracker.errors import NotFoundError
from tracker.kpi.emv import worth
from tracker.ratecards import RATES
from tracker.store.roster import Roster

if TYPE_CHECKING:
    import polars as pl

    from tracker.app import Tracker
    from tracker.kpis.facts import Facts
    from tracker.programme import RateCard


@dataclass(frozen=True, slots=True)
class Valued:
    """A campaign by one card. parts: by rate, exact, in the card's currency. posts:
    those in it. excluded: (platform, post id, why) of the others, in order."""

    card: RateCard
    parts: dict[str, Decimal]
    posts: int
    excluded: tuple[tuple[str, str, str], ...]

    @property
    def value(self) -> Decimal | None:
        """None when there is no post in it."""
        return sum(self.parts.values(), Decimal(0)) if self.posts else None


def emv(
    tracker: Tracker,
    campaign: str,
    card: str | None = None,
    *,
    until: int | None = None,
    as_of: int | None = None,
    now: int,
) -> list[Valued]:
    """The campaign by each card, or by the one of this name; never added up. Raises
    NotFoundError.

    A post is in it when the card has rates for its platform and all that these ask
    for is known: nothing unknown is worth 0.
    """
    from tracker.kpis.facts import Facts

    Roster(tracker.database).campaign(campaign)
    cards = {one.name: one for one in tracker.settings.cards}
    if card is not None and card not in cards:
        raise NotFoundError("rate card", card, cards)
    facts = Facts(tracker, campaign, None, until, as_of, now)
    wanted = cards.values() if card is None else (cards[card],)
    return [valued(facts, one) for one in wanted]


def valued(facts: Facts, card: RateCard) -> Valued:
    """What the campaign's posts are worth by one card."""
    parts: dict[str, Decimal] = defaultdict(Decimal)
    out: list[tuple[str, str, str]] = []
    posts, apart = 0, dict(facts.left_out)
    for (platform,), theirs in facts.frame.group_by("platform", maintain_order=True):
        rates = card.rates.get(str(platform), {})
        why = apart.get(str(platform))
        if why is None and not rates:
            why = f"the card has no rates for {platform}"
        if why is not None:
            out += [(*post, why) for post in _ids(theirs)]
            continue
        metrics = list(dict.fromkeys(RATES[name][0] for name in rates))
        known = theirs.drop_nulls(metrics)
        posts += known.height
        counts = {metric: int(known[metric].sum()) for metric in metrics}
        for name, amount in worth(counts, rates, RATES).items():
            parts[name] += amount
        out += _unknown(theirs, metrics)
    return Valued(card, dict(parts), posts, tuple(sorted(out)))


def _ids(posts: pl.DataFrame) -> list[tuple[str, str]]:
    return [(p, i) for p, i in posts.select("platform", "post_id").iter_rows()]


def _unknown(posts: pl.DataFrame, metrics: list[str]) -> list[tuple[str, str, str]]:
    rows = posts.select("platform", "post_id", *metrics).iter_rows()
    found = []
    for platform, post, *values in rows:
        gone = [m for m, v in zip(metrics, values, strict=True) if v is None]
        if gone:
            found.append((platform, post, f"{' and '.join(gone)} not known"))
    return found


def emv_json(campaign: str, found: list[Valued]) -> dict[str, Any]:
    """The shape of INTERFACE-2.md section 5."""
    return {"campaign": campaign, "cards": [_card_json(one) for one in found]}


def _card_json(one: Valued) -> dict[str, Any]:
    card = one.card
    return {
        "name": card.name,
        "dated": card.dated.isoformat(),
        "source": card.source,
        "currency": card.currency,
        "value": money(one.value, card.currency),
        "parts": {k: money(amount, card.currency) for k, amount in one.parts.items()},
        "posts": one.posts,
        "excluded": [
            {"platform": platform, "post_id": post, "reason": why}
            for platform, post, why in one.excluded
        ],
    }


def money(value: Decimal | None, currency: str) -> str | None:
    """With the currency's digits, rounded half up."""
    if value is None:
        return None
    digits = Decimal(1).scaleb(-CURRENCIES[currency])
    return str(value.quantize(digits, ROUND_HALF_UP))

"""Earned media value: what a rate card says that reactions are worth.

There is no standard: the same TikTok post (100,000 views, 5,000 likes, 200 comments,
100 shares) is worth 750 by [Lefty], 1,080 by [Duel], 1,795 by [Fair Influence] and
2,015 by [Octoly]. So a value always has the name and date of its card, cards stand
side by side, and nothing is ever added up over cards.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal


def worth(
    counts: Mapping[str, int],
    rates: Mapping[str, Decimal],
    units: Mapping[str, tuple[str, int]],
) -> dict[str, Decimal]:
    """By rate: how many of its metric x rate / units, exact, in whole units of the
    card's currency.

    counts: by metric, of posts of one platform; units: by rate, its metric and how
    many of it the rate is for. Source: [Later], [Octoly], [Fair Influence]. Others:
    impressions guessed from likes ([Lefty]), country prices and quality factors
    ([Keepface]), secret weights ([CreatorIQ]).
    """
    return {
        name: counts[metric] * rate / many
        for name, rate in rates.items()
        for metric, many in (units[name],)
    }

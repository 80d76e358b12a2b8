"""How fast views come, and how soon a post has had its time."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tracker.kpi.formula import Number, formula
from tracker.kpi.spread import median

#: The length of the week that velocity looks at, in days.
WEEK = 7
#: So many readings of its views a post must have, the first of them below the share,
#: for the day on which it reached that share to be seen.
READINGS = 3
SHARE = Decimal("0.9")


@formula("views gained in the last 7 days read / 7", "views/day")
def velocity(gained: Number) -> Number | None:
    """Views a day over the seven days before the newest reading.

    A post published within them began at 0; one that is older and was not read
    before them is unknown. Source: our own. Others: of the first day or week.
    """
    return Decimal(gained) / WEEK


@formula(
    "median over posts of days to 90 % of the last known views", "days", lower=True
)
def time_to_90(days_to_90: Sequence[Number]) -> Number | None:
    """Days from publication to the first reading with 90 % of the last known views:
    the middle post's.

    Of posts with three readings of views or more, the first of them below 90 %; of
    others that day was not seen. Source: our own. Others: half-life (50 %).
    """
    return median([float(days) for days in days_to_90])

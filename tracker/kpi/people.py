"""The programme and its people: who takes part, delivers, stays, and is heard."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from tracker.kpi import spread
from tracker.kpi.formula import PERCENT, Number, formula, percent, ratio


@formula("ambassadors with a post / enrolled × 100", PERCENT)
def activation(active: Number, enrolled: Number) -> Number | None:
    """Who has at least one post that counts, of those enrolled.

    Source: our own. Others: who has logged in, or delivered a mission.
    """
    return percent(active, enrolled)


@formula("delivered / assigned × 100", PERCENT)
def completion(delivered: Number, assigned: Number) -> Number | None:
    """Missions delivered, in time or late, of all that were assigned.

    Source: our own. Others: without those excused, or not due yet.
    """
    return percent(delivered, assigned)


@formula("delivered in time / assigned × 100", PERCENT)
def on_time(in_time: Number, assigned: Number) -> Number | None:
    """Missions delivered by their due date, of all that were assigned.

    Source: our own. Others: of those delivered.
    """
    return percent(in_time, assigned)


@formula("active in a month and the next / active in the first × 100", PERCENT)
def retention(stayed: Number, active_before: Number) -> Number | None:
    """Who posts in a month and in the next, of those who post in the first; over all
    pairs of months in a row that are over.

    Source: our own. Others: the last pair of months; first month against last.
    """
    return percent(stayed, active_before)


@formula("views of the top 10 % of enrolled / views of all × 100", PERCENT, lower=True)
def concentration_top10(views_each: Sequence[int]) -> Number | None:
    """How much of the views the top tenth of the enrolled ambassadors brings; a tenth
    is rounded up. Who has no post has no views; who has only posts of unknown views
    is left out.

    Source: our own. Others: the top ten people.
    """
    return spread.top_share(views_each, ceil(len(views_each) / 10))


@formula("Gini of the views of enrolled ambassadors", "", lower=True)
def gini(views_each: Sequence[int]) -> Number | None:
    """How unevenly views are spread over the enrolled ambassadors: 0 all alike,
    towards 1 one has everything.

    Source: C. Gini, 1912. Others: with the correction n / (n - 1); over those alone
    who posted.
    """
    return spread.gini(views_each)


@formula("enrolled / applicants × 100", PERCENT)
def selection_rate(enrolled: Number, applicants: Number) -> Number | None:
    """Who takes part, of those who applied. Source: our own. Others: accepted."""
    return percent(enrolled, applicants)


@formula("posts / enrolled", "posts")
def posts_per_ambassador(posts: Number, enrolled: Number) -> Number | None:
    """Posts of an enrolled ambassador, over the whole campaign.

    Source: our own. Others: a month; of those alone who posted.
    """
    return ratio(posts, enrolled)


@formula("views / enrolled", "views")
def views_per_ambassador(views: Number, enrolled: Number) -> Number | None:
    """Views of an enrolled ambassador.

    Source: our own. Others: of those alone who posted.
    """
    return ratio(views, enrolled)


@formula("answered / received × 100", PERCENT)
def feedback_closure(answered: Number, received: Number) -> Number | None:
    """Feedback that was answered. Source: our own. Others: within so many days."""
    return percent(answered, received)

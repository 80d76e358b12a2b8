"""Every input of a formula that is not read post by post: who gives it, in which rows
it is known, and where its rows can be seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.kpi.formula import EACH_INPUTS, POST_INPUTS, Formula
from tracker.kpis import money, programme, results
from tracker.kpis.money import Lookup

if TYPE_CHECKING:
    from tracker.kpis.facts import Facts

WHOLE, PEOPLE = (None,), (None, "ambassador")
MISSIONS = (None, "ambassador", "mission")
PLATFORMS = (None, "platform")
SEVERAL = (None, "platform", "mission")
BUT_POSTS = (None, "ambassador", "platform", "mission")
EVERY = (*BUT_POSTS, "post")


@dataclass(frozen=True, slots=True)
class Origin:
    """An input. cuts: rows by which it is known. says: what it is. commands: what shows
    the rows behind it; CAMPAIGN stands for the campaign's id."""

    ask: Callable[[Facts], Lookup] | None
    cuts: tuple[str | None, ...]
    says: str
    commands: tuple[str, ...]


def _seen(*metrics: str) -> tuple[str, ...]:
    return tuple(f"tracker explain CAMPAIGN {metric}" for metric in metrics)


LIKES = _seen("likes", "comments", "shares")
COSTS = ("tracker cost list CAMPAIGN",)
OUTCOMES = ("tracker outcome list CAMPAIGN",)
CLICKS = ("tracker link list --campaign CAMPAIGN", *_seen("clicks"))
PLAN = ("tracker campaign show CAMPAIGN",)
ENROLLED = ("tracker ambassador list --campaign CAMPAIGN",)
GRID = ("tracker mission list CAMPAIGN", "tracker mission grid CAMPAIGN")
SURVEYS = ("tracker survey list CAMPAIGN",)
FEEDBACK = ("tracker feedback list --campaign CAMPAIGN",)
POSTS = ("tracker totals CAMPAIGN --by post",)
FOLLOWERS = ("tracker export audience", "tracker ambassador list --campaign CAMPAIGN")
READINGS = ("tracker export readings", *_seen("views"))


def _post(says: str, *commands: str) -> Origin:
    return Origin(None, EVERY, says, commands or POSTS)


def _metric(name: str) -> Origin:
    return _post(f"last known {name} of each post, added up", *_seen(name))


def _rate(whole: str, *commands: str) -> Origin:
    said = f"engagements / {whole} × 100 of each post, added up"
    return Origin(None, BUT_POSTS, said, (*LIKES, *commands))


ENGAGED = (
    "likes + comments (YouTube), likes + shares (X), likes + comments + shares (others)"
    " of each post, added up"
)
FOLLOWED = (
    "followers of each post's account on its day, added up: the last known on or"
    " before it, else the first after it, else the ambassador file's"
)
ORIGINS: dict[str, Origin] = {
    **{
        name: _metric(name)
        for name in (
            *("views", "impressions", "reach", "likes", "comments", "shares"),
            "clicks",
        )
    },
    "engagements": _post(ENGAGED, *LIKES),
    "followers": _post(FOLLOWED, *FOLLOWERS),
    "rate_followers": _rate("followers", *FOLLOWERS),
    "rate_reach": _rate("reach", *_seen("reach")),
    "rate_impressions": _rate("impressions", *_seen("impressions")),
    "rate_views": _rate("views", *_seen("views")),
    "gained": _post("views of the last 7 days read, of each post", *READINGS),
    "age_hours": _post("hours since the newest reading of each post", *POSTS),
    "days_to_90": _post("days from publication to 90 % of the last views", *READINGS),
    "posts": Origin(None, BUT_POSTS, "posts for which all else is known", POSTS),
    "observed": Origin(
        programme.observed, BUT_POSTS, "posts with a known value", POSTS
    ),
    "posts_seen": Origin(programme.posts_seen, BUT_POSTS, "posts that count", POSTS),
    "cost": Origin(money.cost, MISSIONS, "costs, in the campaign's currency", COSTS),
    "spend": Origin(money.cost, MISSIONS, "costs, in the campaign's currency", COSTS),
    "benchmark": Origin(money.benchmark, WHOLE, "[benchmark] cost of the plan", PLAN),
    "commissions": Origin(
        money.commissions,
        PEOPLE,
        "commissions on counted outcomes",
        ("tracker cost statement CAMPAIGN",),
    ),
    "revenue": Origin(results.revenue, MISSIONS, "value of counted sales", OUTCOMES),
    "clicked": Origin(
        results.clicked,
        BUT_POSTS,
        "unique clicks of tracked links, else the posts' clicks",
        CLICKS,
    ),
    "leads": Origin(results.counted("lead"), MISSIONS, "counted leads", OUTCOMES),
    "sales": Origin(results.counted("sale"), MISSIONS, "counted sales", OUTCOMES),
    "reservations": Origin(
        results.counted("reservation"), MISSIONS, "counted reservations", OUTCOMES
    ),
    "new_leads": Origin(
        results.of_known_kind("lead", fresh=True),
        MISSIONS,
        "counted leads whose new_customer is yes",
        OUTCOMES,
    ),
    "known_leads": Origin(
        results.of_known_kind("lead", fresh=False),
        MISSIONS,
        "counted leads whose new_customer is yes or no",
        OUTCOMES,
    ),
    "new_customers": Origin(
        results.of_known_kind("sale", fresh=True),
        MISSIONS,
        "counted sales whose new_customer is yes",
        OUTCOMES,
    ),
    "enrolled": Origin(programme.enrolled, SEVERAL, "enrolled ambassadors", ENROLLED),
    "active": Origin(
        programme.active, SEVERAL, "enrolled ambassadors with a post", POSTS
    ),
    "views_each": Origin(
        programme.views_each,
        SEVERAL,
        "known views of each enrolled ambassador",
        ("tracker totals CAMPAIGN --by ambassador",),
    ),
    "applicants": Origin(
        programme.applicants,
        WHOLE,
        "applications, else [selection] applicants of the plan",
        ("tracker apply list --campaign CAMPAIGN", *PLAN),
    ),
    "assigned": Origin(programme.missions(), MISSIONS, "missions assigned", GRID),
    "delivered": Origin(
        programme.missions(*programme.DELIVERED),
        MISSIONS,
        "missions delivered, in time or late",
        GRID,
    ),
    "in_time": Origin(
        programme.missions("on_time"), MISSIONS, "missions delivered in time", GRID
    ),
    "active_before": Origin(
        programme.retained(1), PLATFORMS[:1], "ambassadors active in a month", POSTS
    ),
    "stayed": Origin(
        programme.retained(2), PLATFORMS[:1], "those active in the next too", POSTS
    ),
    "received": Origin(programme.received, PEOPLE, "feedback received", FEEDBACK),
    "answered": Origin(programme.answered, PEOPLE, "feedback answered", FEEDBACK),
    "before": Origin(programme.wave(0), WHOLE, "share of the first wave, %", SURVEYS),
    "after": Origin(programme.wave(-1), WHOLE, "share of the last wave, %", SURVEYS),
    "own": Origin(programme.own, WHOLE, "our figure of the competitors' metric", POSTS),
    "rivals": Origin(
        programme.loudness, WHOLE, "newest figure of each [[competitor]]", PLAN
    ),
}


def cuts(formula: Formula) -> tuple[str | None, ...]:
    """By what rows a KPI can be told."""
    each = [ORIGINS[name].cuts for name in formula.inputs]
    return tuple(cut for cut in EVERY if all(cut in some for some in each))


def from_posts(name: str) -> bool:
    """Is this input read post by post?"""
    return name in POST_INPUTS or name in EACH_INPUTS

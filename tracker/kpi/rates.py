"""Rates of posts: what people did, by how many saw it or could have."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.kpi.formula import PERCENT, Number, formula, percent, ratio
from tracker.kpi.spread import median


@formula("engagements / followers × 100", PERCENT)
def er_followers(engagements: Number, followers: Number) -> Number | None:
    """Engagement rate by the followers on each post's day, of all posts together.

    Source: [Tagger], [GRIN], [Klear]. Others: today's followers, which makes old
    posts of a grown account look poor; the mean of the posts (er_followers_mean).
    """
    return percent(engagements, followers)


@formula("sum of each post's engagements / followers × 100, / posts", PERCENT)
def er_followers_mean(rate_followers: Number, posts: Number) -> Number | None:
    """Engagement rate by followers, the mean of the posts.

    Source: [Modash], by creator. Others: all posts together (er_followers).
    """
    return ratio(rate_followers, posts)


@formula("engagements / reach × 100", PERCENT)
def er_reach(engagements: Number, reach: Number) -> Number | None:
    """Engagement rate by reach; each post's reach counts for itself.

    Source: [Hootsuite] (ERR), [Klear]. Others: by followers, which is lower (15.28 %
    and 3.11 % of one post at [Klear]); estimated reach.
    """
    return percent(engagements, reach)


@formula("sum of each post's engagements / reach × 100, / posts", PERCENT)
def er_reach_mean(rate_reach: Number, posts: Number) -> Number | None:
    """Engagement rate by reach, the mean of the posts.

    Source: [Hootsuite] (average ERR). Others: all posts together (er_reach).
    """
    return ratio(rate_reach, posts)


@formula("engagements / impressions × 100", PERCENT)
def er_impressions(engagements: Number, impressions: Number) -> Number | None:
    """Engagement rate by impressions, of all posts together.

    Source: [Later], [Tagger]. Others: impressions estimated from likes or followers
    ([Lefty], [Stellar]); never here.
    """
    return percent(engagements, impressions)


@formula("sum of each post's engagements / impressions × 100, / posts", PERCENT)
def er_impressions_mean(rate_impressions: Number, posts: Number) -> Number | None:
    """Engagement rate by impressions, the mean of the posts.

    Source: [Modash], by creator. Others: all posts together (er_impressions).
    """
    return ratio(rate_impressions, posts)


@formula("engagements / views × 100", PERCENT)
def er_views(engagements: Number, views: Number) -> Number | None:
    """Engagement rate by views, of all posts together.

    Source: [Octoly], [InsightIQ]. Others: likes alone / views; the mean of the posts
    (er_views_mean).
    """
    return percent(engagements, views)


@formula("sum of each post's engagements / views × 100, / posts", PERCENT)
def er_views_mean(rate_views: Number, posts: Number) -> Number | None:
    """Engagement rate by views, the mean of the posts.

    Source: [Octoly]. Others: all posts together (er_views).
    """
    return ratio(rate_views, posts)


@formula("likes / followers × 100", PERCENT)
def love_rate(likes: Number, followers: Number) -> Number | None:
    """Likes by the followers on each post's day.

    Source: [Popsters]. Others: likes / views.
    """
    return percent(likes, followers)


@formula("comments / followers × 100", PERCENT)
def talk_rate(comments: Number, followers: Number) -> Number | None:
    """Comments by the followers on each post's day.

    Source: [Popsters]. Others: comments / views.
    """
    return percent(comments, followers)


@formula("shares / views × 100", PERCENT)
def amplification(shares: Number, views: Number) -> Number | None:
    """How many of those who saw a post passed it on.

    Source: our own. Others: shares / followers; shares / posts.
    """
    return percent(shares, views)


@formula("clicks / impressions × 100", PERCENT)
def ctr(clicks: Number, impressions: Number) -> Number | None:
    """Clicks on the posts' links, by impressions.

    Source: our own, as is usual. Others: clicks / views; clicks of tracked links.
    """
    return percent(clicks, impressions)


@formula("views / posts", "views")
def views_per_post(views: Number, posts: Number) -> Number | None:
    """Views of a post, of those whose views are known.

    Source: our own. Others: the median ([Modash]).
    """
    return ratio(views, posts)


@formula("posts with a known value / posts × 100", PERCENT)
def coverage(observed: Number, posts_seen: Number) -> Number | None:
    """How many posts have a known value of the leading metric (`basis` names it).

    Source: our own. Others: posts / posts due by the missions, which is `completion`.
    """
    return percent(observed, posts_seen)


@formula("median over posts of now - newest reading", "h", lower=True)
def freshness(age_hours: Sequence[Number]) -> Number | None:
    """How old the newest reading of a post is, in hours: the middle post's.

    Source: our own. Others: the age of the newest reading of all.
    """
    return median([float(age) for age in age_hours])

"""What we do not know: each gap, its size, and what it could change."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.facts import CampaignFacts
from tracker.kpi.saying import reason
from tracker.kpi.spread import median
from tracker.model import NOT_ADDITIVE
from tracker.report.figures import Figure
from tracker.words import Words


def unknowns(
    facts: CampaignFacts, tiles: tuple[Figure, ...], w: Words
) -> Iterator[tuple[str, str]]:
    """Pairs of a sentence and what it means; None of them is counted as zero."""
    yield from _platforms(facts, w)
    yield from _left_out(facts, w)
    yield from _tiles(tiles, w)
    if facts.counts["reach"].known:
        yield (
            w("Who saw it."),
            w(
                "Reach cannot be added up: the same person may follow several"
                " ambassadors. No total is shown."
            ),
        )
    yield from _elsewhere(facts, w)


def _platforms(facts: CampaignFacts, w: Words) -> Iterator[tuple[str, str]]:
    metric = facts.leading
    if metric is None:
        yield w("Any figure."), w("No reading of any post has arrived yet.")
        return
    name = w.metric(metric)
    for part in sorted(facts.platforms, key=lambda p: (-p.posts, p.platform)):
        count, platform = part.counts[metric], w.platform(part.platform)
        if not count.known:
            yield (
                w("{platform}: {metric}.", platform=platform, metric=name),
                w.plural(
                    "The one post has no value: the platform or its source does not"
                    " give one.",
                    "None of {n} posts has a value: the platform or its source does"
                    " not give one.",
                    part.posts,
                ),
            )
        elif count.unknown:
            yield (
                w.plural(
                    "{n} post on {platform} has no value for {metric}.",
                    "{n} posts on {platform} have no value for {metric}.",
                    count.unknown,
                    platform=platform,
                    metric=w.inside(metric),
                ),
                _effect(facts, part.platform, metric, count.unknown, w),
            )


def _left_out(facts: CampaignFacts, w: Words) -> Iterator[tuple[str, str]]:
    for name, _ in facts.left_out:
        posts = sum(part.posts for part in facts.platforms if part.platform == name)
        yield (
            w("{platform} in the sums.", platform=w.platform(name)),
            w.plural(
                "Its terms do not allow its figures in sums over several platforms."
                " {n} post is shown by itself and stands in no such sum.",
                "Its terms do not allow its figures in sums over several platforms."
                " {n} posts are shown by themselves and stand in no such sum.",
                posts,
            ),
        )


def _effect(
    facts: CampaignFacts, platform: str, metric: str, many: int, w: Words
) -> str:
    import polars as pl

    known = facts.posts.filter(pl.col("platform") == platform)[metric].drop_nulls()
    middle, total = median(known.to_list()), facts.counts[metric].value
    if not middle or not total:
        return w.plural("It is in no sum.", "They are in no sum.", many)
    return w.plural(
        "It is in no sum. If it had the median of the others, {metric} would rise"
        " by about {share}.",
        "They are in no sum. If each had the median of the others, {metric} would rise"
        " by about {share}.",
        many,
        metric=w.inside(metric),
        share=w.percent(middle * many / total * 100, 1),
    )


def _tiles(tiles: tuple[Figure, ...], w: Words) -> Iterator[tuple[str, str]]:
    for tile in tiles:
        if tile.value is None and tile.metric not in NOT_ADDITIVE:
            yield w("{metric}.", metric=w.metric(tile.metric)), reason(w, tile.why)


def _elsewhere(facts: CampaignFacts, w: Words) -> Iterator[tuple[str, str]]:
    many = sum(posts for *_, posts in facts.quality.unattributed)
    if many:
        yield (
            w.plural("Whose {n} post is.", "Whose {n} posts are.", many),
            w.plural(
                "Its handle belongs to nobody on the roster. Kept, not counted.",
                "Their handles belong to nobody on the roster. Kept, not counted.",
                many,
            ),
        )
    silent = [person for person in facts.people if not person.posts]
    if silent:
        yield (
            w.plural(
                "What {n} ambassador did.", "What {n} ambassadors did.", len(silent)
            ),
            w("No post of theirs is known. That is not the same as none."),
        )

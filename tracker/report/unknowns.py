"""What we do not know: each gap, its size, and what it could change."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.facts import CampaignFacts
from tracker.kpi.saying import reason
from tracker.kpi.spread import median
from tracker.model import NOT_ADDITIVE
from tracker.report.figures import Figure
from tracker.report.text import clean
from tracker.words import Words

#: Results of which it matters who brought them.
SOLD = ("lead", "test_drive", "reservation", "sale")


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
    yield from _results(facts, w)
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


def _results(facts: CampaignFacts, w: Words) -> Iterator[tuple[str, str]]:
    """What is not known of results, surveys, clicks and labels."""
    found = facts.brought
    for one in facts.programme.results.values():
        if one.kind not in SOLD or one.traced == one.many:
            continue
        yield (
            w(
                "Who brought {n} of {m}: {kind}.",
                n=w.number(one.many - one.traced),
                m=w.number(one.many),
                kind=w.inside(one.kind),
            ),
            w("They name nobody, no link and no code. They count for no ambassador."),
        )
    yield from _surveys(facts, w)
    if found.clicks.uncounted:
        share = found.clicks.uncounted / (found.clicks.raw + found.clicks.uncounted)
        yield (
            w.plural(
                "{n} click on tracked links.",
                "{n} clicks on tracked links.",
                found.clicks.uncounted,
            ),
            w(
                "They were answered and could not be kept: {n} of all.",
                n=w.percent(share * 100, 1),
            ),
        )
    yield from _labels(facts, w)


def _surveys(facts: CampaignFacts, w: Words) -> Iterator[tuple[str, str]]:
    bare = {one.question for one in facts.programme.waves if one.n is None}
    for question in sorted(bare):
        yield (
            w("How sure {question} is.", question=w.inside(clean(question))),
            w(
                "Of some waves nobody said how many people were asked: no interval, and"
                " no telling whether a change is chance."
            ),
        )


def _labels(facts: CampaignFacts, w: Words) -> Iterator[tuple[str, str]]:
    many = facts.troubles.disclosed.counts.get("unknown", 0)
    if many and facts.posts_total:
        yield (
            w.plural(
                "Whether {n} post says that it is paid for.",
                "Whether {n} posts say that they are paid for.",
                many,
            ),
            w(
                "No caption or no country of theirs is known: {n} of all posts.",
                n=w.percent(many / facts.posts_total * 100, 1),
            ),
        )
    unseen = sum(1 for one in facts.troubles.gone if one.last_at is None)
    if unseen:
        yield (
            w.plural("{n} post that is gone.", "{n} posts that are gone.", unseen),
            w("They were removed before a first reading; they are in no sum."),
        )

"""Curves of posts that look wrong, worked out over all readings at once. Pure.

Each check answers at most one mark a post, the worst; marks say what was seen and by
which measure, and nothing is corrected. An unknown count is -1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tracker.model import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

HOUR = DAY // 24
#: What a post is seen by: the first of these that is known of it.
LEADING = ("views", "impressions", "likes")
#: A jump: so many times the fastest rate before it, growth so many spreads above its
#: peers', and so much at least. So many steps before it, or of peers, are needed.
TIMES, SPREADS, LEAST = 5, 6, 100
STEPS, PEERS = 2, 20
#: The spread of growth (in powers of e) is taken for no smaller than this.
NARROW = 0.15
#: Values below this are all small: from 1 to 10 is no tenfold growth.
BASE = 10
#: Flat: so many readings in a row, over so long, where so much was to be expected.
FLAT_STEPS, FLAT_FOR, EXPECTED = 3, 2 * DAY, 100
#: Such a part of the steps of its age must move, of so many, to say that others do.
MOVING, OTHERS = 0.8, 5
#: Posts of a source, to say that all of it stands still.
POSTS = 5
#: Identical: so many readings with so many different values, up to so much.
LONG, DIFFERENT, LARGE = 5, 4, 100
#: Likes without views: so many.
LIKES = 10


@dataclass(frozen=True)
class Readings:
    """Readings ordered by post and instant, in arrays of one length.

    post, payload, source, platform: numbers; published: -1 if not known.
    """

    post: Ints
    at: Ints
    payload: Ints
    source: Ints
    platform: Ints
    published: Ints
    counts: dict[str, Ints]

    @cached_property
    def leading(self) -> tuple[Ints, NDArray[np.str_]]:
        """The count that each post is seen by, and the name of it, for each reading."""
        return _leading(self)


@dataclass(frozen=True, slots=True)
class Mark:
    """rows: the readings it is about, by place, from the first to the last.

    metric: what was counted. usual: by what measure it is odd, in numbers.
    """

    post: int
    metric: str
    rows: tuple[int, ...]
    values: tuple[int, ...]
    usual: tuple[float, ...] = ()


@dataclass(frozen=True)
class Steps:
    """From one known value of a post to its next: `before` and `after` are places in
    the readings, `gain` what came in between, `rate` that by the day."""

    readings: Readings
    count: Ints
    before: Ints
    after: Ints

    @property
    def post(self) -> Ints:
        return self.readings.post[self.after]

    @cached_property
    def gain(self) -> Ints:
        found: Ints = self.count[self.after] - self.count[self.before]
        return found

    @cached_property
    def span(self) -> Ints:
        found: Ints = self.readings.at[self.after] - self.readings.at[self.before]
        return found

    @cached_property
    def rate(self) -> Floats:
        found: Floats = self.gain / (np.maximum(self.span, HOUR) / DAY)
        return found

    @cached_property
    def opens(self) -> Ints:
        """For each step, where its post's steps begin."""
        first = np.r_[True, self.post[1:] != self.post[:-1]]
        return _last_true(first[: len(self.post)])

    @cached_property
    def peers(self) -> Ints:
        """Steps of one number are of one platform and about one age."""
        seen = self.readings.at[self.before[self.opens]]
        said = self.readings.published[self.after]
        born = np.where(said < 0, seen, np.minimum(said, seen))
        age = np.maximum(self.readings.at[self.after] - born, HOUR) / DAY
        found: Ints = self.readings.platform[self.after] * 64 + np.floor(
            np.log2(age)
        ).astype(np.int64).clip(-5, 58)
        return found


def steps(readings: Readings, count: Ints) -> Steps:
    """All steps of one count, by post and instant."""
    known = np.flatnonzero(count >= 0)
    same = readings.post[known[1:]] == readings.post[known[:-1]]
    return Steps(readings, count, known[:-1][same], known[1:][same])


def _leading(readings: Readings) -> tuple[Ints, NDArray[np.str_]]:
    count = np.full(len(readings.post), -1, np.int64)
    name = np.full(len(readings.post), "", "<U16")
    open_ = np.ones(len(readings.post), bool)
    starts = np.flatnonzero(np.r_[True, readings.post[1:] != readings.post[:-1]])
    starts = starts[: len(readings.post)]
    lengths = np.diff(np.r_[starts, len(readings.post)])
    for metric in LEADING:
        if metric in readings.counts and len(starts):
            values = readings.counts[metric]
            here = np.repeat(np.maximum.reduceat(values, starts) >= 0, lengths) & open_
            count[here], name[here] = values[here], metric
            open_ &= ~here
    return count, name


# -- what looks wrong ---------------------------------------------------------------


def fell(readings: Readings) -> Iterator[Mark]:
    """A later value is smaller: for each post the largest fall of any count."""
    worst: dict[int, Mark] = {}
    for metric, count in readings.counts.items():
        found = steps(readings, count)
        for n in _worst(found, found.gain < 0, -found.gain):
            mark = _mark(found, n, metric)
            known = worst.get(mark.post)
            if known is None or _fall(mark) > _fall(known):
                worst[mark.post] = mark
    yield from worst.values()


def _fall(mark: Mark) -> int:
    return mark.values[0] - mark.values[-1]


def jumps(readings: Readings) -> Iterator[Mark]:
    """A rate far above the fastest before it; where too little is known of the post
    itself, growth far above that of its peers.

    usual: the rate and the fastest before, by day; the growth factor, and the one
    peers stay below.
    """
    count, names = readings.leading
    found = steps(readings, count)
    if not len(found.post):
        return
    place = np.arange(len(found.post)) - found.opens
    fastest = _fastest_before(found)
    growth = (found.count[found.after] + BASE) / (found.count[found.before] + BASE)
    limit = _peers_limit(found, growth)
    own = place >= STEPS
    odd = np.where(own, found.rate > TIMES * fastest, growth > limit)
    odd &= found.gain >= LEAST
    for n in _worst(found, odd, found.rate):
        before = fastest[n] if own[n] else np.nan
        usual = (found.rate[n], before, growth[n], limit[n])
        yield _mark(found, n, str(names[found.after[n]]), usual)


def _fastest_before(found: Steps) -> Floats:
    """The greatest rate of the same post before each step; 0 for the first. Only of
    posts that once gained enough for a jump; of the others NaN."""
    import polars as pl

    fastest = np.full(len(found.post), np.nan)
    here = np.isin(found.opens, found.opens[found.gain >= LEAST])
    rate = pl.DataFrame({"post": found.post[here], "rate": found.rate[here]})
    before = pl.col("rate").shift(1, fill_value=0.0).cum_max().over("post")
    fastest[here] = rate.select(before).to_series().to_numpy()
    return fastest


def _peers_limit(found: Steps, growth: Floats) -> Floats:
    """The growth that steps of a platform and age stay below, almost all; infinite
    where there are too few to say. Median and median deviation of logarithms: a few
    wild ones do not move them."""
    import polars as pl

    size = np.log(np.maximum(growth, 1))
    frame = pl.DataFrame({"peers": found.peers, "size": size}).with_columns(
        middle=pl.col("size").median().over("peers"), many=pl.len().over("peers")
    )
    spread = (pl.col("size") - pl.col("middle")).abs().median().over("peers") * 1.4826
    frame = frame.with_columns(spread=pl.max_horizontal(spread, pl.lit(NARROW)))
    limit = (pl.col("middle") + SPREADS * pl.col("spread")).exp()
    shown = pl.when(pl.col("many") >= PEERS).then(limit).otherwise(float("inf"))
    return frame.select(shown).to_series().to_numpy()


def flat(readings: Readings) -> Iterator[Mark]:
    """A count that stopped dead while others of its age go on.

    usual: the rate before it stopped, by day; the percentage of its peers' steps that
    move. rows: the last that moved, and the end.
    """
    count, names = readings.leading
    found = steps(readings, count)
    if not len(found.post):
        return
    ends = _stops(found)
    share = _moving(found)
    for end in ends.tolist():
        stop = _last_move(found, end)
        rate = found.rate[stop]
        if share[end] >= MOVING and _expected(found, stop, end) >= EXPECTED:
            usual = (float(rate), 100 * float(share[end]))
            yield _still(found, stop, end, str(names[found.after[end]]), usual)


def _stops(found: Steps) -> Ints:
    """The last step of each post whose last steps, enough of them, brought nothing
    after one that did."""
    last = np.flatnonzero(np.r_[found.post[1:] != found.post[:-1], True])
    zero = found.gain == 0
    moved = _last_true(~zero)  # the latest step up to each that brought something
    still = last - moved[last]
    here = (still >= FLAT_STEPS) & (moved[last] >= found.opens[last])
    ends: Ints = last[here]
    rises = found.gain[moved[ends]] > 0
    long = (
        found.readings.at[found.after[ends]]
        - found.readings.at[found.after[moved[ends]]]
        >= FLAT_FOR
    )
    return ends[rises & long]


def _last_move(found: Steps, end: int) -> int:
    while found.gain[end] == 0:
        end -= 1
    return end


def _expected(found: Steps, stop: int, end: int) -> float:
    """What a tenth of the last rate would have brought since it stopped."""
    at = found.readings.at
    days = (at[found.after[end]] - at[found.after[stop]]) / DAY
    return float(found.rate[stop] * days / 10)


def _moving(found: Steps) -> Floats:
    """The share of steps of its platform and age that bring something."""
    import polars as pl

    frame = pl.DataFrame({"peers": found.peers, "moves": found.gain != 0})
    many = pl.len().over("peers")
    share = pl.when(many > OTHERS).then(pl.col("moves").mean().over("peers"))
    return frame.select(share.fill_null(0.0)).to_series().to_numpy()


def still_sources(readings: Readings) -> Iterator[Mark]:
    """Sources of which every post stands still since the same time, though they moved
    just before. post: the source. usual: posts, and their rate before, by day."""
    count, names = readings.leading
    found = steps(readings, count)
    if not len(found.post):
        return
    last = np.flatnonzero(np.r_[found.post[1:] != found.post[:-1], True])
    stopped = np.isin(last, _stops(found))
    of = readings.source[found.after[last]]
    for source in np.unique(of).tolist():
        mine = last[of == source]
        ends = last[(of == source) & stopped]
        if len(mine) >= POSTS and len(ends) == len(mine):
            stops = [_last_move(found, end) for end in ends.tolist()]
            rate = float(found.rate[stops].sum())
            first, end = _bounds(found, stops, ends)
            days = (readings.at[end] - readings.at[first]) / DAY
            if rate * days / 10 >= EXPECTED and days >= FLAT_FOR / DAY:
                rows, values = (int(first), int(end)), (0, 0)
                metric = str(names[end])
                yield Mark(source, metric, rows, values, (len(mine), rate))


def _bounds(found: Steps, stops: list[int], ends: Ints) -> tuple[int, int]:
    """The places of the last movement of all, and of the latest reading."""
    at = found.readings.at
    first = max((found.after[n] for n in stops), key=lambda n: (at[n], -n))
    last = max((found.after[n] for n in ends.tolist()), key=lambda n: (at[n], -n))
    return int(first), int(last)


def identical(readings: Readings) -> Iterator[list[Mark]]:
    """Posts whose counts are the same one after the other: each group, by post."""
    count, names = readings.leading
    known = np.flatnonzero(count >= 0)
    if not len(known):
        return
    post, value = readings.post[known], count[known]
    starts = np.flatnonzero(np.r_[True, post[1:] != post[:-1]])
    lengths = np.diff(np.r_[starts, len(post)])
    ends = starts + lengths - 1
    new = np.r_[True, value[1:] != value[:-1]]
    new[starts] = True
    differ = np.add.reduceat(new.astype(np.int64), starts)
    large = (lengths >= LONG) & (differ >= DIFFERENT) & (value[ends] >= LARGE)
    curve = _curves(value, starts, lengths)
    some = np.flatnonzero(large)
    order = some[np.argsort(curve[some], kind="stable")]
    cuts = np.flatnonzero(curve[order][1:] != curve[order][:-1]) + 1
    for group in np.split(order, cuts):
        if len(group) > 1:
            yield [_whole(known, post, value, starts[n], ends[n], names) for n in group]


def _curves(value: Ints, starts: Ints, lengths: Ints) -> NDArray[np.uint64]:
    """One number for each run of values; the same for the same values in order."""
    place = np.arange(len(value)) - np.repeat(starts, lengths)
    mixed = value.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= (place.astype(np.uint64) + np.uint64(1)) * np.uint64(0xC2B2AE3D27D4EB4F)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    found: NDArray[np.uint64] = np.add.reduceat(mixed, starts)
    return found


def _whole(
    known: Ints,
    post: Ints,
    value: Ints,
    start: int,
    end: int,
    names: NDArray[np.str_],
) -> Mark:
    rows = (int(known[start]), int(known[end]))
    values = tuple(value[start : end + 1].tolist())
    return Mark(int(post[start]), str(names[rows[0]]), rows, values)


def likes_without_views(readings: Readings) -> Iterator[Mark]:
    """Likes came while views stood still: for each post where most did.

    values: likes before and after, and the views that stayed.
    """
    if not {"views", "likes"} <= readings.counts.keys():
        return
    views, likes = readings.counts["views"], readings.counts["likes"]
    both = np.where(views >= 0, likes, -1)
    found = steps(readings, both)
    seen = views[found.after] - views[found.before]
    odd = (found.gain >= LIKES) & (seen == 0)
    for n in _worst(found, odd, found.gain):
        before, after = int(found.before[n]), int(found.after[n])
        values = (int(likes[before]), int(likes[after]), int(views[after]))
        yield Mark(int(found.post[n]), "likes", (before, after), values)


# -- in common ----------------------------------------------------------------------


def _worst(found: Steps, odd: Bools, size: Ints | Floats) -> list[int]:
    """Of each post the odd step of the greatest size; the first of equals."""
    here = np.flatnonzero(odd)
    order = here[np.lexsort((here, -size[here], found.post[here]))]
    first = np.r_[True, found.post[order][1:] != found.post[order][:-1]]
    kept: list[int] = order[first[: len(order)]].tolist()
    return kept


def _last_true(marks: Bools) -> Ints:
    """For each place the latest marked one up to it, -1 before the first."""
    places = np.where(marks, np.arange(len(marks)), -1)
    found: Ints = np.maximum.accumulate(places)
    return found


def _mark(found: Steps, n: int, metric: str, usual: tuple[float, ...] = ()) -> Mark:
    before, after = int(found.before[n]), int(found.after[n])
    values = (int(found.count[before]), int(found.count[after]))
    measures = tuple(float(each) for each in usual)
    return Mark(int(found.post[n]), metric, (before, after), values, measures)


def _still(
    found: Steps, stop: int, end: int, metric: str, usual: tuple[float, ...]
) -> Mark:
    first, last = int(found.after[stop]), int(found.after[end])
    value = int(found.count[last])
    return Mark(int(found.post[end]), metric, (first, last), (value, value), usual)

"""How many posts one key can follow, by the limits the program itself keeps.

Arithmetic alone: the limits and the posts a call are those of the sources under
`tracker/sources/platforms`, the cadence is that of `tracker/store/asked.py`. Printed as
the tables of docs/scaling.md; a test compares them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.sources.base import Window
from tracker.sources.platforms import (
    bitly,
    bluesky,
    dub,
    facebook,
    ga4,
    instagram,
    mastodon,
    tiktok,
    tiktok_research,
    x,
    youtube,
)
from tracker.sources.platforms.manner import Limit
from tracker.sources.platforms.settings import Own
from tracker.store.asked import CADENCE, DAY, OLD

#: Days of history that are followed weekly in the last column and in the example.
YEARS = 2
HISTORY = YEARS * 365
#: Units of a look at a YouTube channel: its list of videos, and the list's first page.
LOOK = 2


@dataclass(frozen=True)
class Key:
    """What one key may do.

    a_day: posts that it may ask for in a day. once: a post costs once a day however
    often it is asked for. whose: what a key belongs to.
    """

    platform: str
    limit: str
    a_day: float
    whose: str
    once: bool = False


def own(options: Sequence[Own], name: str) -> Any:
    """What a setting of a source is when nobody sets it."""
    return next(each.default for each in options if each.key == name)


def times(window: Window) -> float:
    """How often a window begins anew in a day."""
    return 1.0 if window.zone else DAY / window.ms


def a_day(limit: Limit) -> float:
    return limit.calls * times(limit.window)


def keys() -> list[Key]:
    """One of each, as the program keeps their limits."""
    units, calls = own(youtube.OWN, "quota"), own(instagram.OWN, "calls")
    page = own(facebook.OWN, "calls")
    research, budget = own(tiktok_research.OWN, "quota"), own(x.OWN, "budget")
    dollars = budget * x.PRICE
    return [
        Key(
            "youtube",
            f"{units:,} units a day, {youtube.TOGETHER} a unit",
            units * youtube.TOGETHER,
            "project",
        ),
        Key("instagram", f"{calls} calls an hour, 1 a call", calls * 24, "account"),
        Key("facebook", f"{page} calls an hour, 1 a call", page * 24, "page"),
        _limited("tiktok", tiktok.QUERIES, tiktok.TOGETHER, "account"),
        Key(
            "tiktok-research",
            f"{research:,} calls a day, {tiktok_research.TOGETHER} a call",
            research * tiktok_research.TOGETHER,
            "client",
        ),
        Key(
            "x",
            f"{budget:,} posts a day (${dollars:.2f})",
            budget,
            "app and budget",
            once=True,
        ),
        _limited("bluesky", bluesky.CALLS, bluesky.TOGETHER, "address"),
        _limited(
            "mastodon",
            Limit("calls", mastodon.CALLS, mastodon.WINDOW),
            mastodon.TOGETHER,
            "server",
        ),
        # One call for a link's total and one for its days, in each run.
        Key(
            "bitly",
            f"{bitly.CALLS.calls:,} calls an hour, 2 a link",
            a_day(bitly.CALLS) / 2,
            "token",
        ),
        _limited("dub", dub.CALLS, dub.PAGE, "token"),
    ]


def _limited(platform: str, limit: Limit, together: int, whose: str) -> Key:
    minutes = limit.window.ms // 60_000
    span = "a minute" if minutes == 1 else f"in {minutes} minutes"
    said = f"{limit.calls:,} calls {span}, {together} a call"
    return Key(platform, said, a_day(limit) * together, whose)


# -- the cadence --------------------------------------------------------------------


def rates() -> list[float]:
    """How often a day a post is asked for, by its age; the last is for all older."""
    return [DAY / each for _, each in CADENCE] + [DAY / OLD]


def first_month() -> float:
    """How often a post is asked for until it is old."""
    total, begins = 0.0, 0
    for age, each in CADENCE:
        total += (age - begins) / each
        begins = age
    return total


def first_days() -> int:
    """How many days a post is asked for before it is old."""
    return int(CADENCE[-1][0] // DAY)


def asked_a_day(new: float, known: float, *, once: bool = False) -> float:
    """Posts asked for in a day when `new` are published each day and `known` are
    known in all."""
    young = first_days() if once else first_month()
    return new * young + max(0.0, known - new * first_days()) * DAY / OLD


# -- tables -------------------------------------------------------------------------


def table() -> Iterator[str]:
    """Posts that one key can follow, were all of one age; and a programme that goes
    on: new posts each day, all of the last years followed."""
    yield (
        "| platform | what one key may do | posts asked for a day | hourly | "
        f"each 3 hours | daily | weekly | new posts a day, {YEARS} years kept | "
        "a key is one |"
    )
    yield "|---|---|---:|---:|---:|---:|---:|---:|---|"
    for key in keys():
        often = [min(rate, 1.0) if key.once else rate for rate in rates()]
        each = [key.a_day / rate for rate in often]
        steady = key.a_day / asked_a_day(1, HISTORY, once=key.once)
        figures = " | ".join(short(n) for n in (key.a_day, *each, steady))
        yield f"| {key.platform} | {key.limit} | {figures} | {key.whose} |"


def example(ambassadors: int = 100_000, posts: int = 100_000_000) -> Iterator[str]:
    """An agency whose posts were published evenly over the last years."""
    new = posts / HISTORY
    decaying = asked_a_day(new, posts)
    once = asked_a_day(new, posts, once=True)
    yield "| if each of them were asked for | posts asked for a day | youtube keys |"
    yield "|---|---:|---:|"
    unit = next(key for key in keys() if key.platform == "youtube")
    for said, many in (
        ("hourly", posts * 24.0),
        ("daily", float(posts)),
        ("by age, as the daemon does", decaying),
    ):
        yield f"| {said} | {short(many)} | {up(many / unit.a_day):,} |"
    yield ""
    yield "| were all of them on | a key has to ask for | it can ask for | keys |"
    yield "|---|---:|---:|---:|"
    for key in keys():
        if key.platform in ("bitly", "dub"):
            continue
        wanted = once if key.once else decaying
        personal = key.whose in ("account", "page")
        many = ambassadors if personal else max(1, up(wanted / key.a_day))
        wants, may = short(wanted / many), short(key.a_day)
        yield f"| {key.platform} | {wants} | {may} | {many:,} |"


def sentences(ambassadors: int = 100_000, posts: int = 100_000_000) -> Iterator[str]:
    """What the tables leave out."""
    units = own(youtube.OWN, "quota")
    looks = ambassadors * LOOK
    billed = asked_a_day(posts / HISTORY, posts, once=True)
    yield (
        f"- One look for new videos of {ambassadors:,} channels costs {looks:,} units: "
        f"{up(looks / units)} days of one key, or {up(looks / (units // 2))} keys that "
        "look once a day with half of their units."
    )
    yield f"- On X {short(billed)} posts a day cost ${billed * float(x.PRICE):,.0f}."
    tokens = min(limit.calls * times(limit.window) for limit in ga4.QUOTAS.values())
    yield (
        f"- GA4 has no posts: a property answers {tokens / ga4.RESERVED:,.0f} reports "
        f"a day at {ga4.RESERVED} tokens each, of up to {ga4.ROWS:,} rows."
    )


def up(number: float) -> int:
    return int(-(-number // 1))


def short(number: float) -> str:
    """Three figures are enough: 17.3 million."""
    for unit, word in ((1e9, " billion"), (1e6, " million")):
        if number >= unit:
            return f"{number / unit:.3g}{word}"
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def main() -> int:
    print(*table(), "", *example(), "", *sentences(), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

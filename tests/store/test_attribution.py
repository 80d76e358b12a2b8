"""Attribution over many campaigns at once is that of each campaign by itself."""

from __future__ import annotations

import random
from zoneinfo import ZoneInfo

import polars as pl

from tracker.model import DAY
from tracker.store.attribution import ALWAYS, FOREVER, POSTS, Rules, derive
from tracker.store.gains import days

ZONES = ("Europe/Paris", "Pacific/Apia", "UTC")


def some_rules(chance: random.Random) -> Rules:
    """Six campaigns in three zones; one nobody is enrolled in, two ask for words."""
    people = [
        (c, who, chance.choice([ALWAYS, 2, 4]), chance.choice([5, 8, FOREVER]))
        for c in (1, 2, 3, 4, 5)
        for who in (1, 2, 3)
        for _ in range(chance.choice([0, 1, 2]))
    ]
    return Rules(
        zones={0: ZoneInfo("UTC")} | {n: ZoneInfo(ZONES[n % 3]) for n in range(1, 7)},
        handles=pl.DataFrame(
            [("x", f"h{n}", n, ALWAYS, FOREVER) for n in (1, 2, 3)],
            schema=["platform", "key", "ambassador_id", "since", "until"],
            orient="row",
        ),
        enrolments=pl.DataFrame(
            people,
            schema=dict.fromkeys(
                ("campaign_id", "ambassador_id", "starts", "ends"), pl.Int64
            ),
            orient="row",
        ),
        patterns={2: "red|link", 5: "blue"},
    )


def some_posts(chance: random.Random) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (
                number,
                chance.choice(["x", "youtube"]),
                chance.choice([None, "@H1", "h2", "h3", "h9"]),
                chance.randrange(10 * DAY),
                chance.choice([None, "red", "blue and red", ""]),
                chance.choice([None, "https://link"]),
            )
            for number in range(1, 60)
        ],
        schema=POSTS,
        orient="row",
    )


def plainly(posts: pl.DataFrame, known: Rules) -> list[tuple[int, int, int, str]]:
    """The same, post by post."""
    found = []
    for post, platform, handle, at, caption, url in posts.iter_rows():
        who = {"h1": 1, "h2": 2, "h3": 3}.get((handle or "").lower().strip("@"), 0)
        who = who if platform == "x" else 0
        found.append((post, 0, who, platform))
        for campaign, enrolled, starts, ends in known.enrolments.unique().iter_rows():
            pattern = known.patterns.get(campaign)
            text = f"{caption or ''}\n{url or ''}"
            fits = pattern is None or any(word in text for word in pattern.split("|"))
            stamps = pl.Series([at]).to_numpy()
            day = int(days(stamps, known.zones[campaign])[0])
            if who == enrolled and who and fits and starts <= day <= ends:
                found.append((post, campaign, who, platform))
    return sorted(set(found))


def test_all_campaigns_at_once_are_each_by_itself() -> None:
    for seed in range(20):
        chance = random.Random(seed)
        known, posts = some_rules(chance), some_posts(chance)
        assert list(derive(posts, known).iter_rows()) == plainly(posts, known)


def test_nobody_is_enrolled() -> None:
    chance = random.Random(1)
    known, posts = some_rules(chance), some_posts(chance)
    alone = Rules(known.zones, known.handles, known.enrolments.clear(), known.patterns)
    assert derive(posts, alone)["campaign_id"].unique().to_list() == [0]
    assert derive(posts.clear(), known).is_empty()

"""Disclosure of a campaign, summed for its pages.

A caption is judged once: the verdict is kept in the workspace under a hash of what was
judged, and is thrown away with the rules it was judged by.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker import __version__
from tracker.disclosures import check
from tracker.model import day_instant
from tracker.packs import FOLDER, packs
from tracker.store import labels as store
from tracker.troublefacts import Disclosed, Failing, Judged

if TYPE_CHECKING:
    import polars as pl

    from tracker.app import Tracker
    from tracker.checks.disclosure import Judgement
    from tracker.facts import CampaignFacts
    from tracker.store.labels import Labels

CACHE = Path(".cache") / "disclosure"
#: What decides verdicts besides the packs.
CODE = ("captions.py", "disclosure.py", "labels.py", "packs.py")
VERDICTS = ("pass", "weak", "fail", "unknown")
#: Failing posts that are listed; all are counted.
LISTED = 20
SEED = 23


def disclosed(tracker: Tracker, facts: CampaignFacts, shown: int) -> Disclosed:
    """Verdicts of all posts, counted; those of the first `shown` posts in words."""
    import polars as pl

    if facts.posts.is_empty():
        return Disclosed()
    labels = store.read(tracker.database, facts.campaign.id)
    planned = _planned(facts)
    posts = _judged(tracker.home, facts, labels, planned)
    bad = pl.col("verdict").is_in(["weak", "fail"])
    counts = dict(posts.group_by("verdict").len().iter_rows())
    return Disclosed(
        {name: counts.get(name, 0) for name in VERDICTS},
        posts.filter(bad & pl.col("older")).height,
        tuple(_rules(posts.filter(bad))),
        tuple(_failing(posts.filter(bad & ~pl.col("older")), facts, labels)),
        labels.acts,
        _shown(tracker.home, posts.head(shown), planned),
    )


def _planned(facts: CampaignFacts) -> tuple[str, ...]:
    named = (facts.plan.get("campaign") or {}).get("countries")
    return tuple(map(str, named)) if isinstance(named, list) else ()


def _judged(
    home: Path, facts: CampaignFacts, labels: Labels, planned: tuple[str, ...]
) -> pl.DataFrame:
    """Posts in the order of the facts, with verdict, rule, its date, country, and
    whether they are older than the law."""
    import polars as pl

    posts = _asked(facts, labels)
    known = _verdicts(home, facts.campaign.id, posts, planned)
    said = pl.DataFrame(
        labels.overrides,
        schema=dict.fromkeys(("platform", "post_id", "override"), pl.String),
        orient="row",
    )
    law = {code: day_instant(pack.since) for code, pack in packs(home).items()}
    since = pl.col("law").replace_strict(law, default=0, return_dtype=pl.Int64)
    when = pl.coalesce("published_at", "first_at").fill_null(0)
    return (
        posts.join(known, on="key", how="left", maintain_order="left")
        .join(said, on=["platform", "post_id"], how="left", maintain_order="left")
        .with_columns(
            verdict=pl.coalesce("override", "verdict").fill_null("unknown"),
            older=when < since,
        )
    )


def _asked(facts: CampaignFacts, labels: Labels) -> pl.DataFrame:
    """Posts with country and language, and a key of what is judged of them."""
    import polars as pl

    text = pl.String
    people = pl.DataFrame(
        labels.people,
        schema={"ambassador": text, "country": text, "own": text},
        orient="row",
    )
    languages = pl.DataFrame(
        labels.languages,
        schema={"platform": text, "post_id": text, "said": text},
        orient="row",
    )
    key = pl.concat_str(
        *(pl.col(name).fill_null("") for name in ("country", "language", "caption")),
        separator="\x1f",
    )
    return (
        facts.posts.join(people, on="ambassador", how="left", maintain_order="left")
        .join(languages, on=["platform", "post_id"], how="left", maintain_order="left")
        .with_columns(language=pl.coalesce("said", "own"))
        .with_columns(key=key.hash(SEED))
    )


def _verdicts(
    home: Path, slug: str, posts: pl.DataFrame, planned: tuple[str, ...]
) -> pl.DataFrame:
    """A row for each thing that is judged: from what is kept, and the new ones."""
    import polars as pl

    asked = posts.filter(pl.col("caption").is_not_null()).unique("key")
    place = home / CACHE / f"{slug}-{_rules_digest(home, planned)}.parquet"
    kept = _kept(place)
    fresh = asked.join(kept, on="key", how="anti").sort("key")
    new = [
        _row(row["key"], _judge(home, row, planned))
        for row in fresh.select("key", "caption", "country", "language").iter_rows(
            named=True
        )
    ]
    known = pl.concat([kept, pl.DataFrame(new, schema=_schema(), orient="row")])
    known = known.join(asked.select("key"), on="key", how="semi")
    if new:
        _keep(place, slug, known)
    return known


def _schema() -> dict[str, Any]:
    import polars as pl

    text = pl.String
    return {
        "key": pl.UInt64,
        "verdict": text,
        "rule": text,
        "dated": pl.Date,
        "law": text,
    }


def _judge(home: Path, row: Mapping[str, Any], planned: tuple[str, ...]) -> Judgement:
    countries = [row["country"], *planned] if row["country"] else planned
    return check(home, row["caption"], countries, row["language"]).judged


def _row(key: int, one: Judgement) -> tuple[Any, ...]:
    return key, one.verdict, one.rule, one.rule_date, one.country


# -- what is kept ---------------------------------------------------------------------


@cache
def _sources() -> bytes:
    folder = FOLDER.parent / "checks"
    return b"".join((folder / name).read_bytes() for name in CODE)


def _rules_digest(home: Path, planned: tuple[str, ...]) -> str:
    """Changes whenever a caption could be judged otherwise."""
    import polars as pl

    whole = hashlib.sha256(_sources())
    whole.update(repr((__version__, pl.__version__, planned)).encode())
    for folder in (FOLDER, home / "packs"):
        for file in sorted(folder.glob("*.toml")):
            whole.update(file.name.encode() + file.read_bytes())
    return whole.hexdigest()[:16]


def _kept(place: Path) -> pl.DataFrame:
    """A file that is cut off or not ours is as good as none."""
    import polars as pl

    try:
        found = pl.read_parquet(place)
    except (OSError, pl.exceptions.PolarsError):
        return pl.DataFrame(schema=_schema())
    whole = dict(found.schema) == _schema()
    return found if whole else pl.DataFrame(schema=_schema())


def _keep(place: Path, slug: str, known: pl.DataFrame) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = place.with_suffix(".tmp")
    known.write_parquet(fresh)
    fresh.replace(place)
    for old in place.parent.glob(f"{slug}-{'?' * 16}.parquet"):
        if old != place:
            old.unlink(missing_ok=True)


# -- what is shown --------------------------------------------------------------------


def _rules(bad: pl.DataFrame) -> Iterator[tuple[str, date | None, str, int]]:
    """Rules that posts fail by, those of most posts first."""
    import polars as pl

    found = bad.group_by("rule", "dated", "verdict").len()
    order = found.with_columns(pl.col("rule").fill_null("")).sort(
        "len", "rule", "verdict", descending=[True, False, False]
    )
    yield from order.iter_rows()


def _failing(
    bad: pl.DataFrame, facts: CampaignFacts, labels: Labels
) -> Iterator[Failing]:
    """Those with most of the leading metric; they stand in this order already."""
    names = ("platform", "post_id", "ambassador", "verdict", "rule")
    for platform, post, who, verdict, rule in (
        bad.head(LISTED).select(names).iter_rows()
    ):
        act = labels.last.get((platform, post))
        yield Failing(platform, post, who, verdict, rule or "", act)


def _shown(
    home: Path, posts: pl.DataFrame, planned: tuple[str, ...]
) -> dict[tuple[str, str], Judged]:
    found = {}
    for row in posts.iter_rows(named=True):
        one = None
        if row["caption"] is not None:
            one = _judge(home, row, planned)
        found[row["platform"], row["post_id"]] = Judged(
            row["verdict"],
            (one.label if one else None) or "",
            (one.rule if one else None) or "",
            (one.placement if one else None) or "",
            row["override"] is not None,
        )
    return found

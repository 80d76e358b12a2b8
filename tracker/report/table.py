"""All posts of a campaign for the page of posts: some rows, and compact columns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tracker.facts import CampaignFacts
from tracker.model import DAY, DAY_MARK
from tracker.report.digests import fingerprint
from tracker.report.listing import Listed, listed
from tracker.report.pages import Head, head
from tracker.report.text import BLANKS, HIDDEN, PILE, clean, file_name

if TYPE_CHECKING:
    import polars as pl

#: Rows that stand in the page itself, for readers without scripts.
FIRST = 100
#: Characters of a post's text in the table.
CAPTION = 90


@dataclass(frozen=True)
class PostsPage:
    """rows: the first ones; frame: all of them, from which `columns` is made."""

    head: Head
    metrics: tuple[str, ...]
    leading: str | None
    posts: int
    rows: tuple[Listed, ...]
    people: tuple[tuple[str, str, str], ...]
    platforms: tuple[str, ...]
    frame: pl.DataFrame

    def digest(self) -> str:
        """Changes whenever a byte of the page may."""
        return repr((self.head, self.metrics, self.leading, self.people)) + fingerprint(
            self.frame
        )

    @cached_property
    def columns(self) -> dict[str, Any]:
        """Columns as the script reads them: people and platforms by number, days
        since 1970, addresses only if they are http or https."""
        return columns(self)


def posts_page(facts: CampaignFacts) -> PostsPage:
    return PostsPage(
        head(facts, "../"),
        facts.metrics,
        facts.leading,
        facts.posts_total,
        listed(facts, facts.posts.head(FIRST)),
        tuple((p.id, clean(p.name), file_name(p.id) + ".html") for p in facts.people),
        tuple(sorted(part.platform for part in facts.platforms)),
        facts.posts,
    )


def columns(page: PostsPage) -> dict[str, Any]:
    import polars as pl

    people = {row[0]: at for at, row in enumerate(page.people)}
    platforms = {name: at for at, name in enumerate(page.platforms)}
    said = page.frame["language"].drop_nulls().unique().sort().to_list()
    languages = {name: at for at, name in enumerate(said)}

    def index(name: str, keys: dict[str, int]) -> pl.Expr:
        """The number of a name in a list; -1 when it is not in it."""
        if not keys:
            return pl.lit(-1, pl.Int64).alias(name)
        return pl.col(name).replace_strict(keys, default=-1, return_dtype=pl.Int64)

    url = pl.col("url").str.replace_all(r"[\x00-\x20\x7f-\xa0\u2028\u2029]+", "")
    url = url.str.replace_all(HIDDEN, "")
    allowed = url.str.contains(r"(?i)^https?://[^/?#\\\s]")
    title = pl.coalesce(
        pl.col("caption").replace("", None).str.slice(0, 4 * CAPTION), "post_id"
    )
    for pattern, instead in ((BLANKS, " "), (HIDDEN, ""), (PILE, "$1")):
        title = title.str.replace_all(pattern, instead)
    made = page.frame.select(
        platform=index("platform", platforms),
        person=index("ambassador", people),
        title=title.str.slice(0, CAPTION),
        language=index("language", languages),
        url=pl.when(allowed & (url.str.len_chars() <= 2000)).then(url),
        day=_days(page.head.timezone),
        **{metric: pl.col(metric) for metric in page.metrics},
    )
    left_out = {"url"} if said else {"url", "language"}
    return {
        "people": [list(row[1:]) for row in page.people],
        "platforms": list(page.platforms),
        "metrics": list(page.metrics),
        "languages": said,
        **_addresses(made["url"].to_list()),
        **{name: made[name].to_list() for name in made.columns if name not in left_out},
    }


def _days(zone: str) -> pl.Expr:
    """Days of publication in the campaign's zone, as numbers; see model.local_day."""
    import polars as pl

    at = pl.col("published_at")
    local = at.cast(pl.Datetime("ms", "UTC")).dt.convert_time_zone(zone).dt.date()
    written = at % DAY == DAY_MARK
    return (
        pl.when(written).then(at // DAY).otherwise(local.cast(pl.Int32)).cast(pl.Int64)
    )


def _addresses(urls: list[str | None]) -> dict[str, Any]:
    """Addresses without the beginning that most of them share."""
    heads: dict[str, int] = {}
    cut: list[Any] = []
    for url in urls:
        if url is None:
            cut.append(None)
            continue
        start = url.rfind("/") + 1
        if start <= 8:
            start = 0
        cut.append([heads.setdefault(url[:start], len(heads)), url[start:]])
    return {
        "heads": list(heads),
        "head": [None if pair is None else pair[0] for pair in cut],
        "tail": [None if pair is None else pair[1] for pair in cut],
    }


def script_json(value: Any) -> str:
    """JSON that cannot end the block it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text

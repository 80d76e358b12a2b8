"""Posts in tables: the first rows as values, all rows as compact columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.facts import CampaignFacts
from tracker.report.text import clean, file_name, link, short

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Listed:
    """A post. title: its text, or its id; language: of the text, "" when it is not
    known; values: by CampaignFacts.metrics."""

    platform: str
    post_id: str
    title: str
    language: str
    url: str | None
    person: str
    page: str
    published: int | None
    values: tuple[int | None, ...]
    last_at: int


def listed(facts: CampaignFacts, posts: pl.DataFrame) -> tuple[Listed, ...]:
    names = {person.id: clean(person.name) for person in facts.people}
    return tuple(
        Listed(
            row["platform"],
            clean(row["post_id"]),
            short(row["caption"] or "") or clean(row["post_id"]),
            row["language"] or "",
            link(row["url"]),
            names.get(row["ambassador"] or "", clean(row["ambassador"] or "")),
            file_name(row["ambassador"]) + ".html"
            if row["ambassador"] in names
            else "",
            row["published_at"],
            tuple(row[metric] for metric in facts.metrics),
            row["last_at"],
        )
        for row in posts.iter_rows(named=True)
    )

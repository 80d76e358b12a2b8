"""The posts with most of the leading metric: first week, disclosure, still there?"""

from __future__ import annotations

from dataclasses import dataclass

from tracker.facts import CampaignFacts
from tracker.report.listing import Listed, listed
from tracker.report.text import clean
from tracker.troublefacts import Gone, Judged

#: Posts in the table of the campaign page.
TOP = 10


@dataclass(frozen=True, slots=True)
class TopPost:
    """value: the leading metric; early: the same seven days after publication, None
    unknown. judged: its disclosure, None where nobody judged. gone: since when it is
    not there any more, and what it had then."""

    post: Listed
    value: int | None
    early: int | None
    judged: Judged | None
    gone: Gone | None


def top_posts(facts: CampaignFacts) -> tuple[TopPost, ...]:
    """Facts have posts in this order already."""
    rows = facts.posts.head(TOP)
    gone = {(one.platform, one.post_id): one for one in facts.troubles.gone}
    judged, early = facts.troubles.disclosed.top, facts.brought.early
    names = rows.select("platform", "post_id").iter_rows()
    values = rows[facts.leading].to_list() if facts.leading else [None] * rows.height
    return tuple(
        TopPost(post, value, early.get(key), _clean(judged.get(key)), gone.get(key))
        for post, key, value in zip(listed(facts, rows), names, values, strict=True)
    )


def _clean(one: Judged | None) -> Judged | None:
    if one is None:
        return None
    return Judged(one.verdict, clean(one.label), one.rule, one.placement, one.override)

"""What disclosure is judged by besides captions, and what people did about it."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.store import rows
from tracker.store.database import Database
from tracker.troublefacts import Act

#: Lines of the log that are listed; all are in `tracker export disclosure-log`.
LISTED = 20
OWN = (
    "SELECT p.platform, p.external_id, {what} FROM attribution a"
    " JOIN post p ON p.id = a.post_id {join} WHERE a.campaign_id = ?"
)
LANGUAGES = OWN.format(what="p.language", join="") + " AND p.language IS NOT NULL"
OVERRIDES = OWN.format(
    what="o.verdict", join="JOIN disclosure_override o ON o.post_id = p.id"
)
ACTS = OWN.format(
    what="d.act, d.at, d.note, m.slug",
    join="JOIN disclosure_act d ON d.post_id = p.id"
    " LEFT JOIN ambassador m ON m.id = a.ambassador_id",
)


@dataclass(frozen=True, slots=True)
class Labels:
    """people: (ambassador, country, language). languages: of posts that say theirs.
    overrides: verdicts of people, by platform and id; acts: the log, newest first;
    last: the last act of each post."""

    people: tuple[tuple[str, str | None, str | None], ...]
    languages: tuple[tuple[str, str, str], ...]
    overrides: tuple[tuple[str, str, str], ...]
    acts: tuple[Act, ...]
    last: dict[tuple[str, str], str]


def read(database: Database, campaign: str) -> Labels:
    """Of the posts of a campaign. Raises NotFoundError."""
    with database.reading() as link:
        number, _ = rows.find_campaign(link, campaign)
        people = link.all("SELECT slug, country, language FROM ambassador ORDER BY 1")
        done = link.all(f"{ACTS} ORDER BY d.id DESC", (number,))
        acts = [
            Act(at, platform, post, who, act, note or "")
            for platform, post, act, at, note, who in done
        ]
        return Labels(
            tuple(people),
            tuple(link.all(LANGUAGES, (number,))),
            tuple(link.all(OVERRIDES, (number,))),
            tuple(acts[:LISTED]),
            {(one.platform, one.post_id): one.act for one in reversed(acts)},
        )

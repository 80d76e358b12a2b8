"""Captions of a campaign's posts, and what people said of their labels."""

from __future__ import annotations

from typing import NamedTuple

from tracker.errors import NotFoundError
from tracker.model import platform_name
from tracker.store import audit, rows
from tracker.store.again import whole
from tracker.store.database import Database, Link

POSTS = (
    "SELECT p.platform, p.external_id, m.slug, m.country,"
    " coalesce(p.language, m.language), p.caption, p.paid_partnership,"
    " p.published_at, s.first_at, s.caption_at, o.verdict, o.reason,"
    " (SELECT c.act FROM disclosure_act c WHERE c.post_id = p.id"
    " ORDER BY c.id DESC LIMIT 1)"
    " FROM attribution a JOIN post p ON p.id = a.post_id"
    " JOIN ambassador m ON m.id = a.ambassador_id"
    " LEFT JOIN post_state s ON s.post_id = p.id"
    " LEFT JOIN disclosure_override o ON o.post_id = p.id"
    " WHERE a.campaign_id = ? ORDER BY p.platform, p.external_id"
)
#: Posts whose author was written to, and that are not mended since.
ASKED = (
    "SELECT m.slug, p.platform, p.external_id, p.url, p.caption, m.country, c.at"
    " FROM disclosure_act c JOIN post p ON p.id = c.post_id"
    " JOIN attribution a ON a.post_id = p.id AND a.campaign_id = ?"
    " JOIN ambassador m ON m.id = a.ambassador_id"
    " WHERE c.act IN ('notice', 'reminder') AND c.id = (SELECT MAX(d.id)"
    " FROM disclosure_act d WHERE d.post_id = p.id)"
    " ORDER BY m.slug, c.at, p.platform, p.external_id"
)
FORGET = "DELETE FROM disclosure_override WHERE post_id = ?"


class Post(NamedTuple):
    """A post of a campaign as far as its label goes. told_at: when the caption was
    last said; override: a person's verdict; act: the latest corrective action."""

    platform: str
    post_id: str
    ambassador: str
    country: str | None
    language: str | None
    caption: str | None
    toggle: str | None
    published_at: int | None
    first_at: int | None
    told_at: int | None
    override: str | None
    reason: str | None
    act: str | None


def posts(database: Database, campaign: str) -> list[Post]:
    """All posts that count for a campaign, by platform and id. Raises
    NotFoundError."""
    with database.reading() as link:
        number, _ = rows.find_campaign(link, campaign)
        return [Post(*row) for row in link.all(POSTS, (number,))]


def asked(
    database: Database, campaign: str
) -> list[tuple[str, str, str, str | None, str | None, str | None, int]]:
    """Ambassador, platform, id, address, caption, country and instant of each post
    whose author was last sent a notice or a reminder. Raises NotFoundError."""
    with database.reading() as link:
        number, _ = rows.find_campaign(link, campaign)
        return [tuple(row) for row in link.all(ASKED, (number,))]


@whole
def override(
    database: Database,
    platform: str,
    post_id: str,
    verdict: str | None,
    reason: str,
    *,
    now: int,
) -> None:
    """A person's verdict on a post, instead of the rules'; None: the rules' again.
    Raises NotFoundError."""
    with database.writing() as link:
        number = find_post(link, platform, post_id)
        link.run(FORGET, (number,))
        if verdict is not None:
            link.run(
                "INSERT INTO disclosure_override (post_id, verdict, reason, actor, at)"
                " VALUES (?, ?, ?, ?, ?)",
                (number, verdict, reason, link.who.actor, now),
            )
        audit.note(link, "disclosure.override", f"post {number}", now)


@whole
def act(
    database: Database,
    platform: str,
    post_id: str,
    what: str,
    note: str | None,
    *,
    now: int,
) -> None:
    """One line of the log of corrective actions. Raises NotFoundError."""
    with database.writing() as link:
        number = find_post(link, platform, post_id)
        link.run(
            "INSERT INTO disclosure_act (post_id, act, note, actor, at)"
            " VALUES (?, ?, ?, ?, ?)",
            (number, what, note, link.who.actor, now),
        )
        audit.note(link, f"disclosure.{what}", f"post {number}", now)


def find_post(link: Link, platform: str, post_id: str) -> int:
    """The row of a post. Raises NotFoundError."""
    name = platform_name(platform) or platform
    number: int | None = link.value(
        "SELECT id FROM post WHERE platform = ? AND external_id = ?", (name, post_id)
    )
    if number is None:
        raise NotFoundError("post", f"{platform} {post_id}")
    return number

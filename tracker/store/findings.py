"""What people said of findings; the findings themselves are worked out."""

from __future__ import annotations

from collections.abc import Iterable

from tracker.store import audit
from tracker.store.again import whole
from tracker.store.database import Database

#: What the audit calls it.
ACTIONS = {"acknowledged": "ack", "fixed": "fix", "open": "reopen"}


def states(database: Database) -> dict[str, str]:
    """State of each finding that somebody has looked at, by its id."""
    with database.reading() as link:
        return dict(link.all("SELECT id, state FROM finding_state"))


@whole
def say(
    database: Database, ids: Iterable[str], state: str, reason: str | None, now: int
) -> None:
    """acknowledged or fixed, or open again."""
    with database.writing() as link:
        for finding in ids:
            link.run("DELETE FROM finding_state WHERE id = ?", (finding,))
            link.run(
                "INSERT INTO finding_state (id, state, reason, actor, at)"
                " VALUES (?, ?, ?, ?, ?)",
                (finding, state, reason, link.who.actor, now),
            )
            audit.note(link, f"finding.{ACTIONS[state]}", finding, now)

"""Names of the pages that ambassadors are sent: made at random, and kept.

Nobody can guess one, and none follows from what is known of the person; the same
person keeps theirs until it is rotated.
"""

from __future__ import annotations

import secrets
import string

from tracker.store import audit, rows
from tracker.store.again import whole
from tracker.store.database import Database

LONG = 22
SIGNS = string.ascii_letters + string.digits


@whole
def token(
    database: Database, ambassador: str, now: int, *, rotate: bool = False
) -> str:
    """22 characters, 130 bits; fresh when there were none, or when rotated. Raises
    NotFoundError."""
    with database.writing() as link:
        rows.find_ambassador(link, ambassador)
        row = int(link.value("SELECT id FROM ambassador WHERE slug = ?", (ambassador,)))
        sql = "SELECT token FROM edition WHERE ambassador_id = ?"
        known = link.value(sql, (row,))
        if known is not None and not rotate:
            return str(known)
        made = "".join(secrets.choice(SIGNS) for _ in range(LONG))
        link.run(
            "INSERT INTO edition (ambassador_id, token, made_at) VALUES (?, ?, ?)"
            " ON CONFLICT (ambassador_id) DO UPDATE SET token = excluded.token,"
            " made_at = excluded.made_at",
            (row, made, now),
        )
        audit.note(link, "report.ambassador", f"person {row}", now)
    return made


def known(database: Database, ambassador: str) -> str | None:
    """The one that is in use, if there is one."""
    with database.reading() as link:
        found = link.value(
            "SELECT e.token FROM edition e JOIN ambassador a ON a.id = e.ambassador_id"
            " WHERE a.slug = ?",
            (ambassador,),
        )
    return str(found) if found is not None else None

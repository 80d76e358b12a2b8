"""The audit: who changed what and when, without values, chained by hashes.

A line is written in the transaction of the change it tells of, so that neither is
there without the other.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tracker.store.database import Link

#: What stands before the first line.
START = "0" * 64


def note(link: Link, action: str, subject: str, now: int) -> None:
    """One line: action as `mission.excuse`; subject as `fiesta/travel person 12`.

    A person stands in the subject by number only (the ambassador's row), never by id,
    name or handle; no value stands in it at all.
    """
    last = link.one("SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1")
    n, prev = (last[0] + 1, last[1]) if last else (1, START)
    line = {
        "n": n,
        "at": now,
        "actor": link.who.actor,
        "action": action,
        "subject": subject,
        "from": link.who.origin,
        "prev": prev,
    }
    link.run(
        "INSERT INTO audit (n, at, actor, action, subject, origin, prev, hash)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*line.values(), digest(line)),
    )


def digest(line: dict[str, Any]) -> str:
    """SHA-256, in hex, of everything in a line but its own hash."""
    plain = json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()

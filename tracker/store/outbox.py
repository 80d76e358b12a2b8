"""The outbox: what alerts and digests have to tell, each thing once an address.

A message is claimed (`sending`) before the call that sends it, and noted after it.
A process that dies between the two leaves `sending`: nobody can know whether the
message arrived, so it becomes `failed` and is never sent again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracker.store.again import whole
from tracker.store.database import Database, Link

HELD, SENDING, SENT, FAILED = "held", "sending", "sent", "failed"
#: A call that sends takes no longer, in ms; then its process has died.
LONGEST = 180_000
#: Said of what was being sent when its process died.
CUT_OFF = "cut off while it was sent; it may have arrived, and is not sent again"

SHOW = (
    "SELECT id, name, finding, target, shown, campaign, at, seen_at, not_before,"
    " state, tries, sent_at, error FROM alert"
)


@dataclass(frozen=True, slots=True)
class News:
    """Something to tell, not yet in the outbox. at: of the finding, ms UTC."""

    name: str
    finding: str
    target: str
    shown: str
    campaign: str | None
    at: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A row of the outbox. target: where the settings have the address; shown: the
    address without its secret. state: held, sending, sent or failed."""

    id: int
    name: str
    finding: str
    target: str
    shown: str
    campaign: str | None
    at: int
    seen_at: int
    not_before: int
    state: str
    tries: int
    sent_at: int | None
    error: str | None


@whole
def put(database: Database, news: Iterable[News], now: int) -> int:
    """Put each in once, ever; how many were new."""
    rows = [
        (n.name, n.finding, n.target, n.shown, n.campaign, n.at, now, now, HELD)
        for n in news
    ]
    if not rows:
        return 0
    with database.writing() as link:
        before = link.value("SELECT count(*) FROM alert")
        link.many(
            "INSERT INTO alert (name, finding, target, shown, campaign, at, seen_at,"
            " not_before, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (name, finding, target) DO NOTHING",
            rows,
        )
        return int(link.value("SELECT count(*) FROM alert")) - int(before)


def known(database: Database) -> set[tuple[str, str, str]]:
    """(name, finding, target) of everything that is or was in the outbox."""
    with database.reading() as link:
        rows = link.all("SELECT name, finding, target FROM alert")
    return {(name, finding, where) for name, finding, where in rows}


def waiting(database: Database, now: int) -> list[tuple[str, str, list[str | None]]]:
    """(name, target, campaigns) of all that may be tried now."""
    with database.reading() as link:
        rows = link.all(
            "SELECT DISTINCT name, target, campaign FROM alert WHERE state = 'held'"
            " AND not_before <= ? ORDER BY name, target, campaign",
            (now,),
        )
    found: dict[tuple[str, str], list[str | None]] = {}
    for name, where, campaign in rows:
        found.setdefault((name, where), []).append(campaign)
    return [(*place, campaigns) for place, campaigns in found.items()]


def letters(database: Database) -> list[Letter]:
    """The whole history, oldest first."""
    with database.reading() as link:
        return _letters(link, "ORDER BY seen_at, id")


def last(database: Database, name: str, where: str) -> Letter | None:
    """The latest of a name that went, or may have gone, to an address."""
    with database.reading() as link:
        found = _letters(
            link,
            "WHERE name = ? AND target = ? AND sent_at IS NOT NULL"
            " ORDER BY sent_at DESC, at DESC, id DESC LIMIT 1",
            (name, where),
        )
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Claim:
    """Letters of one name to one target that this process sends now.

    until: when another may think that it died; also what tells its rows apart.
    """

    name: str
    target: str
    until: int
    letters: tuple[Letter, ...]


@whole
def claim(
    database: Database, name: str, where: str, now: int, rest: int
) -> Claim | None:
    """Take all that waits under a name for a target, to send it now.

    rest: the cool-down in ms. None when nothing waits, when one went less than that
    ago, or goes just now: then another process was quicker.
    """
    until = now + LONGEST
    waits = "WHERE name = ? AND target = ? AND state = 'held' AND not_before <= ?"
    with database.writing() as link:
        if _resting(link, name, where, now, rest):
            return None
        found = _letters(link, f"{waits} ORDER BY at, id", (name, where, now))
        link.run(
            "UPDATE alert SET state = 'sending', tries = tries + 1, not_before = ?"
            f" {waits}",
            (until, name, where, now),
        )
    return Claim(name, where, until, tuple(found)) if found else None


def resting(database: Database, name: str, where: str, now: int, rest: int) -> bool:
    """Went one of the name to the target less than that ago, or goes just now?"""
    with database.reading() as link:
        return _resting(link, name, where, now, rest)


def _resting(link: Link, name: str, where: str, now: int, rest: int) -> bool:
    since, going = link.all(
        "SELECT max(sent_at), count(CASE state WHEN 'sending' THEN 1 END)"
        " FROM alert WHERE name = ? AND target = ?",
        (name, where),
    )[0]
    return bool(going) or (since is not None and since + rest > now)


def sent(database: Database, claim: Claim, now: int) -> None:
    _become(database, claim, SENT, None, now, now)


def again(database: Database, claim: Claim, error: str, at: int) -> None:
    """It was not taken: try it again at an instant."""
    _become(database, claim, HELD, error, None, at)


def failed(
    database: Database, claim: Claim, error: str, now: int, *, went: bool
) -> None:
    """Not tried again. went: it may have arrived all the same."""
    _become(database, claim, FAILED, error, now if went else None, now)


@whole
def _become(
    database: Database,
    claim: Claim,
    state: str,
    error: str | None,
    sent_at: int | None,
    not_before: int,
) -> None:
    """Also when somebody thought meanwhile that this process had died."""
    with database.writing() as link:
        link.run(
            "UPDATE alert SET state = ?, error = ?, sent_at = ?, not_before = ?"
            " WHERE name = ? AND target = ? AND not_before = ?"
            " AND state IN ('sending', 'failed')",
            (state, error, sent_at, not_before, claim.name, claim.target, claim.until),
        )


@whole
def give_up(database: Database, now: int) -> int:
    """What died while it was sent: failed, for nobody knows; how many."""
    with database.reading() as link:
        sql = "SELECT 1 FROM alert WHERE state = 'sending' AND not_before <= ? LIMIT 1"
        if link.one(sql, (now,)) is None:
            return 0
    with database.writing() as link:
        return link.run(
            "UPDATE alert SET state = 'failed', error = ?, sent_at = not_before - ?"
            " WHERE state = 'sending' AND not_before <= ?",
            (CUT_OFF, LONGEST, now),
        )


def _letters(link: Link, rest: str, values: Sequence[object] = ()) -> list[Letter]:
    return [Letter(*row) for row in link.all(f"{SHOW} {rest}", values)]

"""Files that are nobody's any more are removed.

Only files that the catalogue knows are ever deleted: others at the same address may be
another workspace's, or of a database that was put back.
"""

from __future__ import annotations

from tracker.store.archive import parts, readers
from tracker.store.archive.parts import DROPPED, RESTORED, WRITING
from tracker.store.archive.turn import Turn
from tracker.store.database import Database, Link


def sweep(database: Database, turn: Turn) -> int:
    """Remove what was being written when an earlier run was cut off; how many."""
    with database.reading() as link:
        cut_off = parts.in_state(link, WRITING)
    for part in cut_off:
        database.archive.delete(part.path)
    turn.do(lambda link: parts.forget(link, [part.id for part in cut_off]))
    return len(cut_off)


def remove(database: Database, turn: Turn) -> int:
    """Remove files that were replaced or taken back, once nobody reads them; how many
    are still there."""
    with database.reading() as link:
        dropped = parts.in_state(link, DROPPED)
        restored = [p for p in parts.in_state(link, RESTORED) if p.bytes]
    old = [*dropped, *restored]
    if not old:
        return 0
    if not readers.wait(database):
        return len(old)
    for part in old:
        database.archive.delete(part.path)

    def forget(link: Link) -> None:
        parts.forget(link, [part.id for part in dropped])
        parts.emptied(link, [part.id for part in restored])

    turn.do(forget)
    return 0

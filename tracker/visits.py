"""Repeats of a visitor: one unique click, then duplicates until the window is over.

The window does not slide: it counts from the unique click, so somebody who clicks
each minute for a day is counted once an hour, not once.
"""

from __future__ import annotations

from collections.abc import Iterable

#: Where a server writes how many clicks wait, for other commands.
STATE = ".clicks.json"
#: How long a window is where nobody says, ms.
WINDOW = 3_600_000
UNIQUE, DUPLICATE, BOT = "unique", "duplicate", "bot"
#: Rule of a duplicate, as `rule` of a click.
REPEAT = "repeat"


def repeats(instants: Iterable[int], window: int) -> list[bool]:
    """Which clicks of one visitor on one link, in order of time, are duplicates."""
    last: int | None = None
    found = []
    for at in instants:
        again = last is not None and at - last < window
        if not again:
            last = at
        found.append(again)
    return found

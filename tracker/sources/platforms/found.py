"""Posts that the list of an account shows, and how far such lists were read.

A mark is the moment of publishing up to which all posts of an account were read. It
moves with the payloads that hold those posts, so that a run that is cut off goes on
where it was; a post as old as the mark is looked at again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tracker.sources.platforms import marks


@dataclass(frozen=True, slots=True)
class Found:
    """A post that an account's list shows. more: what else the list says of it."""

    post_id: str
    account: str
    published_at: int | None
    more: Mapping[str, Any] = field(default_factory=dict, compare=False)


class Marks:
    """The marks of a source's accounts, in ms; the bookmark of the source."""

    def __init__(self, bookmark: str | None) -> None:
        said = marks.read(bookmark)
        self._until = {k: v for k, v in said.items() if type(v) is int}

    def until(self, account: str) -> int:
        """The mark of an account; 0 when nothing of it was read."""
        return self._until.get(account, 0)

    def is_new(self, found: Found, since: int | None) -> bool:
        """Published at the mark or after it, and not before `since`."""
        floor = max(self.until(found.account), since or 0)
        return found.published_at is None or found.published_at >= floor

    def move(self, read: Iterable[Found]) -> str:
        """The bookmark once these posts are kept; they come oldest first."""
        for each in read:
            until = max(self.until(each.account), each.published_at or 0)
            self._until[each.account] = until
        return marks.write(self._until)


def in_order(found: Iterable[Found]) -> list[Found]:
    """Account by account, oldest first, each post once."""
    once = {each.post_id: each for each in found}
    return sorted(
        once.values(), key=lambda f: (f.account, f.published_at or 0, f.post_id)
    )

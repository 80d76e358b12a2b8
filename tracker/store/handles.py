"""Who has which handle when: no handle has two owners at one time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tracker.errors import NotFoundError
from tracker.model import Ambassador, Handle, handle_key


class RowError(Exception):
    """Something said of a person that cannot be taken; code as in `error[CODE]`."""

    def __init__(self, column: str, code: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.code, self.reason = column, code, reason


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A handle and who has it.

    row: its number in the table, None: not there yet. said: what a file says of it,
    and line where first; None: nothing. changed: the table says otherwise.
    """

    owner: str
    handle: Handle
    row: int | None = None
    said: Handle | None = None
    line: int = 0
    changed: bool = False


class Handles:
    """All handles of the roster, and what a file makes of them."""

    def __init__(self, held: Iterable[Held] = ()) -> None:
        self._held: dict[tuple[str, str], list[Held]] = {}
        self._done: list[tuple[list[Held], Held | None, Held]] = []
        for one in held:
            self._at(one.handle).append(one)

    def __iter__(self) -> Iterator[Held]:
        return (one for there in self._held.values() for one in there)

    def _at(self, handle: Handle) -> list[Held]:
        key = (handle.platform, handle_key(handle.handle))
        return self._held.setdefault(key, [])

    def hold(self, owner: str, handle: Handle, line: int) -> str:
        """Give a handle to its owner, or correct what is known of it.

        A handle without days means the one the owner has, if any; one with days
        the owner's of that time. Answers added, updated or unchanged.

        Raises RowError when somebody else has it in that time, or when another
        line of the same file says otherwise.
        """
        there = self._at(handle)
        old = _meant([one for one in there if one.owner == owner], handle)
        new = _corrected(old.handle, handle) if old else handle
        if old and old.said and old.line != line:
            _agree(old.said, handle, old.line)
        for other in there:
            if other is not old and overlap(other.handle, new):
                reason = f'"{handle.handle}" belongs to "{other.owner}" in that time'
                raise RowError("handle", "ROW_HANDLE", reason)
        if old is None:
            self._put(there, None, Held(owner, new, None, handle, line, changed=True))
            return "added"
        changed = new != old.handle
        said = _corrected(old.said, handle) if old.said else handle
        first = old.line if old.said else line
        now = Held(owner, new, old.row, said, first, changed=old.changed or changed)
        self._put(there, old, now)
        return "updated" if changed else "unchanged"

    def _put(self, there: list[Held], old: Held | None, new: Held) -> None:
        if old is not None:
            there.remove(old)
        there.append(new)
        self._done.append((there, old, new))

    def mark(self) -> int:
        """A moment that `undo` can go back to."""
        return len(self._done)

    def undo(self, mark: int) -> None:
        for there, old, new in reversed(self._done[mark:]):
            there.remove(new)
            if old is not None:
                there.append(old)
        del self._done[mark:]


def overlap(one: Handle, other: Handle) -> bool:
    """Is there a day on which both hold?"""
    first = max(one.since or date.min, other.since or date.min)
    return first <= min(one.until or date.max, other.until or date.max)


def _meant(mine: list[Held], handle: Handle) -> Held | None:
    """Which of the owner's handles of this name is spoken of."""
    if handle.since is None and handle.until is None:
        return max(mine, key=lambda one: one.handle.until or date.max, default=None)
    return next((one for one in mine if overlap(one.handle, handle)), None)


def _agree(said: Handle, again: Handle, line: int) -> None:
    """Two lines may complete each other on a handle, not contradict."""
    both = _corrected(said, again)
    if both != _corrected(again, said):
        reason = f"differs from line {line} for the same handle"
        raise RowError("handle", "ROW_CONFLICT", reason)


def _corrected(old: Handle, said: Handle) -> Handle:
    """The known handle with what is said of it now."""
    silent = said.since is None and said.until is None
    return Handle(
        old.platform,
        said.handle,
        old.since if silent else said.since,
        old.until if silent else said.until,
        old.followers if said.followers is None else said.followers,
    )


def rename(
    handles: Handles,
    person: Ambassador,
    platform: str,
    new: str,
    *,
    today: date,
    since: date | None,
    old: str | None,
) -> None:
    """Close the handle that is open on a day, and open another from that day on.

    Raises NotFoundError for an unknown `old`, RowError where days do not fit or
    where there are several and `old` names none.
    """
    day = since or today
    before = _open(person, platform, old, day)
    if before is None:
        handles.hold(person.id, Handle(platform, new, since), 0)
    elif handle_key(before.handle) == handle_key(new):
        handles.hold(person.id, replace(before, handle=new), 0)
    elif before.since is not None and day <= before.since:
        reason = f'"{before.handle}" began only on {before.since}'
        raise RowError("from", "ROW_DATE", reason)
    else:
        handles.hold(person.id, replace(before, until=day - timedelta(days=1)), 0)
        after = Handle(platform, new, day, before.until, before.followers)
        handles.hold(person.id, after, 0)


def _open(
    person: Ambassador, platform: str, old: str | None, day: date
) -> Handle | None:
    """The handle of a platform that holds on a day or later; None: none does."""
    theirs = [one for one in person.handles if one.platform == platform]
    if old is not None:
        names = [one.handle for one in theirs]
        theirs = [one for one in theirs if handle_key(one.handle) == handle_key(old)]
        if not theirs:
            raise NotFoundError(f"{platform} handle of {person.id}", old, names)
    there = [one for one in theirs if one.until is None or one.until >= day]
    if len(there) > 1:
        names = [one.handle for one in there]
        reason = f"there are several {platform} handles, name one: {', '.join(names)}"
        raise RowError("handle", "ROW_AMBIGUOUS", reason)
    return there[0] if there else None

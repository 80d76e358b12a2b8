"""Whose pages are made next: those of campaigns that changed before all others.

While all pages are made quickly, all are made together. When that takes long, it is
one campaign after the other, so that a page of a campaign under way never waits for
more than one other campaign, however many years lie beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

#: Pages that are all made in so many seconds are made together.
SLOW = 3.0
#: Posts a second, as long as nothing was measured: 23,000 posts took ten seconds.
PACE = 2000.0
#: After so many builds for changes in a row one that merely waits has its turn, so
#: that campaigns which change all the time hold up no page for ever.
IN_A_ROW = 4


@dataclass(frozen=True, slots=True)
class Turn:
    """campaign: None for all together. changed: was it for a change of its own?"""

    campaign: str | None
    changed: bool = True


@dataclass(slots=True)
class _Pages:
    """Of one campaign. stamp, number: what they were made of; made: in which build, 0
    never; took: seconds. named: people wrote something of it since."""

    took: float
    stamp: str | None = None
    number: int | None = None
    made: int = 0
    named: bool = False


class Turns:
    """`see` what there is, ask `next`, say what was `built`.

    Nothing is kept: after a start the pages of all campaigns are made again, those
    that changed last first.
    """

    def __init__(self) -> None:
        self._pages: dict[str, _Pages] = {}
        self._numbers: dict[str, int] = {}
        self._stamp: str | None = None
        self._whole: str | None = None
        self._builds = self._in_a_row = 0

    def see(
        self,
        stamp: str,
        numbers: Mapping[str, int],
        sizes: Callable[[], Mapping[str, int]],
        named: Iterable[str] = (),
    ) -> None:
        """stamp: changes with any fact that a page may show. numbers: of each campaign,
        higher with each change of its own. sizes: posts of each, asked for when one is
        new here. named: campaigns of which people wrote something since the last time.
        """
        self._stamp, self._numbers = stamp, dict(numbers)
        if set(numbers) - set(self._pages):
            posts = sizes()
            for one in set(numbers) - set(self._pages):
                self._pages[one] = _Pages(posts.get(one, 0) / PACE)
        for gone in set(self._pages) - set(numbers):
            del self._pages[gone]
        for one in named:
            if one in self._pages:
                self._pages[one].named = True

    def next(self) -> Turn | None:
        """Whose turn it is; None when all pages are as new as what was seen."""
        if self._together():
            return None if self._whole == self._stamp else Turn(None)
        stale = [one for one in self._pages if self._pages[one].stamp != self._stamp]
        changed = [one for one in stale if self._changed(one)]
        waiting = [one for one in stale if not self._changed(one)]
        if changed and not (waiting and self._in_a_row >= IN_A_ROW):
            return Turn(self._first(changed))
        return Turn(self._first(waiting), changed=False) if waiting else None

    def built(self, turn: Turn, took: float) -> None:
        """These pages show what was seen last; it took so many seconds."""
        self._builds += 1
        self._in_a_row = self._in_a_row + 1 if turn.changed else 0
        if turn.campaign is None:
            self._whole = self._stamp
        mine = [turn.campaign] if turn.campaign is not None else list(self._pages)
        for one in mine:
            pages = self._pages[one]
            pages.took = took / len(mine)
            pages.stamp, pages.number = self._stamp, self._numbers[one]
            pages.made, pages.named = self._builds, False

    def failed(self, turn: Turn) -> None:
        """The others come first now."""
        self._builds += 1
        self._in_a_row = IN_A_ROW
        if turn.campaign is not None:
            self._pages[turn.campaign].made = self._builds

    def _together(self) -> bool:
        return sum(pages.took for pages in self._pages.values()) <= SLOW

    def _changed(self, one: str) -> bool:
        pages = self._pages[one]
        return pages.named or pages.number not in (None, self._numbers[one])

    def _first(self, some: Iterable[str]) -> str:
        """Made longest ago, or never; of these that which changed last."""
        return min(
            some, key=lambda one: (self._pages[one].made, -self._numbers[one], one)
        )

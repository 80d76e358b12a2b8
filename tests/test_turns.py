"""Whose pages are made next."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tracker.turns import IN_A_ROW, SLOW, Turn, Turns

#: Posts that nobody would make pages of in SLOW seconds.
MANY = 100_000


class Clock:
    """Turns with campaigns of a size; each build takes so many seconds."""

    def __init__(self, numbers: Mapping[str, int], posts: int = MANY) -> None:
        self.turns, self.numbers, self.posts = Turns(), dict(numbers), posts
        self.stamp = 0

    def see(self, *named: str, stamp: int | None = None, **numbers: int) -> None:
        """Something changed: of these campaigns to these numbers."""
        self.stamp = self.stamp + 1 if stamp is None else stamp
        self.numbers |= numbers
        sizes = dict.fromkeys(self.numbers, self.posts)
        self.turns.see(str(self.stamp), self.numbers, lambda: sizes, named)

    def build(self, took: float = SLOW + 1) -> str | None:
        """The next one, built; "all" of all together; None when nothing waits."""
        turn = self.turns.next()
        if turn is None:
            return None
        self.turns.built(turn, took)
        return turn.campaign or "all"

    def builds(self, took: float = SLOW + 1) -> list[str]:
        found: list[str] = []
        while (one := self.build(took)) is not None:
            found.append(one)
        return found


def test_a_small_workspace_is_built_whole_and_once() -> None:
    clock = Clock({"a": 1, "b": 2}, posts=10)
    clock.see()
    assert clock.builds(took=0.5) == ["all"]
    clock.see(a=3)
    assert clock.builds(took=0.5) == ["all"]
    clock.see(stamp=clock.stamp)
    assert clock.builds() == []


def test_a_workspace_without_campaigns_has_a_list_all_the_same() -> None:
    clock = Clock({})
    clock.see()
    assert clock.builds() == ["all"]


def test_a_whole_build_that_took_long_is_the_last() -> None:
    clock = Clock({"a": 1, "b": 2}, posts=10)
    clock.see()
    assert clock.builds() == ["all"]
    clock.see(a=3)
    assert clock.builds(took=0.5) == ["a", "all"]  # and it went quickly


def test_after_a_start_all_are_stale_and_what_changed_last_is_first() -> None:
    clock = Clock({"a": 1, "b": 9, "c": 5})
    clock.see()
    assert clock.turns.next() == Turn("b", changed=False)
    assert clock.builds() == ["b", "c", "a"]


def test_a_change_comes_before_all_that_are_merely_stale() -> None:
    clock = Clock({"a": 1, "b": 2, "live": 3})
    clock.see()
    assert clock.build() == "live"
    clock.see(live=4)
    assert clock.turns.next() == Turn("live")
    assert clock.build() == "live"
    assert clock.builds() == ["b", "a"]


def test_what_touches_all_makes_all_stale_those_longest_ago_first() -> None:
    clock = Clock({"a": 1, "b": 2, "c": 3})
    clock.see()
    assert clock.builds() == ["c", "b", "a"]
    clock.see(b=4)
    assert clock.builds() == ["b", "c", "a"]
    clock.see()
    assert clock.builds() == ["b", "c", "a"]


def test_what_people_wrote_of_a_campaign_is_a_change_of_it() -> None:
    clock = Clock({"a": 1, "b": 2, "c": 3})
    clock.see()
    clock.builds()
    clock.see("a")
    assert clock.turns.next() == Turn("a")
    clock.see()  # it waits, whatever else happens
    assert clock.builds() == ["a", "c", "b"]


def test_changes_all_the_time_hold_up_no_page_for_ever() -> None:
    clock = Clock({"old": 1, "live": 2})
    clock.see()
    clock.builds()
    found = []
    for number in range(3, 3 + 2 * (IN_A_ROW + 1)):
        clock.see(live=number)
        found.append(clock.build())
    assert found == [*["live"] * IN_A_ROW, "old"] * 2


def test_a_campaign_whose_pages_fail_lets_the_others_go_first() -> None:
    clock = Clock({"a": 1, "b": 2, "c": 3})
    clock.see()
    clock.builds()
    clock.see(b=4, c=5)
    turn = clock.turns.next()
    assert turn == Turn("c")
    clock.turns.failed(turn)
    assert clock.build() == "a"
    assert clock.builds() == ["b", "c"]


@pytest.mark.parametrize("posts", [10, MANY])
def test_campaigns_come_and_go(posts: int) -> None:
    clock = Clock({"a": 1}, posts)
    clock.see()
    clock.builds()
    clock.see(b=2)
    assert clock.turns.next() is not None
    clock.builds()
    del clock.numbers["a"]
    clock.see()
    assert "a" not in clock.builds()

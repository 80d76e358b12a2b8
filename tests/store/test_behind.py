"""Work one piece behind: in order, one at a time, and no trouble is lost."""

from __future__ import annotations

import threading

import pytest

from tracker.store.behind import Behind


@pytest.mark.parametrize("here", [True, False])
def test_pieces_are_done_in_order_and_before_the_end(here: bool) -> None:
    done: list[int] = []
    with Behind(here=here) as behind:
        for n in range(100):
            behind.do(done.append, n)
    assert done == list(range(100))


def test_the_next_piece_is_reckoned_while_one_is_written() -> None:
    """`do` comes back although the piece is not done yet."""
    go, done = threading.Event(), threading.Event()

    def write() -> None:
        go.wait(10)
        done.set()

    with Behind(here=False) as behind:
        behind.do(write)
        assert not done.is_set()
        go.set()
        behind.wait()
        assert done.is_set()


@pytest.mark.parametrize("here", [True, False])
@pytest.mark.parametrize("then", ["do", "wait", "end"])
def test_what_went_wrong_comes_out(here: bool, then: str) -> None:
    def fail() -> None:
        raise OSError("full")

    with pytest.raises(OSError, match="full"), Behind(here=here) as behind:
        behind.do(fail)
        if then == "do":
            behind.do(lambda: None)
        elif then == "wait":
            behind.wait()


def test_after_another_error_nothing_is_under_way() -> None:
    """A transaction is undone only when nobody writes into it any more."""
    done = threading.Event()

    def write() -> None:
        done.wait(0.2)
        done.set()

    with pytest.raises(ValueError, match="other"), Behind(here=False) as behind:
        behind.do(write)
        raise ValueError("other")
    assert done.is_set()

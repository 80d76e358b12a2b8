"""Handles that look like another's are told, and kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import Run

from tracker.lookalikes import Account, lookalikes, skeleton


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("annakow", "ann\u0430kow"),
        ("@annakow", "ANNAK\u041eW"),
        ("anna", "\uff41nna"),
        ("paul", "pau1"),
        ("joe", "j0e"),
        ("marn", "mam"),
        ("renée", "renee"),
    ],
)
def test_what_looks_the_same(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


def test_only_other_people_on_the_same_platform() -> None:
    """A handle with and without @ is one; a person may have both kinds."""
    anna, other = Account("a", "x", "anna"), Account("b", "x", "ann\u0430")
    assert list(lookalikes([anna, other])) == [(anna, other)]
    assert list(lookalikes([anna, Account("b", "youtube", "ann\u0430")])) == []
    assert list(lookalikes([anna, Account("a", "x", "ann\u0430")])) == []
    assert list(lookalikes([anna, Account("b", "x", "hanna")])) == []


def test_it_is_told_when_people_come(invoke: Run, workspace: Path) -> None:
    file = workspace / "people.csv"
    file.write_text("id,name,platform,handle\nann,Ann,youtube,annakow\n")
    assert "HANDLE_ALIKE" not in invoke("ambassador", "import", file).err
    words = ("ambassador", "add", "bob", "--name", "Bob")
    added = invoke(*words, "--handle", "youtube:ann\u0430kow")
    assert added.code == 0
    assert "warning[HANDLE_ALIKE] ambassador bob" in added.err
    assert "bob" in invoke("ambassador", "list").out

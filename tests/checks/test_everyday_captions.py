"""Captions as people write them: no more of them are judged wrong than may be."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tracker.checks.disclosure import judged
from tracker.packs import packs

_spec = importlib.util.spec_from_file_location(
    "everyday", Path(__file__).with_name("everyday.py")
)
assert _spec is not None
everyday = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(everyday)  # type: ignore[union-attr]


@pytest.mark.parametrize("country", ["US", "FR", "GB"])
def test_each_caption_has_the_verdict_of_the_rules(country: str) -> None:
    """None of them another one; what was found, and why it ought not, is told."""
    captions = getattr(everyday, country)
    assert len(captions) >= 150
    assert len({text for text, _, _ in captions}) == len(captions)
    wrong = [
        (text, verdict, found.verdict, why)
        for text, verdict, why in captions
        if (found := judged(text, packs(None), [country])).verdict != verdict
    ]
    assert wrong == []


@pytest.mark.parametrize(("text", "countries", "verdict", "why"), everyday.SEVERAL)
def test_the_worst_of_several_countries_is_the_verdict(
    text: str, countries: str, verdict: str, why: str
) -> None:
    assert judged(text, packs(None), countries.split()).verdict == verdict, why


def test_a_denial_is_looked_for_in_a_time_that_does_not_grow_wild() -> None:
    """Rows of small words can be read in one way only; else this would not end."""
    for text in ("not " + "a an the any my our " * 500, "pas " + "de la un " * 500):
        assert judged(f"{text} zz ad", packs(None), ["US"]).verdict == "fail"

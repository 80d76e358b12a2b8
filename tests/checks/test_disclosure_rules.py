"""Verdicts of captions by the rules of the United States, France and Great Britain."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tracker.checks.disclosure import judged
from tracker.packs import packs

_spec = importlib.util.spec_from_file_location(
    "captions", Path(__file__).with_name("captions.py")
)
assert _spec is not None
captions = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(captions)  # type: ignore[union-attr]

EACH = [
    pytest.param(country, *one, id=f"{country}-{n}-{one[2]}")
    for country in ("US", "FR", "GB")
    for n, one in enumerate(getattr(captions, country))
]


@pytest.mark.parametrize(("country", "text", "verdict", "why"), EACH)
def test_the_verdict_of_a_caption(
    country: str, text: str, verdict: str, why: str
) -> None:
    """Each caption has the verdict that the rules give it."""
    found = judged(text, packs(None), [country])
    assert found.verdict == verdict, (why, found)

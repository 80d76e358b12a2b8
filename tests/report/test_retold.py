"""Findings and rejected rows, kept in English, in the language of a page."""

from __future__ import annotations

import re

import pytest

from tracker.report.retold import EVIDENCE, REASONS, evidence, rejected
from tracker.words import Words

FRENCH, ENGLISH = Words("fr", "EUR", "Europe/Paris"), Words("en")


def test_evidence_is_said_in_french_with_its_instants() -> None:
    said = (
        "views fell from 2781 (2009-06-28T16:39:00Z, source youtube) to 1442"
        " (2009-07-13T00:27:00Z, source youtube): 1339 less, 48 %"
    )
    told = evidence(FRENCH, said)
    assert told == (
        "vues\u00a0: baisse de 2\u202f781 (28\u00a0juin\u00a02009, 18\u00a0h\u00a039,"
        " source youtube) à 1\u202f442 (13\u00a0juil.\u00a02009, 2\u00a0h\u00a027,"
        " source youtube), soit 1\u202f339 de moins, 48\u00a0%"
    )


def test_what_nobody_knows_stays_but_for_its_days() -> None:
    assert evidence(ENGLISH, "odd on 2009-10-02") == "odd on 2\u00a0Oct\u00a02009"
    assert rejected(FRENCH, "quite another thing") == "quite another thing"


def test_what_stood_in_a_row_is_not_touched() -> None:
    told = rejected(FRENCH, '"31.04.2009 {x}" does not fit "%d.%m.%Y"')
    assert told == '"31.04.2009 {x}" ne suit pas le format "%d.%m.%Y"'


@pytest.mark.parametrize("sentence", [*EVIDENCE, *REASONS])
def test_each_sentence_finds_itself(sentence: str) -> None:
    """No sentence hides behind an earlier one with more in its holes."""
    said = re.sub(r"\{(\w+)\}", "x", sentence)
    tell = rejected if sentence in REASONS else evidence
    known = FRENCH(sentence, **dict.fromkeys(re.findall(r"\{(\w+)\}", sentence), "x"))
    assert tell(FRENCH, said) == known

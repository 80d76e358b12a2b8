"""The catalogue of French: whole, in order, and read as gettext reads one."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest
from babel.messages.catalog import Catalog
from support import ROOT

from scripts import catalogues
from tracker.catalogue import HARD, LACKING, THIN, catalogue, typeset
from tracker.words import Words


def test_nothing_is_untranslated_and_nothing_unused() -> None:
    """Every text of code and templates has its French, with the same holes, in every
    plural form; the file is as scripts/words writes it."""
    merged = catalogues.merge(catalogues.read(), catalogues.extract())
    assert list(catalogues.faults(merged)) == []
    assert catalogues.uncounted() == []
    assert catalogues.text_of(merged) == catalogues.FRENCH.read_text("utf-8")


def test_texts_are_found_in_code_and_in_templates() -> None:
    found = {message.id for message in catalogues.extract()}
    assert {"Views", "At a glance", "Strategy", "measured"} <= found


@pytest.mark.parametrize(
    ("text", "french", "fault"),
    [
        ("a", "", "not translated: a"),
        ("{n} of {m}", "{n} sur", "other holes: {n} of {m}"),
        ("**a** b", "a b", "other bold: **a** b"),
        (
            ("{n} post", "{n} posts"),
            ("{n} publication", ""),
            "not translated: {n} post",
        ),
        (("one", "{n}"), ("une", "{m}"), "other holes: one"),
    ],
)
def test_faults_are_named(text: str, french: str, fault: str) -> None:
    wrong = Catalog(fuzzy=False)
    wrong.add(text, french)
    assert list(catalogues.faults(wrong)) == [fault]


def test_a_fuzzy_text_is_a_fault() -> None:
    wrong = Catalog(fuzzy=False)
    wrong.add("a", "b", flags=["fuzzy"])
    assert list(catalogues.faults(wrong)) == ["fuzzy: a"]


def test_what_is_no_longer_said_goes_and_what_is_new_comes() -> None:
    old, found = Catalog(), Catalog()
    old.add("gone", "parti")
    old.add("kept", "gardé")
    found.add("kept")
    found.add("new")
    merged = catalogues.merge(old, found)
    assert {m.id: m.string for m in merged if m.id} == {"kept": "gardé", "new": ""}


def test_the_check_says_what_it_would_do() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "catalogues.py", "--check"],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


# -- how texts are said ------------------------------------------------------------


def test_none_and_one_are_singular_in_french() -> None:
    en, fr = Words("en"), Words("fr")
    said = [w.plural("{n} post", "{n} posts", n) for w in (en, fr) for n in (0, 1, 2)]
    assert said == [
        "0 posts",
        "1 post",
        "2 posts",
        "0 publication",
        "1 publication",
        "2 publications",
    ]
    half = [w.plural("{n} post", "{n} posts", Decimal("1.5"), 1) for w in (en, fr)]
    assert half == ["1.5 posts", "1,5 publication"]
    assert fr.plural("{n} post", "{n} posts", 1234) == f"1{THIN}234 publications"


def test_blanks_that_must_not_break_are_put_right() -> None:
    assert typeset("a : b ; « c » 5 % 1 000") == (
        f"a{HARD}: b{THIN}; «{HARD}c{HARD}» 5{HARD}% 1{THIN}000"
    )


def test_what_french_lacks_is_said_in_english_and_remembered() -> None:
    asked = "a sentence that nobody translated"
    assert Words("fr")(asked) == asked
    assert asked in LACKING["fr"].texts
    LACKING["fr"].texts.discard(asked)


def test_english_needs_no_file() -> None:
    assert catalogue("en").gettext("At a glance") == "At a glance"

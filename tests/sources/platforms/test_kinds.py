"""What the registry and the documents say of the kinds that ask."""

from __future__ import annotations

from importlib import import_module

import pytest
from support import ROOT

from tracker.sources.registry import KINDS

ASKED = ("x", "bluesky", "mastodon", "bitly", "dub", "ga4")


@pytest.mark.parametrize("kind", ASKED)
def test_the_registry_knows_the_kinds_own_options(kind: str) -> None:
    module = import_module(KINDS[kind].factory.partition(":")[0])
    assert sorted(KINDS[kind].options) == sorted(module.OPTIONS)


@pytest.mark.parametrize("kind", ASKED)
def test_every_kind_and_option_stands_in_the_document(kind: str) -> None:
    text = (ROOT / "docs" / "platforms.md").read_text("utf-8")
    assert f'kind = "{kind}"' in text
    unsaid = {"terms", "timezone"}  # none of these platforms asks for a choice
    lacking = [
        each
        for each in KINDS[kind].options
        if f"`{each}" not in text and f"{each} = " not in text
    ]
    assert set(lacking) - unsaid == set()

"""The kinds against the stub, which takes no parameter that a platform's own
description lacks, and pages, limits and fails in the platform's way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sources.platforms.replies import Wallet, batches, posts, questions, source

from tracker.errors import PayloadError, TransientSourceError
from tracker.sources.base import Asking, KnownPost
from tracker.stub.server import Stub

#: 2025-06-20T00:00:00Z
JUNE = 1_750_377_600_000
SINCE = {"since": "2025-05-01"}


@dataclass
class Case:
    """handles and known: what is asked for; rows, figures: what comes of it."""

    options: dict[str, Any]
    handles: tuple[str, ...] = ()
    known: tuple[KnownPost, ...] = ()
    rows: int = 0
    figures: int = 0


HARBOUR = "https://bsky.app/profile/ada.example.com/post/3lharbour0k2a"
KEY = {"key": {"env": "YOUTUBE_API_KEY"}}
HARBOUR_VIDEO = posts("youtube", "Aq_harbour0", "nothing0000")
CASES = {
    "youtube": Case(KEY, ("AdaWalks", "BenWalks"), HARBOUR_VIDEO, 10),
    "instagram": Case({}, ("ada.walks",), posts("instagram", "DAbHarboR0_"), 5),
    "facebook": Case({}, (), posts("facebook", "122100000000010"), 0),
    "tiktok": Case({}, ("adawalks", "benwalks"), posts("tiktok", "123"), 10),
    "tiktok-research": Case({}, ("adawalks", "benwalks"), posts("tiktok", "1"), 10),
    "x": Case({}, ("adawalks", "benwalks"), posts("x", "1920000000000000001"), 10),
    "bluesky": Case(
        {}, ("ada.example.com",), posts("bluesky", "3lharbour0k2a", url=HARBOUR), 6
    ),
    "mastodon": Case({}, ("ada", "ben"), (), 10),
    "bitly": Case({}, (), posts("web", "bit.ly/harbour-ada"), 1, 3),
    "dub": Case({}, (), posts("web", "go.example/ada"), 1, 1),
    "ga4": Case({"property": "1", "dimension": "sessionSource"}, (), (), 0, 1),
}


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub(now=JUNE) as made:
        yield made


def ask(kind: str, stub: Stub, case: Case) -> tuple[int, int, int]:
    """How many rows, figures and rejects come of one run."""
    asking = source(kind, stub, **case.options, **SINCE)  # type: ignore[arg-type]
    assert isinstance(asking, Asking)
    about = questions(case.known, case.handles, now=JUNE, wallet=Wallet())
    made = batches(asking, list(asking.ask(about, None)))  # type: ignore[arg-type]
    figures = sum(b.audience.height for b in made if b.audience is not None)
    rejects = sum(len(batch.rejects) for batch in made)
    return sum(batch.frame.height for batch in made), figures, rejects


@pytest.mark.parametrize("kind", CASES)
def test_a_run_finds_what_is_there(kind: str, stub: Stub) -> None:
    case = CASES[kind]
    found, figures, rejects = ask(kind, stub, case)
    assert (found, rejects) == (case.rows, 0)
    assert figures >= case.figures


@pytest.mark.parametrize("kind", CASES)
def test_a_failure_that_passes_is_waited_for(kind: str, stub: Stub) -> None:
    stub.fail("truncated")
    case = CASES[kind]
    try:
        ask(kind, stub, case)
    except (TransientSourceError, PayloadError) as error:
        assert error.code in ("SCHEMA", "UPSTREAM")
    assert ask(kind, stub, case)[0] == case.rows

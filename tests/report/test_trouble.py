"""What the page of quality says of what is gone."""

from __future__ import annotations

import pytest

from tracker.report.trouble import _lost


@pytest.mark.parametrize(
    ("views", "said"),
    [([], (None, 0)), ([None], (None, 1)), ([0], (0, 0)), ([5, None, 7], (12, 1))],
)
def test_views_at_removal_that_nobody_knows_are_not_0(
    views: list[int | None], said: tuple[int | None, int]
) -> None:
    assert _lost(views) == said

"""Every engine sums up what the kept sums say."""

from __future__ import annotations

from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hard import CUTS, ZONES, asked, contents, zoned
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from plain import keep

quick = settings(
    max_examples=40,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # what fails is small enough
)


@quick
@given(contents, st.sampled_from(ZONES), st.sampled_from(CUTS))
@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_engines_say_what_the_kept_sums_say(engine, given_contents, zone, by):
    with TemporaryDirectory() as folder:
        database = zoned(folder, zone)
        keep(database, *given_contents, zone=ZoneInfo(zone))
        for campaign in (None, "c"):
            summed, kept = asked(database, engine, by, campaign, zone)
            assert summed == kept

"""Programmes that tests only read, each made once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import twocampaigns
import twoyears
from support import PRIVATE, Run, invoking


@pytest.fixture(scope="session")
def two_years(
    made_workspace: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Run]:
    """Runs `tracker ...` in its workspace, on SQLite; not to be changed."""
    home = tmp_path_factory.mktemp("years") / "workspace"
    yield from _made(made_workspace, home, twoyears.begin)


@pytest.fixture(scope="session")
def two_campaigns(
    made_workspace: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Run]:
    """The same with two campaigns of six people."""
    home = tmp_path_factory.mktemp("campaigns") / "workspace"
    yield from _made(made_workspace, home, twocampaigns.begin)


def _made(empty: Path, home: Path, begin: Callable[[Path, Run], None]) -> Iterator[Run]:
    shutil.copytree(empty, home)
    with pytest.MonkeyPatch.context() as patch:
        for name in PRIVATE:
            patch.delenv(name, raising=False)
        before = os.umask(0o077)
        begin(home, invoking(home))
        yield invoking(home)
        os.umask(before)

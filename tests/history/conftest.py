"""A programme of two years, made once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import twoyears
from support import PRIVATE, Run, invoking


@pytest.fixture(scope="session")
def two_years(
    made_workspace: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Run]:
    """Runs `tracker ...` in its workspace, on SQLite; not to be changed."""
    home = tmp_path_factory.mktemp("years") / "workspace"
    shutil.copytree(made_workspace, home)
    with pytest.MonkeyPatch.context() as patch:
        for name in PRIVATE:
            patch.delenv(name, raising=False)
        before = os.umask(0o077)
        twoyears.begin(home, invoking(home))
        yield invoking(home)
        os.umask(before)

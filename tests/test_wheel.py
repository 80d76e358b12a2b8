"""The built distribution: it holds all it needs, and works away from a checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from support import ROOT


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the unpacked wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    [wheel] = folder.glob("ambassador_tracker-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def test_what_is_not_python_is_in_the_wheel(installed: Path) -> None:
    """Templates, steps of the schema, the example, the licence; and no tests."""
    package = installed / "tracker"
    there = {path.name for path in (ROOT / "templates").rglob("*")}
    assert {path.name for path in (package / "templates").rglob("*")} == there
    assert list((package / "store" / "migrations" / "versions").glob("0001*.py"))
    assert (package / "locale" / "fr" / "LC_MESSAGES" / "tracker.po").is_file()
    assert (package / "example" / "plan.toml").is_file()
    presets = {path.name for path in (ROOT / "tracker" / "presets").glob("*.toml")}
    assert {path.name for path in (package / "presets").glob("*.toml")} == presets
    assert len(presets) == 4
    assert (package / "stub" / "example" / "youtube.csv").is_file()
    assert list(installed.glob("*.dist-info/licenses/LICENSE"))
    assert not (installed / "tests").exists()


def test_an_installed_copy_does_its_main_job(installed: Path, tmp_path: Path) -> None:
    """From a new workspace to pages, with nothing of the checkout in reach."""
    around = {**os.environ, "PYTHONPATH": str(installed), "HOME": str(tmp_path)}
    where = "import tracker; print(tracker.__file__)"
    for words in (["-c", where], ["-m", "tracker", "demo", "show"]):
        done = subprocess.run(
            [sys.executable, *words],
            cwd=tmp_path,
            env=around,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        if words[0] == "-c":
            assert done.stdout.startswith(str(installed))
    page = tmp_path / "show" / "site" / "harbour-walks" / "index.html"
    assert "Harbour walks" in page.read_text("utf-8")

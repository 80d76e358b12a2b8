"""The units of docs/systemd: systemd reads them, and what they start is there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT

from tracker.cli import PLACES

UNITS = sorted((ROOT / "docs" / "systemd").iterdir())
PROGRAM = "/opt/ambassador-tracker/bin/tracker"
NONE = "no systemd-analyze on this machine"


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_finds_nothing_to_complain_of(unit: Path, tmp_path: Path) -> None:
    """Names of keys and values; the program and the user are those of this machine."""
    if shutil.which("systemd-analyze") is None:
        assert os.environ.get("CI") != "true" or sys.platform != "linux", NONE
        pytest.skip(NONE)
    for each in UNITS:
        text = each.read_text().replace(PROGRAM, "/bin/true")
        text = re.sub(r"(?m)^User=.*$", "User=root", text)
        (tmp_path / each.name).write_text(text)
    name = unit.name.replace("@", "@a")
    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / name],
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert (found.returncode, found.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_start_commands_that_there_are(unit: Path) -> None:
    for line in re.findall(rf"(?m)^ExecStart={PROGRAM} (.*)$", unit.read_text()):
        assert line.split()[0] in PLACES
    if unit.suffix == ".timer":
        assert unit.with_suffix(".service") in UNITS

"""The worked programmes of fixtures/, loaded as a user would."""

from __future__ import annotations

import shutil
from pathlib import Path

from support import ROOT, Run

NAMES = {"clorox": "clorox-connects", "emc": "emc-one", "cisco": "cisco-iwe"}
FIXTURES = ROOT / "fixtures"


def load(invoke: Run, home: Path, name: str, fixtures: Path = FIXTURES) -> None:
    """Settings, plan, people, then each file by its command."""
    folder, campaign = fixtures / name, NAMES[name]
    with (home / "tracker.toml").open("a") as settings:
        settings.write("\n" + (folder / "sources.toml").read_text())
    shutil.copytree(folder / "inbox", home / "inbox", dirs_exist_ok=True)
    steps: list[tuple[object, ...]] = [("campaign", "apply", folder / "plan.toml")]
    if (folder / "applications.csv").exists():
        file = folder / "applications.csv"
        steps.append(("apply", "import", file, "--campaign", campaign))
    people = folder / "people.csv"
    steps += [
        ("ambassador", "import", people, "--campaign", campaign),
        ("ingest",),
        ("outcome", "import", folder / "outcomes.csv"),
        ("cost", "import", folder / "costs.csv", "--campaign", campaign),
        ("survey", "import", folder / "surveys.csv", "--campaign", campaign),
        ("feedback", "import", folder / "feedback.csv", "--campaign", campaign),
    ]
    for words in steps:
        result = invoke(*words, "--home", home)
        assert result.code == 0, f"{words}: {result.out}{result.err}"

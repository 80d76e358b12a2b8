"""No field becomes markup: pages of hostile text have the elements of harmless ones."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import making
import pytest
from hostile import BAD_LINKS, FREE, HOSTILE, cycle, disguise, harmless, shapes
from support import Run
from worked import FIXTURES, load

from tracker.app import Tracker, open_tracker
from tracker.publish import publish

#: Signs that turn or hide text, and that no page may hold.
DECEIVING = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def plan(text: str) -> dict[str, Any]:
    """The plan with a text after every free field."""
    whole = json.loads(json.dumps(making.PLAN))

    def walk(value: Any) -> None:
        for key, inner in value.items() if isinstance(value, dict) else ():
            if isinstance(inner, str) and key in FREE:
                value[key] = inner + text
            walk(inner)
        for inner in value if isinstance(value, list) else ():
            walk(inner)

    walk(whole)
    return dict(whole)


def made(folder: Path, text: str, captions: list[str]) -> Tracker:
    """A workspace whose tables hold a text in every field, and each caption."""
    many = len(captions)
    tracker = making.workspace(folder, making.Made(4, many, text=text, plan=plan(text)))
    with tracker.database.writing() as link:
        link.many(
            "UPDATE post SET caption = ?, url = ? WHERE id = ?",
            [
                (one, BAD_LINKS[n % len(BAD_LINKS)], n)
                for n, one in enumerate(captions, 1)
            ],
        )
    return tracker


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, int]]:
    tracker = made(tmp_path_factory.mktemp("plain"), "word", ["word"] * len(HOSTILE))
    return dict(shapes(publish(tracker, now=1).folder))


def test_all_hostile_strings_in_every_field(
    plain: dict[str, dict[str, int]], tmp_path: Path
) -> None:
    text = " ".join(HOSTILE).replace("\0", "")
    tracker = made(tmp_path / "w", text, [one.replace("\0", "") for one in HOSTILE])
    folder = publish(tracker, now=1).folder
    for name, found in shapes(folder):
        assert found == plain[name], name
        whole = (folder / name).read_text("utf-8")
        assert not DECEIVING.search(whole), name


def test_hostile_files_by_the_command_line(
    invoke: Run, workspace: Path, worked: Path, tmp_path: Path
) -> None:
    """Plan, people, posts, outcomes, costs, surveys, feedback: as a user loads them."""
    sites = []
    for name, text in (("harmless", harmless), ("hostile", cycle())):
        home = tmp_path / name
        invoke("init", home)
        disguise(FIXTURES / "clorox", tmp_path / "files" / name / "clorox", text)
        load(invoke, home, "clorox", tmp_path / "files" / name)
        sites.append(dict(shapes(publish(open_tracker(home), now=1).folder)))
    assert sites[0] == sites[1]

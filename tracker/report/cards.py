"""Cards of the list of campaigns, as they were when each campaign's pages were made.

`report CAMPAIGN` leaves the pages of the other campaigns as they are, and so their
cards: a card says what its pages say, and a report costs the same however many
campaigns and years lie beside it. They are kept beside the pages, as text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

#: Where they are kept, in the folder of the pages.
FILE = ".cards.json"
#: Stands for the way to a campaign's pages, which may change. No text of data has it.
HOME = "\x1f"


@dataclass(frozen=True, slots=True)
class Shown:
    """One card. html: with HOME in place of `home`, the way to its pages. running: is
    its campaign under way?"""

    html: str
    home: str
    running: bool


class Cards:
    """The cards of one folder of pages. A card is known by its list (of a language) and
    campaign; made_from: what changes when it has to be made anew whatever it says."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._before = _kept(self._path)
        self._kept = dict(self._before)

    def has(self, place: str, slug: str, made_from: str) -> bool:
        return self._kept.get(f"{place} {slug}", ("",))[0] == made_from

    def keep(
        self, place: str, slug: str, made_from: str, html: str, running: bool
    ) -> None:
        self._kept[f"{place} {slug}"] = (made_from, html, running)

    def shown(self, place: str, slug: str, home: str) -> Shown:
        _, html, running = self._kept[f"{place} {slug}"]
        return Shown(html, home, running)

    def write(self) -> None:
        """Only a help, so it need not be synced."""
        if self._kept == self._before:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_name(f"{FILE}.fresh")
        fresh.write_text(json.dumps(self._kept, sort_keys=True), "utf-8")
        fresh.replace(self._path)


def _kept(path: Path) -> dict[str, tuple[str, str, bool]]:
    """What is there; nothing when it is missing or unreadable."""
    try:
        found = json.loads(path.read_text("utf-8"))
        return {
            str(name): (str(made_from), str(html), bool(running))
            for name, (made_from, html, running) in found.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}

"""Built sites, and visits of their pages in a real browser."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support import ROOT

#: Pictures of pages, for people to look at; git ignores the folder.
SHOTS = ROOT / "build" / "shots"
#: Pages of ambassadors that are looked at: they are all alike.
PEOPLE = 2


@dataclass(frozen=True)
class Site:
    """A built folder."""

    name: str
    language: str
    folder: Path

    @property
    def pages(self) -> list[str]:
        """Every page, but only the first few of ambassadors."""
        found = sorted(
            path.relative_to(self.folder) for path in self.folder.rglob("*.html")
        )
        people = [page for page in found if page.parent.name == "ambassadors"]
        few = {
            page
            for folder in {page.parent for page in people}
            for page in [one for one in people if one.parent == folder][:PEOPLE]
        }
        return [str(page) for page in found if page not in people or page in few]

    def url(self, page: str) -> str:
        return (self.folder / page).as_uri()


class Visit:
    """A page that was opened, and everything it complained of or asked for."""

    def __init__(self, browser: Any, url: str, **options: Any) -> None:
        self.url = url
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", self._dialog)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(url)

    def _dialog(self, dialog: Any) -> None:
        self.said.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def show(self, width: int, theme: str = "light", media: str = "screen") -> None:
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=theme, media=media)

    def close(self) -> None:
        self.context.close()

"""Reading pages as a browser would: elements, attributes, text."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser
from pathlib import Path


class Page(HTMLParser):
    """elements: each start tag with its attributes; shape: how often each form of
    element stands there, apart from the values of its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    @property
    def shape(self) -> Counter[tuple[str, tuple[str, ...]]]:
        return Counter((tag, tuple(sorted(attrs))) for tag, attrs in self.elements)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


def read(path: Path) -> Page:
    return Page(path.read_text("utf-8"))


def files(folder: Path) -> dict[str, bytes]:
    """Every published file but the manifest, which tells the time."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith((".", "manifest"))
    }

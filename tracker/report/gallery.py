"""Charts, drawn once: the drawing is kept under the hash of what it shows.

A chart is a kind and plain values; the drawing libraries are imported only when
one is not in the gallery yet.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tracker.report.words import Words

#: Drawings kept; the least recently used go first.
KEPT = 400


@dataclass(frozen=True, slots=True)
class Drawing:
    """One chart in its sizes; small ones have only one."""

    wide: str
    narrow: str = ""


@cache
def _style() -> str:
    """Changes whenever a drawing could come out otherwise."""
    from importlib.metadata import version

    source = Path(__file__).with_name("charts.py").read_bytes()
    libraries = [version("altair"), version("vl-convert-python")]
    return hashlib.sha256(source + json.dumps(libraries).encode()).hexdigest()


@dataclass
class Gallery:
    """A folder of drawings; drawn counts those that were not there yet."""

    folder: Path
    drawn: int = 0
    used: set[Path] = field(default_factory=set)

    def show(self, kind: str, words: Words, values: Mapping[str, Any]) -> Drawing:
        """The chart in two widths."""
        return Drawing(
            self._drawing(kind, "wide", words, values),
            self._drawing(kind, "narrow", words, values),
        )

    def small(self, words: Words, values: Mapping[str, Any]) -> Drawing:
        return Drawing(self._drawing("small", "small", words, values))

    def _drawing(
        self, kind: str, size: str, words: Words, values: Mapping[str, Any]
    ) -> str:
        what = json.dumps([_style(), kind, size, words.language, values])
        path = self.folder / f"{hashlib.sha256(what.encode()).hexdigest()[:40]}.svg"
        self.used.add(path)
        try:
            return path.read_text("utf-8")
        except OSError:
            pass
        from tracker.report import charts

        svg = charts.draw(kind, size, words.language, values)
        self.drawn += 1
        self._keep(path, svg)
        return svg

    def _keep(self, path: Path, svg: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_suffix(f".{os.getpid()}.tmp")
        fresh.write_text(svg, "utf-8")
        fresh.replace(path)

    def tidy(self) -> None:
        """Forget drawings that nobody asked for in a long time."""
        if not self.folder.is_dir():
            return
        found = [path for path in self.folder.iterdir() if path not in self.used]
        found.sort(key=lambda path: path.stat().st_mtime)
        for path in found[: max(0, len(found) + len(self.used) - KEPT)]:
            path.unlink(missing_ok=True)

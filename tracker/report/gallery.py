"""Charts, drawn once: the drawing is kept under the hash of what it shows.

A chart is a kind and plain values. The drawing libraries are imported only when
one is not in the gallery yet, and then in a thread beside the rest of the work.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tracker.words import Words

#: Drawings kept; the least recently used go first.
KEPT = 400


@dataclass(frozen=True, slots=True)
class Drawing:
    """Keys of one chart in its sizes; a small one has only one."""

    wide: str
    narrow: str = ""


@cache
def _style() -> str:
    """Changes whenever a drawing could come out otherwise."""
    from importlib.metadata import version

    files = sorted(Path(__file__).with_name("charts").glob("*.py"))
    source = b"".join(path.read_bytes() for path in files)
    libraries = [version("altair"), version("vl-convert-python")]
    return hashlib.sha256(source + json.dumps(libraries).encode()).hexdigest()


@dataclass
class Gallery:
    """A folder of drawings, used as a context; drawn counts the new ones."""

    folder: Path
    drawn: int = 0
    used: set[str] = field(default_factory=set)
    _coming: dict[str, Future[None]] = field(default_factory=dict)
    _thread: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._thread is not None:
            self._thread.shutdown(cancel_futures=True)
        self._tidy()

    def show(self, kind: str, words: Words, values: Mapping[str, Any]) -> Drawing:
        """The chart in two widths."""
        return Drawing(
            self._ask(kind, "wide", words, values),
            self._ask(kind, "narrow", words, values),
        )

    def small(self, words: Words, values: Mapping[str, Any]) -> Drawing:
        return Drawing(self._ask("small", "small", words, values))

    def svg(self, key: str) -> str:
        """The drawing itself; waits for one that is being drawn."""
        coming = self._coming.get(key)
        if coming is not None:
            coming.result()
        return self._place(key).read_text("utf-8") if key else ""

    def _ask(
        self, kind: str, size: str, words: Words, values: Mapping[str, Any]
    ) -> str:
        what = json.dumps([_style(), kind, size, words.language, values])
        key = hashlib.sha256(what.encode()).hexdigest()[:40]
        self.used.add(key)
        if key not in self._coming and not self._whole(key):
            if self._thread is None:
                self._thread = ThreadPoolExecutor(1)
            self.drawn += 1
            self._coming[key] = self._thread.submit(
                self._draw, key, kind, size, words.language, values
            )
        return key

    def _draw(
        self, key: str, kind: str, size: str, language: str, values: Mapping[str, Any]
    ) -> None:
        from tracker.report import charts

        svg = charts.draw(kind, size, language, values)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self.folder / f"{key}.{os.getpid()}.tmp"
        fresh.write_text(svg, "utf-8")
        fresh.replace(self._place(key))

    def _place(self, key: str) -> Path:
        return self.folder / f"{key}.svg"

    def _whole(self, key: str) -> bool:
        """Is it there, and was it written to its end?"""
        try:
            with self._place(key).open("rb") as file:
                file.seek(-6, os.SEEK_END)
                return file.read() == b"</svg>"
        except OSError:
            return False

    def _tidy(self) -> None:
        """Forget drawings that nobody asked for in a long time."""
        if not self.folder.is_dir():
            return
        found = [path for path in self.folder.iterdir() if path.stem not in self.used]
        found.sort(key=lambda path: path.stat().st_mtime)
        for path in found[: max(0, len(found) + len(self.used) - KEPT)]:
            path.unlink(missing_ok=True)

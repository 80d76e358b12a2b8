"""The sources that are told, by the paths of their hooks.

They are made from the settings at the start and when tracker.toml changes. Secrets are
looked up by the sources themselves, whenever one is needed.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.app import make_source
from tracker.errors import ConfigError, DeliveryError, TrackerError
from tracker.sources.base import Greeting, Pushed, Selecting

if TYPE_CHECKING:
    from tracker.settings import Settings, SourceSettings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hook:
    """A source that is told. headers: those that are kept with a delivery."""

    name: str
    source: Pushed
    greeting: Greeting | None
    headers: tuple[str, ...]

    @property
    def methods(self) -> tuple[str, ...]:
        return ("GET", "POST") if self.greeting else ("POST",)


class Doors:
    """The hooks of a workspace; `at` is replaced whole, so any thread may look."""

    def __init__(self, home: Path, settings: Settings) -> None:
        self.home = home
        self.at: Mapping[bytes, Hook] = {}
        self.adopt(settings)

    def adopt(self, settings: Settings) -> None:
        """Make all sources anew; one that cannot be made keeps its old hook."""
        old, found = self.at, {}
        for block in settings.sources:
            path = f"/hooks/{block.name}".encode()
            hook = self._hook(settings, block, old.get(path))
            if hook is not None:
                found[path] = hook
        self.settings, self.at = settings, found

    def _hook(
        self, settings: Settings, block: SourceSettings, old: Hook | None
    ) -> Hook | None:
        try:
            source = make_source(self.home, settings, block)
        except ConfigError as error:
            _complain(block.name, error)
            return old
        if not isinstance(source, Pushed):
            return None
        _look_up_secrets(block.name, source)
        return Hook(
            block.name,
            source,
            source if isinstance(source, Greeting) else None,
            source.headers if isinstance(source, Selecting) else (),
        )


def _look_up_secrets(name: str, source: Pushed) -> None:
    """A secret that is not there is told now, not when somebody knocks."""
    try:
        source.verify(b"", {}, 0)
    except (ConfigError, DeliveryError) as error:
        if not isinstance(error, DeliveryError) or error.status >= 500:
            _complain(name, error)
    except Exception:  # noqa: BLE001 - a kind of another package; nobody knocked
        return


def _complain(name: str, error: TrackerError) -> None:
    log.error(str(error), extra={"action": "hook", "source": name, "code": error.code})

"""The door by itself: no schedule, no pages."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from tracker.app import open_tracker
from tracker.errors import ConfigError
from tracker.lock import serving
from tracker.log import BLOTTER, named_secrets
from tracker.server.door import Door
from tracker.settings import address
from tracker.stop import on_signal
from tracker.systemd import notify

log = logging.getLogger(__name__)


def run_server(home: Path, *, listen: str | None, behind_proxy: bool) -> int:
    """Listen until SIGTERM or SIGINT; a second signal ends the process at once."""
    stop = threading.Event()
    on_signal(stop)
    tracker = open_tracker(home)
    BLOTTER.secrets |= named_secrets(tracker.settings.raw)
    door = Door(tracker, listen=_checked(listen), behind_proxy=behind_proxy)
    with serving(home):
        door.open()
        notify("READY=1")
        while door.is_open and not stop.wait(1.0):
            pass
        notify("STOPPING=1")
        door.close()
    log.info("stopped", extra={"action": "stop"})
    return 0 if stop.is_set() else 70


def _checked(listen: str | None) -> str | None:
    try:
        return None if listen is None else address(listen)
    except ValueError as fault:
        raise ConfigError("LISTEN", "--listen", str(fault), "Not started") from None

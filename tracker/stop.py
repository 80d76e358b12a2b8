"""Told to stop: SIGTERM or Ctrl-C once is a wish, twice is the end."""

from __future__ import annotations

import signal
import threading


def on_signal(stop: threading.Event) -> None:
    """Set the event at the first signal; a second one ends the process at once."""

    def once(number: int, frame: object) -> None:
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, signal.SIG_DFL)
        stop.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, once)

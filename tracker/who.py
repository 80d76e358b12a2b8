"""Who changes something, from where, and when they were asked to."""

from __future__ import annotations

from typing import NamedTuple


class Who(NamedTuple):
    """origin: cli, daemon, server or library. at: when a command was called, ms UTC;
    0 for those who live longer than one command."""

    actor: str
    origin: str
    at: int = 0


NOBODY = Who("unknown", "library")
DAEMON = Who("daemon", "daemon")

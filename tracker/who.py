"""Who changes something, and from where."""

from __future__ import annotations

from typing import NamedTuple


class Who(NamedTuple):
    """origin: cli, daemon, server or library."""

    actor: str
    origin: str


NOBODY = Who("unknown", "library")
DAEMON = Who("daemon", "daemon")

"""Hosts: what a daemon is called, and which ones share a database.

A daemon holds the lease `daemon:NAME` while it lives.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracker.errors import LockedError
from tracker.forms import duration
from tracker.model import iso

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.settings import Settings

PREFIX = "daemon:"
#: How long a host's leases live unless they are renewed, each third of it; ms.
LEASE = 15_000
#: A host unheard of for so many leases is gone.
GONE = 10


@dataclass(frozen=True, slots=True)
class Host:
    """A daemon as its lease tells: state is live, late or gone; instants in ms.

    seen: its last heartbeat. machine: where it runs.
    """

    name: str
    pid: int | None
    machine: str | None
    since: int | None
    seen: int | None
    state: str


def host_name(settings: Settings) -> str:
    """TRACKER_HOST, else `[host] name`, else the machine's."""
    section = settings.raw.get("host", {})
    told = section.get("name") if isinstance(section, Mapping) else None
    return os.environ.get("TRACKER_HOST") or told or platform.node() or "localhost"


def lease_length(settings: Settings) -> int:
    """`[host] lease`, in ms: how long a host may be silent before others take over."""
    section = settings.raw.get("host", {})
    told = section.get("lease") if isinstance(section, Mapping) else None
    return duration(told) if told is not None else LEASE


def hosts(tracker: Tracker, now: int) -> list[Host]:
    """Daemons that have not said goodbye, by name."""
    return [
        _host(lease.name.removeprefix(PREFIX), lease.holder, lease.until, now)
        for lease in tracker.runs.leases.starting(PREFIX)
        if lease.holder is not None
    ]


def _host(name: str, holder: str, until: int | None, now: int) -> Host:
    said: dict[str, Any] = json.loads(holder)
    length = int(said.get("lease") or 0)
    end = until or 0
    state = "live" if end > now else "late" if end + GONE * length > now else "gone"
    pid, machine = said.get("pid"), said.get("machine")
    return Host(name, pid, machine, said.get("since"), end - length, state)


def refuse_twin(tracker: Tracker, name: str, now: int) -> None:
    """LockedError when another living daemon has this name."""
    for host in hosts(tracker, now):
        if host.name == name and host.state == "live" and not _dead(host):
            raise LockedError(
                "ALREADY_RUNNING",
                f"host {name}",
                f"daemon pid {host.pid} on {host.machine} has this name since "
                f"{iso(host.since)}",
                "Not started",
                "Stop it, or set TRACKER_HOST or [host] name",
            )


def _dead(host: Host) -> bool:
    """Is it sure that its process has ended?"""
    if host.machine != platform.node() or host.pid is None:
        return False
    if host.pid == os.getpid():
        return True
    try:
        os.kill(host.pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False

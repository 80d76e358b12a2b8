"""Hosts: what a daemon is called, and which ones share a database.

A daemon holds the lease `daemon:NAME` while it lives.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.errors import LockedError
from tracker.forms import duration
from tracker.model import iso
from tracker.store.runs import PREFIX

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.settings import Settings
    from tracker.store.leases import Lease

#: How long a host's leases live unless they are renewed, each third of it; ms.
LEASE = 15_000
#: Sources that a host asks at once, unless `[host] workers` says so: they wait for the
#: network most of the time, and one that hangs leaves the others their places.
WORKERS = 4
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


def workers_of(settings: Settings) -> int:
    """`[host] workers`: how many sources this host asks at once."""
    section = settings.raw.get("host", {})
    told = section.get("workers") if isinstance(section, Mapping) else None
    return int(told) if told is not None else WORKERS


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


def enter(tracker: Tracker, name: str, lease: int) -> tuple[int, list[str]]:
    """This process is the daemon of this name from now on: the term of its lease, and
    the sources whose runs an earlier one has left.

    LockedError when another living daemon has this name.
    """
    now = tracker.runs.leases.clock()
    about = {"pid": os.getpid(), "machine": platform.node(), "boot": _boot()}
    holder = json.dumps({**about, "since": now, "lease": lease})
    return tracker.runs.enter(
        name, holder, now, lease, lambda held: surely_dead(held, now)
    )


def surely_dead(held: Lease, now: int) -> bool:
    """Has the process that holds a host's lease ended, for sure? False when nobody can
    tell from here. LockedError when it lives."""
    host = _host(held.name.removeprefix(PREFIX), held.holder or "{}", held.until, now)
    if _dead(host, json.loads(held.holder or "{}").get("boot")):
        return True
    if host.state != "live":
        return False
    raise LockedError(
        "ALREADY_RUNNING",
        f"host {host.name}",
        f"daemon pid {host.pid} on {host.machine} has this name since "
        f"{iso(host.since)}",
        "Not started",
        "Stop it, or set TRACKER_HOST or [host] name",
    )


def _dead(host: Host, boot: str | None) -> bool:
    """Is it sure that its process has ended? Another machine may have our name."""
    if host.machine != platform.node() or host.pid is None:
        return False
    if boot is not None and boot != _boot():
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


def _boot() -> str | None:
    """What the system says of itself since it was started; None: it does not."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except (OSError, ValueError):
        return None

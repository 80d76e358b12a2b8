"""What goes wrong, and how often; spread evenly, so that a run can be repeated."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

#: Kinds of faults, and what each does to a call.
KINDS: Mapping[str, str] = {
    "429": "too many calls: the platform's refusal, with its own reset time",
    "500": "the platform's own error",
    "truncated": "the answer ends in the middle of its JSON",
    "hang": "no answer comes; the connection stays open",
    "drip": "the answer comes a byte at a time",
    "envelope": "an error inside the platform's envelope",
}


@dataclass(slots=True)
class Faults:
    """rates: the share of calls of each kind, 0 to 1."""

    rates: Mapping[str, float] = field(default_factory=dict)
    planned: deque[str] = field(default_factory=deque)
    calls: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        for kind in self.rates:
            check(kind)

    def plan(self, kind: str, times: int = 1) -> None:
        """Let the next calls go wrong."""
        check(kind)
        with self.lock:
            self.planned.extend([kind] * times)

    def next(self) -> str | None:
        """What happens to this call."""
        with self.lock:
            self.calls += 1
            if self.planned:
                return self.planned.popleft()
            for kind, rate in self.rates.items():
                # The n-th call is hit when n times the rate passes a whole number.
                if int(self.calls * rate + 1e-9) > int((self.calls - 1) * rate + 1e-9):
                    return kind
        return None


def check(kind: str) -> None:
    """ValueError for a kind that is none."""
    if kind not in KINDS:
        raise ValueError(f"there is no fault {kind}; there are {', '.join(KINDS)}")

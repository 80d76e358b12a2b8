"""A finding: something a person should look at. Nothing is corrected by itself."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from tracker.model import iso

INFO, WARNING, ERROR = "info", "warning", "error"

STATES = ("open", "acknowledged", "fixed")
#: Columns of exports, and keys of JSON.
COLUMNS = (
    "id",
    "rule",
    "severity",
    "campaign",
    "ambassador",
    "platform",
    "post_id",
    "source",
    "at",
    "evidence",
    "state",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """id: the same as long as the matter is the same. at: when it came to be, ms
    UTC, from the data, never from the clock of who looks. evidence: one sentence."""

    id: str
    rule: str
    severity: str
    at: int
    evidence: str
    campaign: str | None = None
    ambassador: str | None = None
    platform: str | None = None
    post_id: str | None = None
    source: str | None = None
    state: str = "open"


def finding_id(rule: str, *parts: object) -> str:
    """The rule and 64 bits of what it is about; nobody's name can be read in it."""
    about = "\x1f".join("" if part is None else str(part) for part in parts)
    return f"{rule}:{hashlib.sha256(about.encode()).hexdigest()[:16]}"


def as_row(finding: Finding) -> list[Any]:
    """Values of COLUMNS; the instant in ISO 8601."""
    values = {name: getattr(finding, name) for name in COLUMNS}
    return list({**values, "at": iso(finding.at)}.values())

"""A source looked at without keeping anything: what it would bring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker.errors import PayloadError
from tracker.model import METRICS, Reject

if TYPE_CHECKING:
    from tracker.sources.base import Batch, Payload, Source

#: How many rejected rows are shown.
FIRST = 10


@dataclass
class Trial:
    """rows = good rows + rejected; known: rows that say something, by metric.

    rejects: the first of them, with the payload's label. errors: payloads that
    would be refused whole.
    """

    source: str
    payloads: int = 0
    rows: int = 0
    rejected: int = 0
    ignored: int = 0
    known: dict[str, int] = field(default_factory=lambda: dict.fromkeys(METRICS, 0))
    rejects: list[tuple[str, Reject]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def attempt(source: Source, payloads: Iterator[Payload]) -> Trial:
    """Parse all payloads and count."""
    trial = Trial(source.name)
    for payload in payloads:
        trial.payloads += 1
        trial.notices += payload.notices
        try:
            _count(source, payload, trial)
        except PayloadError as error:
            trial.errors.append(str(error))
            trial.rows += error.rows
            trial.rejected += error.rows
    trial.notices += getattr(source, "notices", ())
    return trial


def _count(source: Source, payload: Payload, trial: Trial) -> None:
    batches = list(map(_slim, source.parse(payload)))  # a later piece may refuse all
    for rows, ignored, known, rejects, notices in batches:
        trial.rows += rows
        trial.rejected += len(rejects)
        trial.ignored += ignored
        trial.notices += notices
        for metric, count in known.items():
            trial.known[metric] += count
        room = FIRST - len(trial.rejects)
        trial.rejects += [(payload.label, reject) for reject in rejects[:room]]


def _slim(
    batch: Batch,
) -> tuple[int, int, dict[str, int], tuple[Reject, ...], tuple[str, ...]]:
    frame = batch.frame
    known = {
        name: int(frame[name].len() - frame[name].null_count()) for name in METRICS
    }
    return batch.rows, batch.ignored, known, batch.rejects, batch.notices

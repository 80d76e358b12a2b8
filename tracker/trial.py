"""A source looked at without keeping anything: what it would bring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker.errors import PayloadError, SourceError
from tracker.model import METRICS, Reject

if TYPE_CHECKING:
    from tracker.sources.base import Batch, Payload, Policy, Purse, Source, Window

#: How many rejected rows are shown.
FIRST = 10


@dataclass
class Trial:
    """readings: rows that are some; known: those that say something, by metric.

    rejects: the first of them, with the payload's label. errors: payloads that
    would be refused whole. upstream: why the source itself failed. absent: posts
    that were asked for and not there. costs: bucket to what was spent of it and
    what is allowed. bookmark: where the next run would go on. terms: what its
    platform's terms mean for its figures, as a sentence.
    """

    source: str
    payloads: int = 0
    rows: int = 0
    readings: int = 0
    absent: int = 0
    rejected: int = 0
    ignored: int = 0
    known: dict[str, int] = field(default_factory=lambda: dict.fromkeys(METRICS, 0))
    rejects: list[tuple[str, Reject]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    upstream: str | None = None
    costs: dict[str, tuple[int, int]] = field(default_factory=dict)
    bookmark: str | None = None
    terms: str | None = None


@dataclass
class Counting:
    """A purse that spends from another and remembers what it cost."""

    purse: Purse
    costs: dict[str, tuple[int, int]] = field(default_factory=dict)

    def spend(self, bucket: str, cost: int, limit: int, window: Window) -> None:
        self.purse.spend(bucket, cost, limit, window)
        before, _ = self.costs.get(bucket, (0, 0))
        self.costs[bucket] = (before + cost, limit)

    def spent(self, bucket: str, used: int, limit: int, window: Window) -> None:
        self.purse.spent(bucket, used, limit, window)


def attempt(source: Source, payloads: Iterator[Payload]) -> Trial:
    """Parse all payloads and count."""
    trial = Trial(source.name, terms=terms(source.policy))
    try:
        for payload in payloads:
            trial.payloads += 1
            trial.notices += payload.notices
            trial.bookmark = payload.bookmark or trial.bookmark
            _one(source, payload, trial)
    except SourceError as error:
        trial.upstream = str(error)
    trial.notices += getattr(source, "notices", ())
    return trial


def terms(policy: Policy) -> str | None:
    """What the terms of its platform mean here; what is still to be chosen first."""
    said = [policy.choice.rstrip(".")] if policy.choice else []
    if policy.keep_days and not policy.choice:
        said.append(f"Its figures are kept for {policy.keep_days} days")
    if not policy.may_blend:
        said.append("Its figures stand in no sum over several platforms")
    return ". ".join(said) + "." if said else None


def _one(source: Source, payload: Payload, trial: Trial) -> None:
    try:
        _count(source, payload, trial)
    except PayloadError as error:
        trial.errors.append(str(error))
        trial.rows += error.rows
        trial.rejected += error.rows


def _count(source: Source, payload: Payload, trial: Trial) -> None:
    batches = list(map(_slim, source.parse(payload)))  # a later piece may refuse all
    for each in batches:
        trial.rows += each.rows
        trial.readings += each.readings
        trial.absent += each.absent
        trial.rejected += len(each.rejects)
        trial.ignored += each.ignored
        trial.notices += each.notices
        for metric, count in each.known.items():
            trial.known[metric] += count
        room = FIRST - len(trial.rejects)
        trial.rejects += [(payload.label, reject) for reject in each.rejects[:room]]


@dataclass(frozen=True, slots=True)
class _Slim:
    """What is counted of a batch, without its frame."""

    rows: int
    readings: int
    absent: int
    ignored: int
    known: dict[str, int]
    rejects: tuple[Reject, ...]
    notices: tuple[str, ...]


def _slim(batch: Batch) -> _Slim:
    frame = batch.frame
    known = {
        name: int(frame[name].len() - frame[name].null_count()) for name in METRICS
    }
    return _Slim(
        batch.rows,
        int(frame.height),
        len(batch.absent),
        batch.ignored,
        known,
        batch.rejects,
        batch.notices,
    )

"""Meta's Graph API as a source: one account, its posts, and their insights.

What Instagram and Facebook have apart stands in their own files as a `Side`. A token
sees its own account. An empty set of insights is unknown, not 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tracker import forms
from tracker.model import METRICS
from tracker.sources.base import Batch, Payload, Questions
from tracker.sources.platforms import answers, grapherrors
from tracker.sources.platforms.api import Api
from tracker.sources.platforms.found import Marks
from tracker.sources.platforms.graphrun import Run
from tracker.sources.platforms.items import Rows
from tracker.sources.platforms.settings import Own, Settings


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two platforms.

    edge: an account's posts. said: canonical column = path in a post of that list.
    insights: the metrics by media product type, "" for all others. columns: canonical
    column = metric. parts: of a metric by type, the parts that are meant; empty: all.
    """

    kind: str
    platform: str
    address: str
    edge: str
    fields: str
    said: Mapping[str, str]
    insights: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, str]
    parts: Mapping[str, str]
    #: Do its posts say whose they are? Else the account is asked for its name.
    signed: bool

    @property
    def metrics(self) -> tuple[str, ...]:
        """Those it can give, in the words of the domain."""
        return tuple(name for name in METRICS if name in {*self.said, *self.columns})


def _version(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"v\d{1,3}\.\d", value):
        raise ValueError('is no version of the Graph API; write "v24.0"')
    return value


OWN = (
    Own("account", forms.text, "me"),
    Own("handle"),
    Own("version", _version, "v24.0"),
    Own("calls", forms.count, 200),
)


class GraphSource:
    """Asks the Graph API for one account. See sources/base.py."""

    def __init__(self, made: Settings, side: Side, address: str) -> None:
        self.name, self.kind, self.settings = made.name, side.kind, made
        self.side, self.address = side, address
        self.policy = made.policy(side.platform, side.metrics)
        self.fingerprint = made.fingerprint
        #: What the last run found besides figures, for a person.
        self.notices: tuple[str, ...] = ()

    def ask(self, questions: Questions, bookmark: str | None) -> Iterator[Payload]:
        judge = grapherrors.sound(self.settings)
        with Api(self.settings, self.address, judge, resets=grapherrors.wait) as api:
            run = Run(self.settings, self.side, api, questions, Marks(bookmark))
            try:
                yield from run.all()
            finally:
                self.notices = tuple(run.notices)

    def parse(self, payload: Payload) -> Iterator[Batch]:
        known, value = answers.opened(payload)
        rows = Rows(payload, self.side.platform, self.side.columns)
        if "post" in known and grapherrors.fault_of(value) != grapherrors.GONE:
            if "error" not in value:
                answers.listed(payload, value, "data", needed=True)
            seen = _insights(value, self.side)
            listed = {k: v for k, v in known["post"].items() if k not in seen}
            rows.add(1, {self.side.columns[k]: v for k, v in seen.items()}, **listed)
        batch = rows.batch()
        # what another account's token might see is not known to be gone
        yield batch if known.get("ours", True) else replace(batch, absent=())


#: Told in milliseconds.
MILLISECONDS = "ig_reels_video_view_total_time"


def _insights(value: Any, side: Side) -> dict[str, Any]:
    """What insights say, by canonical column; an empty set says nothing."""
    names = {metric: column for column, metric in side.columns.items()}
    seen: dict[str, Any] = {}
    for each in answers.objects_at(value, "data"):
        metric = answers.text_at(each, "name") or ""
        if metric in names and each.get("period") in (None, "lifetime"):
            found = _figure(each, metric, side)
            if found is not None:
                seen[names[metric]] = found
    return seen


def _figure(each: Mapping[str, Any], metric: str, side: Side) -> Any:
    """Both ways of saying it: total_value, or the last of values."""
    values = answers.objects_at(each, "values")
    raw = answers.at(each, "total_value.value")
    if raw is None:
        raw = values[-1].get("value") if values else None
    if metric in side.parts and isinstance(raw, dict):
        part = side.parts[metric]
        many = [raw.get(part)] if part else [*raw.values()]
        whole = bool(many) and all(type(n) is int for n in many)
        return sum(many) if whole else None
    return raw // 1000 if metric == MILLISECONDS and type(raw) is int else raw

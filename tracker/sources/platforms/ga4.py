"""GA4: figures of a website by day and page or campaign content, by the Data API.

From developers.google.com/analytics: `properties/{id}:runReport`, up to 100,000 rows
an answer. A report costs tokens that nobody knows beforehand: some are reserved, and
what the answer says in `propertyQuota` is written down. Days are those of the
property's own zone, and so is the day's quota of California. Figures of the last days
still move, so those are asked for again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tracker import forms
from tracker.model import METRICS, iso
from tracker.sources.base import Batch, Payload, Questions, Surroundings, Window
from tracker.sources.calls import Answer
from tracker.sources.platforms import answers, marks, settings
from tracker.sources.platforms.answers import Sort, next_midnight
from tracker.sources.platforms.api import Api, Pages
from tracker.sources.platforms.figures import Figures, first_day
from tracker.sources.platforms.links import WEB
from tracker.sources.platforms.manner import Limit, Manner, bearer, resets
from tracker.sources.platforms.settings import DAY, Own, Settings

ADDRESS = "https://analyticsdata.googleapis.com"
PACIFIC = "America/Los_Angeles"
ROWS = 100_000
#: Tokens reserved for a report; most cost fewer.
RESERVED = 10
HOUR = Window(3_600_000)
#: Core quotas of a standard property, by their names in an answer.
QUOTAS = {
    "tokensPerDay": Limit("tokens a day", 200_000, Window(zone=PACIFIC)),
    "tokensPerHour": Limit("tokens an hour", 40_000, HOUR),
    "tokensPerProjectPerHour": Limit("tokens a project and hour", 14_000, HOUR),
}
#: Rows that stand for all that is not shown.
_REST = frozenset({"(other)"})


def _metrics(value: Any) -> Mapping[str, str]:
    """Canonical metric = name at GA4."""
    if not isinstance(value, dict) or not value:
        raise ValueError('must be a table such as { views = "screenPageViews" }')
    for ours, theirs in value.items():
        if ours not in METRICS:
            raise ValueError(f'"{ours}" is no metric; known: {", ".join(METRICS)}')
        if not isinstance(theirs, str) or not re.fullmatch(r"[\w:]{1,100}", theirs):
            raise ValueError(f"{ours} must be the name of a metric of GA4")
    return value


def _property(value: Any) -> str:
    text = str(value) if isinstance(value, int) else forms.text(value)
    if not re.fullmatch(r"[0-9]{1,20}", text.removeprefix("properties/"), re.ASCII):
        raise ValueError("must be the property's number, such as 123456789")
    return text.removeprefix("properties/")


def _dimension(value: Any) -> str:
    if not re.fullmatch(r"[A-Za-z]\w{1,99}(:\w{1,100})?", forms.text(value)):
        raise ValueError('must be a dimension of GA4, such as "pagePath"')
    return str(value)


def _reason(said: Mapping[str, Any]) -> str:
    return answers.text_at(said, "error.status") or ""


def _wait(answer: Answer) -> int | None:
    """Quotas of a day, of an hour, or of calls at once; only the message says which."""
    if answer.status != 429:
        return resets(answer)
    said = answers.text_at(answers.envelope(answer), "error.message") or ""
    if "per day" in said or "24 hours" in said:
        return next_midnight(answer.at, PACIFIC)
    return answer.at + (3_600_000 if "hour" in said else 60_000)


MANNER = Manner(
    _reason,
    {"RESOURCE_EXHAUSTED": Sort.WAIT, "UNAVAILABLE": Sort.AGAIN},
    _wait,
    "Check that the token is fresh and may read the property, then resume the source",
)
SECRETS = ("token",)
OWN = (
    Own("property", _property, needed=True),
    Own("dimension", _dimension, "sessionManualAdContent"),
    Own("metrics", _metrics, {"views": "screenPageViews"}),
)
OPTIONS = settings.keys(SECRETS, OWN)


def factory(
    name: str, options: Mapping[str, Any], surroundings: Surroundings
) -> Ga4Source:
    """A ga4 source; ConfigError names every problem of its settings."""
    return Ga4Source(
        settings.read("ga4", name, options, surroundings, secrets=SECRETS, own=OWN)
    )


class Ga4Source:
    """Asks the Data API of Google Analytics 4. See sources/base.py."""

    kind = "ga4"

    def __init__(self, made: Settings) -> None:
        self.name, self.settings = made.name, made
        self.policy = made.policy(WEB, tuple(made.own["metrics"]))
        self.fingerprint = made.fingerprint

    def ask(self, questions: Questions, bookmark: str | None) -> Iterator[Payload]:
        with MANNER.open(self.settings, ADDRESS) as api:
            talk = _Talk(self.settings, api, questions, marks.read(bookmark))
            yield from talk.pages()

    def parse(self, payload: Payload) -> Iterator[Batch]:
        _, value = answers.opened(payload)
        places = [
            [answers.text_at(o, "name") for o in answers.objects_at(value, path)]
            for path in ("dimensionHeaders", "metricHeaders")
        ]
        if "date" not in places[0]:
            raise answers.refused(payload, 'field "dimensionHeaders" names no date')
        figures, others = Figures(WEB), 0
        for line, item in enumerate(answers.listed(payload, value, "rows"), 1):
            said = _texts(item, "dimensionValues", places[0])
            if said.get("date") in _REST:
                others += 1
                continue
            counts = _texts(item, "metricValues", places[1])
            named = self.settings.own["metrics"].items()
            values = {ours: counts.get(theirs) for ours, theirs in named}
            handle = said.get(self.settings.own["dimension"])
            figures.add(line, item, handle, said.get("date"), **values)
        yield figures.batch(ignored=others)


def _texts(item: Any, path: str, names: list[str | None]) -> dict[str | None, Any]:
    """The values of a row by the names of their columns."""
    values = answers.at(item, path)
    cells = values if isinstance(values, list) else []
    return dict(zip(names, (answers.at(cell, "value") for cell in cells), strict=False))


@dataclass
class _Talk:
    """One run. said: `day`, the last whole look."""

    settings: Settings
    api: Api
    questions: Questions
    said: dict[str, Any]

    def pages(self) -> Iterator[Payload]:
        """The report from the first day that may have changed, page by page."""
        now, done, more = self.questions.now, 0, True
        first = first_day(self.settings, self.said.get("day"), now)
        pages = Pages(self.settings.subject, "report")
        while more:
            answer = self._report(first, done)
            value = answers.value_of(answer, self.settings.subject, pages.label)
            self._spent(value)
            here = len(answers.objects_at(value, "rows"))
            done += here
            total = answers.at(value, "rowCount")
            on = str(done) if here and isinstance(total, int) and done < total else None
            bookmark = None if on else marks.write({"day": now // DAY})
            yield answers.payload(answer, pages.label, bookmark=bookmark)
            more = pages.go_on(on)

    def _report(self, first: int, offset: int) -> Answer:
        for quota in QUOTAS.values():
            quota.spend(self.questions.purse, RESERVED)
        own = self.settings.own
        body = {
            "dateRanges": [
                {"startDate": str(iso(first * DAY))[:10], "endDate": "today"}
            ],
            "dimensions": [{"name": "date"}, {"name": own["dimension"]}],
            "metrics": [{"name": name} for name in own["metrics"].values()],
            "limit": str(ROWS),
            "offset": str(offset),
            "returnPropertyQuota": True,
        }
        path = f"/v1beta/properties/{own['property']}:runReport"
        return self.api.send(self.api.post(path, body, headers=bearer(self.settings)))

    def _spent(self, value: Mapping[str, Any]) -> None:
        """What the property has used up, by its own account."""
        for name, quota in QUOTAS.items():
            left = answers.at(value, f"propertyQuota.{name}.remaining")
            if type(left) is int:
                used = max(0, quota.calls - left)
                self.questions.purse.spent(
                    quota.bucket, used, quota.calls, quota.window
                )

"""The tables that `tracker export` writes: their columns, in order, and their rows.

Columns and their order are stable; rows are ordered by their keys. What a column
holds is in tracker/dictionary.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from tracker.cli.common import notice, now_ms

if TYPE_CHECKING:
    from tracker.app import Tracker

Rows = Iterable[list[Any]]

#: Straight from the store.
EXTRACTED = (
    *("readings", "posts", "audience", "clicks", "rejects", "runs"),
    "disclosure-log",
)
FACTS = ("value", "gain", "known", "unknown")
KPIS = (
    *("campaign", "name", "value", "unit", "formula", "inputs", "known", "unknown"),
    *("class", "basis", "reason"),
)
INDICATORS = (
    *("campaign", "id", "metric", "value", "unit", "target", "baseline", "attained"),
    *("pace", "projected", "projected_low", "projected_high", "reason"),
)
MISSIONS = (
    *("campaign", "mission", "ambassador", "state", "delivered_at", "days_late"),
    *("rule", "reason"),
)
SURVEYS = (
    *("campaign", "question", "wave", "asked_from", "asked_to", "n", "yes", "share"),
    *("low", "high", "method", "source"),
)
TOTALS = ("campaign", "day", "posts", "metric", *FACTS, "oldest", "newest")
DICTIONARY = ("table", "column", "type", "meaning")
FEEDBACK = ("id", "at", "campaign", "ambassador", "text", "answered_at", "answer")


def table_of(
    tracker: Tracker, what: str, campaign: str | None
) -> tuple[list[str], Rows]:
    """A table of TABLES. Raises NotFoundError for a campaign that is not there."""
    from tracker.store import extracts

    if what in EXTRACTED:
        return columns_of(what), extracts.rows(tracker.database, what)
    return columns_of(what), MADE[what](tracker, campaign)


def columns_of(what: str) -> list[str]:
    """Names of a table's columns, always the same."""
    from tracker import finding, people
    from tracker.cli import cost, outcome
    from tracker.store import extracts

    if what in EXTRACTED:
        return list(extracts.EXTRACTS[what].columns)
    known: dict[str, tuple[str, ...]] = {
        "totals": TOTALS,
        "outcomes": outcome.COLUMNS,
        "findings": finding.COLUMNS,
        "ambassadors": people.COLUMNS,
        "missions": MISSIONS,
        "kpis": KPIS,
        "indicators": INDICATORS,
        "costs": ("campaign", *cost.COLUMNS),
        "surveys": SURVEYS,
        "feedback": FEEDBACK,
        "dictionary": DICTIONARY,
    }
    return list(known[what])


def _campaigns(tracker: Tracker, campaign: str | None) -> list[str]:
    """The one that was named, or all in the order of their ids."""
    if campaign is not None:
        return [campaign]
    from tracker.cli.programme import roster

    return sorted(one.id for one in roster(tracker).campaigns())


def _totals(tracker: Tracker, campaign: str | None) -> Rows:
    """Totals by day, one row a day and metric."""
    from tracker.model import iso

    found = tracker.reckoner.totals(campaign, by="day")
    for platform, reason in found.left_out:
        notice("LEFT_OUT", platform, reason)
    return [
        [
            campaign,
            row.key["day"],
            row.posts,
            name,
            *(getattr(total, fact) for fact in FACTS),
            iso(total.oldest),
            iso(total.newest),
        ]
        for row in found.rows
        for name, total in row.metrics.items()
    ]


def _outcomes(tracker: Tracker, campaign: str | None) -> Rows:
    """Ordered by source and id; shares and candidates as `a1:50|a2:50`."""
    from tracker.cli.outcome import as_row
    from tracker.outcomes import outcomes

    found = sorted(outcomes(tracker, campaign), key=lambda one: (one.source, one.id))
    return [as_row(one) for one in found]


def _findings(tracker: Tracker, campaign: str | None) -> Rows:
    from tracker.finding import as_row
    from tracker.findings import findings

    found = findings(tracker, now=now_ms(), campaign=campaign)
    return [as_row(one) for one in found]


def _ambassadors(tracker: Tracker, campaign: str | None) -> Rows:
    """One row a handle, as the ambassador file has them."""
    import csv
    import io

    from tracker.cells import restore
    from tracker.cli.programme import roster
    from tracker.people import write_people

    people = roster(tracker)
    enrolled = {}
    if campaign is not None:
        enrolled = {one.ambassador: one for one in people.enrolments(campaign)}
    text = write_people(people.ambassadors(campaign), enrolled)
    columns, *rows = csv.reader(io.StringIO(text))
    at = columns.index("followers")
    return (
        [
            (int(cell) if n == at else restore(cell)) if cell else None
            for n, cell in enumerate(row)
        ]
        for row in rows
    )


def _missions(tracker: Tracker, campaign: str | None) -> Rows:
    """One row a mission and ambassador it is assigned to."""
    from tracker.missions import view
    from tracker.model import iso

    return [
        [
            *(slug, one.id, cell.ambassador, cell.state, iso(cell.delivered_at)),
            *(cell.days_late, cell.rule, cell.reason),
        ]
        for slug in _campaigns(tracker, campaign)
        for one, cells in view(tracker, slug, at=now_ms()).grid
        for cell in cells
    ]


def _costs(tracker: Tracker, campaign: str | None) -> Rows:
    from tracker.cli.cost import COLUMNS, cost_json
    from tracker.statements import costs

    return [
        [slug, *(cost_json(one)[name] for name in COLUMNS)]
        for slug in _campaigns(tracker, campaign)
        for one in costs(tracker, slug)
    ]


def _surveys(tracker: Tracker, campaign: str | None) -> Rows:
    from tracker.cli.survey import wave_json
    from tracker.surveys import waves

    return [
        [({"campaign": slug} | wave_json(one))[name] for name in SURVEYS]
        for slug in _campaigns(tracker, campaign)
        for one in waves(tracker, slug)
    ]


def _feedback(tracker: Tracker, campaign: str | None) -> Rows:
    from tracker.cli.feedback import as_json
    from tracker.store.feedback import list_

    found = map(as_json, list_(tracker.database, campaign))
    return ([one[name] for name in FEEDBACK] for one in found)


def _answers(tracker: Tracker, campaign: str | None) -> Iterator[dict[str, Any]]:
    """What `tracker kpi --json` answers, of each campaign."""
    from tracker.kpis import kpis
    from tracker.kpis.shape import answer_json

    for slug in _campaigns(tracker, campaign):
        yield answer_json(kpis(tracker, slug, None, now=now_ms()))


def _kpis(tracker: Tracker, campaign: str | None) -> Rows:
    """The numbers of `tracker kpi --json`; inputs as JSON."""
    return (
        [
            *(found["campaign"], one["name"], one["value"], one["unit"]),
            one["formula"],
            json.dumps(one["inputs"], ensure_ascii=False),
            *one["coverage"].values(),
            *(one["class"], one["basis"], one["reason"]),
        ]
        for found in _answers(tracker, campaign)
        for one in found["rows"][0]["kpis"]
    )


def _indicators(tracker: Tracker, campaign: str | None) -> Rows:
    """The plan's indicators beside their targets, as `tracker kpi --json` has them."""
    return (
        [
            found["campaign"],
            *(one[name] for name in INDICATORS[1:9]),
            *one["projected"].values(),
            one["reason"],
        ]
        for found in _answers(tracker, campaign)
        for one in found["indicators"]
    )


def _dictionary(tracker: Tracker, campaign: str | None) -> Rows:
    from tracker.dictionary import meaning

    return [
        [name, column, *meaning(name, column)]
        for name in TABLES
        for column in columns_of(name)
    ]


#: Tables that are worked out; the names of commands' own lists.
MADE: dict[str, Callable[[Tracker, str | None], Rows]] = {
    "totals": _totals,
    "outcomes": _outcomes,
    "findings": _findings,
    "ambassadors": _ambassadors,
    "missions": _missions,
    "kpis": _kpis,
    "indicators": _indicators,
    "costs": _costs,
    "surveys": _surveys,
    "feedback": _feedback,
    "dictionary": _dictionary,
}
TABLES = (*EXTRACTED, *MADE)
#: Those that can be asked for one campaign.
OF_A_CAMPAIGN = tuple(name for name in MADE if name != "dictionary")

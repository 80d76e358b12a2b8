"""Files beside the pages for what a programme brought and cost, and what was found.

Their columns are those of `tracker export`, without the campaign; results are the
outcomes that count, summed by day. What each column holds is in tracker/dictionary.py.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tracker.codes import money_text
from tracker.facts import CampaignFacts
from tracker.finding import COLUMNS, as_row
from tracker.kpi.lifts import bounds
from tracker.model import number_day

if TYPE_CHECKING:
    import polars as pl

KPIS = (
    *("name", "value", "unit", "formula", "inputs", "known", "unknown", "class"),
    *("basis", "reason"),
)
RESULTS = ("day", "kind", "quantity", "events", "value", "currency")
COSTS = (
    *("id", "date", "kind", "amount", "currency", "state", "ambassador", "mission"),
    "note",
)
SURVEYS = (
    *("question", "wave", "asked_from", "asked_to", "n", "yes", "share", "low"),
    *("high", "method", "source"),
)


def number(value: Any) -> Any:
    """A plain number for JSON: whole where it is whole, None unknown."""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value


def _frame(
    columns: Sequence[str],
    rows: list[list[Any]],
    *,
    counts: Sequence[str] = (),
    numbers: Sequence[str] = (),
) -> pl.DataFrame:
    """All text but counts and numbers."""
    import polars as pl

    kinds = dict.fromkeys(counts, pl.Int64) | dict.fromkeys(numbers, pl.Float64)
    schema = {name: kinds.get(name, pl.String) for name in columns}
    return pl.DataFrame(rows, schema=schema, orient="row")


def kpis(facts: CampaignFacts) -> pl.DataFrame:
    """One row a KPI of the whole campaign, in the order of `tracker kpi`."""
    rows = [
        [
            *(one.name, None if one.value is None else float(one.value), one.unit),
            one.formula,
            json.dumps({k: number(v) for k, v in one.inputs.items()}),
            *(one.known, one.unknown, one.class_, one.basis, one.reason),
        ]
        for one in facts.kpi.values()
    ]
    return _frame(KPIS, rows, counts=("known", "unknown"), numbers=("value",))


def results(facts: CampaignFacts) -> pl.DataFrame:
    """One row a day and kind, of outcomes that count."""
    money = facts.campaign.currency
    rows = [
        [
            *(number_day(one.day).isoformat(), one.kind, float(one.quantity), one.rows),
            None if one.value is None else money_text(one.value, money),
            None if one.value is None else money,
        ]
        for one in facts.brought.days
    ]
    return _frame(RESULTS, rows, counts=("events",), numbers=("quantity",))


def costs(facts: CampaignFacts) -> pl.DataFrame:
    """One row a cost, by day and id."""
    rows = [
        [
            *(one.id, one.day.isoformat(), one.kind),
            money_text(one.amount, one.currency),
            *(one.currency, one.state, one.ambassador, one.mission, one.note),
        ]
        for one in facts.programme.costs
    ]
    return _frame(COSTS, rows)


def surveys(facts: CampaignFacts) -> pl.DataFrame:
    """One row a wave with a known share, by question in order of time."""
    rows = []
    for one in facts.programme.waves:
        around = bounds(one)
        rows.append(
            [
                *(one.question, one.wave),
                *(day and day.isoformat() for day in (one.asked_from, one.asked_to)),
                *(one.n, one.yes, None if one.share is None else float(one.share)),
                *(around.low, around.high, around.method, one.source),
            ]
        )
    return _frame(SURVEYS, rows, counts=("n", "yes"), numbers=("share", "low", "high"))


def findings(facts: CampaignFacts) -> pl.DataFrame:
    """Those of the campaign, as `tracker export findings` has them; disclosure
    is summed on the quality page, smaller values of one instant are listed there."""
    return _frame(COLUMNS, [as_row(one) for one in facts.troubles.findings])

"""Year on year in the shape of `tracker years --json`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.kpis.shape import left_out_json, number

if TYPE_CHECKING:
    from tracker.kpi.years import Beside
    from tracker.years import Row, Years
    from tracker.years.spending import Spent


def as_json(found: Years) -> dict[str, Any]:
    """All rows, with what each figure is made of."""
    return {
        "campaign": found.campaign,
        "by": found.by,
        "timezone": found.timezone,
        "since": _day(found.since),
        "until": _day(found.until),
        "rows": [_row(row) for row in found.rows],
        "left_out": left_out_json(found.left_out),
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _row(row: Row) -> dict[str, Any]:
    when: dict[str, Any] = {}
    if row.period is not None:
        when = {"year": row.period.year, "over": row.period.over}
        when |= {} if row.period.month is None else {"month": row.period.name}
    return {
        **row.key,
        **when,
        "first": row.first.isoformat(),
        "last": row.last.isoformat(),
        "beside": row.beside,
        "figures": {name: _figure(one) for name, one in row.figures.items()},
        "costs": [_spent(one) for one in row.costs],
    }


def _figure(one: Beside) -> dict[str, Any]:
    return {
        "value": one.value,
        "known": one.known,
        "unknown": one.unknown,
        "reason": one.reason,
        "before": one.before,
        "reason_before": one.reason_before,
        "change": None if one.change is None else float(one.change),
    }


def _spent(one: Spent) -> dict[str, Any]:
    return {
        "currency": one.currency,
        "cost": number(one.whole),
        "before": number(one.whole_before),
        "basis": list(one.basis),
        "campaigns": {"known": one.campaigns, "unknown": one.of - one.campaigns},
        "views": one.views,
        "engagements": one.engagements,
        "cpv": number(one.cpv),
        "cpe": number(one.cpe),
        "cpv_before": number(one.cpv_before),
        "cpe_before": number(one.cpe_before),
        "formulas": {"cpv": "cost / views", "cpe": "cost / engagements"},
    }

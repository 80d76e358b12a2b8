"""Answers about KPIs in the shape of `tracker kpi --json` and `tracker emv --json`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tracker.kpi.answer import Answer, Indicator, Kpi
from tracker.model import iso


def number(value: Any) -> Any:
    """A plain number: whole where it is whole, None unknown."""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value


def answer_json(found: Answer) -> dict[str, Any]:
    """An answer; rows have the key of what they are about, beside `kpis`."""
    return {
        "campaign": found.campaign,
        "as_of": iso(found.as_of),
        "by": found.by,
        "rows": [
            {**row.key, "kpis": [kpi_json(one) for one in row.kpis]}
            for row in found.rows
        ],
        "indicators": [indicator_json(one) for one in found.indicators],
        "left_out": left_out_json(found.left_out),
    }


def left_out_json(left_out: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"platform": name, "reason": why} for name, why in left_out]


def kpi_json(one: Kpi) -> dict[str, Any]:
    return {
        "name": one.name,
        "value": number(one.value),
        "unit": one.unit,
        "text": one.text,
        "formula": one.formula,
        "inputs": {name: number(value) for name, value in one.inputs.items()},
        "coverage": {"known": one.known, "unknown": one.unknown},
        "class": one.class_,
        "basis": one.basis,
        "reason": one.reason,
        "notes": list(one.notes),
    }


def indicator_json(one: Indicator) -> dict[str, Any]:
    return {
        "id": one.id,
        "metric": one.metric,
        "value": number(one.value),
        "unit": one.unit,
        "text": one.text,
        "target": number(one.target),
        "baseline": number(one.baseline),
        "attained": number(one.attained),
        "pace": one.pace,
        "projected": {
            "value": one.projected.value,
            "low": one.projected.low,
            "high": one.projected.high,
        },
        "verdict": one.verdict or None,
        "reason": one.reason,
    }

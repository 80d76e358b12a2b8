"""A receipt for each KPI that a page shows: formula, inputs, coverage, command."""

from __future__ import annotations

from decimal import Decimal

from tracker.facts import CampaignFacts
from tracker.kpi.answer import Kpi
from tracker.report.kpifigures import counted
from tracker.report.kpinames import RATES
from tracker.report.money import KpiRow, Money


def receipts(facts: CampaignFacts, money: Money | None) -> tuple[KpiRow, ...]:
    """Known Figures of money, then rates from click to sale."""
    shown = money.rows if money else ()
    return (*shown, *(row for kpi in facts.kpi.values() if (row := _rate(kpi))))


def _rate(kpi: Kpi) -> KpiRow | None:
    if kpi.name not in RATES or kpi.value is None:
        return None
    label, formula = RATES[kpi.name]
    mixed = ("measured", "reported") if kpi.class_ == "mixed" else (kpi.class_,)
    return KpiRow(
        kpi.name,
        "",
        label,
        formula,
        Decimal(kpi.value),
        "%" if kpi.unit == "%" else "",
        tuple(
            (name, None if value is None else Decimal(value))
            for name, value in kpi.inputs.items()
        ),
        classes=tuple(name for name in mixed if name),
        known=kpi.known,
        unknown=kpi.unknown,
        basis=kpi.basis,
        of=counted(kpi.name),
    )

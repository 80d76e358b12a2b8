"""What one of something cost. Money is exact; only a page rounds."""

from __future__ import annotations

from decimal import Decimal


def per(cost: Decimal, count: int | Decimal | None, units: int = 1) -> Decimal | None:
    """Cost of `units` of something; None when its number is unknown or zero."""
    return cost * units / Decimal(count) if count else None

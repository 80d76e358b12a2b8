"""Amounts in minor units, as payment services write them."""

from __future__ import annotations

from typing import Any

from tracker.codes import currency_code, money_text

#: Stripe's units of these are not those of ISO 4217: whole ariary, hundredths of
#: króna and shilling (docs.stripe.com/currencies, zero-decimal and special cases).
_OTHERWISE = {"MGA": 1, "ISK": 100, "UGX": 100}


def amount(units: Any, currency: Any) -> dict[str, Any]:
    """`value` and `currency` of an outcome; what cannot be read stays as it is, so
    that it is rejected with its reason and not left out."""
    code = currency_code(currency) if isinstance(currency, str) else None
    is_whole = isinstance(units, int) and not isinstance(units, bool)
    if code is not None and is_whole:
        return {"value": _text(units, code), "currency": code}
    if units is not None and (code is not None or not currency):
        # "1000" would pass for whole units; this passes for nothing
        units = {"minor_units": units}
    return {"value": units, "currency": currency}


def _text(units: int, code: str) -> str:
    if code not in _OTHERWISE:
        return money_text(units, code)
    whole, rest = divmod(units, _OTHERWISE[code])
    return f"{whole}.{rest:02}" if rest else str(whole)

"""Codes the world agreed on: countries, currencies, languages; and money by them.

Money is whole minor units of a currency; text becomes money and money text
without a float in between.
"""

from __future__ import annotations

import re

#: ISO 3166-1 alpha-2.
_COUNTRIES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL
    BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV
    CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD
    GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM
    IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK
    LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW
    MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR
    PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS
    ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY
    UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_COUNTRIES.split())

#: ISO 4217, by how many digits its minor unit has.
_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD
    BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP
    ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR
    JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU
    MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR
    RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS
    TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
#: Each currency with the number of digits of its minor unit.
CURRENCIES = {code: n for n, codes in _DIGITS.items() for code in codes.split()}

#: The most minor units a database keeps.
MOST = 2**63 - 1

_AMOUNT = re.compile(r"([0-9]{1,15})(?:\.([0-9]+))?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{4})?(-([A-Z]{2}|[0-9]{3}))?")


def country_code(text: str) -> str | None:
    """The country's code, or None; UK is taken for GB, as everybody writes it."""
    code = text.strip().upper()
    code = "GB" if code == "UK" else code
    return code if code in COUNTRIES else None


def currency_code(text: str) -> str | None:
    code = text.strip().upper()
    return code if code in CURRENCIES else None


def language_code(text: str) -> str | None:
    """A language as `fr` or `pt-BR`, or None."""
    head, *rest = text.strip().replace("_", "-").split("-")
    code = "-".join([head.lower(), *(r if len(r) == 4 else r.upper() for r in rest)])
    return code if _LANGUAGE.fullmatch(code) else None


def minor_units(text: str, currency: str) -> int:
    """`12.5` EUR as 1250.

    Raises ValueError, with a sentence, for anything but digits with at most one
    full stop and no more decimals than the currency has, and for more than MOST.
    """
    digits = CURRENCIES[currency]
    found = _AMOUNT.fullmatch(text.strip())
    if not found:
        raise ValueError(f'"{text}" is not an amount such as 1200 or 1200.50')
    whole, part = found[1], found[2] or ""
    if len(part) > digits:
        raise ValueError(f'"{text}" has more decimals than {currency} ({digits})')
    amount = int(whole + part.ljust(digits, "0"))
    if amount > MOST:
        raise ValueError(f'"{text}" is more than anything costs')
    return amount


def money_text(amount: int, currency: str) -> str:
    """1250 minor units of EUR as `12.50`."""
    digits = CURRENCIES.get(currency, 2)
    if not digits:
        return str(amount)
    text = str(abs(amount)).rjust(digits + 1, "0")
    return f"{'-' if amount < 0 else ''}{text[:-digits]}.{text[-digits:]}"

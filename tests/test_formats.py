"""Numbers, money and dates, to the letter of the two languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel import Locale
from babel.numbers import parse_pattern
from hypothesis import given
from hypothesis import strategies as st

from tracker.catalogue import HARD, MINUS, THIN
from tracker.codes import CURRENCIES
from tracker.formats import months
from tracker.words import Words

EN, FR = Words("en", "USD"), Words("fr", "USD")
COUNTS = parse_pattern(f"#,##0;{MINUS}#,##0")


@given(st.integers(-(10**15), 10**15))
def test_plain_counts_are_written_as_babel_writes_them(value: int) -> None:
    """They take a shorter way, to the same letters."""
    for w in (EN, FR):
        assert w.number(value) == COUNTS.apply(value, Locale.parse(w.language))


@given(st.decimals(-(10**9), 10**9, places=4), st.integers(0, 4))
def test_a_number_is_the_same_in_both_languages(value: Decimal, digits: int) -> None:
    french = FR.number(value, digits).replace(THIN, ",").replace(",", "x")
    assert french == EN.number(value, digits).replace(".", "x").replace(",", "x")


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1000, "1k", "1|k"),
        (1234, "1.23k", "1,23|k"),
        (168_400, "168k", "168|k"),
        (999_499, "999k", "999|k"),
        (999_950, "1M", "1|M"),
        (4_300_000, "4.3M", "4,3|M"),
        (-16_040, "−16k", "−16|k"),
        (2_500_000_000, "2.5B", "2,5|Md"),
        (1_200_000_000_000, "1,200B", "1|200|Md"),
    ],
)
def test_the_compact_form_has_three_digits(
    value: int, english: str, french: str
) -> None:
    assert EN.compact(value) == english
    assert FR.compact(value) == french.replace("|", THIN)


@pytest.mark.parametrize(
    ("currency", "value", "english", "french"),
    [
        ("USD", "1162.7907", "$1,162.79", "1|162,79_$"),
        ("USD", "-2.5", "−$2.50", "−2,50_$"),
        ("USD", "-0.001", "$0.00", "0,00_$"),
        ("EUR", "5000000", "€5,000,000", "5|000|000_€"),
        ("JPY", "1162.79", "¥1,163", "1|163_¥"),
        ("KWD", "1162.7907", "1,162.791_KWD", "1|162,791_KWD"),
        ("INR", "0.5", "₹0.50", "0,50_₹"),
        ("CHF", "5", "5_CHF", "5_CHF"),
    ],
)
def test_money_has_the_digits_of_its_currency(
    currency: str, value: str, english: str, french: str
) -> None:
    said = [
        Words(language, currency).money(Decimal(value)) for language in ("en", "fr")
    ]
    assert said == [
        text.replace("_", HARD).replace("|", THIN) for text in (english, french)
    ]


@pytest.mark.parametrize("currency", sorted(CURRENCIES))
def test_every_currency_can_be_said(currency: str) -> None:
    digits = CURRENCIES[currency]
    said = Words("en", currency).money(Decimal("1234.56789"))
    assert f"{Decimal('1234.56789'):,.{digits}f}" in said


@pytest.mark.parametrize(
    ("first", "last", "english", "french"),
    [
        ((2009, 8, 18), (2009, 8, 20), "18–20_Aug", "18–20_août"),
        ((2009, 5, 1), (2009, 5, 3), "1–3_May", "1er–3_mai"),
        ((2009, 5, 1), (2009, 5, 1), "1_May", "1er_mai"),
        ((2009, 8, 28), (2009, 9, 3), "28_Aug – 3_Sep", "28_août – 3_sept."),
        (
            (2009, 12, 31),
            (2010, 1, 1),
            "31_Dec_2009 – 1_Jan_2010",
            "31_déc._2009 – 1er_janv._2010",
        ),
    ],
)
def test_ranges(
    first: tuple[int, int, int],
    last: tuple[int, int, int],
    english: str,
    french: str,
) -> None:
    said = [w.range(date(*first), date(*last)) for w in (EN, FR)]
    assert said == [text.replace("_", HARD) for text in (english, french)]


def test_hours_days_and_lists() -> None:
    evening, morning = (datetime(2009, 10, 2, hour, 5, tzinfo=UTC) for hour in (18, 8))
    assert (EN.clock(evening), FR.clock(evening)) == ("18:05", f"18{HARD}h{HARD}05")
    assert (EN.clock(morning), FR.clock(morning)) == ("08:05", f"8{HARD}h{HARD}05")
    assert FR.day(date(2009, 10, 2), year=True) == f"2{HARD}octobre 2009"
    assert (EN.month(date(2009, 5, 1)), FR.month(date(2009, 5, 1))) == (
        "May 2009",
        "mai 2009",
    )
    assert EN.listing(["a", "b", "c"]) == "a, b and c"
    assert FR.listing(["a", "b", "c"]) == "a, b et c"
    assert (months("en")[8], months("fr")[7]) == ("Sep", "août")


def test_signs_and_shares() -> None:
    assert (EN.signed(5), FR.signed(-21480)) == ("+5", f"{MINUS}21{THIN}480")
    assert (EN.percent(86), FR.percent(86)) == ("86.0%", f"86,0{HARD}%")
    assert (EN.number(-0.2), EN.percent(-0.04)) == ("0", "0.0%")


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        (11.627906, "11.63", "11,63"),
        (2, "2.00", "2,00"),
        (0.0042, "0.0042", "0,0042"),
        (0, "0.00", "0,00"),
        (291.5, "292", "292"),
        (2714.52, "2,715", "2\u202f715"),
    ],
)
def test_a_rate_keeps_two_decimals_under_a_hundred(
    value: float, english: str, french: str
) -> None:
    assert Words("en").rate(value) == english
    assert Words("fr").rate(value) == french


def test_days_and_spans_of_files_are_said_as_people_say_them() -> None:
    fr = Words("fr")
    assert fr.written_day("2009-10-02") == "2\u00a0oct.\u00a02009"
    assert fr.written_day("spring") == "spring"
    assert (fr.span("15m"), fr.span("1h"), fr.span("now")) == (
        "15 minutes",
        "1 heure",
        "now",
    )

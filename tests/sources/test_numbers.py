"""Counts: what is a whole number, and what is never taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.model import MOST
from tracker.sources.numbers import NumberFormat, counter, number_problems, read_plain
from tracker.sources.values import Bad

PLAIN = [
    ("0", 0),
    ("7", 7),
    ("007", 7),
    ("000", 0),
    (" 12 ", 12),
    ("\t12", 12),
    ("2147483648", 2**31),
    ("4300000000", 4_300_000_000),
    ("9007199254740991", MOST),
    ("0009007199254740991", MOST),
    ("", None),
    ("   ", None),
    ("\t", None),
]

#: No number without a declared format.
REFUSED_TEXT = """
1_000|1e3|1E3|1.2k|1,2k|12.0|12,0|1.234|1,234|1.234,5|1,234.5|1'000|-5|-0|+5|−5
inf|Infinity|nan|NaN|0x10|0b1|0o7|1/2|½|²|3²|Ⅷ|١٢|१२|１２|𝟏𝟐|十|12%|$12|12€|~12
>1000|1000+|about 12|12 views|n/a|N/A|-|--|null|None|true|#REF!|#NAME?|=1+1|'12
"12"|1 000|1.|.5|1;2|9007199254740992|18446744073709551616
99999999999999999999999999|1 2|1K|1M|1,000,000|(12)|12-|0.0|1e0|1e-1|12L|0.1e1
12.|,12|1..2|1__0|_1|1_
"""
REFUSED = REFUSED_TEXT.strip().replace("\n", "|").split("|")
HIDDEN = [
    "1\u00a0000",
    "1\u202f000",
    "\u00a012",
    "12\u00a0",
    "12\u200b",
    "12\n",
    "1\n2",
    "\u066012",
]

GERMAN = NumberFormat(decimal=",", thousands=".")
FRENCH = NumberFormat(decimal=",", thousands=" ")
ENGLISH = NumberFormat(decimal=".", thousands=",")
SHORT = NumberFormat(suffixes=True)
DECLARED = [
    (GERMAN, "1.234", 1234),
    (GERMAN, "1.234.567", 1_234_567),
    (GERMAN, "1234", 1234),
    (GERMAN, "12,0", 12),
    (GERMAN, "1.234,00", 1234),
    (GERMAN, "12,5", "not a whole"),
    (GERMAN, "1,234", "not a whole"),
    (GERMAN, "1.23", "as declared"),
    (GERMAN, "12.34", "as declared"),
    (GERMAN, "1.2345", "as declared"),
    (GERMAN, "1234.567", "as declared"),
    (GERMAN, ".123", "as declared"),
    (GERMAN, "1,2,3", "as declared"),
    (GERMAN, "1.234k", "as declared"),
    (FRENCH, "1 234", 1234),
    (FRENCH, "1\u00a0234\u00a0567", 1_234_567),
    (FRENCH, "1\u202f234", 1234),
    (FRENCH, "\u00a01\u2009234\u00a0", 1234),
    (FRENCH, "1  234", "as declared"),
    (FRENCH, "1 23", "as declared"),
    (FRENCH, "١ ٢٣٤", "as declared"),
    (ENGLISH, "1,234", 1234),
    (ENGLISH, "1,234.00", 1234),
    (ENGLISH, "1.234,5", "as declared"),
    (ENGLISH, "12,34", "as declared"),
    (ENGLISH, "9,007,199,254,740,991", MOST),
    (ENGLISH, "9,007,199,254,740,992", "larger"),
    (ENGLISH, "-1", "as declared"),
    (ENGLISH, "1e3", "as declared"),
    (NumberFormat(thousands="'"), "1'234", 1234),
    (NumberFormat(thousands="'"), "1\u2019234", 1234),
    (NumberFormat(decimal="."), "12.0", 12),
    (NumberFormat(decimal="."), "12.", "as declared"),
    (NumberFormat(decimal="."), ".0", "as declared"),
    (SHORT, "1.2k", 1200),
    (SHORT, "1.2K", 1200),
    (SHORT, "1.2 k", 1200),
    (SHORT, "3M", 3_000_000),
    (SHORT, "4.3m", 4_300_000),
    (SHORT, "1.5B", 1_500_000_000),
    (SHORT, "12", 12),
    (SHORT, "1.2345k", "not a whole"),
    (SHORT, "1.2", "not a whole"),
    (SHORT, "1,2k", "as declared"),
    (SHORT, "k", "as declared"),
    (SHORT, "1kk", "as declared"),
    (SHORT, "1\u212a", "as declared"),
    (SHORT, "1t", "as declared"),
    (SHORT, "9999999999b", "larger"),
    (NumberFormat(decimal=",", suffixes=True), "12,3k", 12_300),
    (NumberFormat(decimal=",", suffixes=True), "12.3k", "as declared"),
    (NumberFormat(thousands=".", suffixes=True), "1.234k", 1_234_000),
    (NumberFormat(thousands=".", suffixes=True), "1.2k", "as declared"),
    (GERMAN, "", None),
    (FRENCH, "\u00a0", None),
]


@pytest.mark.parametrize(("cell", "count"), PLAIN)
def test_plain_digits_are_read(cell: str, count: int | None) -> None:
    assert read_plain(cell) == count


@pytest.mark.parametrize("cell", REFUSED + HIDDEN)
def test_nothing_else_is_taken_for_a_number(cell: str) -> None:
    read = read_plain(cell)
    assert isinstance(read, Bad)
    assert read.code == "ROW_NUMBER"


@pytest.mark.parametrize(("declared", "cell", "wanted"), DECLARED)
def test_declared_formats_are_read_to_the_letter(
    declared: NumberFormat, cell: str, wanted: int | str | None
) -> None:
    read = counter(declared)(cell)
    if isinstance(wanted, str):
        assert isinstance(read, Bad)
        assert wanted in read.reason
    else:
        assert read == wanted


def test_endless_digits_are_refused_quickly() -> None:
    assert isinstance(read_plain("9" * 100_000), Bad)
    assert isinstance(counter(GERMAN)("9" * 100_000), Bad)


@given(st.integers(0, MOST))
def test_every_count_is_read_back(count: int) -> None:
    assert read_plain(str(count)) == count
    assert counter(ENGLISH)(f"{count:,}") == count
    assert counter(GERMAN)(f"{count:,}".replace(",", ".")) == count


@given(st.text(max_size=12))
def test_a_text_is_a_count_only_in_ascii_digits(text: str) -> None:
    read = read_plain(text)
    if isinstance(read, int):
        assert text.strip(" \t").isascii()
        assert text.strip(" \t").isdigit()


def test_signs_that_cannot_be_told_apart_are_problems() -> None:
    assert not number_problems(",", ".")
    assert number_problems(",", ",")
    assert number_problems(";", "")
    assert number_problems("", "x")

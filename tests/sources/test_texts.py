"""Ids to the letter, damage of spreadsheets, and quotes that hide formulas."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.cells import escape
from tracker.sources.texts import read_caption, read_id, read_name, read_url
from tracker.sources.values import Bad, shown, visible

KEPT = """
-aB3dE5fG7h _x 00123 1e5 1e5xYz 1E17 12345678901234567890123 3_117 urn:li:activity:7
a/b example.com/x?a=1 ünï あ #hashtag #1 #NAME x#REF! 1.5 0 +a pfbid02 1,5 =
""".split()
DAMAGED = """
#NAME? #REF! #VALUE! #N/A #NA #DIV/0! #NUM! #NULL! #NOM? #NV #BEZUG! #WERT! #¿NOMBRE?
#¡REF! ######## # 1.23457E+17 1,23457E+17 7E+18 1.5e+5 -1.2E+10 #SPILL! #ЗНАЧ!
""".split()


@pytest.mark.parametrize("text", KEPT)
def test_ids_are_kept_to_the_letter(text: str) -> None:
    assert read_id(text) == text
    assert read_id(f"  {text}\t") == text


@pytest.mark.parametrize("text", DAMAGED)
def test_what_a_spreadsheet_left_is_no_id(text: str) -> None:
    found = read_id(text)
    assert isinstance(found, Bad)
    assert found.code == "ROW_ID"


@pytest.mark.parametrize("text", ["a\nb", "a\0b", "a\x1bb", "a\x85b", "x" * 256])
def test_no_platform_has_such_ids(text: str) -> None:
    assert isinstance(read_id(text), Bad)
    assert isinstance(read_name(text), Bad)


def test_blank_cells_are_unknown() -> None:
    assert read_id(" ") is None
    assert read_name("\t ") is None
    assert read_caption("  \n ") is None
    assert read_url("") is None


@pytest.mark.parametrize("sign", [*"=+-@'", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_the_quote_of_our_own_exports_is_taken_off(sign: str) -> None:
    assert read_id(f"'{sign}abc") == f"{sign}abc"
    assert read_caption(f"'{sign}abc") == f"{sign}abc"


def test_other_quotes_stay() -> None:
    assert read_caption("'tis the season") == "'tis the season"
    assert read_name("'n Sync") == "'n Sync"


@given(st.text(min_size=1).filter(str.strip))
def test_captions_come_back_from_an_export(text: str) -> None:
    assert read_caption(escape(text)) == text


@given(st.text(min_size=1, max_size=50))
def test_ids_come_back_from_an_export(text: str) -> None:
    if read_id(text) == text:
        assert read_id(escape(text)) == text


def test_a_caption_has_a_limit() -> None:
    assert isinstance(read_caption("x" * 100_001), Bad)


def test_reasons_hide_nothing_and_stay_short() -> None:
    assert visible("a\u202eb\x1b[0m\n") == "a\\u202eb\\x1b[0m\\n"
    assert len(shown("x" * 5000)) < 70

"""What the tests of sources share: a source from settings, and what it made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tracker.errors import PayloadError
from tracker.sources.base import Payload, Surroundings
from tracker.sources.contract import Parsed, parse_all
from tracker.sources.csvfile import CsvSource, factory

FIXTURES = Path(__file__).parents[2] / "fixtures" / "csv"
#: 2026-07-01T00:00:00Z
SEEN = 1_782_864_000_000


def source(home: object = "/nowhere", zone: str = "UTC", **options: Any) -> CsvSource:
    return factory("drop", {"path": "*.csv", **options}, Surroundings(str(home), zone))


def payload(text: str | bytes) -> Payload:
    body = text.encode() if isinstance(text, str) else text
    return Payload("x.csv", SEEN, body=body)


def parse(text: str | bytes, **options: Any) -> Parsed:
    return parse_all(source(**options), payload(text))


def rows(text: str | bytes, **options: Any) -> list[dict[str, Any]]:
    """The rows of a text, with only the columns that are known."""
    parsed = parse(text, **options)
    assert parsed.frame is not None, parsed.refused
    return [
        {name: value for name, value in row.items() if value is not None}
        for row in parsed.frame.to_dicts()
    ]


def refusal(text: str | bytes, **options: Any) -> PayloadError:
    """The error that refuses a text."""
    try:
        list(source(**options).parse(payload(text)))
    except PayloadError as error:
        return error
    raise AssertionError("it was not refused")

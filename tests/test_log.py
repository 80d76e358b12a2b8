"""The log: one line an event, no secrets, no repeats."""

from __future__ import annotations

import io
import json
import logging

import pytest

from tracker import log

logger = logging.getLogger("tracker.test_log")


@pytest.fixture
def lines():
    """Starts a log; answers its lines."""
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], logging.getLogger("tracker").level

    def begin(*, as_json=True, secrets=()):
        log.start(stream, as_json=as_json, blotter=log.Blotter(secrets))
        return lambda: stream.getvalue().splitlines()

    yield begin
    root.handlers[:] = before
    logging.getLogger("tracker").setLevel(level)


def test_an_event_is_a_line_of_json_with_its_action_and_fields(lines):
    said = lines()
    logger.info("run ok", extra={"action": "run", "source": "studio", "rows": 3})
    [line] = map(json.loads, said())
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info",
        "action": "run",
        "message": "run ok",
        "source": "studio",
        "rows": 3,
    }


def test_on_a_terminal_it_is_words(lines):
    said = lines(as_json=False)
    logger.warning("late", extra={"action": "run", "source": "studio"})
    assert said()[0].endswith("warning run: late (source studio)")


@pytest.mark.parametrize("as_json", [True, False])
def test_an_exception_and_hostile_text_stay_on_one_line(lines, as_json):
    said = lines(as_json=as_json)
    try:
        raise ValueError("one\ntwo\x1b[31m\u202e")
    except ValueError:
        logger.exception("broke\r\nfake line", extra={"action": "look"})
    assert len(said()) == 1
    assert "ValueError" in said()[0]
    assert not set("\x1b\u202e\r") & set(said()[0])


@pytest.mark.parametrize(
    "text",
    [
        "GET /v1?access_token=canary-1&x=1",
        'asked with {"api_key": "canary-1"}',
        "Authorization: Bearer canary-1",
        "postgresql://me:canary-1@db/x refused",
        "whatever canary-1 is",
        "password=canary-1",
    ],
)
def test_secrets_are_blotted_out(lines, text):
    said = lines(secrets=["canary-1"] if "whatever" in text else [])
    logger.error(text, extra={"action": "look", "note": text})
    assert "canary" not in said()[0]
    assert log.BLOT in said()[0]


def test_what_is_no_secret_stays(lines):
    said = lines(secrets=["abc"])
    logger.info("key figures of abc: tokens are counted by day")
    assert json.loads(said()[0])["message"].startswith("key figures of abc")


def test_secrets_are_those_that_settings_name(monkeypatch):
    monkeypatch.setenv("A_KEY", "first-secret")
    monkeypatch.setenv("B_KEY", "second-secret")
    settings = {
        "source": [
            {"key": {"env": "A_KEY"}, "name": "s"},
            {"secret": [{"env": "B_KEY"}, {"env": "MISSING"}]},
        ],
        "database": {"file": "url"},
    }
    assert log.named_secrets(settings) == {"first-secret", "second-secret"}


def test_the_same_trouble_is_told_once_a_minute_with_a_count():
    clock = [100.0]
    passes = log.Filter(lambda: clock[0]).filter

    def record(source="studio", level=logging.ERROR):
        fields = {"action": "look", "source": source, "msg": "down", "levelno": level}
        return logging.makeLogRecord(fields)

    assert passes(record())
    clock[0] += 59
    assert not passes(record())
    assert not passes(record())
    assert passes(record("other"))
    assert passes(record(level=logging.INFO))
    assert passes(record(level=logging.INFO))
    clock[0] += 1
    told = record()
    assert passes(told)
    assert told.repeats == 2
    clock[0] += 60
    assert passes(record())


def test_troubles_without_end_do_not_fill_the_memory():
    passes = log.Filter(lambda: 0.0).filter
    for number in range(log.REMEMBERED * 2):
        fields = {"levelno": logging.ERROR, "msg": f"trouble {number}"}
        assert passes(logging.makeLogRecord(fields))
    assert not passes(logging.makeLogRecord({**fields}))

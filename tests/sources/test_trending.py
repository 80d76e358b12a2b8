"""A trending list as found in the wild loads with mapping alone."""

from collections import Counter

from sources.given import FIXTURES, parse

from tracker.model import iso

TRENDING = (FIXTURES / "trending.csv").read_bytes()
COLUMNS = {
    "post_id": "video_id",
    "handle": "channel_title",
    "caption": "title",
    "published_at": "publish_time",
    "captured_at": {"column": "trending_date", "format": "%y.%d.%m"},
    "comments": "comment_count",
}
OPTIONS = {"encoding": "cp1252", "platform": "youtube", "columns": COLUMNS}


def test_every_row_is_a_reading_or_a_reject() -> None:
    parsed = parse(TRENDING, **OPTIONS)
    assert parsed.frame is not None
    assert (parsed.rows, parsed.frame.height, parsed.ignored) == (45, 42, 0)
    assert Counter(one.code for one in parsed.rejects) == {"ROW_ID": 3}
    lines = TRENDING.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    for one in parsed.rejects:
        assert lines[one.line - 1].startswith((b"#NAME?", b"1.23457E+17"))
    for row in parsed.frame.iter_rows(named=True):
        assert lines[row["line"] - 1].startswith(row["post_id"].encode("cp1252"))


def test_ids_dates_and_counts_are_those_of_the_file() -> None:
    frame = parse(TRENDING, **OPTIONS).frame
    assert frame is not None
    ids = set(frame["post_id"])
    assert {"-aB3dE5fG7h", "-0cyY3hJkLm", "00123456789", "1e5xYz_AbCd"} <= ids
    days = sorted(set(frame["captured_at"]))
    assert [iso(day) for day in days] == [f"2017-11-{day}" for day in range(14, 20)]
    assert max(frame["views"]) == 2_157_000_000 > 2**31
    falling = frame.filter(post_id="-0cyY3hJkLm")["views"].to_list()
    assert falling == sorted(falling, reverse=True)
    assert "Größte Playlist der Welt" in set(frame["caption"])


def test_without_its_format_no_date_is_guessed() -> None:
    columns = {**COLUMNS, "captured_at": "trending_date"}
    plain = {**OPTIONS, "columns": columns}
    parsed = parse(TRENDING, **plain)
    assert parsed.frame is not None
    assert parsed.frame.height == 0
    assert {one.code for one in parsed.rejects} <= {"ROW_DATE", "ROW_ID"}

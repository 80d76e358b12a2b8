"""Settings of a csv source: every problem at once, each by its name."""

from pathlib import Path

import pytest
from sources.given import parse, source

from tracker.errors import ConfigError
from tracker.sources import options as options_module
from tracker.sources import registry
from tracker.sources.base import Kind, Polled, Source, Surroundings
from tracker.sources.contract import check_factory
from tracker.sources.csvfile import factory

HERE = Surroundings("/nowhere", "Europe/Paris")


def problems(**said: object) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        factory("drop", {"path": "x.csv", **said}, HERE)
    assert caught.value.code == "SOURCE_SETTINGS"
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"pat": "x"}, 'pat: is unknown. Did you mean "path"?'),
        ({"path": ""}, "path: is needed"),
        ({"path": 3}, "path: must be text"),
        ({"path": "a**/b"}, "path: must have"),
        ({"encoding": "klingon"}, 'encoding: "klingon" is not a known encoding'),
        ({"encoding": "rot13"}, "encoding:"),
        ({"encoding": "base64"}, "encoding:"),
        ({"encoding": "unicode_escape"}, "encoding:"),
        ({"delimiter": ";;"}, "delimiter: must be one sign"),
        ({"delimiter": '"'}, "delimiter: must be one sign"),
        ({"timezone": "Europe/Belrin"}, 'Did you mean "Europe/Berlin"?'),
        ({"timezone": "../etc/passwd"}, "timezone:"),
        ({"layout": "youtube"}, 'Did you mean "youtube-studio"?'),
        ({"period": "all"}, 'period: "all" is unknown'),
        ({"layout": "x", "columns": {"views": "a"}}, "columns: columns are not for"),
        ({"platform": "myspace"}, 'platform: "myspace" is not a known platform'),
        ({"preamble": -1}, "preamble: must be how many lines"),
        ({"preamble": True}, "preamble: must be how many lines"),
        ({"preamble": 1, "skip": 1}, "skip: is another word"),
        ({"footer": "("}, "footer: the pattern is not understood"),
        ({"footer": ""}, "footer: must be"),
        ({"unknown": "n/a"}, "unknown: must be a list"),
        ({"settle": 10}, "settle: must be text"),
        ({"settle": "soon"}, "settle: must be a duration"),
        ({"reject_limit": 10}, "reject_limit: must be a share"),
        ({"reject_limit": "110%"}, "reject_limit: must be a share"),
        ({"provenance": "guessed"}, 'provenance: "guessed" is unknown'),
        ({"captured_at": "01/02/2026"}, "captured_at: the constant"),
        ({"columns": 3}, "columns: must be a table"),
        ({"columns": {"vews": "x"}}, 'columns.vews: unknown. Did you mean "views"?'),
        ({"columns": {"views": 3}}, "columns.views: must be a column's name"),
        ({"columns": {"views": {"colum": "x"}}}, "columns.views: colum is unknown"),
        ({"columns": {"views": {"decimal": ";"}}}, "columns.views: decimal must be"),
        ({"columns": {"views": {"decimal": 1}}}, "columns.views: decimal must be text"),
        (
            {"columns": {"views": {"format": "%Y"}}},
            "columns.views: format says nothing",
        ),
        ({"columns": {"views": {"suffixes": 1}}}, "columns.views: suffixes must be"),
        ({"columns": {"views": {"value": "x"}}}, "views: the constant"),
        ({"columns": {"captured_at": {"format": "%Y"}}}, "columns.captured_at: format"),
        ({"columns": {"handle": {"year": 2017}}}, "columns.handle: year says nothing"),
        (
            {"columns": {"handle": {"value": "a"}}, "handle": "b"},
            "handle: has a value in columns, too",
        ),
    ],
)
def test_each_problem_is_named(said: dict[str, object], told: str) -> None:
    (problem,) = problems(**said)
    assert told in problem


def test_all_problems_are_told_at_once() -> None:
    told = problems(
        path="",
        encoding="x",
        delimiter="xx",
        columns={"vews": "a", "views": {"decimal": ".", "thousands": "."}},
        nonsense=1,
    )
    assert len(told) == 6
    check_factory(factory, {"path": "", "encoding": "x"}, HERE, 2)


def test_the_fingerprint_changes_with_what_is_read_and_nothing_else() -> None:
    plain = source().fingerprint
    assert plain == source().fingerprint
    assert plain == source(settle="1s", path="y").fingerprint
    assert plain == source(timezone="UTC").fingerprint
    others = [
        {"timezone": "Asia/Tokyo"},
        {"platform": "x"},
        {"columns": {"views": "v"}},
        {"encoding": "cp1252"},
        {"unknown": ["-"]},
    ]
    assert len({source(**other).fingerprint for other in others} | {plain}) == 6


def test_provenance_is_the_sources_own_word() -> None:
    assert source().policy.provenance == "measured"
    assert source(provenance="reported").policy.provenance == "reported"


def test_kinds_are_made_by_name() -> None:
    made: Source = registry.make("drop", "csv", {"path": "x.csv"}, HERE)
    assert (made.name, made.kind) == ("drop", "csv")
    assert isinstance(made, Polled)
    assert registry.KINDS["csv"].options == options_module.OPTIONS
    with pytest.raises(ConfigError, match='no kind "cvs"') as caught:
        registry.make("drop", "cvs", {}, HERE)
    assert 'Did you mean "csv"?' in str(caught.value)


def test_kinds_of_other_packages_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installed package adds a kind by an entry point; a broken one is named."""
    info = tmp_path / "acme_source-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-source\n")
    (info / "entry_points.txt").write_text(
        "[tracker.sources]\nacme = tracker.sources.csvfile:factory\n"
        "csv = os:system\nbroken = nowhere_at_all:factory\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert registry.kinds()["acme"].summary == "from acme-source"
    assert registry.kinds()["csv"] is registry.KINDS["csv"]
    assert registry.make("a", "acme", {"path": "x"}, HERE).name == "a"
    with pytest.raises(ConfigError, match="cannot be loaded"):
        registry.make("a", "broken", {"path": "x"}, HERE)
    with pytest.raises(ConfigError, match="cannot be loaded"):
        registry.load(Kind("x", "tracker.sources.csvfile:nothing", ""))


def test_rejects_are_read_again_by_new_settings() -> None:
    text = 'post_id;caption;views\n1;"a\nb";1.2k\n2;x;3k\n3;y;z\n'
    parsed = parse(text)
    raws = [(one.line, one.raw) for one in parsed.rejects]
    assert [line for line, _ in raws] == [2, 4, 5]
    mended = source(columns={"views": {"column": "views", "suffixes": True}})
    batch = mended.reparse(["post_id", "caption", "views"], raws, 7_000)
    assert batch.frame["views"].to_list() == [1200, 3000]
    assert batch.frame["caption"].to_list() == ["a\nb", "x"]
    assert batch.frame["line"].to_list() == [2, 4]
    assert batch.frame["captured_at"].to_list() == [7_000, 7_000]
    assert [one.line for one in batch.rejects] == [5]


def test_rejects_that_cannot_be_split_for_certain_stay() -> None:
    made = source()
    header = ["post_id", "x", "views"]
    unclear = made.reparse(header, [(2, "1,5;2,3;9")], 0)
    assert [one.code for one in unclear.rejects] == ["ROW_COLUMNS"]
    assert made.reparse(header, [(2, "1;5,2;3")], 0, delimiter=";").frame.height == 1
    cut = made.reparse(header, [(2, "1,5," + "9" * 5000)], 0)
    assert [one.code for one in cut.rejects] == ["ROW_CUT"]
    broken = made.reparse(header, [(2, '1,"x"y,2'), (3, '1,"x,2'), (4, "1,2")], 0)
    assert [one.code for one in broken.rejects] == [
        "ROW_QUOTE",
        "ROW_QUOTE",
        "ROW_COLUMNS",
    ]

"""tracker.toml: defaults, every problem at once, references to secrets."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tracker.cron import check_cron
from tracker.errors import ConfigError
from tracker.secrets import reveal
from tracker.settings import Settings, load_settings


def load(home: Path, text: str | bytes) -> Settings:
    data = text.encode() if isinstance(text, str) else text
    (home / "tracker.toml").write_bytes(data)
    return load_settings(home)


def problems(home: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load(home, text)
    assert caught.value.exit_code == 3
    return caught.value.problems


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    """All keys may be left out."""
    found = load(tmp_path, "")
    assert found == Settings()
    assert (found.database, found.site) == ("sqlite:///tracker.db", "site")
    assert (found.timezone, found.language) == ("UTC", "en")
    assert found.listen == "127.0.0.1:8040"


def test_a_new_workspace_has_the_defaults(workspace: Path) -> None:
    """What `tracker init` writes says nothing but defaults."""
    found = load_settings(workspace)
    assert found == Settings(raw=found.raw)


def test_everything_documented_is_read(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        """
        database = "postgresql://u@localhost/tracker"
        timezone = "Europe/Paris"
        language = "fr"
        site = "pages"
        [server]
        listen = "0.0.0.0:80"
        public = "https://go.example.org/"
        [[source]]
        name = "studio"
        kind = "csv"
        path = "inbox/*.csv"
        every = "15m"
        encoding = "cp1252"
        timezone = "Europe/Paris"
        platform = "youtube"
        [source.columns]
        post_id = "video_id"
        views = { column = "Aufrufe", decimal = ",", thousands = "." }
        [[source]]
        name = "late"
        kind = "csv"
        path = "late/"
        cron = "5 * * * mon-fri"
        host = "a"
        """,
    )
    assert (found.timezone, found.language, found.site) == (
        "Europe/Paris",
        "fr",
        "pages",
    )
    assert found.public == "https://go.example.org"
    studio, late = found.sources
    assert (studio.every, studio.cron) == (900_000, None)
    assert studio.options["columns"]["post_id"] == "video_id"
    assert "every" not in studio.options
    assert (late.every, late.cron, late.host) == (None, "5 * * * mon-fri", "a")
    assert found.source("late") is late
    assert found.source("none") is None


def test_sections_of_later_parts_are_kept(tmp_path: Path) -> None:
    """Known tables are no mistakes, and stay as they were written."""
    found = load(
        tmp_path,
        """
        [clicks]
        window = "1h"
        trusted_proxies = []
        [retention]
        captions = "400d"
        [host]
        name = "a"
        lease = "15s"
        workers = 8
        [archive]
        address = "archive"
        after = "90d"
        [digest]
        every = "week"
        [[alert]]
        name = "late"
        when = "mission.missing"
        to = [{ env = "ALERT_URL" }]
        cooldown = "24h"
        quiet = "22:00-07:00"
        [[rate_card]]
        name = "example"
        dated = 2024-01-01
        source = "a help page"
        currency = "USD"
        [rate_card.rates.instagram]
        like = "0.30"
        """,
    )
    assert found.raw["rate_card"][0]["rates"]["instagram"] == {"like": "0.30"}


def test_every_problem_is_listed_at_once(tmp_path: Path) -> None:
    """Each with the path of its key, and the nearest name where there is one."""
    found = problems(
        tmp_path,
        """
        databse = "x"
        database = "mysql://x"
        timezone = "Europe/Belrin"
        language = "de"
        site = 5
        [server]
        listen = "80"
        prot = 1
        [clicks]
        windw = "1h"
        [host]
        lease = "never"
        workers = 65
        [[source]]
        name = "a"
        kind = "csw"
        every = "15m"
        cron = "* * * * *"
        [[source]]
        name = "a"
        kind = "csv"
        path = "x.csv"
        every = "0s"
        [[source]]
        kind = "csv"
        path = "x.csv"
        cron = "61 * * * *"
        token = "in the open"
        """,
    )
    said = "\n".join(found)
    for expected in (
        'databse: is not known here. Did you mean "database"?',
        'database: "mysql" is no database',
        'timezone: time zone "Europe/Belrin" is unknown. Did you mean "Europe/Berlin"?',
        'language: "de" is not known. Known: en, fr',
        "site: is a whole number",
        'server.listen: "80" is no address',
        "server.prot: is not known here.",
        'clicks.windw: is not known here. Did you mean "window"?',
        'host.lease: "never" is no duration',
        "host.workers: is 65; it goes from 1 to 64",
        'source[0].kind: kind "csw" is not known. Did you mean "csv"?',
        "source[0].cron: every and cron stand together",
        'source[1].name: "a" stands twice',
        'source[1].every: "0s"',
        "source[2].name: is missing",
        'source[2].cron: "61" is no minute',
        "source[2].token: is a secret in the open",
    ):
        assert expected in said
    assert str(ConfigError("C", "s", "c", problems=found)).count("\n") == len(found)


def test_what_the_kind_finds_is_listed_with_the_rest(tmp_path: Path) -> None:
    """Faulty options of a source do not hide behind other problems."""
    found = problems(
        tmp_path,
        'language = "de"\n[[source]]\nname = "a"\nkind = "csv"\ncolums = 3\n',
    )
    assert any(line.startswith("language: ") for line in found)
    assert any(line.startswith("source[0].colums: ") for line in found)
    assert any(line.startswith("source[0].path: ") for line in found)


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (b"a = 1\nb = \n", "tracker.toml:2"),
        (b'site = "\xff"', "tracker.toml"),
        (b"[[source]]\n[source]\n", "tracker.toml:2"),
    ],
)
def test_what_is_no_toml_names_its_line(
    tmp_path: Path, text: bytes, subject: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert caught.value.subject == subject


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    """Some editors put one."""
    assert load(tmp_path, b'\xef\xbb\xbflanguage = "fr"').language == "fr"


@pytest.mark.parametrize(
    "text", ["source = 3", "source = [1]", "server = 1", "host = []"]
)
def test_wrong_shapes_are_problems_and_no_crash(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text)


@pytest.mark.parametrize(
    "zone", ["", "Europe", "../UTC", "europe/paris", "Mars/Base", 3]
)
def test_odd_time_zones_are_problems(tmp_path: Path, zone: object) -> None:
    value = f'"{zone}"' if isinstance(zone, str) else zone
    assert problems(tmp_path, f"timezone = {value}")


@pytest.mark.parametrize(
    ("text", "ms"),
    [("1s", 1000), ("15m", 900_000), ("6h", 21_600_000), ("1d", 86_400_000)],
)
def test_durations(tmp_path: Path, text: str, ms: int) -> None:
    block = f'[[source]]\nname="a"\nkind="csv"\npath="x"\nevery="{text}"'
    assert load(tmp_path, block).sources[0].every == ms


@pytest.mark.parametrize("text", ['"15"', '"m"', '"0s"', '"1.5h"', '"-1m"', "15", '""'])
def test_what_is_no_duration_is_refused(tmp_path: Path, text: str) -> None:
    block = f'[[source]]\nname="a"\nkind="csv"\npath="x"\nevery={text}'
    assert any("source[0].every" in line for line in problems(tmp_path, block))


@pytest.mark.parametrize(
    "line",
    [
        "* * * * *",
        "*/5 0-6,20-23 1,15 jan-mar,12 mon-fri",
        "0 3 * * 7",
        "59 23 31 12 0",
        "@daily",
    ],
)
def test_cron_lines(line: str) -> None:
    assert check_cron(line) == line


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("* * * *", "4 fields"),
        ("60 * * * *", "minute"),
        ("* 24 * * *", "hour"),
        ("* * 0 * *", "day of the month"),
        ("* * * 13 *", "month"),
        ("* * * * 8", "day of the week"),
        ("*/0 * * * *", "minute"),
        ("9-3 * * * *", "minute"),
        ("@dayly", "1 fields"),
        ("5 * * * funday", "day of the week"),
        (", * * * *", "minute"),
        (5, "text"),
    ],
)
def test_faulty_cron_lines_name_the_field(line: object, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        check_cron(line)


# -- secrets --------------------------------------------------------------------


def test_the_database_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its address may hold a password."""
    monkeypatch.setenv("TRACKER_DATABASE", "postgresql://u:p@h/d")
    found = load(tmp_path, 'database = { env = "TRACKER_DATABASE" }')
    assert found.database == "postgresql://u:p@h/d"


def test_a_missing_variable_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRACKER_DATABASE", raising=False)
    [line] = problems(tmp_path, 'database = { env = "TRACKER_DATABASE" }')
    assert line == "database: the variable TRACKER_DATABASE is not set"


def test_a_secret_file_is_read_without_its_line_end(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("s3cret \n")
    file.chmod(0o600)
    assert reveal({"file": "key"}, tmp_path, "source a") == "s3cret "


@pytest.mark.parametrize("text", ["", "\n", "\r\n"])
def test_an_empty_secret_file_is_no_secret(tmp_path: Path, text: str) -> None:
    """By an empty key anybody could sign."""
    file = tmp_path / "key"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(ConfigError, match="key is empty"):
        reveal({"file": "key"}, tmp_path, "source a")


def test_a_secret_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("s3cret")
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="0644") as caught:
        reveal({"file": "key"}, tmp_path, "source a")
    assert caught.value.code == "SECRET_MODE"
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "reference",
    [{"file": "none"}, {"env": ""}, {"vault": "x"}, {"env": "A", "file": "b"}, {}],
)
def test_what_is_no_reference_is_refused(
    tmp_path: Path, reference: dict[str, str]
) -> None:
    with pytest.raises(ConfigError):
        reveal(reference, tmp_path, "source a")


def test_without_a_keyring_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package is no dependency: few servers have a keyring."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigError, match="pip install keyring"):
        reveal({"keyring": "tracker/key"}, tmp_path, "source a")


def test_a_locked_keyring_is_a_missing_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class LockedError(Exception):
        pass

    def get_password(*_: str) -> str:
        raise LockedError

    errors = SimpleNamespace(KeyringError=LockedError)
    found = SimpleNamespace(get_password=get_password, errors=errors)
    monkeypatch.setitem(sys.modules, "keyring", found)
    with pytest.raises(ConfigError, match="keyring cannot be read"):
        reveal({"keyring": "tracker/key"}, tmp_path, "source a")

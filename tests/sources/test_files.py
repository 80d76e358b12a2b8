"""What lies in a drop folder: nothing in it may stop the others."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sources.given import source

from tracker.errors import PayloadError
from tracker.sources.base import Payload
from tracker.sources.csvfile import CsvSource
from tracker.sources.files import label

TEXT = b"post_id,views\n1,5\n"
SECOND = 1_000


def drop(folder: Path, name: str, content: bytes = TEXT) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def labels(made: CsvSource) -> list[str]:
    return [payload.label for payload in made.fetch()]


def only(made: CsvSource) -> Payload:
    (payload,) = made.fetch()
    return payload


def test_files_come_in_order_and_know_their_time(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "sub/c.csv"):
        drop(tmp_path, f"inbox/{name}")
    os.utime(tmp_path / "inbox/a.csv", ns=(0, 1_700_000_000_123_456_789))
    made = source(tmp_path, path="inbox/*.csv")
    first, second = made.fetch()
    assert (first.label, second.label) == ("inbox/a.csv", "inbox/b.csv")
    assert first.seen_at == 1_700_000_000_123
    assert labels(source(tmp_path, path="inbox/**/*.csv")) == [
        "inbox/a.csv",
        "inbox/b.csv",
        "inbox/sub/c.csv",
    ]


def test_a_path_is_a_file_a_folder_or_a_glob(tmp_path: Path) -> None:
    for name in ("a.csv", "b.tsv", "c.CSV.GZ", "readme.md", "[x].csv"):
        drop(tmp_path, f"in [1]/{name}")
    assert labels(source(tmp_path, path="in [1]")) == [
        "in [1]/[x].csv",
        "in [1]/a.csv",
        "in [1]/b.tsv",
        "in [1]/c.CSV.GZ",
    ]
    assert labels(source(tmp_path, path="in [1]/[x].csv")) == ["in [1]/[x].csv"]
    assert labels(source("/", path=f"{tmp_path}/*/a.*")) == [
        str(tmp_path / "in [1]/a.csv").lstrip("/")
    ]


@pytest.mark.parametrize(
    "name",
    ["a.csv.tmp", "a.csv.part", "a.crdownload", "a.csv~", ".a.csv", "a.csv.done"],
)
def test_files_that_somebody_writes_are_passed_over(tmp_path: Path, name: str) -> None:
    drop(tmp_path, name)
    for path in ("*", ".", "**/*"):
        made = source(tmp_path, path=path)
        assert labels(made) == []
        assert made.notices == ()


def test_what_is_no_file_stops_nothing_and_is_told(tmp_path: Path) -> None:
    """Pipes, folders, sockets, links and missing targets among good files."""
    for n in range(20):
        drop(tmp_path, f"good{n:02}.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "link.csv").symlink_to(tmp_path / "good00.csv")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    (tmp_path / "lost.csv").symlink_to(tmp_path / "nowhere")
    with socket.socket(socket.AF_UNIX) as door:
        here = Path.cwd()
        os.chdir(tmp_path)  # names of sockets are short
        try:
            door.bind("door.csv")
        finally:
            os.chdir(here)
        for path in ("*.csv", "."):
            made = source(tmp_path, path=path)
            assert len(labels(made)) == 20
            told = sorted(notice.split(":")[0] for notice in made.notices)
            assert told == [
                f"error[FILE_KIND] {name}.csv"
                for name in ("door", "folder", "link", "loop", "lost", "pipe")
            ]
    assert "is a named pipe, not a file. Ignored; other files continue." in str(
        made.notices
    )


@pytest.fixture
def nobody() -> Iterator[Path]:
    """A folder as somebody sees it who may not read everything."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    own = os.geteuid()
    yield folder
    os.seteuid(own)
    shutil.rmtree(folder)


def test_unreadable_files_stop_nothing(nobody: Path) -> None:
    drop(nobody, "a.csv").chmod(0)
    drop(nobody, "b.csv").chmod(0o644)
    if os.geteuid() == 0:
        os.seteuid(65_534)
    made = source(nobody, path="*.csv")
    assert labels(made) == ["b.csv"]
    assert "error[FILE_UNREADABLE] a.csv" in made.notices[0]


def test_a_path_that_is_not_there_is_told(tmp_path: Path) -> None:
    for path in ("inbox", "inbox/*.csv", "x.csv"):
        made = source(tmp_path, path=path)
        assert labels(made) == []
        assert made.notices[0].startswith("warning[FILE_MISSING]")


def test_names_that_deceive_are_written_out(tmp_path: Path) -> None:
    names = [
        b"new\nline.csv",
        "bidi\u202evsc.csv".encode(),
        b"latin\xe9.csv",
        b"latin\\xe9.csv",
        b"esc\x1b[2J.csv",
        b"n" * 251 + b".csv",
    ]
    for name in names:
        drop(tmp_path, os.fsdecode(name))
    made = source(tmp_path, path="*.csv")
    payloads = list(made.fetch())
    assert len({payload.label for payload in payloads}) == len(names)
    assert all(payload.label.isprintable() for payload in payloads)
    assert "latin\\xe9.csv" in {payload.label for payload in payloads}
    for payload in payloads:
        payload.label.encode()
        assert sum(batch.rows for batch in made.parse(payload)) == 1
        assert made.settled(payload, payload.seen_at + 60 * SECOND)


def test_labels_are_below_home_where_the_file_is(tmp_path: Path) -> None:
    assert label(tmp_path / "a/b.csv", tmp_path) == "a/b.csv"
    assert label(Path("/else/b.csv"), tmp_path) == "/else/b.csv"


def test_a_file_is_settled_when_it_rests_or_is_said_to_be_done(tmp_path: Path) -> None:
    path = drop(tmp_path, "a.csv")
    made = source(tmp_path, path="*.csv")
    payload = only(made)
    assert not made.settled(payload, payload.seen_at + 9 * SECOND)
    assert made.settled(payload, payload.seen_at + 10 * SECOND)
    assert source(tmp_path, settle="1s").settled(payload, payload.seen_at + SECOND)
    drop(tmp_path, "a.csv.done", b"")
    assert made.settled(payload, payload.seen_at)
    (tmp_path / "a.csv.done").unlink()
    path.write_bytes(TEXT * 2)
    assert not made.settled(payload, payload.seen_at + 60 * SECOND)
    path.unlink()
    assert not made.settled(payload, payload.seen_at + 60 * SECOND)


def test_a_time_that_lies_ahead_keeps_no_file_waiting(tmp_path: Path) -> None:
    path = drop(tmp_path, "a.csv")
    now = only(source(tmp_path)).seen_at
    os.utime(path, (now // 1000 + 10**6, now // 1000 + 10**6))
    made = source(tmp_path)
    assert not made.settled(only(made), now)
    assert made.settled(only(made), now + 60 * SECOND)


def code(made: CsvSource, payload: Payload) -> str:
    with pytest.raises(PayloadError) as caught:
        list(made.parse(payload))
    return caught.value.code


def test_a_file_that_changed_since_it_was_found_is_not_kept(tmp_path: Path) -> None:
    path = drop(tmp_path, "a.csv")
    made = source(tmp_path)
    payload = only(made)
    path.write_bytes(TEXT + b"2,6\n")
    assert code(made, payload) == "FILE_CHANGED"
    path.unlink()
    assert code(made, payload) == "FILE_GONE"
    path.mkdir()
    assert code(made, payload) == "FILE_KIND"


def test_a_file_that_grows_while_it_is_read_is_not_kept(tmp_path: Path) -> None:
    path = drop(tmp_path, "a.csv", TEXT)
    made = source(tmp_path)
    batches = made.parse(only(made))
    next(batches)
    with path.open("ab") as stream:
        stream.write(b"2,6\n")
    with pytest.raises(PayloadError) as caught:
        list(batches)
    assert caught.value.code == "FILE_CHANGED"


def test_a_file_replaced_by_a_pipe_or_a_link_blocks_nothing(tmp_path: Path) -> None:
    path = drop(tmp_path, "a.csv")
    made = source(tmp_path)
    payload = only(made)
    path.unlink()
    os.mkfifo(path)
    assert code(made, payload) == "FILE_KIND"
    path.unlink()
    path.symlink_to(drop(tmp_path, "other/b.csv"))
    assert code(made, payload) == "FILE_UNREADABLE"


def test_no_descriptor_stays_open(tmp_path: Path) -> None:
    drop(tmp_path, "a.csv")
    drop(tmp_path, "b.csv", b"nonsense")
    drop(tmp_path, "c.csv", b"post_id,views\n\xff,1\n")
    made = source(tmp_path)
    before = descriptors()
    for payload in made.fetch():
        for _ in range(20):
            try:
                list(made.parse(payload))
            except PayloadError:
                continue
    assert descriptors() <= before


def descriptors() -> int:
    table = Path("/proc/self/fd")
    return sum(1 for _ in table.iterdir()) if table.exists() else 0

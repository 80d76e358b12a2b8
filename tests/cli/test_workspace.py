"""`tracker init`: what it makes, for whose eyes, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

from support import Run

from tracker.settings import load_settings


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_workspace_is_private(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "deep" / "new"
    result = run("init", home)
    assert (result.code, result.err) == (0, "")
    assert mode(home) == 0o700
    assert {path.name: mode(path) for path in home.iterdir()} == {
        "tracker.toml": 0o600,
        "tracker.db": 0o600,
        "inbox": 0o700,
        "site": 0o700,
    }


def test_init_without_a_folder_is_here(run: Run, tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    assert run("init", cwd=here).code == 0
    assert (here / "tracker.toml").is_file()


def test_a_second_init_changes_nothing(run: Run, workspace: Path) -> None:
    """It says that there is a workspace already."""
    (workspace / "tracker.toml").write_text('language = "fr"\n')
    result = run("init", workspace)
    assert (result.code, result.out) == (4, "")
    assert result.err.startswith("error[WORKSPACE_EXISTS]")
    assert (workspace / "tracker.toml").read_text() == 'language = "fr"\n'


def test_other_files_of_the_folder_stay(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "mine"
    (home / "inbox").mkdir(parents=True)
    (home / "inbox" / "a.csv").write_text("post_id,views\n")
    assert run("init", home).code == 0
    assert (home / "inbox" / "a.csv").read_text() == "post_id,views\n"


def test_a_file_in_the_way_is_a_storage_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    result = run("init", tmp_path / "taken")
    assert result.code == 6
    assert result.err.startswith("error[WORKSPACE]")


def test_a_file_instead_of_a_folder_above_is_a_storage_error(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("")
    assert run("init", tmp_path / "taken" / "new").code == 6


def test_every_comment_of_the_new_file_is_a_default(workspace: Path) -> None:
    """Taking the `#` away before a key of the top changes nothing."""
    file = workspace / "tracker.toml"
    before = load_settings(workspace)
    keys = ("database", "timezone", "language", "site", "listen")
    lines = [
        line.removeprefix("# ")
        if line.startswith(tuple(f"# {k} =" for k in keys))
        else line
        for line in file.read_text().splitlines()
    ]
    file.write_text("\n".join(lines))
    after = load_settings(workspace)
    assert [getattr(after, key) for key in keys] == [
        getattr(before, key) for key in keys
    ]
    assert {*after.raw, *after.raw["server"]} == {*keys, "server"}


def test_the_demo_makes_a_programme_with_pages(run: Run, tmp_path: Path) -> None:
    """By the commands it shows; one row is refused on purpose."""
    result = run("demo", "show", cwd=tmp_path)
    assert result.code == 0, result.err
    assert "$ tracker ingest" in result.out
    home = tmp_path / "show"
    assert str(home / "site" / "index.html") in result.out
    assert (home / "site" / "harbour-walks" / "index.html").is_file()
    verified = run("verify", "--home", home)
    assert verified.code == 0, verified.out + verified.err


def test_the_demo_leaves_a_workspace_alone(run: Run, workspace: Path) -> None:
    assert run("demo", workspace).code == 4

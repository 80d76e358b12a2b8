"""Words that several test files share; the fixtures are in conftest.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: What a caller's machine may say, and tests must not hear.
PRIVATE = ("TRACKER_HOME", "TRACKER_HOST", "NO_COLOR", "TRACKER_DATABASE")
PRIVATE += ("TRACKER_NOW",)


@dataclass(frozen=True)
class Result:
    """What a command answered."""

    code: int
    out: str
    err: str


#: Runs a command; see the fixtures `run` and `invoke`.
Run = Callable[..., Result]


def invoking(home: Path) -> Run:
    """Runs `tracker ...` in this process, in a workspace: quick."""
    from click.testing import CliRunner

    from tracker.cli import main

    def call(
        *args: object, stdin: str = "", env: dict[str, str] | None = None
    ) -> Result:
        around = {"TRACKER_HOME": str(home), **(env or {})}
        done = CliRunner().invoke(main, [*map(str, args)], input=stdin, env=around)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Result(done.exit_code, done.stdout, done.stderr)

    return call


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL server; anybody on this machine may enter."""

    port: int

    def url(self, name: str) -> str:
        return f"postgresql://tracker@127.0.0.1:{self.port}/{name}"

    def do(self, statement: str) -> None:
        """One statement as the administrator."""
        import psycopg

        with psycopg.connect(self.url("postgres"), autocommit=True) as link:
            link.execute(statement.encode())

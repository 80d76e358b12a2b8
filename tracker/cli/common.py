"""What commands share: options, the workspace, output and errors.

A command answers on standard output and talks on standard error. It returns
nothing, or its exit code. Whatever comes from data is written through `clean`,
so that text can neither move the cursor nor deceive the eye.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tracker import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.app import Tracker

F = TypeVar("F", bound=Callable[..., Any])

#: The longest line of a message, in characters.
LINE = 300
#: Control characters but tab and line end, bidirectional controls, separators,
#: invisible characters, halves of surrogate pairs.
HIDDEN = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
#: More than four marks on one letter.
MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
PILE = f"({MARK}{{4}}){MARK}+"


class Call:
    """What was asked for besides the command itself.

    No dataclass: importing those costs a tenth of `tracker --help`.
    """

    def __init__(self) -> None:
        self.home: str | None = None
        self.json = self.quiet = self.debug = False
        self.verbose = 0
        self.command = "tracker"

    def start(self) -> None:
        """Files are private, and no character stops the output."""
        os.umask(0o077)
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(AttributeError, ValueError):
                stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def this_call() -> Call:
    """The call that is under way."""
    call = click.get_current_context().find_object(Call)
    return call if call is not None else Call()


# -- options ------------------------------------------------------------------


def _set(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
        call = ctx.find_object(Call)
        if value and call is not None:
            setattr(call, name, value)

    return keep


def global_options(function: F) -> F:
    """`--home`, `-v`, `-q` and `--debug`, kept in the call."""
    given: list[click.Option] = function.__dict__.setdefault("__click_params__", [])
    given.extend(reversed(_globals(hidden=False)))
    return function


def _globals(*, hidden: bool) -> list[click.Option]:
    shared: dict[str, Any] = {"expose_value": False, "hidden": hidden}
    return [
        click.Option(
            ["--home"],
            metavar="DIR",
            callback=_set("home"),
            help="The workspace; else TRACKER_HOME, else the nearest one above.",
            **shared,
        ),
        click.Option(
            ["-v", "--verbose"],
            count=True,
            callback=_set("verbose"),
            help="Say more.",
            **shared,
        ),
        click.Option(
            ["-q", "--quiet"],
            is_flag=True,
            callback=_set("quiet"),
            help="Say only what was asked for.",
            **shared,
        ),
        click.Option(
            ["--debug"],
            is_flag=True,
            callback=_set("debug"),
            help="Show where an error came from.",
            **shared,
        ),
    ]


def json_option(function: F) -> F:
    """Gives a command `--json`; the command asks `wants_json()`."""
    return click.option(
        "--json",
        "as_json",
        is_flag=True,
        expose_value=False,
        callback=_set("json"),
        help="Answer in JSON.",
    )(function)


def adopt(command: click.Command) -> click.Command:
    """Lets a command, and those below it, take the global options too."""
    if getattr(command, "adopted", False):
        return command
    command.adopted = True  # type: ignore[attr-defined]
    command.context_settings.setdefault("help_option_names", ["-h", "--help"])
    command.epilog = command.epilog or (
        "Also: --home DIR, -v, -q, --debug, --version; see tracker --help."
    )
    command.params.extend([*_globals(hidden=True), _version()])
    if isinstance(command, click.Group):
        if not any("--json" in param.opts for param in command.params):
            command.params.append(_early_json())
        for below in command.commands.values():
            adopt(below)
    elif not any("--json" in param.opts for param in command.params):
        command.params.append(_no_json())
    return command


def _version() -> click.Option:
    def show(ctx: click.Context, param: click.Parameter, value: bool) -> None:
        if value:
            click.echo(f"tracker {__version__}")
            ctx.exit()

    return click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        hidden=True,
        callback=show,
    )


def _early_json() -> click.Option:
    return click.Option(
        ["--json"],
        is_flag=True,
        expose_value=False,
        hidden=True,
        callback=_set("json"),
    )


def _no_json() -> click.Option:
    def refuse(ctx: click.Context, param: click.Parameter, value: bool) -> None:
        call = ctx.find_object(Call)
        if value or (call is not None and call.json):
            raise click.UsageError(f"{ctx.command_path} has no --json.", ctx)

    return click.Option(
        ["--json"], is_flag=True, expose_value=False, hidden=True, callback=refuse
    )


# -- the workspace --------------------------------------------------------------


def workspace_home() -> Path:
    """The folder of the workspace; ConfigError when there is none."""
    from tracker.app import find_home

    return find_home(this_call().home)


def with_home(function: Callable[..., Any]) -> Callable[..., Any]:
    """Hands the workspace's folder to a command, as its first argument."""

    @functools.wraps(function)
    def inner(*args: Any, **options: Any) -> Any:
        return function(workspace_home(), *args, **options)

    return inner


def with_tracker(function: Callable[..., Any]) -> Callable[..., Any]:
    """Hands the opened `app.Tracker` to a command, as its first argument."""

    @functools.wraps(function)
    def inner(*args: Any, **options: Any) -> Any:
        tracker = open_workspace()
        try:
            return function(tracker, *args, **options)
        finally:
            _settle(tracker)

    return inner


def _settle(tracker: Tracker) -> None:
    """The audit's file follows what was changed; an erasure that was cut off ends."""
    from tracker.auditing import follow
    from tracker.errors import TrackerError
    from tracker.store.erasure import unfinished
    from tracker.store.returning import waits

    follow(tracker)
    if waits(tracker.database) or unfinished(tracker.database):
        from tracker.privacy import resume

        try:
            resume(tracker, now=now_ms())
        except TrackerError as error:  # what was asked for is done all the same
            click.echo(_line(str(error)), err=True)


def open_workspace() -> Tracker:
    """The workspace with its settings and its database."""
    from tracker.app import open_tracker
    from tracker.who import Who

    home = workspace_home()
    tracker = open_tracker(home, who=Who(caller(), "cli", now_ms()))
    if tracker.database.path is not None:
        for path in (tracker.database.path, home / "audit.jsonl"):
            _shut(path)
    return tracker


def _shut(path: Path) -> None:
    """A file with personal data is nobody else's to read."""
    with contextlib.suppress(OSError):
        mode = path.stat().st_mode & 0o7777
        if mode & 0o077:
            path.chmod(0o600)
            said = f"mode {mode:04o}, others can read it. Changed to 0600"
            warn("MODE", path.name, said)


def caller() -> str:
    """The name of whoever runs this command, as the machine knows it."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number alone
        return str(os.getuid())


def now_ms() -> int:
    """The instant at which the command was called: the only clock of the shell."""
    from tracker.clock import now

    return now()


# -- output ---------------------------------------------------------------------


def clean(text: str) -> str:
    """Text as it may be shown: what is hidden or moves the cursor is spelled out."""
    if text.isascii() and text.isprintable():
        return text
    return re.sub(PILE, r"\1", re.sub(HIDDEN, _spelled, text))


def clean_cell(text: str) -> str:
    """The same, on one line."""
    return clean(text).replace("\n", "\\n").replace("\t", "\\t")


def _spelled(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def wants_json() -> bool:
    """Was `--json` given?"""
    return this_call().json


def answer(text: str) -> None:
    """What was asked for, on standard output."""
    click.echo(clean(text))


def say(text: str) -> None:
    """What was done; nothing with -q, and never in the way of JSON."""
    call = this_call()
    if not call.quiet:
        click.echo(clean(text), err=call.json)


def detail(text: str) -> None:
    """What only somebody who asks with -v wants to know, on standard error."""
    if this_call().verbose:
        click.echo(clean(text), err=True)


def warn(code: str, subject: str, text: str) -> None:
    """`warning[CODE] subject: text`, on standard error, even with -q."""
    click.echo(_line(f"warning[{code}] {subject}: {text}"), err=True)


def notice(code: str, subject: str, text: str) -> None:
    """`notice[CODE] subject: text`, on standard error; nothing with -q."""
    if not this_call().quiet:
        click.echo(_line(f"notice[{code}] {subject}: {text}"), err=True)


def emit_json(value: Any) -> None:
    """A JSON document on standard output, in UTF-8 where the output can."""
    import json

    plain = (getattr(sys.stdout, "encoding", None) or "utf-8").lower()
    wide = plain.replace("-", "") in ("utf8", "utf16", "utf32")
    text = json.dumps(value, ensure_ascii=not wide, indent=2, allow_nan=False)
    click.echo(re.sub(HIDDEN, lambda found: json.dumps(found.group())[1:-1], text))


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Rows below their headings: drawn on a terminal, aligned text in a pipe.

    Unknown (None) is shown as a dash, whole numbers stand on the right.
    """
    cells = [[clean_cell(_shown(value)) for value in row] for row in rows]
    if on_terminal(sys.stdout):
        _draw(columns, cells)
        return
    lines = [list(columns), *cells]
    widths = [max(len(line[at]) for line in lines) for at in range(len(columns))]
    for line in lines:
        padded = [
            cell.rjust(width) if _number(cell) else cell.ljust(width)
            for cell, width in zip(line, widths, strict=True)
        ]
        click.echo("  ".join(padded).rstrip())


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _number(cell: str) -> bool:
    return cell == "–" or cell.removeprefix("-").isdigit()


def _draw(columns: Sequence[str], cells: list[list[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for at, column in enumerate(drawn.columns):
        if all(_number(line[at]) for line in cells):
            column.justify = "right"
    for line in cells:
        drawn.add_row(*(Text(cell) for cell in line))
    Console().print(drawn)


def on_terminal(stream: Any) -> bool:
    """Does a person look at this stream?"""
    return bool(stream.isatty()) and os.environ.get("TERM") != "dumb"


@contextlib.contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A bar on the terminal's standard error; silent in a pipe and with -q.

    Yields a function that is told how many steps were done.
    """
    if this_call().quiet or not on_terminal(sys.stderr):
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(clean_cell(label), total=total)
        yield lambda steps: bar.advance(task, steps)


@contextlib.contextmanager
def writing_to(path: Path) -> Iterator[None]:
    """A file that cannot be written is a StoreError that names it."""
    try:
        yield
    except OSError as error:
        from tracker.errors import StoreError

        cause = (error.strerror or "it cannot be written").lower()
        now, todo = "The file was not written", "Choose another place"
        raise StoreError("FILE_WRITE", str(path), cause, now, todo) from error


def wrote(tracker: Tracker, path: Path) -> None:
    """Says that a file was written; an erasure finds it again."""
    from tracker.store.written_files import remember

    remember(tracker.database, tracker.home, path)
    say(f"Wrote {path}")


# -- errors -----------------------------------------------------------------------


def complain(error: BaseException, call: Call) -> int:
    """Says what went wrong, and answers the exit code."""
    if isinstance(error, BrokenPipeError):
        return _hang_up()
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return error.exit_code
    if call.debug and not isinstance(error, click.ClickException):
        import traceback

        click.echo(clean("".join(traceback.format_exception(error))), err=True)
    said, code = _said(error, call)
    for line in said.splitlines():
        click.echo(_line(line), err=True)
    return code


def _said(error: BaseException, call: Call) -> tuple[str, int]:
    from tracker.errors import TrackerError

    if isinstance(error, TrackerError):
        return str(error), error.exit_code
    if isinstance(error, (click.Abort, KeyboardInterrupt, EOFError)):
        return "Stopped.", 130
    if isinstance(error, click.ClickException):
        return _usage(error), error.exit_code
    return (
        f"error[BUG] unexpected: {type(error).__name__} in {call.command}. The command "
        "stopped; what was kept before stays. Run it again with --debug and report "
        "what it shows."
    ), 70


def _usage(error: click.ClickException) -> str:
    ctx = getattr(error, "ctx", None)
    path = ctx.command_path if ctx is not None else "tracker"
    cause = " ".join(error.format_message().split()).rstrip(".")
    stop = "" if cause.endswith("?") else "."
    return f"error[USAGE] {path}: {cause}{stop} Nothing was done. See {path} --help."


def _line(text: str) -> str:
    shown = clean_cell(text)
    return shown if len(shown) <= LINE else shown[: LINE - 1] + "…"


def _hang_up() -> int:
    """The reader went away: end without a word, as a shell expects of a filter."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 141

"""What PostgreSQL and the way to it complain of, as errors of ours."""

from __future__ import annotations

from tracker.errors import StoreError

#: Two transactions in each other's way: the server undid one of them whole.
CROSSED = {"40001", "40P01"}
#: The connection is gone, and with it everything that was not committed: the server
#: ended it (57P.., 25P03: idle for too long inside a transaction), went away (08...),
#: or has become a copy that takes no writes (25006).
LOST = {"57P01", "57P02", "57P03", "57P05", "25P03", "25006"}
#: Somebody else held what was needed for longer than we wait.
HELD = {"55P03", "57014"}
#: There is no room on the disk.
FULL = "53100"
#: Words of refusals that waiting does not mend.
FOR_GOOD = (
    "authentication",
    "pg_hba",
    "password",
    "does not exist",
    "certificate",
    "ssl",
    "translate host name",
    "invalid",
)


def is_lost(error: BaseException) -> bool:
    """Is the connection of no more use, and what was not committed undone?"""
    import psycopg

    if not isinstance(error, psycopg.Error):
        return False
    state = error.sqlstate
    if state is None:  # said by the library: nothing came back from the server
        return isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError))
    return state in LOST or state.startswith("08")


def passes(error: BaseException) -> bool:
    """May a connection that could not be made be had in a moment? Not where somebody
    has to change something first."""
    import psycopg

    said = str(error).lower()
    return isinstance(error, psycopg.OperationalError) and not any(
        word in said for word in FOR_GOOD
    )


def trouble(error: BaseException, shown: str) -> StoreError:
    """An error of psycopg as ours; `again`: the whole may be done again."""
    state = getattr(error, "sqlstate", None)
    if is_lost(error):
        return down(error, shown, again=True)
    if state in CROSSED:
        cause = "two writers were in each other's way, and the server stopped this one"
        busy = StoreError("DB_BUSY", shown, cause, "Nothing changed", "Try again")
        busy.again = True
        return busy
    if state in HELD:
        cause = "another process held what was needed for too long"
        return StoreError("DB_BUSY", shown, cause, "Nothing changed", "Try again")
    if state == FULL:
        cause, todo = "the server has no space left", "Free space and retry"
        return StoreError("DISK_FULL", shown, cause, "Nothing changed", todo)
    return down(error, shown)


def down(error: BaseException, shown: str, *, again: bool = False) -> StoreError:
    """The server does not answer, or not as it should."""
    made = StoreError(
        "DB_DOWN",
        shown,
        said(error),
        "Nothing changed",
        "Start the server or mend `database` in tracker.toml",
    )
    made.again = again
    return made


def said(error: BaseException) -> str:
    """The last word of a message: `connection refused`; no address, no password."""
    lines = str(error).strip().splitlines()
    first = lines[0] if lines else repr(error)
    last = first.rpartition("failed: ")[2] or first
    last = last.removeprefix("FATAL:").removeprefix("ERROR:").strip()
    return last[:1].lower() + last[1:]

"""tracker serve."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.common import with_home
from tracker.cli.daemon import log_option, proxy_option, start_log


@click.command()
@click.option(
    "--listen",
    metavar="HOST:PORT",
    help="Instead of `listen` under [server]; port 0 is any free one.",
)
@proxy_option
@log_option
@with_home
def serve(home: Path, listen: str | None, behind_proxy: bool, form: str) -> int:
    """Only listen: take deliveries and keep them, until told to stop.

    `tracker daemon` listens too, and reads what was delivered.
    """
    from tracker.server.alone import run_server

    start_log(form)
    return run_server(home, listen=listen, behind_proxy=behind_proxy)

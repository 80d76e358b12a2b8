"""tracker stub: the platforms' APIs on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.common import answer

_UNITS = {"ms": 0.001, "s": 1.0}


def _seconds(ctx: click.Context, param: click.Parameter, text: str) -> float:
    """`50ms`, `2s`; a bare number is milliseconds."""
    unit = next((unit for unit in _UNITS if text.endswith(unit)), "")
    number = text.removesuffix(unit)
    if not number.replace(".", "", 1).isdecimal():
        raise click.BadParameter(f'"{text}" is no time such as 50ms or 2s')
    return float(number) * _UNITS[unit or "ms"]


def _faults(
    ctx: click.Context, param: click.Parameter, given: tuple[str, ...]
) -> dict[str, float]:
    """`KIND:RATE`; a kind alone goes wrong each time."""
    from tracker.stub.faults import KINDS

    rates: dict[str, float] = {}
    for text in given:
        kind, _, rate = text.partition(":")
        if kind not in KINDS:
            known = ", ".join(KINDS)
            raise click.BadParameter(f'"{kind}" is no fault; there are {known}')
        rates[kind] = _rate(rate or "1")
    return rates


def _rate(text: str) -> float:
    if not text.replace(".", "", 1).isdecimal() or not 0 <= float(text) <= 1:
        raise click.BadParameter(f'"{text}" is no share from 0 to 1')
    return float(text)


def _instant(
    ctx: click.Context, param: click.Parameter, text: str | None
) -> int | None:
    if text is None:
        return None
    from tracker.stub.data import instant

    try:
        return instant(text)
    except ValueError:
        said = f'"{text}" is no time such as 2025-06-01 or 2025-06-01T12:00:00Z'
        raise click.BadParameter(said) from None


@click.command()
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="0: any free.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with one CSV file a platform; default: a small example.",
)
@click.option(
    "--now",
    callback=_instant,
    metavar="TIME",
    help="Answer as of this time, and always the same; default: the clock.",
)
@click.option(
    "--latency", callback=_seconds, default="0ms", metavar="TIME", help="Such as 50ms."
)
@click.option(
    "--fault",
    "faults",
    callback=_faults,
    multiple=True,
    metavar="KIND:RATE",
    help="Share of calls that go wrong: 429, 500, truncated, hang, drip, envelope.",
)
@click.option(
    "--quota",
    type=click.IntRange(0),
    help="Units a window instead of each platform's own limit.",
)
def stub(
    port: int,
    host: str,
    data: Path | None,
    now: int | None,
    latency: float,
    faults: dict[str, float],
    quota: int | None,
) -> None:
    """Speak the protocols of the platforms' APIs, for trying things without keys.

    YouTube, Instagram, Facebook, TikTok, X, Bluesky, Mastodon, Bitly, Dub, GA4.
    Prints its address, which sources take as base_url, and answers until it is
    stopped. Any key or token will do; none is refused as the platform refuses it.
    """
    from tracker.stub.server import Stub

    served = Stub(
        data,
        host=host,
        port=port,
        now=now,
        latency=latency,
        quota=quota,
        faults=faults,
    )
    served.run(_started)


def _started(url: str) -> None:
    import sys

    answer(url)
    sys.stdout.flush()

"""Measures this project against named peers, in rounds that take turns.

Wall time is that of whole processes, start and imports included; figures are
medians. Compare ratios, not seconds: machines differ and are shared.
`scripts/bench scale` measures sizes instead; see its --help.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import collect
import collectors
import hosts
import ingest
import pages
import scale
import webhook
from measure import BrokenError, MissingError, Result, heading, line

MEASURES: dict[str, Callable[[ingest.Bench], Iterator[Result]]] = {
    "help": pages.start,
    "ingest": ingest.ingest,
    "parts": ingest.parts,
    "delta": ingest.delta,
    "postgresql": ingest.postgresql,
    "site": pages.site,
    "hooks": webhook.hooks,
    "hooks-slow-disk": webhook.slow_disk,
    "collect": collect.collect,
}


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the file")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each command")
    parser.add_argument(
        "--only",
        action="append",
        choices=list(MEASURES),
        help="measure this; may stand several times",
    )
    parser.add_argument("--work", type=Path, help="folder to work in; kept")
    parser.add_argument(
        "--peers", type=Path, help="environment that holds dlt and sqlite-utils"
    )
    parser.add_argument(
        "--server", metavar="URL", help="PostgreSQL database; it is EMPTIED"
    )
    parser.add_argument("--json", action="store_true", help="results as JSON")
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    """0: every measured goal is met; 1: one is missed or failed."""
    own = {"scale": scale.main, "collectors": collectors.main, "hosts": hosts.main}
    if words and words[0] in own:
        return own[words[0]](words[1:])
    asked = arguments(words)
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as scratch:
        work = (asked.work or Path(scratch)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        results = measure(asked, work)
    if asked.json:
        print(json.dumps([result.as_json() for result in results], indent=1))
    else:
        print(heading(), *map(line, results), sep="\n")
    return int(any(result.verdict in ("missed", "failed") for result in results))


def measure(asked: argparse.Namespace, work: Path) -> list[Result]:
    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    bench = ingest.Bench(asked.rows, asked.rounds, work, asked.peers, asked.server, say)
    results: list[Result] = []
    for name in asked.only or MEASURES:
        say(f"{name} ...")
        try:
            results += MEASURES[name](bench)
        except (BrokenError, MissingError) as error:
            verdict = "failed" if isinstance(error, BrokenError) else "missing"
            results.append(
                Result(name, None, "", None, None, "", verdict, "", str(error)[:300])
            )
    return results


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

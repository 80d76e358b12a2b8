"""A kind of source for real daemons: each run brings one reading of one post.

It belongs to another package, so that daemons find it as they find any plug-in. While
the file named `hold` is there, reading what it brought takes as long as that: inside
the transaction that keeps it, because it comes as a file. It leaves `hold`.HOST behind
to tell who is in there.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

KIND = "ticking"


class Ticking:
    kind, fingerprint = KIND, "1"

    def __init__(self, name, options, surroundings):
        from tracker.sources.base import Policy

        self.name, self.policy = name, Policy(platform="youtube")
        self._home, self._hold = Path(surroundings.home), options.get("hold", "")
        self._clock = surroundings.clock

    def fetch(self, bookmark):
        from tracker.sources.base import Payload

        now = self._clock()
        file = self._home / f"{self.name}-{now}.json"
        file.write_text(json.dumps({"at": now}))
        yield Payload(f"{self.name} {now}", now, path=str(file), stamp=f"1-{now}-1")
        file.unlink()

    def parse(self, payload):
        hold = Path(self._hold)
        if self._hold and hold.exists():
            hold.with_name(f"hold.{os.environ['TRACKER_HOST']}").touch()
            while hold.exists():
                time.sleep(0.05)
        yield _batch(self.name, payload.seen_at)

    def settled(self, payload, now):
        return True


def _batch(name, at):
    """One reading of the post that is called like its source."""
    import polars as pl

    from tracker.sources.base import Batch
    from tracker.sources.rows import FRAME, NUMBERS

    known = {"line": 1, "platform": "youtube", "post_id": name, "captured_at": at}
    known["views"] = at % 1000
    types = {column: pl.Int64 if column in NUMBERS else pl.String for column in FRAME}
    return Batch(pl.DataFrame({c: [known.get(c)] for c in FRAME}, schema=types))


def factory(name, options, surroundings):
    return Ticking(name, options, surroundings)


def installed(folder: Path) -> str:
    """Make it a package in this folder, which is to be in PYTHONPATH."""
    about = folder / f"{KIND}-1.dist-info"
    about.mkdir(parents=True)
    (folder / f"{KIND}.py").write_text(Path(__file__).read_text())
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {KIND}\nVersion: 1\n"
    )
    (about / "entry_points.txt").write_text(
        f"[tracker.sources]\n{KIND} = {KIND}:factory\n"
    )
    return str(folder)

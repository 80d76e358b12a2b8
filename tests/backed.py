"""What the tests of backups share: a small programme with readings."""

from __future__ import annotations

from pathlib import Path

from spring import done, programme
from support import Run

POSTS = """platform,handle,post_id,published_at,captured_at,caption,views,likes
youtube,annakow,v1,2026-02-01T10:00:00Z,2026-02-03T10:00:00Z,One #spring,100,5
youtube,annakow,v1,2026-02-01T10:00:00Z,2026-02-04T10:00:00Z,One #spring,90,6
youtube,benoakes,v2,2026-02-02T10:00:00Z,2026-02-03T10:00:00Z,Two #spring,50,2
"""


def fill(home: Path, invoke: Run) -> Run:
    """Two people, three readings."""
    run = programme(home, invoke)
    with (home / "tracker.toml").open("a") as out:
        out.write('\n[[source]]\nname = "studio"\nkind = "csv"\npath = "inbox/*.csv"\n')
    (home / "inbox" / "posts.csv").write_text(POSTS)
    done(run, "ingest")
    return run

"""What a source asks the database at each slot: which posts of its platform are due.
`due.py HOME PLATFORM` prints how many, and asks as if none had been asked for yet."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tracker.app import open_tracker
from tracker.store.asked import HOUR, Asked


def main(words: list[str]) -> int:
    home, platform = words
    tracker = open_tracker(Path(home))
    now = int(time.time() * 1000)
    print(len(Asked(tracker.database).due(0, platform, now, HOUR)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

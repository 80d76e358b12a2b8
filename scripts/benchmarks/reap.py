"""Runs a command and waits for all that it leaves behind: `reap.py COMMAND...`.

Spark's Java process outlives the Python that started it by a moment, so nobody waits
for it and nobody counts what it computed. On Linux this adopts it and waits.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys

#: PR_SET_CHILD_SUBREAPER of <linux/prctl.h>.
ADOPT = 36


def main(words: list[str]) -> int:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(ADOPT, 1, 0, 0, 0)
    code = subprocess.run(words, check=False).returncode
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

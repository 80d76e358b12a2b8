"""Plain Jinja loops that write the bytes of a built site: peer_loops.py SITE OUT.

A page is cut after each tag, a data file after each line, and a template loops over
the pieces; what is not text is copied. This is the least that any template could do
for the same bytes: no query, no sum, no chart, nothing to escape.
"""

import re
import shutil
import sys
import time
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

LOOP = "{% for cell in cells %}{{ cell }}{% endfor %}"
LINES = {".json", ".csv", ".css", ".js", ".svg", ".txt"}
TAG = re.compile(r"[^>]*>?")
LINE = re.compile(r"[^\n]*\n?")


def main(site: Path, out: Path) -> None:
    template = Environment(autoescape=True).from_string(LOOP)
    shutil.rmtree(out, ignore_errors=True)
    for path in sorted(site.rglob("*")):
        if not path.is_file():
            continue
        target = out / path.relative_to(site)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".html" or path.suffix in LINES:
            with path.open(encoding="utf-8", newline="") as old:
                pieces = (TAG if path.suffix == ".html" else LINE).findall(old.read())
                cells = [Markup(piece) for piece in pieces]
            with target.open("w", encoding="utf-8", newline="") as new:
                new.write(template.render(cells=cells))
        else:
            shutil.copyfile(path, target)


if __name__ == "__main__":
    began = time.perf_counter()
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]))
    print(f"{time.perf_counter() - began:.3f} s")

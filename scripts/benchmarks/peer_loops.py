"""Plain Jinja loops that write the bytes of a built site: peer_loops.py SITE OUT.

Each text file is cut where a table's cell or a number would end, and a template
loops over the pieces; what was not text is copied. This is the least that any
template could do for the same bytes: no query, no sum, no chart.
"""

import re
import shutil
import sys
import time
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

LOOP = "{% for cell in cells %}{{ cell }}{% endfor %}"
TEXT = {".html", ".json", ".csv", ".css", ".js", ".svg", ".txt"}
CELL = re.compile(r"[^>,]*[>,]?")


def main(site: Path, out: Path) -> None:
    template = Environment(autoescape=True).from_string(LOOP)
    shutil.rmtree(out, ignore_errors=True)
    for path in sorted(site.rglob("*")):
        if not path.is_file():
            continue
        target = out / path.relative_to(site)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix in TEXT:
            with path.open(encoding="utf-8", newline="") as old:
                cells = [Markup(cell) for cell in CELL.findall(old.read())]
            with target.open("w", encoding="utf-8", newline="") as new:
                new.write(template.render(cells=cells))
        else:
            shutil.copyfile(path, target)


if __name__ == "__main__":
    began = time.perf_counter()
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]))
    print(f"{time.perf_counter() - began:.3f} s")

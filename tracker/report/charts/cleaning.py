"""What the renderer gives, made small and the page's own."""

from __future__ import annotations

import re

DROP = re.compile(
    r'<path class="background"[^>]*/>'
    r'|<rect width="\d+" height="\d+" fill="(white|none|transparent)"/>'
    r"| (?:class|role|aria-[a-z]+|pointer-events|font-family|stroke-miterlimit"
    r'|xmlns:xlink|version)="[^"]*"'
    r'| opacity="1"| fill-opacity="1"| font-size="12px"| font-weight="normal"'
    r'| stroke-width="1"(?=[ /])| x2="0"| y2="0"'
)
PLOT = re.compile(r'<g fill="none"[^>]*transform="translate\(([\d.]+),([\d.]+)\)"')
FRAME = re.compile(r'class="background" aria-hidden="true" d="M[\d.]+,[\d.]+h([\d.]+)')
LONG = re.compile(r"-?\d+\.\d{2,}")
#: A path and its look; a path that is put in its place by itself is not one of these.
PATH = re.compile(r'<path d="([^"]+)"((?: (?!transform|d=)[a-z-]+="[^"]*")*)/>')
ALIKE = re.compile(
    r'<path d="[^"]+"((?: (?!transform|d=)[a-z-]+="[^"]*")*)/>'
    r'(?:<path d="[^"]+"\1/>)+'
)
POINT = re.compile(
    r'<path( transform="[^"]*" d="[^"]+")((?: (?!transform|d=)[a-z-]+="[^"]*")*)/>'
)
POINTS = re.compile(
    r'<path transform="[^"]*" d="[^"]+"((?: (?!transform|d=)[a-z-]+="[^"]*")+)/>'
    r'(?:<path transform="[^"]*" d="[^"]+"\1/>)+'
)
EMPTY = re.compile(r'<g(?: display="none")?></g>|<g( transform="translate\(0,0\)")?/>')


def cleaned(raw: str, name: str) -> str:
    """The drawing without size, roles and fonts; ids carry the chart's name.

    Coordinates are shortened inside tags only: the text of a label is a figure
    and is never touched.
    """
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', raw)
    assert box is not None
    left, frame = PLOT.search(raw), FRAME.search(raw)
    body = DROP.sub("", raw[raw.index(">") + 1 :])
    body = re.sub(r"<[^>]+>", lambda tag: LONG.sub(_shorter, tag[0]), body)
    body = joined(body)
    for _ in range(6):
        body = EMPTY.sub("", body)
    body = re.sub(r' id="(clip\d+)"', rf' id="{name}-\1"', body)
    body = body.replace("url(#clip", f"url(#{name}-clip")
    x0 = float(left[1]) if left else 0.0
    x1 = x0 + (float(frame[1]) if frame else 0.0)
    return (
        f'<svg class="plot" viewBox="0 0 {box[1]} {box[2]}" data-x0="{x0:g}"'
        f' data-x1="{x1:g}" aria-hidden="true" focusable="false">' + body
    )


def _shorter(number: re.Match[str]) -> str:
    return f"{float(number[0]):.1f}".rstrip("0").rstrip(".")


def joined(body: str) -> str:
    """Paths that follow each other and look the same: bars by the hundred as one,
    points by the hundred with their look said once."""

    def one(run: re.Match[str]) -> str:
        paths = PATH.findall(run[0])
        return f'<path d="{"".join(d for d, _ in paths)}"{paths[0][1]}/>'

    def many(run: re.Match[str]) -> str:
        places = "".join(f"<path{at}/>" for at, _ in POINT.findall(run[0]))
        return f"<g{run[1]}>{places}</g>"

    return POINTS.sub(many, ALIKE.sub(one, body))

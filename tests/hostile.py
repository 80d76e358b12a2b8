"""Text that tries to be more than text: naughty strings, and attempts at scripts."""

from __future__ import annotations

import csv
import itertools
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import tomlkit
from support import ROOT

NAUGHTY: list[str] = json.loads(
    (ROOT / "fixtures" / "hostile" / "naughty-strings.json").read_text("utf-8")
)
#: What a script that ran would leave behind.
RUN = "window.ran=1"
#: Ways out of the place where a text stands: text, quoted and bare attributes, raw
#: text elements, comments, scripts, templates, SVG and MathML.
WAYS_OUT = (
    *(
        "",
        '">',
        "'>",
        ">",
        '"/>',
        "]]>",
        "-->",
        "--!>",
        "*/",
        "`",
        "\\",
        '\\"',
        "{{",
        "%}",
    ),
    *(
        "</title>",
        "</textarea>",
        "</style>",
        "</script>",
        "</bdi>",
        "</td></tr></table>",
    ),
    *("</svg>", "</math>", "</select>", "</noscript>", "</template>", "</option>"),
)
#: What then runs a script.
MARKUP = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg/onload={RUN}>",
    f"<details open ontoggle={RUN}>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<a href=javascript:{RUN}>x</a>",
)
#: The same without a way out, or in disguise.
OTHERS = (
    f'" autofocus onfocus={RUN} x="',
    f"' onmouseover='{RUN}",
    f"`-{RUN}-`",
    f"${{{RUN}}}",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"{{% set x = ({RUN}) %}}{{{{ 7 * 7 }}}}",
    f"<!--><script>{RUN}</script-->",
    f"<script\x00>{RUN}</script\x00>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"\u2028{RUN}\u2029",
    f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<object data='data:text/html,<script>parent.{RUN}</script>'></object>",
    f"<form action=javascript:{RUN}><button>x</button></form>",
    f"<base href='javascript:{RUN}//'>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    "<link rel=stylesheet href='data:text/css,*{}'><style>@import 'x'</style>",
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"&#60;script&#62;{RUN}&#60;/script&#62;",
    f"\\u003cscript\\u003e{RUN}\\u003c/script\\u003e",
    f"%3Cscript%3E{RUN}%3C/script%3E",
    f"+ADw-script+AD4-{RUN}+ADw-/script+AD4-",
    f"\uff1cscript\uff1e{RUN}\uff1c/script\uff1e",
    "**bold** <b>**</b> ** \u202e\u2066deceive\u2069",
)
SCRIPTS = (*(way + markup for way in WAYS_OUT for markup in MARKUP), *OTHERS)
HOSTILE = (*NAUGHTY, *SCRIPTS)
#: Addresses that must not become links.
BAD_LINKS = (
    f"javascript:{RUN}",
    f"java\tscript:{RUN}",
    f" \x01javascript:{RUN}",
    f"JaVaScRiPt:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    "vbscript:x",
    "//example.org/x",
    f'x" onclick="{RUN}',
)

#: Columns and keys whose text a person writes and no rule reads.
FREE = {"name", "why", "audience", "reason", "description", "definition", "source"}
FREE |= {"owner", "note", "caption", "text", "answer", "wave", "kind_of_post"}

Text = Callable[[], str]


def harmless() -> str:
    return "word"


def cycle(many: int = 5) -> Text:
    """The next strings of HOSTILE, again and again, as one text."""
    endless = itertools.cycle(HOSTILE)
    return lambda: " ".join(itertools.islice(endless, many)).replace("\0", "")


def disguise(folder: Path, out: Path, text: Text) -> None:
    """A worked programme with a text at the end of every free field."""
    for path in sorted(folder.rglob("*")):
        target = out / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".csv":
            _csv(path, target, text)
        elif path.name == "plan.toml":
            plan = _plan(tomllib.loads(path.read_text("utf-8")), text)
            target.write_text(tomlkit.dumps(plan), "utf-8")
        elif path.is_file():
            target.write_bytes(path.read_bytes())


def _csv(path: Path, target: Path, text: Text) -> None:
    with path.open(encoding="utf-8", newline="") as old:
        names, *rows = csv.reader(old)
    with target.open("w", encoding="utf-8", newline="") as new:
        out = csv.writer(new)
        out.writerow(names)
        for row in rows:
            out.writerow(
                f"{cell} {text()}" if name in FREE and cell else cell
                for name, cell in zip(names, row, strict=True)
            )


def _plan(value: Any, text: Text, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _plan(inner, text, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plan(inner, text, key) for inner in value]
    if isinstance(value, str) and key in FREE | {"topics"} and key != "source":
        return f"{value} {text()}"
    return value


#: What a drawing is made of; how often depends on how long its labels are.
DRAWN = {"svg", "g", "path", "text", "tspan", "line", "rect", "circle", "defs"}
DRAWN |= {"clipPath"}


def shapes(folder: Path) -> Iterator[tuple[str, dict[str, int]]]:
    """Of each page: how often each element stands there with which attributes, as a
    browser reads it. Drawings of charts hold nothing but DRAWN, and no link."""
    import html5lib

    for path in sorted(folder.rglob("*.html")):
        tree = html5lib.parse(path.read_text("utf-8"), namespaceHTMLElements=False)
        found: dict[str, int] = {}
        _count(tree, found)
        yield path.relative_to(folder).as_posix(), found


def _count(element: Any, found: dict[str, int]) -> None:
    names = sorted(map(str, element.attrib))
    shape = f"{element.tag} {names}"
    found[shape] = found.get(shape, 0) + 1
    for name in {"href", "src"} & set(element.attrib):
        assert re.match(r"https?://|[\w.#][^:]*$|data:,$", element.attrib[name])
    drawing = "plot" in element.attrib.get("class", "").split()
    for inner in element.iter() if drawing else ():
        assert inner.tag.split("}")[-1] in DRAWN, inner.tag
        assert not any(n.startswith("on") or "href" in n for n in inner.attrib)
    for inner in () if drawing else element:
        _count(inner, found)

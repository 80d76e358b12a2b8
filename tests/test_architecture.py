"""The layers of the package and the homes of its libraries, over the syntax tree.

What is imported for types alone does not count: naming a type is no dependency.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracker.sources.registry import KINDS

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "tracker").rglob("*.py"))

#: Values and rules of the domain; pure but for the files they are asked to read.
WORDS = {"errors", "model", "codes", "cells", "sheet", "people", "facts", "slots"}
WORDS |= {
    "programme",
    "finding",
    "money",
    "who",
    "agents",
    "visits",
    "rules",
    "marks",
    "planmissions",
}
WORDS |= {"kpiwords", "filerows", "ratecards", "dictionary", "tabular"}
WORDS |= {"resultfacts", "troublefacts", "lookalikes"}
#: What people read: texts by language, numbers, dates.
WORDS |= {"catalogue", "formats", "words"}
WORDS |= {
    "clock",
    "copies",
    "forms",
    "cron",
    "secrets",
    "plan",
    "planfields",
    "__version__",
}
#: What runs by itself: it asks the application, and knows neither SQL nor templates.
SERVICES = {"daemon", "schedule", "looks", "watch", "workers", "publisher", "timing"}
SERVICES |= {"turns"}
SERVICES |= {"hosts", "lock", "log", "systemd", "status", "doctor", "retry", "stop"}
SERVICES |= {"byhand", "alerts"}
#: Questions about a programme: facts of the store put through pure formulas.
ANSWERS = {"kpis", "missions", "outcomes", "disclosures", "anomalies", "selection"}
ANSWERS |= {"packs", "presence", "lateness", "contracts"}
ANSWERS |= {
    "auditing",
    "findings",
    "claims",
    "answers",
    "privacy",
    "presets",
    "statements",
    "surveys",
    "clicks",
}
#: Pages of another time or for other readers.
ANSWERS |= {"past", "since", "comparing"}
ANSWERS |= {
    "planning",
    "feedback",
    "silence",
    "traces",
    "retention",
    "pagefacts",
    "ownfacts",
}
ANSWERS |= {"agreements"}
ANSWERS |= {"years", "benchmarks"}
ANSWERS |= {"brought", "disclosed", "troubles"}

#: A part of the package, and the parts it may import besides itself.
MAY_IMPORT: dict[str, set[str]] = {
    "__init__": set(),
    "__main__": {"cli"},
    "errors": set(),
    "model": {"errors"},
    **dict.fromkeys(WORDS - {"errors", "model", "__version__"}, WORDS),
    "sources": WORDS,
    "store": WORDS,
    "stub": WORDS,
    "kpi": {"model", "facts", "programme", "codes", "catalogue", "formats", "words"},
    "checks": {"model", "facts", "programme", "finding"},
    "report": WORDS | {"kpi", "checks"},
    "ingest": WORDS | {"sources"},
    "trial": WORDS | {"sources"},
    "settings": WORDS | {"sources"},
    "blocks": WORDS | {"settings"},
    "asking": WORDS | {"sources", "store", "settings"},
    "app": WORDS | {"sources", "store", "settings", "ingest", "asking", "trial"},
    "publish": WORDS
    | {"app", "store", "report", "kpi", "checks", "settings", "status"}
    | ANSWERS
    | {"findings"},
    **{
        name: WORDS
        | ANSWERS
        | {"app", "store", "settings", "sources", "kpi", "checks", "status", "publish"}
        | {"backups"}
        for name in ANSWERS
    },
    #: A restore must know that nobody else is at work.
    "backups": WORDS | ANSWERS | {"app", "store", "settings", "hosts", "lock"},
    "printing": {"errors", "report"},
    **dict.fromkeys(
        ("editions", "sides"),
        WORDS | ANSWERS | {"app", "store", "report", "publish", "editions", "kpi"},
    ),
    **{
        name: WORDS
        | SERVICES
        | {"app", "publish", "store", "settings", "sources", "server"}
        | ANSWERS
        | {"checks", "backups"}
        for name in SERVICES
    },
    "server": WORDS
    | {"app", "store", "settings", "sources", "lock", "log", "stop", "systemd"},
    "cli": WORDS
    | SERVICES
    | {"sides"}
    | {
        "app",
        "publish",
        "editions",
        "printing",
        "store",
        "settings",
        "sources",
        "checks",
        "kpi",
    }
    | {"blocks", "trial", "server", "stub", "report", "backups"}
    | ANSWERS,
}
#: With these SQL is written: nobody outside the store may hold them but app.
INSIDE_STORE = {"tracker.store.tables", "tracker.store.database"}

#: The only places that may import a library, as the beginnings of their paths.
HOMES = {
    "alembic": ("tracker/store/",),
    "fsspec": ("tracker/store/archive/",),
    "s3fs": ("tracker/store/archive/objects.py",),
    "babel": ("tracker/catalogue.py", "tracker/formats.py"),
    "altair": ("tracker/report/charts/",),
    "apprise": ("tracker/alerts/delivery.py",),
    "apscheduler": ("tracker/schedule.py",),
    "click": ("tracker/cli/",),
    "httptools": ("tracker/server/",),
    "jinja2": ("tracker/report/site.py",),
    "keyring": ("tracker/secrets.py",),
    "markupsafe": ("tracker/report/site.py",),
    "prometheus_client": ("tracker/server/metrics.py",),
    "psycopg": ("tracker/store/",),
    "pydantic": (),
    "requests": ("tracker/sources/httpclient.py",),
    "rich": ("tracker/cli/",),
    "sqlalchemy": ("tracker/store/",),
    "sqlite3": ("tracker/store/",),
    "sqlmodel": ("tracker/store/",),
    "starlette": ("tracker/stub/server.py",),
    "tomlkit": ("tracker/blocks.py",),
    "uvicorn": ("tracker/server/", "tracker/stub/server.py"),
    "uvloop": ("tracker/server/",),
    "urllib3": ("tracker/sources/wires.py", "tracker/sources/troubles.py"),
    "xlsxwriter": ("tracker/tabular.py",),
    "vl_convert": ("tracker/report/charts/",),
}
#: None of these is needed to say what commands there are.
HEAVY = {"sqlalchemy", "sqlmodel", "polars", "numpy", "altair", "vl_convert", "jinja2"}
HEAVY |= {
    "pydantic",
    "apprise",
    "apscheduler",
    "requests",
    "rich",
    "tomlkit",
    "psycopg",
    "alembic",
    "prometheus_client",
    "fsspec",
    "duckdb",
    "starlette",
    "uvicorn",
}


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def part_of(file: Path) -> str:
    """tracker/store/posts.py belongs to store, tracker/app.py to app."""
    return file.relative_to(ROOT).parts[1].removesuffix(".py")


def at_run_time(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but what stands under `if TYPE_CHECKING:`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        yield child
        yield from at_run_time(child)


def imports(file: Path) -> Iterator[str]:
    """Full names of what a file imports when it runs."""
    for node in at_run_time(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{each.name}" for each in node.names)


def test_every_part_has_its_place_in_the_table() -> None:
    """A new module is put into a layer before it is used."""
    assert {part_of(file) for file in FILES} <= set(MAY_IMPORT)


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_imports_go_one_way(file: Path) -> None:
    """A module imports only what its layer may know."""
    own = part_of(file)
    parts = {
        name.split(".")[1] for name in imports(file) if name.startswith("tracker.")
    }
    assert parts - MAY_IMPORT[own] - {own} == set()


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_sql_stays_in_the_store(file: Path) -> None:
    """Only the store and the application hold tables or connections."""
    if part_of(file) in ("store", "app"):
        return
    found = [name for name in imports(file) if name.startswith(tuple(INSIDE_STORE))]
    assert found == []


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_each_library_has_one_home(file: Path) -> None:
    """What a library is used for is decided in one place."""
    for name in imports(file):
        homes = HOMES.get(name.split(".")[0])
        assert homes is None or name_of(file).startswith(homes), name


def test_no_source_knows_another() -> None:
    """Modules of kinds, and of exports, do not import each other; what those of a
    folder share has modules of its own."""
    exports = (ROOT / "tracker" / "sources" / "exports").glob("*.py")
    ones = {kind.factory.partition(":")[0] for kind in KINDS.values()}
    ones |= {f"tracker.sources.exports.{file.stem}" for file in exports}
    for name in ones:
        file = ROOT / (name.replace(".", "/") + ".py")
        if file.exists():
            others = tuple(f"{other}." for other in ones - {name})
            assert not [n for n in imports(file) if f"{n}.".startswith(others)], name


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["source", "--help"]])
def test_help_loads_no_heavy_library(words: list[str]) -> None:
    """Names of commands are told by click alone."""
    script = (
        "import sys\n"
        "from tracker.cli import main\n"
        f"try: main({words})\n"
        "except SystemExit: pass\n"
        f"print(sorted({HEAVY} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, cwd=ROOT, text=True
    )
    assert (done.returncode, done.stderr) == (0, "[]\n")

"""The documents hold: what they show is run, what they list is complete.

Fenced blocks are examples. A comment before a block says what is to be done with it:

    <!-- file: NAME -->                    it is a file of this name, in UTF-8
    <!-- file: NAME, ENCODING -->          or in another encoding
    <!-- add: NAME -->                     it is added to the end of this file
    <!-- replace in NAME: TEXT -->         it takes the place of this text
    <!-- defaults -->                      settings that are the same as none
    <!-- daemon -->                        its command is started, and stopped
    <!-- serve -->                         its command is started, on a free port
    <!-- shell -->                         a shell runs it, as a whole
    <!-- stub -->                         its command runs until the document ends
    <!-- not run: REASON -->               it cannot be run here

Other `sh` blocks are run, command by command; a command may say `# exit code N`.
A `text` block is what the command before it answered. `python` blocks are run in
order, and the tests in them called. Nothing else is a block of an example.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click
import pytest
from serving import SECRETS, serving
from support import ROOT, Result, Run

from tracker.model import COLUMNS
from tracker.settings import Settings, check_settings

DOCS = sorted(
    [*(ROOT / "docs").glob("*.md"), *ROOT.glob("[A-Z]*.md")], key=lambda p: p.name
)
LANGUAGES = {"sh", "toml", "csv", "python", "text"}

_FENCE = re.compile(
    r"(?:^<!-- (?P<order>[^\n]+?) -->\n)?^```(?P<language>\w+)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_EXIT = re.compile(r"# exit code (\d+)")


@dataclass(frozen=True)
class Block:
    """line: where the block stands; order: what the comment before it says."""

    document: str
    line: int
    language: str
    order: str
    body: str

    @property
    def place(self) -> str:
        return f"{self.document}:{self.line}"


def blocks(document: Path) -> Iterator[Block]:
    text = document.read_text("utf-8")
    for found in _FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        order = found["order"] or ""
        yield Block(document.name, line, found["language"], order, found["body"])


@dataclass
class Reader:
    """Somebody who does what a document says, block by block, in one folder."""

    invoke: Run
    folder: Path
    last: Result | None = None
    stubs: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    ports: dict[str, str] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "example"})

    def read(self, document: Path) -> None:
        with self.stubs:
            for block in blocks(document):
                if not block.order.startswith("not run: "):
                    self.do(block)

    def do(self, block: Block) -> None:
        for port, free in self.ports.items():
            block = replace(block, body=block.body.replace(port, free))
        order, _, rest = block.order.partition(": ")
        orders: dict[str, Callable[[Block, str], None]] = {
            "": self.plain,
            "file": self.write,
            "add": self.add,
            "defaults": self.defaults,
            "daemon": self.daemon,
            "stub": self.stub,
            "serve": self.serve,
            "shell": self.shell,
        }
        if order.startswith("replace in "):
            self.replace(block, order.removeprefix("replace in "), rest)
        else:
            orders[order](block, rest)

    def plain(self, block: Block, _: str) -> None:
        deeds = {"sh": self.run, "text": self.answered, "python": self.execute}
        deeds[block.language](block)

    # -- files ----------------------------------------------------------------------

    def write(self, block: Block, name: str) -> None:
        name, _, encoding = name.partition(", ")
        body = block.body.encode(encoding or "utf-8")
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(body)
        os.utime(path, (1_700_000_000, 1_700_000_000))  # written long ago

    def add(self, block: Block, name: str) -> None:
        path = self.folder / name
        path.write_text(path.read_text("utf-8") + "\n" + block.body, "utf-8")

    def replace(self, block: Block, name: str, old: str) -> None:
        path = self.folder / name
        text = path.read_text("utf-8")
        assert text.count(old) == 1, block.place
        path.write_text(text.replace(old, block.body.strip()), "utf-8")

    def defaults(self, block: Block, _: str) -> None:
        said = check_settings(tomllib.loads(block.body), self.folder)
        assert replace(said, raw={}) == Settings(), block.place

    # -- commands -------------------------------------------------------------------

    def run(self, block: Block) -> None:
        for line in block.body.splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] == ["cd"]:
                self.folder /= words[1]
            elif words:
                assert words[0] == "tracker", f"{block.place}: {line}"
                self.command(words[1:], line, block)

    def command(self, words: list[str], line: str, block: Block) -> None:
        expected = int(found[1]) if (found := _EXIT.search(line)) else 0
        with contextlib.chdir(self.folder):
            self.last = self.invoke(*words, env={"TRACKER_HOME": ""})
        assert self.last.code == expected, f"{block.place}: {line}\n{self.last}"

    def json(self, words: list[str]) -> Any:
        """What a command answers in JSON; exit code 1 is an answer, too."""
        with contextlib.chdir(self.folder):
            answer = self.invoke(*words, "--json", env={"TRACKER_HOME": ""})
        assert answer.code in (0, 1), answer.err
        return json.loads(answer.out)

    def answered(self, block: Block) -> None:
        assert self.last is not None
        assert self.last.out.strip() == block.body.strip(), block.place

    def daemon(self, block: Block, _: str) -> None:
        """It starts, is told to stop, and ends cleanly."""
        words = shlex.split(block.body, comments=True)
        process = subprocess.Popen(
            [sys.executable, "-m", *words, "--log", "json"],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
        )
        assert process.stderr is not None
        assert b'"started"' in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=60)[0] is None
        assert process.returncode == 0, block.place

    def stub(self, block: Block, _: str) -> None:
        """It answers, on a free port in place of the one that is written."""
        words = shlex.split(block.body, comments=True)
        at = words.index("--port") + 1
        port, words[at] = words[at], "0"
        process = self.stubs.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        self.stubs.callback(process.terminate)
        assert process.stdout is not None
        self.ports[port] = process.stdout.readline().strip().rpartition(":")[2]

    def serve(self, block: Block, _: str) -> None:
        """It listens on a free port in place of the usual one, until all is read."""
        assert block.body.strip() == "tracker serve", block.place
        words = ("serve", "--listen", "127.0.0.1:0")
        server = self.stubs.enter_context(serving(self.folder, *words))
        self.ports["8040"] = server.address.rpartition(":")[2]

    def shell(self, block: Block, _: str) -> None:
        words = ["bash", "-euo", "pipefail", "-c", block.body]
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            words,
            capture_output=True,
            text=True,
            env={**os.environ, **SECRETS, "PATH": path},
            timeout=60,
            cwd=self.folder,
        )
        assert done.returncode == 0, f"{block.place}: {done.stderr}"
        self.last = Result(0, done.stdout, done.stderr)

    def execute(self, block: Block) -> None:
        known = set(self.names)
        exec(compile(block.body, block.place, "exec"), self.names)
        for name in [n for n in self.names if n not in known]:
            if name.startswith("test_"):
                self.names[name]()


#: Commands that answer in JSON, in the workspace of the guide.
ANSWERING = """
    totals spring
    totals spring --by day
    totals --by platform
    explain spring views
    post list --limit 1
    post show youtube a1
    reading list youtube a1
    finding list
    disclosure list spring
    disclosure check --country FR --text hello
    disclosure log
    ingest
    source list
    source check videos
    source kinds
    quarantine list --state all
    quarantine show 1
    quarantine retry --all
    quarantine drop 1
    campaign apply plan.toml
    campaign check spring
    campaign list
    ambassador list
    ambassador show ben
    ambassador import people.csv --dry-run
    enrol spring ada
    withdraw spring cleo --dry-run
    report
    verify
    db check
    db upgrade
    status
    doctor
    campaign close spring
""".strip().splitlines()


def words_of(document: str) -> set[str]:
    """What a document writes in backticks."""
    return set(
        re.findall(r"`([^`\n]+)`", (ROOT / "docs" / document).read_text("utf-8"))
    )


def keys(answer: Any) -> Iterator[str]:
    """The keys of an answer, at any depth."""
    if isinstance(answer, dict):
        yield from answer
    parts = answer.values() if isinstance(answer, dict) else answer
    if isinstance(answer, dict | list):
        for part in parts:
            yield from keys(part)


# -- examples -----------------------------------------------------------------------


@pytest.fixture
def reader(invoke: Run, tmp_path: Path) -> Reader:
    folder = tmp_path / "read"
    folder.mkdir()
    return Reader(invoke, folder)


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_every_block_is_an_example_or_says_why_not(document: Path) -> None:
    """A reason is given where a block is not run; other languages are for prose."""
    for block in blocks(document):
        assert block.language in LANGUAGES, block.place
        assert block.order != "not run:", block.place


def test_the_walk_through_and_the_guide_after_it(reader: Reader) -> None:
    """The guide goes on in the workspace that the README makes; keys of JSON too."""
    reader.read(ROOT / "README.md")
    reader.read(ROOT / "docs" / "guide.md")
    known = words_of("guide.md") | words_of("daemon.md") | set(COLUMNS)
    for words in ANSWERING:
        answer = reader.json(words.split())
        assert sorted(set(keys(answer)) - known) == [], words


def test_files_are_read_as_described(reader: Reader) -> None:
    assert reader.invoke("init", reader.folder).code == 0
    reader.read(ROOT / "docs" / "csv.md")


def test_a_source_of_ones_own(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kind of the example is found by its entry point and used."""
    assert reader.invoke("init", reader.folder).code == 0
    monkeypatch.syspath_prepend(str(reader.folder))
    for block in blocks(ROOT / "docs" / "sources.md"):
        if block.language == "toml" and "entry-points" in block.body:
            _installed(reader.folder, tomllib.loads(block.body))
        reader.do(block)


def _installed(folder: Path, project: dict[str, Any]) -> None:
    """What an installer leaves of a package: its name and its entry points."""
    named = project["project"]
    info = folder / f"{named['name'].replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    head = f"Metadata-Version: 2.1\nName: {named['name']}\nVersion: 1.0\n"
    (info / "METADATA").write_text(head)
    lines: list[str] = []
    for group, entries in named["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {at}" for name, at in entries.items())]
    (info / "entry_points.txt").write_text("\n".join(lines))


@pytest.mark.parametrize(
    "document",
    [
        path
        for path in DOCS
        if path.name not in ("README.md", "guide.md", "csv.md", "sources.md")
    ],
    ids=lambda path: path.name,
)
def test_examples_of_other_documents(reader: Reader, document: Path) -> None:
    assert reader.invoke("init", reader.folder).code == 0
    reader.read(document)


# -- links ----------------------------------------------------------------------------


def anchor(heading: str) -> str:
    """As forges make it: small letters, blanks to hyphens, no other signs."""
    bare = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return bare.replace(" ", "-")


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    text = document.read_text("utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://")):
            continue
        name, _, part = target.partition("#")
        path = document.parent / name if name else document
        assert path.exists(), f"{document.name}: {target}"
        if part:
            there = path.read_text("utf-8")
            headings = re.findall(r"^#+ (.+)$", there, re.MULTILINE)
            assert part in map(anchor, headings), f"{document.name}: {target}"


# -- commands -------------------------------------------------------------------------


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command by the words one types, groups too."""
    from tracker.cli import main

    def below(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
        yield name, command
        if isinstance(command, click.Group):
            ctx = click.Context(command)
            for each in command.list_commands(ctx):
                found = command.get_command(ctx, each)
                assert found is not None
                yield from below(f"{name} {each}", found)

    for name in main.list_commands(click.Context(main)):
        found = main.get_command(click.Context(main), name)
        assert found is not None
        yield from below(f"tracker {name}", found)


def test_every_command_has_help_and_stands_in_the_guide() -> None:
    guide = (ROOT / "docs" / "guide.md").read_text("utf-8")
    for name, command in commands():
        assert (command.help or "").strip(), f"{name} has no help"
        assert re.search(rf"`{name}[` ]", guide), f"docs/guide.md lacks {name}"


def test_the_guide_names_no_command_that_is_not_there() -> None:
    known = {name for name, _ in commands()}
    groups = {n for n, c in commands() if isinstance(c, click.Group)}
    for document in DOCS:
        if document.name == "CHANGELOG.md":
            continue
        said = re.findall(r"`(tracker [a-z][^`]*)`", document.read_text("utf-8"))
        for text in said:
            words = text.split()
            name = " ".join(words[:2])
            assert name in known, f"{document.name}: {text}"
            if name in groups and len(words) > 2 and words[2].islower():
                assert " ".join(words[:3]) in known, f"{document.name}: {text}"


def test_every_option_of_a_csv_source_stands_in_its_document() -> None:
    from tracker.sources.options import OPTIONS

    text = (ROOT / "docs" / "csv.md").read_text("utf-8")
    assert [each for each in OPTIONS if f"`{each}`" not in text] == []


# -- codes ----------------------------------------------------------------------------

_CODE = re.compile(r"[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+|[A-Z]{4,}|TLS")
_SAID = re.compile(r"(?:error|warning|notice)\[([A-Z0-9_]+)\]")
#: Words in capitals that are none: SQL, variables, and the word for any code.
_OTHERS = set("BEGIN BIGINT COMMIT NOTHING ROLLBACK TERM TEXT CODE".split())
_OTHERS |= {"NFKD", "CLOCK_BOOTTIME", "NOTIFY_SOCKET", "TRACKER_HOME", "TRACKER_HOST"}
_OTHERS |= {"TRACKER_NOW", "HEAD", "POST", "JSON", "PGPASSWORD"}
_OTHERS |= {"MINVALUE", "MAXVALUE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"}
_OTHERS |= {"JAVA_HOME", "ERROR"}  # of Java, and how much Spark logs
#: Words of platforms, which their APIs say and are asked with.
_OTHERS |= {"API_KEY_INVALID", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED"}
_OTHERS |= {"SERVICE_DISABLED", "REELS", "STORY", "UNAVAILABLE", "UPGRADE_REQUIRED"}
#: Words of this code, of messengers, SQL and decimals.
_OTHERS |= {
    "DELETE",
    "INSERT",
    "UPDATE",
    "OPTIONS",
    "LINE",
    "NULL",
    "CAMPAIGN",
    "ROUND_DOWN",
    "VACUUM",
}


def codes_of(tree: ast.AST) -> Iterator[str]:
    """Codes in a module: texts in capitals, and `error[CODE]` inside of texts."""
    nodes = list(ast.walk(tree))
    keywords = [node for node in nodes if isinstance(node, ast.keyword)]
    shown = {id(node.value) for node in keywords if node.arg == "metavar"}
    for node in nodes:
        if id(node) in shown or not isinstance(node, ast.Constant):
            continue
        if isinstance(node.value, str):
            yield from _SAID.findall(node.value)
            if _CODE.fullmatch(node.value):
                yield node.value


def codes_in_use() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "tracker").rglob("*.py"):
        codes = set(codes_of(ast.parse(path.read_text("utf-8"))))
        if path.parent.name == "stub":  # it speaks as the platforms do
            codes = {code for code in codes if code.startswith("STUB_")}
        found |= codes
    return found - _OTHERS


def test_errors_md_has_every_code_and_no_other() -> None:
    text = (ROOT / "docs" / "errors.md").read_text("utf-8")
    said = re.findall(r"^\| `([A-Z0-9_]+)` \|", text, re.MULTILINE)
    assert len(said) == len(set(said)), "a code stands twice"
    assert sorted(codes_in_use() - set(said)) == []
    assert sorted(set(said) - codes_in_use()) == []

"""Every text that pages can say, found in templates and code."""

from __future__ import annotations

import ast
from pathlib import Path

import jinja2
from jinja2 import nodes

from tracker.report import figures, words
from tracker.report.site import folder

REPORT = Path(words.__file__).parent
#: Fields of figures that hold sentences of the catalogue.
FIELDS = {"formula", "why"}


def texts() -> set[str]:
    found = set(words.METRICS.values()) | set(words.PLATFORMS.values())
    found |= set(words.STRATEGIES.values())
    found |= {formula for _, _, formula in figures.COSTS.values()}
    found |= {"measured", "reported", "estimated", "unknown"}
    for path in folder().glob("*.j2"):
        found |= _of_template(path)
    for path in REPORT.glob("*.py"):
        found |= _of_module(path)
    return found


def _of_template(path: Path) -> set[str]:
    tree = jinja2.Environment().parse(path.read_text("utf-8"))
    return {
        call.args[0].value
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name)
        and call.node.name == "_"
        and isinstance(call.args[0], nodes.Const)
    }


def _of_module(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and _is_words(node.func) and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
        if path.name == "figures.py" and _is_sentence(node):
            found |= {
                part.value
                for part in ast.walk(node.value)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            }
    return found - {""}


def _is_words(function: ast.expr) -> bool:
    return isinstance(function, ast.Name) and function.id in ("w", "words")


def _is_sentence(node: ast.AST) -> bool:
    if isinstance(node, ast.keyword):
        return node.arg in FIELDS
    return isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id in FIELDS for target in node.targets
    )

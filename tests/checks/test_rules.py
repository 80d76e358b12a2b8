"""Every rule of a finding stands in the document of findings."""

from __future__ import annotations

import ast
import re

from support import ROOT

KINDS = "disclosure|contract|reading|post|source|mission|ambassador|outcome"
RULE = re.compile(rf"({KINDS})\.[a-z]+(-[a-z]+)*")
#: Made of parts in the code.
MADE = {"disclosure.fail", "disclosure.weak"}
MADE |= {"post.suspect", "post.gone", "post.restored"}
#: Actions of the audit, files and fields: words of the same form.
OTHERS = {"source.add", "source.remove", "source.pause", "source.resume"}


def rules_in_use() -> set[str]:
    """Words of the form of a rule that a module with findings writes."""
    found = set(MADE)
    for file in (ROOT / "tracker").glob("*.py"):
        text = file.read_text("utf-8")
        if "finding_id" in text:
            found |= {
                node.value
                for node in ast.walk(ast.parse(text))
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and RULE.fullmatch(node.value)
            }
    return found - OTHERS


def test_every_rule_stands_in_the_document() -> None:
    text = (ROOT / "docs" / "findings.md").read_text("utf-8")
    said = set(re.findall(rf"`((?:{KINDS})\.[a-z-]+)`", text))
    assert rules_in_use() - said == set()
    assert len(rules_in_use()) > 12

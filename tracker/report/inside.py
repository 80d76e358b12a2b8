"""What stands inside a page, and the policy that lets nothing else run.

Style sheet and scripts are written into each page, so that a page is one file: it can
be opened from disk, mailed or moved. The policy names them by their hashes. Files
beside the page would need 'self', which for a page opened from disk means every file;
and a browser does not check the hash of a script that it reads from disk.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable

from tracker.errors import ReportError

#: What would end the element or change how it is read.
ENDS = re.compile(r"</(?:style|script)|<!--|\r", re.IGNORECASE)


def style(sheet: str) -> str:
    return _element("style", sheet)


def script(source: str) -> str:
    return _element("script", source)


def policy(sheets: Iterable[str], sources: Iterable[str]) -> str:
    """For a page that holds these and loads nothing: no host, no frame, no form."""
    return "; ".join(
        (
            "default-src 'none'",
            _allowed("style-src", sheets),
            _allowed("script-src", sources),
            "img-src data:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def digest(text: str) -> str:
    """As a policy names a style sheet or a script: 'sha256-...'."""
    found = base64.b64encode(hashlib.sha256(text.encode()).digest())
    return f"'sha256-{found.decode()}'"


def _allowed(kind: str, texts: Iterable[str]) -> str:
    return " ".join((kind, *(dict.fromkeys(map(digest, texts)) or ("'none'",))))


def _element(tag: str, text: str) -> str:
    """A file of this package as an element. Raises ReportError: see ENDS."""
    if found := ENDS.search(text):
        raise ReportError(
            "TEMPLATES",
            tag,
            f"{found[0]!r} cannot stand inside a page",
            "The last pages stay",
            "Report this as a bug",
        )
    return f"<{tag}>{text}</{tag}>"

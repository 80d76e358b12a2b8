"""What the tests of exports share: files of the fixtures, and what they are made of."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from sources.given import SEEN, source

from tracker.model import METRICS, Reject
from tracker.sources.base import Payload

EXPORTS = Path(__file__).parents[3] / "fixtures" / "exports"


@dataclass
class Read:
    """An export that was read: rows of posts, figures of accounts, and the rest."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    figures: list[tuple[Any, ...]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    ignored: int = 0

    def sums(self) -> dict[str, int]:
        """Sums of what is known, by metric."""
        told = {m: [r[m] for r in self.rows if r[m] is not None] for m in METRICS}
        return {metric: sum(values) for metric, values in told.items() if values}

    def bad(self) -> list[tuple[int, str, str]]:
        return [(r.line, r.column, r.code) for r in self.rejects]

    def told(self, code: str) -> str:
        """The notices of a code, as one text."""
        return "\n".join(n for n in self.notices if f"[{code}]" in n)


def read(body: str | bytes, label: str = "x.csv", **options: Any) -> Read:
    data = body.encode() if isinstance(body, str) else body
    made = Read()
    for batch in source(**options).parse(Payload(label, SEEN, body=data)):
        made.rows += batch.frame.to_dicts()
        made.figures += [] if batch.audience is None else batch.audience.rows()
        made.rejects += batch.rejects
        made.notices += batch.notices
        made.ignored += batch.ignored
    return made


def fixture(name: str, **options: Any) -> Read:
    path = EXPORTS / name
    return read(path.read_bytes(), path.name, **options)


def zipped(*names: str | tuple[str, str | bytes]) -> bytes:
    """A ZIP of fixtures, or of names and contents."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            if isinstance(name, str):
                path = EXPORTS / name
                archive.writestr(path.name, path.read_bytes())
            else:
                archive.writestr(*name)
    return out.getvalue()


# -- workbooks ------------------------------------------------------------------

_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/'
    '2006/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
    'relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    "</Types>"
)
_RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/'
    'package/2006/relationships">{}</Relationships>'
)
_RELATION = (
    '<Relationship Id="r{0}" Type="http://schemas.openxmlformats.org/officeDocument/'
    '2006/relationships/{1}" Target="{2}"/>'
)
_BOOK = (
    '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/'
    'spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships"><sheets>{}</sheets></workbook>'
)
_SHEET = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/'
    'spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def workbook(sheets: Mapping[str, Iterable[Sequence[Any]]]) -> bytes:
    """An XLSX workbook of texts and numbers, written as plainly as can be."""
    out = io.BytesIO()
    names = list(sheets)
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        root = _RELATION.format(1, "officeDocument", "xl/workbook.xml")
        archive.writestr("_rels/.rels", _RELATIONS.format(root))
        listed = "".join(
            f'<sheet name="{escape(name)}" sheetId="{i}" r:id="r{i}"/>'
            for i, name in enumerate(names, 1)
        )
        archive.writestr("xl/workbook.xml", _BOOK.format(listed))
        parts = "".join(
            _RELATION.format(i, "worksheet", f"worksheets/sheet{i}.xml")
            for i in range(1, len(names) + 1)
        )
        archive.writestr("xl/_rels/workbook.xml.rels", _RELATIONS.format(parts))
        for i, rows in enumerate(sheets.values(), 1):
            body = "".join(_row(n, row) for n, row in enumerate(rows, 1))
            archive.writestr(f"xl/worksheets/sheet{i}.xml", _SHEET.format(body))
    return out.getvalue()


def _row(number: int, cells: Sequence[Any]) -> str:
    made = "".join(_cell(number, at, cell) for at, cell in enumerate(cells))
    return f'<row r="{number}">{made}</row>'


def _cell(row: int, at: int, value: Any) -> str:
    place = f"{chr(65 + at)}{row}"
    if value is None:
        return ""
    if isinstance(value, str):
        text = f"<is><t>{escape(value)}</t></is>"
        return f'<c r="{place}" t="inlineStr">{text}</c>'
    return f'<c r="{place}"><v>{value}</v></c>'

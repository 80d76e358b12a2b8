"""A table is known by the names of its columns: not by their order, nor by others
between them, nor by what stands above it."""

from __future__ import annotations

import csv
import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sources.exports.shapes import EXPORTS, fixture, read

from tracker.sources.layouts import catalog
from tracker.sources.layouts.layout import Grain, key

#: Exports of one table that is told by its columns alone.
SINGLE = [
    "youtube-studio/Table data.csv",
    "youtube-studio/Tabellendaten.csv",
    "meta/instagram-posts.csv",
    "meta/instagram-pt.csv",
    "meta/facebook-posts.csv",
    "meta/facebook-es.csv",
    "x/account_overview_analytics.csv",
    "x/tweet_activity_metrics.csv",
    "tiktok/Content.csv",
    "tiktok/Overview.csv",
    "linkedin/all-posts.csv",
    "pinterest/pins.csv",
    "bitly/links.csv",
]
WORDS = st.text(
    st.characters(whitelist_categories=("Lu", "Ll"), max_codepoint=0x24F), min_size=14
).map(lambda text: f"Own {text}")


def table(name: str) -> tuple[str, list[list[str]]]:
    """The name of a fixture's file, and its rows that are as wide as its header."""
    path = EXPORTS / name
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
    width = max(map(len, rows))
    return path.name, [row for row in rows if len(row) == width and any(row[1:])]


def written(rows: list[list[str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("name", SINGLE)
@settings(max_examples=15)
@given(seed=st.integers(0, 10**9), others=st.lists(WORDS, max_size=4, unique=True))
def test_order_and_other_columns_do_not_matter(
    name: str, seed: int, others: list[str]
) -> None:
    label, rows = table(name)
    added = [rows[0] + others, *([*row, *("?" for _ in others)] for row in rows[1:])]
    order = list(range(len(added[0])))
    random.Random(seed).shuffle(order)
    shuffled = [[row[at] for at in order] for row in added]
    wanted, found = read(written(rows), label), read(written(shuffled), label)
    assert found.rows == wanted.rows
    assert sorted(found.figures) == sorted(wanted.figures)
    assert sorted(r.line for r in found.rejects) == sorted(
        r.line for r in wanted.rejects
    )


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_the_delimiter_does_not_matter(name: str, delimiter: str) -> None:
    label, rows = table(name)
    wanted = read(written(rows), label)
    for text in (
        written(rows, delimiter),
        f"sep={delimiter}\n{written(rows, delimiter)}",
    ):
        found = read(text, label)
        assert found.sums() == wanted.sums()
        assert [f[1:] for f in found.figures] == [f[1:] for f in wanted.figures]


@pytest.mark.parametrize("name", SINGLE)
@settings(max_examples=10)
@given(above=st.lists(st.sampled_from(["", "Report of March", "Made by hand, for us"])))
def test_lines_above_do_not_matter(name: str, above: list[str]) -> None:
    label, rows = table(name)
    text = "".join(f"{line}\n" for line in above) + written(rows)
    found, wanted = read(text, label), read(written(rows), label)
    assert found.sums() == wanted.sums()
    assert len(found.figures) == len(wanted.figures)
    assert found.ignored - wanted.ignored == sum(map(bool, above))


def test_two_exports_below_each_other_are_both_read() -> None:
    """Whatever was put into one file, each table is what its own header says."""
    parts = [written(table(name)[1]) for name in SINGLE if "linkedin" not in name]
    found = read("\n".join(parts))
    single = [fixture(name) for name in SINGLE if "linkedin" not in name]
    assert len(found.rows) == sum(len(one.rows) for one in single)
    assert len(found.figures) == sum(len(one.figures) for one in single)


def test_names_are_compared_as_people_do() -> None:
    assert key("  Ver\u00adöffent\u00adlicht  am ") == key("VEROFFENTLICHT AM")
    assert key("„Gefällt mir“-Angaben") == key('"Gefallt mir"-Angaben')
    assert key("J\u2019aime") == key("J'aime")


@pytest.mark.parametrize("family", catalog.FAMILIES)
def test_every_layout_is_told_from_every_other(family: str) -> None:
    """A header of a layout's own names belongs to no other family."""
    for layout in catalog.load(family):
        if layout.weak or layout.grain is Grain.ASIDE:
            continue
        languages = {lang for field in layout.fields for lang in field.names}
        for language in languages:
            header = [
                field.names[language].split("|")[0]
                for field in layout.fields
                if language in field.names
            ]
            found = catalog.match(header, None, "")
            assert found is None or found.layout.family == family, (language, header)

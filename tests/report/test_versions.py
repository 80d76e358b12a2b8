"""Pages in both languages: where they are, how they find each other, and their data."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import making
import pytest

from tracker.app import Tracker, open_tracker
from tracker.errors import ConfigError
from tracker.publish import publish
from tracker.report.versions import Version, versions

TITLES = {"en": "What we do not know", "fr": "Ce que nous ne savons pas"}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Tracker:
    """A programme of an English campaign with posts and a French one without."""
    tracker = making.workspace(tmp_path_factory.mktemp("two") / "w", making.Made(3, 30))
    with tracker.database.writing() as link:
        link.run(
            "INSERT INTO campaign (id, slug, name, timezone, currency, language, rules,"
            " plan, state, applied_at) VALUES (2, 'printemps', 'Printemps',"
            " 'Europe/Paris', 'EUR', 'fr', '{}', '{}', 'open', 1)"
        )
    return tracker


@pytest.fixture(scope="module")
def both(two: Tracker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("both")
    return publish(two, now=1, out=out, language="both").folder


def language(page: Path) -> str:
    [found] = re.findall(r'<html lang="(\w+)">', page.read_text())
    return str(found)


def test_each_campaign_keeps_its_language_at_the_usual_names(both: Path) -> None:
    there = {
        "index.html": "en",
        "fr/index.html": "fr",
        "fiesta/index.html": "en",
        "fr/fiesta/index.html": "fr",
        "printemps/index.html": "fr",
        "en/printemps/index.html": "en",
    }
    assert {name: language(both / name) for name in there} == there
    for name in ("fiesta/index.html", "fr/fiesta/index.html"):
        assert TITLES[there[name]] in (both / name).read_text()


def test_every_page_has_its_twin_and_no_link_is_dead(both: Path) -> None:
    for page in both.rglob("*.html"):
        text = page.read_text()
        own = language(page)
        [(twin_language, twin)] = re.findall(
            r'<link rel="alternate" hreflang="(\w+)" href="([^"]+)">', text
        )
        there = (page.parent / twin).resolve()
        assert (language(there), own) in (("fr", "en"), ("en", "fr"))
        assert language(there) == twin_language
        assert there.name == page.name
        if 'class="langs"' in text:
            assert (
                f'href="{twin}" hreflang="{twin_language}" lang="{twin_language}"'
                in text
            )
        for href in re.findall(r'href="([^"#]+)', text):
            if not urlsplit(href).scheme:
                assert (page.parent / href).exists(), (page, href)


def test_links_stay_within_a_language(both: Path) -> None:
    """But for the switch, a reader is led to pages in the language that is read."""
    for page in both.rglob("*.html"):
        own = language(page)
        for href in re.findall(r'<a href="([^":]+\.html)">', page.read_text()):
            assert language((page.parent / href).resolve()) == own, (page, href)


def test_data_files_are_there_once(both: Path) -> None:
    assert (both / "fiesta" / "data" / "posts.csv").is_file()
    assert not (both / "fr" / "fiesta" / "data").exists()
    assert 'href="../../fiesta/data/' in (both / "fr/fiesta/posts.html").read_text()


def digits(text: str) -> list[str]:
    """Numbers of a cell without what groups them, and with a point."""
    plain = re.sub(r"(?<=\d)[,\u202f](?=\d{3})", "", text).replace(",", ".")
    return re.findall(r"[+\u2212]?\d+(?:\.\d+)?", plain)


def test_numbers_are_equal_in_both(both: Path) -> None:
    """The digits of the figures of one page are those of the other."""
    for name in ("fiesta/index.html", "fiesta/posts.html"):
        one, other = (
            re.findall(
                r'<td class="r[^"]*"[^>]*>([^<]*)', (both / place / name).read_text()
            )
            for place in ("", "fr")
        )
        assert len(one) > 20
        assert [digits(text) for text in one] == [digits(text) for text in other]


def test_a_second_build_of_the_same_writes_nothing(two: Tracker, both: Path) -> None:
    again = publish(two, now=2, out=both, language="both")
    assert (again.written, again.removed, again.drawn) == ((), (), 0)


def test_one_campaign_alone_keeps_the_other_language_of_the_rest(
    two: Tracker, tmp_path: Path
) -> None:
    """And a list of campaigns leads to the usual pages where there are no others, and
    to none where there are none."""
    one = publish(two, now=1, out=tmp_path, language="both", campaign="fiesta")
    assert "printemps" not in (tmp_path / "fr/index.html").read_text()
    publish(two, now=1, out=tmp_path, campaign="printemps")
    publish(two, now=1, out=tmp_path, language="both", campaign="fiesta")
    assert 'href="../printemps/index.html"' in (tmp_path / "fr/index.html").read_text()
    publish(two, now=1, out=tmp_path, language="both")
    kept = publish(two, now=1, out=tmp_path, language="both", campaign="fiesta")
    assert (one.removed, kept.written, kept.removed) == ((), (), ())
    assert (tmp_path / "en" / "printemps" / "index.html").is_file()


def test_pages_in_one_language_remove_the_others(two: Tracker, tmp_path: Path) -> None:
    publish(two, now=1, out=tmp_path, language="both")
    made = publish(two, now=1, out=tmp_path)
    assert not (tmp_path / "fr").exists() and not (tmp_path / "en").exists()
    assert "fr/fiesta/index.html" in made.removed
    assert "hreflang" not in (tmp_path / "fiesta" / "index.html").read_text()


def test_the_settings_may_ask_for_both(tmp_path: Path) -> None:
    making.workspace(tmp_path / "w", making.Made(1, 3))
    (tmp_path / "w" / "tracker.toml").write_text('language = "fr"\nbilingual = true\n')
    folder = publish(open_tracker(tmp_path / "w"), now=1).folder
    assert language(folder / "index.html") == "fr"
    assert language(folder / "en" / "index.html") == "en"
    assert language(folder / "fiesta" / "index.html") == "en"
    assert (folder / "fr" / "fiesta" / "posts.html").is_file()


def test_a_campaign_may_not_be_where_the_other_language_goes(tmp_path: Path) -> None:
    tracker = making.workspace(tmp_path / "w", making.Made(1, 3, slug="fr"))
    with pytest.raises(ConfigError) as raised:
        publish(tracker, now=1, language="both")
    assert raised.value.code == "LANGUAGE_FOLDER"
    assert not (tracker.home / "site").exists()
    assert publish(tracker, now=1, language="fr").written


def test_a_language_without_pages_is_read_in_english() -> None:
    [one, other] = versions("de", "en", "both")
    assert (one, other) == (
        Version("en", "", "", "fr/"),
        Version("fr", "fr/", "fr/", ""),
    )
    assert versions("fr", "en", "both")[0].index == "fr/"
    assert [each.language for each in versions("fr", "en", "en")] == ["en"]


def test_answers_are_in_the_language_of_their_page(both: Path) -> None:
    there = {"fiesta": "Which published", "fr/fiesta": "Quels chiffres publiés"}
    for folder, title in there.items():
        assert title in (both / folder / "answers.html").read_text()


def test_a_post_keeps_the_language_it_was_written_in(tmp_path: Path) -> None:
    """In what a reader hears, too; one whose language nobody knows has none."""
    tracker = making.workspace(tmp_path / "w", making.Made(2, 20, language="fr"))
    with tracker.database.writing() as link:
        link.run("UPDATE post SET language = 'pt-BR' WHERE id = 3")
    folder = publish(tracker, now=1).folder / "fiesta"
    text = (folder / "posts.html").read_text()
    assert re.findall(r'<bdi lang="([^"]+)">([^<]+)', text) == [
        ("pt-BR", "Post number 2")
    ]
    assert text.count("<bdi>Post number") == 19
    assert '"languages":["pt-BR"]' in text
    header, *rows = (folder / "data" / "posts.csv").read_text().splitlines()
    at = header.split(",").index("language")
    assert sorted(row.split(",")[at] for row in rows)[-2:] == ["", "pt-BR"]


def test_a_list_of_campaigns_goes_with_the_last_of_them(
    two: Tracker, tmp_path: Path
) -> None:
    """Else it would lead to pages that are gone."""
    publish(two, now=1, out=tmp_path, campaign="printemps", language="both")
    assert (tmp_path / "fr" / "index.html").exists()
    publish(two, now=1, out=tmp_path, campaign="printemps")
    assert {path.parent.name for path in tmp_path.rglob("index.html")} == {
        *(tmp_path.name, "printemps")
    }

"""From facts to published pages: collect, build, put on the shelf.

A page is made only when what it is made from has changed, so that a small change
costs little; the same data give the same bytes, whenever they are built.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker import __version__
from tracker.catalogue import LANGUAGES
from tracker.codes import CURRENCIES
from tracker.errors import ConfigError, NotFoundError
from tracker.facts import WHOLE, CampaignFacts, Edition, Person, Since, SourceFacts
from tracker.report.shelf import Shelf
from tracker.report.versions import Version, versions
from tracker.words import Words

if TYPE_CHECKING:
    import polars as pl

    from tracker.app import Tracker
    from tracker.report.cards import Cards
    from tracker.report.gallery import Gallery
    from tracker.report.site import Site
    from tracker.settings import SourceSettings
    from tracker.store.reportmarks import Snapshot

#: What changed in a campaign since a report.
Compare = Callable[[CampaignFacts], Since | None]
CHARTS = Path(".cache") / "charts"


@dataclass(frozen=True, slots=True)
class Published:
    """written, removed: files, relative to folder; files: all that are there now;
    drawn: charts drawn anew."""

    folder: Path
    written: tuple[str, ...]
    unchanged: int
    removed: tuple[str, ...]
    drawn: int
    campaigns: tuple[str, ...]
    files: tuple[str, ...] = ()


def publish(
    tracker: Tracker,
    *,
    out: Path | None = None,
    campaign: str | None = None,
    now: int,
    language: str | None = None,
    edition: Edition = WHOLE,
    since: Compare | None = None,
    mark: str | None = None,
    may: Callable[[], None] = lambda: None,
    step: Callable[[int], object] = lambda _: None,
) -> Published:
    """Write the pages of one campaign, or of all.

    Facts of one campaign at a time are in memory.

    out: instead of the workspace's folder. language: instead of each campaign's, or
    both. edition: said on the pages. since: what a campaign is compared with, the last
    marked report if it is not said. mark: the name of a mark that is set afterwards.
    may: called when all is ready and nothing is published yet; it may raise. step: told
    how many campaigns were made.
    Raises NotFoundError, LockedError, ReportError; what was published stays.
    """
    from tracker.pagefacts import gathered, listed
    from tracker.report.cards import Cards
    from tracker.report.gallery import Gallery
    from tracker.report.site import Site
    from tracker.since import mark as set_marks
    from tracker.since import since_last, snapshot
    from tracker.store import facts as store

    wanted = _wanted(tracker, language)
    spoken_in = store.languages(tracker.database)
    slugs = list(spoken_in)
    if campaign is not None and campaign not in slugs:
        raise NotFoundError("campaign", campaign, slugs)
    if wanted == "both":
        _refuse_names(slugs)
    sources = source_facts(tracker, now)
    compare = since or partial(since_last, tracker)

    def whole(facts: CampaignFacts) -> CampaignFacts:
        facts = _left_out(gathered(tracker, facts, now=now))
        return replace(facts, since=compare(facts))

    folder = out or tracker.home / tracker.settings.site
    gallery = Gallery(tracker.home / CHARTS)
    usual = tracker.settings.language
    lists = [
        Site(Words(version.language), gallery, version)
        for version in versions(usual, usual, wanted)
    ]
    cards = Cards(folder)
    places = _places(folder, spoken_in, campaign, usual, wanted)
    wanting = {*_without_card(cards, lists, places, edition), campaign}
    concerned = None if campaign is None else wanting
    marks: list[tuple[str, Snapshot]] = []

    def make(facts: CampaignFacts) -> None:
        facts = whole(facts)
        _put(shelf, tracker, facts, gallery, places[facts.campaign.id])
        if mark is not None:
            marks.append((facts.campaign.id, snapshot(tracker, facts, now)))
        _keep_card(cards, facts, lists)
        step(1)

    with Shelf(folder, now, _scope(campaign)) as shelf, gallery:
        for found in store.each(tracker.database, concerned, tracker.apart):
            facts = replace(found, sources=sources, edition=edition)
            if campaign in (None, facts.campaign.id):
                make(facts)
            else:
                shown = listed(tracker, facts, _on_card(facts))
                _keep_card(cards, shown, lists)
                del shown
            del found, facts  # before the next one is read
        for site in lists:
            _index(shelf, cards, site, _homes(shelf, places, site.version, campaign))
        may()
        cards.write()
    if mark is not None:
        set_marks(tracker, marks, mark)
    return Published(
        folder,
        tuple(shelf.written),
        len(shelf.after) - len(shelf.written),
        tuple(shelf.removed),
        gallery.drawn,
        tuple(slugs if campaign is None else [campaign]),
        tuple(shelf.after),
    )


def _wanted(tracker: Tracker, language: str | None) -> str | None:
    """A language, both, or None: each campaign's own."""
    wanted = language or ("both" if tracker.settings.bilingual else None)
    if wanted not in (None, "both", *LANGUAGES):
        raise _language(str(wanted))
    return wanted


def _places(
    folder: Path,
    spoken_in: Mapping[str, str],
    campaign: str | None,
    usual: str,
    wanted: str | None,
) -> dict[str, tuple[Version, ...]]:
    """Where pages of campaigns are: of those that are made now, and of others whose
    pages are there already. No list leads to pages that are not."""
    return {
        slug: versions(language, usual, wanted)
        for slug, language in spoken_in.items()
        if campaign in (None, slug) or _are_there(folder, slug)
    }


def _are_there(folder: Path, slug: str) -> bool:
    """Pages of a campaign, in any language."""
    places = (slug, *(f"{language}/{slug}" for language in LANGUAGES))
    return any((folder / place / "index.html").is_file() for place in places)


def _on_card(facts: CampaignFacts) -> list[str]:
    """KPIs that the list of campaigns may show."""
    from tracker.kpi.registry import FORMULAS
    from tracker.report.figure import canonical
    from tracker.report.figures import USUAL

    aims = facts.plan.get("indicator", ())
    said = [canonical(str(one.get("metric") or one.get("id") or "")) for one in aims]
    return [name for name in dict.fromkeys((*USUAL, *said)) if name in FORMULAS]


def _left_out(facts: CampaignFacts) -> CampaignFacts:
    """For a client no question about money: its answer is not unknown but left out."""
    if not facts.edition.client:
        return facts
    asked = [one for one in facts.questions if one.unit not in CURRENCIES]
    return replace(facts, questions=tuple(asked))


def words_of(facts: CampaignFacts, language: str) -> Words:
    return Words(language, facts.campaign.currency, facts.campaign.timezone)


def _scope(campaign: str | None) -> tuple[str, ...]:
    """Folders whose pages go when they are not made again."""
    if campaign is None:
        return ("",)
    return (campaign, *(f"{language}/{campaign}" for language in LANGUAGES))


def _homes(
    shelf: Shelf,
    spoken: Mapping[str, tuple[Version, ...]],
    version: Version,
    campaign: str | None,
) -> dict[str, str]:
    """The way from a list of campaigns to each; to the usual pages of one that has
    none in this language yet."""
    homes = {}
    for slug, made in spoken.items():
        same = [each for each in made if each.language == version.language] or made
        place = same[0].place(f"{slug}/index.html")
        if campaign not in (None, slug) and place not in shelf.before:
            same = made
        homes[slug] = version.way("index.html", same[0].place(f"{slug}/"))
    return homes


def _refuse_names(slugs: list[str]) -> None:
    """A campaign called fr would be where the French pages go."""
    for slug in slugs:
        if slug in LANGUAGES:
            raise ConfigError(
                "LANGUAGE_FOLDER",
                f"campaign {slug}",
                f"pages in two languages need the folder {slug}/ for themselves",
                "Nothing was written",
                "Write one language, or keep the campaign under another id",
            )


def _language(language: str) -> ConfigError:
    return ConfigError(
        "LANGUAGE",
        "report",
        f'"{language}" is no language of the pages',
        "Nothing was written",
        f"Use one of: {', '.join(LANGUAGES)}, both",
    )


# -- what is put on the shelf -------------------------------------------------------


def _place(site: Site) -> str:
    return site.version.place("index.html")


def _card_from(site: Site, edition: Edition) -> str:
    """What a card is made from besides what it says."""
    return _digest(site.style, repr(edition))


def _without_card(
    cards: Cards, lists: Iterable[Site], slugs: Iterable[str], edition: Edition
) -> list[str]:
    """Campaigns of which some list has no card yet."""
    kept = [(site, _card_from(site, edition)) for site in lists]
    return [
        slug
        for slug in slugs
        if not all(cards.has(_place(site), slug, made) for site, made in kept)
    ]


def _keep_card(cards: Cards, facts: CampaignFacts, lists: Iterable[Site]) -> None:
    from tracker.report.cards import HOME
    from tracker.report.pages import card

    for site in lists:
        made = card(facts)
        html = site.page("card.html.j2", "index.html", made, home=HOME)
        made_from = _card_from(site, facts.edition)
        cards.keep(_place(site), facts.campaign.id, made_from, html, made.running)


def _index(shelf: Shelf, cards: Cards, site: Site, homes: Mapping[str, str]) -> None:
    from tracker.report.pages import IndexPage

    place = _place(site)
    shown = [cards.shown(place, slug, home) for slug, home in homes.items()]
    _page(shelf, site, "index.html", "index", IndexPage(tuple(shown)))


def _put(
    shelf: Shelf,
    tracker: Tracker,
    facts: CampaignFacts,
    gallery: Gallery,
    places: Iterable[Version],
) -> None:
    """All pages of a campaign, and its data."""
    from tracker.pagefacts import spoken
    from tracker.report.site import Site

    for version in places:
        words = words_of(facts, version.language)
        told = _left_out(spoken(tracker, facts, version.language))
        _campaign(shelf, told, Site(words, gallery, version))
    _data(shelf, facts)


def _campaign(shelf: Shelf, facts: CampaignFacts, site: Site) -> None:
    from tracker.report.answers import answers_page
    from tracker.report.missionpage import mission_page
    from tracker.report.pages import campaign_page
    from tracker.report.plan import plan_page
    from tracker.report.quality import quality_page

    slug = facts.campaign.id
    # its charts are drawn in a thread while the other pages are made
    page = campaign_page(facts, site.words, site.gallery)
    _page(shelf, site, f"{slug}/quality.html", "quality", quality_page(facts))
    _page(shelf, site, f"{slug}/missions.html", "missions", mission_page(facts))
    _page(shelf, site, f"{slug}/plan.html", "plan", plan_page(facts))
    _page(
        shelf, site, f"{slug}/answers.html", "answers", answers_page(facts, site.words)
    )
    _posts(shelf, site, facts)
    _people(shelf, site, facts)
    _page(shelf, site, f"{slug}/index.html", "campaign", page)


def _page(
    shelf: Shelf, site: Site, name: str, template: str, page: Any, **more: Any
) -> None:
    shelf.put(
        site.version.place(name),
        _digest(site.style, repr(page), repr(more)),
        lambda: site.page(f"{template}.html.j2", name, page, **more).encode(),
    )


def _posts(shelf: Shelf, site: Site, facts: CampaignFacts) -> None:
    from tracker.report.table import posts_page

    page, words = posts_page(facts), site.words
    name = f"{facts.campaign.id}/posts.html"
    names = {"platform_names": [words.platform(name) for name in page.platforms]}
    shelf.put(
        site.version.place(name),
        _digest(site.style, page.digest()),
        lambda: site.page("posts.html.j2", name, page, **names).encode(),
    )


def _people(shelf: Shelf, site: Site, facts: CampaignFacts) -> None:
    from tracker.report.digests import hash_of
    from tracker.report.ownpage import cells_of, made_from
    from tracker.report.person import ambassador_page, own_frame
    from tracker.report.text import file_name

    frame, cells = own_frame(facts), cells_of(facts)
    kept = facts.programme.own
    # hashed once for all: a hundred small frames cost as much as a hundred large ones
    marks = facts.posts.select("ambassador", mark=facts.posts.hash_rows(seed=17))
    theirs = marks.partition_by("ambassador", as_dict=True, maintain_order=True)
    span = (frame.first, frame.last) if frame else None
    shared = _digest(
        site.style, repr((facts.campaign, facts.plan.get("mission"), span, facts.as_of))
    )
    for person in facts.people:
        mark = hash_of(theirs.get((person.id,), marks.clear())["mark"])
        name = f"{facts.campaign.id}/ambassadors/{file_name(person.id)}.html"
        shelf.put(
            site.version.place(name),
            _digest(
                shared,
                repr(person),
                repr(facts.metrics),
                mark,
                made_from(kept.get(person.id), cells.get(person.id, ())),
            ),
            lambda person=person, name=name: site.page(  # type: ignore[misc]
                "ambassador.html.j2",
                name,
                ambassador_page(
                    facts,
                    person,
                    own(facts, person),
                    frame,
                    site.words,
                    cells.get(person.id, ()),
                ),
            ).encode(),
        )


def own(facts: CampaignFacts, person: Person) -> pl.DataFrame:
    """The posts of one ambassador."""
    import polars as pl

    return facts.posts.filter(pl.col("ambassador") == person.id)


def _data(shelf: Shelf, facts: CampaignFacts) -> None:
    from tracker.report.data import TABLES, csv_bytes, json_bytes
    from tracker.report.digests import fingerprint

    about = repr((facts.campaign.id, facts.campaign.timezone, facts.as_of, __version__))
    posts = fingerprint(facts.posts)
    for name, make in TABLES.items():
        made = cache(partial(make, facts))
        made_from = _digest(
            about, name, posts if name == "posts" else fingerprint(made())
        )
        place = f"{facts.campaign.id}/data/{name}"
        shelf.put(f"{place}.csv", made_from, lambda made=made: csv_bytes(made()))  # type: ignore[misc]
        shelf.put(
            f"{place}.json",
            made_from,
            lambda made=made: json_bytes(facts, made()),  # type: ignore[misc]
        )


def _digest(*texts: str) -> str:
    whole = hashlib.sha256()
    for text in texts:
        whole.update(text.encode("utf-8", "surrogatepass"))
        whole.update(b"\0")
    return whole.hexdigest()


# -- sources ------------------------------------------------------------------------


def source_facts(tracker: Tracker, now: int) -> tuple[SourceFacts, ...]:
    """Sources of tracker.toml with their state; late by the clock of the caller."""
    from tracker.status import sources

    found = sorted(sources(tracker, now), key=lambda each: each.state.name)
    return tuple(
        SourceFacts(
            each.state.name,
            each.state.kind,
            _every(tracker.source_settings(each.state.name)),
            each.state.state,
            each.state.reason,
            each.next if each.late else None,
            each.state.last_data,
        )
        for each in found
    )


def _every(block: SourceSettings) -> str | None:
    return _cadence(block.every) if block.every else block.cron


def _cadence(ms: int) -> str:
    """900000 as 15m."""
    for size, unit in _units():
        if ms % size == 0:
            return f"{ms // size}{unit}"
    return f"{ms}ms"


def _units() -> Iterable[tuple[int, str]]:
    return (86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")

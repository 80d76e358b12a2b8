"""Editions of the pages besides those of today in the workspace's folder: of the past,
for a client, for an ambassador."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.errors import NotFoundError, ReportError
from tracker.facts import CampaignFacts, Edition
from tracker.model import iso
from tracker.packs import packs
from tracker.pagefacts import with_programme
from tracker.past import past
from tracker.publish import CHARTS, Published, own, publish, words_of
from tracker.report.versions import versions
from tracker.since import snapshot
from tracker.store import facts, pseudonyms, replay, tokens
from tracker.store.pseudonyms import folded
from tracker.store.reportmarks import Snapshot
from tracker.store.roster import Roster

if TYPE_CHECKING:
    from tracker.app import Tracker


def of_a_copy(
    tracker: Tracker,
    *,
    as_of: int | None = None,
    until: int | None = None,
    client: bool = False,
    now: int,
    out: Path | None = None,
    campaign: str | None = None,
    language: str | None = None,
    step: Callable[[int], object] = lambda _: None,
) -> Published:
    """The pages as they were known at an instant, of what was captured until another;
    for a client without names and money.

    out: a folder of the workspace if it is not said, `past/<instant>` or `client`; the
    pages of today are never written over. step: told how many campaigns were made.
    Raises NotFoundError when there was no such campaign then.
    """
    said = "-".join(
        f"{name}-{stamp(at)}"
        for name, at in (("as-of", as_of), ("until", until))
        if at is not None
    )
    place = tracker.home / ("client" if client else "past") / said
    with past(tracker, as_of=as_of, until=until) as then:
        return publish(
            _hidden(tracker, then) if client else then,
            out=out or place,
            campaign=campaign,
            now=now if as_of is None else as_of,
            language=language,
            edition=Edition(client, replay.erased_since(then.database)),
            step=step,
        )


def then(tracker: Tracker, at: int) -> dict[str, Snapshot]:
    """What campaigns that were there at an instant looked like, by id."""
    from tracker.pagefacts import gathered

    with past(tracker, as_of=at) as copy:
        return {
            one.campaign.id: snapshot(copy, gathered(copy, one, now=at), at)
            for one in facts.each(copy.database, apart=copy.apart)
        }


# -- for a client ----------------------------------------------------------------------

#: Metrics of a plan that are money.
PRICED = {"cpm", "cpm_views", "cpe", "cpe_1000", "cpv", "cpr", "cpc", "cpp", "cpl"}
PRICED |= {"cpl_new", "cpa", "cac", "revenue_roi", "roas", "roi", "emv", "revenue"}
PRICED |= {"benchmark_cost_share", "cost", "costs", "budget", "spend"}


def _hidden(tracker: Tracker, copy: Tracker) -> Tracker:
    """A copy without names and money, and settings without either."""
    kept = folded(" ".join(_judging(tracker.home)))
    named = pseudonyms.hide(
        copy.database, pseudonyms.secret(tracker.database), kept, PRICED
    )
    sources = tuple(
        replace(one, name=f"source-{n}") if named.named(one.name) else one
        for n, one in enumerate(copy.settings.sources, 1)
    )
    return replace(copy, settings=replace(copy.settings, sources=sources, cards=()))


def _judging(home: Path) -> Iterator[str]:
    """Words by which captions are judged: of labels, and around them."""
    for pack in packs(home).values():
        for rule in pack.rules:
            yield from rule.labels
        for field in fields(pack.words):
            yield from getattr(pack.words, field.name)


# -- for an ambassador -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sent:
    """The page of one ambassador: the file, the campaigns in it, and the file of a
    name that is not in use any more."""

    path: Path
    campaigns: tuple[str, ...]
    removed: Path | None = None


def for_ambassador(
    tracker: Tracker,
    ambassador: str,
    *,
    now: int,
    out: Path | None = None,
    campaign: str | None = None,
    language: str | None = None,
    rotate: bool = False,
) -> Sent:
    """One file with all that the campaigns of an ambassador know of them, the latest
    campaign first, and nothing of anybody else.

    Its name is made at random and kept; rotate: under a new one, the old file goes.
    out: the folder that gets `ambassadors/`, the workspace if it is not said. Raises
    NotFoundError.
    """
    found = _theirs(tracker, ambassador, campaign)
    before = tokens.known(tracker.database, ambassador)
    token = tokens.token(tracker.database, ambassador, now, rotate=rotate)
    folder = (out or tracker.home) / "ambassadors"
    path, old = folder / f"{token}.html", folder / f"{before}.html"
    write(path, _sent(tracker, found, ambassador, language))
    gone = before not in (None, token) and old.exists()
    if gone:
        old.unlink()
    slugs = tuple(facts.campaign.id for facts in found)
    return Sent(path, slugs, old if gone else None)


def _theirs(
    tracker: Tracker, ambassador: str, campaign: str | None
) -> list[CampaignFacts]:
    """The campaigns somebody is enrolled in, or one of them; the latest first."""

    roster = Roster(tracker.database)
    roster.ambassador(ambassador)
    slugs = [
        one.campaign for one in roster.enrolments() if one.ambassador == ambassador
    ]
    if campaign is not None:
        roster.campaign(campaign)
        slugs = [slug for slug in slugs if slug == campaign]
    if not slugs:
        where = f"campaign {campaign}" if campaign else "any campaign"
        raise NotFoundError("enrolment", f"{ambassador} in {where}")
    read = facts.read(tracker.database, slugs, apart=tracker.apart)
    found = [with_programme(tracker, one) for one in read]
    return sorted(
        found, key=lambda one: (one.campaign.starts or date.min, one.campaign.id)
    )[::-1]


def _sent(
    tracker: Tracker, found: list[CampaignFacts], ambassador: str, language: str | None
) -> bytes:
    from tracker.report.gallery import Gallery
    from tracker.report.ownpage import cells_of
    from tracker.report.person import SentPage, ambassador_page, own_frame
    from tracker.report.site import Site

    [version] = versions(found[0].campaign.language, "", language)
    pages = []
    for one in found:
        person = next(each for each in one.people if each.id == ambassador)
        words = words_of(one, version.language)
        cells = cells_of(one).get(person.id, ())
        frame = own_frame(one)
        page = ambassador_page(one, person, own(one, person), frame, words, cells)
        pages.append((words, page))
    words, first = pages[0]
    site = Site(words, Gallery(tracker.home / CHARTS))
    sent = SentPage(first.head, first.name, tuple(pages))
    return site.page("sent.html.j2", "sent.html", sent).encode()


def write(path: Path, data: bytes) -> None:
    """A private file, whole at every moment. Raises ReportError."""
    fresh = path.with_name(f".{path.name}.fresh")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with os.fdopen(os.open(fresh, flags, 0o600), "wb") as file:
            file.write(data)
        fresh.replace(path)
    except OSError as error:
        raise ReportError(
            "PAGES_IO",
            path.name,
            error.strerror or str(error),
            "The file was not written",
            "Check the folder and the free space, then try again",
        ) from error


def stamp(at: int) -> str:
    """An instant as a part of a file's name."""
    return str(iso(at)).replace(":", "").replace("-", "")

"""What belongs to each ambassador besides posts: links, results, money, papers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from tracker.facts import AskedPost, OwnFacts

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.programme import Outcome


def own_facts(
    tracker: Tracker, campaign: str, counted: Iterable[Outcome]
) -> dict[str, OwnFacts]:
    """By ambassador. counted: the campaign's outcomes that count. NotFoundError."""
    from tracker.clicks import links
    from tracker.statements import statement
    from tracker.store import agreements as store

    def papers(kind: Any, of: str | None) -> dict[str, list[Any]]:
        return _by(store.list_(tracker.database, kind, campaign=of))

    parts: dict[str, Mapping[str, list[Any]]] = {
        "links": _by(links(tracker, campaign)),
        "results": _results(counted),
        "lines": _by(statement(tracker, campaign)),
        "asked": _asked(tracker, campaign),
        "consents": papers(store.CONSENT, None),
        "contracts": papers(store.CONTRACT, campaign),
        "goods": papers(store.GOODS, campaign),
    }
    who = {name for part in parts.values() for name in part}
    return {
        name: OwnFacts(
            **{key: tuple(part.get(name, ())) for key, part in parts.items()}
        )
        for name in sorted(who)
    }


def _by(found: Iterable[Any]) -> dict[str, list[Any]]:
    by: dict[str, list[Any]] = defaultdict(list)
    for one in found:
        if one.ambassador is not None:
            by[one.ambassador].append(one)
    return by


def _results(counted: Iterable[Outcome]) -> dict[str, list[tuple[str, Decimal]]]:
    """Quantities by kind, each by the share that is theirs."""
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for one in counted:
        for who, share in one.shares:
            sums[who][one.kind] += one.quantity * share / 100
    return {who: sorted(some.items()) for who, some in sums.items()}


def _asked(tracker: Tracker, campaign: str) -> dict[str, list[AskedPost]]:
    from tracker.store import disclosures as store

    by: dict[str, list[AskedPost]] = defaultdict(list)
    wanted = _wanting(tracker)
    for who, platform, post, url, caption, country, at in store.asked(
        tracker.database, campaign
    ):
        words = wanted(country or "")
        by[who].append(AskedPost(platform, post, url, caption or "", at, words))
    return by


def _wanting(tracker: Tracker) -> Any:
    """Tells the words that pass in a country: the first label of its rules."""
    from tracker.packs import packs

    known: Mapping[str, Any] = packs(tracker.home)

    @cache
    def words(country: str) -> str:
        rules = known[country].rules if country in known else ()
        for rule in rules:
            if rule.when == "label" and rule.verdict == "pass":
                plain = [label for label in rule.labels if not set("{(|?") & set(label)]
                return str(plain[0]) if plain else ""
        return ""

    return words

"""Disclosure: which posts say that they are paid for, by the rules of each country."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.checks.disclosure import WEAK, Judgement, unknown
from tracker.checks.disclosure import judged as judge
from tracker.checks.labels import FAIL
from tracker.codes import country_code
from tracker.finding import ERROR, WARNING, Finding, finding_id
from tracker.model import day_instant
from tracker.packs import packs
from tracker.store import disclosures as store
from tracker.store.roster import Roster

if TYPE_CHECKING:
    from tracker.app import Tracker

ACTS = ("notice", "reminder", "fixed", "removed")
#: What a finding's state is after an act, as long as nobody says otherwise.
AFTER = {
    "notice": "acknowledged",
    "reminder": "acknowledged",
    "fixed": "fixed",
    "removed": "fixed",
}
NO_CAPTION = "no caption is known"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One post, judged. judged: by the rules alone; override: a person's verdict.

    at: when the caption was last said, else when the post was published or first
    seen; published_at likewise.
    """

    platform: str | None
    post_id: str | None
    ambassador: str | None
    countries: tuple[str, ...]
    language: str | None
    judged: Judgement
    toggle: bool | None = None
    override: str | None = None
    override_reason: str | None = None
    act: str | None = None
    at: int = 0
    published_at: int = 0

    @property
    def verdict(self) -> str:
        """pass, weak, fail or unknown: a person's word, else the rules'."""
        return self.override or self.judged.verdict


def verdicts(tracker: Tracker, campaign: str) -> list[Verdict]:
    """All posts of a campaign, judged, by platform and id. Raises NotFoundError."""
    planned = _planned(Roster(tracker.database).plan(campaign))
    ask = _judging(tracker.home)
    return [
        _verdict(post, planned, ask) for post in store.posts(tracker.database, campaign)
    ]


def counts(found: Sequence[Verdict]) -> dict[str, int]:
    """How many have which verdict."""
    many = Counter(one.verdict for one in found)
    return {name: many[name] for name in ("pass", "weak", "fail", "unknown")}


def check(
    home: Path | None,
    text: str,
    countries: Sequence[str],
    language: str | None = None,
    toggle: bool | None = None,
) -> Verdict:
    """A caption that belongs to no post. countries: as people write them."""
    codes = _codes(countries)
    found = judge(text, packs(home), codes, language)
    return Verdict(None, None, None, codes, language, found, toggle)


def _planned(plan: dict[str, Any]) -> tuple[str, ...]:
    named = plan.get("campaign", {}).get("countries")
    return _codes(named if isinstance(named, list) else ())


def _codes(said: Sequence[str]) -> tuple[str, ...]:
    """UK is taken for GB; what is no country stays as it was written."""
    return tuple(
        dict.fromkeys(country_code(one) or one.strip().upper() for one in said)
    )


def _judging(home: Path | None) -> Any:
    """A judge who reads each caption once: many posts say the same."""

    @cache
    def ask(
        caption: str | None, countries: tuple[str, ...], language: str | None
    ) -> Judgement:
        if caption is None:
            return unknown(countries[0] if countries else "", NO_CAPTION)
        return judge(caption, known, countries, language)

    known = packs(home)
    return ask


def _verdict(post: store.Post, planned: tuple[str, ...], ask: Any) -> Verdict:
    countries = _codes([post.country, *planned] if post.country else planned)
    seen = post.published_at if post.published_at is not None else post.first_at
    at = post.told_at if post.told_at is not None else seen
    return Verdict(
        post.platform,
        post.post_id,
        post.ambassador,
        countries,
        post.language,
        ask(post.caption, countries, post.language),
        {"yes": True, "no": False}.get(post.toggle or ""),
        post.override,
        post.reason,
        post.act,
        at or 0,
        seen or 0,
    )


# -- findings --------------------------------------------------------------------------


def findings(tracker: Tracker, now: int) -> Iterator[Finding]:
    """disclosure.fail and disclosure.weak; not for posts that are older than the
    law."""
    since = {
        country: day_instant(pack.since)
        for country, pack in packs(tracker.home).items()
    }
    for campaign in Roster(tracker.database).campaigns():
        for one in verdicts(tracker, campaign.id):
            if one.verdict in (FAIL, WEAK) and one.published_at >= since.get(
                one.judged.country, 0
            ):
                yield _finding(campaign.id, one)


def _finding(campaign: str, one: Verdict) -> Finding:
    rule = f"disclosure.{one.verdict}"
    judged = one.judged
    said = f"{judged.rule} of {judged.rule_date}: {judged.evidence}"
    if one.override:
        said = f"a person's verdict: {one.override_reason}"
    return Finding(
        id=finding_id(rule, campaign, one.platform, one.post_id),
        rule=rule,
        severity=ERROR if one.verdict == FAIL else WARNING,
        at=one.at,
        evidence=said,
        campaign=campaign,
        ambassador=one.ambassador,
        platform=one.platform,
        post_id=one.post_id,
        state=AFTER.get(one.act or "", "open"),
    )


# -- for scripts -----------------------------------------------------------------------


def as_json(one: Verdict) -> dict[str, Any]:
    """INTERFACE: one entry of `posts` of `disclosure list --json`."""
    judged = one.judged
    return {
        "platform": one.platform,
        "post_id": one.post_id,
        "ambassador": one.ambassador,
        "countries": list(one.countries),
        "language": one.language,
        "verdict": one.verdict,
        "label": judged.label,
        "position": judged.position,
        "placement": judged.placement,
        "rule": judged.rule,
        "rule_date": judged.rule_date.isoformat() if judged.rule_date else None,
        "evidence": judged.evidence,
        "toggle": one.toggle,
        "override": one.override,
        "override_reason": one.override_reason,
        "country": judged.country or None,
        "reason": judged.reason,
        "act": one.act,
    }

"""Who was promised so much that the law asks for a written contract: findings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tracker.checks.contracts import ContractRule, Due, due
from tracker.codes import money_text
from tracker.finding import ERROR, INFO, WARNING, Finding, finding_id
from tracker.model import day_instant
from tracker.packs import contract_rules
from tracker.store.contracts import Agreed, Promise, agreed

if TYPE_CHECKING:
    from datetime import date

    from tracker.app import Tracker

RULE = "contract.threshold"


def findings(tracker: Tracker, now: int) -> Iterator[Finding]:
    """contract.threshold, by the rules of each country whose law asks for it."""
    rules = {rule.country: rule for rule in contract_rules(tracker.home)}
    for one in agreed(tracker.database):
        for country in one.countries:
            if country in rules:
                yield from _found(rules[country], one)


def _found(rule: ContractRule, one: Agreed) -> Iterator[Finding]:
    dated = [(p.day or rule.since, p.amount) for p in one.promises if _same(p, rule)]
    for each in due(rule, dated):
        day = each.crossed or each.reached
        if _signed_by(one, each.crossed):
            continue
        severity = ERROR if each.crossed else WARNING
        said = f"{_sum(rule, one, each)}; {_contract(rule, one, each)}"
        key = f"{each.year} {'over' if each.crossed else 'near'}"
        yield _finding(rule, one, key, day, severity, said)
    others = [p for p in one.promises if not _same(p, rule)]
    held = [p for p in others if (p.day or rule.since) >= rule.since]
    if held and not one.contracts:
        sums = ", ".join(_shown(p) for p in held)
        said = f"{sums} cannot be compared with {_limit(rule)}: another currency"
        day = max(p.day or rule.since for p in held)
        yield _finding(rule, one, "currency", day, INFO, said)


def _finding(
    rule: ContractRule, one: Agreed, key: object, day: date, severity: str, said: str
) -> Finding:
    return Finding(
        id=finding_id(RULE, rule.country, one.campaign, one.ambassador, key),
        rule=RULE,
        severity=severity,
        at=day_instant(day),
        evidence=f"{said} ({rule.law})",
        campaign=one.campaign,
        ambassador=one.ambassador,
    )


def _same(promise: Promise, rule: ContractRule) -> bool:
    return promise.currency == rule.currency


def _signed_by(one: Agreed, day: date | None) -> bool:
    """Is there a contract of that day or before, which had not ended? With no day
    yet: any that is there in time for it."""
    return any(
        day is None or each.day <= day <= (each.ends or day) for each in one.contracts
    )


def _sum(rule: ContractRule, one: Agreed, each: Due) -> str:
    """The sum and its parts, as they are noted."""
    parts = [
        _shown(p)
        for p in one.promises
        if _same(p, rule) and (p.day or rule.since).year == each.year
    ]
    total = money_text(each.sum, rule.currency)
    undated = any(p.day is None for p in one.promises)
    when = f" (what has no date is counted on {rule.since})" if undated else ""
    return (
        f"{total} {rule.currency} in {each.year} for {_aim(one)}, taken as before"
        f" VAT: {', '.join(parts)}{when}"
    )


def _aim(one: Agreed) -> str:
    """What the sum is for: a campaign, or an objective with its campaigns."""
    if not one.others:
        return one.campaign
    return f"“{one.objective}” ({', '.join(one.campaigns)})"


def _contract(rule: ContractRule, one: Agreed, each: Due) -> str:
    late = [c for c in one.contracts if each.crossed and c.day > each.crossed]
    if late:
        return (
            f"contract {late[0].ref} was signed on {late[0].day}, after {each.crossed}"
        )
    share = 100 * each.sum // rule.amount
    return f"{share} % of {_limit(rule)}, and no written contract"


def _limit(rule: ContractRule) -> str:
    return f"{money_text(rule.amount, rule.currency)} {rule.currency}"


def _shown(promise: Promise) -> str:
    amount = money_text(promise.amount, promise.currency)
    name = f" {promise.ref}" if promise.ref else ""
    return f"{promise.kind}{name} {amount} {promise.currency}"

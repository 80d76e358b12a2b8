"""What to tell is put into the outbox, and what waits there is sent: once each.

Of one alert one message at a time goes to an address, with everything that waits:
nothing is lost in a cool-down or in quiet hours, and a workspace with a long history
sends one message that sums it up, not one for each finding.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tracker import log
from tracker.alerts import delivery, words
from tracker.alerts.matches import Match, matches, there
from tracker.anomalies import Memory
from tracker.errors import ConfigError, NotFoundError, TrackerError
from tracker.finding import INFO, Finding
from tracker.model import Campaign, local_day
from tracker.rules import DIGEST, Alert, target
from tracker.secrets import reveal
from tracker.store import outbox
from tracker.store.outbox import Claim, News
from tracker.store.roster import Roster
from tracker.words import Words

if TYPE_CHECKING:
    from tracker.app import Tracker

logger = logging.getLogger(__name__)

#: Between two tries, in ms; after the last one it is given up: three days, so that a
#: receiver may be away for a weekend.
WAITS: tuple[int, ...] = (10_000, 30_000, 90_000, 300_000, 900_000)
WAITS += (*(3_600_000,) * 6, *(21_600_000,) * 11)


@dataclass(frozen=True, slots=True)
class Sent:
    """One message: how many findings, where to, and what became of it."""

    name: str
    to: str
    findings: int
    state: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    title: str
    body: str


class Sender:
    """One round over the alerts and the digest of a workspace, at one instant.

    memory: what readings had to tell in the round before, if there was one.
    """

    def __init__(
        self, tracker: Tracker, now: int, memory: Memory | None = None
    ) -> None:
        self.tracker, self.now, self._memory = tracker, now, memory
        self.database = tracker.database
        self.alerts = {alert.name: alert for alert in tracker.settings.alerts}
        self._addresses: dict[str, str] = {}

    @cached_property
    def campaigns(self) -> Mapping[str, Campaign]:
        return {one.id: one for one in Roster(self.database).campaigns()}

    @cached_property
    def found(self) -> list[Match]:
        """All that there is to tell; an alert that is wrong is told, and left out."""
        sound = [alert for alert in self.alerts.values() if self._sound(alert)]
        return list(matches(self.tracker, sound, self.now, self._memory))

    def _sound(self, alert: Alert) -> bool:
        try:
            there(alert, self.campaigns)
        except NotFoundError as error:
            logger.error(str(error), extra={"action": "alert", "alert": alert.name})
            return False
        return True

    def round(self) -> list[Sent]:
        """Look, put what is new into the outbox, send what waits and may go."""
        self.look()
        return list(self.send())

    def round_of_digests(self) -> list[Sent]:
        """The same for the digest alone."""
        outbox.put(self.database, self._digests(), self.now)
        return list(self.send(DIGEST))

    # -- looking --------------------------------------------------------------------

    def look(self) -> int:
        """What is new goes into the outbox; how much."""
        known = outbox.known(self.database)
        news = [*self._news(), *self._digests()]
        fresh = [n for n in news if (n.name, n.finding, n.target) not in known]
        return outbox.put(self.database, fresh, self.now)

    def _news(self) -> Iterable[News]:
        for match in self.found:
            one, alert = match.finding, match.alert
            if one.state != "open":
                continue
            for reference in alert.to:
                yield News(
                    alert.name,
                    one.id,
                    target(reference),
                    self._shown(reference),
                    one.campaign,
                    one.at,
                )

    def _digests(self) -> list[News]:
        from tracker.alerts import digest

        try:
            return list(digest.news(self.tracker, self.now))
        except NotFoundError as error:
            logger.error(str(error), extra={"action": "digest"})
            return []

    def _shown(self, reference: Mapping[str, str]) -> str:
        where = target(reference)
        if where not in self._addresses:
            self._addresses[where] = address(self.tracker, reference)
        return self._addresses[where]

    # -- sending --------------------------------------------------------------------

    def send(self, only: str | None = None) -> Iterator[Sent]:
        """What waits and may go now; only: of this name."""
        outbox.give_up(self.database, self.now)
        for name, where, campaigns in outbox.waiting(self.database, self.now):
            reference = self._reference(name, where)
            if only not in (None, name):
                continue
            if reference is None or self._rests(name, where, campaigns):
                continue
            claim = outbox.claim(
                self.database, name, where, self.now, self._cooldown(name)
            )
            if claim is not None:
                yield self._sent(claim, reference)

    def _reference(self, name: str, where: str) -> Mapping[str, str] | None:
        """Where the address is; None when it is in tracker.toml no longer."""
        wish = self.tracker.settings.digest if name == DIGEST else self.alerts.get(name)
        found = wish.to if wish is not None else ()
        return next((one for one in found if target(one) == where), None)

    def _cooldown(self, name: str) -> int:
        return self.alerts[name].cooldown if name in self.alerts else 0

    def _rests(self, name: str, where: str, campaigns: Iterable[str | None]) -> bool:
        """Is it quiet where the message is about, or too early for another one?"""
        quiet = self.alerts[name].quiet if name in self.alerts else None
        zone = self.zone(self._only(name, campaigns))
        if quiet is not None and quiet.until(self.now, zone) > self.now:
            return True
        rest = self._cooldown(name)
        return outbox.resting(self.database, name, where, self.now, rest)

    def _only(self, name: str, campaigns: Iterable[str | None]) -> Campaign | None:
        """The one campaign that a message is about."""
        alert = self.alerts.get(name)
        if alert is not None and alert.campaign is not None:
            return self.campaigns.get(alert.campaign)
        ids = {one for one in campaigns if one is not None}
        return self.campaigns.get(ids.pop()) if len(ids) == 1 else None

    def zone(self, campaign: Campaign | None) -> ZoneInfo:
        return ZoneInfo(campaign.timezone) if campaign else self.tracker.zone

    def _sent(self, claim: Claim, reference: Mapping[str, str]) -> Sent:
        try:
            to = _revealed(self.tracker, reference, claim.name)
            message = self._message(claim)
        except TrackerError as error:
            return self._noted(claim, delivery.Answer(outbox.HELD, error.cause))
        except Exception:  # a bug in one text must not hold up the others
            logger.exception("a message broke", extra={"action": "alert"})
            broken = delivery.Answer(outbox.HELD, "its text could not be written")
            return self._noted(claim, broken)
        return self._noted(claim, delivery.deliver(to, message.title, message.body))

    def _message(self, claim: Claim) -> Message:
        if claim.name == DIGEST:
            from tracker.alerts import digest

            return Message(*digest.message(self.tracker, claim.target, self.now))
        alert = self.alerts[claim.name]
        campaign = self._only(claim.name, (one.campaign for one in claim.letters))
        w = Words(campaign.language if campaign else self.tracker.settings.language)
        found = [self._finding(w, one) for one in claim.letters]
        names = {one.id: one.name for one in self.campaigns.values()}
        about = campaign.name if campaign else None
        return Message(
            words.title(w, alert, len(found), about),
            words.body(w, alert, found, names) + self._unsure(w, claim),
        )

    def _unsure(self, w: Words, claim: Claim) -> str:
        """A word on the message before, when nobody knows whether it arrived."""
        last = outbox.last(self.database, claim.name, claim.target)
        if last is None or last.state != outbox.FAILED or last.sent_at is None:
            return ""
        when = local_day(last.sent_at, self.tracker.zone)
        return "\n" + words.unsure(w, when)

    @cached_property
    def _by_id(self) -> Mapping[tuple[str, str], Finding]:
        return {(m.alert.name, m.finding.id): m.finding for m in self.found}

    def _finding(self, w: Words, letter: outbox.Letter) -> Finding:
        """As it is now; one that has gone meanwhile is told with its rule and day."""
        found = self._by_id.get((letter.name, letter.finding))
        rule = letter.finding.partition(":")[0]
        gone = words.over(w)
        return found or Finding(
            letter.finding, rule, INFO, letter.at, gone, letter.campaign
        )

    def _noted(self, claim: Claim, answer: delivery.Answer) -> Sent:
        tried = [one.tries for one in claim.letters]
        state, said = answer.state, answer.said
        if state == outbox.HELD and min(tried) >= len(WAITS):
            state, said = (
                outbox.FAILED,
                f"given up after {min(tried) + 1} tries: {said}",
            )
            outbox.failed(self.database, claim, said, self.now, went=False)
        elif state == outbox.HELD:
            wait = WAITS[min(max(tried), len(WAITS) - 1)]
            outbox.again(self.database, claim, said, self.now + wait)
        elif state == outbox.FAILED:
            outbox.failed(self.database, claim, said, self.now, went=True)
        else:
            outbox.sent(self.database, claim, self.now)
        done = Sent(claim.name, claim.letters[0].shown, len(claim.letters), state, said)
        _tell(done)
        return done


def address(tracker: Tracker, reference: Mapping[str, str]) -> str:
    """An address without its secret, and where the settings have it."""
    try:
        known = delivery.shown(reveal(reference, tracker.home, "alert"))
    except ConfigError:
        known = "***"
    return f"{known} ({target(reference)})"


def _revealed(tracker: Tracker, reference: Mapping[str, str], name: str) -> str:
    """The address itself; from now on it is blotted out of the log, too."""
    found = reveal(reference, tracker.home, f"alert {name}")
    log.BLOTTER.secrets.add(found)
    return found


def _tell(done: Sent) -> None:
    said = {"action": "alert", "alert": done.name, "to": done.to}
    if done.state == outbox.SENT:
        logger.info(f"{done.findings} findings sent", extra=said)
        return
    logger.warning(
        f"warning[ALERT_UNSENT] alert {done.name}: {done.error}"
        f" ({done.findings} findings, {done.state})",
        extra=said,
    )

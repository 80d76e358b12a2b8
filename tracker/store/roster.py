"""The roster: campaigns, ambassadors with their handles, enrolments.

One public method is one transaction. Whatever changes whose posts are, or where
and on which days they count, moves old figures in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from tracker.errors import NotFoundError, RosterError
from tracker.model import Ambassador, Campaign, Enrolment, Handle, Reject, handle_key
from tracker.store import audit, campaigns, people, rows, suppression, turns
from tracker.store.again import whole
from tracker.store.campaigns import Applied
from tracker.store.database import Database, Link
from tracker.store.handles import Handles, RowError, rename
from tracker.store.people import Changes, Entry, Known, numbered
from tracker.store.turns import STATE, Step

#: How it is called that a campaign comes into a state.
DEEDS = {"open": "open", "closed": "close"}


class Roster:
    """zone is the workspace's time zone; who only reads needs none."""

    def __init__(self, database: Database, zone: ZoneInfo | None = None) -> None:
        self.database, self.zone = database, zone

    def _refresh(self, link: Link) -> None:
        from tracker.store.refresh import refresh

        if self.zone is None:
            raise TypeError("changing the roster takes the workspace's time zone")
        refresh(link, self.zone)

    # -- reading ----------------------------------------------------------------

    def campaigns(self) -> list[Campaign]:
        """All campaigns, by id."""
        with self.database.reading() as link:
            return [campaign for _, campaign in campaigns.read_campaigns(link).values()]

    def campaign(self, campaign: str) -> Campaign:
        """One campaign. Raises NotFoundError."""
        with self.database.reading() as link:
            return rows.find_campaign(link, campaign)[1]

    def plan(self, campaign: str) -> dict[str, Any]:
        """The campaign file as it was applied last. Raises NotFoundError."""
        with self.database.reading() as link:
            return rows.read_plan(link, rows.find_campaign(link, campaign)[0])

    def ids(self) -> set[str]:
        """The ids of all ambassadors."""
        with self.database.reading() as link:
            return rows.read_ids(link)

    def ambassadors(self, campaign: str | None = None) -> list[Ambassador]:
        """All ambassadors, or those enrolled in a campaign, by id."""
        with self.database.reading() as link:
            found = rows.read_ambassadors(link)
            if campaign is None:
                return list(found.values())
            enrolled = {one.ambassador for one in rows.read_enrolments(link, campaign)}
        return [one for one in found.values() if one.id in enrolled]

    def ambassador(self, ambassador: str) -> Ambassador:
        """One ambassador. Raises NotFoundError."""
        with self.database.reading() as link:
            return rows.find_ambassador(link, ambassador)

    def enrolments(self, campaign: str | None = None) -> list[Enrolment]:
        """All enrolments, or those of a campaign; by campaign, then ambassador."""
        with self.database.reading() as link:
            return rows.read_enrolments(link, campaign)

    # -- campaigns --------------------------------------------------------------

    @whole
    def apply(
        self,
        campaign: Campaign,
        plan: Mapping[str, Any],
        *,
        now: int,
        dry_run: bool = False,
    ) -> Applied:
        """Keep a campaign and its plan; a known one is updated and stays as open
        as it was."""
        with self.database.session() as session:
            link = self.database.link(session)
            row, before = campaigns.read_campaigns(link).get(campaign.id, (None, None))
            after = replace(campaign, state=before.state) if before else campaign
            old_plan = rows.read_plan(link, row) if row else {}
            applied = campaigns.compare(before, old_plan, after, plan)
            if applied.state == "unchanged" or dry_run:
                return applied
            campaigns.keep(session, after, plan, now)
            link = self.database.link(session)
            if campaigns.counts_differently(before, after):
                self._refresh(link)
            audit.note(link, "campaign.apply", campaign.id, now)
        return applied

    @whole
    def set_state(
        self, campaign: str, state: str, *, reason: str | None = None, now: int
    ) -> Campaign:
        """Open or close a campaign; answers it as it is now. Raises NotFoundError."""
        with self.database.writing() as link:
            number, before = rows.find_campaign(link, campaign)
            if before.state != state:
                link.run("UPDATE campaign SET state = ? WHERE id = ?", (state, number))
                step = Step(STATE, before.state, state, reason)
                turns.note(link, number, step, now)
                audit.note(link, f"campaign.{DEEDS[state]}", campaign, now)
        return replace(before, state=state)

    # -- people -----------------------------------------------------------------

    @whole
    def add(self, ambassador: Ambassador, *, now: int) -> None:
        """Add an ambassador with handles. Raises RosterError when the id is taken,
        or a handle belongs to somebody else."""
        entry: Entry = (0, ambassador, None)
        with self.database.writing() as link:
            known = rows.read_known(link, None)
            if ambassador.id in known.people:
                raise RosterError(
                    "EXISTS",
                    f"ambassador {ambassador.id}",
                    "there is one of this id already",
                    "Nothing changed",
                    "See: tracker ambassador show " + ambassador.id,
                )
            allowed, refused = _sifted(link, [entry])
            changes = people.work_out(allowed, known)
            changes.rejects += refused
            self._write(link, _sound(changes), None, now)
            audit.note(link, "ambassador.add", numbered(link, ambassador.id), now)

    @whole
    def import_people(
        self,
        entries: Iterable[Entry],
        *,
        campaign: str | None = None,
        said: Collection[str] = (),
        now: int,
        dry_run: bool = False,
    ) -> Changes:
        """Add and update people, and enrol them where a campaign is named.

        Good rows are kept, bad ones are among the changes' rejects. said: the
        columns of the file, see people.work_out. Raises NotFoundError.
        """
        with self._link(dry_run) as link:
            row = rows.find_campaign(link, campaign)[0] if campaign else None
            allowed, refused = _sifted(link, entries)
            known = rows.read_known(link, row)
            changes = people.work_out(allowed, known, said)
            changes.rejects = sorted(
                [*changes.rejects, *refused], key=lambda reject: reject.line
            )
            if not dry_run:
                self._write(link, changes, row, now)
                people.note(link, changes, now)
                _regrouped(link, row, known, changes, None, now)
        return changes

    def _link(self, dry_run: bool) -> Any:
        return self.database.reading() if dry_run else self.database.writing()

    def _write(
        self, link: Link, changes: Changes, campaign_row: int | None, now: int
    ) -> None:
        people.write(link, changes, campaign_row, now)
        if changes.handles or changes.enrolments:
            self._refresh(link)

    # -- handles ----------------------------------------------------------------

    @whole
    def rename_handle(
        self,
        ambassador: str,
        platform: str,
        new: str,
        *,
        today: date,
        since: date | None = None,
        old: str | None = None,
    ) -> Ambassador:
        """Record that an account is called `new` from `since` on, or from today.

        The handle that was open until then is closed the day before; old names it
        where there are several. Where there is none, the new one is added: from
        `since` on, or for all time. Raises NotFoundError and RosterError.
        """
        with self.database.writing() as link:
            person = rows.find_ambassador(link, ambassador)
            named = replace(person, email=None, handles=(Handle(platform, new),))
            _, refused = _sifted(link, [(0, named, None)])
            _sound(Changes(rejects=refused))
            held = Handles(rows.read_held(link))
            try:
                rename(held, person, platform, new, today=today, since=since, old=old)
            except RowError as refused:
                raise _trouble(ambassador, refused) from refused
            changed = [one for one in held if one.changed]
            self._write(link, Changes(handles=changed), None, 0)
            audit.note(link, "handle.rename", numbered(link, ambassador))
            return rows.find_ambassador(link, ambassador)

    @whole
    def drop_handle(self, ambassador: str, platform: str, handle: str) -> Ambassador:
        """Take a handle away as if it had never been theirs. Raises NotFoundError."""
        with self.database.writing() as link:
            person = rows.find_ambassador(link, ambassador)
            names = [h.handle for h in person.handles if h.platform == platform]
            if handle_key(handle) not in map(handle_key, names):
                raise NotFoundError(f"{platform} handle of {ambassador}", handle, names)
            link.run(
                "DELETE FROM handle WHERE platform = ? AND key = ? AND ambassador_id ="
                " (SELECT id FROM ambassador WHERE slug = ?)",
                (platform, handle_key(handle), ambassador),
            )
            self._refresh(link)
            audit.note(link, "handle.drop", numbered(link, ambassador))
            return rows.find_ambassador(link, ambassador)

    # -- enrolments -------------------------------------------------------------

    @whole
    def enrol(
        self,
        enrolments: Iterable[Enrolment],
        *,
        campaign: str,
        said: Collection[str] = (),
        reason: str | None = None,
        now: int,
        dry_run: bool = False,
    ) -> Changes:
        """Enrol known people in a campaign, or correct their enrolments.

        None in an enrolment is not said: what is known stays; but a day named in
        said (`from`, `to`) becomes the campaign's own. reason: why somebody is in
        another group now. Raises NotFoundError for the first unknown name,
        RosterError when days do not fit.
        """
        with self._link(dry_run) as link:
            row = rows.find_campaign(link, campaign)[0]
            known = rows.read_known(link, row)
            asked = list(enrolments)
            _all_there(known, (one.ambassador for one in asked))
            entries = [(0, Ambassador(one.ambassador, ""), one) for one in asked]
            changes = _sound(people.work_out(entries, known, said))
            if not dry_run:
                self._write(link, changes, row, now)
                people.note(link, changes, now)
                _regrouped(link, row, known, changes, reason, now)
        return changes

    @whole
    def withdraw(
        self,
        campaign: str,
        ambassadors: Collection[str],
        *,
        on: date | None,
        dry_run: bool = False,
    ) -> list[Enrolment]:
        """End enrolments: `on` is the last day that counts, None undoes them wholly.

        Answers the enrolments as they were. Raises NotFoundError for somebody who
        is not enrolled, RosterError where `on` is before the first day.
        """
        with self._link(dry_run) as link:
            row, known = rows.find_campaign(link, campaign)
            enrolled = {
                one.ambassador: one for one in rows.read_enrolments(link, campaign)
            }
            before = [_enrolled(enrolled, name, campaign) for name in ambassadors]
            for one in before:
                _may_end(one, known, on)
            if not dry_run:
                _end(link, row, ambassadors, on)
                self._refresh(link)
                for slug in ambassadors:
                    audit.note(link, "withdraw", f"{campaign} {numbered(link, slug)}")
        return before


def _sifted(link: Link, entries: Iterable[Entry]) -> tuple[list[Entry], list[Reject]]:
    """Entries, and rejects for those of people who were erased."""
    every, erased = list(entries), suppression.read(link)
    if erased is None:
        return every, []
    allowed: list[Entry] = []
    refused = []
    for line, one, enrolment in every:
        handles = [(each.platform, each.handle) for each in one.handles]
        if erased.person(one.id, one.email, handles):
            why = "somebody who was erased; they are not taken in again"
            refused.append(Reject(line, "id", "ROW_ERASED", why, ""))
        else:
            allowed.append((line, one, enrolment))
    return allowed, refused


def _regrouped(
    link: Link,
    campaign: int | None,
    known: Known,
    changes: Changes,
    reason: str | None,
    now: int,
) -> None:
    """Keep who is in another group now, and in which they were."""
    for row, after in changes.enrolments:
        if row is None or campaign is None:
            continue
        before = known.enrolments[after.ambassador][1].group
        if before != after.group:
            person = known.people[after.ambassador][0]
            step = Step(turns.GROUP, before, after.group, reason, person)
            turns.note(link, campaign, step, now)


# -- rules --------------------------------------------------------------------------


def _trouble(ambassador: str, why: RowError) -> RosterError:
    code = why.code.removeprefix("ROW_")
    return RosterError(code, f"ambassador {ambassador}", why.reason, "Nothing changed")


def _sound(changes: Changes) -> Changes:
    """Changes that no row was rejected from; else RosterError."""
    for reject in changes.rejects:
        raise RosterError(
            reject.code.removeprefix("ROW_"),
            reject.column,
            reject.reason,
            "Nothing changed",
        )
    return changes


def _all_there(known: Known, names: Iterable[str]) -> None:
    for name in names:
        if name not in known.people:
            raise NotFoundError("ambassador", name, known.people)


def _enrolled(
    enrolled: Mapping[str, Enrolment], ambassador: str, campaign: str
) -> Enrolment:
    if ambassador not in enrolled:
        raise NotFoundError(f"enrolment in {campaign}", ambassador, enrolled)
    return enrolled[ambassador]


def _may_end(enrolment: Enrolment, campaign: Campaign, on: date | None) -> None:
    first = enrolment.starts or campaign.starts
    if on is not None and first is not None and on < first:
        raise RosterError(
            "DATE",
            f"ambassador {enrolment.ambassador}",
            f"{on} is before the first day of the enrolment ({first})",
            "Nothing changed",
            "Use --entirely to undo the enrolment",
        )


UNDO = (
    "DELETE FROM enrolment WHERE campaign_id = ? AND ambassador_id ="
    " (SELECT id FROM ambassador WHERE slug = ?)"
)
END = (
    "UPDATE enrolment SET ends = ? WHERE campaign_id = ? AND ambassador_id ="
    " (SELECT id FROM ambassador WHERE slug = ?)"
)


def _end(link: Link, row: int, ambassadors: Iterable[str], on: date | None) -> None:
    if on is None:
        link.many(UNDO, [(row, one) for one in ambassadors])
    else:
        day = on.isoformat()
        link.many(END, [(day, row, one) for one in ambassadors])

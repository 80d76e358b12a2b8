"""Any sequence of payloads and roster changes ends where the plain model ends."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from tempfile import mkdtemp
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from plain import ZONE, fresh, keep, merged, readings

from tracker.model import local_day
from tracker.store import verify
from tracker.store.attribution import refresh
from tracker.store.totals import Reckoner

DAYS = [date(2026, 3, 27) + timedelta(days=n) for n in range(5)]


class Programme(RuleBasedStateMachine):
    """A store and what it should say, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = mkdtemp()
        self.database = fresh(self.folder)
        self.reckoner = Reckoner(self.database, ZONE)
        self.payloads: list = []
        self.enrolled = (date(2026, 3, 28), None)
        self.zone = ZoneInfo("America/Detroit")
        self.handles = {("youtube", "anna")}

    def teardown(self) -> None:
        assert verify.verify(self.database, ZONE) == []
        shutil.rmtree(Path(self.folder))

    @rule(rows=st.lists(readings, max_size=6))
    def keep_a_payload(self, rows):
        before = merged(self.rows)
        (tally,) = keep(self.database, rows, pieces=2)
        self.payloads.append(rows)
        new = len(merged(self.rows)) - len(before)
        assert (tally.rows, tally.stored) == (len(rows), new)

    @precondition(lambda self: self.payloads)
    @rule(data=st.data())
    def keep_one_again(self, data):
        (tally,) = keep(self.database, data.draw(st.sampled_from(self.payloads)))
        assert tally.unchanged == tally.rows

    @rule(first=st.sampled_from(DAYS), last=st.sampled_from([None, *DAYS]))
    def correct_the_enrolment(self, first, last):
        self.enrolled = (first, last)
        self._roster(
            "UPDATE enrolment SET starts = ?, ends = ?",
            (first.isoformat(), last.isoformat() if last else None),
        )

    @rule(name=st.sampled_from(["America/Detroit", "Pacific/Kiritimati", "UTC"]))
    def move_the_campaign(self, name):
        self.zone = ZoneInfo(name)
        self._roster("UPDATE campaign SET timezone = ?", (name,))

    @rule(
        platform=st.sampled_from(["youtube", "x"]), key=st.sampled_from(["anna", "ben"])
    )
    def learn_a_handle(self, platform, key):
        if (platform, key) not in self.handles:
            self.handles.add((platform, key))
            self._roster(
                "INSERT INTO handle (ambassador_id, platform, handle, key)"
                " VALUES (1, ?, ?, ?)",
                (platform, key, key),
            )

    def _roster(self, sql, values):
        with self.database.writing() as link:
            link.run(sql, values)
            refresh(link, ZONE)

    # -- what it should say -------------------------------------------------------

    @property
    def rows(self):
        return [row for rows in self.payloads for row in rows]

    def _said(self, post, name):
        """What the reading captured last says; of two at one instant the greater."""
        told = [
            (row["captured_at"], row[name])
            for row in self.rows
            if (row["platform"], row["post_id"]) == post and row[name] is not None
        ]
        return max(told)[1] if told else None

    def _counts(self, post):
        handle = self._said(post, "handle")
        if handle is None or (post[0], handle.lstrip("@").lower()) not in self.handles:
            return False
        at = self._said(post, "published_at")
        if at is None:
            at = min(i for p, n, i in merged(self.rows) if (p, n) == post)
        first, last = self.enrolled
        day = local_day(at, self.zone)
        inside = first <= day and (last is None or day <= last)
        return inside and "#fiesta" in (self._said(post, "caption") or "")

    def _expected(self, posts, zone):
        """Day to posts seen and sum of last known views at its end."""
        facts = [(k, f) for k, f in merged(self.rows).items() if k[:2] in posts]
        facts.sort(key=lambda fact: fact[0][2])
        found = {}
        for day in sorted({local_day(key[2], zone) for key, _ in facts}):
            last = {
                key[:2]: fact["views"]
                for key, fact in facts
                if local_day(key[2], zone) <= day and fact["views"] is not None
            }
            seen = {key[:2] for key, _ in facts if local_day(key[2], zone) <= day}
            found[day.isoformat()] = (len(seen), sum(last.values()) if last else None)
        return found

    @invariant()
    def totals_are_those_of_the_model(self):
        every = {key[:2] for key in merged(self.rows)}
        counted = {post for post in every if self._counts(post)}
        for name, posts, zone in ((None, every, ZONE), ("c", counted, self.zone)):
            expected = self._expected(posts, zone)
            found = {
                row.key["day"]: (row.posts, row.metrics["views"].value)
                for row in self.reckoner.totals(name, by="day").rows
            }
            # a day on which nothing changed may be left out
            before = (0, None)
            for day, value in expected.items():
                assert found.get(day, before) == value, (name, day)
                before = value


TestProgramme = Programme.TestCase
TestProgramme.settings = settings(
    max_examples=15,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

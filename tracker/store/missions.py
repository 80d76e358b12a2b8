"""What missions are decided by: posts that fit, and what people said by hand.

A post fits a mission when it counts for the campaign, its ambassador is assigned,
it is not before the day the mission opens, and every rule that stands is met:
platform, hashtags and mentions as whole words of the caption, links in caption or
address as attribution finds them; any value of each. The end is the campaign's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from tracker.errors import NotFoundError, RosterError
from tracker.marks import pattern
from tracker.model import Campaign, day_number
from tracker.planmissions import Assigned, assigned, missions, unfinished
from tracker.programme import Mission, MissionMark
from tracker.store import audit, postrows, rows
from tracker.store.again import whole
from tracker.store.database import Database, Link
from tracker.store.gains import days

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.model import Enrolment

#: What is asked of each post of a campaign (COLUMNS of store/postrows).
POSTS = (
    *("post", "ambassador", "platform", "post_id", "published_at", "first_at"),
    *("caption", "marks", "url"),
)
#: Posts that fit: one row a mission and post. day: days since 1970, campaign's zone.
FITS = {
    "mission": pl.String,
    "ambassador": pl.String,
    "post": pl.Int64,
    "platform": pl.String,
    "post_id": pl.String,
    "at": pl.Int64,
    "published": pl.Int64,
    "day": pl.Int64,
}


@dataclass(frozen=True)
class Facts:
    """A campaign's missions with all that decides them, of one snapshot.

    people: who is to do each mission, by its id. fits: columns of FITS. open: ids
    of missions whose days the plan does not say yet.
    """

    campaign: Campaign
    missions: tuple[Mission, ...]
    people: Mapping[str, Assigned]
    enrolments: Sequence[Enrolment]
    fits: pl.DataFrame
    marks: Mapping[tuple[str, str], MissionMark]
    open: tuple[str, ...] = ()


def read(database: Database, campaign: str, posts: pl.DataFrame | None = None) -> Facts:
    """All about a campaign's missions. Raises NotFoundError.

    posts: columns of POSTS, where they are read already.
    """
    with database.reading() as link:
        number, _ = rows.find_campaign(link, campaign)
        return facts(link, number, posts)


def facts(link: Link, number: int, posts: pl.DataFrame | None = None) -> Facts:
    """The same of the campaign with this row number."""
    if posts is None:
        posts = postrows.read(link, number, POSTS)
    slug = link.value("SELECT slug FROM campaign WHERE id = ?", (number,))
    _, campaign = rows.find_campaign(link, slug)
    plan = rows.read_plan(link, number)
    found = missions(plan, slug)
    enrolments = rows.read_enrolments(link, slug)
    people = {one.id: assigned(one, campaign, enrolments) for one in found}
    return Facts(
        campaign,
        tuple(found),
        people,
        enrolments,
        fits(_dated(posts), found, people, ZoneInfo(campaign.timezone)),
        _marks(link, number),
        tuple(unfinished(plan)),
    )


def _dated(posts: pl.DataFrame) -> pl.DataFrame:
    """Posts with `at`: publication, or the first reading where that is unknown
    (published is 0). Of a caption that is not kept the marks are."""
    return posts.with_columns(
        at=pl.coalesce("published_at", "first_at"),
        published=pl.col("published_at").is_not_null().cast(pl.Int64),
        caption=pl.coalesce("caption", "marks"),
    )


def fits(
    posts: pl.DataFrame,
    wanted: Iterable[Mission],
    people: Mapping[str, Assigned],
    zone: ZoneInfo,
) -> pl.DataFrame:
    """Which posts fit which missions, ordered by mission and instant (FITS)."""
    local = posts.with_columns(
        day=pl.Series(days(posts["at"].to_numpy(), zone), dtype=pl.Int64)
    )
    parts = [
        local.filter(_fitting(one, people[one.id].people))
        .with_columns(mission=pl.lit(one.id))
        .select(list(FITS))
        for one in wanted
    ]
    return pl.concat([pl.DataFrame(schema=FITS), *parts]).sort(
        "mission", "at", "platform", "post_id"
    )


def _fitting(mission: Mission, people: Sequence[str]) -> pl.Expr:
    caption, url = pl.col("caption").fill_null(""), pl.col("url").fill_null("")
    rules = [
        pl.col("ambassador").is_in(people),
        pl.col("day") >= day_number(mission.opens),
    ]
    if mission.platforms:
        rules.append(pl.col("platform").is_in(mission.platforms))
    words = {"hashtags": mission.hashtags, "mentions": mission.mentions}
    rules += [
        caption.str.contains(pattern({key: some}))
        for key, some in words.items()
        if some
    ]
    if mission.links:
        text = pl.concat_str(caption, url, separator="\n")
        rules.append(text.str.contains(pattern({"links": mission.links})))
    return pl.all_horizontal(rules)


def read_parts(database: Database, campaign: str) -> pl.DataFrame:
    """The same as `parts`, in a snapshot of its own. Raises NotFoundError."""
    with database.reading() as link:
        return parts(link, rows.find_campaign(link, campaign)[0])


def parts(link: Link, number: int) -> pl.DataFrame:
    """Which posts make up the sums of which missions: columns post, mission.

    Posts that fit, as long as the mission lasts. What carries a mark of its own (a
    hashtag, a mention, a link) belongs to it until the campaign ends, also late;
    without one only the days tell missions apart. number: the campaign's row; the
    workspace (0) has none.
    """
    if not number:
        return pl.DataFrame(schema={"post": pl.Int64, "mission": pl.String})
    known = facts(link, number)
    last = {
        one.id: day_number(date.max if _marked(one) else one.due)
        for one in known.missions
    }
    until = pl.col("mission").replace_strict(last, default=None, return_dtype=pl.Int64)
    return known.fits.filter(pl.col("day") <= until).select("post", "mission")


def _marked(mission: Mission) -> bool:
    return bool(mission.hashtags or mission.mentions or mission.links)


# -- by hand --------------------------------------------------------------------------

MARKS = (
    "SELECT m.mission, a.slug, m.state, m.day, m.reason FROM mission_mark m"
    " JOIN ambassador a ON a.id = m.ambassador_id WHERE m.campaign_id = ?"
)
UNMARK = (
    "DELETE FROM mission_mark WHERE campaign_id = ? AND mission = ?"
    " AND ambassador_id = ?"
)


def _marks(link: Link, number: int) -> dict[tuple[str, str], MissionMark]:
    return {
        (mission, who): MissionMark(
            mission, who, state, date.fromisoformat(day) if day else None, reason
        )
        for mission, who, state, day, reason in link.all(MARKS, (number,))
    }


@whole
def mark(database: Database, campaign: str, said: MissionMark, *, now: int) -> None:
    """Keep a person's word on a cell; it replaces an earlier one. Raises
    NotFoundError, and RosterError for somebody who is not to do the mission."""
    with database.writing() as link:
        key = _cell(link, campaign, said.mission, said.ambassador)
        link.run(UNMARK, key)
        link.run(
            "INSERT INTO mission_mark (campaign_id, mission, ambassador_id, state, day,"
            " reason, actor, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *key,
                said.state,
                said.day.isoformat() if said.day else None,
                said.reason,
                link.who.actor,
                now,
            ),
        )
        action = "mission.excuse" if said.state == "excused" else "mission.deliver"
        audit.note(link, action, _subject(campaign, key), now)


@whole
def unmark(
    database: Database, campaign: str, mission: str, ambassador: str, *, now: int
) -> bool:
    """Take a person's word on a cell back; was there one? Raises NotFoundError."""
    with database.writing() as link:
        key = _cell(link, campaign, mission, ambassador)
        if not link.run(UNMARK, key):
            return False
        audit.note(link, "mission.clear", _subject(campaign, key), now)
        return True


def _subject(campaign: str, key: tuple[int, str, int]) -> str:
    return f"{campaign}/{key[1]} person {key[2]}"


def _cell(
    link: Link, campaign: str, mission: str, ambassador: str
) -> tuple[int, str, int]:
    """The key of a cell that is there."""
    number, found = rows.find_campaign(link, campaign)
    person = rows.read_people(link).get(ambassador)
    if person is None:
        raise NotFoundError("ambassador", ambassador, rows.read_people(link))
    one = find(missions(rows.read_plan(link, number), campaign), mission)
    people = assigned(one, found, rows.read_enrolments(link, campaign)).people
    if ambassador not in people:
        raise RosterError(
            "NOT_ASSIGNED",
            f"ambassador {ambassador}",
            f"is not to do mission {mission} of {campaign}",
            "Nothing changed",
            f"See: tracker mission show {mission} --campaign {campaign}",
        )
    return number, one.id, person[0]


def find(found: Iterable[Mission], mission: str) -> Mission:
    """The mission of this id. Raises NotFoundError."""
    known = {one.id: one for one in found}
    if mission not in known:
        raise NotFoundError("mission", mission, known)
    return known[mission]

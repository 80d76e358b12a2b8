"""Sixty thousand posts: whose, when, with which words; and a few that do not count."""

from __future__ import annotations

import string
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from fiesta_parts.chance import Chance, Wheel, apportion
from fiesta_parts.people import PRIVATE, Person

START = date(2009, 5, 1)
#: The day of the last published joint figures: view and impression counters of
#: this programme end there, and posts of later days have none.
COUNTED = date(2009, 10, 2)
EVE = date(2009, 10, 1)
END = date(2009, 11, 30)
#: The last day of publication, so that each post can be read.
LAST = date(2009, 11, 28)
#: Posts up to the day before COUNTED, and after it.
POSTS = {
    "youtube": (10_258, 742),
    "flickr": (8_200, 1_200),
    "x": (29_800, 4_800),
    "facebook": (2_650, 500),
    "blog": (1_550, 300),
}
#: Theme, hashtag, last day: the first day is the first of that month.
MISSIONS = (
    ("travel", date(2009, 5, 31)),
    ("technology", date(2009, 6, 30)),
    ("style", date(2009, 7, 31)),
    ("socialactivism", date(2009, 8, 31)),
    ("adventure", date(2009, 9, 30)),
    ("entertainment", date(2009, 10, 31)),
)
#: Mission videos in all: seven a person, where six were due.
MISSION_VIDEOS = 700
#: Videos whose views were never shown.
PRIVATE_VIDEOS = 258
TAG = "#fiestamovement"

DOING = (
    "Parking",
    "Washing",
    "Packing",
    "Racing home in",
    "Sleeping in",
    "Singing in",
    "Filming",
    "Lending",
    "Losing the keys of",
    "Explaining",
    "Painting",
    "Loading",
    "Reversing",
    "Decorating",
    "Naming",
    "Queueing with",
    "Driving all night in",
    "Picking up my gran in",
    "Delivering pizza with",
    "Fitting a cello into",
)
WHAT = (
    "the little green car",
    "the hatchback",
    "my borrowed car",
    "the five-speed",
    "the tiny trunk",
    "the back seat",
    "the car nobody can buy yet",
    "our test car",
    "the lime one",
    "the agents' car",
)
WHERE = (
    "in Boise",
    "near Tulsa",
    "by the lake",
    "under the bridge",
    "at the drive-in",
    "in the rain",
    "before sunrise",
    "downtown",
    "on Route 12",
    "at the county fair",
    "outside the café",
    "in São Paulo style",
    "for my naïve cousin",
    "at the art school",
    "with three dogs",
    "without a map",
)
BASE64 = string.ascii_letters + string.digits + "-_"


@dataclass(frozen=True)
class Post:
    """published: wall clock in Detroit. charm: how many more views than usual.

    hidden: the platform never showed its views. counts: it belongs to the
    campaign; the few that do not are there to be kept apart.
    """

    platform: str
    handle: str
    id: str
    caption: str
    published: datetime
    charm: float
    hidden: bool = False
    counts: bool = True


def make_posts(people: list[Person], chance: Chance) -> list[Post]:
    """All posts, in the order of publication."""
    maker = Maker(chance)
    posts = maker.strangers(people)
    for platform, (before, after) in POSTS.items():
        missions = maker.mission_videos(people) if platform == "youtube" else []
        late = sum(post.published.date() >= COUNTED for post in missions)
        early = len(missions) - late
        made = missions
        made += maker.usual(people, platform, before - early, START, EVE)
        made += maker.usual(people, platform, after - late, COUNTED, LAST)
        posts += hide(made, people, chance) if platform == "youtube" else made
    return sorted(posts, key=lambda post: (post.published, post.id))


def hide(posts: list[Post], people: list[Person], chance: Chance) -> list[Post]:
    """Make one person's videos and some others private, 258 in all."""
    person = next(one for one in people if one.id == PRIVATE)
    names = {account.handle for account in person.accounts["youtube"]}
    known = [n for n, post in enumerate(posts) if post.published.date() < COUNTED]
    own = [n for n in known if posts[n].handle in names]
    others = chance.shuffled([n for n in known if posts[n].handle not in names])
    chosen = set((own + others)[:PRIVATE_VIDEOS])
    return [
        Post(p.platform, p.handle, p.id, p.caption, p.published, p.charm, hidden=True)
        if n in chosen
        else p
        for n, p in enumerate(posts)
    ]


class Maker:
    """Draws posts; ids are never given twice."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.taken: set[str] = set()
        self.wheels: dict[tuple[date, date], Wheel] = {}

    def usual(
        self, people: list[Person], platform: str, count: int, first: date, last: date
    ) -> list[Post]:
        """Posts on any subject, dealt out by zeal over the days."""
        there = [
            (person, min(last, person.last_day or last))
            for person in people
            if platform in person.accounts and first < (person.last_day or last)
        ]
        span = (last - first).days + 1
        weights = [
            person.zeal * ((until - first).days + 1) / span for person, until in there
        ]
        return [
            self.post(person, platform, self.day(first, until), "")
            for (person, until), part in zip(
                there, apportion(count, weights), strict=True
            )
            for _ in range(part)
        ]

    def day(self, first: date, last: date) -> date:
        """More on weekends and shortly before a mission is due."""
        if (first, last) not in self.wheels:
            days = [first + timedelta(n) for n in range((last - first).days + 1)]
            self.wheels[first, last] = Wheel(days, [busy(day) for day in days])
        return self.wheels[first, last].draw(self.chance)

    def post(self, person: Person, platform: str, day: date, theme: str) -> Post:
        caption = f"{self.words()} {TAG}" + (f" #{theme}" if theme else "")
        handle = person.handle(platform, day)
        return Post(
            platform,
            handle,
            self.id(platform, handle),
            caption,
            self.moment(day),
            person.pull * self.chance.spread(1.1) * (3 if theme else 1),
        )

    def words(self) -> str:
        draw = self.chance.one_of
        return f"{draw(DOING)} {draw(WHAT)} {draw(WHERE)}"

    def moment(self, day: date) -> datetime:
        minutes = 8 * 60 + self.chance.below(13 * 60)
        return datetime.combine(day, time()) + timedelta(minutes=minutes)

    def id(self, platform: str, handle: str) -> str:
        while (made := self.draw_id(platform, handle)) in self.taken:
            pass
        self.taken.add(made)
        return made

    def draw_id(self, platform: str, handle: str) -> str:
        below = self.chance.below
        if platform == "youtube":
            return "".join(self.chance.one_of(BASE64) for _ in range(11))
        if platform == "facebook":
            return f"{100_000 + below(800_000)}_{10**9 + below(9 * 10**9)}"
        if platform == "blog":
            return f"https://{handle}/posts/{10_000 + below(90_000)}"
        return str(3 * 10**9 + below(10**9))

    def mission_videos(self, people: list[Person]) -> list[Post]:
        """One video a person and theme, most in time, some late, some never; then
        second ones until there are 700."""
        videos = []
        for person in people:
            diligence = self.chance.between(0.55, 1.0)
            for theme, due in MISSIONS:
                if person.last_day is None or due <= person.last_day:
                    videos += self.mission_video(person, theme, due, diligence)
        while len(videos) < MISSION_VIDEOS:
            person = self.chance.one_of(people)
            theme, due = self.chance.one_of(MISSIONS)
            if person.last_day is None:
                day = due - timedelta(days=self.chance.below(9))
                videos.append(self.post(person, "youtube", day, theme))
        return videos

    def mission_video(
        self, person: Person, theme: str, due: date, diligence: float
    ) -> list[Post]:
        luck = self.chance.random()
        if luck < diligence:
            days = -self.chance.below(12)
        elif luck < diligence + 0.9 * (1 - diligence):
            days = 1 + self.chance.below(14)
        else:
            return []
        return [self.post(person, "youtube", due + timedelta(days=days), theme)]

    def strangers(self, people: list[Person]) -> list[Post]:
        """Posts that do not count: of fans, from before the campaign, of the one who
        left, and without the campaign's tag. Twitter only, without impressions."""
        gone = next(person for person in people if person.last_day)
        fans = [f"@fan_of_small_cars_{n:03d}" for n in range(188)]
        made = [
            (self.chance.one_of(fans), self.day(START, LAST), TAG) for _ in range(214)
        ]
        for _ in range(24):
            day = date(2009, 4, 6) + timedelta(days=self.chance.below(24))
            made.append((self.chance.one_of(people).handle("x", day), day, TAG))
        for _ in range(13):
            day = date(2009, 7, 17) + timedelta(days=self.chance.below(60))
            made.append((gone.handle("x", day), day, TAG))
        for _ in range(61):
            day = self.day(START, date(2009, 7, 14))
            made.append((self.chance.one_of(people).handle("x", day), day, "#coffee"))
        return [self.stranger(*one) for one in made]

    def stranger(self, handle: str, day: date, tag: str) -> Post:
        caption = f"{self.words()} {tag}"
        made = self.id("x", handle)
        return Post("x", handle, made, caption, self.moment(day), 1.0, counts=False)


def busy(day: date) -> float:
    """How much is published on a day, against an ordinary Tuesday."""
    weekend = 1.35 if day.weekday() >= 5 else 1.0
    until_due = min(abs((due - day).days) for _, due in MISSIONS)
    fading = 0.55 if day.month == 11 else 1.0
    return weekend * fading * (1 + 0.7 * max(0, 1 - until_due / 5))

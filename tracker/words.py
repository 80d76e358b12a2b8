"""How the tool speaks to people: words, numbers, dates and money, by language.

Texts are looked up by their English sentence, whole, with named holes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tracker.catalogue import N_, catalogue, typeset
from tracker.formats import Formats
from tracker.kpiwords import TITLES

#: Stands for the ** around what the catalogue wants bold. Nothing that fills a hole
#: holds it (report/text.py), so that no text of data becomes bold.
BOLD = "\ue000"

METRICS = {
    "views": N_("Views"),
    "impressions": N_("Impressions"),
    "reach": N_("Reach"),
    "likes": N_("Likes"),
    "comments": N_("Comments"),
    "shares": N_("Shares"),
    "quotes": N_("Quotes"),
    "saves": N_("Saves"),
    "clicks": N_("Clicks"),
    "watch_seconds": N_("Seconds watched"),
    "posts": N_("Posts"),
    "lead": N_("Leads"),
    "leads": N_("Leads"),
    "test_drive": N_("Test drives"),
    "reservation": N_("Reservations"),
    "sale": N_("Sales"),
    "saving": N_("Savings"),
    "idea": N_("Ideas"),
    "sign_up": N_("Sign-ups"),
    "awareness": N_("Awareness"),
    "videos": N_("Videos"),
    "miles": N_("Miles driven"),
    "photo_views": N_("Views of pictures"),
    "applicants": N_("Applicants"),
    "items": N_("Posts"),
    "familiarity": N_("Familiarity"),
    "application_views": N_("Views of applications"),
    "decision": N_("Decisions"),
    "solved": N_("Challenges solved"),
    "won": N_("Experiments won"),
    "lost": N_("Experiments lost"),
    "learned": N_("Experiments learned from"),
    "training": N_("Trainings begun"),
    "training_done": N_("Trainings completed"),
    "points": N_("Points"),
    **TITLES,
}
#: Metrics of a plan that are shares, in percent.
PERCENT = frozenset({"awareness", "conquest_rate", "familiarity"})
PLATFORMS = {
    "blog": N_("Blogs"),
    "bluesky": N_("Bluesky"),
    "facebook": N_("Facebook"),
    "flickr": N_("Flickr"),
    "instagram": N_("Instagram"),
    "linkedin": N_("LinkedIn"),
    "mastodon": N_("Mastodon"),
    "pinterest": N_("Pinterest"),
    "reddit": N_("Reddit"),
    "snapchat": N_("Snapchat"),
    "threads": N_("Threads"),
    "tiktok": N_("TikTok"),
    "tumblr": N_("Tumblr"),
    "twitch": N_("Twitch"),
    "unknown": N_("Platform not known"),
    "vimeo": N_("Vimeo"),
    "web": N_("Web"),
    "x": N_("X (Twitter)"),
    "youtube": N_("YouTube"),
}
#: How a figure is known.
EVIDENCE = (N_("measured"), N_("reported"), N_("estimated"), N_("unknown"))
STRATEGIES = {
    "practical": N_("Predictive practitioner"),
    "creative": N_("Creative experimenter"),
    "champion": N_("Social media champion"),
    "transformative": N_("Social media transformer"),
}


#: Units of settings, one and several.
SPANS: dict[str, Callable[[Words, int], str]] = {
    "s": lambda w, n: w.plural("{n} second", "{n} seconds", n),
    "m": lambda w, n: w.plural("{n} minute", "{n} minutes", n),
    "h": lambda w, n: w.plural("{n} hour", "{n} hours", n),
    "d": lambda w, n: w.plural("{n} day", "{n} days", n),
    "w": lambda w, n: w.plural("{n} week", "{n} weeks", n),
}


class Words(Formats):
    """One language and one currency."""

    def __init__(self, language: str, currency: str = "EUR", zone: str = "UTC") -> None:
        super().__init__(language, currency, zone)
        self._catalogue = catalogue(self.language)
        self._known: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def __call__(self, text: str, **values: Any) -> str:
        """A text with its holes filled: `_("{n} of {m}", n=..., m=...)`."""
        said = self._known.get(text)
        if said is None:
            said = self._known[text] = self._set(self._catalogue.gettext(text))
        return said.format(**values) if values else said

    def plural(
        self, one: str, many: str, n: int | Decimal, digits: int = 0, **values: Any
    ) -> str:
        """The form that a number asks for, which fills the hole n: in French what is
        less than 2 is singular. `_n("{n} post", "{n} posts", posts)`."""
        size = abs(Decimal(n))
        form = int(size) if self.french or size == int(size) else 2
        said = self._set(self._catalogue.ngettext(one, many, form))
        return said.format(n=self.number(n, digits), **values)

    def span(self, text: str) -> str:
        """A time as settings write it, 15m, 1h, 30d; anything else as it is."""
        found = re.fullmatch(r"(\d+)([smhdw])", text)
        if found is None:
            return text
        return SPANS[found[2]](self, int(found[1]))

    def _set(self, text: str) -> str:
        said = typeset(text) if self.french else text
        return said.replace("**", BOLD)

    # -- names --------------------------------------------------------------------

    def metric(self, name: str) -> str:
        """A metric's name; one that a plan made up is shown as it is written."""
        return self(METRICS[name]) if name in METRICS else name.replace("_", " ")

    def inside(self, name: str) -> str:
        """The same within a sentence."""
        text = self.metric(name)
        return text[:1].lower() + text[1:]

    def platform(self, name: str) -> str:
        said = self._names.get(name)
        if said is None:
            said = self(PLATFORMS[name]) if name in PLATFORMS else name
            self._names[name] = said
        return said

    def strategy(self, kind: str) -> str:
        return self(STRATEGIES[kind]) if kind in STRATEGIES else kind

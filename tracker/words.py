"""How the tool speaks to people: words, numbers, dates and money, by language.

Texts are looked up by their English sentence, whole, with named holes.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tracker.catalogue import HARD, LANGUAGES, MINUS, N_, THIN, catalogue, typeset
from tracker.codes import CURRENCIES
from tracker.model import is_day, local_day, moment

MONTHS = {
    "en": (
        "January February March April May June July August September October"
        " November December"
    ).split(),
    "fr": (
        "janvier février mars avril mai juin juillet août septembre octobre"
        " novembre décembre"
    ).split(),
}
SHORT = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split(),
}
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}

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
    "conquest_rate": N_("Leads new to the brand"),
    "videos": N_("Videos"),
    "miles": N_("Miles driven"),
    "photo_views": N_("Views of pictures"),
    "cpv": N_("Cost per view"),
    "cpm_views": N_("Cost per 1,000 views"),
    "cpp": N_("Cost per post"),
    "cpl": N_("Cost per lead"),
    "applicants": N_("Applicants"),
    "items": N_("Posts"),
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


class Words:
    """One language and one currency."""

    def __init__(self, language: str, currency: str = "EUR", zone: str = "UTC") -> None:
        self.language = language if language in LANGUAGES else "en"
        self.french = self.language == "fr"
        self.gap = THIN if self.french else ""
        self.currency, self.zone = currency, ZoneInfo(zone)
        self._catalogue = catalogue(self.language)
        self._known: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._days: dict[date, str] = {}

    def __call__(self, text: str, **values: Any) -> str:
        """A text with its holes filled: `_("{n} of {m}", n=..., m=...)`."""
        said = self._known.get(text)
        if said is None:
            said = self._known[text] = self._set(self._catalogue.gettext(text))
        return said.format(**values) if values else said

    def plural(self, one: str, many: str, n: int, **values: Any) -> str:
        """The form that a number asks for, which fills the hole n: in French 0 and 1
        are singular. `_n("{n} post", "{n} posts", posts)`."""
        said = self._set(self._catalogue.ngettext(one, many, n))
        return said.format(n=self.number(n), **values)

    def _set(self, text: str) -> str:
        return typeset(text) if self.french else text

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

    # -- numbers --------------------------------------------------------------------

    def number(self, value: float | Decimal, digits: int = 0) -> str:
        text = f"{abs(value):,.{digits}f}"
        if self.french:
            text = text.replace(",", THIN).replace(".", ",")
        nought = not any(sign in "123456789" for sign in text)
        return (MINUS if value < 0 and not nought else "") + text

    def signed(self, value: float, digits: int = 0) -> str:
        return ("+" if value > 0 else "") + self.number(value, digits)

    def percent(self, value: float | Decimal, digits: int = 1) -> str:
        return self.number(value, digits) + (HARD + "%" if self.french else "%")

    def money(self, value: Decimal, digits: int | None = None) -> str:
        """An amount of the currency in its major unit, rounded only here."""
        if digits is None:
            digits = 0 if value == int(value) else CURRENCIES.get(self.currency, 2)
        sign, text = SYMBOLS.get(self.currency), self.number(value, digits)
        if self.french or sign is None:
            return text + HARD + (sign or self.currency)
        return f"{MINUS}{sign}{text[1:]}" if text.startswith(MINUS) else sign + text

    def compact(self, value: float) -> str:
        giga = "G" if self.french else "B"
        units: tuple[tuple[float, str], ...] = ((1e9, giga), (1e6, "M"), (1e3, "k"))
        for size, unit in units:
            if abs(value) >= size:
                part = abs(value) / size
                short = f"{part:.3g}" if part < 1000 else f"{part:.0f}"
                if self.french:
                    short = short.replace(".", ",")
                return (MINUS if value < 0 else "") + short + self.gap + unit
        return self.number(value)

    # -- time -----------------------------------------------------------------------

    def day(self, day: date, *, year: bool = False, short: bool = False) -> str:
        names = (SHORT if short else MONTHS)[self.language]
        number = "1er" if self.french and day.day == 1 else str(day.day)
        text = f"{number}{HARD}{names[day.month - 1]}"
        return f"{text}{HARD if short else ' '}{day.year}" if year else text

    def instant(self, ms: int, *, short: bool = False) -> str:
        """Day and hour in the campaign's zone; a day without a time is a day."""
        text = self.day(local_day(ms, self.zone), year=True, short=short)
        if is_day(ms):
            return text
        return f"{text}, {self.clock(moment(ms).astimezone(self.zone))}"

    def day_of(self, ms: int) -> str:
        """The day of an instant, short; asked for often, of few days."""
        day = local_day(ms, self.zone)
        said = self._days.get(day)
        if said is None:
            said = self._days[day] = self.day(day, year=True, short=True)
        return said

    def clock(self, at: datetime) -> str:
        """18:00 in English, 18 h 00 in French."""
        return at.strftime(f"%H{HARD}h{HARD}%M" if self.french else "%H:%M")

    def month(self, day: date) -> str:
        return f"{MONTHS[self.language][day.month - 1]} {day.year}"

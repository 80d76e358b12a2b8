"""Numbers, money and dates as people write them, in English and French.

Babel's locale data, with patterns of our own where a page reads otherwise than its
data: U+2212 for minus, a hard blank before % and a currency, 18 h 00, 1er mai. What
Babel is too slow for, plain counts, is written without it, to the same letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tracker.catalogue import HARD, LANGUAGES, MINUS, THIN
from tracker.codes import CURRENCIES
from tracker.model import is_day, local_day, moment

if TYPE_CHECKING:
    from babel.numbers import NumberPattern

#: Where Babel would write US$ or $US.
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
#: Steps of the compact form, the largest first.
STEPS = {
    "en": ((10**9, "B"), (10**6, "M"), (10**3, "k")),
    "fr": ((10**9, f"{THIN}Md"), (10**6, f"{THIN}M"), (10**3, f"{THIN}k")),
}
#: Lists are those of English outside America, as dates are: a, b and c.
LISTS = {"en": "en_001", "fr": "fr"}
#: Long or short; the hard blank keeps a day with its month.
DAYS = {False: "d\u00a0MMMM", True: "d\u00a0MMM"}
CLOCKS = {"en": "HH:mm", "fr": f"H{HARD}'h'{HARD}mm"}


class Formats:
    """One language, one currency, one time zone."""

    def __init__(self, language: str, currency: str = "EUR", zone: str = "UTC") -> None:
        self.language = language if language in LANGUAGES else "en"
        self.french = self.language == "fr"
        self.currency, self.zone = currency, ZoneInfo(zone)
        self._days: dict[tuple[date, bool, bool], str] = {}

    # -- numbers --------------------------------------------------------------------

    def number(self, value: float | Decimal, digits: int = 0) -> str:
        """Rounded to so many digits; an amount that rounds to nought has no sign."""
        if digits == 0 and isinstance(value, int):
            text = f"{value:,}"
            if self.french:
                text = text.replace(",", THIN)
            return text.replace("-", MINUS) if value < 0 else text
        return self._apply(f"#,##0{_after(digits)}", value, digits)

    def signed(self, value: float, digits: int = 0) -> str:
        return ("+" if value > 0 else "") + self.number(value, digits)

    def percent(self, value: float | Decimal, digits: int = 1) -> str:
        """A value that is in percent already."""
        return self.number(value, digits) + (f"{HARD}%" if self.french else "%")

    def rate(self, value: float | Decimal) -> str:
        """A count divided by another: two digits after the point under 100, none from
        there on; a very small one gets as many as show two of its own figures."""
        size = abs(Decimal(str(value)))
        digits = 0 if size >= 100 else 2
        while 0 < size * 10**digits < 10 and 0 < digits < 8:
            digits += 1
        return self.number(value, digits)

    def money(self, value: Decimal, digits: int | None = None) -> str:
        """An amount of the currency in its major unit, rounded only here; whole
        amounts without digits."""
        if digits is None:
            digits = 0 if value == int(value) else CURRENCIES.get(self.currency, 2)
        sign = symbol(self.currency, self.language)
        number = f"#,##0{_after(digits)}"
        after = self.french or sign.isalpha()
        return self._apply(
            f"{number}{HARD}¤" if after else f"¤{number}", value, digits
        ).replace("¤", sign)

    def compact(self, value: float) -> str:
        """Three digits that count: 4.3M, 168k; 4,3 M in French."""
        size = abs(Decimal(str(value)))
        for step, unit in STEPS[self.language]:
            part = size / step
            if (whole := _three(part)) >= 1:
                text = self.number(whole, _least(whole))
                return (MINUS if value < 0 else "") + text + unit
        return self.number(value)

    def _apply(self, pattern: str, value: float | Decimal, digits: int) -> str:
        number = Decimal(str(value))
        if not round(number, digits):
            number = abs(number)
        said: str = _pattern(pattern).apply(number, _locale(self.language))
        return said

    @property
    def colon(self) -> str:
        """Between a name and what is said of it."""
        return f"{HARD}: " if self.french else ": "

    # -- several --------------------------------------------------------------------

    def listing(self, names: Sequence[str]) -> str:
        """`a, b and c`; `a, b et c`."""
        from babel.lists import format_list

        return format_list(list(names), locale=LISTS[self.language])

    def country(self, code: str) -> str:
        """Its name; a code that nobody has stays as it is."""
        found: str = _locale(self.language).territories.get(code.upper(), code)
        return found

    def range(self, first: date, last: date, *, short: bool = True) -> str:
        """`18–20 Aug`, `28 Aug – 3 Sep`; the year where there are two."""
        if first == last:
            return self.day(first, short=short)
        if (first.year, first.month) == (last.year, last.month):
            return f"{self.monthday(first)}–{self.day(last, short=short)}"
        year = first.year != last.year
        ends = [self.day(day, year=year, short=short) for day in (first, last)]
        return " – ".join(ends)

    # -- time -----------------------------------------------------------------------

    def day(self, day: date, *, year: bool = False, short: bool = False) -> str:
        """`2 October`, `1er mai 2009`, `20 août`."""
        key = (day, year, short)
        said = self._days.get(key)
        if said is None:
            pattern = DAYS[short] + _year(year, short)
            said = self._days[key] = self._time(day, pattern)
        return said

    def instant(self, ms: int, *, short: bool = False) -> str:
        """Day and hour in the campaign's zone; a day without a time is a day."""
        text = self.day(local_day(ms, self.zone), year=True, short=short)
        if is_day(ms):
            return text
        return f"{text}, {self.clock(moment(ms).astimezone(self.zone))}"

    def day_of(self, ms: int) -> str:
        """The day of an instant, short."""
        return self.day(local_day(ms, self.zone), year=True, short=True)

    def written_day(self, text: str) -> str:
        """A day as files write it, 2009-10-02, as a page does; else as it is."""
        try:
            return self.day(date.fromisoformat(text), year=True, short=True)
        except ValueError:
            return text

    def clock(self, at: datetime) -> str:
        """18:00 in English, 18 h 00 in French."""
        from babel.dates import format_time

        return format_time(
            at, CLOCKS[self.language], tzinfo=at.tzinfo, locale=_locale(self.language)
        )

    @property
    def months(self) -> tuple[str, ...]:
        """Short names, January first."""
        return months(self.language)

    def month(self, day: date) -> str:
        return self._time(day, "MMMM y")

    def monthday(self, day: date) -> str:
        """`4`, `1er`."""
        return self._time(day, "d")

    def _time(self, day: date, pattern: str) -> str:
        from babel.dates import format_date

        if self.french and day.day == 1 and pattern.startswith("d"):
            pattern = pattern.replace("d", "d'er'", 1)
        return format_date(day, pattern, locale=_locale(self.language))


@cache
def months(language: str) -> tuple[str, ...]:
    """Short names, January first."""
    from babel.dates import get_month_names

    names = get_month_names("abbreviated", locale=_locale(language))
    return tuple(names[month] for month in range(1, 13))


@cache
def symbol(currency: str, language: str) -> str:
    """A sign where there is one, else the code."""
    from babel.numbers import get_currency_symbol

    return SYMBOLS.get(currency) or get_currency_symbol(currency, _locale(language))


@cache
def _locale(language: str) -> Any:
    from babel import Locale

    return Locale.parse(language)


@cache
def _pattern(pattern: str) -> NumberPattern:
    """With a true minus; Babel's data have a hyphen."""
    from babel.numbers import parse_pattern

    return parse_pattern(f"{pattern};{MINUS}{pattern}")


def _after(digits: int) -> str:
    return f".{'0' * digits}" if digits else ""


def _year(year: bool, short: bool) -> str:
    return f"{HARD if short else ' '}y" if year else ""


def _three(part: Decimal) -> Decimal:
    """Rounded to three digits that count; a large one to a whole number."""
    if part >= 1000:
        return round(part, 0)
    return round(part, 2 - part.adjusted()) if part else part


def _least(value: Decimal) -> int:
    """As many digits as say it all."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0

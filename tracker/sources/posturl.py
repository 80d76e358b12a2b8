"""The key of a post from its address, so that one post under several URLs is one.

Each platform has a table of patterns over the path; what they name is the post's
id there. Addresses that only lead on to another one (short links) name no post
and are refused: following them would need the network. Addresses of no platform
known here are pages of the web, and their own tidied address is their key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from tracker.sources.values import Bad, shown

#: Parameters that tell how somebody came, not what they came to.
_WAYS = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|twclid|ttclid|igshid|igsh|mc_[ce]id|_ga|ref_src"
)
#: No address that a browser shows holds these.
_WRONG_SIGNS = re.compile(
    r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff<>\"\\`]"
)
_HOST = re.compile(r"[^\s/:@\[\]]+(?<!\.)")
#: Addresses that are sound beyond doubt, as almost all are: taking them apart to see
#: that costs ten times as much.
_PLAIN = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?:/[\w./~?=&,+;@!*'()$:-]*)?", re.ASCII
)
_LONGEST = 2048
_LONGEST_KEY = 255

Parts = Callable[[re.Match[str]], str]


@dataclass(frozen=True, slots=True)
class Address:
    """A web address in its parts: host without www., path without empty parts."""

    host: str
    path: str
    query: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A path, and if wanted a parameter, that name a post."""

    path: re.Pattern[str]
    parameter: str = ""
    key: str = "{id}"

    def match(self, address: Address) -> str | None:
        found = self.path.fullmatch(address.path)
        if not found:
            return None
        if self.parameter:
            value = address.query.get(self.parameter, "")
            return value if re.fullmatch(r"[\w-]{1,128}", value, re.ASCII) else None
        return self.key.format(**found.groupdict())


def _patterns(*sources: str | tuple[str, str]) -> tuple[Pattern, ...]:
    """Paths as `watch?v` (a parameter), or a pattern with its key beside it."""
    made = []
    for source in sources:
        path, key = source if isinstance(source, tuple) else (source, "{id}")
        path, _, parameter = path.partition("?=")
        made.append(Pattern(re.compile(path, re.ASCII), parameter, key))
    return tuple(made)


_ID = r"(?P<id>[\w-]{1,64})"
_NUMBER = r"(?P<id>\d{1,25})"
_NAME = r"[^/]+"

#: Hosts (the main one; sub-domains such as m. and www. belong to it) of platforms.
HOSTS: Mapping[str, str] = {
    "youtube.com": "youtube",
    "youtube-nocookie.com": "youtube",
    "youtu.be": "youtu.be",
    "instagram.com": "instagram",
    "instagr.am": "instagram",
    "tiktok.com": "tiktok",
    "twitter.com": "x",
    "x.com": "x",
    "facebook.com": "facebook",
    "fb.com": "facebook",
    "threads.net": "threads",
    "threads.com": "threads",
    "linkedin.com": "linkedin",
    "pinterest.com": "pinterest",
    "reddit.com": "reddit",
    "redd.it": "redd.it",
    "twitch.tv": "twitch",
    "vimeo.com": "vimeo",
    "flickr.com": "flickr",
    "flic.kr": "flic.kr",
    "tumblr.com": "tumblr",
    "bsky.app": "bluesky",
    "snapchat.com": "snapchat",
}
#: Hosts of their own for a platform's short addresses that still name the post.
_SHORT_FORMS = {"youtu.be": "youtube", "redd.it": "reddit", "flic.kr": "flickr"}

PATTERNS: Mapping[str, tuple[Pattern, ...]] = {
    "youtube": _patterns(r"watch?=v", rf"(?:shorts|live|embed|v|e)/{_ID}"),
    "youtu.be": _patterns(_ID),
    "instagram": _patterns(
        rf"(?:{_NAME}/)?(?:p|reel|reels|tv)/{_ID}(?:/embed)?",
        rf"stories/{_NAME}/{_NUMBER}",
    ),
    "tiktok": _patterns(
        rf"@[^/]*/(?:video|photo)/{_NUMBER}",
        rf"(?:v|embed|embed/v2|player/v1)/{_ID}(?:\.html)?",
    ),
    "x": _patterns(
        rf"(?:{_NAME}|i/web)/status(?:es)?/{_NUMBER}(?:/(?:photo|video)/\d+)?",
        rf"statuses/{_NUMBER}",
    ),
    "facebook": _patterns(
        rf"{_NAME}/(?:posts|photos|videos)/(?:{_NAME}/)*{_ID}",
        rf"groups/{_NAME}/(?:posts|permalink)/{_ID}",
        rf"(?:reel|videos|posts)/{_ID}",
        r"(?:permalink|story)\.php?=story_fbid",
        r"photo?=fbid",
        r"photo\.php?=fbid",
        r"(?:watch|watch/live|video\.php)?=v",
    ),
    "threads": _patterns(rf"@{_NAME}/post/{_ID}", rf"t/{_ID}"),
    "linkedin": _patterns(
        (
            r"feed/update/urn:li:(?P<kind>activity|share|ugcPost):(?P<id>\d{1,25})",
            "urn:li:{kind}:{id}",
        ),
        (
            r"posts/.*?-(?P<kind>activity|share|ugcPost)-(?P<id>\d{6,25})(?:-[\w-]*)?",
            "urn:li:{kind}:{id}",
        ),
    ),
    "pinterest": _patterns(rf"pin/(?:[^/]*--)?{_NUMBER}(?:/.*)?"),
    "reddit": _patterns(
        (
            r"(?:(?:r|user)/[^/]+/)?comments/(?P<id>\w+)/[^/]+/(?P<part>\w+)",
            "{id}/{part}",
        ),
        r"(?:(?:r|user)/[^/]+/)?comments/(?P<id>\w+)(?:/[^/]*)?",
    ),
    "redd.it": _patterns(r"(?P<id>\w{1,32})"),
    "twitch": _patterns(
        rf"videos/{_NUMBER}", rf"{_NAME}/v(?:ideo)?/{_NUMBER}", rf"{_NAME}/clip/{_ID}"
    ),
    "vimeo": _patterns(
        rf"(?:video/)?{_NUMBER}(?:/\w+)?",
        rf"(?:channels|groups|album|showcase|ondemand)/{_NAME}/(?:videos?/)?{_NUMBER}",
    ),
    "flickr": _patterns(rf"photos/{_NAME}/{_NUMBER}(?:/.*)?"),
    "flic.kr": _patterns(r"p/(?P<id>[1-9A-HJ-NP-Za-km-z]{1,14})"),
    "tumblr": _patterns(
        rf"(?:post|image)/{_NUMBER}(?:/.*)?",
        rf"{_NAME}/{_NUMBER}(?:/.*)?",
        rf"blog/view/{_NAME}/{_NUMBER}(?:/.*)?",
    ),
    "bluesky": _patterns(rf"profile/{_NAME}/post/{_ID}"),
    "snapchat": _patterns(rf"(?:(?:add|p|@)?{_NAME}/)?spotlight/{_ID}"),
}

_MASTODON = re.compile(
    r"(?:web/)?(?:@[^/]+|users/[^/]+/statuses)/(\d{15,22})", re.ASCII
)

#: Addresses that lead on to a post without naming it.
_LEADS_ON = re.compile(
    r"(?:vm|vt)\.tiktok\.com/.*|tiktok\.com/t/.*|fb\.watch/.*|fb\.me/.*|pin\.it/.*"
    r"|facebook\.com/share/.*|reddit\.com/r/[^/]+/s/.*|instagram\.com/share/.*"
    r"|lnkd\.in/.*|t\.co/.*|bit\.ly/.*|snapchat\.com/t/.*"
)


def platform_of(url: str) -> str | None:
    """The platform that a sound address belongs to; `web` for any other host."""
    address = _address(url)
    if isinstance(address, Bad):
        return None
    name = _site(address.host)
    if name is None:
        return "mastodon" if _MASTODON.fullmatch(address.path) else "web"
    return _SHORT_FORMS.get(name, name)


def url_problem(url: str) -> Bad | None:
    """Why this is not a web address, or None."""
    if _PLAIN.fullmatch(url) and len(url) <= _LONGEST:
        return None
    address = _address(url)
    return address if isinstance(address, Bad) else None


def post_key(url: str) -> tuple[str, str] | Bad:
    """The platform and the id of the post at an address."""
    address = _address(url)
    if isinstance(address, Bad):
        return address
    if _LEADS_ON.fullmatch(f"{address.host}/{address.path}"):
        return _bad(url, "is a short link; only the full address names the post")
    name = _site(address.host)
    if name is None:
        return _other(url, address)
    for pattern in PATTERNS[name]:
        if key := pattern.match(address):
            return _named(url, name, key)
    if name == "twitch" and address.host == "clips.twitch.tv" and address.path:
        return "twitch", address.path
    return _bad(url, f"names no post of {_SHORT_FORMS.get(name, name)}")


def page_key(url: str) -> str | Bad:
    """The tidied address: the key of a page that no platform gives an id."""
    address = _address(url)
    if isinstance(address, Bad):
        return address
    kept = sorted(p for p in address.query.items() if not _WAYS.fullmatch(p[0].lower()))
    key = f"{address.host}/{address.path}".rstrip("/")
    key += f"?{urlencode(kept)}" if kept else ""
    return key if len(key) <= _LONGEST_KEY else _bad(url, "is too long for a key")


def _named(url: str, name: str, key: str) -> tuple[str, str] | Bad:
    platform = _SHORT_FORMS.get(name, name)
    if name == "flic.kr":
        return platform, str(_base58(key))
    return platform, key


def _other(url: str, address: Address) -> tuple[str, str] | Bad:
    """A host of no known platform: a Mastodon server by its paths, or the web."""
    if found := _MASTODON.fullmatch(address.path):
        return "mastodon", f"{address.host}/{found[1]}"
    key = page_key(url)
    return key if isinstance(key, Bad) else ("web", key)


def _address(url: str) -> Address | Bad:
    if len(url) > _LONGEST:
        return _bad(url, f"is longer than {_LONGEST} characters")
    if _WRONG_SIGNS.search(url):
        return _bad(url, "holds characters that no web address has")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return _bad(url, "is not a web address")
    sound = _HOST.fullmatch(parts.hostname or "")
    if parts.scheme not in ("http", "https") or not sound:
        return _bad(url, "is not an http or https address")
    if parts.username is not None:
        return Bad("ROW_URL", "the address carries a user name", "url")
    address = _tidied(parts, port)
    if not address.path.isprintable():
        return _bad(url, "holds characters that no web address has")
    return address


def _tidied(parts: SplitResult, port: int | None) -> Address:
    host = (parts.hostname or "").removeprefix("www.")
    if port not in (None, 80, 443):
        host = f"{host}:{port}"
    path = "/".join(part for part in unquote(parts.path).split("/") if part)
    return Address(host, path, dict(parse_qsl(parts.query)))


def _site(host: str) -> str | None:
    """The platform's name in PATTERNS by a host or any domain above it."""
    labels = host.split(".")
    if labels[-2:-1] == ["pinterest"] or labels[-3:-1] == ["pinterest", "co"]:
        return "pinterest"  # one domain a country
    for start in range(len(labels) - 1):
        if name := HOSTS.get(".".join(labels[start:])):
            return name
    return None


def _base58(text: str) -> int:
    """Flickr's short addresses write the photo's number in base 58."""
    signs = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
    number = 0
    for sign in text:
        number = number * 58 + signs.index(sign)
    return number


def _bad(url: str, why: str) -> Bad:
    return Bad("ROW_URL", f"{shown(url)} {why}", "url")

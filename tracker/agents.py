"""Who asks for a link: people's browsers, previews of messengers, machines.

What a User-Agent holds is believed: nobody who wants to be counted as a machine lies,
and who lies to be counted as a person needs more than a header to be found out. Only
a family is ever kept of it. In-app browsers of Instagram, Facebook and TikTok are
people.
"""

from __future__ import annotations

import re
from typing import NamedTuple

HEAD, NO_AGENT, PREFETCH = "head", "no-agent", "prefetch"
PREVIEW, AGENT = "preview", "agent"
#: Rules by which a request is a machine's, in the order they are tried.
RULES = (HEAD, NO_AGENT, PREFETCH, PREVIEW, AGENT)

#: Fetchers of link previews: what stands in the header, and the family.
PREVIEWS = (
    ("slackbot", "Slackbot"),
    ("slack-imgproxy", "Slackbot"),
    ("twitterbot", "Twitterbot"),
    ("facebookexternalhit", "Facebook preview"),
    ("facebookcatalog", "Facebook preview"),
    ("facebot", "Facebook preview"),
    ("meta-externalhit", "Facebook preview"),
    ("meta-externalfetcher", "Facebook preview"),
    ("cortex/", "Cortex preview"),
    ("whatsapp/", "WhatsApp preview"),
    ("telegrambot", "Telegram preview"),
    ("discordbot", "Discord preview"),
    ("linkedinbot", "LinkedIn preview"),
    ("pinterestbot", "Pinterest preview"),
    ("pinterest/0.", "Pinterest preview"),
    ("skypeuripreview", "Skype preview"),
    ("microsoftpreview", "Teams preview"),
    ("msteams", "Teams preview"),
    ("viber", "Viber preview"),
    ("line-poker", "LINE preview"),
    ("linepreview", "LINE preview"),
    ("kakaotalk-scrap", "KakaoTalk preview"),
    ("redditbot", "Reddit preview"),
    ("snapchat-ads", "Snapchat preview"),
    ("snap url preview", "Snapchat preview"),
    ("mastodon/", "Mastodon preview"),
    ("bluesky cardyb", "Bluesky preview"),
    ("cardyb", "Bluesky preview"),
    ("embedly", "Embedly"),
    ("iframely", "Iframely"),
    ("google-pagerenderer", "Google preview"),
    ("googlemessages", "Google preview"),
    ("google web preview", "Google preview"),
    ("vkshare", "VK preview"),
    ("tumblr/", "Tumblr preview"),
    ("flipboardproxy", "Flipboard preview"),
    ("quora link preview", "Quora preview"),
    ("outbrain", "Outbrain"),
    ("nuzzel", "Nuzzel"),
    ("bitlybot", "Bitly preview"),
    ("zoombot", "Zoom preview"),
    ("signal-desktop-preview", "Signal preview"),
    ("matrix-media-repo", "Matrix preview"),
    ("synapse", "Matrix preview"),
    ("imessagebot", "iMessage preview"),
    ("developers.google.com/+/web/snippet", "Google preview"),
    ("yahoo link preview", "Yahoo preview"),
    ("preview", "Preview"),
)
#: Libraries, headless browsers, monitors, crawlers that do not call themselves bots.
MACHINES = (
    ("curl/", "curl"),
    ("libcurl", "curl"),
    ("wget", "Wget"),
    ("python-requests", "python-requests"),
    ("python-urllib", "python-urllib"),
    ("python-httpx", "httpx"),
    ("httpx/", "httpx"),
    ("aiohttp", "aiohttp"),
    ("python/", "Python"),
    ("scrapy", "Scrapy"),
    ("go-http-client", "Go-http-client"),
    ("java/", "Java"),
    ("apache-httpclient", "Apache-HttpClient"),
    ("okhttp", "okhttp"),
    ("libwww-perl", "libwww-perl"),
    ("lwp::", "libwww-perl"),
    ("node-fetch", "node-fetch"),
    ("undici", "undici"),
    ("axios/", "axios"),
    ("got (", "got"),
    ("guzzlehttp", "Guzzle"),
    ("php/", "PHP"),
    ("ruby", "Ruby"),
    ("faraday", "Faraday"),
    ("restsharp", "RestSharp"),
    ("postmanruntime", "Postman"),
    ("insomnia/", "Insomnia"),
    ("httpie", "HTTPie"),
    ("powershell", "PowerShell"),
    ("winhttp", "WinHTTP"),
    ("dart/", "Dart"),
    ("reqwest", "reqwest"),
    ("headlesschrome", "HeadlessChrome"),
    ("headless", "Headless browser"),
    ("phantomjs", "PhantomJS"),
    ("puppeteer", "Puppeteer"),
    ("playwright", "Playwright"),
    ("selenium", "Selenium"),
    ("electron-fetch", "Electron"),
    ("cypress", "Cypress"),
    ("lighthouse", "Lighthouse"),
    ("pagespeed", "PageSpeed"),
    ("gtmetrix", "GTmetrix"),
    ("pingdom", "Pingdom"),
    ("uptimerobot", "UptimeRobot"),
    ("uptime-kuma", "Uptime Kuma"),
    ("statuscake", "StatusCake"),
    ("site24x7", "Site24x7"),
    ("newrelic", "New Relic"),
    ("datadog", "Datadog"),
    ("better uptime", "Better Uptime"),
    ("check_http", "Nagios"),
    ("zabbix", "Zabbix"),
    ("nagios", "Nagios"),
    ("monitor", "Monitor"),
    ("gptbot", "GPTBot"),
    ("chatgpt-user", "ChatGPT"),
    ("oai-searchbot", "OpenAI search"),
    ("claudebot", "ClaudeBot"),
    ("claude-user", "Claude"),
    ("claude-web", "Claude"),
    ("anthropic-ai", "ClaudeBot"),
    ("perplexity", "Perplexity"),
    ("ccbot", "CCBot"),
    ("bytespider", "Bytespider"),
    ("google-extended", "Google-Extended"),
    ("googleother", "GoogleOther"),
    ("google-inspectiontool", "Googlebot"),
    ("googlebot", "Googlebot"),
    ("adsbot-google", "AdsBot-Google"),
    ("mediapartners-google", "AdsBot-Google"),
    ("apis-google", "Googlebot"),
    ("feedfetcher-google", "Feedfetcher"),
    ("google-read-aloud", "Google Read Aloud"),
    ("google favicon", "Google Favicon"),
    ("bingpreview", "Bingbot"),
    ("bingbot", "Bingbot"),
    ("msnbot", "Bingbot"),
    ("slurp", "Yahoo Slurp"),
    ("duckduckbot", "DuckDuckBot"),
    ("duckassistbot", "DuckDuckBot"),
    ("baiduspider", "Baiduspider"),
    ("yandex", "YandexBot"),
    ("applebot", "Applebot"),
    ("amazonbot", "Amazonbot"),
    ("petalbot", "PetalBot"),
    ("sogou", "Sogou"),
    ("ahrefs", "AhrefsBot"),
    ("semrush", "SemrushBot"),
    ("mj12bot", "MJ12bot"),
    ("dotbot", "DotBot"),
    ("rogerbot", "Moz"),
    ("screaming frog", "Screaming Frog"),
    ("ia_archiver", "Internet Archive"),
    ("archive.org_bot", "Internet Archive"),
    ("heritrix", "Internet Archive"),
    ("meta-externalagent", "Meta crawler"),
    ("facebookbot", "Meta crawler"),
    ("dataforseo", "DataForSeo"),
    ("barkrowler", "Barkrowler"),
    ("proofpoint", "Mail scanner"),
    ("barracuda", "Mail scanner"),
    ("mimecast", "Mail scanner"),
    ("safelinks", "Mail scanner"),
    ("urlscan", "Scanner"),
    ("virustotal", "Scanner"),
    ("nmap", "Scanner"),
    ("nikto", "Scanner"),
    ("nuclei", "Scanner"),
    ("masscan", "Scanner"),
    ("zgrab", "Scanner"),
    ("censys", "Scanner"),
    ("feedly", "Feed reader"),
    ("feedburner", "Feed reader"),
    ("newsblur", "Feed reader"),
    ("inoreader", "Feed reader"),
    ("google-safety", "Google safety"),
    ("w3c_validator", "Validator"),
    ("validator.nu", "Validator"),
    ("http_request", "Library"),
    ("httpclient", "Library"),
    ("http-client", "Library"),
    ("spider", "Crawler"),
    ("crawler", "Crawler"),
    ("scraper", "Crawler"),
    ("fetcher", "Crawler"),
)
#: "bot" as a word or the end of one: what honest machines call themselves. "cubot" is
#: a maker of telephones.
_BOT = re.compile(r"(?<!cu)bot(?![a-z])|\bcrawl")
#: A browser calls itself so; what does not is a program.
_BROWSER = re.compile(r"^(mozilla/|opera/|dalvik/|[a-z .]*instagram|barcelona)")

#: Browsers and apps of people, the more special first.
PEOPLE = (
    ("instagram", "Instagram"),
    ("barcelona", "Threads"),
    ("fban/", "Facebook"),
    ("fbav/", "Facebook"),
    ("fb_iab", "Facebook"),
    ("musical_ly", "TikTok"),
    ("bytedancewebview", "TikTok"),
    ("bytelocale", "TikTok"),
    ("tiktok", "TikTok"),
    ("trill", "TikTok"),
    ("snapchat", "Snapchat"),
    ("pinterest", "Pinterest"),
    ("linkedinapp", "LinkedIn"),
    ("twitter", "X"),
    ("reddit", "Reddit"),
    ("line/", "LINE"),
    ("micromessenger", "WeChat"),
    ("kakaotalk", "KakaoTalk"),
    ("edg/", "Edge"),
    ("edga/", "Edge"),
    ("edgios/", "Edge"),
    ("edge/", "Edge"),
    ("opr/", "Opera"),
    ("opera", "Opera"),
    ("samsungbrowser", "Samsung Internet"),
    ("ucbrowser", "UC Browser"),
    ("vivaldi", "Vivaldi"),
    ("duckduckgo", "DuckDuckGo"),
    ("fxios", "Firefox"),
    ("firefox", "Firefox"),
    ("crios", "Chrome"),
    ("chrome", "Chrome"),
    ("chromium", "Chrome"),
    ("msie", "Internet Explorer"),
    ("trident/", "Internet Explorer"),
    ("safari", "Safari"),
    ("applewebkit", "Safari"),
)
#: Apps whose browser is a person's whatever else the header holds.
_IN_APP = (
    *("instagram", "barcelona", "fban/", "fbav/", "fb_iab", "musical_ly"),
    *("bytedancewebview", "linkedinapp", "snapchat/"),
)


class Agent(NamedTuple):
    """family: as it is kept; rule: by which it is a machine's, None for people's."""

    family: str | None
    rule: str | None


def judge(agent: str | None) -> Agent:
    """Who a User-Agent is. None or blank: nobody says."""
    text = (agent or "").strip().lower()
    if not text:
        return Agent(None, NO_AGENT)
    if found := _first(PREVIEWS[:-1], text):
        return Agent(found, PREVIEW)
    if any(sign in text for sign in _IN_APP):
        return Agent(_first(PEOPLE, text), None)
    if found := _first(MACHINES, text):
        return Agent(found, AGENT)
    if _BOT.search(text):
        return Agent("Bot", AGENT)
    if found := _first(PREVIEWS[-1:], text):
        return Agent(found, PREVIEW)
    if not _BROWSER.search(text):
        return Agent("Program", AGENT)
    return Agent(_first(PEOPLE, text) or "Browser", None)


def _first(table: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((family for sign, family in table if sign in text), None)


def prefetched(*headers: str | None) -> bool:
    """Do Purpose, Sec-Purpose or X-Moz say that nobody looks at it yet?"""
    said = " ".join(filter(None, headers)).lower()
    return "prefetch" in said or "preview" in said


def host(referrer: str | None) -> str | None:
    """The host of a referrer, and nothing else of it."""
    from urllib.parse import urlsplit

    try:
        found = urlsplit((referrer or "").strip()).hostname
    except ValueError:
        return None
    return found[:255].lower() if found else None

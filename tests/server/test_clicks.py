# ruff: noqa: E501
"""A burst of clicks over a real door: exact classes, and every list agrees on them."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from serving import LIMITS, SECRETS, ask, deliver, serving, until
from spring import done, programme, said
from support import Run

from tracker.app import open_tracker
from tracker.server import health
from tracker.server.door import Door
from tracker.settings import FILE

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
PHONE = "Mozilla/5.0 (Linux; Android 15; Pixel 8 Build/AP3A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/139.0.0.0 Mobile Safari/537.36"
APPLE = SAFARI.replace(" Version/18.5", "").replace(" Safari/604.1", "")
#: The browsers inside apps, and the family that is kept of each.
IN_APP = {
    f"{APPLE} Instagram 389.0.0.27.89 (iPhone15,2; iOS 18_5; fr_FR; scale=3.00)": "Instagram",
    f"{PHONE} Instagram 389.0.0.49.87 Android (35/15; 420dpi; 1080x2400; Google/google; Pixel 8; shiba; shiba; en_GB)": "Instagram",
    f"{APPLE} [FBAN/FBIOS;FBAV/520.0.0.38.101;FBDV/iPhone15,2;FBMD/iPhone;FBSN/iOS]": "Facebook",
    f"{PHONE} [FB_IAB/FB4A;FBAV/520.0.0.50.109;IABMV/1;]": "Facebook",
    f"{APPLE} musical_ly_40.5.0 JsSdk/2.0 NetType/WIFI Channel/App Store ByteLocale/fr Region/FR BytedanceWebview/d8a21c6": "TikTok",
    f"{PHONE} trill_400503 JsSdk/1.0 NetType/4G Channel/googleplay AppName/musical_ly ByteLocale/en BytedanceWebview/d8a21c6": "TikTok",
}
PREVIEWS = (
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Slackbot 1.0 (+https://api.slack.com/robots)",
    "Twitterbot/1.0",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "WhatsApp/2.23.20.0 A",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Mozilla/5.0 (compatible; Pinterestbot/1.0; +http://www.pinterest.com/bot.html)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
)
MACHINES = (
    "curl/8.14.1",
    "Wget/1.25.0",
    "python-requests/2.32.4",
    "Go-http-client/2.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/139.0.0.0 Safari/537.36",
    "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
    "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)",
    "okhttp/5.1.0",
)
PREFETCHES = (
    ("Purpose", "prefetch"),
    ("Sec-Purpose", "prefetch;prerender"),
    ("X-Moz", "prefetch"),
    ("Purpose", "preview"),
    ("X-Purpose-Not", "prefetch"),
)


class Click(NamedTuple):
    """A request, and what it must become."""

    code: str
    sort: str
    rule: str | None
    agent: str | None = CHROME
    address: str = "198.51.100.1"
    method: str = "GET"
    more: tuple[tuple[str, str], ...] = ()
    family: str | None = None


def send(address: str, one: Click) -> None:
    headers = {"X-Forwarded-For": one.address, **dict(one.more)}
    if one.agent is not None:
        headers["User-Agent"] = one.agent
    answer = ask(address, one.method, f"/c/{one.code}", headers=headers)
    assert answer.status == 302


def burst() -> list[Click]:
    """In this order; each is judged by what came before it."""
    unique, repeat = ("unique", None), ("duplicate", "repeat")
    made = [
        Click("anna-link", *unique),
        Click("anna-link", *repeat),
        Click("anna-link", *repeat),
        Click("bens-link", *unique),  # another link
        Click("anna-link", *unique, agent=SAFARI),  # another browser
        Click("anna-link", *unique, address="198.51.100.2"),  # another address
        Click("anna-link", *unique, address="2001:db8::1"),
        Click("anna-link", *repeat, address="[2001:db8::1]:4711"),
        Click("anna-link", *repeat, address="198.51.100.2:4711"),
        Click(
            "anna-link", *repeat, address="203.0.113.66, 198.51.100.2"
        ),  # its own word
        Click("anna-link", *repeat, more=(("Referer", "https://forum.example/t?u=1"),)),
        # rules of machines, the first that fits
        Click("anna-link", "bot", "head", method="HEAD"),
        Click("anna-link", "bot", "head", None, method="HEAD"),
        Click("anna-link", "bot", "head", "curl/8.14.1", method="HEAD"),
        Click("anna-link", "bot", "no-agent", None),
        Click("anna-link", "bot", "no-agent", ""),
        Click("anna-link", "bot", "no-agent", None, more=(("Purpose", "prefetch"),)),
        Click(
            "anna-link",
            "bot",
            "prefetch",
            "Twitterbot/1.0",
            more=(("X-Moz", "prefetch"),),
        ),
        Click(
            "anna-link",
            "bot",
            "prefetch",
            "curl/8.14.1",
            more=(("Purpose", "prefetch"),),
        ),
        # a machine's click is nobody's first one
        Click(
            "bens-link", "bot", "prefetch", SAFARI, more=(("Sec-Purpose", "prefetch"),)
        ),
        Click("bens-link", *unique, agent=SAFARI),
    ]
    made += [
        Click("bens-link", "bot", "prefetch", SAFARI, more=(pair,))
        for pair in PREFETCHES[:4]
    ]
    made.append(Click("bens-link", *repeat, agent=SAFARI, more=PREFETCHES[4:]))
    made += [Click("bens-link", "bot", "preview", agent) for agent in PREVIEWS]
    made += [Click("bens-link", "bot", "agent", agent) for agent in MACHINES]
    for agent, family in IN_APP.items():
        made += [
            Click("anna-link", *unique, agent=agent, family=family),
            Click("anna-link", *repeat, agent=agent, family=family),
        ]
    return made


@pytest.fixture
def spring(hooked: Path, invoke: Run) -> Run:
    """Two links, and a proxy on this machine that is believed."""
    with (hooked / FILE).open("a") as out:
        out.write('\n[clicks]\nwindow = "1h"\ntrusted_proxies = ["127.0.0.1"]\n')
    return programme(hooked, invoke)


def exported(run: Run) -> list[dict[str, Any]]:
    return json.loads(run("export", "clicks", "--format", "json").out)  # type: ignore[no-any-return]


def agree(run: Run, sent: list[tuple[str, str]]) -> None:
    """Totals, links and the export tell of the same clicks: (code, class) of each."""
    rows = exported(run)
    assert Counter((row["code"], row["class"]) for row in rows) == Counter(sent)
    for link in said(run, "link", "list")["links"]:
        own = Counter(sort for code, sort in sent if code == link["code"])
        classes = {sort: own[sort] for sort in ("bot", "duplicate", "unique")}
        assert link["clicks"] == {"raw": own.total(), **classes}
    whole = Counter(sort for _, sort in sent)
    for by in (None, "day", "week", "month", "ambassador", "mission"):
        words = ("c", "--by", by) if by else ("c",)
        found = [row["link_clicks"] for row in said(run, "totals", *words)["rows"]]
        for sort, key in (
            ("unique", "gain"),
            ("bot", "bot"),
            ("duplicate", "duplicate"),
        ):
            assert sum(one[key] for one in found) == whole[sort], by
        assert sum(one["raw"] for one in found) == len(sent)
        assert {one["uncounted"] for one in found} == {0}
    assert found[-1]["value"] == whole["unique"]
    assert said(run, "status")["clicks"] == {"waiting": 0, "uncounted": 0}


def test_each_click_of_a_burst_is_of_its_class_by_its_rule(
    spring: Run, hooked: Path
) -> None:
    sent = burst()
    with serving(hooked) as door:
        for one in sent:
            send(door.address, one)
        assert door.end() == 0  # what waits is written first
        log = door.log.read_text()
    rows = sorted(exported(spring), key=lambda row: int(row["id"]))
    told = [(row["code"], row["class"], row["rule"]) for row in rows]
    assert told == [one[:3] for one in sent]
    for row, one in zip(rows, sent, strict=True):
        assert one.family in (None, row["agent"]), one
        assert row["source"] == "redirect"
    assert [row["referrer"] for row in rows if row["referrer"]] == ["forum.example"]
    agree(spring, [(one.code, one.sort) for one in sent])
    kept = (hooked / "tracker.db").read_bytes() + log.encode()
    for private in (
        b"198.51.100",
        b"203.0.113",
        b"2001:db8",
        b"Chrome/139",
        b"389.0.0",
        b"t?u=1",
    ):
        assert private not in kept, private


def test_without_a_trusted_proxy_nobodys_word_is_taken(
    spring: Run, hooked: Path
) -> None:
    """Whoever says to be somebody else each time is one visitor all the same."""
    file = hooked / FILE
    file.write_text(file.read_text().replace('["127.0.0.1"]', "[]"))
    with serving(hooked) as door:
        for number in range(5):
            said_ = (
                ("Forwarded", f"for=198.51.100.{number}"),
                ("X-Real-IP", f"203.0.113.{number}"),
            )
            send(
                door.address,
                Click("anna-link", "", None, address=f"192.0.2.{number}", more=said_),
            )
        assert door.end() == 0
    agree(spring, [("anna-link", "unique")] + [("anna-link", "duplicate")] * 4)


def test_a_network_of_proxies_is_followed_hop_by_hop(spring: Run, hooked: Path) -> None:
    """From our side on, until somebody who is none of them."""
    file = hooked / FILE
    file.write_text(
        file.read_text().replace('"127.0.0.1"', '"127.0.0.0/8", "10.0.0.0/8"')
    )
    hops = (
        ("198.51.100.1, 10.1.2.3", "unique"),
        ("203.0.113.9, 198.51.100.1, 10.9.9.9, 10.1.2.3", "duplicate"),
        ("198.51.100.2, 10.1.2.3", "unique"),
        ("10.1.2.3", "unique"),
    )
    with serving(hooked) as door:
        for address, sort in hops:
            send(door.address, Click("anna-link", sort, None, address=address))
        assert door.end() == 0
    agree(spring, [("anna-link", sort) for _, sort in hops])


@pytest.mark.parametrize("said_", ['"10.0.0.1"', "[1]", '["10.0.0.0/33"]', '["proxy"]'])
def test_a_proxy_is_named_by_its_address(run: Run, hooked: Path, said_: str) -> None:
    with (hooked / FILE).open("a") as out:
        out.write(f"\n[clicks]\ntrusted_proxies = {said_}\n")
    found = run("serve")
    assert found.code == 3
    assert "clicks.trusted_proxies: " in found.err


class Model:
    """Classes as the interface says them: a window from the unique click on."""

    def __init__(self, window: int) -> None:
        self.window = window
        self.last: dict[tuple[object, ...], int] = {}

    def judge(self, now: int, code: str, address: str, agent: str) -> str:
        if not agent.startswith("Mozilla"):
            return "bot"
        who = (code, address, agent, now // 86_400_000)  # the key of the day
        last = self.last.get(who)
        if last is not None and now - last < self.window:
            return "duplicate"
        self.last[who] = now
        return "unique"


def test_a_window_does_not_slide(
    spring: Run, hooked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six visitors of two links for two days, by a clock of our own: each repeat within
    an hour of the unique click is a duplicate, and the next one counts again."""
    at, chance, model = 1_769_990_400_000, random.Random(11), Model(3_600_000)
    monkeypatch.setattr(health, "now", lambda: at)
    door = Door(open_tracker(hooked), limits=LIMITS)
    door.open()
    sent = []
    for step in range(240):
        # at times just below or exactly at the end of the window
        at += chance.choice((1, 60_000, 900_000, 1_799_999, 1_800_000, 3_600_000))
        code = chance.choice(("anna-link", "bens-link"))
        address = chance.choice(("198.51.100.1", "198.51.100.2"))
        agent = CHROME if step % 9 else chance.choice((SAFARI, "curl/8.14.1"))
        send(door.address, Click(code, "", None, agent, address))
        sent.append((code, model.judge(at, code, address, agent)))
    door.close()
    assert len({sort for _, sort in sent}) == 3
    rows = sorted(exported(spring), key=lambda row: int(row["id"]))
    assert [(row["code"], row["class"]) for row in rows] == sent
    agree(spring, sent)


def test_a_new_link_and_a_new_window_need_no_restart(spring: Run, hooked: Path) -> None:
    with serving(hooked) as door:
        done(spring, "link", "add", "https://shop.example/new", "--code", "brand-new")
        until(lambda: ask(door.address, "GET", "/c/brand-new").status == 302)
        done(spring, "link", "add", "--promo", "ALONE", "--code", "promo-only")
        done(spring, "link", "add", "https://shop.example/x", "--code", "after-it")
        until(lambda: ask(door.address, "GET", "/c/after-it").status == 302)
        assert ask(door.address, "GET", "/c/promo-only").status == 404


def test_clicks_and_outcomes_that_are_delivered(spring: Run, hooked: Path) -> None:
    """By webhook: without a visitor never a duplicate, without an agent never a bot,
    each id once; the click of a code that no link has waits in quarantine."""

    def click(name: str, at: str, **more: object) -> dict[str, object]:
        return {
            "id": name,
            "code": "anna-link",
            "clicked_at": f"2026-02-01T{at}Z",
            **more,
        }

    told = (
        click("a", "10:00:00", visitor="v1", user_agent=CHROME),
        click("b", "10:59:59", visitor="v1", user_agent=CHROME),
        click("c", "11:00:00", visitor="v1", user_agent=CHROME),
        click("d", "10:00:01", visitor="v2"),
        click("e", "10:00:02"),
        click("f", "10:00:03"),
        click("g", "10:00:04", user_agent="curl/8.14.1"),
        click("h", "10:00:05", user_agent=PREVIEWS[0], visitor="v1"),
        click("a", "10:00:00", visitor="v1", user_agent=CHROME),
        click("x", "10:00:00", code="nobodys"),
    )
    sale = {"id": "s1", "kind": "sale", "at": "2026-02-01T12:00:00Z", "campaign": "c"}
    sale |= {"link": ["anna-link", "bens-link"], "code": "BEN", "value": "10.00"}
    with serving(hooked) as door:
        for name, kind, data in (
            ("1", "click", told),
            ("2", "outcome", sale),
            ("3", "click", told[:2]),
        ):
            body = json.dumps({"type": kind, "data": data}).encode()
            for _ in range(2):  # what is delivered twice is the same
                assert deliver(door.address, name, body).status == 200
        assert door.end() == 0
    assert spring("ingest", "shop", env=SECRETS).code == 1
    found = {
        row["clicked_at"][11:19]: (row["class"], row["rule"])
        for row in exported(spring)
    }
    assert found == {
        "10:00:00": ("unique", None),
        "10:59:59": ("duplicate", "repeat"),
        "11:00:00": ("unique", None),
        "10:00:01": ("unique", None),
        "10:00:02": ("unique", None),
        "10:00:03": ("unique", None),
        "10:00:04": ("bot", "agent"),
        "10:00:05": ("bot", "preview"),
    }
    agree(spring, [("anna-link", sort) for sort, _ in found.values()])
    assert {row["source"] for row in exported(spring)} == {"shop"}
    for file in (path for path in hooked.rglob("tracker.db*") if path.is_file()):
        kept = file.read_bytes()
        assert b'"v1"' not in kept and b"AppleWebKit" not in kept, file.name
    (one,) = said(spring, "outcome", "list", "c")["outcomes"]
    assert (one["rule"], one["shares"]) == (
        "code",
        [{"ambassador": "ben", "share": 100}],
    )
    assert [(each["ambassador"], each["by"]) for each in one["candidates"]] == [
        ("ben", "code"),
        ("anna", "link"),
        ("ben", "link"),
    ]
    assert one["conflict"]
    done(
        spring,
        "link",
        "add",
        "https://shop.example/n",
        "--code",
        "nobodys",
        "--campaign",
        "c",
    )
    done(spring, "quarantine", "retry", "--all")
    assert len(exported(spring)) == 9

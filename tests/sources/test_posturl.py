"""Addresses of posts: one post under several URLs is one post."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.model import PLATFORMS
from tracker.sources.identity import Identity, identify
from tracker.sources.posturl import PATTERNS, page_key, platform_of, post_key
from tracker.sources.values import Bad

SAME = {
    ("youtube", "dQw4w9WgXcQ"): """
        https://www.youtube.com/watch?v=dQw4w9WgXcQ
        http://youtube.com/watch?feature=share&v=dQw4w9WgXcQ&t=42s
        https://m.youtube.com/watch?v=dQw4w9WgXcQ#comments
        https://music.youtube.com/watch?v=dQw4w9WgXcQ
        https://youtu.be/dQw4w9WgXcQ?si=abc
        https://www.youtube.com/shorts/dQw4w9WgXcQ
        https://www.youtube.com/live/dQw4w9WgXcQ?feature=share
        https://www.youtube.com/embed/dQw4w9WgXcQ
        https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ
        HTTPS://WWW.YOUTUBE.COM/watch?v=dQw4w9WgXcQ""",
    ("youtube", "-aB_dE5fG7h"): "https://youtu.be/-aB_dE5fG7h",
    ("instagram", "DAbC_efGhIj"): """
        https://www.instagram.com/p/DAbC_efGhIj/
        https://instagram.com/p/DAbC_efGhIj/?igshid=x&utm_source=ig
        https://www.instagram.com/reel/DAbC_efGhIj/
        https://www.instagram.com/reels/DAbC_efGhIj
        https://www.instagram.com/ana/reel/DAbC_efGhIj/
        https://www.instagram.com/tv/DAbC_efGhIj/
        http://instagr.am/p/DAbC_efGhIj/
        https://www.instagram.com/p/DAbC_efGhIj/embed/""",
    ("instagram", "3123456789012345678"): """
        https://www.instagram.com/stories/ana/3123456789012345678/""",
    ("tiktok", "7123456789012345678"): """
        https://www.tiktok.com/@ana.b/video/7123456789012345678
        https://www.tiktok.com/@ana.b/video/7123456789012345678?lang=fr&_t=1
        https://www.tiktok.com/@/video/7123456789012345678
        https://m.tiktok.com/v/7123456789012345678.html
        https://www.tiktok.com/@ana.b/photo/7123456789012345678
        https://www.tiktok.com/embed/v2/7123456789012345678""",
    ("x", "1234567890123456789"): """
        https://x.com/ana/status/1234567890123456789
        https://twitter.com/ana/status/1234567890123456789?s=20
        https://mobile.twitter.com/ana/status/1234567890123456789
        https://x.com/i/web/status/1234567890123456789
        https://x.com/i/status/1234567890123456789
        https://twitter.com/ana/statuses/1234567890123456789
        https://x.com/ana/status/1234567890123456789/photo/1
        https://x.com/ana/status/1234567890123456789/video/1""",
    ("facebook", "pfbid02AbC"): """
        https://www.facebook.com/ford/posts/pfbid02AbC
        https://m.facebook.com/ford/posts/pfbid02AbC?__tn__=x
        https://www.facebook.com/ford/posts/a-title-of-it/pfbid02AbC
        https://www.facebook.com/permalink.php?story_fbid=pfbid02AbC&id=12
        https://m.facebook.com/story.php?story_fbid=pfbid02AbC&id=12""",
    ("facebook", "1234567890"): """
        https://www.facebook.com/ford/videos/1234567890/
        https://www.facebook.com/ford/videos/a-title/1234567890/
        https://www.facebook.com/watch/?v=1234567890
        https://www.facebook.com/watch?v=1234567890
        https://www.facebook.com/reel/1234567890
        https://www.facebook.com/photo.php?fbid=1234567890&set=a.1
        https://www.facebook.com/photo/?fbid=1234567890
        https://www.facebook.com/ford/photos/a.1.2/1234567890/
        https://www.facebook.com/groups/99/posts/1234567890/
        https://www.facebook.com/groups/99/permalink/1234567890/
        https://fb.com/ford/posts/1234567890""",
    ("threads", "C8abcDEF_-1"): """
        https://www.threads.net/@ana/post/C8abcDEF_-1
        https://www.threads.com/@ana/post/C8abcDEF_-1?xmt=1
        https://www.threads.net/t/C8abcDEF_-1""",
    ("linkedin", "urn:li:activity:7212345678901234567"): """
        https://www.linkedin.com/feed/update/urn:li:activity:7212345678901234567/
        https://www.linkedin.com/feed/update/urn%3Ali%3Aactivity%3A7212345678901234567
        https://www.linkedin.com/posts/ana-b_ford-activity-7212345678901234567-AbCd
        https://fr.linkedin.com/posts/ana-b_ford-activity-7212345678901234567-AbCd""",
    ("linkedin", "urn:li:ugcPost:7212345678901234567"): """
        https://www.linkedin.com/posts/ana_ford-ugcPost-7212345678901234567-AbCd
        https://www.linkedin.com/feed/update/urn:li:ugcPost:7212345678901234567""",
    ("pinterest", "123456789012345678"): """
        https://www.pinterest.com/pin/123456789012345678/
        https://www.pinterest.fr/pin/123456789012345678/
        https://www.pinterest.co.uk/pin/123456789012345678/
        https://de.pinterest.com/pin/a-title--123456789012345678/""",
    ("reddit", "1abc2d"): """
        https://www.reddit.com/r/cars/comments/1abc2d/a_title/
        https://old.reddit.com/r/cars/comments/1abc2d
        https://www.reddit.com/comments/1abc2d/
        https://www.reddit.com/user/ana/comments/1abc2d/a_title/
        https://redd.it/1abc2d""",
    ("reddit", "1abc2d/k9x8y7"): """
        https://www.reddit.com/r/cars/comments/1abc2d/a_title/k9x8y7/""",
    ("twitch", "1234567890"): """
        https://www.twitch.tv/videos/1234567890
        https://m.twitch.tv/videos/1234567890?t=1h
        https://www.twitch.tv/ana/video/1234567890""",
    ("twitch", "BraveClip-Abc_1"): """
        https://clips.twitch.tv/BraveClip-Abc_1
        https://www.twitch.tv/ana/clip/BraveClip-Abc_1""",
    ("vimeo", "76979871"): """
        https://vimeo.com/76979871
        https://player.vimeo.com/video/76979871?h=1
        https://vimeo.com/76979871/8272103f6e
        https://vimeo.com/channels/staffpicks/76979871
        https://vimeo.com/groups/cars/videos/76979871
        https://vimeo.com/showcase/123/video/76979871""",
    ("flickr", "5440498070"): """
        https://www.flickr.com/photos/bees/5440498070/
        https://www.flickr.com/photos/12037949754@N01/5440498070/in/photostream/
        https://flic.kr/p/9hKYwS""",
    ("tumblr", "123456789012"): """
        https://ford.tumblr.com/post/123456789012/a-title
        https://ford.tumblr.com/post/123456789012
        https://www.tumblr.com/ford/123456789012/a-title
        https://www.tumblr.com/blog/view/ford/123456789012""",
    ("mastodon", "mastodon.social/109382006402042919"): """
        https://mastodon.social/@ana/109382006402042919
        https://mastodon.social/users/ana/statuses/109382006402042919
        https://mastodon.social/web/@ana/109382006402042919""",
    ("bluesky", "3kabcdefgh2x"): """
        https://bsky.app/profile/ana.bsky.social/post/3kabcdefgh2x
        https://bsky.app/profile/did:plc:abc123/post/3kabcdefgh2x""",
    ("snapchat", "W7_EDlXWTBiXAEEniNoMPw"): """
        https://www.snapchat.com/spotlight/W7_EDlXWTBiXAEEniNoMPw
        https://www.snapchat.com/@ana/spotlight/W7_EDlXWTBiXAEEniNoMPw""",
    ("web", "example.com/2009/05/my-trip"): """
        https://example.com/2009/05/my-trip
        http://www.example.com/2009/05/my-trip/
        https://example.com:443//2009/05/my-trip?utm_source=x&fbclid=y#top""",
    ("web", "example.com:8080/a?b=1&p=2"): """
        http://example.com:8080/a?p=2&b=1
        http://EXAMPLE.com:8080/a/?b=1&p=2""",
}
EVERY = [(u, key) for key, urls in SAME.items() for u in urls.split()]

NO_POST = """
https://youtu.be/w/p123
https://www.youtube.com/@ana
https://www.youtube.com/watch
https://www.youtube.com/watch?v=
https://www.youtube.com/watch?v=a%20b
https://www.youtube.com/playlist?list=PL1
https://www.instagram.com/ana/
https://www.instagram.com/share/abc
https://vm.tiktok.com/ZMabc/
https://www.tiktok.com/t/ZTabc/
https://www.tiktok.com/@ana
https://x.com/ana
https://x.com/ana/status/abc
https://t.co/abc
https://bit.ly/abc
https://fb.watch/abc/
https://www.facebook.com/share/p/abc/
https://www.facebook.com/ford
https://lnkd.in/abc
https://www.linkedin.com/in/ana
https://pin.it/abc
https://www.reddit.com/r/cars/s/abc
https://vimeo.com/ana
https://bsky.app/profile/ana
https://www.snapchat.com/t/abc
""".split()
NO_ADDRESS = [
    "javascript:alert(1)",
    "ftp://example.com/x",
    "//example.com/x",
    "example.com/x",
    "www.youtube.com/watch?v=dQw4w9WgXcQ",
    "https://",
    "https:///x",
    "https://user:secret@example.com/x",
    "https://exa mple.com/x",
    "https://example.com/a b",
    "https://example.com/a\tb",
    "https://example.com/\u202ex",
    "https://example.com:port/x",
    "https://[::1",
    'https://example.com/"x"',
    "https://example.com/<x>",
    "https://example.com/" + "x" * 2100,
    "at://did:plc:1/app.bsky.feed.post/3k",
    "n/a",
]


@pytest.mark.parametrize(("url", "key"), EVERY)
def test_every_form_of_an_address_names_the_same_post(
    url: str, key: tuple[str, str]
) -> None:
    assert post_key(url) == key
    assert platform_of(url) == key[0]


def test_every_platform_with_patterns_is_tried() -> None:
    assert {platform for platform, _ in SAME} <= set(PLATFORMS)
    assert len({platform for platform, _ in SAME}) >= 15
    assert set(PATTERNS) - {p for p, _ in SAME} == {"youtu.be", "redd.it", "flic.kr"}


@pytest.mark.parametrize("url", NO_POST)
def test_addresses_that_name_no_post_are_bad(url: str) -> None:
    key = post_key(url)
    assert isinstance(key, Bad), key
    assert key.code == "ROW_URL"


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_what_is_no_web_address_is_bad(url: str) -> None:
    assert isinstance(post_key(url), Bad)
    assert platform_of(url) is None


def test_a_password_in_an_address_is_not_repeated() -> None:
    bad = post_key("https://user:secret@example.com/x")
    assert isinstance(bad, Bad)
    assert "secret" not in bad.reason


@pytest.mark.parametrize(
    ("platform", "post_id", "url", "wanted"),
    [
        ("YouTube", "abc", "", ("youtube", "abc")),
        ("yt", "abc", "", ("youtube", "abc")),
        ("", "abc", "", ("unknown", "abc")),
        ("", "abc", "https://youtu.be/xyz", ("youtube", "abc")),
        ("", "abc", "https://example.com/1", ("web", "abc")),
        ("unknown", "abc", "https://youtu.be/xyz", ("unknown", "abc")),
        ("unknown", "", "https://youtu.be/xyz", ("youtube", "xyz")),
        ("facebook", "abc", "https://youtu.be/xyz", ("facebook", "abc")),
        ("", "", "https://youtu.be/xyz", ("youtube", "xyz")),
        ("blog", "", "https://www.example.com/a/", ("blog", "example.com/a")),
        ("blog", "", "https://x.tumblr.com/a", ("blog", "x.tumblr.com/a")),
        ("tumblr", "", "https://x.tumblr.com/post/12/t", ("tumblr", "12")),
        (
            "tumblr",
            "",
            "https://own.example/post/12",
            ("tumblr", "own.example/post/12"),
        ),
        ("facebook", "", "https://youtu.be/xyz", "ROW_URL"),
        ("blog", "", "https://youtu.be/xyz", "ROW_URL"),
        ("youtube", "", "https://example.com/1", "ROW_URL"),
        ("youtube", "", "", "ROW_ID"),
        ("myspace", "abc", "", "ROW_PLATFORM"),
        ("youtube", "abc", "javascript:x", "ROW_URL"),
        ("youtube", "#NAME?", "https://youtu.be/xyz", "ROW_ID"),
    ],
)
def test_who_a_row_is_about(
    platform: str, post_id: str, url: str, wanted: tuple[str, str] | str
) -> None:
    found = identify(platform, post_id, url)
    if isinstance(wanted, str):
        assert isinstance(found, Bad)
        assert found.code == wanted
    else:
        assert isinstance(found, Identity)
        assert found[:2] == wanted


def test_an_unknown_platform_is_told_its_nearest() -> None:
    found = identify("instagrm", "1", "")
    assert isinstance(found, Bad)
    assert 'Did you mean "instagram"?' in found.reason


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_addresses(text: str) -> None:
    for url in (text, "https://" + text, "https://www.youtube.com/" + text):
        for found in (post_key(url), page_key(url), identify("", "", url)):
            assert found

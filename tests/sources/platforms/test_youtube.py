"""YouTube, against a server that answers as the Data API does."""

from __future__ import annotations

import pytest
from sources.platforms.replies import (
    Asked,
    Reply,
    Server,
    Wallet,
    batches,
    by_path,
    failure,
    posts,
    questions,
    recorded,
    rows,
    serving,
    source,
)

from tracker.errors import (
    ConfigError,
    PayloadError,
    PermanentSourceError,
    TransientSourceError,
)
from tracker.sources.base import Payload, Source
from tracker.sources.contract import check_source
from tracker.sources.platforms.answers import next_midnight

ROOT = "/youtube/v3/"
VIDEOS, STATS = ROOT + "videos", ROOT + "videos:batchGetStats"
CHANNELS, UPLOADS = ROOT + "channels", ROOT + "playlistItems"
IDS = ("dQ1fiesta001", "dQ1fiesta-_2")
FOUND = {
    CHANNELS: Reply("youtube/channels.json"),
    UPLOADS: [Reply("youtube/uploads-1.json"), Reply("youtube/uploads-2.json")],
    VIDEOS: Reply("youtube/videos.json"),
}


def youtube(server: Server | None = None, /, **options: object) -> Source:
    return source("youtube", server, key={"env": "YOUTUBE_API_KEY"}, **options)


def test_figures_of_known_videos() -> None:
    """Counts are text in the answer; a hidden or missing one is unknown, and so is a
    video that is not there."""
    with serving(by_path({VIDEOS: Reply("youtube/videos.json")})) as server:
        made, wallet = youtube(server), Wallet()
        known = posts("youtube", *IDS, "dQ1gone00001")
        about = questions(known, platform="youtube", wallet=wallet)
        (payload,) = made.ask(about, None)
    assert payload.label == "videos 1-3 of 3"
    assert payload.asked == (*IDS, "dQ1gone00001")
    assert dict(server.asked[0].params) == {
        "part": "snippet,statistics",
        "id": ",".join(payload.asked),
        "key": "a-secret-of-nobody",
    }
    assert rows(made, [payload]) == [
        {
            "post_id": "dQ1fiesta001",
            "url": "https://www.youtube.com/watch?v=dQ1fiesta001",
            "published_at": 1777622400000,
            "caption": "Day one #fiesta\n\nAd. The car is here.",
            "views": 1200,
            "likes": 45,
            "comments": 6,
        },
        {
            "post_id": "dQ1fiesta-_2",
            "url": "https://www.youtube.com/watch?v=dQ1fiesta-_2",
            "published_at": 1777800600000,
            "caption": "Nobody counts my likes",
            "views": 300,
        },
    ]
    (batch,) = batches(made, [payload])
    assert batch.absent == (("youtube", "dQ1gone00001"),)
    assert set(batch.frame["captured_at"]) == {payload.seen_at}
    assert wallet.used == {"units": 1}


def test_fifty_videos_a_call_and_no_id_that_is_none() -> None:
    ids = [f"v{n:010}" for n in range(130)]
    with serving(by_path({VIDEOS: Reply("youtube/videos.json")})) as server:
        known = posts("youtube", *ids, "a,b", "c d", "é")
        payloads = list(youtube(server).ask(questions(known, platform="youtube"), None))
    asked = sorted(len((each.param("id") or "").split(",")) for each in server.asked)
    assert asked == [30, 50, 50]
    assert [each.label for each in payloads] == [
        "videos 1-50 of 130",
        "videos 51-100 of 130",
        "videos 101-130 of 130",
    ]


def test_new_videos_of_an_enrolled_channel() -> None:
    """By its handle, its list of uploads, page by page; private ones are no news."""
    with serving(by_path(FOUND)) as server:
        made = youtube(server)
        payloads = list(made.ask(questions((), ["@AdaDrives"]), None))
    channel, first, second, videos = server.asked
    assert channel.param("forHandle") == "@AdaDrives"
    assert first.param("playlistId") == "UUfiesta0000000000000001"
    assert first.param("pageToken") is None
    assert second.param("pageToken") == "EAAaBlBUOkNBSQ"
    assert videos.param("id") == "dQ1fiesta001,dQ1fiesta-_2"
    assert [row["handle"] for row in rows(made, payloads)] == ["@AdaDrives"] * 2
    assert payloads[-1].bookmark == '{"adadrives":1777800600000}'


def test_the_next_look_ends_at_the_mark() -> None:
    """What is not newer is not asked again, but for the newest itself."""
    with serving(by_path(FOUND)) as server:
        about = questions((), ["AdaDrives"])
        list(youtube(server).ask(about, '{"adadrives":1777800600000}'))
    assert [each.path for each in server.asked] == [CHANNELS, UPLOADS, UPLOADS, VIDEOS]
    assert server.asked[-1].param("id") == "dQ1fiesta-_2"


def test_what_was_found_before_a_look_broke_is_told() -> None:
    """The notice of an unknown channel was lost with the error of the next one."""

    def answering(asked: Asked) -> Reply:
        if asked.param("forHandle") == "nobody":
            return Reply("youtube/channels-none.json")
        return Reply(b"[]")

    with serving(answering) as server:
        made = youtube(server)
        assert failure(made, questions((), ["nobody", "AdaDrives"])).code == "SCHEMA"
    assert made.notices[0].startswith("notice[HANDLE_GONE] youtube @nobody")


def test_a_channel_by_its_id_and_one_that_nobody_knows() -> None:
    def answering(asked: Asked) -> Reply:
        none = asked.path == CHANNELS and asked.param("forHandle")
        body = "channels-none" if none else "error-404-playlist"
        if asked.param("id"):
            body = "channels"
        return Reply(f"youtube/{body}.json", 404 if asked.path == UPLOADS else 200)

    with serving(answering) as server:
        made = youtube(server)
        handles = ["nobody", "UCfiesta0000000000000001"]
        assert list(made.ask(questions((), handles), None)) == []
    assert len(made.notices) == 2
    assert made.notices[0].startswith("notice[HANDLE_GONE] youtube @nobody")


def test_statistics_in_batches_have_a_bucket_of_their_own() -> None:
    with serving(by_path({**FOUND, STATS: Reply("youtube/stats.json")})) as server:
        made, wallet = youtube(server, stats="batch"), Wallet()
        known = posts("youtube", "dQ1other0001", *IDS)
        payloads = list(made.ask(questions(known, ["Ada"], wallet=wallet), None))
    stats = next(each for each in server.asked if each.path == STATS)
    assert stats.param("part") == "statistics"
    assert stats.param("id") == "dQ1other0001"
    assert wallet.used == {"units": 4, "stats": 1}
    assert [row.get("views") for row in rows(made, payloads)] == [1200, 300, 1300]


def test_half_of_a_day_is_kept_for_figures() -> None:
    """Looking for new videos ends where half of the units are used."""
    with serving(by_path(FOUND)) as server:
        made, wallet = youtube(server, quota=6), Wallet({"units": 3})
        about = questions(posts("youtube", *IDS), ["Ada"], wallet=wallet)
        payloads = list(made.ask(about, None))
    assert server.paths() == [VIDEOS]
    assert payloads[0].bookmark is None
    assert made.notices[0].startswith("notice[QUOTA]")


def test_a_list_that_is_cut_off_moves_no_mark() -> None:
    """One unit is left for looks, the second page is not asked, and nothing of the
    first is taken: else the older videos would be skipped for ever."""
    with serving(by_path(FOUND)) as server:
        made, wallet = youtube(server, quota=4), Wallet()
        payloads = list(made.ask(questions((), ["Ada"], wallet=wallet), None))
    assert server.paths() == [CHANNELS, UPLOADS]
    assert payloads == []


def test_a_list_without_an_end_ends() -> None:
    """A page that leads to itself: the figures are read, then the fault is told."""
    endless = {**FOUND, UPLOADS: Reply("youtube/uploads-1.json")}
    with serving(by_path(endless)) as server:
        made = youtube(server)
        with pytest.raises(TransientSourceError) as caught:
            list(made.ask(questions(posts("youtube", *IDS), ["Ada"]), None))
    assert caught.value.code == "SCHEMA"
    assert "page 2" in caught.value.subject
    assert server.paths() == [CHANNELS, UPLOADS, UPLOADS, VIDEOS]


def test_the_store_knows_the_quota_before_youtube_does() -> None:
    """What was answered before stays; the error names when to go on."""
    known = posts("youtube", *(f"v{n:010}" for n in range(60)))
    with serving(by_path({VIDEOS: Reply("youtube/videos.json")})) as server:
        made, kept = youtube(server, quota=1), []
        with pytest.raises(TransientSourceError) as caught:
            kept.extend(made.ask(questions(known), None))
    assert len(kept) == len(server.asked) == 1
    assert (caught.value.code, caught.value.retry_at is not None) == ("QUOTA", True)


def test_a_day_of_youtube_ends_at_midnight_in_los_angeles() -> None:
    reply = Reply("youtube/error-403-quota.json", 403)
    with serving(by_path({VIDEOS: reply})) as server:
        error = failure(youtube(server), questions(posts("youtube", *IDS)))
    assert isinstance(error, TransientSourceError)
    assert error.code == "QUOTA"
    assert error.retry_at is not None
    assert error.retry_at == next_midnight(error.retry_at - 1, "America/Los_Angeles")
    assert next_midnight(error.retry_at, "America/Los_Angeles") > error.retry_at


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        (Reply("youtube/error-403-rate.json", 403), TransientSourceError, "QUOTA"),
        (Reply("youtube/error-403-forbidden.json", 403), PermanentSourceError, "ASKED"),
        (Reply("youtube/error-400-key.json", 400), PermanentSourceError, "REAUTH"),
        (Reply("youtube/error-401.json", 401), PermanentSourceError, "REAUTH"),
        (Reply(b"not found", 404), PermanentSourceError, "ASKED"),
        (Reply(b"", 500), TransientSourceError, "UPSTREAM"),
        (
            Reply(b"", 429, {"Retry-After": "120"}),
            TransientSourceError,
            "QUOTA",
        ),
    ],
)
def test_errors_are_sorted_by_who_can_mend_them(
    reply: Reply, kind: type, code: str
) -> None:
    with serving(by_path({VIDEOS: reply})) as server:
        error = failure(youtube(server), questions(posts("youtube", *IDS)))
    assert isinstance(error, kind)
    assert error.code == code
    assert "a-secret-of-nobody" not in str(error)


def test_rows_that_are_wrong_have_their_place() -> None:
    payload = recorded("youtube/videos-odd.json", asked=("dQ1words0001", "dQ1none"))
    made = youtube()
    (batch,) = batches(made, [payload])
    told = [(r.line, r.column, r.code) for r in batch.rejects]
    assert told == [
        (1, "statistics.viewCount", "ROW_NUMBER"),
        (2, "statistics.viewCount", "ROW_NUMBER"),
        (3, "statistics.viewCount", "ROW_NUMBER"),
        (5, "", "ROW_TYPE"),
    ]
    assert batch.rows == 6
    future, signs = rows(made, [payload])
    assert "published_at" not in future
    assert future["likes"] == 0
    assert signs["caption"] == "Half \ufffd a sign\ufffdEND\n\nx"
    assert batch.absent == (("youtube", "dQ1none"),)
    check_source(made, [payload, recorded("youtube/videos.json")])


@pytest.mark.parametrize(
    "body",
    [b'{"items": [{"id": "a"', b"<html>", b"[]", b'{"kind": "x"}', b'{"items": {}}'],
)
def test_an_answer_of_another_shape_is_refused_whole(body: bytes) -> None:
    """Else everything that was asked for would seem to be gone."""
    with pytest.raises(PayloadError) as caught:
        batches(youtube(), [Payload("videos 1-2 of 2", 1, body=body, asked=IDS)])
    assert caught.value.code == "SCHEMA"


def test_two_answers_alike_are_two_readings() -> None:
    with serving(by_path({VIDEOS: Reply("youtube/videos.json")})) as server:
        made = youtube(server)
        both = [
            next(iter(made.ask(questions(posts("youtube", i)), None))) for i in "ab"
        ]
    assert both[0].digest != both[1].digest or both[0].seen_at == both[1].seen_at


def test_what_the_terms_leave_to_choose() -> None:
    """Without a choice nothing is deleted and nothing is blended; a sentence says
    so."""
    open_, kept, free = (
        youtube(**more).policy
        for more in ({}, {"retention": "30d"}, {"terms": "accepted"})
    )
    assert 'retention = "30d"' in open_.choice
    assert (open_.keep_days, open_.may_blend) == (30, False)
    assert (kept.keep_days, kept.may_blend, kept.choice) == (30, False, "")
    assert (free.keep_days, free.may_blend, free.choice) == (None, True, "")


def test_all_problems_of_a_block_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        source("youtube", quota=-1, stats="all", pots=1, base_url="http://h/path")
    told = "\n".join(caught.value.problems)
    for key in ("key: is missing", "quota:", "stats:", "pots:", "base_url:"):
        assert key in told
    assert len(caught.value.problems) == 5

"""A person made of canaries, in every table and file: after an erasure no byte of them
is left, no sum has moved, and nobody else has lost a word."""

from __future__ import annotations

import json
import shutil
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spring import done, programme, said
from support import Run

from tracker.app import open_tracker
from tracker.store.database import Link
from tracker.store.inbox import Arrival, Inbox
from tracker.store.scrub import FIXED

NOW = 1_772_000_000_000
DAYS = {"opens": "2026-01-01", "due": "2026-06-30"}
HEAD = "platform,handle,post_id,url,published_at,captured_at,caption,views,likes\n"
BEN = (
    "youtube,benoakes,bens-video,https://youtu.example/bens-video,"
    '2026-02-02T10:00:00Z,2026-02-03T10:00:00Z,"Open day, views of the spring #spring",'
    "50,2\n"
)
SOURCES = """
[[source]]
name = "studio"
kind = "csv"
path = "inbox/*.csv"
[[source]]
name = "shop"
kind = "webhook"
scheme = "standard"
secret = { env = "SHOP_SECRET" }
"""


def person_rows(who: dict[str, str]) -> str:
    """Two good rows and a bad one, as a file has them."""
    good = "{p},{handle},{post}{n},https://v.example/{post}{n},2026-02-0{n}T10:00:00Z,"
    good += "2026-02-05T10:00:00Z,{caption} #spring,{n}00,5\n"
    rows = [good.format(p="youtube", n=n, **who) for n in (1, 2)]
    return HEAD + BEN + "".join(rows) + rows[0].replace(",5\n", ",many\n")


def everywhere(link: Link, row: int, who: dict[str, str]) -> None:
    """A canary in every text of every table that may be about a person."""
    post = link.value(
        "SELECT post_id FROM attribution WHERE ambassador_id = ? ORDER BY post_id",
        (row,),
    )
    c, note = 1, who["note"]
    payload = link.value("SELECT payload_id FROM reading WHERE post_id = ?", (post,))
    reading = link.value("SELECT captured_at FROM reading WHERE post_id = ?", (post,))
    for sql, values in (
        (
            (
                "INSERT INTO application (campaign_id, slug, name, platform,"
                " handle, email,"
                " criteria, state, reason) VALUES (1, ?, ?, 'youtube', ?, ?,"
                " ?, 'new', ?)"
            ),
            (
                who["id"] + "-applied",
                who["name"],
                who["handle"],
                who["email"],
                json.dumps({"said": note}),
                note,
            ),
        ),
        (
            (
                "INSERT INTO consent (ambassador_id, version, given_on, note)"
                " VALUES (?, 'v1', '2026-01-01', ?)"
            ),
            (row, note),
        ),
        (
            (
                "INSERT INTO contract (campaign_id, ambassador_id, ref,"
                " signed_on, note, objective)"
                " VALUES (?, ?, ?, '2026-01-01', ?, ?)"
            ),
            (c, row, "C-" + who["id"], note, note),
        ),
        (
            (
                "INSERT INTO goods (campaign_id, ambassador_id, ref, what, amount,"
                " currency, starts) VALUES (?, ?, ?, ?, 5, 'EUR', '2026-01-01')"
            ),
            (c, row, "car-" + who["id"], note),
        ),
        (
            (
                "INSERT INTO mission_mark (campaign_id, mission, ambassador_id, state,"
                " reason, actor, at) VALUES (?, 'travel', ?, 'excused', ?, 'x', 1)"
            ),
            (c, row, note),
        ),
        (
            (
                "INSERT INTO link (code, destination, campaign_id,"
                " ambassador_id, promo,"
                " utm, created_at) VALUES (?, ?, ?, ?, ?, ?, 1)"
            ),
            (
                who["code"],
                "https://shop.example/" + who["id"],
                c,
                row,
                who["promo"],
                json.dumps({"utm_content": note}),
            ),
        ),
        (
            (
                "INSERT INTO feedback (campaign_id, ambassador_id, at, said, answer)"
                " VALUES (?, ?, 1, ?, ?)"
            ),
            (c, row, note, note),
        ),
        (
            (
                "INSERT INTO feedback (campaign_id, ambassador_id, at, said)"
                " VALUES (?, NULL, 1, ?)"
            ),
            (c, f"somebody met {who['name']} there"),
        ),
        (
            (
                "INSERT INTO cost (campaign_id, ref, day, kind, amount,"
                " currency, state,"
                " ambassador_id, note)"
                " VALUES (?, ?, '2026-01-01', 'fee', 700, 'EUR', 'paid', ?, ?)"
            ),
            (c, "fee-" + who["id"], row, note),
        ),
        (
            (
                "INSERT INTO correction (post_id, captured_at, metric,"
                " value, was, reason,"
                " actor, at) VALUES (?, ?, 'saves', 1, 1, ?, 'x', 1)"
            ),
            (post, reading, note),
        ),
        (
            (
                "INSERT INTO disclosure_override (post_id, verdict, reason, actor, at)"
                " VALUES (?, 'pass', ?, 'x', 1)"
            ),
            (post, note),
        ),
        (
            (
                "INSERT INTO disclosure_act (post_id, act, note, actor, at)"
                " VALUES (?, 'notice', ?, 'x', 1)"
            ),
            (post, note),
        ),
        (
            (
                "INSERT INTO finding_state (id, state, reason, actor, at)"
                " VALUES ('post.gone:1', 'fixed', ?, 'x', 1)"
            ),
            (f"asked @{who['handle']}",),
        ),
        (
            (
                "INSERT INTO evidence (payload_id, file, digest, note)"
                " VALUES (?, ?, 'd', ?)"
            ),
            (payload, who["id"] + ".png", note),
        ),
        (
            (
                "INSERT INTO audience (source_id, platform, handle, metric, day, value,"
                " payload_id, line) VALUES (1, 'youtube', ?, 'followers',"
                " '2026-02-01', 9,"
                " ?, 1)"
            ),
            (who["handle"], payload),
        ),
        ("UPDATE audience SET value = 10", ()),
        (
            (
                "INSERT INTO click (link_id, at, sort, agent, referrer)"
                " SELECT id, 1, 'unique', 'Firefox', 'forum.example' FROM link"
                " WHERE ambassador_id = ?"
            ),
            (row,),
        ),
        (
            (
                "INSERT INTO disagreement (post_id, captured_at, metric, value,"
                " payload_id, line) VALUES (?, ?, 'views', 1, ?, 1)"
            ),
            (post, reading, payload),
        ),
        (
            (
                "INSERT INTO reading_past (post_id, captured_at, replaced_by, views,"
                " payload_id, line) VALUES (?, ?, ?, 1, ?, 1)"
            ),
            (post, reading, payload, payload),
        ),
        (
            "UPDATE reject SET reason = ? WHERE raw LIKE '%many%'",
            (f"many likes of @{who['handle']}",),
        ),
        (
            "UPDATE application SET team = ?",
            (note,),
        ),
        (
            "UPDATE run SET error = ?, notices = ?",
            (f"no {who['email']}", json.dumps([f"post {who['post']}1 is odd"])),
        ),
        (
            "UPDATE enrolment SET team = ? WHERE ambassador_id = ?",
            (note, row),
        ),
        (
            "UPDATE contract SET objective = ? WHERE ambassador_id = ?",
            (note, row),
        ),
        (
            (
                "INSERT INTO turn (campaign_id, ambassador_id, kind, before, after,"
                " reason, actor, at) VALUES (?, ?, 'group', ?, ?, ?, 'x', 1)"
            ),
            (c, row, note, note, note),
        ),
        (
            "INSERT INTO edition (ambassador_id, token, made_at) VALUES (?, ?, 1)",
            (row, "zqtoken" + who["note"]),
        ),
        (
            (
                "INSERT INTO survey (campaign_id, question, wave, share, source)"
                " VALUES (?, ?, ?, '4.0', 'press')"
            ),
            (c, f"know @{who['handle']}", who["name"]),
        ),
        (
            (
                "INSERT INTO alert (name, finding, target, shown, campaign, at,"
                " seen_at, not_before, state, error)"
                " VALUES (?, 'f:1', ?, ?, ?, 1, 1, 1, 'failed', ?)"
            ),
            (
                who["name"],
                f"env {who['code']}",
                f"mailto://{who['email']}",
                who["email"],
                f"no {who['email']}",
            ),
        ),
        (
            (
                "INSERT INTO breaker (source, failures, since, reason)"
                " VALUES ('s', 1, 1, ?)"
            ),
            (f"404 for {who['post']}1",),
        ),
        (
            "UPDATE source SET reason = ?, bookmark = ? WHERE name = 'studio'",
            (f"404 for @{who['handle']}", json.dumps({"next": who["post"] + "1"})),
        ),
        (
            "UPDATE payload SET error = ?, header = ? WHERE id = ?",
            (f"no {who['email']}", json.dumps([who["email"]]), payload),
        ),
        (
            "UPDATE campaign SET name = ? WHERE id = 1",
            (f"c of {who['name']}",),
        ),
    ):
        link.run(sql, values)
    plan = json.loads(link.value("SELECT plan FROM campaign WHERE id = 1"))
    plan["mission"] = [{"id": "travel", "assigned": [who["id"], "ben"]} | DAYS]
    fee = {"id": "x", "date": "2026-02-01", "kind": "fee", "amount": "5.00"}
    plan["cost"] = [fee | {"ambassador": who["id"], "note": who["email"]}]
    link.run("UPDATE campaign SET plan = ? WHERE id = 1", (json.dumps(plan),))


def deliveries(home: Path, who: dict[str, str]) -> list[Arrival]:
    """One that was read and one that waits, with an item of somebody else each."""
    made = []
    for n in (1, 2):
        items = [
            {
                "id": f"{n}-{who['id']}",
                "kind": "lead",
                "ambassador": who["id"],
                "quantity": 2,
            },
            {"id": f"{n}-code", "kind": "sale", "code": who["promo"], "value": "3.00"},
            {"id": f"{n}-bens", "kind": "lead", "ambassador": "ben", "quantity": 5},
        ]
        for item in items:
            item |= {"at": "2026-02-04T10:00:00Z", "campaign": "c", "currency": "EUR"}
        body = json.dumps({"type": "outcome", "data": items}).encode()
        made.append(Arrival("shop", f"d{n}", NOW, "{}", body))
    return made


@pytest.fixture
def home(workspace: Path, invoke: Run) -> Path:
    """The programme with Ben alone."""
    with (workspace / "tracker.toml").open("a") as out:
        out.write(SOURCES)
    programme(workspace, invoke)
    for name in ("plan.toml", "people.csv"):
        (workspace / name).unlink()
    return workspace


def settle(home: Path, invoke: Run, who: dict[str, str]) -> None:
    """The person, everywhere."""
    people = "id,name,email,country,platform,handle\n" + ",".join(
        (who["id"], who["name"], who["email"], "FR", "youtube", "@" + who["handle"])
    )
    (home / "inbox" / "people.txt").write_text(people, "utf-8")
    env = {"SHOP_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    done(
        invoke,
        *("ambassador", "import", home / "inbox" / "people.txt", "--campaign", "c"),
    )
    (home / "inbox" / "posts.csv").write_text(person_rows(who), "utf-8")
    assert invoke("ingest", "studio").code == 1
    tracker = open_tracker(home)
    row = said(invoke, "audit", "list")["lines"][-1]
    assert row
    with tracker.database.writing() as link:
        number = link.value("SELECT id FROM ambassador WHERE slug = ?", (who["id"],))
        everywhere(link, int(number), who)
    first, second = deliveries(home, who)
    box = Inbox(tracker.database)
    box.put([first])
    assert invoke("ingest", "shop", env=env).code == 0
    done(
        invoke,
        "outcome",
        "verify",
        f"1-{who['id']}",
        "--reason",
        f"{who['note']} said so",
    )
    box.put([second])
    box.close()
    done(invoke, "report")
    done(invoke, "report", "c", "--mark", f"for {who['name']}")
    done(invoke, "export", "posts", "--out", home / "posts-export.csv")
    (home / "daemon.log").write_text(f"kept {who['handle']}\nother line\n", "utf-8")


#: What people's names and words look like; w: a word, a: the same in ASCII.
SHAPES = {
    "id": "zq{a}-x7",
    "name": "Zoqë{w} O'Kán{a}",
    "email": "zmail.{a}@zq7.example",
    "handle": "zqh_{a}9",
    "post": "zqpost-{a}-",
    "code": "zqcode-{a}",
    "promo": "ZQPROMO{a}",
    "caption": "zqcaption {w} zqs",
    "note": "zqnote {w} zqe",
}


def canaries(who: dict[str, str]) -> list[bytes]:
    """Every word of a person, plain and as JSON writes it."""
    return [
        form.lower().encode()
        for text in who.values()
        for form in (text, json.dumps(text)[1:-1])
    ]


def left(home: Path, who: dict[str, str]) -> list[tuple[str, bytes]]:
    """Where which canary is, the user's inbox left out."""
    return [
        (str(path.relative_to(home)), one)
        for path in sorted(home.rglob("*"))
        if path.is_file() and "inbox" not in path.relative_to(home).parts
        for one in canaries(who)
        if one in path.read_bytes().lower()
        or one in str(path.relative_to(home)).lower().encode()
    ]


#: Columns whose words the tracker or the programme has: nobody stands in them.
OF_NOBODY = {
    *("ambassador.country", "ambassador.language", "application.platform"),
    *("application.score", "application.state", "campaign.slug", "campaign.rules"),
    *("alert.finding", "click.agent", "click.referrer", "click.external_id"),
    *("click.visitor", "click.sort", "edition.made_at", "event.kind", "meta.key"),
    *("meta.value", "payload.label", "post.kind", "post.paid_partnership"),
    *("post.marks", "run.host", "reject.code", "source.name", "survey.share"),
    *("survey.source", "finding_state.id", "breaker.source", "delivery.headers"),
    *("delivery.delivery_id", "delivery.source", "past.of", "turn.kind", "lease.name"),
    *("lease.holder", "quota.source", "quota.bucket", "erasure.step"),
    *("payload.header", "suppressed.mark", "consent.version", "outcome_word.status"),
    *("report_mark.figures", "archive_part.month", "archive_part.path"),
    "archive_part.sums",
}


def test_there_is_a_canary_in_every_column_of_text(home: Path, invoke: Run) -> None:
    """A column that is new is erased, or said to be of nobody: here, and in `scrub`."""
    who = {name: shape.format(w="word", a="word") for name, shape in SHAPES.items()}
    settle(home, invoke, who)
    with open_tracker(home).database.reading() as link:
        silent = {
            f"{table}.{column}"
            for table, column in columns_of_text()
            if not any(
                one in repr(text).lower()
                for (text,) in link.all(f'SELECT "{column}" FROM {table}')
                for one in (word.lower() for word in who.values())
            )
        }
    assert sorted(silent - OF_NOBODY) == []


#: Days as text.
DAYS_OF = {"starts", "ends", "since", "until", "given_on", "withdrawn_on", "signed_on"}
DAYS_OF |= {"returned_on", "asked_from", "asked_to"}


def columns_of_text() -> list[tuple[str, str]]:
    from sqlmodel import SQLModel

    return [
        (table.name, column.name)
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if column.type.python_type is str
        and column.name not in FIXED | DAYS_OF
        and table.name != "audit"
    ]


def figures(invoke: Run) -> dict[str, Any]:
    """Everything that counts, without anybody's name."""
    outcomes = said(invoke, "outcome", "list", "c")["outcomes"]
    totals = [said(invoke, "totals", "c"), said(invoke, "totals", "c", "--by", "day")]
    return {
        "totals": [{**one, "as_of": None} for one in totals],
        "cost": said(invoke, "cost", "list", "c")["sum"],
        "missions": sorted(
            len(one["shares"]) * one["quantity"] for one in outcomes if one["counted"]
        ),
        "feedback": len(said(invoke, "feedback", "list")["feedback"]),
    }


WORD = st.text(string.ascii_lowercase + string.digits + "éüß", min_size=4, max_size=9)


@st.composite
def somebody(draw: st.DrawFn) -> dict[str, str]:
    """Words that stand nowhere else, in the shapes that people's names have."""
    word = draw(WORD)
    ascii_ = word.encode("ascii", "ignore").decode() or "w"
    return {name: shape.format(w=word, a=ascii_) for name, shape in SHAPES.items()}


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(who=somebody())
def test_nothing_is_left_and_nothing_else_is_lost(
    home: Path, invoke: Run, tmp_path_factory: pytest.TempPathFactory, who: dict
) -> None:
    """Whatever they are called, in every table and every file of ours."""
    own = Path(shutil.copytree(home, tmp_path_factory.mktemp("example") / "workspace"))

    def run(*words: object, env: dict[str, str] | None = None) -> Any:
        return invoke("--home", own, *words, env=env)

    settle(own, run, who)
    told = json.loads(done(run, "privacy", "export", who["id"]))
    text = json.dumps(told, ensure_ascii=False).lower()
    missed = [name for name, one in who.items() if one.lower() not in text]
    assert missed == []
    assert [kind for kind, rows in told.items() if not rows] == []
    before = figures(run)
    found = said(run, "privacy", "erase", who["id"], "--yes")
    assert left(own, who) == []
    assert figures(run) == before
    assert found["kept_by_you"] == ["inbox/people.txt", "inbox/posts.csv"]
    assert {"daemon.log", "posts-export.csv"} <= set(found["files"])
    assert (own / "daemon.log").read_text() == "other line\n"
    done(run, "verify")
    done(run, "audit", "verify")
    _again(own, run, who, before)
    assert "Open day, views of the spring" in done(run, "export", "posts")


def _again(own: Path, run: Run, who: dict[str, str], before: dict[str, Any]) -> None:
    """Old files, old deliveries, old people: all of it comes again."""
    env = {"SHOP_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    box = Inbox(open_tracker(own).database)
    assert [put.value for put in box.put(deliveries(own, who))] == ["again", "again"]
    told = json.loads(run("ingest", "shop", "--json", env=env).out)["sources"][0]
    assert (told["rows"], told["stored"]) == (1, 1), "what waited had an item of Ben's"
    later = [
        Arrival("shop", f"later{n}", NOW, "{}", one.body)
        for n, one in enumerate(deliveries(own, who))
    ]
    box.put(later)
    box.close()
    told = json.loads(run("ingest", "shop", "--json", env=env).out)["sources"][0]
    assert (told["stored"], told["rejected"], told["suppressed"]) == (0, 0, 4)
    again = json.loads(run("ingest", "studio", "--json").out)["sources"][0]
    assert (again["stored"], again["corrected"], again["suppressed"]) == (0, 0, 2)
    people = own / "inbox" / "people.txt"
    assert run("ambassador", "import", people, "--campaign", "c").code == 1
    words = ("ambassador", "add", "other-id", "--name", "Other")
    assert run(*words, "--handle", f"youtube:{who['handle']}").code == 4
    assert left(own, who) == []
    after = figures(run)
    assert after["totals"] == before["totals"]

"""Disclosure from captions in the store to the lists and logs that people read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import Run

from tracker.checks.captions import read
from tracker.checks.disclosure import judge, judged
from tracker.checks.packs import read_contract, read_pack, read_words
from tracker.packs import FOLDER, packs

PLAN = """
[campaign]
id = "spring"
name = "Spring"
countries = ["UK"]
"""
PEOPLE = """id,name,platform,handle,country,language
ada,Ada,instagram,ada,FR,fr
ben,Ben,instagram,ben,GB,en
cem,Cem,instagram,cem,,
dee,Dee,instagram,dee,DE,de
"""
HEAD = "platform,post_id,handle,published_at,captured_at,caption,likes,"
HEAD += "paid_partnership,language\n"
POSTS = HEAD + "".join(
    f"instagram,{post},{who},{day}T10:00:00Z,2026-06-02,{caption},1,{toggle},{language}\n"
    for post, who, day, caption, toggle, language in [
        ("p1", "ada", "2026-06-01", "Publicité / Ad: la route", "yes", "en"),
        ("p2", "ada", "2026-06-01", "Publicité: la route", "no", ""),
        ("p3", "ben", "2026-06-01", "Gifted by Ford", "", ""),
        ("p4", "ben", "2026-06-01", "", "yes", ""),
        ("p5", "cem", "2026-06-01", "On the road", "", ""),
        ("p6", "dee", "2026-06-01", "Ad: on the road", "", ""),
        ("p7", "ben", "2001-06-01", "On the old road", "", ""),
    ]
)


@pytest.fixture
def spring(each_workspace: Path, invoke: Run) -> Run:
    """A campaign for the United Kingdom with people of several countries."""
    for name, text in {"plan.toml": PLAN, "people.csv": PEOPLE}.items():
        (each_workspace / name).write_text(text)
    (each_workspace / "posts.csv").write_text(POSTS)
    for words in (
        ("campaign", "apply", each_workspace / "plan.toml"),
        ("ambassador", "import", each_workspace / "people.csv", "--campaign", "spring"),
        ("ingest", "--file", each_workspace / "posts.csv", "--kind", "csv"),
    ):
        assert invoke(*words).code == 0
    return invoke


def listed(invoke: Run) -> dict[str, dict[str, Any]]:
    answer = invoke("disclosure", "list", "spring", "--json")
    assert answer.code == 0, answer.err
    found = json.loads(answer.out)
    assert found["campaign"] == "spring"
    assert sum(found["counts"].values()) == len(found["posts"])
    return {post["post_id"]: post for post in found["posts"]}


def findings(invoke: Run, rule: str = "disclosure.") -> list[dict[str, Any]]:
    answer = invoke("finding", "list", "--rule", rule, "--json")
    assert answer.code == 0, answer.err
    found: list[dict[str, Any]] = json.loads(answer.out)["findings"]
    return found


def test_each_post_is_judged_by_its_countries(spring: Run) -> None:
    """The ambassador's and the plan's; the worst verdict is the post's."""
    found = listed(spring)
    assert {post: one["verdict"] for post, one in found.items()} == {
        "p1": "pass",
        "p2": "fail",  # passes in France, not in the United Kingdom
        "p3": "weak",
        "p4": "unknown",  # no caption
        "p5": "fail",
        "p6": "unknown",  # passes there, but there are no rules for Germany
        "p7": "fail",
    }
    assert found["p1"]["countries"] == ["FR", "GB"]
    assert found["p5"]["countries"] == ["GB"]
    assert (found["p1"]["language"], found["p2"]["language"]) == ("en", "fr")
    assert [found[p]["toggle"] for p in ("p1", "p2", "p3")] == [True, False, None]
    assert found["p2"]["rule"] == "GB-1"
    assert found["p4"]["reason"] == "no caption is known"
    assert "DE" in found["p6"]["reason"]
    weak = found["p3"]
    assert (weak["label"], weak["position"], weak["placement"]) == (
        "Gifted",
        0,
        "upfront",
    )
    assert (weak["rule"], weak["rule_date"]) == ("GB-3", "2018-09-28")
    assert "Gifted by Ford" in weak["evidence"]
    assert (
        "1 pass, 1 weak, 3 fail, 2 unknown"
        in spring("disclosure", "list", "spring").out
    )


def test_findings_are_of_posts_that_the_law_was_there_for(spring: Run) -> None:
    """fail and weak, with the reading that said the caption; the old post is none."""
    found = {(one["rule"], one["post_id"]): one for one in findings(spring)}
    assert set(found) == {
        ("disclosure.fail", "p2"),
        ("disclosure.weak", "p3"),
        ("disclosure.fail", "p5"),
    }
    fail = found["disclosure.fail", "p2"]
    assert (fail["severity"], fail["campaign"], fail["ambassador"]) == (
        "error",
        "spring",
        "ada",
    )
    assert (fail["at"], fail["state"]) == ("2026-06-02", "open")
    assert "GB-1 of 2010-09-01" in fail["evidence"]


def test_a_person_overrides_the_rules_and_takes_it_back(spring: Run) -> None:
    words = ("disclosure", "override", "instagram", "p5")
    assert spring(*words, "pass", "--reason", "said in the film").code == 0
    found = listed(spring)["p5"]
    assert (found["verdict"], found["override"]) == ("pass", "pass")
    assert found["override_reason"] == "said in the film"
    assert "p5" not in {one["post_id"] for one in findings(spring)}
    assert spring(*words, "weak", "--reason", "half said").code == 0
    weak = [one for one in findings(spring) if one["post_id"] == "p5"]
    assert [one["rule"] for one in weak] == ["disclosure.weak"]
    assert "half said" in weak[0]["evidence"]
    assert spring(*words, "none", "--reason", "a mistake").code == 0
    assert listed(spring)["p5"]["override"] is None


def test_what_is_done_stands_in_a_log(spring: Run) -> None:
    """Each act a line, in order, exported alike; the finding follows the last."""
    act = ("disclosure", "act", "instagram", "p2")
    assert spring(*act, "notice", "--note", "by mail").code == 0
    states = {one["post_id"]: one["state"] for one in findings(spring)}
    assert (states["p2"], states["p3"]) == ("acknowledged", "open")
    assert spring(*act, "fixed").code == 0
    assert {one["post_id"]: one["state"] for one in findings(spring)}["p2"] == "fixed"
    log = json.loads(spring("disclosure", "log", "--json").out)["log"]
    assert [(line["act"], line["note"]) for line in log] == [
        ("notice", "by mail"),
        ("fixed", None),
    ]
    assert log[0]["ambassador"] == "ada"
    exported = spring("export", "disclosure-log", "--format", "json").out
    assert json.loads(exported) == log
    assert "by mail" in spring("disclosure", "log").out


def test_changes_are_audited_without_names(spring: Run, each_workspace: Path) -> None:
    spring("disclosure", "act", "instagram", "p2", "notice", "--note", "to Ada")
    spring("disclosure", "override", "instagram", "p2", "pass", "--reason", "Ada did")
    (one,) = findings(spring, "disclosure.weak")
    spring("finding", "ack", one["id"], "--reason", "Ben knows")
    from tracker.app import open_tracker

    with open_tracker(each_workspace).database.reading() as link:
        lines = link.all("SELECT action, subject FROM audit ORDER BY n")
    actions = [action for action, _ in lines]
    assert actions[-3:] == ["disclosure.notice", "disclosure.override", "finding.ack"]
    assert not [s for _, s in lines[-3:] if any(w in s for w in ("Ada", "p2", "Ben"))]


def test_a_post_that_is_not_there_is_told(spring: Run) -> None:
    for words in (("override", "x", "1", "pass", "--reason", "r"), ("act", "x", "1")):
        more = ("notice",) if words[0] == "act" else ()
        answer = spring("disclosure", *words, *more)
        assert (answer.code, "error[NOT_FOUND]" in answer.err) == (4, True)


@pytest.mark.parametrize(
    ("words", "code", "verdict"),
    [
        (("--text", "Ad: hello", "--country", "US"), 0, "pass"),
        (("--text", "Ad: hello", "--country", "FR"), 1, "weak"),
        (("--text", "hello", "--country", "uk", "--language", "en"), 1, "fail"),
        (("--text", "Ad: hello", "--country", "DE"), 1, "unknown"),
        (("--text", "hello", "--country", "US", "--toggle", "yes"), 1, "fail"),
        (("--text", "Ad: x", "--country", "US", "--country", "FR"), 1, "weak"),
    ],
)
def test_a_caption_is_checked_by_itself(
    invoke: Run, words: tuple[str, ...], code: int, verdict: str
) -> None:
    answer = invoke("disclosure", "check", *words, "--json")
    found = json.loads(answer.out)
    assert (answer.code, found["verdict"], found["post_id"]) == (code, verdict, None)
    assert (found["rule"] is None) == (verdict == "unknown")
    assert invoke("disclosure", "check", *words).out.startswith(verdict)


def test_no_workspace_is_needed_to_check_a_caption(
    invoke: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ("disclosure", "check", "--text", "Ad: x", "--country", "US")
    assert invoke(*words, env={"TRACKER_HOME": ""}).code == 0


# -- packs --------------------------------------------------------------------------

GERMAN = """
country = "DE"
name = "Deutschland"
since = 2019-01-01
law = "UWG"
[[rule]]
id = "DE-1"
when = "none"
date = 2019-01-01
source = "UWG"
[[rule]]
id = "DE-2"
when = "label"
verdict = "pass"
date = 2019-01-01
source = "UWG"
labels = ["Werbung", "Anzeige"]
[languages]
Anzeige = ["de"]
"""


def test_a_country_is_added_by_a_file(invoke: Run, workspace: Path) -> None:
    """Of the workspace; and one that is no pack is told, by name."""
    (workspace / "packs").mkdir()
    (workspace / "packs" / "DE.toml").write_text(GERMAN)
    words = ("disclosure", "check", "--country", "DE", "--json", "--text")
    assert invoke(*words, "WERBUNG: los").code == 0
    (workspace / "packs" / "AT.toml").write_text('country = "AT"')
    answer = invoke(*words, "Werbung: los")
    assert (answer.code, "error[PACK] packs/AT.toml" in answer.err) == (3, True)


def test_a_contract_rule_that_is_none_is_refused() -> None:
    """Money is text with its digits, and everything has to be there."""
    head = 'country = "BE"\n[contract]\nsince = 2026-01-01\ncurrency = "EUR"\n'
    rest = 'amount = "500.00"\nwarn = 50\nlaw = "x"\n'
    rule = read_contract(head + rest)
    assert rule is not None
    assert (rule.country, rule.amount, rule.warn) == ("BE", 50_000, 50)
    assert read_contract('country = "BE"') is None
    for wrong in (rest.replace('"500.00"', '"500"'), rest.replace("warn", "tell")):
        with pytest.raises(ValueError, match=r"amount|warn"):
            read_contract(head + wrong)


def test_a_label_of_one_language_holds_in_it_alone() -> None:
    words = read_words((FOLDER / "words.toml").read_text("utf-8"))
    pack = read_pack(GERMAN, words)
    caption = read("Anzeige: los geht's")
    verdicts = [judge(caption, pack, one).verdict for one in ("de", "en", None)]
    assert verdicts == ["pass", "fail", "fail"]


@pytest.mark.parametrize(
    "text",
    [
        "country =",
        'country = "DE"',
        GERMAN.replace('when = "none"', 'when = "end"'),
        GERMAN.replace('when = "none"', 'when = "maybe"'),
        GERMAN.replace('"Werbung"', '"({brand} x"'),
    ],
)
def test_a_pack_that_is_none_is_refused(text: str) -> None:
    words = read_words((FOLDER / "words.toml").read_text("utf-8"))
    with pytest.raises(ValueError, match=r"\w"):
        read_pack(text, words)


def test_the_worst_country_is_told(invoke: Run) -> None:
    """fail is worse than weak, weak than unknown, unknown than pass."""
    known = packs(None)

    def worst(text: str, *countries: str) -> tuple[str, str]:
        found = judged(text, known, countries)
        return found.verdict, found.country

    assert worst("Ad: hello", "US", "FR", "GB") == ("weak", "FR")
    assert worst("Publicité: hello", "FR", "US") == ("fail", "US")
    assert worst("Ad: hello", "US", "DE") == ("unknown", "DE")
    assert worst("Ad: hello", "DE", "FR") == ("weak", "FR")
    assert judged("Ad: hello", known, []).verdict == "unknown"

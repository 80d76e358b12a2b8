"""Consents, contracts, goods in kind, groups: kept, corrected, ended, shown, erased."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from spring import done, programme, said
from support import Run

NOW = {"TRACKER_NOW": "2026-05-20T10:00:00Z"}


@pytest.fixture
def spring(each_workspace: Path, invoke: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    run = programme(each_workspace, invoke)
    monkeypatch.setenv("TRACKER_NOW", "2026-05-20T10:00:00Z")
    return run


CAR = ("--ref", "car-7", "--what", "a car on loan", "--value", "1200.50")


# -- consents ------------------------------------------------------------------------


def test_a_consent_is_given_and_taken_back(spring: Run) -> None:
    """Each version and day by itself; the text's version and both days are kept."""
    first = said(spring, "consent", "add", "anna", "--text", "v1")
    assert first == {
        "ambassador": "anna",
        "version": "v1",
        "given": "2026-05-20",
        "withdrawn": None,
        "note": None,
        "result": "stored",
    }
    again = ("consent", "add", "anna", "--text", "v1")
    assert said(spring, *again)["result"] == "unchanged"
    noted = said(spring, *again, "--note", "folder 3")
    assert (noted["result"], noted["note"]) == ("corrected", "folder 3")
    done(spring, "consent", "add", "anna", "--text", "v2", "--on", "2026-05-21")
    done(spring, "consent", "withdraw", "anna", "--text", "v1", "--on", "2026-05-22")
    found = said(spring, "consent", "list", "c")
    assert [(one["version"], one["withdrawn"]) for one in found["consents"]] == [
        ("v1", "2026-05-22"),
        ("v2", None),
    ]
    assert found["without"] == ["ben"]
    found = said(spring, "consent", "list", "--text", "v1")
    assert (len(found["consents"]), found["without"]) == (1, ["anna", "ben"])
    ended = said(spring, "consent", "withdraw", "anna", "--on", "2026-05-23")
    assert [one["version"] for one in ended["consents"]] == ["v2"]
    assert said(spring, "consent", "list")["without"] == ["anna", "ben"]
    audit = done(spring, "audit", "list")
    for action in ("consent.stored", "consent.corrected", "consent.withdrawn"):
        assert action in audit
    assert "anna" not in audit
    assert "Without a consent in force: anna, ben" in done(spring, "consent", "list")


def test_who_took_every_consent_back_and_is_enrolled_is_found(spring: Run) -> None:
    """Not who has another one in force, whose part ended, or who never gave any."""
    rule = ("finding", "list", "--rule", "consent.", "--json")
    days = {"v1": "2026-02-01", "v2": "2026-02-02"}
    for text, day in days.items():
        done(spring, "consent", "add", "anna", "--text", text, "--on", day)
    done(spring, "consent", "withdraw", "anna", "--text", "v1", "--on", "2026-03-01")
    assert json.loads(spring(*rule).out)["findings"] == []
    done(spring, "consent", "withdraw", "anna", "--text", "v2", "--on", "2026-03-05")
    [found] = json.loads(spring(*rule).out)["findings"]
    assert (found["rule"], found["ambassador"]) == ("consent.withdrawn", "anna")
    assert "taken back on 2026-03-05" in found["evidence"]
    done(spring, "withdraw", "c", "anna", "--on", "2026-03-05")
    assert json.loads(spring(*rule).out)["findings"] == []


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("add", "ana", "--text", "v1"), 4, 'Did you mean "anna"?'),
        (("add", "anna"), 2, "--text"),
        (("add", "anna", "--text", " "), 4, "error[MISSING] version"),
        (("add", "anna", "--text", "v1", "--on", "soon"), 2, "is no day"),
        (("withdraw", "ben"), 4, "error[NOT_FOUND] consent of ben in force"),
        (("withdraw", "anna", "--text", "v0"), 4, "Known: v1"),
        (("withdraw", "anna", "--on", "2026-01-01"), 4, "error[DATE]"),
        (("list", "nowhere"), 4, "error[NOT_FOUND] campaign"),
        (("list", "--ambassador", "bene"), 4, "error[NOT_FOUND] ambassador"),
    ],
)
def test_what_is_no_consent(
    spring: Run, words: tuple[str, ...], code: int, told: str
) -> None:
    done(spring, "consent", "add", "anna", "--text", "v1", "--on", "2026-02-01")
    before = said(spring, "consent", "list")
    found = spring("consent", *words)
    assert (found.code, told in found.err) == (code, True), found.err
    assert said(spring, "consent", "list") == before


# -- contracts -----------------------------------------------------------------------


def test_a_contract_answers_the_threshold_when_it_is_noted(
    spring: Run, each_workspace: Path
) -> None:
    done(spring, "enrol", "c", "anna", "--fee", "1500")
    rule = ("finding", "list", "--rule", "contract.threshold", "--json")
    found = json.loads(spring(*rule).out)["findings"]
    assert [one["ambassador"] for one in found] == ["anna"]
    file = each_workspace / "contracts.csv"
    file.write_text(
        "ref,ambassador,signed,from,to,objective,amount\n"
        "K-1,anna,2025-12-20,2026-01-01,2026-12-31,spring,1500.00\n"
    )
    words = ("contract", "import", file, "--campaign", "c")
    assert said(spring, *words, "--dry-run")["stored"] == 1
    assert said(spring, "contract", "list") == {"contracts": []}
    assert said(spring, *words)["stored"] == 1
    assert said(spring, *words)["unchanged"] == 1
    assert json.loads(spring(*rule).out)["findings"] == []
    [kept] = said(spring, "contract", "list", "c")["contracts"]
    assert kept == {
        "campaign": "c",
        "ambassador": "anna",
        "ref": "K-1",
        "signed": "2025-12-20",
        "from": "2026-01-01",
        "to": "2026-12-31",
        "objective": "spring",
        "amount": "1500.00",
        "currency": "EUR",
        "note": None,
    }
    assert "K-1" in done(spring, "contract", "list", "--ambassador", "anna")
    done(spring, "contract", "remove", "c", "K-1")
    assert json.loads(spring(*rule).out)["findings"] != []
    assert spring("contract", "remove", "c", "K-1").code == 4


def test_contracts_of_one_ref_with_two_people(spring: Run) -> None:
    """A frame contract has one number; which is meant must be said."""
    for who in ("anna", "ben"):
        words = ("contract", "add", "c", who, "--ref", "F-1", "--signed", "2026-01-01")
        assert said(spring, *words)["result"] == "stored"
    found = spring("contract", "remove", "c", "F-1")
    assert (found.code, "error[AMBIGUOUS]" in found.err) == (4, True)
    done(spring, "contract", "remove", "c", "F-1", "--ambassador", "ben")
    [left] = said(spring, "contract", "list")["contracts"]
    assert left["ambassador"] == "anna"


def test_what_is_not_said_again_stays(spring: Run) -> None:
    words = ("contract", "add", "c", "anna", "--ref", "K-1", "--signed", "2026-01-01")
    done(spring, *words, "--from", "2026-02-01", "--note", "folder 3")
    found = said(spring, *words, "--amount", "5")
    assert (found["result"], found["note"]) == ("corrected", "folder 3")
    assert said(spring, *words)["result"] == "unchanged"
    refused = spring(*words, "--to", "2026-01-15")
    assert (refused.code, "error[DATE] contract of anna" in refused.err) == (4, True)
    [kept] = said(spring, "contract", "list")["contracts"]
    assert (kept["amount"], kept["to"]) == ("5.00", None)


def test_who_is_not_enrolled_is_told(spring: Run) -> None:
    done(spring, "ambassador", "add", "cleo", "--name", "Cleo")
    words = ("contract", "add", "c", "cleo", "--ref", "K-2", "--signed", "2026-01-01")
    found = spring(*words)
    assert found.code == 0
    assert "warning[NOT_ENROLLED] c: not enrolled, so it counts nowhere: cleo" in (
        found.err
    )


# -- goods ---------------------------------------------------------------------------


def test_a_car_is_lent_and_comes_back(spring: Run) -> None:
    days = ("--from", "2026-03-01", "--to", "2026-08-31")
    lent = said(spring, "goods", "add", "c", "anna", *CAR, *days)
    assert lent == {
        "campaign": "c",
        "ambassador": "anna",
        "ref": "car-7",
        "what": "a car on loan",
        "kind": "lent",
        "value": "1200.50",
        "currency": "EUR",
        "from": "2026-03-01",
        "to": "2026-08-31",
        "returned": None,
        "result": "stored",
    }
    gift = ("--ref", "phone", "--what", "a phone", "--value", "300")
    done(spring, "goods", "add", "c", "ben", *gift, "--from", "2026-03-05")
    found = said(spring, "goods", "list", "c")
    assert found["sums"] == [{"currency": "EUR", "value": "1500.50"}]
    assert [one["kind"] for one in found["goods"]] == ["lent", "given"]
    out = said(spring, "goods", "list", "--out")["goods"]
    assert [one["ref"] for one in out] == ["car-7"]
    rule = ("finding", "list", "--rule", "contract.threshold", "--json")
    found = json.loads(spring(*rule).out)["findings"]
    assert "goods car-7 1200.50 EUR" in found[0]["evidence"]
    back = said(spring, "goods", "return", "c", "car-7")
    assert back["returned"] == "2026-05-20"
    assert said(spring, "goods", "list", "--out")["goods"] == []
    again = ("goods", "add", "c", "anna", *CAR, *days)
    assert said(spring, *again)["result"] == "unchanged", "it stays returned"
    assert "Sum: 1500.50 EUR" in done(spring, "goods", "list", "c")
    done(spring, "goods", "remove", "c", "phone")
    assert len(said(spring, "goods", "list")["goods"]) == 1


GOODS = """ref,ambassador,what,value,currency,from,to,returned
car-1,anna,a car,900,,2026-01-01,2026-06-30,
,anna,a car,900,,2026-01-01,,
car-2,nobody,a car,900,,2026-01-01,,
car-3,anna,,900,,2026-01-01,,
car-4,anna,a car,,,2026-01-01,,
car-5,anna,a car,9.999,,2026-01-01,,
car-6,anna,a car,-1,,2026-01-01,,
car-8,anna,a car,9,EURO,2026-01-01,,
car-9,anna,a car,9,,soon,,
car-10,anna,a car,9,,2026-01-02,2026-01-01,
car-11,anna,a car,9,,2026-01-02,,2026-01-01
car-7,ben,a car,9,,2026-01-02,,
car-1,ben,a car,900,,2026-01-01,2026-06-30,
car-12,anna,a car,999999999999999,CLF,2026-01-02,,
"""


def test_bad_rows_of_goods_are_named_and_good_ones_kept(
    spring: Run, each_workspace: Path
) -> None:
    done(spring, "goods", "add", "c", "anna", *CAR, "--from", "2026-01-01")
    file = each_workspace / "goods.csv"
    file.write_text(GOODS)
    found = spring("goods", "import", file, "--campaign", "c", "--json")
    assert found.code == 1
    told = json.loads(found.out)
    assert (told["rows"], told["stored"], told["rejected"]) == (14, 1, 13)
    assert [(one["line"], one["column"], one["code"]) for one in told["errors"]] == [
        (3, "ref", "ROW_MISSING"),
        (4, "ambassador", "ROW_AMBASSADOR"),
        (5, "what", "ROW_MISSING"),
        (6, "value", "ROW_MISSING"),
        (7, "value", "ROW_AMOUNT"),
        (8, "value", "ROW_AMOUNT"),
        (9, "currency", "ROW_CURRENCY"),
        (10, "from", "ROW_DATE"),
        (11, "to", "ROW_DATE"),
        (12, "returned", "ROW_DATE"),
        (13, "ref", "ROW_OWNER"),
        (14, "", "ROW_CONFLICT"),
        (15, "value", "ROW_AMOUNT"),
    ]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("add", "c", "ben", *CAR, "--from", "2026-01-01"), 4, "error[OWNER]"),
        (("add", "c", "bem", *CAR, "--from", "2026-01-01"), 4, "error[NOT_FOUND]"),
        (("add", "d", "ben", *CAR, "--from", "2026-01-01"), 4, "error[NOT_FOUND]"),
        (("add", "c", "ben", *CAR), 2, "--from"),
        (("return", "c", "car-8"), 4, 'Did you mean "car-7"?'),
        (("return", "c", "car-7", "--on", "2025-01-01"), 4, "error[DATE]"),
        (("remove", "c", "car-8"), 4, "error[NOT_FOUND]"),
        (("import", "none.csv", "--campaign", "c"), 4, "error[FILE_MISSING]"),
    ],
)
def test_what_is_no_goods(
    spring: Run, words: tuple[str, ...], code: int, told: str
) -> None:
    done(spring, "goods", "add", "c", "anna", *CAR, "--from", "2026-01-01")
    before = said(spring, "goods", "list")
    found = spring("goods", *words)
    assert (found.code, told in found.err) == (code, True), found.err
    assert said(spring, "goods", "list") == before


# -- groups and fees -----------------------------------------------------------------


def test_a_group_changes_with_its_reason_and_stays_on_record(
    spring: Run, each_workspace: Path
) -> None:
    done(spring, "enrol", "c", "anna", "--group", "silver", "--fee", "10")
    why = ("--reason", "ten sales")
    done(spring, "enrol", "c", "anna", "--group", "gold", *why)
    done(spring, "enrol", "c", "anna", "--group", "gold")
    people = each_workspace / "more.csv"
    people.write_text("id,name,platform,handle,group\nanna,,,,bronze\n")
    done(spring, "ambassador", "import", people, "--campaign", "c")
    done(spring, "enrol", "c", "anna", "--no-group", "--no-fee")
    shown = said(spring, "ambassador", "show", "anna")
    [enrolment] = shown["enrolments"]
    assert [enrolment[key] for key in ("group", "fee", "currency")] == [None] * 3
    assert [(one["from"], one["to"], one["reason"]) for one in shown["groups"]] == [
        (None, "silver", None),
        ("silver", "gold", "ten sales"),
        ("gold", "bronze", None),
        ("bronze", None, None),
    ]
    assert shown["groups"][0]["at"] == "2026-05-20T10:00:00Z"
    for words in (
        ("--group", "a", "--no-group"),
        ("--fee", "1", "--no-fee"),
        ("--group", " "),
    ):
        assert spring("enrol", "c", "anna", *words).code == 2


# -- shown, exported, gone -----------------------------------------------------------


def test_all_that_was_agreed_is_shown_exported_and_gone(spring: Run) -> None:
    """`ambassador show` and `privacy export` have it; an erasure takes the texts."""
    note = "kept by notary Quill"
    done(spring, "consent", "add", "anna", "--text", "v1", "--note", note)
    words = ("--ref", "K-anna", "--signed", "2026-01-01", "--objective", note)
    done(spring, "contract", "add", "c", "anna", *words, "--amount", "40")
    car = ("--ref", "car-anna", "--what", note, "--value", "20", "--from", "2026-01-01")
    done(spring, "goods", "add", "c", "anna", *car)
    done(spring, "enrol", "c", "anna", "--group", "gold", "--reason", note)
    shown = said(spring, "ambassador", "show", "anna")
    assert [one["note"] for one in shown["consents"]] == [note]
    assert [one["objective"] for one in shown["contracts"]] == [note]
    assert [one["what"] for one in shown["goods"]] == [note]
    assert [one["promo"] for one in shown["promo_codes"]] == ["ANNA10"]
    assert [one["reason"] for one in shown["groups"]] == [note]
    text = done(spring, "ambassador", "show", "anna")
    for word in ("consents:", "v1", "K-anna", "car-anna", "ANNA10", "gold"):
        assert word in text
    told = json.loads(done(spring, "privacy", "export", "anna"))
    for kind in ("consents", "contracts", "goods", "turns"):
        assert len(told[kind]) == 1, kind
        assert note in json.dumps(told[kind]), kind
    fee = ("--id", "fee-KOWALCZYK", "--date", "2026-01-01", "--kind", "fee")
    done(spring, "cost", "add", "c", *fee, "--amount", "1", "--ambassador", "anna")
    done(spring, "privacy", "erase", "anna", "--yes")
    assert "KOWALCZYK" not in done(spring, "cost", "list", "c")
    for command in ("consent", "contract", "goods"):
        left = done(spring, command, "list", "--json")
        assert "Quill" not in left
        assert "anna" not in left
        assert "2026" in left, "that and when it was is kept"
    done(spring, "audit", "verify")

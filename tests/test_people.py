"""The ambassador file: what a row says, and what is wrong with it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker import codes
from tracker.cells import escape, restore
from tracker.errors import PayloadError
from tracker.model import Ambassador, Enrolment, Handle
from tracker.people import People, read_people, write_people

HEAD = "id,name,platform,handle"


@pytest.fixture
def read(tmp_path: Path):
    """Reads a text, or bytes, as an ambassador file."""

    def call(body: str | bytes, **options: str) -> People:
        path = tmp_path / "people.csv"
        path.write_bytes(body.encode() if isinstance(body, str) else body)
        return read_people(path, **options)

    return call


def test_a_row_is_a_person_with_one_handle(read):
    columns = f"{HEAD},email,country,language,followers"
    people = read(f"{columns}\na1,Ana,Twitter,@ana,a@x.org,uk,PT_br,12\n")
    handle = Handle("x", "@ana", followers=12)
    ana = Ambassador("a1", "Ana", "a@x.org", "GB", "pt-BR", (handle,))
    assert [entry.person for entry in people.entries] == [ana]
    assert (people.rows, people.rejects, people.warnings) == (1, (), ())


def test_with_a_campaign_a_row_enrols(read):
    people = read(
        f"{HEAD},from,to,group,fee,currency\n"
        "a1,Ana,youtube,ana,2026-01-01,,north,12.5,\n"
        "a2,Ben,youtube,ben,,,,1200,jpy\n",
        campaign="fiesta",
        currency="EUR",
    )
    assert [entry.enrolment for entry in people.entries] == [
        Enrolment("fiesta", "a1", date(2026, 1, 1), None, "north", 1250, "EUR"),
        Enrolment("fiesta", "a2", None, None, None, 1200, "JPY"),
    ]


def test_without_a_campaign_columns_of_an_enrolment_are_left_out_and_said(read):
    people = read(f"{HEAD},fee\na1,Ana,youtube,ana,much\n")
    assert people.entries[0].enrolment is None
    assert people.warnings[0][0] == "COLUMN"
    assert "fee" in people.warnings[0][1]


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ("a1,Ana,myspace,ana", "platform", "ROW_PLATFORM"),
        (",Ana,youtube,ana", "id", "ROW_MISSING"),
        ("a/1,Ana,youtube,ana", "id", "ROW_ID"),
        ("..,Ana,youtube,ana", "id", "ROW_ID"),
        ("a1,Ana,youtube,", "handle", "ROW_MISSING"),
        ("a1,Ana,youtube,@", "handle", "ROW_MISSING"),
        ("a1,Ana,,ana", "platform", "ROW_MISSING"),
        ("a1,Ana", "", "ROW_WIDTH"),
        ("a1,Ana,youtube,ana,,,,,,,,,x", "", "ROW_WIDTH"),
        ("a1,Ana,youtube,ana,nobody", "email", "ROW_EMAIL"),
        ("a1,Ana,youtube,ana,,France", "country", "ROW_COUNTRY"),
        ("a1,Ana,youtube,ana,,XX", "country", "ROW_COUNTRY"),
        ("a1,Ana,youtube,ana,,,french", "language", "ROW_LANGUAGE"),
        ("a1,Ana,youtube,ana,,,,01/02/2026", "from", "ROW_DATE"),
        ("a1,Ana,youtube,ana,,,,20260102", "from", "ROW_DATE"),
        ("a1,Ana,youtube,ana,,,,2026-02-30", "from", "ROW_DATE"),
        ("a1,Ana,youtube,ana,,,,2026-02-02,2026-02-01", "to", "ROW_DATE"),
        ("a1,Ana,youtube,ana,,,,,,1.2k", "followers", "ROW_NUMBER"),
        ("a1,Ana,youtube,ana,,,,,,-1", "followers", "ROW_NUMBER"),
        ("a1,Ana,youtube,ana,,,,,,9007199254740992", "followers", "ROW_NUMBER"),
        ('a1,Ana,youtube,ana,,,,,,,"1,5",EUR', "fee", "ROW_NUMBER"),
        ("a1,Ana,youtube,ana,,,,,,,1.005,EUR", "fee", "ROW_NUMBER"),
        ("a1,Ana,youtube,ana,,,,,,,1,euro", "currency", "ROW_CURRENCY"),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_read(read, cells, column, code):
    head = f"{HEAD},email,country,language,from,to,followers,fee,currency"
    width = len(head.split(","))
    if code != "ROW_WIDTH":
        missing = width - cells.replace('"1,5"', "").count(",") - 1
        cells += "," * missing
    good = "b1,Ben,youtube,ben" + "," * (width - 4)
    people = read(f"{head}\n{good}\n{cells}\n", campaign="fiesta")
    assert [entry.person.id for entry in people.entries] == ["b1"]
    (reject,) = people.rejects
    assert (reject.line, reject.column, reject.code) == (3, column, code)


def test_lines_are_physical_whatever_ends_them(read):
    for end in ("\n", "\r\n", "\r"):
        rows = [HEAD, 'a1,"Ana', 'Park",youtube,ana', "", "a2,Ben,myspace,ben"]
        people = read(end.join(rows))
        assert [entry.line for entry in people.entries] == [2]
        assert people.entries[0].person.name.split() == ["Ana", "Park"]
        assert [reject.line for reject in people.rejects] == [5]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_encodings_and_delimiters_are_found_out(read, encoding, sign):
    text = f"{HEAD}\na1,José,youtube,ana\n".replace(",", sign)
    people = read(text.encode(encoding))
    assert people.entries[0].person.name == "José"


def test_a_line_that_declares_the_delimiter_is_no_row(read):
    people = read(f"sep=;\r\n{HEAD}\r\n".replace(",", ";") + "a1;Ana;myspace;ana\r\n")
    assert (people.rows, people.rejects[0].line) == (1, 3)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "CSV_EMPTY"),
        (f"{HEAD}\na1,José,youtube,ana".encode("cp1252"), "ENCODING"),
        (f"{HEAD}\na1,Ana,youtube,ana".encode("utf-16-le"), "ENCODING"),
        (b"id,name,platform\n", "CSV_HEADER"),
        (b"id,name,platform,handle,ID\n", "CSV_HEADER"),
        (f'{HEAD}\na1,"Ana,youtube,ana\na2,Ben,x,ben\n'.encode(), "CSV_QUOTE"),
        (f'{HEAD}\na1,"An"a,youtube,ana\n'.encode(), "CSV_QUOTE"),
        (f"{HEAD}\na1,{'x' * 200_000},youtube,ana\n".encode(), "CSV_FIELD"),
        (f'{HEAD}\na1,"Ana'.encode() + b"\n" * 60 + b'",x,a', "CSV_QUOTE"),
    ],
)
def test_damage_refuses_the_whole_file(read, body, code):
    with pytest.raises(PayloadError) as caught:
        read(body)
    assert caught.value.code == code


def test_a_folder_or_nothing_is_no_file(tmp_path):
    for path, code in ((tmp_path, "FILE_KIND"), (tmp_path / "no.csv", "FILE_MISSING")):
        with pytest.raises(PayloadError) as caught:
            read_people(path)
        assert caught.value.code == code


def test_an_unknown_column_is_said_with_the_nearest(read):
    people = read(f"{HEAD},contry,shoe size\na1,Ana,youtube,ana,FR,42\n")
    assert 'Did you mean "country"?' in people.warnings[0][1]
    assert "shoe size" in people.warnings[1][1]


def test_invisible_characters_are_left_out_of_names_and_said(read):
    people = read(f"{HEAD}\na1,An\u202ea\u200b,youtube,\u200eana\n")
    person = people.entries[0].person
    assert (person.name, person.handles[0].handle) == ("Ana", "ana")
    assert [code for code, _ in people.warnings] == ["TEXT_CONTROL"] * 2
    assert "line 2 column name" in people.warnings[0][1]


def test_cells_hidden_from_formulas_are_restored(read):
    people = read(f"{HEAD}\na1,'=Ana,youtube,'@ana\na2,'Ben,x,-ben\n")
    names = [(e.person.name, e.person.handles[0].handle) for e in people.entries]
    assert names == [("=Ana", "@ana"), ("'Ben", "-ben")]


@given(st.text())
def test_an_escaped_cell_is_restored(text):
    assert restore(escape(text)) == text
    assert escape(text)[:1] not in set("=+-@\t\r\n\0＝＋－＠")


@given(st.integers(0, 10**15), st.sampled_from(sorted(codes.CURRENCIES)))
def test_money_as_text_is_the_same_money(amount, currency):
    assert codes.minor_units(codes.money_text(amount, currency), currency) == amount


@pytest.mark.parametrize(
    "text", ["", "1,5", "1e3", "-1", "+1", "1.", ".5", "١", "1 000"]
)
def test_money_is_never_guessed(text):
    with pytest.raises(ValueError, match="is not an amount"):
        codes.minor_units(text, "EUR")


# -- the file gives what was written -----------------------------------------------

days = st.none() | st.dates(date(2009, 1, 1), date(2009, 12, 31))
words = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1
)
names = words.filter(lambda text: text.strip("@") == text)


@st.composite
def handles(draw: st.DrawFn) -> Handle:
    since, until = draw(days), draw(days)
    if since and until and until < since:
        since, until = until, since
    platform = draw(st.sampled_from(["youtube", "x", "blog"]))
    followers = draw(st.none() | st.integers(0, 2**53 - 1))
    return Handle(platform, draw(names), since, until, followers)


people_drawn = st.builds(
    Ambassador,
    id=st.from_regex(r"[a-z0-9][a-z0-9._-]{0,5}", fullmatch=True),
    name=names,
    email=st.none() | st.just("a@example.org"),
    country=st.none() | st.sampled_from(sorted(codes.COUNTRIES)),
    language=st.none() | st.sampled_from(["fr", "pt-BR", "zh-Hant-TW"]),
    handles=st.lists(handles(), max_size=3).map(tuple),
)


@given(st.lists(people_drawn, unique_by=lambda person: person.id))
def test_what_is_written_is_read_again(tmp_path_factory, people):
    path = tmp_path_factory.mktemp("export") / "people.csv"
    path.write_text(write_people(people), encoding="utf-8", newline="")
    read = read_people(path)
    assert not read.rejects
    assert not read.warnings
    written = [
        (person.id, handle) for person in people for handle in person.handles or (None,)
    ]
    assert written == [
        (entry.person.id, entry.person.handles[0] if entry.person.handles else None)
        for entry in read.entries
    ]

"""Address books as people have them: exports of large programs, plain tables, cards of three versions, and damage."""

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.contacts import file, read
from adapters.contacts.table import Unusable
from bridge.domain.characters import written
from bridge.errors import ConfigError

ANN = "(212) 555-0142"
BOB = "+1 212-555-0143"

Found = list[tuple[int, str, str]]


def found(text: str) -> Found:
    return [(one.number, one.name, one.phone) for one in file.lines(text)]


def found_in(path: Path, octets: bytes) -> Found:
    path.write_bytes(octets)
    return [(one.number, one.name, one.phone) for one in read(path)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book"


PLAIN = {
    "with a heading": f"name,number\nAnn Moss,{ANN}\n",
    "in the other order": f"Number,Name\n{ANN},Ann Moss\n",
    "with other columns": f"id,Name,City,Phone,Note\n1,Ann Moss,Boston,{ANN},call 5 times\n",
    "divided by semicolons": f"Name;Telefon\nAnn Moss;{ANN}\n",
    "divided by tabs": f"Name\tMobile\nAnn Moss\t{ANN}\n",
    "saying what divides it": f"sep=;\nName;Telefon\nAnn Moss;{ANN}\n",
    "in two parts": f"First Name,Last Name,Mobile Phone\nAnn,Moss,{ANN}\n",
    "in two parts of which one is called the name": f"Name;Vorname;Handynummer\nMoss;Ann;{ANN}\n",
    "as programs name their columns": f"customer_name,phoneNumber\nAnn Moss,{ANN}\n",
    "quoted": f'"Name","Phone"\r\n"Ann Moss","{ANN}"\r\n',
    "kept from being an amount": f'Name,Phone\nAnn Moss,"=""{ANN}"""\n',
}


@pytest.mark.parametrize("text", PLAIN.values(), ids=PLAIN)
def test_a_table_with_a_heading_is_read(text: str) -> None:
    assert [one[1:] for one in found(text)] == [("Ann Moss", ANN)]


@pytest.mark.parametrize("text", [f"Ann Moss,{ANN}\nBob,{BOB}\n", f"{ANN};Ann Moss\n{BOB};Bob"])
def test_a_table_without_a_heading_is_read_by_what_stands_in_it(text: str) -> None:
    assert found(text) == [(1, "Ann Moss", ANN), (2, "Bob", BOB)]


def test_an_export_of_outlook_is_read() -> None:
    text = (
        '"Title","First Name","Middle Name","Last Name","Company","Business Fax","Business Phone","Home Phone",'
        '"Mobile Phone","Company Main Phone","Account","Government ID Number"\r\n'
        f'"","Ann","B.","Moss","Ferries","2125550100","{BOB}","","{ANN}","2125550101","2125550102","1"\r\n'
        '"","","","","Ferries","","","","","","",""\r\n'
        f'"","","","","Ferries","","","","{BOB}","","",""\r\n'
    )

    assert found(text) == [(2, "Ann B. Moss", BOB), (2, "Ann B. Moss", ANN), (4, "Ferries", BOB)]


def test_an_export_of_google_is_read() -> None:
    text = (
        "First Name,Middle Name,Last Name,Organization Name,E-mail 1 - Label,Phone 1 - Label,Phone 1 - Value,"
        "Phone 2 - Label,Phone 2 - Value\n"
        f"Ann,,Moss,,,Mobile,{ANN} ::: {BOB},,\n"
        f",,,Ferries,,,,Work,{BOB}\n"
    )

    assert found(text) == [(2, "Ann Moss", ANN), (2, "Ann Moss", BOB), (3, "Ferries", BOB)]


def test_lines_are_numbered_as_an_editor_shows_them() -> None:
    text = f'name,number\n\n"Ann\nMoss",{ANN}\n\nBob,{BOB}\n'

    assert [number for number, *_ in found(text)] == [3, 6]


def test_a_line_without_a_number_is_handed_on_where_a_number_is_expected() -> None:
    assert found("name,number\nAnn\n,212 555 0142\n") == [(2, "Ann", ""), (3, "", "212 555 0142")]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "hello", "a,b\nc,d\n", "name,email\nAnn,ann@example.com\n", "name\nAnn\n"]
)
def test_what_is_no_table_of_names_and_numbers_is_not_guessed_at(text: str) -> None:
    with pytest.raises(Unusable):
        found(text)


def test_what_is_quoted_without_an_end_swallows_nothing_silently() -> None:
    with pytest.raises(Unusable, match="line 2 never ends"):
        found(f'name,number\n"Ann,{ANN}\nBob,{BOB}\n')


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_way_of_writing_characters_is_read(encoding: str, path: Path) -> None:
    assert found_in(path, f"name,number\nRené Müller,{ANN}\n".encode(encoding)) == [(2, "René Müller", ANN)]


def test_big_endian_with_a_mark_is_read(path: Path) -> None:
    octets = codecs.BOM_UTF16_BE + f"name,number\nAnn,{ANN}\n".encode("utf-16-be")

    assert found_in(path, octets) == [(2, "Ann", ANN)]


def card(*properties: str, version: str = "3.0", end: str = "\r\n") -> str:
    return end.join(("BEGIN:VCARD", f"VERSION:{version}", *properties, "END:VCARD", ""))


CARDS = {
    "2.1": card("N:Moss;Ann", "FN:Ann Moss", f"TEL;CELL;VOICE:{ANN}", version="2.1"),
    "2.1, quoted": card(
        "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=41=6E=6E=20=", "=4D=6F=73=73", f"TEL;HOME:{ANN}", version="2.1"
    ),
    "2.1, quoted without saying so": card("FN;QUOTED-PRINTABLE:Ann=20Moss", f"TEL:{ANN}", version="2.1"),
    "2.1, folded": card("FN:Ann", " Moss", f"TEL:{ANN}", version="2.1"),
    "3.0": card("FN:Ann Moss", f"TEL;TYPE=CELL,VOICE:{ANN}"),
    "3.0, folded": card("FN:Ann M", " oss", f"TEL;TYPE=CELL:{ANN[:5]}", f"\t{ANN[5:]}"),
    "3.0, by the parts of the name": card("N:Moss;Ann;;;", f"item1.TEL:{ANN}", "item1.X-ABLabel:other"),
    "3.0, with a line feed alone": card("FN:Ann Moss", f"TEL:{ANN}", end="\n"),
    "4.0": card('FN;PREF="1":Ann Moss', f'TEL;VALUE=uri;TYPE="voice,cell":tel:{ANN}', version="4.0"),
    "in small letters": card("fn:Ann Moss", f"tel;type=cell:{ANN}").replace("BEGIN:VCARD", "begin:vcard"),
    "never ended": card("FN:Ann Moss", f"TEL:{ANN}").replace("END:VCARD\r\n", ""),
}


@pytest.mark.parametrize("text", CARDS.values(), ids=CARDS)
def test_a_card_is_read(text: str) -> None:
    assert [one[1:] for one in found(text)] == [("Ann Moss", ANN)]


def test_several_cards_with_several_numbers_each_are_read_with_their_lines() -> None:
    text = card("FN:Ann Moss", f"TEL:{ANN}", f"TEL;TYPE=WORK:{BOB}") + card("ORG:Ferries;Office", f"TEL:{BOB}")

    assert found(text) == [(4, "Ann Moss", ANN), (5, "Ann Moss", BOB), (10, "Ferries", BOB)]


def test_an_escaped_name_is_read_as_it_was_written() -> None:
    assert found(card(r"FN:Moss\, Ann\nand \\ Co\;", f"TEL:{ANN}"))[0][1] == "Moss, Ann and \\ Co;"
    assert found(card(r"N:Moss\;Ferry;Ann", f"TEL:{ANN}"))[0][1] == "Ann Moss;Ferry"


def test_a_fax_is_nobody_to_text_and_a_picture_is_no_name() -> None:
    picture = ["PHOTO;ENCODING=BASE64;JPEG:" + "A" * 70, *[" " + "A" * 70] * 500, ""]
    text = card("FN:Ann Moss", f"TEL;FAX:{BOB}", f"TEL;TYPE=fax,voice:{ANN}", *picture, version="2.1")

    assert [one[1:] for one in found(text)] == [("Ann Moss", ANN)]


def test_a_card_within_a_card_is_somebody_elses() -> None:
    inner = card("FN:Secretary", f"TEL:{BOB}", version="2.1").strip().split("\r\n")

    assert [one[1:] for one in found(card("FN:Ann", "AGENT:", *inner, f"TEL:{ANN}", version="2.1"))] == [("Ann", ANN)]


def test_quoted_names_are_read_in_the_characters_that_the_card_says() -> None:
    quoted = "FN;CHARSET={};ENCODING=QUOTED-PRINTABLE:Ren=E9"

    for charset in ("ISO-8859-1", "windows-1252", "nonsense", "UTF-8", "undefined"):
        assert found(card(quoted.format(charset), f"TEL:{ANN}", version="2.1"))[0][1] == "René", charset


def test_a_card_without_a_name_is_handed_on_without_one() -> None:
    assert [one[1:] for one in found(card(f"TEL:{ANN}"))] == [("", ANN)]


def test_a_file_that_is_too_large_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"name,number\nAnn,{ANN}\nBob,{BOB}\n".encode()
    monkeypatch.setattr(file, "MOST_LINES", 1)
    with pytest.raises(ConfigError, match="more than 1 numbers"):
        found_in(path, text)

    monkeypatch.setattr(file, "LARGEST", len(text) - 1)
    with pytest.raises(ConfigError, match="larger than"):
        found_in(path, text)


def test_a_file_that_cannot_be_read_is_named_with_the_reason(path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        read(path)
    with pytest.raises(ConfigError, match="is a directory"):
        read(path.parent)
    with pytest.raises(ConfigError, match="not a path"):
        read(Path("\0"))


@given(st.binary(max_size=300) | st.builds(lambda octets: b"BEGIN:VCARD\r\n" + octets, st.binary(max_size=300)))
def test_whatever_a_file_holds_it_is_read_or_refused(octets: bytes) -> None:
    try:
        list(file.lines(written(octets)))
    except Unusable:
        return

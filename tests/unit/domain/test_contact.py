"""Names as they are kept, and which lines of a file can be used."""

import pytest

from bridge.domain.contact import Flaw, Line, Named, is_meant, sorted_out, sought, usable
from bridge.domain.phone import PhoneNumber, SenderName

ANN = PhoneNumber("+12125550142")


def lines(*people: tuple[str, str]) -> list[Line]:
    return [Line(number=number, name=name, phone=phone) for number, (name, phone) in enumerate(people, 1)]


def test_a_name_is_one_line_with_nothing_hidden_in_it() -> None:
    assert usable(" Ann\r\n\tMoss ") == "Ann Moss"
    assert usable("Ann\x00\x1b[31m Moss") == "Ann[31m Moss"
    assert usable("Jose\u0301") == "José"
    assert usable(" \u200b\u202e\n") == ""


@pytest.mark.parametrize("written", ["=cmd()", " +cmd()", "\n= -@cmd()", "＝cmd()", "\t＠＋－cmd()", "\r=cmd()"])
def test_a_name_is_no_formula_of_a_spreadsheet(written: str) -> None:
    assert usable(written) == "cmd()"
    assert usable("Jean-Luc = +1 @ Moss") == "Jean-Luc = +1 @ Moss"
    assert usable("-") == ""


def test_of_one_number_the_first_line_counts_and_another_name_is_refused() -> None:
    good, refused = sorted_out(
        lines(("Ann", "(212) 555-0142"), ("Ann", "+1 212 555 0142"), ("Anna", "212.555.0142")), "US"
    )

    assert good == [Named(line=1, address=ANN, name="Ann")]
    assert [(one.line.number, one.flaw, one.known) for one in refused] == [(3, Flaw.CLASH, good[0])]


def test_what_cannot_be_used_is_refused_with_its_reason() -> None:
    people = (("", "212 555 0142"), ("Bob", "extension 12"), ("x" * 81, "2125550143"), ("Max", "020 7946 0123"))
    good, refused = sorted_out(lines(*people), "GB")

    assert [one.address.value for one in good] == ["+442079460123"]
    assert [one.flaw for one in refused] == [Flaw.NO_NAME, Flaw.NO_NUMBER, Flaw.LONG_NAME]


def test_what_is_typed_is_compared_by_beginnings_without_case_and_accents() -> None:
    assert sought("+1 (212) 555") == ("1212555",)
    assert sought("ann MÜLLER") == ("muller", "ann")
    assert len(sought("a b c d e f g h")) == 6
    assert is_meant(ANN, "Ann Moss", sought("moss 0142"))
    assert not is_meant(ANN, "Ann Moss", ())
    assert not is_meant(SenderName("0142"), "Bank", sought("0142"))

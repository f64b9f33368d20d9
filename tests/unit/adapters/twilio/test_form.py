"""The one parse of a form that signature and reading share."""

from urllib.parse import parse_qsl, quote_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.twilio.form import Form


def parsed(body: bytes) -> Form:
    form = Form.parse(body)
    assert form is not None
    return form


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"Body=Hi+%26+bye+%3D+ok+%C3%A9", "Hi & bye = ok é"),
        (b"Body=1%2B1%3D2&x=%26", "1+1=2"),
        (b"Body=a=b=c", "a=b=c"),
        (b"Body=%", "%"),
        (b"Body=%zz%4", "%zz%4"),
        (b"Body=%F0%9F%98%80%00", "😀\x00"),
        (b"Body=hi+%ED%A0%BD", "hi \ufffd\ufffd\ufffd"),
        (b"Body=%FF%C3", "\ufffd\ufffd"),
        ("Body=é".encode(), "é"),
        (b"Body", ""),
        (b"", ""),
        (b"Body=1&Body=2", "2"),
    ],
)
def test_a_field_is_read_as_text(body: bytes, text: str) -> None:
    assert parsed(body).get("Body") == text


def test_a_form_of_more_fields_than_any_carrier_sends_is_not_parsed() -> None:
    assert Form.parse(b"a=1&" * 199 + b"a=1") is not None
    assert Form.parse(b"a=1&" * 200 + b"a=1") is None


pairs = st.lists(st.tuples(st.binary(min_size=1, max_size=9), st.binary(max_size=30)), max_size=20)


@given(pairs)
def test_what_was_written_is_what_is_signed(pairs: list[tuple[bytes, bytes]]) -> None:
    body = "&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}" for name, value in pairs).encode()

    assert parsed(body).signed() == b"".join(name + value for name, value in sorted(set(pairs)))


@given(st.binary(max_size=300))
def test_any_octets_are_a_form_and_agree_with_the_standard_library(body: bytes) -> None:
    expected = dict(parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="latin-1"))
    form = Form.parse(body)

    assert form is not None
    for name, value in expected.items():
        if name.isascii():
            assert form.get(name) == value.encode("latin-1").decode("utf-8", "replace")

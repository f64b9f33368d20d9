"""A snippet says what is known of its fields, and leaves out what is not, with the blank before it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.snippet import FIELDS, Snippet, filled, unknown_fields

KNOWN = {"first_name": "Ada", "name": "Ada Moss", "my_name": "Ben", "label": "Main line"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hi {first_name}, it is ready. {my_name}", "Hi Ada, it is ready. Ben"),
        ("Hi {number}, it is ready", "Hi, it is ready"),
        ("{number} It is ready", "It is ready"),
        ("It is ready {number}", "It is ready"),
        ("Write {{first_name}} to us", "Write {first_name} to us"),
        ("{first_name}{first_name}", "AdaAda"),
        ("Hi\n{number}\nBye", "Hi\n\nBye"),
    ],
)
def test_a_field_says_what_is_known(text: str, said: str) -> None:
    assert filled(Snippet(name="x", text=text), KNOWN) == said


@pytest.mark.parametrize("text", ["{", "}", "Hi {first_name", "first_name} Hi", "{first_name!}"])
def test_a_brace_without_its_other_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        unknown_fields(text)


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Hi {first_name}", []),
        ("Hi {firstname}", ["firstname"]),
        ("Hi {}", [""]),
        ("Hi {name.__class__}", ["name.__class__"]),
        ("Hi {name[0]}", ["name[0]"]),
        ("Hi {name:>99}", ["name>99"]),
        ("Hi {name!r}", ["name"]),
    ],
)
def test_only_our_fields_are_fields_and_nothing_can_be_done_with_them(text: str, unknown: list[str]) -> None:
    assert unknown_fields(text) == unknown


@given(text=st.text(), values=st.dictionaries(st.sampled_from(FIELDS), st.text()))
def test_whatever_is_allowed_can_be_filled_in(text: str, values: dict[str, str]) -> None:
    try:
        if unknown_fields(text):
            return
    except ValueError:
        return
    said = filled(Snippet(name="x", text=text), values)

    assert said == said.strip()
    assert "\x00" not in said or "\x00" in text or any("\x00" in value for value in values.values())

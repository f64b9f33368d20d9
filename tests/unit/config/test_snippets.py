"""Snippets and whose a conversation is, as the file says them; mistakes are told at their line."""

from datetime import timedelta
from pathlib import Path

import pytest

from bridge.domain.dialplan import Owning
from bridge.domain.snippet import Snippet
from config.read import read
from config.settings import dial_plan
from tests.unit.config.settings_file import ENVIRON, RIGHT
from tests.unit.config.test_read import mistakes, put_down


def snippet(text: str, name: str = "Ready") -> str:
    return f'{RIGHT}\n[[snippets]]\nname = "{name}"\ntext = {text!r}\n'


def test_snippets_come_in_their_order(tmp_path: Path) -> None:
    written = snippet("Hi {first_name}") + '[[snippets]]\nname = "Hours"\ntext = "From {{nine}}"\n'

    found = dial_plan(read(put_down(tmp_path, written), ENVIRON), {}).snippets

    assert found == (Snippet(name="Ready", text="Hi {first_name}"), Snippet(name="Hours", text="From {{nine}}"))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Hi {firstname}", "names a field that there is not: firstname"),
        ("Hi {first_name", "has a brace without its other"),
        ("Hi {name.__class__}", "names a field that there is not: name.__class__"),
        (" ", "must have from 1 to 1,500 characters"),
        ("x" * 1_501, "must have from 1 to 1,500 characters"),
    ],
)
def test_a_snippet_that_cannot_be_filled_in_is_a_mistake_at_its_line(text: str, what: str, tmp_path: Path) -> None:
    (mistake,) = mistakes(put_down(tmp_path, snippet(text)))

    assert what in mistake.what
    assert mistake.remedy
    assert mistake.place.endswith(str(len(RIGHT.splitlines()) + 4)) or str(len(RIGHT.splitlines()) + 4) in mistake.place


@pytest.mark.parametrize(
    ("written", "owning", "give_back"),
    [
        ("", Owning.REPLY, timedelta(minutes=30)),
        ('owner = "claim"\ngive_back = "0s"', Owning.CLAIM, timedelta()),
        ('owner = "assigned"\ngive_back = "2h"', Owning.ASSIGNED, timedelta(hours=2)),
    ],
)
def test_whose_a_conversation_is_and_for_how_long(
    written: str, owning: Owning, give_back: timedelta, tmp_path: Path
) -> None:
    plan = dial_plan(read(put_down(tmp_path, RIGHT.replace("[bridge]", f"[bridge]\n{written}", 1)), ENVIRON), {})

    assert (plan.owning, plan.give_back) == (owning, give_back)


def test_another_owner_is_a_mistake(tmp_path: Path) -> None:
    (mistake,) = mistakes(put_down(tmp_path, RIGHT.replace("[bridge]", '[bridge]\nowner = "first"', 1)))

    assert "reply" in mistake.what + mistake.remedy

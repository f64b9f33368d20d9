"""The map of the house in docs/map.md is true: each module stands there once, with the sentence that it opens with."""

import re

import pytest

from tests.house.map import PLACE, drawn, first_sentence, is_shown, sentences, whole
from tests.house.source import HOUSE, ROOT, modules

REMEDY = f"{PLACE} lags behind; write it anew with `python -m tests.house.map`"


def listed(page: str) -> int:
    return len(re.findall(r"^(?:\s*- |## )", page, re.MULTILINE))


def test_the_map_says_of_every_module_what_the_module_says_of_itself() -> None:
    assert (ROOT / PLACE).read_text() == whole(), REMEDY


def test_every_module_that_is_shown_stands_on_the_map_once() -> None:
    shown = sentences(modules(*HOUSE))

    assert listed((ROOT / PLACE).read_text()) == len(shown)
    assert all(sentence.endswith(".") for sentence in shown.values()), [
        p for p, s in shown.items() if not s.endswith(".")
    ]


def test_a_module_that_is_missing_changed_or_gone_makes_the_map_false() -> None:
    said = {
        "bridge/__init__.py": "The house.",
        "bridge/errors.py": "What goes wrong.",
        "bridge/domain/phone.py": "A number.",
    }

    page = drawn(said)

    assert drawn(said | {"bridge/ports.py": "The contracts."}) != page
    assert drawn(said | {"bridge/errors.py": "All that goes wrong."}) != page
    assert drawn({path: sentence for path, sentence in said.items() if "phone" not in path}) != page


def test_a_folder_is_drawn_with_its_own_sentence_first_and_its_folders_last() -> None:
    said = {
        "bridge/domain/phone.py": "A number.",
        "bridge/domain/__init__.py": "The nouns.",
        "bridge/errors.py": "What goes wrong.",
        "bridge/__init__.py": "The house.",
    }

    page = drawn(said)

    assert page.endswith(
        "\n## bridge/\n\nThe house.\n\n"
        "- `errors.py` – What goes wrong.\n- **domain/** – The nouns.\n  - `phone.py` – A number.\n"
    )


@pytest.mark.parametrize(
    ("docstring", "sentence"),
    [
        ("The nouns. They do nothing.", "The nouns."),
        ("The nouns,\nall of them.\nThey do nothing.", "The nouns, all of them."),
        (
            "The nouns of bridge.toml and http://x.test: frozen.\n\nMore.",
            "The nouns of bridge.toml and http://x.test: frozen.",
        ),
    ],
)
def test_the_first_sentence_ends_with_its_full_stop(docstring: str, sentence: str) -> None:
    assert first_sentence(docstring) == sentence


def test_a_simulated_world_is_one_line() -> None:
    assert is_shown("adapters/sandbox/clock.py")
    assert is_shown("adapters/sandbox/carrier/__init__.py")
    assert not is_shown("adapters/sandbox/carrier/api.py")
    assert is_shown("adapters/sqlite/ledger/entry.py")

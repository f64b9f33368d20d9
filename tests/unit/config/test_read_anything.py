"""Whatever TOML is written into the file: it is read, or refused in words; nothing else happens."""

import json
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bridge.errors import ConfigError
from config.read import read
from config.read.locate import KeyPath
from tests.unit.config.settings_file import ENVIRON, RIGHT

NAMES = st.sampled_from(
    ["bridge", "slack", "carriers", "main", "dids", "number", "env", "file", "type", "mode", "retention", "", "[key]"]
)
TEXTS = st.sampled_from(
    ["", "\u0000", "+14155550100", "9" * 30 + "d", "0s", "none", "http", "/", "https://[", "\u202e"]
)
VALUES = st.recursive(
    TEXTS | st.text(max_size=5) | st.integers() | st.floats() | st.booleans() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


def places(value: object, path: KeyPath = ()) -> list[KeyPath]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for step, inner in steps for place in places(inner, (*path, step)))]


def written(value: object) -> str:
    """Write a value as TOML does, tables inline."""
    match value:
        case dict():
            return "{" + ", ".join(f"{json.dumps(key)} = {written(inner)}" for key, inner in value.items()) + "}"
        case list():
            return f"[{', '.join(map(written, value))}]"
        case datetime():
            return value.isoformat()
        case str():
            return json.dumps(value).replace("\x7f", "\\u007f")
    return str(value).lower()


@given(place=st.sampled_from(places(tomllib.loads(RIGHT))[1:]), value=VALUES)
@example(place=("carriers",), value={"": {}})
@example(place=("dids",), value=[[]])
@example(place=("slack", "bot_token"), value={"file": "\u0000"})
@example(place=("bridge", "public_url"), value="https://[")
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_value_in_any_place_is_read_or_refused_in_words(place: KeyPath, value: object, tmp_path: Path) -> None:
    document: Any = tomllib.loads(RIGHT)
    around = document
    for step in place[:-1]:
        around = around[step]
    around[place[-1]] = value
    path = tmp_path / "bridge.toml"
    path.write_text("".join(f"{json.dumps(key)} = {written(inner)}\n" for key, inner in document.items()))

    try:
        read(path, ENVIRON)
    except ConfigError as error:
        for mistake in error.mistakes:
            assert mistake.place.startswith(str(path))
            assert mistake.what.endswith(".")
            assert mistake.what.isprintable()
            assert mistake.remedy.isprintable()

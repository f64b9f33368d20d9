"""Where keys stand in a TOML file: fuzzed against tomllib, which tells what keys there are."""

import json
import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.read.locate import KeyPath, line_of, locate


def keys_of(value: object, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Yield the path of every key that tomllib found."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from keys_of(inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from keys_of(inner, (*path, at))


def test_every_kind_of_key_is_found() -> None:
    text = '\n'.join(  # the number of the line is the name of the key
        [
            "k1 = 1 # k0 = 0",
            'k2.k2 . "k2" = """',
            'k0 = 0 \\"""',
            '""""" # [k0]',
            "[k5.'k5']",
            "k6 = [1, { k6 = '''", "k0 = '''''}, # ]",
            "  [ { k8 = 8 } ],",
            "]",
            "[[ k10 ]]",
            "k11 = { k11 = '}', k11x.k11 = [ ] }",
            "[k10.k12]",
            "k13 = 2026-01-01 00:00:00",
            "[[k10]]",
            "[[k10.k15]]",
            "[[k10.k15]]",
            "[k10.k15.k17]",
            "k18 = 'C:\\'",
        ]
    )  # fmt: skip

    lines = locate(text)

    assert lines["k5", "k5", "k6"] == 6
    assert lines["k2", "k2", "k2"] == 2
    assert lines[("k5", "k5", "k6", 1, "k6")] == 6
    assert lines[("k5", "k5", "k6", 2, 0, "k8")] == 8
    assert lines[("k10", 0)] == 10
    assert lines[("k10", 0, "k11", "k11x", "k11")] == 11
    assert lines[("k10", 0, "k12", "k13")] == 13
    assert lines[("k10", 1)] == 14
    assert lines[("k10", 1, "k15", 1)] == 16
    assert lines[("k10", 1, "k15", 1, "k17", "k18")] == 18
    assert "k0" not in {step for path in lines for step in path}
    assert {path for path in lines if isinstance(path[-1], str)} == set(keys_of(tomllib.loads(text)))


def test_what_is_missing_is_looked_for_where_it_should_stand() -> None:
    lines = locate("[a]\n[[b]]\nc = 1\n")

    assert line_of(("b", 0, "d"), lines) == 2
    assert line_of(("a", "x", "y"), lines) == 1
    assert line_of(("z",), lines) is None


def test_a_table_named_on_the_way_to_another_is_found_at_its_own_header() -> None:
    lines = locate("[a.b]\n\n[a]\n")

    assert lines["a",] == 3


BARE = st.text("abz-_09", min_size=1, max_size=4)
ANY_KEY = BARE | st.text("ab .=[]{}\"'#\\\u00e9\u202e", max_size=4).map(json.dumps)
TEXT = st.text("a\"'\\#=[]{},.\n", max_size=12)
NEWLINES = st.sampled_from(["", " ", "\n", " # k = [\n", "\t"])


def _basic(text: str) -> str:
    return json.dumps(text)


def _long_basic(text: str) -> str:
    return f'"""{text.replace(chr(92), chr(92) * 2).replace(chr(34) * 3, chr(34) * 2 + chr(92) + chr(34))}"""'


def _literal(text: str) -> str:
    return f"'{text.replace(chr(39), '').replace(chr(10), '')}'"


def _long_literal(text: str) -> str:
    return f"'''{text.replace(chr(39) * 3, '')}'''"


SCALAR = st.one_of(
    st.integers().map(str), st.just("true"), st.just("1979-05-27T07:32:00Z"), st.just("1.5e3"), st.just("-inf"),
    TEXT.map(_basic), TEXT.map(_long_basic), TEXT.map(_literal), TEXT.map(_long_literal),
)  # fmt: skip


def _list(values: list[str], gap: str) -> str:
    return f"[{gap}{f'{gap},{gap}'.join(values)}{gap}]"


def _inline(pairs: list[tuple[str, str]]) -> str:
    return "{ " + ", ".join(f"{key} = {value}" for key, value in pairs) + " }"


VALUE = st.recursive(
    SCALAR,
    lambda inner: (
        st.builds(_list, st.lists(inner, max_size=3), NEWLINES)
        | st.lists(st.tuples(ANY_KEY, inner), max_size=3).map(_inline)
    ),
    max_leaves=8,
)
DOTTED = st.lists(ANY_KEY, min_size=1, max_size=3).flatmap(
    lambda keys: st.sampled_from([".", " . ", "\t.", ". "]).map(lambda dot: dot.join(keys))
)
LINE = st.one_of(
    st.builds("{} = {}".format, DOTTED, VALUE),
    DOTTED.map("[{}]".format),
    DOTTED.map("[[ {} ]]".format),
    st.sampled_from(["", "# a = 1", "   # [[b]]"]),
)


@given(lines=st.lists(LINE, max_size=12), end=st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=600, deadline=None)
def test_every_key_that_tomllib_reports_is_found_on_a_line_that_contains_it(lines: list[str], end: str) -> None:
    text = ""
    for line in lines:  # keep every line that tomllib accepts after those before it
        try:
            tomllib.loads(f"{text}{line}{end}")
        except tomllib.TOMLDecodeError:
            continue
        text += f"{line}{end}"

    places = locate(text)

    reported = set(keys_of(tomllib.loads(text)))
    assert {path for path in places if isinstance(path[-1], str)} == reported
    written = text.split("\n")
    for path in reported:
        key = str(path[-1])
        assert key in written[places[path] - 1] or json.dumps(key) in written[places[path] - 1]


@pytest.mark.parametrize("quotes", ['""""""', '"""a"""', '"""a""""', '"""a"""""', "''''''", "'''a'''''"])
def test_quotes_before_the_end_of_a_long_text_belong_to_it(quotes: str) -> None:
    assert locate(f"a = {quotes}\nb = 1\n") == {("a",): 1, ("b",): 2}

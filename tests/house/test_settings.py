"""The example file is the operator's reference: it names every setting, nothing else, and every default as it is."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.pictures.settings import NetworkLimits
from adapters.postgres.settings import has_password
from bridge.domain.duration import duration
from config.read import read
from config.read.locate import KeyPath
from config.read.shape import at, fields, is_secret
from config.settings import Settings, dial_plan

EXAMPLE = (Path(__file__).parents[2] / "bridge.toml.example").read_text()
WHOLE = re.sub(r"^#(?=[a-z_]+ = )", "", EXAMPLE, flags=re.MULTILINE)  # with every optional setting switched on
USABLE = WHOLE.replace('path = "/var/lib/sms-bridge/bridge.db"', "")  # the store is either a file or a database
ENVIRON = dict.fromkeys(re.findall(r'env = "(?!NAME)(\w+)"', EXAMPLE), "an example")

SECTIONS: list[KeyPath] = [
    ("bridge",), ("store",), ("control",), ("slack",), ("mail",), ("limits",), ("mms_limits",), ("carriers", "main"),
    ("people", 0), ("contacts", 0), ("snippets", 0), ("dids", 0),
]  # fmt: skip
SETTINGS = [(*section, name) for section in SECTIONS for name in fields(at(section))]


def said(document: dict[str, Any], path: KeyPath) -> Any:
    found: Any = document
    for step in path:
        found = found[step]
    return found


def put_down(folder: Path, example: str) -> Path:
    """Write the example as an operator would, with the files that it speaks of beside it."""
    password = folder / "smtp-password"
    password.write_text("an example\n")
    password.chmod(0o600)
    (folder / "authority.pem").touch()
    example = example.replace("/etc/sms-bridge/smtp-password", "smtp-password")
    example = example.replace("/etc/ssl/certs/ca-certificates.crt", str(folder / "authority.pem"))
    path = folder / "bridge.toml"
    path.write_text(example)
    return path


@pytest.mark.parametrize("example", [EXAMPLE, USABLE], ids=["as it is", "with everything switched on"])
def test_the_example_can_be_used(example: str, tmp_path: Path) -> None:
    settings = read(put_down(tmp_path, example), ENVIRON)

    assert dial_plan(settings, {}).dids[0].assigned[0].name == "Front desk"


def test_the_example_names_every_section_and_no_other() -> None:
    document = tomllib.loads(WHOLE)

    assert list(document) == list(dict.fromkeys(section[0] for section in SECTIONS))
    assert set(document) == set(fields(Settings))


@pytest.mark.parametrize("section", SECTIONS, ids=str)
def test_the_example_names_every_setting_of_a_section_and_no_other(section: KeyPath) -> None:
    document = tomllib.loads(WHOLE)

    assert set(said(document, section)) == set(fields(at(section)))


@pytest.mark.parametrize("path", SETTINGS, ids=str)
def test_a_setting_is_switched_on_in_the_example_exactly_if_it_is_needed(path: KeyPath) -> None:
    named = said(tomllib.loads(EXAMPLE), path[:-1])
    needed = fields(at(path[:-1]))[str(path[-1])].is_required()

    # Of two ways, the usual one.
    choices = {("slack", "app_token"), ("mail", "username"), ("mail", "password"), ("store", "path")}

    assert (path[-1] in named) == (needed or path in choices)


@pytest.mark.parametrize("path", SETTINGS, ids=str)
def test_the_default_that_the_example_shows_is_the_default(path: KeyPath) -> None:
    field = fields(at(path[:-1]))[str(path[-1])]
    if field.is_required() or field.default is None:
        return
    shown = said(tomllib.loads(WHOLE), path)

    if isinstance(field.default, timedelta):
        shown = duration(shown)
    if isinstance(field.default, tuple):
        shown = tuple(shown)
    if isinstance(field.default, NetworkLimits):
        shown = NetworkLimits(**shown)

    assert shown == field.default


@pytest.mark.parametrize("path", SETTINGS, ids=str)
def test_every_setting_has_its_sentence(path: KeyPath) -> None:
    sentence = fields(at(path[:-1]))[str(path[-1])].description or ""

    assert sentence.endswith(".")
    assert len(sentence) > 20


@pytest.mark.parametrize("path", [path for path in SETTINGS if is_secret(at(path))], ids=str)
def test_every_secret_of_the_example_comes_from_elsewhere(path: KeyPath) -> None:
    shown = said(tomllib.loads(WHOLE), path)

    assert isinstance(shown, dict) or not has_password(shown)


def test_the_example_tells_the_size_that_holds_for_an_ordinary_number(tmp_path: Path) -> None:
    shown = said(tomllib.loads(WHOLE), ("dids", 0, "max_mms_bytes"))

    assert shown == dial_plan(read(put_down(tmp_path, EXAMPLE), ENVIRON), {}).dids[0].max_mms_bytes

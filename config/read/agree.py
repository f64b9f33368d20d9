"""What no single setting knows: names that must exist, numbers that may stand only once, choices that need another.

It looks at the file as it was written, so that it also finds these where another setting is wrong. Whatever has not
the right type is passed over here: that is told elsewhere.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from adapters.control.settings import ControlSettings, socket_path
from bridge.domain.duration import duration
from bridge.wording import config as wording
from config.read.locate import KeyPath, Lines, line_of
from config.read.shape import given, places

_LONGEST = timedelta(days=3650)
_GROUP = re.compile(r"S[A-Z0-9]{5,30}", re.ASCII)
_MAY_BE_NOTHING = ("hold", "echo_after", "give_back")

Found = Iterator[tuple[KeyPath, wording.Told]]


def disagreements(document: Mapping[str, Any], lines: Lines) -> Found:
    """Yield every disagreement within the file, with the place of the setting to change."""
    yield from _repeated(document, lines)
    yield from _unknown_people(document)
    yield from _unknown_responders(document)
    yield from _unknown_carriers(document)
    yield from _absurd_durations(document)
    yield from _forgotten_too_soon(document)
    yield from _half_a_connection(document)
    yield from _mail_in_the_clear(document)
    yield from _unreachable_control(document)


def _repeated(document: Mapping[str, Any], lines: Lines) -> Found:
    dids: dict[str, KeyPath] = {}
    yield from _doubles("number", _texts(document, "dids", "number"), dids, lines)
    contacts: dict[str, KeyPath] = {}
    yield from _doubles("number", _texts(document, "contacts", "number"), contacts, lines)
    for number in contacts.keys() & dids.keys():
        yield contacts[number], wording.contact_is_did(number, line_of(dids[number], lines))
    yield from _doubles("name", _texts(document, "people", "name"), {}, lines)
    for at in range(len(_tables(document, "dids"))):
        yield from _doubles("name", _names(document, ("dids", at, "assigned")), {}, lines)
    for rules in ("admins", "responders"):
        yield from _doubles("name", _names(document, ("bridge", rules)), {}, lines)


def _doubles(what: str, written: Iterator[tuple[KeyPath, str]], seen: dict[str, KeyPath], lines: Lines) -> Found:
    """Yield what was written before, and leave in `seen` where each stood first."""
    for path, value in written:
        if value in seen:
            first = line_of(seen[value], lines)
            yield path, wording.twice(what, value, first if first != line_of(path, lines) else None)
        seen.setdefault(value, path)


def _unknown_people(document: Mapping[str, Any]) -> Found:
    people = [name for _, name in _texts(document, "people", "name")]
    if not people:
        return
    places: list[KeyPath] = [("dids", at, "assigned") for at in range(len(_tables(document, "dids")))]
    for place in (("bridge", "admins"), *places):
        for path, name in _names(document, place):
            if name not in people:
                yield path, wording.unknown_person(name, people)


def _unknown_responders(document: Mapping[str, Any]) -> Found:
    """Yield whoever cannot be recognised in Slack: nobody that is named, no group, or somebody without a member id."""
    people = {str(person.get("name")): person.get("slack") for person in _tables(document, "people")}
    places: list[KeyPath] = [("dids", at, "responders") for at in range(len(_tables(document, "dids")))]
    for place in (("bridge", "responders"), *places):
        for path, name in _names(document, place):
            if name in people and not people[name]:
                yield path, wording.responder_without_slack(name)
            elif people and name not in people and not _GROUP.fullmatch(name):
                yield path, wording.unknown_responder(name, list(people))


def _unknown_carriers(document: Mapping[str, Any]) -> Found:
    carriers = _table(document, "carriers")
    for path, name in _texts(document, "dids", "carrier"):
        if carriers and name not in carriers:
            yield path, wording.unknown_carrier(name, carriers)


def _absurd_durations(document: Mapping[str, Any]) -> Found:
    for path, value in places(document, of=timedelta):
        try:
            time = duration(value)
        except ValueError:
            continue
        if time > _LONGEST or (not time and path[-1] not in _MAY_BE_NOTHING):
            yield path, wording.absurd_duration(value)


def _forgotten_too_soon(document: Mapping[str, Any]) -> Found:
    bridge = {"acknowledge_within": "10m", "retention": "30d"} | _table(document, "bridge")
    yield from _forgotten(("bridge",), bridge)
    for at, did in enumerate(_tables(document, "dids")):
        if "acknowledge_within" in did or "retention" in did:
            yield from _forgotten(("dids", at), bridge | did)


def _forgotten(table: KeyPath, rules: Mapping[str, Any]) -> Found:
    try:
        is_too_soon = duration(rules["acknowledge_within"]) > duration(rules["retention"])
    except ValueError:
        return
    if is_too_soon:
        yield (*table, "acknowledge_within"), wording.forgotten_before_due()


def _half_a_connection(document: Mapping[str, Any]) -> Found:
    slack = _table(document, "slack")
    place = ("slack", "mode") if "mode" in slack else ("slack",)
    match slack.get("mode", "socket"):
        case "socket" if slack and "app_token" not in slack:
            yield place, wording.socket_without_app_token()
        case "http" if "signing_secret" not in slack:
            yield place, wording.http_without_signing_secret()


def _mail_in_the_clear(document: Mapping[str, Any]) -> Found:
    mail = _table(document, "mail")
    host = mail.get("host")
    if mail.get("security") == "none" and isinstance(host, str) and not _is_this_machine(host):
        yield ("mail", "security"), wording.mail_in_the_clear(host)


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unreachable_control(document: Mapping[str, Any]) -> Found:
    database = _table(document, "store").get("path")
    if not isinstance(database, str) or not Path(database).name or "socket" in _table(document, "control"):
        return
    socket = ControlSettings().beside(Path(database))
    try:
        socket_path(socket)
    except ValueError:
        yield ("store", "path"), wording.socket_path_too_long(str(socket))


def _table(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    table = document.get(key)
    return table if isinstance(table, dict) else {}


def _tables(document: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the tables of a list; an empty one in the place of whatever is no table."""
    tables = document.get(key)
    return [table if isinstance(table, dict) else {} for table in tables] if isinstance(tables, list) else []


def _texts(document: Mapping[str, Any], tables: str, key: str) -> Iterator[tuple[KeyPath, str]]:
    for at, table in enumerate(_tables(document, tables)):
        if isinstance(table.get(key), str):
            yield (tables, at, key), table[key]


def _names(document: Mapping[str, Any], path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Yield the texts of a list somewhere in the file."""
    names = given(path, document)
    for at, name in enumerate(names if isinstance(names, list) else ()):
        if isinstance(name, str):
            yield (*path, at), name

"""The repository gives nothing away: no number of a living person, no token, no folder of a machine, no index.

Nor does it say who or what typed it; and what its pages tell people to type exists.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator

import pytest

from tests.house.source import kept_files, text

CORPUS = "tests/payloads/sms-corpus.jsonl"  # a published collection of texts, kept as it was published
WRITTEN = [path for path in kept_files() if path != CORPUS and text(path) is not None]


def offences(look: Callable[[str], Collection[str]]) -> dict[str, Collection[str]]:
    """Look at every file; return those in which something was found."""
    return {path: found for path in WRITTEN if (found := look(path))}


# --- numbers ----------------------------------------------------------------------------------------------------------

FICTION = re.compile(
    r"1[2-9]\d\d55501\d\d"  # reserved for fiction by the North American plan
    r"|1500555000\d"  # Twilio's magic numbers for tests
    r"|44(2079460|7700900|9098790)\d{3}"  # reserved for drama by Ofcom
)
VECTORS = {"14158675309", "18005551212", "15017122661", "15005550006"}  # the vendor's examples, signed as they stand
NOBODYS = {
    "tests/unit/adapters/sandbox/test_carrier_signature.py": VECTORS,
    "tests/unit/adapters/twilio/test_signature.py": VECTORS,
    "tests/stories/test_23_slack_hostile.py": {"8815550100"},  # too short for a satellite phone
    "tests/unit/domain/test_phone.py": {"2105550100"},  # no country has the code 210
    "tests/unit/domain/test_toll.py": {
        "9995550100000",
        "8705550100",
        "8815550100",
        "8835550100",
    },  # no such codes or lengths
}
_GLOBAL = re.compile(r"(?:\+|%2B)([1-9]\d{6,14})(?!\d)")
_NATIONAL = re.compile(r"(?<![\d.])(?:\(([2-9]\d\d)\) ?|([2-9]\d\d)[-.])([2-9]\d\d)[-. ](\d{4})(?![\d.])")


def numbers(written: str) -> Iterator[str]:
    """Return every number that could be somebody's, as digits with the country's code."""
    for digits in _GLOBAL.findall(written):
        if not digits.startswith("1") or re.fullmatch(r"1[2-9]\d\d[2-9]\d{6}", digits):
            yield digits
    yield from ("1" + "".join(parts) for parts in _NATIONAL.findall(written))


def somebodys(written: str) -> set[str]:
    return {number for number in numbers(written) if not FICTION.fullmatch(number)}


def test_no_number_is_somebodys() -> None:
    assert offences(lambda path: somebodys(text(path) or "") - NOBODYS.get(path, set())) == {}


@pytest.mark.parametrize(
    "written",
    ["+1415555" + "2671", "To=%2B1415555" + "2671", "(415) 555" + "-2671", "415-555" + "-2671", "+49301" + "234567"],
)
def test_a_number_of_somebody_is_noticed(written: str) -> None:
    assert len(somebodys(f"call {written}, please")) == 1


@pytest.mark.parametrize(
    "written", ["+14155550100", "%2B12125550199", "(415) 555-0123", "+1415555010", "+442079460123"]
)
def test_a_number_of_nobody_is_let_alone(written: str) -> None:
    assert somebodys(f"call {written}, please") == set()


# --- tokens -----------------------------------------------------------------------------------------------------------

TOKENS = {
    "Slack": re.compile(
        r"\b(?:xox[a-z]|xapp)-[A-Z0-9-]*\d{8,}-[\w-]{16,}|hooks\.slack\.com/services/T\w+/B\w+/\w{16,}"
    ),
    "Twilio": re.compile(r"\b(?:AC|SK|SM|MM|MG|PN)[0-9a-f]{32}\b"),
    "GitHub": re.compile(r"\bgh[opsur]_\w{30,}|\bgithub_pat_\w{30,}"),
    "Amazon": re.compile(r"\bAKIA[A-Z2-7]{16}\b"),
    "Google": re.compile(r"\bAIza[\w-]{35}"),
    "JSON web token": re.compile(r"\beyJ[\w-]{16,}\.[\w-]{16,}\.[\w-]{16,}"),
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
    "login in an address": re.compile(r"\bhttps?://[^\s/@:\"'{}]+:[^\s/@\"'{}]{8,}@"),
}
OF_TESTS = {  # keys made for 127.0.0.1 and *.test, which no machine trusts; names that the simulated carrier gave
    "tests/fixtures/data-0.1.0/postgres.sql",
    "tests/unit/adapters/http/media.test.pem",
    "tests/unit/adapters/mail/localhost.pem",
}


def tokens(written: str) -> list[str]:
    """Return the kinds of what looks like a real token; one of few different characters is an example."""
    found = ((kind, match.group()) for kind, pattern in TOKENS.items() for match in pattern.finditer(written))
    return [kind for kind, token in found if len(set(token[5:])) > 6]


def test_no_token_looks_real() -> None:
    assert set(offences(lambda path: tokens(text(path) or ""))) == OF_TESTS


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("xoxb-" + "2384756102-8374651029384-aBcDeFgHiJkLmNoPqRsTuVwX", "Slack"),
        ("xapp-" + "1-A0B1C2D3E4-8374651029384-0123456789abcdef0123456789abcdef", "Slack"),
        ("AC" + "0123456789abcdef0123456789abcdef", "Twilio"),
        ("ghp_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789", "GitHub"),
        ("AKIA" + "ABCDEFGHIJKLMNOP", "Amazon"),
        (
            "eyJhbGciOiJIUzI1NiJ9abc." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0." + "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9",
            "JSON web token",
        ),
        ("-----BEGIN " + "PRIVATE KEY-----", "private key"),
        ("https://user:" + "h8Kz2pQw9r@example.com/", "login in an address"),
    ],
)
def test_a_token_that_looks_real_is_noticed(written: str, kind: str) -> None:
    assert tokens(f"token = {written}") == [kind]


@pytest.mark.parametrize("written", ["xoxb-1", "xoxb-of-the-tests", "AC" + "0" * 31 + "1", "SK" + "0" * 32])
def test_an_example_of_a_token_is_let_alone(written: str) -> None:
    assert tokens(f"token = {written}") == []


# --- machines ---------------------------------------------------------------------------------------------------------

_FOLDERS = re.compile(
    r"(?<![\w.$}*/-])/(?:root|home|Users|work|mnt|tmp|private)/\w|[\"'`]/(?:root|home|work|mnt|tmp)[\"'`]"
)
_INDEX = re.compile(r"https?://|^\s*-(?!-hash=)", re.MULTILINE)  # in a lock file every option but a hash is one
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-proof.lock")


def folders(written: str) -> list[str]:
    return _FOLDERS.findall(written)


def test_no_folder_of_one_machine_is_named() -> None:
    assert offences(lambda path: () if path.startswith("tests/") else folders(text(path) or "")) == {}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_names_no_index_and_every_hash(lock: str) -> None:
    locked = text(lock) or ""

    assert not _INDEX.search(locked)
    assert unhashed(locked) == []


def unhashed(locked: str) -> list[str]:
    """Return the packages that are pinned without a hash."""
    entries = re.split(r"\n(?=[A-Za-z0-9])", locked)
    return [entry.partition(" ")[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry]


def test_a_folder_of_one_machine_is_noticed() -> None:
    assert folders('path = "/home/ada/bridge"') != []
    assert all(folders(f"cd /{place}/bridge") for place in ("root", "home", "work", "mnt"))
    assert folders("PLACE = '/tmp'") != []
    assert folders("/var/lib/sms-bridge and https://example.com/home/page and var/tmp/x") == []


def test_an_index_and_a_missing_hash_are_noticed() -> None:
    assert _INDEX.search("--find-links x\n")
    assert _INDEX.search("-i x\n")
    assert _INDEX.search("# from https://packages.example.com/simple\n")
    assert _INDEX.search("a==1\n--trusted-host x\n")
    assert not _INDEX.search("a==1 \\\n    --hash=sha256:00\n")
    assert unhashed("# made\na==1 \\\n    --hash=sha256:00\nb==2\n") == ["b==2\n"]


# --- words ------------------------------------------------------------------------------------------------------------

# Names of tools that write, which a product has no reason to say. As fingerprints, so that this file can hold them:
# python -c 'import hashlib, sys; print(hashlib.sha256(sys.argv[1].encode()).hexdigest()[:16])' word-in-lower-case
TYPISTS = {
    "053ea4804ef1bb33",
    "32e83e92d45d71f6",
    "3ea125d0bff386e6",
    "487b91042c7cf27a",
    "57de4cf40144bdf7",
    "60965168ce762e94",
    "7d3194f79e645c42",
    "94a168d2da574b00",
    "c70eca6b0f88f44d",
    "c857d09db23e6822",
    "de2187af3fb01170",
}
_WORD = re.compile(r"[A-Za-z]{4,}|(?<![\w+/=])[A-Za-z]{2,3}(?![\w+/=])")  # short ones come up by chance in signatures


def fingerprint(word: str) -> str:
    return hashlib.sha256(word.lower().encode()).hexdigest()[:16]


def named(written: str, unwanted: set[str]) -> set[str]:
    return {word for word in set(_WORD.findall(written)) if fingerprint(word) in unwanted}


def test_no_file_says_what_typed_it() -> None:
    assert offences(lambda path: named(f"{path}\n{text(path)}", TYPISTS)) == {}


def test_a_word_that_is_unwanted_is_noticed_in_any_case() -> None:
    assert named("Made by Ada, with ADA-1.", {fingerprint("ada")}) == {"Ada", "ADA"}
    assert named("Made in Canada.", {fingerprint("ada")}) == set()


# --- commands ---------------------------------------------------------------------------------------------------------

TARGETS = {"install", "sandbox", "test", "bench", "proof", "fuzz", "lock", "sbom", "system-packages"}
PAGES = [path for path in WRITTEN if path.endswith(".md") and not path.startswith("tests/payloads/")]


def targets(makefile: str) -> set[str]:
    return set(re.findall(r"^([a-z][\w-]*):", makefile, re.MULTILINE))


def told(page: str) -> set[str]:
    """Return the targets that a page tells to make: in its code, inside a line or as a block of its own."""
    code: Iterable[str] = re.findall(r"```.*?```|`[^`\n]+`|^ {4}[^\n]+$", page, re.DOTALL | re.MULTILINE)
    return {target for piece in code for target in re.findall(r"\bmake ([a-z][\w-]*)", piece)}


def test_the_makefile_has_what_it_must_have() -> None:
    assert targets(text("Makefile") or "") >= TARGETS


def test_the_readme_tells_both_commands() -> None:
    assert told(text("README.md") or "") >= {"sandbox", "test"}


def test_what_a_page_tells_to_make_can_be_made() -> None:
    can = targets(text("Makefile") or "")

    assert offences(lambda path: told(text(path) or "") - can if path in PAGES else ()) == {}


def test_a_command_that_does_not_exist_is_noticed() -> None:
    page = "We make progress. Type `make sandbox`, or:\n\n    make some\n\n```\ngit clone x\nmake all PORT=1\n```\n"

    assert told(page) - targets("sandbox: install\n\trun\n") == {"all", "some"}

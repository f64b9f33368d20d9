"""Reading the configuration: what is right is read, what is wrong is told all at once, with place and remedy."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.domain.phone import PhoneNumber, ShortCode
from bridge.errors import ConfigError, Mistake
from config.read import read
from config.settings import dial_plan, known_secrets
from tests.unit.config.settings_file import ENVIRON, RIGHT, line_of


def put_down(folder: Path, text: str | bytes) -> Path:
    path = folder / "bridge.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def mistakes(path: Path, environ: Mapping[str, str] = ENVIRON) -> tuple[Mistake, ...]:
    with pytest.raises(ConfigError) as caught:
        read(path, environ)
    return caught.value.mistakes


@pytest.mark.parametrize(
    "url", ['"postgresql://me@db.example.com/sms"', '{ env = "URL" }'], ids=["without a password", "with one"]
)
def test_the_store_may_be_a_database_that_several_daemons_share(url: str, tmp_path: Path) -> None:
    environ = {**ENVIRON, "URL": "postgresql://me:secret@db.example.com/sms"}

    settings = read(put_down(tmp_path, RIGHT.replace('path = "bridge.db"', f"url = {url}")), environ)

    assert settings.store.url
    assert settings.store.path is None
    assert "me:secret" not in repr(settings)
    assert settings.control_socket == Path("/run/sms-bridge/control.sock")


def test_a_right_file_becomes_the_dial_plan(tmp_path: Path) -> None:
    settings = read(put_down(tmp_path, RIGHT), ENVIRON)

    plan = dial_plan(settings, {})

    main, toll_free = plan.dids
    assert (main.number, main.channel, main.carrier) == (PhoneNumber("+14155550100"), "C0TEXTS", "main")
    assert (main.acknowledge_within, toll_free.acknowledge_within) == (timedelta(minutes=10), timedelta(minutes=5))
    assert (main.max_mms_bytes, toll_free.max_mms_bytes) == (500_000, 525_000)
    assert main.converts
    assert toll_free.converts
    assert [person.name for person in toll_free.assigned] == ["Front desk", "Night shift"]
    assert plan.admins[0].slack == "U0FRONTDESK"
    assert plan.name_of(PhoneNumber("+14155550123")) == "Blue Door Bakery"
    assert plan.timezone == "America/New_York"


def test_whoever_only_asks_the_daemon_needs_no_address_of_its_database(tmp_path: Path) -> None:
    file = put_down(tmp_path, RIGHT.replace('path = "bridge.db"', 'url = { env = "DATABASE" }'))

    assert read(file, {}, needs_secrets=False).control_socket == Path("/run/sms-bridge/control.sock")
    with pytest.raises(ConfigError) as caught:
        read(file, ENVIRON)
    assert ["DATABASE" in one.what for one in caught.value.mistakes] == [True]


def test_a_contact_may_be_a_short_code(tmp_path: Path) -> None:
    settings = read(put_down(tmp_path, RIGHT.replace("+14155550123", "72345")), ENVIRON)

    assert dial_plan(settings, {}).name_of(ShortCode("72345")) == "Blue Door Bakery"


@pytest.mark.parametrize(
    ("url", "used"),
    [("https://sms.example.com/", "https://sms.example.com"), ("http://127.0.0.1:8080", "http://127.0.0.1:8080")],
)
def test_the_public_address_is_https_or_this_machine(url: str, used: str, tmp_path: Path) -> None:
    settings = read(put_down(tmp_path, RIGHT.replace("https://sms.example.com", url)), ENVIRON)

    assert settings.bridge.public_url == used


@pytest.mark.parametrize(
    ("written", "hold"),
    [("", timedelta(seconds=5)), ('hold = "0s"', timedelta()), ('hold = "1m"', timedelta(minutes=1))],
)
def test_a_reply_may_wait_for_a_while_or_not_at_all(written: str, hold: timedelta, tmp_path: Path) -> None:
    settings = read(put_down(tmp_path, RIGHT.replace("[bridge]", f"[bridge]\n{written}", 1)), ENVIRON)

    assert dial_plan(settings, {}).hold == hold


def test_no_other_time_may_be_nothing(tmp_path: Path) -> None:
    (mistake,) = mistakes(put_down(tmp_path, RIGHT.replace("[bridge]", '[bridge]\ndigest_window = "0s"', 1)))

    assert "no time that anything could take" in mistake.what


def test_the_control_socket_lies_next_to_the_database_unless_told_otherwise(tmp_path: Path) -> None:
    usual = read(put_down(tmp_path, RIGHT), ENVIRON)
    told = read(put_down(tmp_path, RIGHT + '\n[control]\nsocket = "/run/sms-bridge/control.sock"\n'), ENVIRON)

    assert usual.control_socket == Path("bridge.db.sock")
    assert told.control_socket == Path("/run/sms-bridge/control.sock")


def test_a_file_written_on_windows_is_read(tmp_path: Path) -> None:
    settings = read(put_down(tmp_path, RIGHT.replace("\n", "\r\n")), ENVIRON)

    assert settings.dids[0].label == "Main line"


SPOILT = [
    # what stands there, what is written instead, what is told, what is proposed
    ('mode = "socket"', 'mood = "socket"', '"mood" is not a setting of [slack].', 'Did you mean "mode"?'),
    ("[store]", "[stor]", '"stor" is not a section.', 'Did you mean "store"?'),
    ("timezone =", 'channel = "C0"\ntimezone =', '"channel" is not a setting of [bridge].', "It belongs to [[dids]]."),
    ("[[people]]", "[[peopel]]", '"peopel" is not a section.', 'Did you mean "people"?'),
    ('channel = "C0TEXTS"\n', "", '[[dids]] has no "channel".', "Add it."),
    ('channel = "C0TEXTS"', 'channel = ""', '"" is not a channel.', "Write its id"),
    ('channel = "C0TEXTS"', 'channel = "texts"', '"texts" is not a channel.', "Write its id"),
    ('label = "Main line"', "label = 7", '"label" must be text in quotes, but it is a whole number.', ""),
    ('label = "Main line"', "label = 2026-01-01", '"label" must be text in quotes, but it is a date or a time.', ""),
    ('label = "Main line"', 'label = ""', '"label" must be one line of text', ""),
    ('label = "Main line"', 'label = "\\u202Enil"', '"label" must be one line of text', ""),
    ('assigned = ["Front desk"]', 'assigned = "Front desk"', '"assigned" must be a list, but it is text.', ""),
    ('assigned = ["Front desk"]', "assigned = []", '"assigned" is empty.', ""),
    ('assigned = ["Front desk"]', 'assigned = ["Frontdesk"]', 'called "Frontdesk"', 'Did you mean "Front desk"?'),
    ('assigned = ["Front desk"]', 'assigned = ["Bo"]', 'called "Bo"', "Add the person under [[people]]."),
    ('admins = ["Front desk"]', 'admins = ["front desk"]', 'called "front desk"', 'Did you mean "Front desk"?'),
    ('carrier = "main"', 'carrier = "mian"', 'There is no carrier "mian".', 'Did you mean "main"?'),
    ("[carriers.main]", "[carriers.Main]", '"Main" cannot be the name of a carrier', "small letters"),
    ("[carriers.main]", "[[carriers]]", "[[carriers]] is no list of tables.", "Write [carriers.NAME]"),
    ("[bridge]", "[[bridge]]", "[[bridge]] is no list of tables.", "Write [bridge]"),
    ("+14155550100", "(415) 555-0100", '"(415) 555-0100" is not a phone number', "Write +14155550100."),
    ("+14155550100", "+1415555010", '"+1415555010" is not a phone number', "plus sign and country code"),
    ("+14155550100", "call us", '"call us" is not a phone number', "plus sign and country code"),
    ("+18885550101", "+14155550100", 'The number "+14155550100" stands here a second time, as in line 40.', "Remove"),
    ("+14155550123", "+14155550100", 'The contact "+14155550100" is one of our own numbers (line 40).', "Remove"),
    ("Night shift", "Front desk", 'The name "Front desk" stands here a second time, as in line 27.', "Remove"),
    ("desk@example.com", "desk", '"desk" is not a mail address.', ""),
    ("desk@example.com", "a@example.com\\r\\nBcc: b@example.com", "is not a mail address.", ""),
    ("U0FRONTDESK", "@frontdesk", '"@frontdesk" is not a member\'s id.', "Copy member ID"),
    ("https://sms", "http://sms", '"public_url" must begin with "https://".', ""),
    ("https://sms", "https://me:pw@sms", '"public_url" must not carry a user name', ""),
    ("sms.example.com", "sms.example.com/#rc=3", '"public_url" must not carry', ""),
    ("sms.example.com", "sms.example.com/texts", '"public_url" must end after the host, without "/texts".', ""),
    ("America/New_York", "America/New_Yrok", "is not a time zone.", 'Did you mean "America/New_York"?'),
    ("America/New_York", "America", "is not a time zone.", ""),
    ("America/New_York", "../../etc/passwd", "is not a time zone.", ""),
    ('"5m"', '"five minutes"', '"acknowledge_within" must be a duration', ""),
    ('"5m"', "5", '"acknowledge_within" must be a duration', ""),
    ('"5m"', '"0s"', '"0s" is no time', ""),
    ('"5m"', '"60d"', '"acknowledge_within" is longer than "retention"', "Make the one shorter"),
    ('"5m"', '"9999d"', '"9999d" is no time', ""),
    (
        "[mail]",
        "[limits]\nper_person = -1\n[mail]",
        '"per_person" must be greater than or equal to 0',
        "0 for no limit",
    ),
    ("[mail]", "[limits]\nper_account = 1000000000000\n[mail]", '"per_account" must be less than or equal', "no limit"),
    ("[mail]", '[limits]\nregions = ["USA"]\n[mail]', '"USA" is not a country or territory.', 'Did you mean "US"?'),
    ("[mail]", '[limits]\nregions = ["Jamaica"]\n[mail]', "is not a country or territory.", 'as in "US"'),
    ('"5m"', '"99999999999999999999d"', "is no time", ""),
    ('mode = "socket"', 'mode = "sockets"', '"mode" cannot be "sockets".', 'Write "socket" or "http".'),
    ('mode = "socket"', 'mode = "http"', 'mode = "http" needs "signing_secret".', "SLACK_SIGNING_SECRET"),
    ('app_token = { env = "SLACK_APP_TOKEN" }\n', "", 'mode = "socket" needs "app_token".', "SLACK_APP_TOKEN"),
    ('security = "starttls"', 'security = "none"', 'in the clear to "smtp.example.com".', '"starttls" or "tls"'),
    ('security = "starttls"', 'port = "587"', '"port" must be a whole number, but it is text.', ""),
    ('username = "texts@example.com"\n', "", "username and password belong together", ""),
    ('username = "texts', 'username = { env = "U" } # "', '"username" must be text in quotes', "only secrets"),
    ("AC0000", "AC", '"account_sid" has not the form', "32 digits"),
    ('type = "twilio"', 'type = "twillio"', '"type" cannot be "twillio".', 'Write "twilio".'),
    ('type = "twilio"', 'timeout = "0s"', '"0s" is no time', ""),
    ('type = "twilio"', 'timeout = "99999999999999999999d"', "is no time", ""),
    ('mode = "socket"', "burst = 0", '"burst" must be greater', "How many"),
    ('{ env = "SLACK_BOT_TOKEN" }', '{ env = "NOWHERE" }', '"NOWHERE", which is not set.', "Set it"),
    ('{ env = "SLACK_BOT_TOKEN" }', "{ }", '"bot_token" does not say where', 'env = "NAME"'),
    ('{ env = "SLACK_BOT_TOKEN" }', '{ env = "A", file = "B" }', '"bot_token" does not say where', 'env = "NAME"'),
    ('{ env = "SLACK_BOT_TOKEN" }', '{ file = "no-such-file" }', "which does not exist.", "Write the secret there."),
    ('"bridge.db"', f'"{"long/" * 30}bridge.db"', "too long for a socket", "Add a section [control]"),
    ('"bridge.db"', '""', '"path" must be the path of a file.', ""),
    ('path = "bridge.db"\n', "", "must have either path or url", "a file for one daemon"),
    ('path = "bridge.db"', 'path = "bridge.db"\nurl = "postgresql://db/sms"', "must have either path or url", "a file"),
    ('path = "bridge.db"', 'url = "mysql://db/sms"', "is written into the file", "env"),
    ('path = "bridge.db"', 'url = "postgresql://me:secret@db/sms"', "is written into the file", "replace the secret"),
    ('path = "bridge.db"', 'url = "postgresql://db/sms?password=secret"', "is written into the file", "env"),
    ('path = "bridge.db"', 'url = { env = "SLACK_BOT_TOKEN" }', '"url" must begin with postgresql://', ""),
]


@pytest.mark.parametrize(("right", "wrong", "what", "remedy"), SPOILT)
def test_a_mistake_is_told_at_its_line_with_its_remedy(
    right: str, wrong: str, what: str, remedy: str, tmp_path: Path
) -> None:
    assert right in RIGHT
    path = put_down(tmp_path, RIGHT.replace(right, wrong, 1))

    told = [mistake for mistake in mistakes(path) if what in mistake.what]

    assert len(told) == 1
    assert remedy in told[0].remedy
    assert told[0].place.startswith(f"{path}:")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('channel = "#texts"', 'chanel = "#texts"'),
        ('assigned = ["Front desk", "Night shift"]', 'assigned = [\n  "Front desk",\n  "Niht shift",\n]'),
        ('timezone = "America/New_York"', 'timezone = "Mars"'),
        ('bot_token = { env = "SLACK_BOT_TOKEN" }', 'bot_token = "xoxb-literal"'),
    ],
)
def test_the_line_told_is_the_line_of_the_mistake(right: str, wrong: str, tmp_path: Path) -> None:
    text = RIGHT.replace(right, wrong, 1)
    path = put_down(tmp_path, text)
    culprit = next(part for part in ("Niht", "Mars", "literal", "chanel") if part in text)

    places = {mistake.place for mistake in mistakes(path)}

    assert f"{path}:{line_of(culprit, text)}" in places


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = RIGHT
    for right, wrong in [
        ('public_url = "https', 'public_url = "http'),
        ("bot_token =", "bottoken ="),
        ("desk@example.com", "desk"),
        ('carrier = "main"', 'carrier = "mine"'),
        ("+18885550101", "+14155550100"),
    ]:
        text = text.replace(right, wrong, 1)

    told = mistakes(put_down(tmp_path, text))

    lines = [int(mistake.place.rpartition(":")[2]) for mistake in told]
    assert lines == sorted(lines)
    assert len(told) == 6  # an unknown key, and the known one that is missing for it


def test_one_mistake_is_told_once(tmp_path: Path) -> None:
    told = [mistakes(put_down(tmp_path, RIGHT.replace(right, wrong, 1))) for right, wrong, *_ in SPOILT[5:8]]

    assert [len(each) for each in told] == [1, 1, 1]


def test_a_secret_written_into_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    told = mistakes(put_down(tmp_path, RIGHT.replace('{ env = "SLACK_BOT_TOKEN" }', '"xoxb-1234567890"')))

    assert "written into the file" in told[0].what
    assert "xoxb-1234567890" not in str(told)


def test_an_empty_environment_variable_is_no_secret(tmp_path: Path) -> None:
    told = mistakes(put_down(tmp_path, RIGHT), ENVIRON | {"SLACK_BOT_TOKEN": " "})

    assert '"SLACK_BOT_TOKEN", which is empty' in told[0].what


def with_password_file(folder: Path, mode: int, content: bytes = b"from-a-file\n") -> Path:
    secret = folder / "smtp password"
    secret.write_bytes(content)
    secret.chmod(mode)
    return put_down(folder, RIGHT.replace('{ env = "SMTP_PASSWORD" }', '{ file = "smtp password" }'))


def test_a_secret_is_read_from_a_file_beside_the_configuration(tmp_path: Path) -> None:
    settings = read(with_password_file(tmp_path, 0o600), ENVIRON)

    assert settings.mail.password is not None
    assert settings.mail.password.get_secret_value() == "from-a-file"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_secret_file_that_others_can_reach_is_refused_with_the_command_to_run(mode: int, tmp_path: Path) -> None:
    told = mistakes(with_password_file(tmp_path, mode))

    assert told[0].remedy == f"Run: chmod 600 '{tmp_path}/smtp password'"


def test_systemds_credentials_come_before_files_and_need_no_mode(tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "smtp password").write_text("from-systemd")
    (credentials / "smtp password").chmod(0o440)

    settings = read(with_password_file(tmp_path, 0o600), ENVIRON | {"CREDENTIALS_DIRECTORY": str(credentials)})

    assert settings.mail.password is not None
    assert settings.mail.password.get_secret_value() == "from-systemd"


@pytest.mark.parametrize(
    ("content", "what"), [(b" \n", "which is empty"), (b"a\nb\n", "more than one line"), (b"\xff\xfe", "plain text")]
)
def test_a_secret_file_holds_one_line(content: bytes, what: str, tmp_path: Path) -> None:
    told = mistakes(with_password_file(tmp_path, 0o600, content))

    assert what in told[0].what


def test_a_secret_file_that_is_a_pipe_does_not_stop_the_check(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)

    told = mistakes(put_down(tmp_path, RIGHT.replace('{ env = "SMTP_PASSWORD" }', '{ file = "pipe" }')))

    assert "not a file" in told[0].what


def test_secrets_are_hidden_when_printed_and_known_to_the_log(tmp_path: Path) -> None:
    settings = read(put_down(tmp_path, RIGHT), ENVIRON)

    assert not [secret for secret in ENVIRON.values() if secret in f"{settings!r} {settings}"]
    assert set(known_secrets(settings)) == set(ENVIRON.values()) - {"signing-of-the-tests"}


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        (b'a = "1\n', 1, "not valid TOML"),
        (b"a = 1\nb = \n", 2, "not valid TOML (column 5)"),
        (b"a = 1\na = 2\n", 2, "not valid TOML"),
        (b"a = 1\nb = [1,\n", 2, "not valid TOML"),
        (b"a = 1\r\rb = 1", 1, "not valid TOML"),
        (b"a = " + b"1" * 5_000, 1, "not valid TOML"),
        (b"\xef\xbb\xbf" + RIGHT.encode(), 1, "byte order mark"),
        (RIGHT.encode("utf-16"), 1, "byte order mark"),
        (b'a = 1\nb = "\xe4"\n', 2, "not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_mistake_with_its_line(
    content: bytes, line: int, what: str, tmp_path: Path
) -> None:
    path = put_down(tmp_path, content)

    told = mistakes(path)

    assert len(told) == 1
    assert what in told[0].what
    assert told[0].place == f"{path}:{line}"


@pytest.mark.parametrize("depth", [250, 100_000])
def test_a_file_nested_without_end_is_told_and_does_no_harm(depth: int, tmp_path: Path) -> None:
    told = mistakes(put_down(tmp_path, "a = " + "[" * depth + "]" * depth))

    assert told[0].what == "Tables or lists are nested too deeply."


def test_a_huge_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    told = mistakes(put_down(tmp_path, b"#" * 10_000_000))

    assert "larger than 1,000,000 octets" in told[0].what


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    (missing,) = mistakes(tmp_path / "bridge.toml")
    (folder,) = mistakes(tmp_path)

    assert "no such file" in missing.what
    assert "is a directory" in folder.what


def test_an_empty_file_misses_every_section(tmp_path: Path) -> None:
    told = mistakes(put_down(tmp_path, ""))

    sections = ["[bridge]", "[store]", "[slack]", "[mail]", "[carriers.NAME]", "[[people]]", "[[dids]]"]
    assert [mistake.what for mistake in told] == [f"The section {section} is missing." for section in sections]


def test_what_is_quoted_from_the_file_cannot_move_the_cursor(tmp_path: Path) -> None:
    text = RIGHT.replace('carrier = "main"', 'carrier = "\\u001b[2Jma\\u202Ein"', 1)

    told = mistakes(put_down(tmp_path, text))

    assert told[0].what == 'There is no carrier "\\x1b[2Jma\\u202ein".'

"""What the operator is told about mistakes in the configuration: for each what is wrong, and what to do.

Never the value of a secret, and no value at all without its odd characters made visible.
"""

from collections.abc import Collection, Iterable
from difflib import get_close_matches

Told = tuple[str, str]
"""What is wrong, and the remedy (empty where the first says it all)."""

_LONGEST_QUOTE = 60


def quoted(value: object) -> str:
    """Show what somebody wrote: in quotes, shortened, and with everything that does not print escaped."""
    written = str(value)
    if len(written) > _LONGEST_QUOTE:
        written = written[:_LONGEST_QUOTE] + "…"
    return '"' + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in written) + '"'


def _one_of(names: Iterable[str]) -> str:
    """Join names as people do: "a", "b" or "c"."""
    *most, last = [quoted(name) for name in names]
    return f"{', '.join(most)} or {last}" if most else last


def _meant(written: str, known: Iterable[str], otherwise: str) -> str:
    """Ask "did you mean" for the nearest known name, or say something else where none is near."""
    by_folded = {name.casefold(): name for name in known}
    near = get_close_matches(written.casefold(), by_folded, n=1, cutoff=0.6)
    return f"Did you mean {quoted(by_folded[near[0]])}?" if near else otherwise


# --- the file itself ---


def no_file() -> Told:
    return "There is no such file.", "Copy bridge.toml.example there and change it, or name another file with --config."


def unreadable_file(reason: str) -> Told:
    return f"The file cannot be read: {reason}.", "Let the daemon's user read it."


def huge_file(limit: int) -> Told:
    return f"The file is larger than {limit:,} octets.", "Is it really the configuration? Name it with --config."


def byte_order_mark() -> Told:
    return "The file begins with a byte order mark.", 'Save it as plain "UTF-8", not as "UTF-8 with BOM".'


def not_utf8() -> Told:
    return "The file is not UTF-8 text.", "Save it with the encoding UTF-8."


def not_toml(reason: str, column: str | None) -> Told:
    where = f" (column {column})" if column else ""
    return f"The file is not valid TOML{where}: {reason}.", "Mend this first; the rest is checked after it."


def too_deep() -> Told:
    return "Tables or lists are nested too deeply.", "No setting needs more than three levels."


# --- keys and types ---


def unknown_key(key: str, table: str, known: Collection[str], elsewhere: str | None) -> Told:
    what = f"{quoted(key)} is not a setting of {table}." if table else f"{quoted(key)} is not a section."
    otherwise = f"It belongs to {elsewhere}." if elsewhere else "Remove it; bridge.toml.example shows every setting."
    return what, _meant(key, known, otherwise)


def missing_key(key: str, table: str, needed: str) -> Told:
    return f"{table} has no {quoted(key)}.", f"Add it. {needed}" if needed else "Add it."


def missing_section(section: str) -> Told:
    return f"The section {section} is missing.", "Add it; bridge.toml.example shows what belongs there."


def single_brackets(section: str) -> Told:
    return f"[{section}] must be a list of tables.", f"Write [[{section}]], with double brackets."


def double_brackets(section: str, header: str) -> Told:
    return f"[[{section}]] is no list of tables.", f"Write {header}, with single brackets."


def wrong_type(key: str, wanted: str, given: str) -> Told:
    return f"{quoted(key)} must be {wanted}, but it is {given}.", ""


def reference_for_plain_value(key: str, wanted: str) -> Told:
    return (
        f"{quoted(key)} must be {wanted}, but it is a table.",
        "Write the value itself; only secrets are taken from the environment or a file.",
    )


def not_a_choice(key: str, given: object, choices: Iterable[str]) -> Told:
    return f"{quoted(key)} cannot be {quoted(given)}.", f"Write {_one_of(choices)}."


def malformed(key: str, purpose: str) -> Told:
    return f"{quoted(key)} has not the form that it must have.", purpose


def empty(key: str) -> Told:
    return f"{quoted(key)} is empty.", ""


def not_fitting(name: str, reason: str) -> str:
    """Say what is wrong with a setting or a table: reasons that quote the value are whole sentences, others go on."""
    if reason.startswith('"'):
        return reason
    reason = f"{reason[:1].lower()}{reason[1:].rstrip('.')}."
    return f"{name}: {reason}" if name.startswith("[") else f"{quoted(name)} {reason}"


# --- secrets ---


def literal_secret(key: str) -> Told:
    return (
        f"{quoted(key)} is written into the file, where everybody who may read it sees it.",
        f'Write {key} = {{ env = "NAME" }} or {key} = {{ file = "path" }}, and replace the secret: it has been seen.',
    )


def unreadable_secret(key: str) -> Told:
    return (
        f"{quoted(key)} does not say where its secret is.",
        f'Write {key} = {{ env = "NAME" }} or {key} = {{ file = "path" }}.',
    )


def no_variable(key: str, name: str) -> Told:
    return (
        f"{quoted(key)} comes from the environment variable {quoted(name)}, which is not set.",
        "Set it for the daemon (for systemd: EnvironmentFile=), and for this shell when you check.",
    )


def empty_secret(key: str, source: str) -> Told:
    return f"{quoted(key)} comes from {quoted(source)}, which is empty.", "Put the secret there."


def no_secret_file(key: str, path: str) -> Told:
    return f"{quoted(key)} comes from the file {quoted(path)}, which does not exist.", "Write the secret there."


def closed_secret_file(key: str, path: str, reason: str) -> Told:
    return f"{quoted(key)} comes from {quoted(path)}, which cannot be read: {reason}.", "Let the daemon's user read it."


def open_secret_file(key: str, path: str, command: str) -> Told:
    return f"{quoted(key)} comes from {quoted(path)}, which others on this machine can read.", f"Run: {command}"


def odd_secret(key: str, source: str) -> Told:
    return (
        f"{quoted(key)} comes from {quoted(source)}, which holds more than one line of plain text.",
        "Keep nothing there but the secret.",
    )


# --- values ---


def duration_out_of_bounds(least: str, most: str) -> Told:
    return f"must be between {least} and {most}.", ""


def absurd_duration(given: str) -> Told:
    return f"{quoted(given)} is no time that anything could take.", ""


def no_number(given: str, suggestion: str | None) -> Told:
    remedy = f"Write {suggestion}." if suggestion else "Write it with plus sign and country code, as in +14155550100."
    return f"{quoted(given)} is not a phone number that can exist.", remedy


def unknown_timezone(given: str, known: Iterable[str]) -> Told:
    return f"{quoted(given)} is not a time zone.", _meant(given, known, 'Write one such as "America/New_York".')


def unknown_region(given: str, known: Iterable[str]) -> Told:
    return f"{quoted(given)} is not a country or territory.", _meant(given, known, 'Write two letters, as in "US".')


def no_line_of_text() -> Told:
    return "must be one line of text, without spaces around it, at most 100 characters.", ""


def no_channel(given: str) -> Told:
    return f"{quoted(given)} is not a channel.", 'Write its id, as in "C0TEXTS", or its name, as in "#texts".'


def no_member(given: str) -> Told:
    return (
        f"{quoted(given)} is not a member's id.",
        'In Slack: the person\'s profile, then "Copy member ID"; it looks like "U0FRONTDESK".',
    )


def no_carrier_name(given: str) -> Told:
    return (
        f"{quoted(given)} cannot be the name of a carrier, because it becomes part of an address.",
        "Use small letters, digits and hyphens.",
    )


def no_email(given: str) -> Told:
    return f"{quoted(given)} is not a mail address.", ""


def public_url_has_path(path: str) -> Told:
    return f"must end after the host, without {quoted(path)}.", 'Write it as in "https://sms.example.com".'


# --- what belongs together ---


def twice(what: str, value: str, line: int | None) -> Told:
    where = f", as in line {line}" if line else ""
    return f"The {what} {quoted(value)} stands here a second time{where}.", "Remove one of them."


def contact_is_did(number: str, line: int | None) -> Told:
    where = f" (line {line})" if line else ""
    return f"The contact {quoted(number)} is one of our own numbers{where}.", "Remove the contact; [[dids]] names it."


def unknown_person(name: str, known: Iterable[str]) -> Told:
    return f"Nobody in [[people]] is called {quoted(name)}.", _meant(name, known, "Add the person under [[people]].")


def unknown_responder(name: str, known: Iterable[str]) -> Told:
    what = f"{quoted(name)} is neither somebody in [[people]] nor a user group's id (S…)."
    return what, _meant(name, known, "Add the person under [[people]]; Slack shows a group's id in its menu.")


def responder_without_slack(name: str) -> Told:
    return (
        f"{quoted(name)} cannot be recognised in Slack.",
        'Add the member id of this person under [[people]], as in slack = "U0123ABCD".',
    )


def unknown_carrier(name: str, known: Iterable[str]) -> Told:
    return f"There is no carrier {quoted(name)}.", _meant(name, known, "Add a section for it, as in [carriers.main].")


def socket_without_app_token() -> Told:
    return (
        'mode = "socket" needs "app_token".',
        'Add app_token = { env = "SLACK_APP_TOKEN" }; Slack shows it under Basic Information, App-Level Tokens.',
    )


def http_without_signing_secret() -> Told:
    return (
        'mode = "http" needs "signing_secret".',
        'Add signing_secret = { env = "SLACK_SIGNING_SECRET" }; Slack shows it under Basic Information.',
    )


def mail_in_the_clear(host: str) -> Told:
    return (
        f'security = "none" would send texts in the clear to {quoted(host)}.',
        'Write "starttls" or "tls"; "none" is for a server on this machine only.',
    )


def forgotten_before_due() -> Told:
    return (
        '"acknowledge_within" is longer than "retention": a text would be gone before it is due.',
        "Make the one shorter or the other longer.",
    )


def socket_path_too_long(path: str) -> Told:
    return (
        f"The control socket next to the database would be {quoted(path)}, which is too long for a socket.",
        'Add a section [control] with a short path: socket = "/run/sms-bridge/control.sock".',
    )


def store_folder() -> str:
    return "make the folder, and let it belong to the user who runs the daemon"


def one_store() -> Told:
    return "must have either path or url", "path is a file for one daemon, url a database for several"


def one_kind_of_store() -> Told:
    return "names a store of the same kind", "one file must name [store] path, the other [store] url"


def nothing_to_move() -> Told:
    return "nothing can be moved: the other store is empty", "name the store with your texts after --from"


def store_url() -> str:
    return "give [store] url the form postgresql://user:password@host/database"


def store_file() -> str:
    return "name a file in [store] path"


def unbalanced_brace() -> Told:
    return (
        "has a brace without its other.",
        "Write a field as {first_name}, and a brace that is meant as two: {{ or }}.",
    )


def unknown_field(name: str, known: tuple[str, ...]) -> Told:
    return f"names a field that there is not: {name[:30]}.", f"The fields are {', '.join(known)}."


def no_snippet() -> Told:
    return "must have from 1 to 1,500 characters.", "Shorten it, or take it out."

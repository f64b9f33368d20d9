"""What an operator can do about a mail server that does not take our mail."""


def check_connection() -> str:
    return "Check host, port and security in [mail]; for a private authority name its certificates in ca_file."


def check_everything() -> str:
    return "Check [mail] against what the mail host asks for, and its answer against its documentation."


def check_no_login() -> str:
    return "Check host, port and security in [mail]; take username and password out if the server wants none."


def check_login() -> str:
    return "Check username and password in [mail]; some hosts want a password made for programs."


def check_sender() -> str:
    return "Check that the mail host lets this login send as the address in [mail] from."


def check_authority(path: str) -> str:
    return f"Put a readable PEM file at {path}, or take ca_file out of [mail]."

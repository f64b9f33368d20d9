"""Mail addresses as a configuration writes them, strictly read: what could carry a second command is no address.

Quoted local parts and local parts beyond ASCII are refused: few servers take them, and nobody types them twice alike.
"""

import re

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?", re.ASCII)
_NAMED = re.compile(r'(?:"(?P<quoted>[^"<>\\]*)"|(?P<plain>[^"<>\\]*?)) *<(?P<address>[^<>]*)>')


def addr_spec(written: str) -> str:
    """Read "desk@example.com", its domain in ASCII form; raise ValueError for whatever is no address."""
    local, at, domain = written.rpartition("@")
    if not at or len(local) > 64 or not _LOCAL.fullmatch(local):
        raise ValueError('must be a mail address such as "desk@example.com"')
    address = f"{local}@{host_name(domain)}"
    if len(address) > 254:  # RFC 5321, 4.5.3.1.3, less the angle brackets
        raise ValueError("must not be longer than 254 characters")
    return address


def host_name(written: str) -> str:
    """Read a host's name in ASCII form, an international one in its xn-- form; raise ValueError if it is none."""
    try:
        name = written.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise ValueError("is not the name of a host") from None
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise ValueError("is not the name of a host")
    return name


def mailbox(written: str) -> tuple[str, str]:
    """Read "Missed texts <texts@example.com>" or a bare address; return the name (or "") and the address."""
    named = _NAMED.fullmatch(written.strip())
    if not named:
        return "", addr_spec(written.strip())
    name = (named["quoted"] or named["plain"] or "").strip()
    if not name.isprintable():
        raise ValueError("has a name with characters that cannot be shown")
    return name, addr_spec(named["address"])

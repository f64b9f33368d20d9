"""Where we listen, and under which address the world reaches us."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_LISTEN = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):([0-9]{1,5})", re.ASCII)
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def is_loopback(host: str | None) -> bool:
    """Tell whether this host of an address names our own machine, by its spelling alone."""
    return host in _LOOPBACK


def _listen(written: str) -> str:
    found = _LISTEN.fullmatch(written)
    if not found or int(found[2]) > 65535:
        raise ValueError('must be a host and a port such as "127.0.0.1:8080"')
    return written


def _public_url(written: str) -> str:
    """Refuse what carriers could not call or sign: they take https, host names without underscore, nothing hidden."""
    parts = urlsplit(written)
    _ = parts.port  # raises for a port that is no number
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise ValueError('must begin with "https://"')
    if not parts.hostname or "_" in parts.hostname or not written.isascii():
        raise ValueError("needs a host name of letters, digits, hyphens and dots")
    if parts.username is not None or "?" in written or "#" in written or re.search(r"[\s\\]", written):
        raise ValueError("must not carry a user name, a query or a fragment")
    return written.rstrip("/")


class HttpSettings(BaseModel):
    """The address we listen on, and the address the world calls."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    listen: Annotated[str, AfterValidator(_listen)] = Field(
        default="127.0.0.1:8080",
        description="Host and port for the carriers' webhooks, Slack's HTTP mode and our media; behind a TLS proxy.",
    )
    public_url: Annotated[str, AfterValidator(_public_url)] = Field(
        description="The address that carriers call and sign: https, as it is seen from outside, without a query."
    )

    @property
    def host(self) -> str:
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.listen.rpartition(":")[2])

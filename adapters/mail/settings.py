"""What bridge.toml must say about mail: who it comes from, and which server takes it."""

import ipaddress
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator, model_validator

from adapters.mail.address import host_name, mailbox
from bridge.domain.duration import duration


class MailSettings(BaseModel):
    """The table `[mail]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sender: str = Field(
        alias="from",
        description="Whom digests come from, with or without a name; what cannot be delivered comes back to it.",
    )
    host: str = Field(description="The server that takes our mail for delivery.")
    port: int = Field(default=587, ge=1, le=65535, description="Its port: 587 for starttls, 465 for tls.")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="How the way there is encrypted. Never given up silently; none only towards this machine itself.",
    )
    username: str | None = Field(
        default=None, min_length=1, description="The login at that server, if it asks for one."
    )
    password: SecretStr | None = Field(default=None, description="The password that belongs to the login.")
    ca_file: Path | None = Field(
        default=None,
        description="Certificates (PEM) of a private authority that vouches for the server, not the public ones.",
    )
    timeout: Annotated[timedelta, BeforeValidator(duration)] = Field(
        default=timedelta(seconds=30),
        gt=timedelta(),
        description="How long each answer of the server may take, up to the mail itself.",
    )
    accept_timeout: Annotated[timedelta, BeforeValidator(duration)] = Field(
        default=timedelta(minutes=10),
        gt=timedelta(),
        description="How long it may take to accept the mail once it has it; servers are allowed ten minutes.",
    )

    @field_validator("sender")
    @classmethod
    def _is_a_mailbox(cls, written: str) -> str:
        mailbox(written)
        return written

    @field_validator("host")
    @classmethod
    def _is_a_host(cls, written: str) -> str:
        return written if _is_literal(written) else host_name(written)

    @field_validator("ca_file")
    @classmethod
    def _exists(cls, path: Path | None) -> Path | None:
        try:
            is_there = path is None or path.is_file()
        except OSError:  # nor can there be one of this name
            is_there = False
        if not is_there:
            raise ValueError("there is no such file")
        return path

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password belong together: give both, or neither")
        if self.security == "none" and not _is_loopback(self.host):
            raise ValueError('security = "none" is for a server on this machine only; use "starttls" or "tls"')
        return self


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return ipaddress.ip_address(host).is_loopback if _is_literal(host) else host == "localhost"

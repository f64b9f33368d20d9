"""What `bridge.toml` may say about a shared store: which database it is."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

SCHEMES = ("postgresql", "postgres")


def has_password(url: str) -> bool:
    """Tell whether an address gives a secret away; one that cannot be read may."""
    try:
        parts = urlsplit(url)
        return parts.scheme not in SCHEMES or parts.password is not None or "password=" in parts.query
    except ValueError:
        return True


def _address(url: SecretStr) -> SecretStr:
    if urlsplit(url.get_secret_value()).scheme not in SCHEMES:
        raise ValueError("must begin with postgresql://")
    return url


class PostgresSettings(BaseModel):
    """The half of the section [store] that names a database server."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[SecretStr, AfterValidator(_address)] | None = Field(
        default=None,
        description="Instead of the file: the PostgreSQL database that several daemons share.",
    )

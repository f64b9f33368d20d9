"""What `bridge.toml` says about one account at Twilio, or at anything that speaks the same wire."""

from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from adapters.http.settings import is_loopback
from bridge.domain.duration import duration

Duration = Annotated[timedelta, BeforeValidator(duration), Field(gt=timedelta(), le=timedelta(hours=1))]


def _api_url(written: str) -> str:
    parts = urlsplit(written)
    _ = parts.port  # raises for a port that is no number
    if not parts.hostname or "@" in parts.netloc or "?" in written or "#" in written:
        raise ValueError('must be an address such as "https://api.twilio.com"')
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise ValueError('must begin with "https://"; http is for this machine itself only')
    return written.rstrip("/")


class TwilioSettings(BaseModel):
    """One account: who we are there, how we know their webhooks, how fast we may speak."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal["twilio"] = Field(default="twilio", description="The company that carries the texts.")
    account_sid: str = Field(
        pattern="^AC[0-9a-f]{32}$", description="The account's SID, as its console shows it: AC and 32 digits."
    )
    auth_token: SecretStr = Field(
        min_length=1,
        description="The account's auth token; it signs the webhooks, and logs in without an API key.",
    )
    auth_token_old: SecretStr | None = Field(
        default=None,
        description="While the auth token is replaced: the other one. Webhooks may be signed with it.",
    )
    api_key_sid: str | None = Field(
        default=None, pattern="^SK[0-9a-f]{32}$", description="An API key to log in with instead of the auth token."
    )
    api_key_secret: SecretStr | None = Field(default=None, description="The secret that belongs to api_key_sid.")
    webhook_shared_key: SecretStr | None = Field(
        default=None, description="The shared key, where the account has its webhooks signed with HMAC-SHA256."
    )
    api_url: Annotated[str, AfterValidator(_api_url)] = Field(
        default="https://api.twilio.com", description="Where the API is; http is taken for this machine itself only."
    )
    media_hosts: tuple[str, ...] = Field(
        default=("api.twilio.com", "mms.twiliocdn.com", "media.twiliocdn.com"),
        description="The only hosts that pictures are fetched from, besides the host of api_url.",
    )
    messages_per_second: float = Field(
        default=1.0, ge=0, le=1000, description="How many texts a second leave each number; 0 for no pace of our own."
    )
    burst: int = Field(default=3, ge=1, le=1000, description="How many texts may leave at once after a pause.")
    timeout: Duration = Field(
        default=timedelta(seconds=20), description="How long one request to the API may take in all."
    )
    listing_lag: Duration = Field(
        default=timedelta(seconds=60),
        description="How long after it was accepted a text may still be missing from the carrier's own list.",
    )

    @model_validator(mode="after")
    def _key_and_secret(self) -> "TwilioSettings":
        if (self.api_key_sid is None) != (self.api_key_secret is None):
            raise ValueError("api_key_sid and api_key_secret belong together: give both or neither")
        return self

    @property
    def is_loopback(self) -> bool:
        """Whether this account's API is on our own machine: only then may its media be, and go by http."""
        return is_loopback(urlsplit(self.api_url).hostname)

"""What `bridge.toml` must say about the Slack app: its three secrets, how events come in, and how fast we may post."""

from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from adapters.http.settings import is_loopback

SLACK = "https://slack.com/api/"


def _api_url(written: str) -> str:
    """Refuse an address that would carry our token in the clear, and end it with the slash that the SDK needs."""
    parts = urlsplit(written)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise ValueError('must begin with "https://"')
    if not parts.hostname or parts.username is not None or parts.query or parts.fragment:
        raise ValueError("must be a plain address without user name, query or fragment")
    return written if written.endswith("/") else f"{written}/"


class SlackSettings(BaseModel):
    """One internal Slack app in one workspace, made from our manifest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Literal["socket", "http"] = Field(
        default="socket",
        description='How events reach us: "socket" needs no public address, "http" is called at /slack/events.',
    )
    bot_token: SecretStr = Field(description="The bot token (xoxb-…), from the app's page OAuth & Permissions.")
    app_token: SecretStr | None = Field(
        default=None,
        description="The app-level token (xapp-…) with the scope connections:write; needed in socket mode.",
    )
    signing_secret: SecretStr | None = Field(
        default=None,
        description="The signing secret, from the app's page Basic Information; needed in http mode.",
    )
    api_url: Annotated[str, AfterValidator(_api_url)] = Field(
        default=SLACK, description="Where Slack's Web API is; change it only for a proxy or an emulator."
    )
    shared_channels: tuple[str, ...] = Field(
        default=(),
        description="The channels, as they stand in [[dids]], in which another company may read the texts.",
    )
    posts_per_minute: int = Field(
        default=60,
        ge=0,
        description="How many posts a minute we allow ourselves in one channel (Slack grants some 60); 0: no limit.",
    )
    burst: int = Field(
        default=3, ge=1, description="How many posts may go out at once before that pace applies, in one channel."
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Refuse a mode whose secret is missing: it would start, and then fail at every event."""
        if self.mode == "socket" and not _said(self.app_token):
            raise ValueError('app_token is needed when mode is "socket"')
        if self.mode == "http" and not _said(self.signing_secret):
            raise ValueError('signing_secret is needed when mode is "http"')
        if not _said(self.bot_token):
            raise ValueError("bot_token must not be empty")
        return self

    @property
    def on_loopback(self) -> bool:
        """Tell whether Slack is on our own machine, which alone allows plain http for its files."""
        return is_loopback(urlsplit(self.api_url).hostname)


def _said(secret: SecretStr | None) -> bool:
    return secret is not None and bool(secret.get_secret_value())

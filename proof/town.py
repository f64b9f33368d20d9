"""The small worlds around a daemon that is a process of its own, by this machine's clock, and its bridge.toml."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from adapters.sandbox.carrier import CarrierWorld
from adapters.sandbox.clock import MovableClock
from adapters.sandbox.mailbox import MailWorld
from adapters.sandbox.workspace import Workspace
from bench.phone import ACCOUNT, AUTH_TOKEN, PUBLIC_URL, did

CHANNEL = "C0TEXTS"
DID = did(0)
DATABASE = "bridge.db"

_SETTINGS = """
[bridge]
listen = "127.0.0.1:0"
public_url = "{public}"
hold = "0s"
[store]
path = "{folder}/{database}"
[slack]
bot_token = {{ env = "BOT_TOKEN" }}
app_token = {{ env = "APP_TOKEN" }}
api_url = "{slack}"
posts_per_minute = {posts_per_minute}
[mail]
from = "texts@example.com"
host = "127.0.0.1"
port = {mail}
security = "none"
[carriers.main]
account_sid = "{account}"
auth_token = {{ env = "AUTH_TOKEN" }}
api_url = "{carrier}"
messages_per_second = 0
listing_lag = "1s"
[[people]]
name = "Desk"
email = "desk@example.com"
[[dids]]
number = "{did}"
label = "Main line"
carrier = "main"
channel = "{channel}"
assigned = ["Desk"]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A carrier, a Slack and a mail server; none of them is ever killed."""

    carrier: CarrierWorld
    slack: Workspace
    mail: MailWorld

    @property
    def secrets(self) -> dict[str, str]:
        return {
            "BOT_TOKEN": self.slack.bot_token,
            "APP_TOKEN": self.slack.app_token,
            "AUTH_TOKEN": self.carrier.auth_token,
        }

    def settings(self, folder: Path, *, slack: str = "", carrier: str = "", posts_per_minute: int = 60) -> Path:
        """Write the bridge.toml of a daemon that keeps its store in this folder, and return its path.

        `slack` and `carrier` are where it finds their interfaces, if not at their own doors.
        """
        path = folder / "bridge.toml"
        written = _SETTINGS.format(
            public=PUBLIC_URL,
            folder=folder,
            database=DATABASE,
            slack=slack or self.slack.api_url,
            posts_per_minute=posts_per_minute,
            mail=self.mail.port,
            account=self.carrier.account_sid,
            carrier=carrier or self.carrier.api_url,
            did=DID,
            channel=CHANNEL,
        )
        path.write_text(written)
        return path


@asynccontextmanager
async def opened_town() -> AsyncIterator[Town]:
    """Open the worlds, and close them afterwards."""
    clock = MovableClock(datetime.now(UTC), running=True)
    carrier = CarrierWorld(clock, account_sid=ACCOUNT, auth_token=AUTH_TOKEN, dids=(DID,))
    slack = Workspace(clock, paced=False)
    mail = MailWorld(clock, mailboxes=("desk@example.com",))
    slack.add_user("desk", id="U0DESK", real_name="Desk", email="desk@example.com")
    slack.add_channel("texts", id=CHANNEL)
    async with AsyncExitStack() as closing:
        for world in (carrier, slack, mail):
            await world.start()
            closing.push_async_callback(world.aclose)
        yield Town(carrier=carrier, slack=slack, mail=mail)

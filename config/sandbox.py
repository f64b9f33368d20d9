"""The same daemon, between simulated worlds and with a clock that can be moved: everything else is the real thing."""

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from adapters.sandbox.clock import MovableClock
from adapters.sandbox.page import Page
from adapters.sandbox.scenario import Town, furnish
from config.assemble import built, manifested, on_signals
from config.settings import Settings

PUBLIC_URL = "https://sms.example.test"  # what the simulated carrier calls and signs; it finds us by a route


async def run_sandbox(port: int, announce: Callable[[str], None]) -> None:
    """Furnish the worlds, start the daemon and the page, tell the page's address, and stay until stopped."""
    clock = MovableClock(datetime.now(UTC), running=True)
    town = furnish(clock)
    page = Page(clock, town.carrier, town.workspace, town.mailbox, port=port)
    stop = on_signals()
    with tempfile.TemporaryDirectory(prefix="sms-bridge-") as folder:
        await town.start()
        try:
            settings = _settings(town, Path(folder))
            town.workspace.install(manifested(settings))
            async with built(settings, clock) as (daemon, server):
                await page.start()

                def ready() -> None:
                    town.carrier.route(PUBLIC_URL, server.base_url)
                    announce(page.address)

                await daemon.run(stop, ready)
        finally:
            await page.aclose()
            await town.aclose()


_SNIPPETS = {
    "Ready": "Hi {first_name}, your bike is ready. We are open until six. {my_name}",
    "Opening hours": "We are open from nine to six, on Saturdays until two.",
}


def _settings(town: Town, folder: Path) -> Settings:
    """Write what an admin of this town would have in bridge.toml."""
    carrier, workspace, mailbox = town.carrier, town.workspace, town.mailbox
    carrier.webhook_url = f"{PUBLIC_URL}/carriers/main/message#rc=3&rp=all"
    names = {"timezone": town.cast.timezone, "public_url": PUBLIC_URL, "listen": "127.0.0.1:0"}
    return Settings.model_validate(
        {
            "bridge": names | {"admins": [town.cast.people[0].name]},
            "store": {"path": folder / "bridge.db"},
            "slack": {
                "bot_token": workspace.bot_token,
                "app_token": workspace.app_token,
                "api_url": workspace.api_url,
            },
            "mail": {
                "from": f"{town.cast.house} texts <texts@example.com>",
                "host": mailbox.host,
                "port": mailbox.port,
                "security": "none",
            },
            "carriers": {
                "main": {
                    "account_sid": carrier.account_sid,
                    "auth_token": carrier.auth_token,
                    "api_url": carrier.api_url,
                    "timeout": "5s",
                    "listing_lag": "5s",
                }
            },
            "people": [{"name": p.name, "email": p.email, "slack": p.slack} for p in town.cast.people],
            "contacts": [{"name": name, "number": number} for number, name in town.contacts.items()],
            "snippets": [{"name": name, "text": text} for name, text in _SNIPPETS.items()],
            "dids": [
                {
                    "number": line.number,
                    "label": line.label,
                    "carrier": "main",
                    "channel": line.channel,
                    "assigned": list(line.assigned),
                }
                for line in town.cast.lines
            ],
        }
    )

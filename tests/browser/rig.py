"""A browser before the sandbox page and its worlds, and what apps and mail servers would put into them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Any, Literal

import aiohttp
import aiosmtplib
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page as Tab
from playwright.async_api import expect

from adapters.sandbox.clock import MovableClock
from adapters.sandbox.page import Page
from adapters.sandbox.scenario import CAST, Town, furnish

BEN, IRIS = "U0BENOKAFOR", "U0IRISHOLM"
TEXTS, SERVICE = "C0TEXTS", "C0SERVICE"
GREEN = "#2eb67d"


class Browser:
    """A browser before the page; it remembers whatever a console would show in red."""

    def __init__(self, town: Town, address: str, tab: Tab) -> None:
        self.town = town
        self.address = address
        self.tab = tab
        self.complaints: list[str] = []
        tab.on("console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None)
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def open(self, *, touring: bool = False) -> None:
        if not touring:
            await self.tab.add_init_script('top === self && localStorage.setItem("story", "seen")')
        await self.tab.goto(self.address)
        await expect(self.tab.locator("#clock-time")).not_to_have_text("–:–")

    async def post(self, **body: Any) -> str:
        """Post as the app does; return the ts."""
        workspace = self.town.workspace
        headers = {"Authorization": f"Bearer {workspace.bot_token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as app,
            app.post(f"{workspace.api_url}chat.postMessage", json={"channel": TEXTS} | body) as answer,
        ):
            told = await answer.json()
        assert told["ok"], told
        return str(told["ts"])


@asynccontextmanager
async def browsing(
    chromium: Chromium, *, width: int = 1440, height: int = 900, scheme: Literal["light", "dark"] = "light"
) -> AsyncIterator[Browser]:
    town = furnish(MovableClock(running=True))
    page = Page(town.clock, town.carrier, town.workspace, town.mailbox, port=0)
    await town.start()
    await page.start()
    tab = await chromium.new_page(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    browser = Browser(town, page.address, tab)
    try:
        yield browser
    finally:
        await tab.close()
        await page.aclose()
        await town.aclose()
    assert browser.complaints == []


def card(text: str, *, color: str = GREEN) -> dict[str, Any]:
    """Write a first post of a thread: a title, and a coloured bar with the text and a button."""
    title = {"type": "text", "text": "Ada Moss · (212) 555-0142", "style": {"bold": True}}
    button = {
        "type": "button",
        "action_id": "sms:take",
        "value": "1",
        "text": {"type": "plain_text", "text": "Take it"},
    }
    inside = [rich({"type": "text", "text": text}), {"type": "actions", "elements": [button]}]
    return {
        "text": "Ada Moss",
        "blocks": [rich(title)],
        "attachments": [{"color": color, "fallback": "waiting", "blocks": inside}],
    }


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def presses(town: Town) -> list[tuple[str, str]]:
    """List who pressed which button."""
    payloads = [each.payload for each in town.workspace.deliveries if "actions" in each.payload]
    return [(each["user"]["id"], each["actions"][0]["action_id"]) for each in payloads]


async def send_mail(town: Town, to: str, ts: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Texts <texts@example.com>", to, "1 unanswered text"
    mail.set_content("In plain words")
    link = f"{CAST.slack_url}archives/{TEXTS}/p{ts.replace('.', '')}"
    mail.add_alternative(f'<html><head></head><body><a href="{link}">Open in Slack</a></body></html>', subtype="html")
    await aiosmtplib.send(mail, hostname=town.mailbox.host, port=town.mailbox.port, start_tls=False)

"""A scripted app behind the sandbox page, on one socket; the daemon has no part in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from adapters.sandbox.workspace.nouns import Json
from tests.browser.rig import Browser, browsing
from tests.unit.adapters.sandbox.socket_app import SocketApp, socket_app
from tests.unit.adapters.sandbox.test_workspace_forms import form, plain


@asynccontextmanager
async def visiting(chromium: Chromium, **more: Any) -> AsyncIterator[tuple[Browser, SocketApp]]:
    async with browsing(chromium, **more) as browser, socket_app(browser.town.workspace) as app:
        await browser.open()
        yield browser, app


def ask(name: str, kind: str, *, optional: bool = False, dispatch: bool = False, **more: Any) -> Json:
    """Write an input block whose block, element and label bear one name."""
    element = {"type": kind, "action_id": name.lower()} | more
    block = {"type": "input", "block_id": name.lower(), "label": plain(name), "element": element}
    return block | {"optional": optional, "dispatch_action": dispatch}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "block_id": "acts", "elements": list(elements)}


def button(name: str, **more: Any) -> Json:
    return {"type": "button", "action_id": name.lower(), "text": plain(name)} | more


async def open_form(browser: Browser, app: SocketApp, *blocks: Json, **more: Any) -> None:
    """Let the shortcut beside the composer open this form."""
    view = form(*blocks, **({"title": plain("New SMS")} | more))
    app.on("shortcut", lambda payload: app.soon("views.open", trigger_id=payload["trigger_id"], view=view))
    await browser.tab.click("#channel-shortcuts")
    await browser.tab.get_by_role("menuitem", name="New SMS").click()
    await expect(browser.tab.get_by_role("dialog", name="New SMS")).to_be_visible()


async def values(app: SocketApp) -> Json:
    """Give what was filled in, by name."""
    payload = await app.wait_for("view_submission")
    found: Json = payload["view"]["state"]["values"]
    return {name: fields[name] for name, fields in found.items() if name in fields}

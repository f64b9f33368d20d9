"""The pictures of the documentation, taken from the sandbox: `make pictures`."""

import asyncio
import re
from pathlib import Path

from playwright.async_api import Page as Tab
from playwright.async_api import async_playwright, expect

from tests.browser.conftest import CHROMIUM
from tests.browser.sandbox import ROOT, running_sandbox

PICTURES = ROOT / "docs" / "pictures"
DESK, POCKET = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


async def take(folder: Path) -> None:
    """Live through a minute of the sandbox, and keep what there was to see."""
    async with running_sandbox() as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM)
        tab = await browser.new_page(viewport=DESK, reduced_motion="reduce")  # type: ignore[arg-type]
        await tab.goto(address)
        await tab.click("#story-skip")
        await _thread(tab)
        await tab.screenshot(path=folder / "thread.png")
        await _answer(tab)
        await tab.screenshot(path=folder / "answer.png")
        await tab.locator("#modal").get_by_role("button", name="Cancel").click()
        await tab.click("#slack-app")
        await expect(tab.locator("#home-blocks")).to_contain_text("Waiting for me (1)", timeout=20_000)
        await tab.screenshot(path=folder / "home.png")
        await tab.locator("#home-blocks").get_by_role("button", name="New SMS").click()
        await expect(tab.locator("#modal")).to_be_visible()
        await tab.screenshot(path=folder / "form.png")
        await tab.set_viewport_size(POCKET)  # type: ignore[arg-type]
        await tab.emulate_media(color_scheme="dark")
        await tab.screenshot(path=folder / "form-in-the-pocket.png")
        await browser.close()


async def _thread(tab: Tab) -> None:
    """Let somebody text and be answered, and somebody else wait."""
    await tab.fill("#phone-words", "Is my bike ready?")
    await tab.press("#phone-words", "Enter")
    await expect(tab.locator("#thread-posts .post").first).to_contain_text("Waiting since")
    await tab.fill("#thread-words", "Ready at five!")
    await tab.press("#thread-words", "Enter")
    await expect(tab.locator("#thread-posts .whisper")).to_contain_text("Undo")
    await tab.select_option("#phone-caller", "+12125550163")
    await tab.fill("#phone-words", "hello, anybody there?")
    await tab.press("#phone-words", "Enter")
    await expect(tab.locator("#slack-posts")).to_contain_text("hello, anybody there?")
    await tab.locator("#slack-posts .replies").first.click()
    await expect(tab.locator("#thread-posts")).to_contain_text("Ready at five!")


async def _answer(tab: Tab) -> None:
    """Open the form for an answer, with a snippet in it."""
    await tab.locator("#thread-posts .post").first.get_by_role("button", name="Reply…").click()
    form = tab.locator("#modal")
    await form.get_by_label("Snippet").select_option(label="Ready")
    await expect(form.get_by_label("Text")).to_have_value(re.compile("your bike is ready"))
    await expect(form).to_contain_text("Fits into one text")


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    asyncio.run(take(PICTURES))

"""The whole journey as a newcomer sees it: the real `sandbox` command, its page in a headless Chromium.

Phone → Slack thread → phone, and the unanswered → inbox, with nothing red in the console.
"""

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page as Tab
from playwright.async_api import async_playwright, expect

CHROMIUM = Path("/usr/bin/chromium")
ROOT = Path(__file__).parent.parent.parent
PATIENCE = 20_000  # milliseconds: a safety net for a busy machine

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """Run the command that `make sandbox` runs, and give the address that it prints."""
    command = (sys.executable, "-m", "bridge", "sandbox", "--port", "0")
    running = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert running.stdout
    found = None
    async with asyncio.timeout(60):
        while found is None:
            found = re.search(rb"http://\S+", await running.stdout.readline())
    yield found[0].decode()
    running.send_signal(signal.SIGINT)
    async with asyncio.timeout(30):
        await running.wait()


async def test_from_the_phone_to_the_thread_and_back_and_the_unanswered_to_the_inbox(address: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM)
        tab = await browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        tab.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        complaints: list[str] = []
        tab.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        await tab.goto(address)
        await tab.click("#story-skip")

        await _asked_and_answered(tab)
        await _unanswered_and_mailed(tab)

        await browser.close()
        assert complaints == []


async def _asked_and_answered(tab: Tab) -> None:
    await tab.fill("#phone-words", "Is my bike ready?")
    await tab.press("#phone-words", "Enter")
    card = tab.locator("#thread-posts .post").first
    await expect(card).to_contain_text("Ada Moss")
    await expect(card).to_contain_text("Is my bike ready?")
    await expect(card).to_contain_text("Waiting since")

    await tab.fill("#thread-words", "Ready at five!")
    await tab.press("#thread-words", "Enter")

    await expect(tab.locator("#phone-bubbles .said.received .bubble")).to_have_text("Ready at five!")
    await expect(tab.locator("#thread-posts .post").nth(1)).to_contain_text("✅")
    await expect(card).to_contain_text("Acknowledged by")


async def _unanswered_and_mailed(tab: Tab) -> None:
    await tab.select_option("#phone-caller", "+12125550163")
    await tab.fill("#phone-words", "hello, anybody there?")
    await tab.press("#phone-words", "Enter")
    await expect(tab.locator("#slack-posts")).to_contain_text("hello, anybody there?")

    await tab.get_by_role("button", name="Ten minutes forward").click()
    await tab.get_by_role("button", name="One minute forward").click()

    await expect(tab.locator("#inbox")).to_contain_text("1 unanswered text")
    await expect(tab.locator("#inbox")).not_to_contain_text("Is my bike ready?")

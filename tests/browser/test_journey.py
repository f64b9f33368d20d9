"""The whole journey as a newcomer sees it: the real `sandbox` command, its page in a headless Chromium.

Phone → Slack thread → phone, and the unanswered → inbox, with nothing red in the console.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, async_playwright, expect
from playwright.async_api import Page as Tab

from tests.browser.sandbox import running_sandbox
from tests.unit.adapters.pictures.prints import halves, written

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 20_000  # milliseconds: a safety net for a busy machine

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]


@pytest.fixture
async def address() -> AsyncIterator[str]:
    async with running_sandbox() as found:
        yield found


@pytest.fixture
async def tab(address: str) -> AsyncIterator[Tab]:
    """Open the page, behind its tour; at the end nothing red may stand in the console."""
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
        yield tab
        await browser.close()
        assert complaints == []


async def test_from_the_phone_to_the_thread_and_back_and_the_unanswered_to_the_inbox(tab: Tab) -> None:
    await _asked_and_answered(tab)
    await _unanswered_and_mailed(tab)


async def test_undo_home_a_new_text_and_what_is_found(tab: Tab) -> None:
    await tab.fill("#phone-words", "Is my bike ready?")
    await tab.press("#phone-words", "Enter")
    await expect(tab.locator("#thread-posts .post").first).to_contain_text("Waiting since")
    await _taken_back(tab)
    await _written_from_home(tab)
    await _found(tab)


async def test_a_new_text_is_counted_while_it_is_typed_and_nothing_that_stands_in_the_form_is_lost(tab: Tab) -> None:
    await tab.click("#slack-app")
    await tab.locator("#home-blocks").get_by_role("button", name="New SMS").click()
    form, count = tab.locator("#modal"), tab.locator("#modal .block-context")
    text = form.get_by_label("Text")
    await expect(count).to_contain_text("Up to 160 plain characters")
    await form.get_by_role("combobox", name="To", exact=True).press_sequentially("Ada")
    await form.get_by_role("option", name="Ada Moss").click()

    await text.press_sequentially("Your bike is ready", delay=40)
    await expect(count).to_have_text("Fits into one text · 18 of 160 characters")
    await text.press("Home")
    await text.press_sequentially("🎉 ", delay=40)
    await expect(count).to_contain_text("Fits into one text · 21 of 70 characters · emoji or unusual characters")
    await expect(text).to_be_focused()
    assert await text.evaluate("field => [field.value, field.selectionStart]") == ["🎉 Your bike is ready", 3]
    await text.fill("a" * 500)
    await expect(count).to_have_text("4 texts; you will be asked before it goes out")
    picture = FilePayload(name="bike.png", mimeType="image/png", buffer=written(halves(), "PNG"))
    await form.get_by_label("Pictures").set_input_files(picture)
    await expect(form.locator(".file-list")).to_contain_text("bike.png")
    await text.fill("Your bike is ready")
    await expect(count).to_have_text("Goes out as one picture message")
    await form.get_by_role("button", name="Send").click()

    await expect(form).not_to_be_visible()
    await expect(tab.locator("#phone-bubbles .said.received")).to_contain_text("Your bike is ready")
    await expect(tab.locator("#phone-bubbles .said.received img")).to_have_count(1)


async def test_a_contact_card_from_the_phone_is_saved_with_one_press(tab: Tab) -> None:
    await tab.click("#phone-attach")
    await tab.get_by_role("menuitem", name="A sample contact card").click()
    await expect(tab.locator("#phone-attached")).to_contain_text("Rosa Lind.vcf")
    await tab.fill("#phone-words", "Ask Rosa")
    await tab.press("#phone-words", "Enter")
    note = tab.locator("#thread-posts .post", has_text="Rosa Lind ·")
    await expect(note).to_contain_text("In this contact card:")
    await expect(note).to_contain_text("Rosa Lind · (212) 555-0187")

    await note.get_by_role("button", name="Save contact").click()

    await expect(tab.locator("#thread-posts .whisper")).to_contain_text("Noted: Rosa Lind")
    await expect(note).to_contain_text("saved:")
    await expect(note.get_by_role("button", name="Save contact")).to_have_count(0)


async def _taken_back(tab: Tab) -> None:
    await tab.fill("#thread-words", "Ready at fvie!")
    await tab.press("#thread-words", "Enter")
    await tab.locator("#thread-posts .whisper").get_by_role("button", name="Undo").click()
    await expect(tab.locator("#thread-posts .whisper")).to_contain_text("Taken back")
    await expect(tab.locator("#thread-posts .post").nth(1)).to_contain_text("🚫")


async def _written_from_home(tab: Tab) -> None:
    await tab.click("#slack-app")
    await tab.locator("#home-blocks").get_by_role("button", name="New SMS").click()
    form = tab.locator("#modal")
    await form.get_by_role("combobox", name="To", exact=True).press_sequentially("Ada")
    await form.get_by_role("option", name="Ada Moss").click()
    await form.get_by_label("Text").fill("Your bike is ready")
    await form.get_by_role("button", name="Send").click()
    await expect(form).not_to_be_visible()
    await expect(tab.locator("#phone-bubbles .said.received .bubble")).to_have_text("Your bike is ready")


async def _found(tab: Tab) -> None:
    await tab.locator("#slack-channels button").first.click()
    await tab.fill("#channel-words", "/sms find bike")
    await tab.press("#channel-words", "Enter")
    await expect(tab.locator("#slack-posts .whisper")).to_contain_text("2 found for “bike”")


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


async def test_the_menu_of_a_first_post_assigns_mutes_and_closes(tab: Tab) -> None:
    await tab.fill("#phone-words", "Is my bike ready?")
    await tab.press("#phone-words", "Enter")
    card = tab.locator("#thread-posts .post").first
    await expect(card).to_contain_text("Waiting since")
    form = tab.locator("#modal")

    await _chosen(tab, "Assign…")
    await form.get_by_label("Who takes care of it").select_option(label="Iris Holm")
    await form.get_by_role("button", name="Assign").click()
    await expect(card).to_contain_text("with @Iris Holm")
    await expect(tab.locator("#thread-posts .post").nth(1)).to_contain_text("this is with you now")

    await _chosen(tab, "More…")
    await form.get_by_role("radio", name="Mute").check()
    await form.get_by_role("button", name="Do it").click()
    await expect(card).to_contain_text("Muted by @Ben Okafor")

    await _chosen(tab, "More…")
    await form.get_by_role("radio", name="Unmute").check()
    await form.get_by_role("button", name="Do it").click()
    await _chosen(tab, "Close")
    await expect(card).to_contain_text("Closed by @Ben Okafor")


async def test_a_conversation_is_exported_and_then_its_data_deleted(tab: Tab) -> None:
    await tab.fill("#phone-words", "Is my bike ready?")
    await tab.press("#phone-words", "Enter")
    card = tab.locator("#thread-posts .post").first
    await expect(card).to_contain_text("Waiting since")
    form = tab.locator("#modal")

    await _chosen(tab, "More…")
    await form.get_by_role("radio", name="Export this conversation").check()
    await form.get_by_role("button", name="Do it").click()
    await expect(tab.locator("#slack-posts .whisper")).to_contain_text("direct messages with the app")
    await tab.click("#slack-app")
    file = tab.locator("#home-direct-posts a.file")
    await expect(file).to_contain_text("texts-with-2125550142-")
    async with tab.expect_download() as download:
        await file.click()
    assert "Is my bike ready?" in (await (await download.value).path()).read_text()
    await tab.locator("#slack-channels button").first.click()
    await tab.locator("#slack-posts button.replies").first.click()

    await _chosen(tab, "More…")
    await form.get_by_role("radio", name="Delete data of this number").check()
    await form.get_by_role("button", name="Do it").click()
    await expect(form).to_contain_text("cannot be undone")
    await expect(form).to_contain_text("stays there: an app can delete only its own posts")
    typed = form.get_by_label("To confirm, type the last four digits")
    await typed.fill("0143")
    await form.get_by_role("button", name="Delete for good").click()
    await expect(form).to_contain_text("That is not how this number ends")
    await typed.fill("0142")
    await form.get_by_role("button", name="Delete for good").click()

    await expect(tab.locator("#slack-posts")).to_contain_text(
        "ending in 0142 has been deleted: 1 text, 0 files, 1 post"
    )
    await expect(tab.locator("#slack-posts")).not_to_contain_text("Is my bike ready?")


async def _chosen(tab: Tab, choice: str) -> None:
    """Choose something from the menu of the first post."""
    await tab.locator("#thread-posts .post").first.get_by_role("button", name="More options").click()
    await tab.locator("#menu").get_by_role("menuitem", name=choice).click()


async def test_an_answer_is_made_of_a_snippet_planned_and_sent_at_once_after_all(tab: Tab) -> None:
    await tab.fill("#phone-words", "Is my bike ready?")
    await tab.press("#phone-words", "Enter")
    card = tab.locator("#thread-posts .post").first
    await expect(card).to_contain_text("Waiting since")
    form = tab.locator("#modal")

    await card.get_by_role("button", name="Reply…").click()
    await form.get_by_label("Text").fill("Good morning!")
    await form.get_by_label("Snippet").select_option(label="Ready")
    await expect(form.get_by_label("Text")).to_have_value(
        "Good morning!\nHi Ada, your bike is ready. We are open until six. Ben Okafor"
    )
    await expect(form).to_contain_text("Fits into one text")
    later = await tab.evaluate("() => new Date(Date.now() + 86400000).toISOString().slice(0, 16)")
    await form.get_by_label("Send later").fill(later)
    await form.get_by_role("button", name="Send", exact=True).click()
    await expect(form).not_to_be_visible()
    note = tab.locator("#thread-posts .post").filter(has_text="this goes out")
    await expect(note).to_be_visible()
    await expect(tab.locator("#phone-bubbles .said.received")).to_have_count(0)

    await note.get_by_role("button", name="Send now").click()
    await expect(tab.locator("#phone-bubbles .said.received .bubble")).to_contain_text("Hi Ada, your bike is ready")


async def test_a_reminder_and_a_mute_are_chosen_from_what_is_offered(tab: Tab) -> None:
    await tab.fill("#phone-words", "Is my bike ready?")
    await tab.press("#phone-words", "Enter")
    await expect(tab.locator("#thread-posts .post").first).to_contain_text("Waiting since")
    form = tab.locator("#modal")

    await _chosen(tab, "Remind me…")
    await form.get_by_label("What about").fill("call the workshop")
    await form.get_by_role("button", name="Remind me").click()
    await expect(form).not_to_be_visible()
    await tab.click("#slack-app")
    await tab.locator("#home-blocks").get_by_role("button", name="Mute me…").click()
    await form.get_by_label("When").select_option(index=1)
    await form.get_by_role("button", name="Mute me").click()
    await expect(tab.locator("#home-blocks")).to_contain_text("You are muted until")

    for _ in range(2):
        await tab.get_by_role("button", name="One hour forward").click()
    await tab.locator("#slack-channels button").first.click()
    await expect(tab.locator("#slack-posts")).to_contain_text("you wanted to be reminded of this: call the workshop")

"""What apps show beside posts, in a headless Chromium: whispers, menus, the Home tab, commands, shortcuts."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from adapters.sandbox.workspace.nouns import Json
from tests.browser.conftest import CHROMIUM
from tests.browser.rig import BEN, IRIS, TEXTS
from tests.browser.scripted import actions, button, visiting
from tests.unit.adapters.sandbox.test_workspace_forms import OPTIONS, option, plain

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]


# Whispers


async def test_a_whisper_is_seen_by_one_person_can_be_pressed_and_replaced_and_goes_with_a_reload(
    chromium: Chromium,
) -> None:
    async with visiting(chromium) as (browser, app):
        root = await browser.post(text="is it ready?")
        await browser.town.workspace.people.say(IRIS, TEXTS, "looking", root)
        blocks = [{"type": "section", "text": plain("Iris is on it")}, actions(button("Keep"))]
        await browser.tab.locator("#slack-posts .replies").first.click()
        whisper = {"channel": TEXTS, "user": BEN, "text": "x", "blocks": blocks}
        await app.call("chat.postEphemeral", **whisper, thread_ts=root)
        await app.call("chat.postEphemeral", channel=TEXTS, user=BEN, text="in the channel")

        there = browser.tab.locator("#thread-posts .whisper")
        await expect(there).to_contain_text("Only visible to you")
        await expect(browser.tab.locator("#slack-posts .whisper")).to_contain_text("in the channel")
        await there.get_by_role("button", name="Keep").click()
        payload = await app.wait_for("block_actions")
        await app.respond(payload["response_url"], replace_original=True, text="Kept both")
        await expect(there).to_contain_text("Kept both")
        await expect(there.get_by_role("button")).to_have_count(0)

        await browser.tab.select_option("#slack-person", IRIS)
        await expect(browser.tab.locator(".whisper")).to_have_count(0)
        await browser.tab.select_option("#slack-person", BEN)
        await expect(browser.tab.locator(".whisper")).to_have_count(2)
        await browser.tab.reload()
        await expect(browser.tab.locator("#clock-time")).not_to_have_text("–:–")
        await expect(browser.tab.locator(".whisper")).to_have_count(0)


# Menus in posts


async def test_menus_pickers_and_questions_in_a_post(chromium: Chromium) -> None:
    question = {"title": plain("Sure?"), "text": plain("It cannot be undone"), "confirm": plain("Do it")}
    elements: list[Json] = [
        {"type": "static_select", "action_id": "assign", "options": OPTIONS, "placeholder": plain("Assign")},
        {"type": "overflow", "action_id": "more", "options": OPTIONS},
        {"type": "datetimepicker", "action_id": "snooze", "initial_date_time": 1772463600},
        button("Close", confirm=question),
    ]
    people = {"type": "users_select", "action_id": "owner", "placeholder": plain("Owner")}
    section = {"type": "section", "text": plain("Who?"), "accessory": people}
    async with visiting(chromium) as (browser, app):
        await browser.post(text="x", blocks=[section, actions(*elements)])
        post = browser.tab.locator("#thread-posts .post")

        await post.get_by_label("Assign").select_option("two")
        await app.wait_for("block_actions")
        await post.get_by_label("Owner").select_option(IRIS)
        await app.wait_for("block_actions", 2)
        await post.get_by_role("button", name="More options").click()
        await browser.tab.get_by_role("menuitem", name="Three").click()
        await app.wait_for("block_actions", 3)
        await post.locator("input[type=datetime-local]").fill("2026-03-02T11:00")
        await app.wait_for("block_actions", 4)
        await post.get_by_role("button", name="Close").click()
        await browser.tab.get_by_role("dialog", name="Sure?").get_by_role("button", name="Cancel").click()
        await post.get_by_role("button", name="Close").click()
        await browser.tab.get_by_role("button", name="Do it").click()
        await app.wait_for("block_actions", 5)

        done = [payload["actions"][0] for payload in app.heard("block_actions")]
        assert done[0]["selected_option"] == option("two")
        assert done[1]["selected_user"] == IRIS
        assert (done[2]["type"], done[2]["selected_option"]) == ("overflow", option("three"))
        assert done[3]["selected_date_time"] == 1772463600 + 3600
        assert (done[4]["action_id"], len(done)) == ("close", 5)


async def test_a_button_with_an_address_opens_it_and_tells_the_app(chromium: Chromium) -> None:
    async with visiting(chromium) as (browser, app):
        await browser.tab.context.route("https://example.com/", lambda route: route.fulfill(body="elsewhere"))
        await browser.post(text="x", blocks=[actions(button("Listen", url="https://example.com/"))])

        async with browser.tab.context.expect_page() as opened:
            await browser.tab.locator("#thread-posts").get_by_role("button", name="Listen").click()

        assert (await opened.value).url == "https://example.com/"
        assert (await app.wait_for("block_actions"))["actions"][0]["action_id"] == "listen"
        await (await opened.value).close()


# The Home tab


async def test_the_home_tab_shows_what_was_published_for_each_and_changes_live(chromium: Chromium) -> None:
    async with visiting(chromium) as (browser, app):

        def publish(payload: Json) -> None:
            user = payload["event"]["user"]
            blocks = [{"type": "header", "text": plain(f"Home of {user}")}, actions(button("Refresh"))]
            app.soon("views.publish", user_id=user, view={"type": "home", "blocks": blocks})

        app.on("app_home_opened", publish)
        home = browser.tab.locator("#slack-home")

        await browser.tab.get_by_role("button", name="sms-bridge").click()
        await expect(home.locator("#home-blocks h4")).to_have_text(f"Home of {BEN}")
        await browser.tab.select_option("#slack-person", IRIS)
        await expect(home.locator("#home-blocks h4")).to_have_text(f"Home of {IRIS}")
        await home.get_by_role("button", name="Refresh").click()
        pressed = await app.wait_for("block_actions")
        view = {"type": "home", "blocks": [{"type": "header", "text": plain("Two are waiting")}]}
        await app.call("views.publish", user_id=IRIS, view=view)

        await expect(home.locator("#home-blocks h4")).to_have_text("Two are waiting")
        assert (pressed["view"]["type"], pressed["user"]["id"]) == ("home", IRIS)
        await browser.tab.locator("#slack-channels button").first.click()
        await expect(home).to_be_hidden()
        await expect(browser.tab.locator("#channel-form")).to_be_visible()


# Ways in


async def test_commands_are_typed_in_the_channel_and_refused_in_a_thread(chromium: Chromium) -> None:
    async with visiting(chromium) as (browser, app):
        app.on("command", lambda payload: {"text": f"You said {payload['text']}"})
        words = browser.tab.locator("#channel-words")

        await words.fill("/sms help me")
        await words.press("Enter")
        whispers = browser.tab.locator("#slack-posts .whisper")
        await expect(whispers.first).to_contain_text("You said help me")
        await words.fill("/fax")
        await words.press("Enter")
        await expect(whispers.nth(1)).to_contain_text("/fax is not a valid command.")
        app.deaf = {"command"}
        await words.fill("/sms")
        await words.press("Enter")
        await app.wait_for("command", 2)
        await expect(whispers.nth(2)).to_contain_text("operation_timeout", timeout=10_000)

        await words.fill("plain words")
        await words.press("Enter")
        await browser.tab.locator("#slack-posts .replies").first.click()
        await browser.tab.fill("#thread-words", "/sms help")
        await browser.tab.press("#thread-words", "Enter")
        await expect(browser.tab.locator("#thread-posts .whisper")).to_contain_text("not supported in threads")
        assert len(app.heard("command")) == 2


async def test_a_message_shortcut_stands_in_each_posts_menu(chromium: Chromium) -> None:
    async with visiting(chromium) as (browser, app):
        ts = await browser.post(text="is it ready?")
        post = browser.tab.locator("#thread-posts .post")

        await post.hover()
        await post.get_by_role("button", name="More actions").click()
        await browser.tab.get_by_role("menuitem", name="Send as SMS").click()

        payload = await app.wait_for("message_action")
        assert (payload["message_ts"], payload["user"]["id"], payload["callback_id"]) == (ts, BEN, "text_this")


# Other people, other channels


async def test_others_can_be_acted_as_where_they_are(chromium: Chromium) -> None:
    async with visiting(chromium) as (browser, _):
        tab = browser.tab
        words = tab.locator("#channel-words")
        people = await tab.locator("#slack-person option").all_inner_texts()
        assert [name for name in people if "(" in name] == [
            "Mei Tanaka (admin)",
            "Gus Lindqvist (guest)",
            "Sol Ferrer (guest of #texts only)",
            "Xena Novak (of another company)",
        ]

        await tab.select_option("#slack-person", label="Xena Novak (of another company)")
        await words.fill("hello from outside")
        await words.press("Enter")
        await expect(tab.locator("#toast")).to_contain_text("not in this channel")
        await tab.get_by_role("switch", name="The channel is shared").click()
        await expect(tab.locator("#slack-channels button").first).to_contain_text("⬡")
        await words.press("Enter")

        await expect(tab.locator("#slack-posts")).to_contain_text("hello from outside")
        said = [each.payload for each in browser.town.workspace.deliveries if each.event.get("type") == "message"]
        browser.complaints.clear()  # the browser itself reports the deed that was refused
        assert (said[0]["is_ext_shared_channel"], said[0]["event"]["team"]) == (True, "T0ELSEWHERE")


async def test_a_reply_for_the_channel_as_well_leads_back_to_its_thread(chromium: Chromium) -> None:
    async with visiting(chromium) as (browser, _):
        root = await browser.post(text="is it ready?")
        await expect(browser.tab.locator("#thread-posts .post")).to_have_count(1)
        await browser.tab.get_by_label("Also send to the channel").check()
        await browser.tab.fill("#thread-words", "Ready!")
        await browser.tab.press("#thread-words", "Enter")

        shown = browser.tab.locator("#slack-posts .post").nth(1)
        await expect(shown).to_contain_text("Ready!")
        await browser.tab.click("#thread-close")
        await shown.get_by_role("button", name="replied to a thread").click()
        await expect(browser.tab.locator("#thread-posts .post").first).to_contain_text("is it ready?")
        assert browser.town.workspace.thread(TEXTS, root)[1].is_broadcast
        await expect(browser.tab.get_by_label("Also send to the channel")).not_to_be_checked()

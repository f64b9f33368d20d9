"""What apps show beside posts, in a headless Chromium: whispers, modals, the Home tab, menus, shortcuts, commands.

The app is a scripted one on one socket; the daemon has no part in it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from adapters.sandbox.workspace.nouns import Json
from tests.browser.conftest import CHROMIUM
from tests.browser.rig import BEN, IRIS, TEXTS, Browser, browsing
from tests.unit.adapters.sandbox.socket_app import SocketApp, socket_app
from tests.unit.adapters.sandbox.test_workspace_forms import OPTIONS, form, option, plain

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]


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


# Modals


async def test_every_kind_of_field_arrives_as_it_was_filled_in(chromium: Chromium) -> None:
    blocks = [
        ask("Line", "static_select", options=OPTIONS),
        ask("Text", "plain_text_input", multiline=True, initial_value="Hi"),
        ask("Name", "plain_text_input", max_length=3),
        ask("Owner", "users_select"),
        ask("Day", "datepicker", initial_date="2026-03-02"),
        ask("Hour", "timepicker"),
        ask("Moment", "datetimepicker", initial_date_time=1772463600),
        ask("Flags", "checkboxes", options=OPTIONS),
        ask("Kind", "radio_buttons", options=OPTIONS),
        ask("Some", "multi_static_select", options=OPTIONS),
        ask("Picture", "file_input", filetypes=["png"]),
        ask("Note", "plain_text_input", optional=True),
    ]
    async with visiting(chromium) as (browser, app):
        tab = browser.tab.locator("#modal")
        await open_form(browser, app, *blocks)

        await tab.get_by_label("Line").select_option("two")
        await tab.get_by_label("Text", exact=True).fill("Hello\nthere")
        await tab.get_by_label("Name").type("four")
        await tab.get_by_label("Owner").select_option(IRIS)
        await tab.get_by_label("Day").fill("2026-03-05")
        await tab.get_by_label("Hour").fill("14:30")
        await tab.get_by_label("Three", exact=True).first.check()
        await tab.get_by_role("radio", name="One").check()
        some = tab.get_by_role("combobox", name="Some")
        await some.type("t")
        await tab.locator(".combo-list").get_by_role("option", name="Two").click()
        await some.press("ArrowDown")
        await some.press("Enter")
        picture = {"name": "wheel.png", "mimeType": "image/png", "buffer": b"png"}
        await tab.get_by_label("Picture").set_input_files(picture)  # type: ignore[arg-type] # a mapping will do
        await expect(tab.locator(".file-list")).to_contain_text("wheel.png")
        await tab.get_by_role("button", name="Send").click()

        said = await values(app)
        assert {name: each.get("value") for name, each in said.items() if "value" in each} == {
            "text": "Hello\nthere",
            "name": "fou",
            "note": None,
        }
        assert (said["line"]["selected_option"], said["owner"]["selected_user"]) == (option("two"), IRIS)
        assert (said["day"]["selected_date"], said["hour"]["selected_time"]) == ("2026-03-05", "14:30")
        assert (said["moment"]["selected_date_time"], said["flags"]["selected_options"]) == (
            1772463600,
            [option("three")],
        )
        assert said["kind"]["selected_option"] == option("one")
        assert said["some"]["selected_options"] == [option("two"), option("one")]
        assert said["picture"]["files"][0]["name"] == "wheel.png"
        await expect(tab).to_be_hidden()


async def test_a_menu_of_the_apps_own_options_is_typed_in_with_the_keyboard_alone(chromium: Chromium) -> None:
    groups = [{"label": plain("Contacts"), "options": [option("ada"), option("adam")]}]
    menus = [
        ask("To", "external_select", min_query_length=2),
        ask("Copies", "multi_external_select", min_query_length=0, optional=True),
    ]
    async with visiting(chromium) as (browser, app):
        app.on("block_suggestion", lambda _: {"option_groups": groups})
        await open_form(browser, app, *menus)
        keyboard = browser.tab.keyboard
        await expect(browser.tab.get_by_role("combobox", name="To")).to_be_focused()

        await keyboard.type("a")
        await expect(browser.tab.get_by_role("listbox", name="To")).to_contain_text("at least 2")
        assert app.heard("block_suggestion") == []
        await keyboard.type("d")
        await expect(browser.tab.locator(".combo-group")).to_have_text("Contacts")
        await keyboard.press("ArrowDown")
        await keyboard.press("ArrowDown")
        await keyboard.press("Enter")
        await expect(browser.tab.get_by_role("combobox", name="To")).to_have_value("Adam")
        await keyboard.press("Tab")
        await keyboard.press("ArrowDown")
        await expect(browser.tab.get_by_role("listbox", name="Copies")).to_be_visible()
        await keyboard.press("Escape")  # the list alone
        await expect(browser.tab.get_by_role("listbox", name="Copies")).to_be_hidden()
        await expect(browser.tab.locator("#modal")).to_be_visible()
        await keyboard.press("ArrowDown")
        await expect(browser.tab.get_by_role("listbox", name="Copies")).to_be_visible()
        await keyboard.press("Enter")
        await expect(browser.tab.locator(".chip")).to_have_text("Ada×")
        await keyboard.press("Enter")

        said = await values(app)
        assert (app.heard("block_suggestion")[0]["value"], app.heard("block_suggestion")[0]["action_id"]) == (
            "ad",
            "to",
        )
        assert (said["to"]["selected_option"], said["copies"]["selected_options"]) == (option("adam"), [option("ada")])


async def test_errors_stand_at_their_fields_and_what_was_typed_stays(chromium: Chromium) -> None:
    async with visiting(chromium) as (browser, app):
        await open_form(browser, app, ask("To", "plain_text_input"), ask("Text", "plain_text_input"))
        app.on("view_submission", lambda _: {"response_action": "errors", "errors": {"to": "Nobody has this number"}})
        to = browser.tab.locator('[data-block="to"]')

        await browser.tab.locator("#modal").get_by_label("Text").fill("hello")
        await browser.tab.locator("#modal").get_by_label("Text").press("Enter")
        await expect(to.get_by_role("alert")).to_have_text("Please complete this required field.")
        await expect(browser.tab.get_by_label("To", exact=True)).to_be_focused()
        assert app.heard("view_submission") == []
        await browser.tab.keyboard.type("123")
        await browser.tab.keyboard.press("Enter")
        await expect(to.get_by_role("alert")).to_have_text("Nobody has this number")
        await expect(browser.tab.get_by_label("To", exact=True)).to_have_value("123")
        await expect(browser.tab.locator("#modal").get_by_label("Text")).to_have_value("hello")


async def test_an_app_that_says_nothing_is_trouble(chromium: Chromium) -> None:
    async with visiting(chromium) as (browser, app):
        app.deaf = {"view_submission"}
        await open_form(browser, app, ask("To", "plain_text_input", optional=True))

        await browser.tab.click("#modal-submit")
        await expect(browser.tab.locator("#modal-submit")).to_have_attribute("aria-busy", "true")
        await app.wait_for("view_submission")
        await expect(browser.tab.locator("#modal-trouble")).to_have_text(
            "We had some trouble connecting. Try again?", timeout=10_000
        )
        await expect(browser.tab.locator("#modal-submit")).to_be_enabled()


async def test_modals_are_updated_pushed_closed_one_by_one_and_cleared(chromium: Chromium) -> None:
    async with visiting(chromium) as (browser, app):
        tab = browser.tab
        second = form(ask("Second", "plain_text_input", optional=True), title=plain("Second"), notify_on_close=True)
        given: list[Json] = [
            {"response_action": "update", "view": form(ask("To", "plain_text_input"), title=plain("Changed"))},
            {"response_action": "push", "view": second},
            {"response_action": "push", "view": second},
            {"response_action": "clear"},
        ]
        answers = iter(given)
        app.on("view_submission", lambda _: next(answers))
        await open_form(browser, app, ask("To", "plain_text_input"))

        await tab.get_by_label("To", exact=True).fill("kept")
        await tab.click("#modal-submit")
        await expect(tab.locator("#modal-title")).to_have_text("Changed")
        await expect(tab.get_by_label("To", exact=True)).to_have_value("kept")
        await tab.click("#modal-submit")
        await expect(tab.locator("#modal-title")).to_have_text("Second")
        await tab.click("#modal-close")
        await expect(tab.locator("#modal-title")).to_have_text("Changed")
        await expect(tab.get_by_label("To", exact=True)).to_have_value("kept")
        assert (await app.wait_for("view_closed"))["is_cleared"] is False
        await tab.click("#modal-submit")
        await expect(tab.locator("#modal-title")).to_have_text("Second")
        await tab.click("#modal-submit")
        await expect(tab.locator("#modal")).to_be_hidden()


async def test_escape_closes_a_modal_the_focus_stays_in_it_and_returns_to_where_it_was(chromium: Chromium) -> None:
    async with visiting(chromium) as (browser, app):
        await open_form(browser, app, ask("To", "plain_text_input"), notify_on_close=True)
        inside = "['BODY'].includes(document.activeElement.tagName)"
        inside += " || document.querySelector('#modal').contains(document.activeElement)"

        for _ in range(7):
            await browser.tab.keyboard.press("Tab")
            assert await browser.tab.evaluate(inside)
        await browser.tab.keyboard.press("Escape")

        await expect(browser.tab.locator("#modal")).to_be_hidden()
        assert (await app.wait_for("view_closed"))["is_cleared"] is True
        await expect(browser.tab.locator("#channel-shortcuts")).to_be_focused()


async def test_a_field_that_tells_at_once_lets_the_app_change_the_form_under_the_typing(chromium: Chromium) -> None:
    async with visiting(chromium) as (browser, app):
        fields = (ask("Line", "static_select", options=OPTIONS, dispatch=True), ask("Text", "plain_text_input"))
        note = {"type": "context", "elements": [plain("from the service desk")]}

        def change(payload: Json) -> None:
            app.soon("views.update", view_id=payload["view"]["id"], view=form(*fields, note, title=plain("New SMS")))

        app.on("block_actions", change)
        await open_form(browser, app, *fields)

        await browser.tab.locator("#modal").get_by_label("Text").fill("half a sent")
        await browser.tab.locator("#modal").get_by_label("Line").select_option("two")
        await expect(browser.tab.locator("#modal")).to_contain_text("from the service desk")
        await expect(browser.tab.locator("#modal").get_by_label("Text")).to_have_value("half a sent")
        await expect(browser.tab.locator("#modal").get_by_label("Line")).to_have_value("two")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844), (320, 640)])
async def test_a_long_form_and_a_home_tab_fit_the_screen(chromium: Chromium, width: int, height: int) -> None:
    words = {"type": "section", "text": plain("An-unbreakable-" * 12), "accessory": button("Open")}
    many = [ask(f"Field {number}", "plain_text_input", optional=True) for number in range(20)]
    async with visiting(chromium, width=width, height=height) as (browser, app):
        tab = browser.tab
        if width < 1160:
            await tab.click('[data-tab="slack"]')
        wide = "[...document.querySelectorAll('dialog[open], dialog[open] *, .home, .home *')].filter("
        wide += "e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"
        menu = ask("Menu", "multi_external_select", min_query_length=0, optional=True)
        await open_form(browser, app, words, menu, *many)
        assert await tab.evaluate(wide) == []
        await expect(tab.locator("#modal-submit")).to_be_in_viewport()
        await tab.keyboard.press("Escape")

        view = {"type": "home", "blocks": [words, actions(button("New"), {"type": "users_select", "action_id": "u"})]}
        await app.call("views.publish", user_id=BEN, view=view)
        await tab.click("#slack-app")
        await expect(tab.locator("#home-blocks")).to_contain_text("An-unbreakable")
        assert await tab.evaluate(wide) == []


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
        await expect(home.locator("h4")).to_have_text(f"Home of {BEN}")
        await browser.tab.select_option("#slack-person", IRIS)
        await expect(home.locator("h4")).to_have_text(f"Home of {IRIS}")
        await home.get_by_role("button", name="Refresh").click()
        pressed = await app.wait_for("block_actions")
        view = {"type": "home", "blocks": [{"type": "header", "text": plain("Two are waiting")}]}
        await app.call("views.publish", user_id=IRIS, view=view)

        await expect(home.locator("h4")).to_have_text("Two are waiting")
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

"""Modals of an app on the sandbox page, in a headless Chromium: filled in, sent, answered, closed."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import FilePayload, Locator, expect

from adapters.sandbox.workspace.nouns import Json
from tests.browser.conftest import CHROMIUM
from tests.browser.rig import BEN, IRIS
from tests.browser.scripted import actions, ask, button, open_form, values, visiting
from tests.unit.adapters.sandbox.test_workspace_forms import OPTIONS, form, option, plain

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]


EVERY_FIELD = [
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


async def fill_in(form: Locator) -> None:
    await form.get_by_label("Line").select_option("two")
    await form.get_by_label("Text", exact=True).fill("Hello\nthere")
    await form.get_by_label("Name").press_sequentially("four")
    await form.get_by_label("Owner").select_option(IRIS)
    await form.get_by_label("Day").fill("2026-03-05")
    await form.get_by_label("Hour").fill("14:30")
    await form.get_by_role("checkbox", name="Three").check()
    await form.get_by_role("radio", name="One").check()
    some = form.get_by_role("combobox", name="Some")
    await some.press_sequentially("t")
    await form.locator(".combo-list").get_by_role("option", name="Two").click()
    await some.press("ArrowDown")
    await expect(form.locator(".combo-list").get_by_role("option", name="One")).to_be_visible()
    await some.press("Enter")
    picture = FilePayload(name="wheel.png", mimeType="image/png", buffer=b"png")
    await form.get_by_label("Picture").set_input_files(picture)
    await expect(form.locator(".file-list")).to_contain_text("wheel.png")


async def test_every_kind_of_field_arrives_as_it_was_filled_in(chromium: Chromium) -> None:
    async with visiting(chromium) as (browser, app):
        dialog = browser.tab.locator("#modal")
        await open_form(browser, app, *EVERY_FIELD)

        await fill_in(dialog)
        await dialog.get_by_role("button", name="Send").click()

        said = await values(app)
        files = said["picture"].pop("files")
        assert {name: {key: each[key] for key in each if key != "type"} for name, each in said.items()} == {
            "line": {"selected_option": option("two")},
            "text": {"value": "Hello\nthere"},
            "name": {"value": "fou"},
            "owner": {"selected_user": IRIS},
            "day": {"selected_date": "2026-03-05"},
            "hour": {"selected_time": "14:30"},
            "moment": {"selected_date_time": 1772463600},
            "flags": {"selected_options": [option("three")]},
            "kind": {"selected_option": option("one")},
            "some": {"selected_options": [option("two"), option("one")]},
            "picture": {},
            "note": {"value": None},
        }
        assert [file["name"] for file in files] == ["wheel.png"]
        await expect(dialog).to_be_hidden()


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


async def test_what_is_typed_is_told_after_a_pause_and_whoever_types_is_not_disturbed(chromium: Chromium) -> None:
    occasions = {"trigger_actions_on": ["on_character_entered"]}
    field = ask("Text", "plain_text_input", dispatch=True, dispatch_action_config=occasions)

    def line(words: str) -> Json:
        return {"type": "context", "block_id": "line", "elements": [plain(words)]}

    async with visiting(chromium) as (browser, app):

        def count(payload: Json) -> None:
            said = f"{len(payload['actions'][0]['value'])} characters"
            view, changed = payload["view"], form(field, line(said), title=plain("New SMS"))
            app.soon("views.update", view_id=view["id"], hash=view["hash"], view=changed)

        app.on("block_actions", count)
        await open_form(browser, app, field, line("nothing yet"))
        text = browser.tab.locator("#modal").get_by_label("Text")
        await text.evaluate("field => field.dataset.mine = 'same'")

        await text.press_sequentially("half a sentence", delay=5)
        await expect(browser.tab.locator("#modal .block-context")).to_have_text("15 characters")
        await text.press_sequentially("!")
        await expect(browser.tab.locator("#modal .block-context")).to_have_text("16 characters")

        assert await text.get_attribute("data-mine") == "same"
        await expect(text).to_be_focused()
        assert [payload["actions"][0]["value"] for payload in app.heard("block_actions")][-1] == "half a sentence!"
        assert len(app.heard("block_actions")) < 15


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

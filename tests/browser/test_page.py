"""The page in a headless Chromium, before the worlds alone: no daemon stands between them here."""

from typing import Any

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from adapters.sandbox.scenario import ADA, MAIN, NOOR
from tests.browser.conftest import CHROMIUM
from tests.browser.rig import BEN, IRIS, SERVICE, TEXTS, browsing, card, presses, rich, send_mail

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),  # one browser for all, which lives on one loop
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]

NASTY = '*bold* <!channel> <https://evil.test|bank> :tada: <img src=x onerror="alert(1)"> &amp;'


async def test_what_is_typed_on_the_phone_reaches_the_carrier_and_stands_there_as_a_bubble(chromium: Chromium) -> None:
    async with browsing(chromium) as browser:
        await browser.open()
        words = browser.tab.locator("#phone-words")

        await browser.tab.select_option("#phone-caller", NOOR)
        await words.fill(NASTY)
        await words.press("Shift+Enter")
        await words.type("second line")
        await words.press("Enter")

        await expect(browser.tab.locator(".said.sent .bubble")).to_have_text(f"{NASTY}\nsecond line")
        await expect(words).to_have_value("")
        (message,) = browser.town.carrier.messages
        assert (message.from_, message.to, message.body) == (NOOR, MAIN, f"{NASTY}\nsecond line")


async def test_a_picture_from_the_phone_goes_along(chromium: Chromium) -> None:
    async with browsing(chromium) as browser:
        await browser.open()

        await browser.tab.click("#phone-attach")
        await browser.tab.get_by_role("menuitem", name="A sample photo").click()
        await expect(browser.tab.locator("#phone-attached img")).to_be_visible()
        await browser.tab.click("#phone-form .send")

        await expect(browser.tab.locator(".said.sent .bubble img")).to_be_visible()
        (message,) = browser.town.carrier.messages
        assert message.media[0].content.startswith(b"\xff\xd8\xff")


async def test_an_apps_post_appears_as_the_workspace_would_show_it_and_sets_nothing_off(chromium: Chromium) -> None:
    async with browsing(chromium) as browser:
        await browser.open()

        await browser.post(**card(NASTY))

        post = browser.tab.locator("#thread-posts .post")
        await expect(post.locator(".bar p")).to_have_text(NASTY)
        await expect(post.locator(".bar")).to_have_css("border-left-color", "rgb(46, 182, 125)")
        assert await post.locator(".mention, .bar a, .bar img, .bar b").count() == 0
        await expect(browser.tab.locator("#slack-posts .post b").nth(1)).to_have_text("Ada Moss · (212) 555-0142")


async def test_every_kind_of_block_is_drawn(chromium: Chromium) -> None:
    pieces: list[dict[str, Any]] = [
        {"type": "link", "url": "https://example.com/", "text": "a link"},
        {"type": "emoji", "name": "eyes"},
        {"type": "user", "user_id": BEN},
        {"type": "date", "timestamp": 1772463600, "format": "{date_short_pretty} at {time}", "fallback": "then"},
    ]
    item = {"type": "rich_text_section", "elements": [{"type": "text", "text": "first"}]}
    words = [{"type": "text", "text": "words"}]
    lists = [
        {"type": "rich_text_list", "style": "ordered", "elements": [item]},
        {"type": "rich_text_quote", "elements": words},
        {"type": "rich_text_preformatted", "elements": words},
    ]
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "A header"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*bold* and `code` for <@U0IRISHOLM> &lt;here&gt;"}},
        {"type": "divider"},
        rich(*pieces),
        {"type": "rich_text", "elements": lists},
        {"type": "context", "elements": [{"type": "plain_text", "text": "small words"}]},
        {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a picture from elsewhere"},
    ]
    async with browsing(chromium) as browser:
        await browser.open()

        await browser.post(text="all", blocks=blocks)

        body = browser.tab.locator("#thread-posts .post-body")
        await expect(body.locator("h4")).to_have_text("A header")
        await expect(body.locator(".block-section p")).to_have_text("bold and code for @Iris Holm <here>")
        await expect(body.locator("hr, ol li, blockquote, pre")).to_have_count(4)
        await expect(body.locator(".rich p").first).to_have_text("a link👀@Ben Okafortoday at 10:00 AM")
        await expect(body.locator(".block-context")).to_have_text("small words")
        await expect(body.locator(".block-image")).to_have_text("a picture from elsewhere")


async def test_a_reply_a_button_and_a_reaction_are_done_in_the_chosen_persons_name(chromium: Chromium) -> None:
    async with browsing(chromium) as browser:
        await browser.open()
        ts = await browser.post(**card("is it ready?"))
        root = browser.town.workspace.message(TEXTS, ts)
        await browser.tab.select_option("#slack-person", IRIS)

        await browser.tab.fill("#thread-words", "It is!")
        await browser.tab.press("#thread-words", "Enter")
        await expect(browser.tab.locator("#thread-posts .post")).to_have_count(2)
        await browser.tab.locator("#thread-posts").get_by_role("button", name="Take it").click()
        await browser.town.workspace.wait_for(lambda: presses(browser.town))

        reply = browser.town.workspace.thread(TEXTS, ts)[1]
        assert (reply.user, reply.text) == (IRIS, "It is!")
        assert presses(browser.town) == [(IRIS, "sms:take")]

        await browser.tab.locator("#thread-posts .post").first.hover()
        await browser.tab.locator("#thread-posts").get_by_role("button", name="More reactions").first.click()
        await browser.tab.get_by_role("menuitem", name="tada").click()
        mine = browser.tab.locator("#thread-posts .reaction")
        await expect(mine).to_have_attribute("aria-pressed", "true")
        assert root.reactions == {"tada": [IRIS]}

        await mine.click()
        await expect(mine).to_have_count(0)
        assert root.reactions == {}


async def test_an_own_reply_can_be_edited_and_deleted(chromium: Chromium) -> None:
    async with browsing(chromium) as browser:
        await browser.open()
        ts = await browser.post(**card("is it ready?"))
        await browser.tab.fill("#thread-words", "Yes & no")
        await browser.tab.press("#thread-words", "Enter")
        own = browser.tab.locator("#thread-posts .post").nth(1)

        await own.hover()
        await own.get_by_role("button", name="Edit").click()
        await expect(browser.tab.locator("#thread-words")).to_have_value("Yes & no")
        await browser.tab.fill("#thread-words", "Yes")
        await browser.tab.press("#thread-words", "Enter")
        await expect(own).to_contain_text("(edited)")
        assert browser.town.workspace.thread(TEXTS, ts)[1].text == "Yes"

        await own.hover()
        await own.get_by_role("button", name="Delete").click()
        await expect(browser.tab.locator("#thread-posts .post")).to_have_count(1)


async def test_a_channel_that_is_not_looked_at_says_that_it_has_news(chromium: Chromium) -> None:
    async with browsing(chromium) as browser:
        await browser.open()
        await browser.post(**card("is it ready?"))
        await expect(browser.tab.locator("#thread-posts .post")).to_have_count(1)
        await browser.tab.fill("#thread-words", "somebody is writing")

        await browser.post(**card("my chain fell off") | {"channel": SERVICE})

        service = browser.tab.locator("#slack-channels button").nth(1)
        await expect(service).to_have_class("unread")
        await expect(browser.tab.locator("#thread-words")).to_have_value("somebody is writing")
        await service.click()
        await expect(service).not_to_have_class("unread")
        await expect(browser.tab.locator("#slack-posts")).to_contain_text("my chain fell off")


async def test_a_mail_opens_as_html_and_as_text_and_leads_back_to_its_thread(chromium: Chromium) -> None:
    async with browsing(chromium) as browser:
        await browser.open()
        ts = await browser.post(**card("is it ready?"))
        await browser.tab.click("#thread-close")
        await send_mail(browser.town, "iris@example.com", ts)

        await browser.tab.get_by_role("button", name="Iris Holm, 1 unread").click()
        await browser.tab.locator(".mail-line").click()
        link = browser.tab.frame_locator(".mail iframe").get_by_role("link", name="Open in Slack")
        await expect(link).to_be_visible()
        await browser.tab.get_by_role("button", name="Text", exact=True).click()
        await expect(browser.tab.locator(".mail-text")).to_contain_text("In plain words")
        await browser.tab.get_by_role("button", name="HTML").click()
        await link.click()

        await expect(browser.tab.locator("#thread-posts .bar p")).to_have_text("is it ready?")


async def test_answering_a_mail_shows_that_nobody_takes_the_answer(chromium: Chromium) -> None:
    async with browsing(chromium) as browser:
        await browser.open()
        await send_mail(browser.town, "ben@example.com", "1.000000")
        await browser.tab.locator(".mail-line").click()

        await browser.tab.get_by_role("button", name="Answer this mail").click()

        await expect(browser.tab.locator(".mail-line").first).to_contain_text("Undelivered mail returned to sender")


async def test_the_clock_moves_and_says_how_long_somebody_has_waited(chromium: Chromium) -> None:
    async with browsing(chromium) as browser:
        await browser.open()
        before = browser.town.clock.now()
        await browser.post(**card("is it ready?"))
        await expect(browser.tab.locator("#waiting-words")).to_have_text("1 waiting, 0 of 10 min")

        for _ in range(7):
            await browser.tab.get_by_role("button", name="One minute forward").click()
        await expect(browser.tab.locator("#waiting-words")).to_have_text("1 waiting, 7 of 10 min")
        await browser.tab.get_by_role("button", name="Ten minutes forward").click()

        await expect(browser.tab.locator("#waiting")).to_have_attribute("data-level", "late")
        assert 17 * 60 <= (browser.town.clock.now() - before).total_seconds() < 18 * 60


async def test_a_switch_turns_and_reset_turns_it_back(chromium: Chromium) -> None:
    async with browsing(chromium) as browser:
        await browser.open()
        switch = browser.tab.get_by_role("switch", name="Slack is down")

        await switch.press("Space")
        await expect(switch).to_have_attribute("aria-checked", "true")
        await expect(browser.tab.locator("#slack-link")).to_have_text("Slack is down")
        assert not browser.town.workspace.is_up

        await browser.tab.get_by_role("button", name="Reset 1").click()
        await expect(switch).to_have_attribute("aria-checked", "false")


async def test_the_tour_is_offered_once_acts_and_can_be_taken_again(chromium: Chromium) -> None:
    async with browsing(chromium) as browser:
        await browser.open(touring=True)
        await expect(browser.tab.locator("#story-title")).to_have_text("A customer texts you")

        await browser.tab.get_by_role("button", name="Let Ada text").press("Enter")
        await browser.town.carrier.wait_for(lambda: bool(browser.town.carrier.messages))
        await browser.post(**card("is it ready?"))
        await expect(browser.tab.locator("#story-title")).to_have_text("It is a thread, and the bar is green")
        assert browser.town.carrier.messages[0].from_ == ADA

        await browser.tab.get_by_role("button", name="Skip the tour").press("Escape")
        await expect(browser.tab.locator("#story")).to_be_hidden()
        await browser.tab.reload()
        await expect(browser.tab.locator("#clock-time")).not_to_have_text("–:–")
        await expect(browser.tab.locator("#story")).to_be_hidden()
        await browser.tab.get_by_role("button", name="Tour").click()
        await expect(browser.tab.locator("#story")).to_be_visible()


async def test_the_whole_phone_can_be_used_with_the_keyboard_alone(chromium: Chromium) -> None:
    async with browsing(chromium) as browser:
        await browser.open()

        await browser.tab.keyboard.press("Tab")
        await browser.tab.keyboard.press("Enter")  # the link that leads past the top
        await browser.tab.keyboard.type("no mouse")
        await browser.tab.keyboard.press("Enter")

        await expect(browser.tab.locator(".said.sent .bubble")).to_have_text("no mouse")


async def test_dark_follows_the_system_until_somebody_chooses(chromium: Chromium) -> None:
    async with browsing(chromium, scheme="dark") as browser:
        await browser.open()
        root = browser.tab.locator("html")
        await expect(root).to_have_attribute("data-theme", "dark")

        await browser.tab.get_by_role("button", name="Dark mode").click()
        await expect(root).to_have_attribute("data-theme", "light")

        await browser.tab.reload()
        await expect(root).to_have_attribute("data-theme", "light")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 800), (390, 844), (320, 640)])
async def test_nothing_overflows_sideways_and_a_desktop_needs_no_scrolling(
    chromium: Chromium, width: int, height: int
) -> None:
    async with browsing(chromium, width=width, height=height) as browser:
        await browser.open()
        await browser.post(**card("An-unbreakable-" * 20))
        await browser.town.carrier.text(ADA, MAIN, "another-unbreakable-" * 20)
        await send_mail(browser.town, "ben@example.com", "1.000000")
        tabs = browser.tab.locator(".tabs button")

        for number in range(4 if width < 1160 else 1):
            if width < 1160:
                await tabs.nth(number).click()
            sizes = await browser.tab.evaluate(
                "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
            )
            assert sizes == [width, height]
            wide = (
                "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1"
            )
            wide += " && !e.closest('.chips, .channels, .hidden, .toast, .skip')).map(e => e.outerHTML.slice(0, 80))"
            assert await browser.tab.evaluate(wide) == []


async def test_a_sandbox_that_has_gone_is_said_and_its_return_is_noticed(chromium: Chromium) -> None:
    async with browsing(chromium) as browser:
        await browser.open()

        await browser.tab.route("**/events", lambda route: route.abort())
        await browser.tab.evaluate("dispatchEvent(new Event('offline'))")
        await browser.tab.reload()

        gone = browser.tab.get_by_role("alert")
        await expect(gone).to_contain_text("The sandbox has stopped")
        await browser.tab.unroute("**/events")
        await expect(gone).to_be_hidden()
        browser.complaints.clear()  # the browser itself reports the address that it could not reach

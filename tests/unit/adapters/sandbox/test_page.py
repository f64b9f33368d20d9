"""The page's server: who may speak to it, what it tells, and what one can do through it."""

import base64
import json
from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import Any

import aiohttp
import aiosmtplib
import pytest

from adapters.sandbox.carrier import Receipts
from adapters.sandbox.clock import MovableClock
from adapters.sandbox.faults import Fault
from adapters.sandbox.page import Page
from adapters.sandbox.page.acts import DEEDS
from adapters.sandbox.page.switches import Switches
from adapters.sandbox.page.worlds import Worlds
from adapters.sandbox.scenario import ADA, CAST, MAIN, STORY, Town, furnish
from tests.unit.adapters.sandbox.page_visitor import Visitor

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
BEN, IRIS = "U0BENOKAFOR", "U0IRISHOLM"
TEXTS = "C0TEXTS"


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    town = furnish(MovableClock())
    await town.start()
    yield town
    await town.aclose()


@pytest.fixture
async def page(town: Town) -> AsyncIterator[Page]:
    page = Page(town.clock, town.carrier, town.workspace, town.mailbox, port=0)
    await page.start()
    yield page
    await page.aclose()


@pytest.fixture
async def visitor(town: Town, page: Page) -> AsyncIterator[Visitor]:
    async with aiohttp.ClientSession() as session:
        yield Visitor(town, page, session)


async def say(town: Town, text: str = "hello", person: str = BEN) -> str:
    return await town.workspace.people.say(person, TEXTS, text)


async def send_mail(town: Town, html: str = "<html><head></head><body>news</body></html>") -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "texts@example.com", "ben@example.com", "news"
    mail.set_content("news")
    mail.add_alternative(html, subtype="html")
    await aiosmtplib.send(mail, hostname=town.mailbox.host, port=town.mailbox.port, start_tls=False)


# Who may speak to it


async def test_the_page_loads_nothing_from_outside_and_nothing_inline(visitor: Visitor) -> None:
    status, headers, body = await visitor.get("")

    assert status == 200
    assert headers["Content-Security-Policy"].startswith("default-src 'self'; ")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert b"http" not in body.replace(b"http-equiv", b"")
    assert b"style=" not in body


@pytest.mark.parametrize("name", ["page.css", "page.js", "theme.js", "favicon.svg"])
async def test_its_files_are_served_with_their_types(visitor: Visitor, name: str) -> None:
    status, headers, body = await visitor.get(f"page/{name}")

    assert (status, headers["X-Content-Type-Options"]) == (200, "nosniff")
    assert headers["Content-Type"].startswith(("text/", "image/svg+xml"))
    assert body


@pytest.mark.parametrize("name", ["server.py", "..%2Fscenario.py", "%2e%2e%2f%2e%2e%2fpage.css", "none.js"])
async def test_nothing_else_of_the_folder_is_served(visitor: Visitor, name: str) -> None:
    status, _, _ = await visitor.get(f"page/{name}")

    assert status == 404


@pytest.mark.parametrize("host", ["evil.test", "evil.test:80", "127.0.0.1.evil.test", "[::1", ""])
async def test_a_name_that_only_points_here_is_refused(visitor: Visitor, host: str) -> None:
    status, _, _ = await visitor.get("events", Host=host)

    assert status == 403


@pytest.mark.parametrize("origin", ["http://evil.test", "null", "", "http://127.0.0.1:1"])
async def test_a_form_of_another_site_does_nothing(visitor: Visitor, origin: str) -> None:
    status, _ = await visitor.post("text", {"from": ADA, "to": MAIN, "body": "hi"}, Origin=origin)

    assert status == 403
    assert not visitor.town.carrier.messages


async def test_too_much_at_once_is_refused(visitor: Visitor) -> None:
    status, _ = await visitor.post("text", {"from": ADA, "to": MAIN, "body": "x" * 13_000_000})

    assert status == 413


@pytest.mark.parametrize("body", [[], "text", 7, None, {"from": ADA}, {"from": 1, "to": 2, "body": 3}])
async def test_a_wish_that_makes_no_sense_is_answered_with_words(visitor: Visitor, body: object) -> None:
    status, done = await visitor.post("text", body)

    assert status == 400
    assert done["error"]


async def test_a_deed_that_does_not_exist_is_not_found(visitor: Visitor) -> None:
    status, _ = await visitor.post("shout", {})

    assert status == 404


# What it tells


async def test_everything_is_told_at_once_and_again_after_a_change(visitor: Visitor) -> None:
    async with visitor.events() as stream:
        before = await stream.next()
        await visitor.do("text", **{"from": ADA, "to": MAIN, "body": "is my bike ready?"})
        after = await stream.next()

    assert not before["carrier"]["phones"]
    assert after["carrier"]["phones"][0]["conversations"][0]["messages"][0]["text"] == "is my bike ready?"


async def test_every_world_and_the_clock_wake_the_stream(visitor: Visitor) -> None:
    town = visitor.town
    async with visitor.events() as stream:
        await stream.next()
        await say(town, "seen in slack")
        slack = await stream.next()
        await send_mail(town)
        mail = await stream.next()
        while not mail["mail"]["inboxes"][0]["mails"]:
            mail = await stream.next()
        await visitor.do("forward", minutes=10)
        moved = await stream.next()
        while moved["now"] == mail["now"]:
            moved = await stream.next()

    assert "seen in slack" in json.dumps(slack["slack"])
    assert mail["mail"]["inboxes"][0]["mails"][0]["subject"] == "news"
    assert (slack["now"], moved["now"]) == ("2026-03-02T15:00:00+00:00", "2026-03-02T15:10:00+00:00")


async def test_an_announcement_is_counted_once_the_bridge_took_it(visitor: Visitor) -> None:
    town = visitor.town
    taken = await visitor.do("text", **{"from": ADA, "to": MAIN, "body": "nobody listens"})
    await town.carrier.settled()

    async with visitor.events() as stream:
        told = await stream.next()

    assert taken["sid"] not in told["carrier"]["announced"]


async def test_the_stream_ends_when_the_page_closes(page: Page, visitor: Visitor) -> None:
    async with visitor.events() as stream:
        await stream.next()
        await page.aclose()

        assert await stream.ended()


async def test_the_cast_is_told_with_its_story_and_no_secret(visitor: Visitor) -> None:
    _, _, body = await visitor.get("cast")

    told = json.loads(body)
    assert [line["label"] for line in told["lines"]] == ["Main line", "Service desk"]
    assert len(told["story"]) == len(STORY)
    assert told["emoji"]["eyes"] == "👀"
    for secret in (visitor.town.workspace.bot_token, visitor.town.carrier.auth_token):
        assert secret not in body.decode()


# What one can do


async def test_a_text_with_a_picture_reaches_the_carrier(visitor: Visitor) -> None:
    picture = {"name": "wheel.gif", "type": "image/gif", "content": base64.b64encode(PIXEL).decode()}

    await visitor.do("text", **{"from": ADA, "to": MAIN, "body": "look", "files": [picture]})

    (message,) = visitor.town.carrier.messages
    assert (message.body, message.media[0].content) == ("look", PIXEL)
    status, headers, body = await visitor.get(f"picture/{message.media[0].sid}")
    assert (status, headers["Content-Type"], body) == (200, "image/gif", PIXEL)


async def test_half_a_character_is_replaced_where_it_enters(visitor: Visitor) -> None:
    await visitor.do("text", **{"from": ADA, "to": MAIN, "body": "broken \ud83d"})

    assert visitor.town.carrier.messages[0].body == "broken ?"


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ({"from": "+19995550100", "to": MAIN, "body": "hi"}, "does not live here"),
        ({"from": ADA, "to": "+19995550100", "body": "hi"}, "no number of this carrier"),
        ({"from": ADA, "to": MAIN, "body": " \n"}, "nothing to send"),
        (
            {"from": ADA, "to": MAIN, "files": [{"name": "a", "type": "text/html", "content": ""}]},
            "pictures and contact cards only",
        ),
        ({"from": ADA, "to": MAIN, "files": [{"name": "a", "type": "image/gif", "content": "%"}]}, "whole"),
        ({"from": ADA, "to": MAIN, "files": [{}] * 6}, "At most"),
    ],
)
async def test_what_a_phone_cannot_send_is_said(visitor: Visitor, wish: dict[str, Any], why: str) -> None:
    assert why in await visitor.refused("text", **wish)
    assert not visitor.town.carrier.messages


async def test_a_colleague_replies_edits_and_deletes(visitor: Visitor) -> None:
    workspace = visitor.town.workspace
    root = await say(visitor.town)

    reply = (await visitor.do("say", person=IRIS, channel=TEXTS, thread=root, text="on it"))["ts"]
    await visitor.do("edit", person=IRIS, channel=TEXTS, ts=reply, text="on it now")
    assert [each.text for each in workspace.thread(TEXTS, root)] == ["hello", "on it now"]
    assert "own messages" in await visitor.refused("delete", person=BEN, channel=TEXTS, ts=reply)

    await visitor.do("delete", person=IRIS, channel=TEXTS, ts=reply)
    assert [each.text for each in workspace.thread(TEXTS, root)] == ["hello"]


async def test_a_file_of_any_kind_goes_into_slack_and_comes_back_unopened(visitor: Visitor) -> None:
    file = {"name": "x.html", "type": "text/html", "content": base64.b64encode(b"<script>").decode()}
    root = await say(visitor.town)

    await visitor.do("say", person=BEN, channel=TEXTS, thread=root, files=[file])

    id_ = visitor.town.workspace.thread(TEXTS, root)[1].files[0]
    status, headers, body = await visitor.get(f"shared/{id_}")
    assert (status, body) == (200, b"<script>")
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"] == "attachment"
    assert "sandbox" in headers["Content-Security-Policy"]


async def test_reacting_twice_takes_the_reaction_away(visitor: Visitor) -> None:
    ts = await say(visitor.town)
    message = visitor.town.workspace.message(TEXTS, ts)
    wish = {"person": IRIS, "channel": TEXTS, "ts": ts, "name": "eyes"}

    await visitor.do("react", **wish)
    assert message.reactions == {"eyes": [IRIS]}

    await visitor.do("react", **wish)
    assert message.reactions == {}


async def test_a_button_is_pressed_in_a_colleagues_name(visitor: Visitor) -> None:
    workspace = visitor.town.workspace
    button = {"type": "button", "action_id": "ok", "text": {"type": "plain_text", "text": "OK"}}
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {workspace.bot_token}"}) as app:
        blocks = [{"type": "actions", "elements": [button]}]
        async with app.post(
            f"{workspace.api_url}chat.postMessage", json={"channel": TEXTS, "text": "?", "blocks": blocks}
        ) as answer:
            ts = (await answer.json())["ts"]

    await visitor.do("press", person=IRIS, channel=TEXTS, ts=ts, button="ok")

    pressed = workspace.deliveries[-1].payload
    assert (pressed["type"], pressed["user"]["id"], pressed["actions"][0]["action_id"]) == ("block_actions", IRIS, "ok")
    assert "no button" in await visitor.refused("press", person=IRIS, channel=TEXTS, ts=ts, button="none")


async def test_a_mail_is_shown_without_scripts_and_its_links_open_the_thread_here(visitor: Visitor) -> None:
    await send_mail(visitor.town, f'<html><head></head><a href="{CAST.slack_url}archives/C0TEXTS/p1">open</a></html>')
    (mail,) = visitor.town.mailbox.inbox("ben@example.com")

    status, headers, body = await visitor.get(f"mail/{mail.number}")

    assert status == 200
    assert 'href="/#archives/C0TEXTS/p1"' in body.decode()
    assert body.startswith(b'<html><head><base target="_top">')
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert (await visitor.get("mail/99"))[0] == 404


async def test_answering_a_mail_only_brings_a_bounce(visitor: Visitor) -> None:
    await send_mail(visitor.town)
    (mail,) = visitor.town.mailbox.inbox("ben@example.com")

    await visitor.do("answer-mail", number=mail.number, text="thank you")

    assert visitor.town.mailbox.inbox("ben@example.com")[-1].subject == "Undelivered mail returned to sender"
    assert "not here" in await visitor.refused("answer-mail", number=99, text="hi")


@pytest.mark.parametrize("minutes", [0, -5, 1441, True, "10", None])
async def test_the_clock_goes_forward_only_and_not_too_far(visitor: Visitor, minutes: object) -> None:
    before = visitor.town.clock.now()

    assert await visitor.refused("forward", minutes=minutes)

    assert visitor.town.clock.now() == before


# Switches


async def test_every_switch_turns_on_and_off_again(visitor: Visitor) -> None:
    async with visitor.events() as stream:
        names = [each["name"] for each in (await stream.next())["switches"]]
    for name in names:
        for on in (True, False):
            await visitor.do("switch", name=name, on=on)
            async with visitor.events() as stream:
                shown = {each["name"]: each["on"] for each in (await stream.next())["switches"]}
            assert shown == dict.fromkeys(names, False) | {name: on}
    assert "no such switch" in await visitor.refused("switch", name="doom", on=True)


async def test_the_switches_reach_their_worlds_and_calm_takes_all_back(visitor: Visitor) -> None:
    town = visitor.town
    for name in ("slack-down", "duplicates", "silent", "late-receipts", "mail-down", "carrier-down"):
        await visitor.do("switch", name=name, on=True)
    assert (town.workspace.is_up, town.workspace.event_faults.duplicate) == (False, True)
    assert town.carrier.mischief.duplicates == 2
    assert town.carrier.faults.draw("messages.create") is Fault.SILENT
    assert str(town.carrier.delivery.receipts) == "late"

    await visitor.do("calm")

    assert (town.workspace.is_up, town.workspace.event_faults.duplicate) == (True, False)
    assert town.carrier.mischief.duplicates == 0
    assert town.carrier.faults.draw("messages.create") is None
    assert str(town.carrier.delivery.receipts) == "prompt"
    await send_mail(town)


async def test_late_receipts_and_none_at_all_exclude_each_other(town: Town) -> None:
    worlds = Worlds(
        clock=town.clock, carrier=town.carrier, workspace=town.workspace, mailbox=town.mailbox, cast=town.cast
    )
    switches = Switches(worlds)

    await switches.turn("late-receipts", True)
    await switches.turn("no-receipts", True)

    assert [each["name"] for each in switches.show() if each["on"]] == ["no-receipts"]
    assert town.carrier.delivery.receipts is Receipts.NEVER


# The story


def test_the_story_names_only_people_and_numbers_of_the_town() -> None:
    callers, lines = {each.number for each in CAST.callers}, {each.number for each in CAST.lines}
    people = {each.slack for each in CAST.people}
    for act in (act for step in STORY for act in step.acts):
        assert act.get("caller", ADA) in callers
        assert act.get("line", MAIN) in lines
        assert act.get("person", BEN) in people
        assert act["do"] in DEEDS | {"reply"}
    assert all(step.until is None or step.until.get("caller", ADA) in callers for step in STORY)


def test_everybody_assigned_to_a_line_works_here() -> None:
    assert {name for line in CAST.lines for name in line.assigned} <= {person.name for person in CAST.people}

"""Slack by webhook instead of socket; odd senders and groups; what the operator can ask."""

from datetime import UTC, datetime
from pathlib import Path

import httpx

from adapters.control import ControlClient
from adapters.sandbox.workspace.courier import Fate
from tests.stories.language import ADA, BOB, CY, DID, PUBLIC, House, opened_house


async def test_everything_works_over_http_as_well(tmp_path: Path) -> None:
    async with opened_house(tmp_path, slack={"mode": "http"}) as house:
        ada, ben = house.phone(ADA), house.agent()
        assert house.base_url
        await house.slack.use_http(f"{house.base_url}/slack/events")
        await ada.texts("Hello")
        thread = await house.thread(ADA)

        reply = await ben.replies(thread, "Hello back")
        await ada.gets("Hello back")
        await ben.sees_mark(thread, reply, "white_check_mark")
        await ada.texts("One more")
        await thread.shows("One more")
        await thread.says("Waiting since")
        await ben.presses(thread, thread.root, "Acknowledge")

        await thread.says("Acknowledged by", "U0BEN")
        await house.slack.settled()
        assert {delivery.fate for delivery in house.slack.deliveries} == {Fate.ACKED}


async def test_a_forged_event_is_refused(tmp_path: Path) -> None:
    async with opened_house(tmp_path, slack={"mode": "http"}) as house, httpx.AsyncClient() as stranger:
        now = str(int(datetime.now(UTC).timestamp()))
        forged = {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": "v0=" + "0" * 64}

        answer = await stranger.post(
            f"{house.base_url}/slack/events", content=b'{"type":"event_callback"}', headers=forged
        )

        assert answer.status_code == 403


async def test_a_sender_that_is_no_number_is_shown_and_cannot_be_answered(house: House) -> None:
    await house.carrier.text("ACMEBANK", DID, "Your code is 123456")
    await house.slack.wait_for(lambda: house.roots())
    root = house.roots()[0]
    thread = house.thread_at(root)
    await thread.says("ACMEBANK", "123456")

    reply = await house.agent().replies(thread, "Who are you?")

    await thread.shows("not sent", "cannot be answered")
    await house.agent().sees_mark(thread, reply, "x")


async def test_a_group_text_is_one_thread_and_says_who_gets_the_reply(house: House) -> None:
    await house.phone(ADA).texts("Dinner at eight?", others=(BOB, CY))
    thread = await house.thread(ADA)
    await thread.says("Ada Moss", "(212) 555-0143", "(212) 555-0144")
    await house.phone(BOB).texts("Fine with me", others=(ADA, CY))
    await thread.shows("Fine with me", "(212) 555-0143")

    await house.agent().replies(thread, "See you all")

    await thread.shows("whoever wrote last", "(212) 555-0143")
    await house.phone(BOB).gets("See you all")
    assert len(house.roots()) == 1
    assert house.phone(ADA).got == []


async def test_the_operator_sees_the_state_over_the_control_socket_and_by_http(house: House) -> None:
    await house.phone(ADA).texts("Hello")
    await house.thread(ADA)

    view = await ControlClient(house.settings().control_socket).status()
    async with httpx.AsyncClient() as probe:
        health = await probe.get(f"{house.base_url}/healthz")

    assert view.counts["unacknowledged"] == 1
    assert view.listeners["slack"].startswith("up")
    assert health.status_code == 200
    assert health.json()["counts"]["unacknowledged"] == 1
    assert "Hello" not in health.text


async def test_after_retention_what_was_said_is_gone_and_the_thread_is_still_known(
    house: House,
) -> None:
    ada = house.phone(ADA)
    await ada.texts("Forget this in a month: xyzzy")
    thread = await house.thread(ADA)
    await house.agent().reacts(thread)
    await thread.says("Acknowledged by")

    await house.forward(days=30, hours=2, step_minutes=60)
    await house.close()
    kept = b"".join(file.read_bytes() for file in house.path.glob("bridge.db*") if file.is_file())
    await house.open()
    assert b"xyzzy" not in kept

    await house.agent().replies(thread, "We remember the thread")
    await ada.gets("We remember the thread")


async def test_the_public_address_is_what_is_signed(house: House) -> None:
    await house.phone(ADA).texts("Hello")

    (attempt,) = house.carrier.attempts

    assert attempt.url == f"{PUBLIC}/carriers/main/message"
    assert attempt.status == 200

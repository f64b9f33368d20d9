"""Socket Mode when connections fail: one of two always stays, what is stuck is replaced, and gaps are told."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web

from adapters.sandbox.clock import MovableClock
from adapters.sandbox.workspace.courier import Fate
from adapters.slack import SlackChat
from bridge.domain.command import Note
from tests.unit.adapters.slack.rig import (
    SAFETY_SECONDS,
    EmptyDesk,
    Rig,
    WritingIntake,
    forwarded_until,
    heard_by,
    odd_slack,
    opened,
    settings_of,
    until,
)


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with opened() as opened_rig, heard_by(opened_rig):
        yield opened_rig


async def both_are_up(rig: Rig) -> None:
    await rig.workspace.wait_for(lambda: rig.workspace.sockets.connected == 2)
    await until(lambda: rig.chat.state == "up (2 sockets)")


async def test_two_sockets_are_up_and_say_so_and_nothing_is_missed_yet(rig: Rig) -> None:
    assert rig.chat.state == "up (2 sockets)"
    assert not rig.chat.gaps.is_set()
    assert rig.calls("apps.connections.open") == 2  # the ticket of the first look is used, not wasted


async def test_one_refreshed_socket_interrupts_nothing(rig: Rig) -> None:
    root = await rig.say(Note(phrase=("x",)))
    tickets = rig.workspace.sockets.tickets_issued

    await rig.workspace.disconnect("refresh_requested", sockets=1)
    await rig.replies(root.ref)
    await rig.intake.told()
    await rig.workspace.wait_for(lambda: rig.workspace.sockets.tickets_issued > tickets)
    await both_are_up(rig)

    assert not rig.chat.gaps.is_set()


async def test_events_are_heard_on_whichever_socket_they_come(rig: Rig) -> None:
    root = await rig.say(Note(phrase=("x",)))

    for number in range(20):
        await rig.replies(root.ref, f"reply {number}")
    await rig.workspace.settled()

    assert len(rig.intake.taken) == 20
    assert {delivery.fate for delivery in rig.workspace.deliveries} == {Fate.ACKED}


async def test_when_slack_was_away_a_gap_is_told_as_soon_as_it_is_back(rig: Rig) -> None:
    await rig.workspace.down()
    await until(lambda: rig.chat.state.startswith("down"))
    set_while_down = rig.chat.gaps.is_set()

    await rig.workspace.up()
    async with asyncio.timeout(SAFETY_SECONDS):
        await rig.chat.gaps.wait()
    await both_are_up(rig)

    assert not set_while_down


async def test_after_a_gap_events_are_heard_again(rig: Rig) -> None:
    root = await rig.say(Note(phrase=("x",)))
    await rig.workspace.down()
    await until(lambda: rig.chat.state.startswith("down"))
    await rig.workspace.up()
    await both_are_up(rig)

    await rig.replies(root.ref)

    assert len(await rig.intake.told()) == 1


async def test_socket_mode_that_is_switched_off_is_said_in_words_and_not_hammered(rig: Rig) -> None:
    opened_before = rig.calls("apps.connections.open")

    await rig.workspace.disconnect("link_disabled")
    await until(lambda: "Socket Mode is switched off" in rig.chat.state)
    await rig.workspace.wait_for(lambda: rig.workspace.sockets.connected == 0)

    assert rig.calls("apps.connections.open") <= opened_before + 2
    rig.clock.forward(timedelta(seconds=6))
    rig.clock.forward(timedelta(seconds=61))


async def test_a_wrong_app_token_is_said_in_words() -> None:
    async with opened() as rig:
        rig.workspace.switches.refusals["apps.connections.open"] = "invalid_auth"
        task = asyncio.create_task(rig.chat.listen(rig.intake, EmptyDesk()))

        await until(lambda: "invalid_auth" in rig.chat.state)
        said = rig.chat.state
        rig.workspace.switches.refusals.clear()
        await forwarded_until(rig.clock, lambda: rig.chat.state == "up (2 sockets)")

        assert "app-level token" in said
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_wrong_bot_token_is_said_in_words() -> None:
    async with opened() as rig:
        rig.workspace.switches.token_error = "token_revoked"
        task = asyncio.create_task(rig.chat.listen(rig.intake, EmptyDesk()))

        await until(lambda: "token_revoked" in rig.chat.state)

        assert "bot token" in rig.chat.state
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_slack_that_comes_late_is_waited_for_and_the_wait_is_a_gap() -> None:
    async with opened() as rig:
        await rig.workspace.down()
        task = asyncio.create_task(rig.chat.listen(rig.intake, EmptyDesk()))
        await until(lambda: rig.chat.state.startswith("down"))

        await rig.workspace.up()
        rig.workspace.switches.refusals["apps.connections.open"] = "internal_error"
        await forwarded_until(rig.clock, lambda: rig.calls("apps.connections.open"))
        rig.workspace.switches.refusals.clear()
        await forwarded_until(rig.clock, lambda: rig.chat.state == "up (2 sockets)")

        assert rig.chat.gaps.is_set()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class StubbornSlack:
    """A Slack that hands out tickets whose sockets it refuses, as long as `refusing`."""

    def __init__(self) -> None:
        self.refusing = True
        self.tickets = 0
        self.tried: list[str] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path.endswith("auth.test"):
            return web.json_response(
                {"ok": True, "user_id": "U1", "bot_id": "B1", "team_id": "T1", "url": "https://x/"}
            )
        if request.path.endswith("apps.connections.open"):
            self.tickets += 1
            url = f"ws://{request.host}/link/?ticket={self.tickets}"
            return web.json_response({"ok": True, "url": url})
        self.tried.append(request.query["ticket"])
        if self.refusing:
            return web.Response(status=408)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        async for _ in socket:
            pass
        return socket


async def test_a_ticket_that_does_not_open_a_socket_is_replaced() -> None:
    slack = StubbornSlack()
    async with opened() as rig, odd_slack(slack.answer) as url:
        clock = MovableClock()
        settings = settings_of(rig.workspace).model_copy(update={"api_url": url})
        chat = SlackChat(settings, clock=clock, ping_seconds=0.01)
        task = asyncio.create_task(chat.listen(WritingIntake(), EmptyDesk()))

        await until(lambda: len(slack.tried) >= 6)
        stuck_on = set(slack.tried)
        slack.refusing = False
        slack.tried.clear()
        slack.refusing = True
        await forwarded_until(clock, lambda: set(slack.tried) - stuck_on)
        slack.refusing = False
        await until(lambda: chat.state == "up (2 sockets)")

        assert stuck_on == {"1", "2"}  # the SDK alone would have tried these for ever
        assert slack.tickets > 2
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await chat.aclose()


async def test_a_handler_that_stays_down_is_built_anew() -> None:
    slack = StubbornSlack()
    async with opened() as rig, odd_slack(slack.answer) as url:
        clock = MovableClock()
        settings = settings_of(rig.workspace).model_copy(update={"api_url": url})
        chat = SlackChat(settings, clock=clock, ping_seconds=3600)  # the SDK sleeps through all of it
        task = asyncio.create_task(chat.listen(WritingIntake(), EmptyDesk()))

        await until(lambda: len(slack.tried) == 2)
        slack.refusing = False
        await forwarded_until(clock, lambda: chat.state == "up (2 sockets)")

        assert slack.tickets == 4
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await chat.aclose()


async def test_stopping_closes_both_sockets_and_says_so() -> None:
    async with opened() as rig:
        async with heard_by(rig):
            pass

        await rig.workspace.wait_for(lambda: rig.workspace.sockets.connected == 0)
        assert rig.chat.state == "stopped"

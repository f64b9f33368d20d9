"""What goes wrong in the simulated workspace looks on the wire as it does in life, and can be taken back."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from adapters.sandbox.faults import Fault
from adapters.sandbox.workspace.courier import Fate
from tests.unit.adapters.sandbox.workspace_rig import Rig, started


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with started() as rig:
        yield rig


async def _post(rig: Rig, seconds: float | None = None) -> tuple[int, str]:
    """Post one message with the bare client; return status and content type."""
    async with rig.session.post(
        rig.workspace.api_url + "chat.postMessage",
        json={"channel": rig.channel.id, "text": "x"},
        headers={"Authorization": f"Bearer {rig.workspace.bot_token}"},
        timeout=aiohttp.ClientTimeout(total=seconds),
    ) as response:
        await response.read()
        rig.headers = dict(response.headers)
        return response.status, response.content_type


def _stored(rig: Rig) -> int:
    return len(rig.workspace.roots(rig.channel.id))


async def test_without_a_fault_a_post_is_stored_and_answered(rig: Rig) -> None:
    assert await _post(rig) == (200, "application/json")
    assert (_stored(rig), rig.workspace.heard[0].outcome) == (1, "ok")


@pytest.mark.parametrize(("fault", "stored"), [(Fault.REFUSE, 0), (Fault.CUT, 1)])
async def test_a_broken_connection_tells_nothing_about_what_was_stored(rig: Rig, fault: Fault, stored: int) -> None:
    rig.workspace.faults.next("chat.postMessage", fault)

    with pytest.raises(aiohttp.ClientError):
        await _post(rig)

    assert _stored(rig) == stored


@pytest.mark.parametrize(
    ("fault", "answer", "stored"),
    [
        (Fault.ERROR, (503, "text/plain"), 0),
        (Fault.LIMIT, (429, "application/json"), 0),
        (Fault.LATE_ERROR, (502, "text/html"), 1),
        (Fault.GARBAGE, (200, "text/html"), 1),
    ],
)
async def test_a_wrong_answer_arrives(rig: Rig, fault: Fault, answer: tuple[int, str], stored: int) -> None:
    rig.workspace.faults.next("chat.postMessage", fault)

    assert await _post(rig) == answer

    assert _stored(rig) == stored
    assert ("Retry-After" in rig.headers) == (fault is Fault.LIMIT)


async def test_silence_stores_and_never_answers(rig: Rig) -> None:
    rig.workspace.faults.next("chat.postMessage", Fault.SILENT)

    asking = asyncio.create_task(_post(rig, seconds=0.2))
    await rig.workspace.wait_for(lambda: _stored(rig) == 1)
    with pytest.raises(TimeoutError):
        await asking

    assert _stored(rig) == 1


async def test_while_down_nobody_is_reached_and_up_is_the_same_address(rig: Rig) -> None:
    address = rig.workspace.api_url
    rig.workspace.faults.next("chat.postMessage", Fault.SILENT)
    asking = asyncio.create_task(_post(rig))
    await rig.workspace.wait_for(lambda: _stored(rig) == 1)

    await rig.workspace.down()
    with pytest.raises(aiohttp.ClientError):
        await asking
    with pytest.raises(aiohttp.ClientConnectorError):
        await _post(rig)
    await rig.workspace.up()

    assert rig.workspace.api_url == address
    assert await _post(rig) == (200, "application/json")


async def test_while_down_sockets_are_cut_and_events_wait_for_their_retries(rig: Rig) -> None:
    headers = {"Authorization": f"Bearer {rig.workspace.app_token}"}
    async with rig.session.post(rig.workspace.api_url + "apps.connections.open", headers=headers) as response:
        url = (await response.json())["url"]
    async with rig.session.ws_connect(url) as socket:
        await socket.receive_json()
        await rig.workspace.down()
        ended = await socket.receive()
    await rig.workspace.people.say("ada", "texts", "nobody hears")

    delivery = rig.workspace.deliveries[0]
    await rig.workspace.wait_for(lambda: len(delivery.tries) == 2)
    assert ended.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    assert (delivery.fate, rig.workspace.sockets.connected) == (Fate.PENDING, 0)

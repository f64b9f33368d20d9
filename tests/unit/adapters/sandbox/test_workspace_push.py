"""Without Socket Mode the simulated workspace pushes signed requests."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from adapters.sandbox.clock import MovableClock
from adapters.sandbox.workspace.courier import Fate
from tests.unit.adapters.sandbox.workspace_rig import Rig, button, started


class WorkspaceTime:
    """Lets the verifier tell the time of the workspace."""

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()


class Receiver:
    """A request URL that verifies with the genuine verifier and answers what it is told to."""

    def __init__(self, secret: str, clock: MovableClock) -> None:
        self.status = 200
        self.headers: dict[str, str] = {}
        self.heard: list[web.Request] = []
        self.bodies: list[str] = []
        self._verifier = SignatureVerifier(secret, WorkspaceTime(clock))  # type: ignore[arg-type] # a clock by its shape

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.text()
        if not self._verifier.is_valid_request(body, dict(request.headers)):
            return web.Response(status=401)
        if '"url_verification"' in body:
            return web.Response(text=(await request.json())["challenge"])
        self.heard.append(request)
        self.bodies.append(body)
        return web.Response(status=self.status, headers=self.headers)


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with started() as rig:
        yield rig


@pytest.fixture
async def receiver(rig: Rig) -> AsyncIterator[Receiver]:
    receiver = Receiver(rig.workspace.signing_secret, rig.clock)
    app = web.Application()
    app.router.add_post("/slack/events", receiver.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    await rig.workspace.use_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    yield receiver
    await rig.workspace.push.aclose()
    await runner.cleanup()


async def test_an_event_is_signed_as_the_genuine_verifier_expects(rig: Rig, receiver: Receiver) -> None:
    await rig.workspace.people.say("ada", "texts", "hello")
    await rig.workspace.settled()

    assert rig.workspace.deliveries[0].fate is Fate.ACKED
    assert '"text": "hello"' in receiver.bodies[0]
    assert "x-slack-retry-num" not in receiver.heard[0].headers


async def test_a_refused_event_comes_again_with_number_and_reason(rig: Rig, receiver: Receiver) -> None:
    receiver.status = 500
    await rig.workspace.people.say("ada", "texts", "hello")
    delivery = rig.workspace.deliveries[0]
    await rig.workspace.wait_for(lambda: len(delivery.tries) == 2 and delivery.tries[1].ended_at)
    receiver.status = 200
    rig.clock.forward(timedelta(minutes=1))
    await rig.workspace.settled()

    retries = [request.headers.get("x-slack-retry-num") for request in receiver.heard]
    assert retries == [None, "1", "2"]
    assert receiver.heard[1].headers["x-slack-retry-reason"] == "http_error"
    assert delivery.fate is Fate.ACKED


async def test_the_app_can_ask_for_no_retry(rig: Rig, receiver: Receiver) -> None:
    receiver.status, receiver.headers = 500, {"x-slack-no-retry": "1"}
    await rig.workspace.people.say("ada", "texts", "hello")
    await rig.workspace.settled()

    assert (len(receiver.heard), rig.workspace.deliveries[0].fate) == (1, Fate.FAILED)


async def test_a_button_comes_as_one_field_and_is_never_repeated(rig: Rig, receiver: Receiver) -> None:
    ts = await rig.post(blocks=[{"type": "actions", "elements": [button(value="7")]}])
    await rig.workspace.settled()
    receiver.status = 500
    await rig.workspace.interactions.press("ada", "texts", ts, "go")
    await rig.workspace.settled()

    assert list(parse_qs(receiver.bodies[-1])) == ["payload"]
    assert len(rig.workspace.deliveries[-1].tries) == 1
    assert rig.workspace.state.ephemerals[0].user == rig.ada.id


async def test_a_command_comes_as_fields(rig: Rig, receiver: Receiver) -> None:
    await rig.workspace.interactions.slash("ada", "/sms", "+14155550100 hi", "texts")
    await rig.workspace.settled()

    fields = parse_qs(receiver.bodies[-1])
    assert (fields["command"], fields["text"]) == (["/sms"], ["+14155550100 hi"])


async def test_a_url_that_does_not_know_the_challenge_is_not_taken(rig: Rig, receiver: Receiver) -> None:
    with pytest.raises(ValueError, match="challenge"):
        await rig.workspace.use_http(rig.workspace.api_url + "auth.test")

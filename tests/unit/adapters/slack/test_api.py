"""How calls end when Slack, or something in front of it, answers what it should not: one try, and a clear class."""

import logging
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import ServerDisconnectedError, web
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from adapters.sandbox.faults import Fault
from adapters.slack import SlackSettings
from adapters.slack.api import VENDOR_LOG, SlackApi
from bridge.errors import Blocked, PortError, Transient, Uncertain
from tests.unit.adapters.slack.rig import odd_slack, opened, settings_of

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


def settings(api_url: str, kind: str = "xoxb") -> SlackSettings:
    return SlackSettings(bot_token=SecretStr(f"{kind}-1"), app_token=SecretStr("xapp-1"), api_url=api_url)


async def outcome_of(answer: Answering, *, timeout_seconds: float = 5) -> tuple[PortError, int]:
    """Post once against a Slack that answers like this; give the failure, and how often Slack heard it."""
    heard = 0

    async def counted(request: web.Request) -> web.StreamResponse:
        nonlocal heard
        heard += 1
        return await answer(request)

    async with odd_slack(counted) as url:
        api = SlackApi(settings(url), timeout_seconds=timeout_seconds)
        try:
            with pytest.raises(PortError) as failure:
                await api.post("chat.postMessage", {"text": "x"})
        finally:
            await api.aclose()
    return failure.value, heard


def saying(status: int, body: str, kind: str = "application/json", **headers: str) -> Answering:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=body, content_type=kind, headers=headers)

    return answer


async def cutting(request: web.Request) -> web.StreamResponse:
    assert request.transport
    request.transport.abort()
    return web.Response()


async def silent(request: web.Request) -> web.StreamResponse:
    await request.app.loop.create_future()  # until the caller gives up
    return web.Response()


async def test_a_cut_after_the_request_is_uncertain_and_posted_once() -> None:
    failure, heard = await outcome_of(cutting)

    assert isinstance(failure, Uncertain)
    assert heard == 1


async def test_the_sdk_as_it_comes_would_have_posted_twice() -> None:
    """The control of the test above."""
    heard = []

    async def counted(request: web.Request) -> web.StreamResponse:
        heard.append(request.path)
        return await cutting(request)

    async with odd_slack(counted) as url:
        with pytest.raises(ServerDisconnectedError):
            await AsyncWebClient(token="xoxb-1", base_url=url).chat_postMessage(channel="C1", text="x")

    assert len(heard) == 2


async def test_a_server_that_is_too_slow_leaves_it_uncertain_within_our_own_time_out() -> None:
    failure, heard = await outcome_of(silent, timeout_seconds=0.3)

    assert isinstance(failure, Uncertain)
    assert heard == 1


@pytest.mark.parametrize(
    "answer",
    [
        saying(502, "<html>bad gateway</html>", "text/html"),
        saying(200, "<html>maintenance</html>", "text/html"),
        saying(200, '{"ok": tru'),
        saying(200, "[1, 2]"),
        saying(200, "7"),
        saying(200, "null"),
        saying(200, "OK", "text/plain"),
        saying(200, ""),
        saying(503, '{"ok": false, "error": "service_unavailable"}'),
        saying(404, "not found", "text/plain"),
        saying(200, '{"ok": false, "error": "internal_error"}'),
        saying(200, '{"ok": false}'),
        saying(200, '{"error": "is_archived"}'),
    ],
    ids=[
        "502",
        "html",
        "broken",
        "list",
        "number",
        "null",
        "plain",
        "empty",
        "503",
        "404",
        "internal",
        "bare",
        "not ok",
    ],
)
async def test_an_answer_that_is_none_leaves_it_uncertain_and_is_asked_once(answer: Answering) -> None:
    failure, heard = await outcome_of(answer)

    assert isinstance(failure, Uncertain)
    assert heard == 1


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "text/html"])
async def test_too_many_requests_say_when_to_come_again_whatever_the_body(kind: str) -> None:
    failure, heard = await outcome_of(saying(429, '{"ok":false,"error":"ratelimited"}', kind, **{"Retry-After": "3"}))

    assert isinstance(failure, Transient)
    assert failure.retry_after
    assert failure.retry_after.total_seconds() == 3
    assert heard == 1


async def test_where_nothing_listens_nothing_was_said() -> None:
    async with odd_slack(silent) as url:
        pass
    api = SlackApi(settings(url), timeout_seconds=5)

    with pytest.raises(Transient):
        await api.post("chat.postMessage", {})

    await api.aclose()


async def test_calls_share_one_connection() -> None:
    peers = set()

    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.transport
        peers.add(request.transport.get_extra_info("peername"))
        return web.json_response({"ok": True})

    async with odd_slack(answer) as url:
        api = SlackApi(settings(url), timeout_seconds=5)
        for _ in range(20):
            await api.post("chat.postMessage", {})
        await api.aclose()

    assert len(peers) == 1


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://proxy.test:1")

    async with opened() as rig:
        await rig.say("straight to Slack")

        assert rig.calls("chat.postMessage") == 1


async def test_who_we_are_is_asked_once_and_again_after_a_failure() -> None:
    async with opened() as rig:
        rig.workspace.faults.next("auth.test", Fault.GARBAGE)
        api = rig.chat._api

        with pytest.raises(Transient):
            await api.me()
        known = [await api.me() for _ in range(3)]

        assert {one.user_id for one in known} == {rig.workspace.bot_user_id}
        assert rig.calls("auth.test") == 2


async def test_a_persons_token_is_refused_with_a_remedy() -> None:
    async def person(request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True, "user_id": "U1", "team_id": "T1", "url": "https://x.slack.test/"})

    async with odd_slack(person) as url:
        persons = SlackApi(settings(url, "xoxp"), timeout_seconds=5)
        with pytest.raises(Blocked) as blocked:
            await persons.me()
        await persons.aclose()
        bots = SlackApi(settings(url), timeout_seconds=5)  # of a server that does not tell a bot's second id
        me = await bots.me()
        await bots.aclose()

    assert "xoxb-" in blocked.value.remedy
    assert me.is_me({"user": "U1"})
    assert not me.is_me({"user": "U2"})


async def test_a_list_that_never_ends_is_not_read_for_ever() -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True, "messages": [], "response_metadata": {"next_cursor": "again"}})

    async with odd_slack(endless) as url:
        api = SlackApi(settings(url), timeout_seconds=5)
        with pytest.raises(Uncertain):
            _ = [one async for one in api.pages("conversations.history", "messages", {})]
        await api.aclose()


async def test_long_lists_are_read_to_their_end() -> None:
    async with opened() as rig:
        for number in range(450):
            rig.workspace.add_channel(f"room{number}")
        api = SlackApi(settings_of(rig.workspace), timeout_seconds=5)

        assert await api.channel("#room449")  # type: ignore[arg-type] # a ChannelRef is a string
        await api.aclose()


def test_no_secret_and_no_payload_gets_from_slacks_libraries_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "adapters.slack.vendor.test"):
        VENDOR_LOG.setLevel(logging.WARNING)
        VENDOR_LOG.debug("a whole frame")
        VENDOR_LOG.error("xoxb-12-abc xapp-1-A2-3 wss://x.test/link?ticket=secret&app=1", exc_info=ValueError("body"))

    assert "a whole frame" not in caplog.text
    assert "secret" not in caplog.text
    assert "12-abc" not in caplog.text
    assert "ValueError" not in caplog.text
    assert "app=1" in caplog.text

"""Views of the simulated workspace: what is refused of them, one row per rule, and how apps without sockets answer."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web

from adapters.sandbox.workspace.nouns import Json
from tests.unit.adapters.sandbox.test_workspace_forms import ask, form, opened, option, plain
from tests.unit.adapters.sandbox.workspace_rig import Rig, modal, section, started

Deed = Callable[[Rig], Awaitable[Json]]


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with started() as rig:
        yield rig


async def _trigger(rig: Rig) -> str:
    return str((await rig.workspace.interactions.shortcut("ada", "new_sms")).payload["trigger_id"])


async def _open(rig: Rig, **more: Any) -> Json:
    return await rig.call("views.open", trigger_id=await _trigger(rig), view=modal(**more))


async def _publish(rig: Rig, view: Json) -> Json:
    return await rig.call("views.publish", user_id=rig.ada.id, view=view)


async def _push_on_nothing(rig: Rig) -> Json:
    return await rig.call("views.push", trigger_id=await _trigger(rig), view=modal())


async def _push_too_late(rig: Rig) -> Json:
    await opened(rig, form())
    trigger = await _trigger(rig)
    rig.clock.forward(timedelta(seconds=4))
    return await rig.call("views.push", trigger_id=trigger, view=modal())


async def _push_twice(rig: Rig) -> Json:
    await opened(rig, form())
    trigger = await _trigger(rig)
    await rig.call("views.push", trigger_id=trigger, view=modal())
    return await rig.call("views.push", trigger_id=trigger, view=modal())


async def _update_with_an_old_hash(rig: Rig) -> Json:
    view = await opened(rig, form())
    old = view.hash
    await rig.call("views.update", view_id=view.id, view=modal(), hash=old)
    return await rig.call("views.update", view_id=view.id, view=modal(), hash=old)


async def _update_what_was_closed(rig: Rig) -> Json:
    view = await opened(rig, form())
    await rig.workspace.interactions.close_view("ada", view.id)
    return await rig.call("views.update", view_id=view.id, view=modal())


async def _update_by_an_unknown_name(rig: Rig) -> Json:
    return await rig.call("views.update", external_id="nobody", view=modal())


HOME = {"type": "home", "blocks": [section("x")]}
DEEDS: list[tuple[str, Deed, str]] = [
    ("one pushes onto an open modal", _push_on_nothing, "not_found"),
    ("a trigger pushes within three seconds", _push_too_late, "expired_trigger_id"),
    ("a trigger pushes once", _push_twice, "exchanged_trigger_id"),
    ("a hash guards a modal", _update_with_an_old_hash, "hash_conflict"),
    ("only an open modal is updated", _update_what_was_closed, "not_found"),
    ("an external_id belongs to a view", _update_by_an_unknown_name, "not_found"),
    ("a modal has a title", lambda rig: _open(rig, title=None), "invalid_arguments"),
    ("a title is plain", lambda rig: _open(rig, title={"type": "mrkdwn", "text": "x"}), "invalid_arguments"),
    ("a submit label ends at 24", lambda rig: _open(rig, submit=plain("x" * 25)), "invalid_arguments"),
    ("a close label ends at 24", lambda rig: _open(rig, close=plain("x" * 25)), "invalid_arguments"),
    ("a callback_id ends at 255", lambda rig: _open(rig, callback_id="x" * 256), "invalid_arguments"),
    ("an external_id ends at 255", lambda rig: _open(rig, external_id="x" * 256), "invalid_arguments"),
    ("a modal has blocks", lambda rig: _open(rig, blocks=None), "invalid_arguments"),
    ("a modal's keys are known", lambda rig: _open(rig, footer=plain("x")), "invalid_arguments"),
    ("block_ids differ", lambda rig: _open(rig, blocks=[section("x") | {"block_id": "b"}] * 2), "invalid_arguments"),
    ("a Home tab is opened by its person only", lambda rig: _open(rig, type="home"), "invalid_arguments"),
    ("a Home tab is no modal", lambda rig: _publish(rig, modal()), "invalid_arguments"),
    ("a Home tab has no submit", lambda rig: _publish(rig, HOME | {"submit": plain("x")}), "invalid_arguments"),
    ("a view is an object", lambda rig: rig.call("views.publish", user_id=rig.ada.id, view="[]"), "invalid_arguments"),
]


@pytest.mark.parametrize(("deed", "error"), [row[1:] for row in DEEDS], ids=[row[0] for row in DEEDS])
async def test_a_deed_with_views_is_refused(rig: Rig, deed: Deed, error: str) -> None:
    answer = await deed(rig)

    assert (answer["ok"], answer.get("error")) == (False, error)


@asynccontextmanager
async def answering(rig: Rig, answers: dict[str, Json]) -> AsyncIterator[list[Json]]:
    """Be an app behind a request URL that answers interactions by their type."""
    heard: list[Json] = []

    async def answer(request: web.Request) -> web.Response:
        body = await request.text()
        if body.startswith("{"):
            return web.Response(text=json.loads(body)["challenge"])
        payload = json.loads(parse_qs(body)["payload"][0])
        heard.append(payload)
        return web.json_response(answers.get(payload["type"], {}))

    app = web.Application()
    app.router.add_post("/slack", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await rig.workspace.use_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack")
    try:
        yield heard
    finally:
        await rig.workspace.push.aclose()
        await runner.cleanup()


async def test_over_http_options_and_errors_come_back_in_the_answers_body(rig: Rig) -> None:
    answers: dict[str, Json] = {
        "block_suggestion": {"options": [option("ada")]},
        "view_submission": {"response_action": "errors", "errors": {"b": "Not today"}},
    }
    async with answering(rig, answers) as heard:
        view = await opened(rig, form(ask("external_select")))
        groups = await rig.workspace.interactions.suggest("ada", "a", "ada", view_id=view.id)
        await rig.workspace.interactions.submit_form("ada", view.id, {"b": {"a": "ada"}})
        await rig.workspace.settled()

    assert [payload["type"] for payload in heard] == ["shortcut", "block_suggestion", "view_submission"]
    assert groups[0]["options"] == [option("ada")]
    assert rig.workspace.interactions.errors == {view.id: {"b": "Not today"}}

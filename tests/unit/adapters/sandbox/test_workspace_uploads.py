"""Files travel into the simulated workspace in three steps, and out of it only for the bearer of the token."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.sandbox.workspace.nouns import Json
from tests.unit.adapters.sandbox.workspace_rig import Rig, started

PNG = b"\x89PNG\r\n\x1a\n picture"


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with started() as rig:
        yield rig


async def test_an_upload_by_the_genuine_client_appears_in_the_thread(rig: Rig) -> None:
    client = AsyncWebClient(rig.workspace.bot_token, base_url=rig.workspace.api_url, session=rig.session)
    root = await rig.post("root")

    asked = await client.files_getUploadURLExternal(filename="cat.png", length=len(PNG))
    async with rig.session.post(asked["upload_url"], data=PNG) as response:
        assert response.status == 200
    done = await client.files_completeUploadExternal(
        files=[{"id": asked["file_id"], "title": "A cat"}], channel_id=rig.channel.id, thread_ts=root
    )
    message = (await rig.workspace.wait_for(lambda: rig.workspace.thread(rig.channel.id, root)[1:]))[0]
    shown = await client.files_info(file=asked["file_id"])

    assert done["files"] == [{"id": asked["file_id"], "title": "A cat"}]
    assert shown["file"]["shares"]["public"][rig.channel.id][0]["ts"] == message.ts
    event = rig.workspace.deliveries[-1].event
    assert (event["subtype"], event["thread_ts"], event["files"][0]["id"]) == ("file_share", root, asked["file_id"])


async def test_the_bytes_may_come_as_a_form(rig: Rig) -> None:
    asked = await rig.call("files.getUploadURLExternal", filename="cat.png", length=len(PNG))
    form = aiohttp.FormData()
    form.add_field("file", PNG, filename="cat.png")

    async with rig.session.post(asked["upload_url"], data=form) as response:
        assert response.status == 200

    assert rig.workspace.state.files[asked["file_id"]].content == PNG


async def _reply_with_a_picture(rig: Rig) -> Json:
    await rig.workspace.people.say("ada", "texts", "", files=[("cat.png", "image/png", PNG)])
    shown: Json = rig.workspace.deliveries[-1].event["files"][0]
    return shown


async def test_a_persons_picture_is_downloaded_with_the_token(rig: Rig) -> None:
    file = await _reply_with_a_picture(rig)

    headers = {"Authorization": f"Bearer {rig.workspace.bot_token}"}
    async with rig.session.get(file["url_private_download"], headers=headers) as response:
        content = await response.read()

    assert (content, response.content_type, file["size"]) == (PNG, "image/png", len(PNG))


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer xoxb-wrong"}], ids=["no token", "a wrong token"])
async def test_without_the_token_a_download_is_a_page_to_sign_in(rig: Rig, headers: dict[str, str]) -> None:
    file = await _reply_with_a_picture(rig)

    async with rig.session.get(file["url_private"], headers=headers) as response:
        content = await response.read()

    assert (response.status, response.content_type) == (200, "text/html")
    assert PNG not in content


async def test_a_shared_channel_sends_one_to_ask_for_the_file(rig: Rig) -> None:
    await rig.workspace.people.share_channel("texts")
    file = await _reply_with_a_picture(rig)
    whole = await rig.call("files.info", file=file["id"])

    assert (file["mode"], file["file_access"]) == ("file_access", "check_file_info")
    assert whole["file"]["mimetype"] == "image/png"

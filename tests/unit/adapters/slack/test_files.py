"""Files out, in three steps of which only the last is seen; files in, from Slack's own hosts and no others."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from adapters.sandbox.faults import UNCLEAR, Fault
from adapters.slack import SlackChat
from adapters.slack.files import tagged
from bridge.domain.command import DeletePost, FetchMedia, UploadFile
from bridge.domain.event import ThreadReply
from bridge.domain.ids import ChannelRef, EntryToken, MediaRef, ThreadRef
from bridge.domain.message import Media
from bridge.errors import Permanent, Reason, Transient, Uncertain
from bridge.ports import StillDue
from tests.unit.adapters.slack.rig import KEY, Rig, forwarded_until, heard_by, note, odd_slack, opened, settings_of

JPEG = b"\xff\xd8\xff" + b"picture" * 100


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with opened(timeout_seconds=1) as opened_rig:
        yield opened_rig


async def wish_of(rig: Rig, name: str = "picture-1.jpg", content: bytes = JPEG) -> UploadFile:
    root = await rig.say(note("hello"), key=EntryToken("the root"))
    media = Media(digest="d", type="image/jpeg", content=content)
    return UploadFile(channel=ChannelRef(rig.channel.id), thread=ThreadRef(root.ref), name=name, media=media)


def still(wish: UploadFile | None) -> StillDue[UploadFile]:
    async def due() -> UploadFile | None:
        return wish

    return due


def pictures(rig: Rig, wish: UploadFile) -> list[str]:
    channel, _, ts = wish.thread.partition("/")
    return [message.ts for message in rig.workspace.thread(channel, ts) if message.files]


# Out


async def test_a_picture_is_shown_in_its_thread_under_its_own_name(rig: Rig) -> None:
    wish = await wish_of(rig)

    posted = await rig.chat.upload(wish, KEY, still(wish))

    assert posted
    shown = rig.shown(posted.ref)
    file = rig.workspace.state.files[shown.files[0]]
    assert shown.thread_ts == wish.thread.partition("/")[2]
    assert (file.title, file.content) == ("picture-1.jpg", JPEG)
    assert posted.link.endswith(f"&cid={rig.channel.id}")


async def test_a_picture_that_is_no_longer_due_is_never_shown(rig: Rig) -> None:
    wish = await wish_of(rig)

    posted = await rig.chat.upload(wish, KEY, still(None))

    assert posted is None
    assert pictures(rig, wish) == []


@pytest.mark.parametrize("fault", UNCLEAR)
async def test_a_share_whose_answer_is_lost_is_found_and_not_said_again(rig: Rig, fault: Fault) -> None:
    wish = await wish_of(rig)
    began = rig.clock.now()
    rig.workspace.faults.next("files.completeUploadExternal", fault)

    with pytest.raises(Uncertain):
        await rig.chat.upload(wish, KEY, still(wish))
    found = await rig.chat.find(wish, KEY, began)

    assert found
    assert pictures(rig, wish) == [found.ref.partition("/")[2]]
    assert rig.calls("files.completeUploadExternal") == 1


async def test_once_shared_every_trouble_leaves_it_uncertain(rig: Rig) -> None:
    wish = await wish_of(rig)
    rig.workspace.faults.always("files.info", Fault.LIMIT)

    with pytest.raises(Uncertain):
        await rig.chat.upload(wish, KEY, still(wish))

    assert await rig.chat.find(wish, KEY, rig.clock.now())


@pytest.mark.parametrize("call", ["files.getUploadURLExternal", "files.upload"])
@pytest.mark.parametrize("fault", [Fault.ERROR, Fault.LATE_ERROR, Fault.CUT])
async def test_trouble_before_the_share_is_simply_tried_again(rig: Rig, call: str, fault: Fault) -> None:
    wish = await wish_of(rig)
    rig.workspace.faults.next(call, fault)

    with pytest.raises(Transient):
        await rig.chat.upload(wish, KEY, still(wish))
    await rig.chat.upload(wish, KEY, still(wish))

    assert len(pictures(rig, wish)) == 1


async def test_two_equal_pictures_are_told_apart_by_their_keys(rig: Rig) -> None:
    wish = await wish_of(rig)
    first = await rig.chat.upload(wish, EntryToken("first"), still(wish))

    absent = await rig.chat.find(wish, EntryToken("second"), rig.clock.now())
    found = await rig.chat.find(wish, EntryToken("first"), rig.clock.now())

    assert absent is None
    assert found == first


async def test_an_empty_file_is_refused_before_slack_refuses_it(rig: Rig) -> None:
    wish = await wish_of(rig, content=b"")

    with pytest.raises(Permanent):
        await rig.chat.upload(wish, KEY, still(wish))


@pytest.mark.parametrize(("name", "ending"), [("a.b.jpg", ".jpg"), ("noending", ""), (".hidden", ""), ("", "")])
def test_a_tag_leaves_the_ending_where_it_is(name: str, ending: str) -> None:
    assert tagged(name, KEY).endswith(ending)
    assert tagged(name, KEY) != tagged(name, EntryToken("another"))


# In


async def sent_by_ada(rig: Rig, *, content: bytes = JPEG, name: str = "cat.jpg", kind: str = "image/jpeg") -> MediaRef:
    wish = await wish_of(rig)
    async with heard_by(rig):
        _, _, ts = wish.thread.partition("/")
        await rig.workspace.people.say("ada", rig.channel.id, "look", ts, files=[(name, kind, content)])
        (reply,) = await rig.intake.told()
    assert isinstance(reply, ThreadReply)
    return reply.files[0].ref


async def test_a_file_of_a_reply_is_fetched_and_named_by_what_is_in_it(rig: Rig) -> None:
    ref = await sent_by_ada(rig, kind="application/pdf")

    media = await rig.chat.fetch(FetchMedia(ref=ref, limit=10_000))

    assert (media.content, media.type) == (JPEG, "image/jpeg")
    assert len(media.digest) == 64


async def test_a_page_that_somebody_attached_is_no_sign_in_page(rig: Rig) -> None:
    page = b"<!doctype html><p>menu</p>"
    ref = await sent_by_ada(rig, content=page, name="menu.html", kind="text/html")

    media = await rig.chat.fetch(FetchMedia(ref=ref, limit=10_000))

    assert media.content == page


async def test_a_file_over_the_limit_is_not_fetched(rig: Rig) -> None:
    ref = await sent_by_ada(rig)

    with pytest.raises(Permanent) as refused:
        await rig.chat.fetch(FetchMedia(ref=ref, limit=100))

    assert refused.value.reason is Reason.TOO_LARGE


async def test_a_deleted_file_is_gone(rig: Rig) -> None:
    ref = await sent_by_ada(rig)
    rig.workspace.state.files[ref].deleted = True

    with pytest.raises(Permanent) as refused:
        await rig.chat.fetch(FetchMedia(ref=ref, limit=10_000))

    assert refused.value.reason is Reason.GONE


async def test_a_file_outside_of_slack_is_not_fetched(rig: Rig) -> None:
    ref = await sent_by_ada(rig)
    rig.workspace.state.files[ref].external_url = "https://drive.example.com/x"

    with pytest.raises(Permanent) as refused:
        await rig.chat.fetch(FetchMedia(ref=ref, limit=10_000))

    assert refused.value.reason is Reason.REJECTED


class FileServer:
    """A Slack with one file, whose download is answered as told; `tokens` are those that were shown."""

    def __init__(self, *, size: int = 0, mode: str = "hosted") -> None:
        self.url = ""
        self.file = {"id": "F1", "mode": mode, "size": size, "mimetype": "image/jpeg"}
        self.answer = web.Response(body=JPEG, content_type="image/jpeg")
        self.tokens: list[str | None] = []

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if request.path.endswith("files.info"):
            url = self.url or f"http://{request.host}/file"
            return web.json_response({"ok": True, "file": self.file | {"url_private": url}})
        self.tokens.append(request.headers.get("Authorization"))
        if request.path == "/turn":
            return web.Response(status=302, headers={"Location": "/turn"})
        if request.path == "/once":
            return web.Response(status=302, headers={"Location": "/file"})
        return self.answer


async def fetched(server: FileServer, *, limit: int = 10_000, path: str = "") -> Media:
    async with opened() as rig, odd_slack(server.serve) as url:
        if path:
            server.url = url.replace("/api/", path)
        settings = settings_of(rig.workspace).model_copy(update={"api_url": url})
        chat = SlackChat(settings, clock=rig.clock)
        try:
            return await chat.fetch(FetchMedia(ref=MediaRef("F1"), limit=limit))
        finally:
            await chat.aclose()


async def test_a_redirect_within_slack_is_followed_with_the_token() -> None:
    server = FileServer()

    media = await fetched(server, path="/once")

    assert media.content == JPEG
    assert len(server.tokens) == 2
    assert all(token and token.startswith("Bearer xoxb-") for token in server.tokens)


async def test_redirects_without_end_are_not_followed() -> None:
    server = FileServer()

    with pytest.raises(Permanent):
        await fetched(server, path="/turn")

    assert len(server.tokens) == 4


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.test/file",
        "https://slack.com.evil.test/file",
        "https://evilslack.com/file",
        "http://files.slack.com/file",
        "https://files.slack.com:22/file",
        "https://user:pw@files.slack.com/file",
        "https://127.0.0.1/file",
        "http://127.0.0.1.evil.test/file",
        "ftp://files.slack.com/file",
        "file:///etc/passwd",
        "//files.slack.com/file",
        "https://[::1/file",
        "https://files.slack.com:abc/file",
        "",
    ],
)
async def test_the_token_is_shown_to_nobody_else(address: str) -> None:
    server = FileServer()
    server.url = address or "none"

    with pytest.raises(Permanent) as refused:
        await fetched(server)

    assert refused.value.reason is Reason.REJECTED
    assert server.tokens == []


async def test_a_redirect_to_a_stranger_is_not_followed() -> None:
    server = FileServer()
    server.answer = web.Response(status=302, headers={"Location": "https://evil.test/file"})

    with pytest.raises(Permanent):
        await fetched(server)

    assert len(server.tokens) == 1


async def test_a_sign_in_page_instead_of_the_file_is_worth_another_try() -> None:
    server = FileServer()
    server.answer = web.Response(text="  <!DOCTYPE html><title>Sign in", content_type="image/jpeg")

    with pytest.raises(Transient):
        await fetched(server)


async def test_a_file_that_is_larger_than_it_says_is_cut_off() -> None:
    server = FileServer(size=10)

    with pytest.raises(Permanent) as refused:
        await fetched(server, limit=100)

    assert refused.value.reason is Reason.TOO_LARGE


async def test_a_file_that_is_cut_off_is_fetched_again() -> None:
    class Cut(FileServer):
        async def serve(self, request: web.Request) -> web.StreamResponse:
            if not request.path.endswith("/file"):
                return await super().serve(request)
            response = web.StreamResponse(headers={"Content-Length": str(len(JPEG))})
            await response.prepare(request)
            await response.write(JPEG[:10])
            assert request.transport
            request.transport.abort()
            return response

    with pytest.raises(Transient):
        await fetched(Cut())


async def test_a_packed_answer_is_not_unpacked() -> None:
    server = FileServer()
    server.answer = web.Response(body=b"bomb", headers={"Content-Encoding": "gzip"})

    with pytest.raises(Transient):
        await fetched(server)


@pytest.mark.parametrize(("status", "kind"), [(404, Permanent), (410, Permanent), (500, Transient), (403, Transient)])
async def test_a_download_that_fails_is_judged_by_its_status(status: int, kind: type[Exception]) -> None:
    server = FileServer()
    server.answer = web.Response(status=status)

    with pytest.raises(kind):
        await fetched(server)


@pytest.mark.parametrize("mode", ["tombstone", "external", "hidden_by_limit", "file_access", "email"])
async def test_files_that_slack_does_not_hold_are_not_fetched(mode: str) -> None:
    with pytest.raises(Permanent):
        await fetched(FileServer(mode=mode))


async def test_a_file_whose_share_is_never_shown_leaves_it_uncertain() -> None:
    async def forgetful(request: web.Request) -> web.StreamResponse:
        call = request.path.rpartition("/")[2]
        more = {"upload_url": f"http://{request.host}/upload", "file_id": "F1", "file": {"id": "F1", "shares": {}}}
        me = {"user_id": "U1", "bot_id": "B1", "team_id": "T1", "url": "https://x.slack.test/"}
        return web.json_response({"ok": True} | (me if call == "auth.test" else more))

    async with opened() as rig, odd_slack(forgetful) as url:
        wish = await wish_of(rig)
        settings = settings_of(rig.workspace).model_copy(update={"api_url": url})
        chat = SlackChat(settings, clock=rig.clock)
        task = asyncio.create_task(chat.upload(wish, KEY, still(wish)))

        await forwarded_until(rig.clock, task.done)

        assert isinstance(task.exception(), Uncertain)
        await chat.aclose()


# Gone, and to one person alone


async def test_a_post_is_deleted_with_the_files_in_it(rig: Rig) -> None:
    wish = await wish_of(rig)
    posted = await rig.chat.upload(wish, KEY, still(wish))
    assert posted
    (file,) = rig.workspace.state.files.values()

    await rig.chat.delete(DeletePost(post=posted.ref))

    assert (file.deleted, file.content, pictures(rig, wish)) == (True, None, [])


async def test_a_file_that_is_gone_already_does_not_keep_its_post(rig: Rig) -> None:
    wish = await wish_of(rig)
    posted = await rig.chat.upload(wish, KEY, still(wish))
    assert posted
    rig.workspace.switches.refusals["files.delete"] = "file_not_found"

    await rig.chat.delete(DeletePost(post=posted.ref))

    assert pictures(rig, wish) == []

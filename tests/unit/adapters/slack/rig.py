"""A Slack door between a simulated workspace and an intake that only writes down; and a Slack that answers nonsense."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import web
from pydantic import SecretStr

from adapters.http import HttpServer, HttpSettings
from adapters.sandbox.clock import MovableClock
from adapters.sandbox.faults import Faults
from adapters.sandbox.workspace import Workspace
from adapters.sandbox.workspace.nouns import Channel, Message, User
from adapters.slack import SlackChat, SlackSettings
from bridge.domain.command import Content, Note, PostToThread, Said
from bridge.domain.event import Event, RawEvent
from bridge.domain.ids import ChannelRef, EntryToken, ThreadRef
from bridge.domain.message import Posted
from bridge.domain.query import Query, StatusView, View
from bridge.errors import WireError
from bridge.ports import Answer, StillDue

SAFETY_SECONDS = 10
KEY = EntryToken("0123456789abcdef")


class WritingIntake:
    """Take everything in; `answer` and `trouble` say how that goes, `held` keeps callers waiting while it is clear."""

    def __init__(self) -> None:
        self.taken: list[tuple[RawEvent, Event | WireError]] = []
        self.answer = Answer.ACCEPTED
        self.trouble: Exception | None = None
        self.held = asyncio.Event()
        self.held.set()
        self._told = asyncio.Condition()

    async def accept(self, raw: RawEvent, read: Event | WireError) -> Answer:
        async with self._told:
            self.taken.append((raw, read))
            self._told.notify_all()
        await self.held.wait()
        if self.trouble:
            raise self.trouble
        return self.answer

    async def told(self, count: int = 1) -> list[Event | WireError]:
        """Wait until that many were handed in; return them."""
        async with asyncio.timeout(SAFETY_SECONDS), self._told:
            await self._told.wait_for(lambda: len(self.taken) >= count)
        return [read for _, read in self.taken]


class EmptyDesk:
    async def ask(self, query: Query) -> View:
        return StatusView(now=MovableClock().now(), counts={}, oldest_unacknowledged=None, oldest_waiting=None)


@dataclass(kw_only=True)
class Rig:
    """What a test acts with."""

    workspace: Workspace
    clock: MovableClock
    chat: SlackChat
    channel: Channel
    ada: User
    server: HttpServer | None = None
    intake: WritingIntake = field(default_factory=WritingIntake)

    async def say(self, content: Content | str, thread: ThreadRef | None = None, key: EntryToken = KEY) -> Posted:
        """Post something, as the dispatcher would."""
        wish = self.wish(content, thread)
        posted = await self.chat.post(wish, key, still(wish))
        assert posted
        return posted

    def wish(self, content: Content | str, thread: ThreadRef | None = None) -> PostToThread:
        shown = Said(text=content) if isinstance(content, str) else content
        return PostToThread(channel=ChannelRef(self.channel.id), thread=thread, content=shown)

    def shown(self, ref: str) -> Message:
        channel, _, ts = ref.partition("/")
        return self.workspace.message(channel, ts)

    def calls(self, method: str) -> int:
        return sum(heard.method == method for heard in self.workspace.heard)

    async def replies(self, thread: str, text: str = "on my way") -> str:
        """Let Ada reply in a thread; return the ts."""
        channel, _, ts = thread.partition("/")
        return await self.workspace.people.say("ada", channel, text, ts)


def still(wish: PostToThread | None) -> StillDue[PostToThread]:
    async def due() -> PostToThread | None:
        return wish

    return due


def note(*words: str) -> Note:
    return Note(phrase=words)


@asynccontextmanager
async def opened(
    *, mode: str = "socket", paced: bool = False, timeout_seconds: float = 5, ping_seconds: float = 0.2
) -> AsyncIterator[Rig]:
    """Open a workspace and our door to it, which does not listen yet."""
    clock = MovableClock()
    workspace = Workspace(clock, Faults(), paced=paced)
    await workspace.start()
    workspace.switches.custom_emoji.add("double_vertical_bar")  # one of Slack's own, which this workspace lacks
    channel, ada = workspace.add_channel("texts", id="C0TEXTS"), workspace.add_user("ada", real_name="Ada Byron")
    server = HttpServer(HttpSettings(listen="127.0.0.1:0", public_url="http://127.0.0.1")) if mode == "http" else None
    settings = settings_of(workspace, mode=mode)
    chat = SlackChat(settings, clock=clock, server=server, timeout_seconds=timeout_seconds, ping_seconds=ping_seconds)
    if server:
        await server.start()
    try:
        yield Rig(workspace=workspace, clock=clock, chat=chat, channel=channel, ada=ada, server=server)
    finally:
        await chat.aclose()
        await workspace.aclose()
        if server:
            await server.aclose()


def settings_of(workspace: Workspace, *, mode: str = "socket") -> SlackSettings:
    return SlackSettings.model_validate(
        {
            "mode": mode,
            "bot_token": SecretStr(workspace.bot_token),
            "app_token": SecretStr(workspace.app_token),
            "signing_secret": SecretStr(workspace.signing_secret),
            "api_url": workspace.api_url,
        }
    )


@asynccontextmanager
async def listening(rig: Rig) -> AsyncIterator[WritingIntake]:
    """Listen for the length of a test; in socket mode, from the moment on when both sockets are up."""
    task = asyncio.create_task(rig.chat.listen(rig.intake, EmptyDesk()))
    try:
        await _is_up(rig)
        yield rig.intake
    finally:
        rig.intake.held.set()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _is_up(rig: Rig) -> None:
    """Wait for the last thing that the workspace sees of a start, then for the loop to hand it on."""
    if rig.server:
        await rig.workspace.wait_for(lambda: rig.calls("auth.test"))
    else:
        await rig.workspace.wait_for(lambda: rig.workspace.sockets.connected == 2)
    await until(lambda: rig.chat.state.startswith(("up (2", "up (http")))


async def until(predicate: Callable[[], object]) -> None:
    """Give the loop its turns until something is so; for what nobody signals."""
    async with asyncio.timeout(SAFETY_SECONDS):
        while not predicate():  # noqa: ASYNC110 - there is no event to wait for, and no time passes here
            await asyncio.sleep(0)


async def forwarded_until(clock: MovableClock, predicate: Callable[[], object]) -> None:
    """Let seconds pass by the clock until something is so."""

    def looked() -> object:
        clock.forward(timedelta(seconds=1))
        return predicate()

    await until(looked)


@asynccontextmanager
async def heard_by(rig: Rig) -> AsyncIterator[WritingIntake]:
    """Listen the way the door was set up for."""
    async with listening(rig) as intake:
        if rig.server:
            await rig.workspace.use_http(f"{rig.server.base_url}/slack/events")
        yield intake


@asynccontextmanager
async def odd_slack(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """Serve one answer to every call; give the api_url."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}/api/"
    finally:
        await runner.cleanup()

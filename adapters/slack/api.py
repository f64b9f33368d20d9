"""Slack's Web API as we call it: one attempt a call, no retries, no proxy, and every failure one of our four kinds.

It also remembers what hardly ever changes: who we are, and the ids of channels that the configuration names.
"""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.http.date import DateReader
from adapters.slack import wire
from adapters.slack.lines import Answer, Lines
from adapters.slack.names import Identity, Json
from adapters.slack.settings import SlackSettings
from bridge.domain.ids import ChannelRef
from bridge.errors import Blocked, Uncertain
from bridge.ports import Hear
from bridge.wording import chat

Read = Callable[[str, Mapping[str, Any]], Awaitable[Json]]

_PERSONS_TOKEN = "xoxp-"  # noqa: S105 - how one begins
_PAGE = 200
_MOST_PAGES = 500
_TOKENS = re.compile(r"xox[a-z]-[\w-]+|xapp-[\w-]+|(?<=ticket=)[^&\s'\"]+")


class _Discreet(logging.Filter):
    """Let no token, no ticket and no traceback with its payloads into the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _TOKENS.sub("…", record.getMessage()), ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True


VENDOR_LOG = logging.getLogger("adapters.slack.vendor")
VENDOR_LOG.setLevel(logging.WARNING)  # Below it, Slack's libraries write out whole requests.
VENDOR_LOG.addFilter(_Discreet())


_write = json.JSONEncoder(separators=(",", ":")).encode


def _dumped(body: Mapping[str, Any]) -> bytes:
    return _write(body).encode()


def _like_the_sdk(method: str, told: Any, answer: Answer) -> AsyncSlackResponse:
    """Wrap an answer as the SDK does, for its error."""
    return AsyncSlackResponse(
        client=None,
        http_verb="POST",
        api_url=method,
        req_args={},
        data=told if isinstance(told, dict) else {},
        headers={name.title(): value for name, value in answer.headers.items()},  # servers differ in case
        status_code=answer.status,
    )


class SlackApi:
    """Call the Web API over one shared session, which is opened at the first call."""

    def __init__(self, settings: SlackSettings, *, timeout_seconds: float, hear: Hear = lambda told: None) -> None:
        self.settings = settings
        self._date = DateReader(hear)
        self._timeout = ClientTimeout(total=timeout_seconds, sock_connect=5)
        self._token = settings.bot_token.get_secret_value()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json; charset=utf-8"}
        self._lines = Lines(settings.api_url, headers)
        self._patience = timeout_seconds
        self._session: ClientSession | None = None
        self._client: AsyncWebClient | None = None
        self._me: Identity | None = None
        self._channels: dict[str, str] = {}
        self._asking = asyncio.Lock()

    @property
    def session(self) -> ClientSession:
        """One session, so that calls share connections; the SDK's own time-out does not reach it, hence ours."""
        if self._session is None or self._session.closed:
            self._session = ClientSession(
                connector=TCPConnector(limit=0),  # Waiting for a free connection would count as time of the call.
                timeout=self._timeout,
                cookie_jar=DummyCookieJar(),
                trust_env=False,
            )
            self._client = None
        return self._session

    def client(self, token: str | None = None) -> AsyncWebClient:
        """Make a client that tries once: the SDK's default would post again after a cut connection."""
        base, session = self.settings.api_url, self.session
        made = AsyncWebClient(token=token, base_url=base, session=session, retry_handlers=[], logger=VENDOR_LOG)
        made.proxy = None  # It was read from the environment, where NO_PROXY is not heeded.
        return made

    async def aclose(self) -> None:
        self._lines.close()
        if self._session is not None:
            await self._session.close()

    async def post(self, method: str, body: dict[str, Any], *, harmless: bool = False) -> Json:
        """Call a method that takes JSON, over a line of our own.

        Its answer and its error are what the SDK would make of it, so that `wire` judges both alike.
        """
        try:
            async with asyncio.timeout(self._patience):
                answer = await self._lines.post(method, _dumped(body))
            self._date.read(answer.headers.get("Date"))
            told = json.loads(answer.body)
            if answer.status == 200 and told.get("ok") is True:
                return dict(told)
            refused = _like_the_sdk(method, told, answer)
            raise SlackApiError(method, refused)  # type: ignore[no-untyped-call]  # the SDK has no types there
        except wire.FAILURES as error:
            raise wire.fault(error, method, harmless=harmless) from error

    async def order(
        self, method: str, params: dict[str, Any], *, harmless: bool = False, fine: tuple[str, ...] = ()
    ) -> Json:
        """Call a method that takes its arguments in the query, as the SDK sends them; `fine` errors are no errors."""
        return await self._call(method, "POST", harmless, fine, params=params)

    async def read(self, method: str, params: Mapping[str, Any]) -> Json:
        return await self._call(method, "GET", True, params=params)

    async def pages(
        self, method: str, field: str, params: dict[str, Any], *, read: Read | None = None
    ) -> AsyncIterator[Json]:
        """Read a list to its end, page by page; each page by `read`, where that is not simply ours."""
        async for answer in self.answers(method, params, read=read):
            for one in _list(answer, field, method):
                yield one

    async def answers(self, method: str, params: dict[str, Any], *, read: Read | None = None) -> AsyncIterator[Json]:
        """Read all pages of a list, each as it was answered."""
        cursor = ""
        for _ in range(_MOST_PAGES):
            page = params | {"limit": _PAGE} | ({"cursor": cursor} if cursor else {})
            answer = await (read or self.read)(method, page)
            yield answer
            cursor = _next(answer)
            if not cursor:
                return
        raise Uncertain(f"{method}: the list does not end")

    async def _call(self, method: str, verb: str, harmless: bool, fine: tuple[str, ...] = (), **arguments: Any) -> Json:
        _ = self.session  # A closed one is replaced, and the client with it.
        self._client = self._client or self.client(self._token)
        try:
            answer = await self._client.api_call(method, http_verb=verb, **arguments)
            self._date.read(answer.headers.get("Date"))
            return dict(answer.data) if isinstance(answer.data, dict) else {}
        except wire.FAILURES as error:
            if wire.refusal(error) in fine:
                return {}
            raise wire.fault(error, method, harmless=harmless) from error

    async def ticket(self, app_token: str) -> str:
        """Ask for the address of one socket; it serves once."""
        client = self.client(app_token)
        try:
            answer = await client.api_call("apps.connections.open")
            self._date.read(answer.headers.get("Date"))
            return str(answer["url"])
        except wire.FAILURES as error:
            raise wire.fault(error, "apps.connections.open", harmless=True) from error

    async def me(self) -> Identity:
        """Tell who we are; asked once, and until it is answered."""
        async with self._asking:
            self._me = self._me or await self._who_am_i()
            return self._me

    async def _who_am_i(self) -> Identity:
        answer = await self._call("auth.test", "POST", True)
        is_persons = not answer.get("bot_id") and self._token.startswith(_PERSONS_TOKEN)
        if is_persons or not answer.get("user_id"):
            raise Blocked("auth.test: not a bot", chat.not_a_bot())
        return Identity(
            user_id=str(answer["user_id"]),
            bot_id=str(answer.get("bot_id") or ""),
            team_id=str(answer.get("team_id") or ""),
            url=str(answer.get("url") or "").rstrip("/") + "/",
        )

    async def channel(self, ref: ChannelRef) -> str:
        """Give a channel's id; `#name` is looked up once."""
        if not ref.startswith("#"):
            return ref
        name = ref.removeprefix("#")
        if name not in self._channels:
            await self._learn_channels()
        if name not in self._channels:
            raise Blocked(f"no channel {ref} that we can see", chat.invite_bot())
        return self._channels[name]

    def known_channel(self, ref: ChannelRef) -> str:
        """Give a channel's id, if it is known; nothing is asked."""
        return self._channels.get(ref.removeprefix("#"), "") if ref.startswith("#") else ref

    async def _learn_channels(self) -> None:
        wanted = {"types": "public_channel,private_channel", "exclude_archived": True}
        async for channel in self.pages("conversations.list", "channels", wanted):
            self._channels[str(channel.get("name"))] = str(channel.get("id"))


def _next(answer: Json) -> str:
    """Return the cursor of the next page, or nothing."""
    about = answer.get("response_metadata")
    return str(about.get("next_cursor") or "") if isinstance(about, dict) else ""


def _list(answer: Json, field: str, method: str) -> list[Json]:
    found = answer.get(field)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Uncertain(f"{method}: no list of {field}")
    return found

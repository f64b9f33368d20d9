"""What forwarding is compared with: the shortest program that shows texts in Slack threads, made with Slack's own kit.

It answers first and posts afterwards; threads are remembered in memory, nothing is stored, what fails is gone. It runs
on the ordinary event loop, as such a program would. Its argument is the address of Slack's Web API.
"""

import asyncio
import contextlib
import sys

import aiohttp
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bench.bare import genuine_form, serve
from bench.phone import PATH
from bench.place import channel

_CONNECTIONS = 32


class Forwarder:
    """Take a text, answer, post it into its thread."""

    def __init__(self, session: aiohttp.ClientSession, api_url: str) -> None:
        client = AsyncWebClient("xoxb-bench", base_url=api_url, session=session)
        self._client = AsyncApp(client=client, signing_secret="unused").client
        self._threads: dict[tuple[str, str], str] = {}
        self._posting: set[asyncio.Task[None]] = set()

    async def take(self, request: web.Request) -> web.Response:
        form = await genuine_form(request)
        posting = asyncio.create_task(self._post(form["From"], form["To"], form["Body"]))
        self._posting.add(posting)
        posting.add_done_callback(self._posting.discard)
        return web.Response(status=204)

    async def _post(self, sender: str, did: str, text: str) -> None:
        with contextlib.suppress(SlackClientError, aiohttp.ClientError, OSError):
            thread = self._threads.get((sender, did))
            told = f"{sender}: {text}"
            answer = await self._client.chat_postMessage(channel=channel(did), text=told, thread_ts=thread)
            self._threads.setdefault((sender, did), str(answer["ts"]))


async def _main() -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=_CONNECTIONS)) as session:
        app = web.Application()
        app.router.add_post(PATH, Forwarder(session, sys.argv[1]).take)
        await serve(app)


if __name__ == "__main__":
    asyncio.run(_main())

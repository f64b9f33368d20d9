"""What comes from outside stays what it is: words in a thread, files without a way inside, nothing that swells."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import anyio
import httpx

from adapters.http.fetch import GuardedFetcher
from adapters.slack import render
from adapters.slack.api import SlackApi
from bridge.errors import PortError
from proof import bombs
from proof.finding import Finding
from proof.hostile import ADDRESSES, LEADS, LISTED, REDIRECTS, texts
from proof.place import ROOT, Place
from tests.stories.language import ADA, opened_house
from tests.unit.adapters.http.test_fetch import redirect, remote_host


def prove(place: Place) -> Iterator[Finding]:
    """Send hostile words, addresses and files, and see that they are nothing but words, and files of their size."""
    yield asyncio.run(_words(place))
    yield asyncio.run(_addresses())
    yield _bombs()


# --- P33 --------------------------------------------------------------------------------------------------------------

_ACTIVE = {"mrkdwn", "link", "broadcast", "user", "usergroup", "channel", "emoji", "image"}
_OUR_DATE = re.compile(r"<!date\^\d+\^[^|<>]*\|[^<>]*>")
_FLAGS = {"parse": "none", "link_names": False, "unfurl_links": False, "unfurl_media": False, "mrkdwn": False}


async def _words(place: Place) -> Finding:
    sent, active = await _shown(place.new_folder())
    with patch.object(render, "escaped", lambda text: text):
        _, control = await _shown(place.new_folder())
    return Finding(
        promise="P33",
        method=f"{len(texts())} hostile and real texts, each seen as it was sent to Slack",
        figure=f"{sent} posts, {active} with anything but text in them, or without the safe flags",
        control=f"fallback not escaped: {control} that would mention, link or format",
        is_kept=sent >= len(texts()) and not active,
        is_control_caught=control > 0,
    )


async def _shown(folder: Path) -> tuple[int, int]:
    """Return how many posts were sent, and how many of them set anything off."""
    bodies: list[dict[str, Any]] = []
    post = SlackApi.post

    async def seen(api: SlackApi, method: str, body: dict[str, Any], *, harmless: bool = False) -> Any:
        if method == "chat.postMessage":
            bodies.append(body)
        return await post(api, method, body, harmless=harmless)

    with patch.object(SlackApi, "post", seen):
        async with opened_house(folder) as house:
            for text in texts():
                await house.phone(ADA).texts(text)
            await house.slack.wait_for(lambda: len(bodies) >= len(texts()), 30)
            thread = await house.thread(ADA)
            world = [post for post in thread.messages if post.mentions or post.links]
    return len(bodies), sum(map(_is_active, bodies)) + len(world)


def _is_active(body: dict[str, Any]) -> bool:
    kinds = {piece.get("type") for piece in _pieces([body.get("blocks"), body.get("attachments")])}
    plain = _OUR_DATE.sub("", body["text"])
    flags = {name: body.get(name) for name in _FLAGS}
    return bool(kinds & _ACTIVE) or bool(re.search("<[!@#]", plain)) or flags != _FLAGS


def _pieces(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
        part = list(part.values())
    for inner in part if isinstance(part, list) else ():
        yield from _pieces(inner)


# --- P34 --------------------------------------------------------------------------------------------------------------


class _Trap:
    """Stands where connections are made: nothing gets through, and whither is written down."""

    def __init__(self) -> None:
        self.reached: list[str] = []

    async def __call__(self, remote_host: str, remote_port: int, **rest: Any) -> Any:
        self.reached.append(remote_host)
        raise OSError("trapped")


Get = Callable[[str], Awaitable[object]]


async def _addresses() -> Finding:
    guarded, redirected = await _reached(_get_guarded), await _redirected()
    naive = await _reached(_get_naive)
    count = len(ADDRESSES) + len(REDIRECTS)
    return Finding(
        promise="P34",
        method=f"{count} addresses of files: inside, renamed, rebound, translated, spelt oddly, redirected",
        figure=f"{guarded + redirected} connections to a place that is not public",
        control=f"a naive fetcher: {naive} of {len(ADDRESSES)} lead somewhere",
        is_kept=guarded + redirected == 0,
        is_control_caught=naive > len(ADDRESSES) // 2,
    )


async def _reached(get: Get) -> int:
    """Return for how many addresses a connection was tried."""
    count = 0
    for url in ADDRESSES:
        trap = _Trap()
        with patch.object(anyio, "connect_tcp", trap):
            await get(url)
        count += bool(trap.reached)
    return count


async def _get_guarded(url: str) -> None:
    times = 0

    async def resolve(host: str, port: int) -> tuple[str, ...]:
        nonlocal times
        times += 1
        return LEADS.get(url, ("127.0.0.1",)) if times == 1 else ("127.0.0.1",)

    fetcher = GuardedFetcher((LISTED,), allow_loopback=False, resolve=resolve)
    with suppress(PortError):
        await fetcher.fetch(url, limit=1000)
    await fetcher.aclose()


async def _get_naive(url: str) -> None:
    async with httpx.AsyncClient(follow_redirects=True, trust_env=False) as client:
        with suppress(httpx.HTTPError, httpx.InvalidURL, OSError):
            await client.get(url)


async def _redirected() -> int:
    """Let a host that we trust send us elsewhere; return how often anybody else was reached."""
    connect, reached = anyio.connect_tcp, []

    async def seen(remote_host: str, remote_port: int, **rest: Any) -> Any:
        reached.append((remote_host, remote_port))
        return await connect(remote_host, remote_port, **rest)

    async def resolve(host: str, port: int) -> tuple[str, ...]:
        return ("127.0.0.1",) if host == LISTED else ("169.254.169.254",)

    async with remote_host() as host, AsyncExitStack() as closing:
        closing.enter_context(patch.object(anyio, "connect_tcp", seen))
        fetcher = GuardedFetcher((LISTED,), allow_loopback=True, resolve=resolve)
        closing.push_async_callback(fetcher.aclose)
        for url in REDIRECTS:
            host.answers["/first"] = redirect(url)
            with suppress(PortError):
                await fetcher.fetch(f"{host.base}/first", limit=1000)
        ours = int(host.base.rpartition(":")[2])
    return sum(port != ours for _, port in reached)


# --- P35 --------------------------------------------------------------------------------------------------------------

_MOST_SECONDS, _MOST_MIB = 2.0, 64.0


def _bombs() -> Finding:
    costs = {name: _cost(name) for name in bombs.NAMES}
    naive = _cost("naive double gzip")
    worst = max(costs.values(), key=lambda cost: cost["mib"])
    slowest = max(costs.values(), key=lambda cost: cost["seconds"])
    return Finding(
        promise="P35",
        method=", ".join(bombs.NAMES),
        figure=f"at most {worst['mib']:.0f} MiB and {slowest['seconds']:.2f} s; the picture: "
        f"{costs['PNG 12,000²']['outcome']}",
        control=f"the library by itself: {naive['mib']:.0f} MiB ({naive['outcome']})",
        is_kept=worst["mib"] < _MOST_MIB and slowest["seconds"] < _MOST_SECONDS,
        is_control_caught=naive["mib"] > _MOST_MIB,
    )


def _cost(name: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "proof.bombs", name]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    return dict(json.loads(done.stdout))

"""The outside world of the benchmark, a process of its own: Slack's Web API and sockets, the carrier's API, an ear.

It hears every text by its mark, and tells on request which came, how late, and whether one came twice. It is fast, and
believes everything; what the real worlds refuse is the sandbox's business.
"""

import asyncio
import gc
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import uvloop
from aiohttp import web

from bench.exchange import Surface
from bench.phone import MARK
from bench.place import LONGEST_RUN, Child, Place, announce, get_json

_PAGE = 200


@dataclass(slots=True)
class Ear:
    """What was heard of one run."""

    late: dict[int, float] = field(default_factory=dict)  # milliseconds by number
    doubled: int = 0
    last_at: float = 0.0  # by the monotonic clock

    def hear(self, number: int, said_at: int) -> None:
        now = time.monotonic_ns()
        self.last_at = now / 1e9
        if number in self.late:
            self.doubled += 1
        else:
            self.late[number] = (now - said_at) / 1e6


@dataclass(slots=True)
class World:
    """Slack and the carrier."""

    sockets_url: str = ""
    ears: dict[str, Ear] = field(default_factory=lambda: defaultdict(Ear))
    calls: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _posts: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    _last_ts: int = 0

    def forget(self) -> None:
        self.ears.clear()
        self._posts.clear()
        gc.collect()

    def slack(self, method: str, target: str, body: bytes) -> tuple[int, dict[str, Any]]:
        path, _, query = target.partition("?")
        name = path.rpartition("/")[2]
        self.calls[name] += 1
        if name == "chat.postMessage":
            return 200, self._post(json.loads(body) if body.startswith(b"{") else _fields(body.decode()))
        if name in ("conversations.history", "conversations.replies"):
            return 200, self._read(_fields(query or body.decode()))
        return 200, {"ok": True, **self._known(name)}

    def carrier(self, method: str, target: str, body: bytes) -> tuple[int, dict[str, Any]]:
        self.calls[f"carrier {method}"] += 1
        if method == "POST":
            return 201, {"sid": f"SM{self._stamp():032x}", "status": "queued"}
        return 200, {"messages": [], "next_page_uri": None}

    def _post(self, told: dict[str, Any]) -> dict[str, Any]:
        stamp = self._stamp()
        ts = f"{stamp // 1_000_000}.{stamp % 1_000_000:06d}"
        text, channel = told.get("text") or "", str(told["channel"])
        for run, number, said_at in MARK.findall(text):  # one post may show several texts
            self.ears[run].hear(int(number), int(said_at))
        thread = told.get("thread_ts")
        message = {"type": "message", "ts": ts, "bot_id": "B0BENCH", "user": "U0BENCH", "text": text}
        kept = {"type": "message", "ts": ts, "bot_id": "B0BENCH", "metadata": told.get("metadata")}
        self._posts[channel, thread or ""].append(kept)
        return {"ok": True, "channel": channel, "ts": ts, "message": message}

    def _read(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Read a channel or a thread back, the newest first, in pages."""
        place = str(asked.get("channel")), str(asked.get("ts") or "")
        oldest, start = asked.get("oldest") or "", int(asked.get("cursor") or 0)
        found = [post for post in reversed(self._posts[place]) if post["ts"] >= oldest]
        following = str(start + _PAGE) if len(found) > start + _PAGE else ""
        page = found[start : start + _PAGE]
        return {"ok": True, "messages": page, "response_metadata": {"next_cursor": following}}

    def _known(self, name: str) -> dict[str, Any]:
        me = {"url": "https://bench.example.com/", "team_id": "T0BENCH", "user_id": "U0BENCH", "bot_id": "B0BENCH"}
        known = {"auth.test": me, "apps.connections.open": {"url": self.sockets_url}}
        return known.get(name, {})

    def _stamp(self) -> int:
        """Return a moment in microseconds that nobody was given before."""
        self._last_ts = max(self._last_ts + 1, time.time_ns() // 1000)
        return self._last_ts


def _fields(written: str) -> dict[str, Any]:
    return {name: values[-1] for name, values in parse_qs(written).items()}


async def _socket(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.send_json({"type": "hello", "num_connections": 2, "connection_info": {"app_id": "A0BENCH"}})
    async for _ in socket:
        pass
    return socket


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where the world itself is asked, and told how to behave."""

    world: World
    slack: Surface

    async def heard(self, request: web.Request) -> web.Response:
        ear = self.world.ears[request.query["run"]]
        late = sorted(ear.late.values()) or [0.0]
        numbers = list(ear.late) if "numbers" in request.query else []
        told = {
            "count": len(ear.late),
            "doubled": ear.doubled,
            "last_at": ear.last_at,
            "p50": late[len(late) // 2],
            "p99": late[len(late) * 99 // 100],
            "slowest": late[-1],
            "numbers": numbers,
        }
        return web.json_response(told)

    async def behave(self, request: web.Request) -> web.Response:
        told = await request.json()
        loop = asyncio.get_running_loop()
        self.slack.delay = told.get("delay", 0.0)
        self.slack.limited_until = loop.time() + told.get("limited", 0.0)
        if told.get("down"):
            self.slack.down()
            await asyncio.sleep(told["down"])
            await self.slack.up()
        return web.json_response({"ok": True})

    async def forget(self, request: web.Request) -> web.Response:
        self.world.forget()
        return web.json_response(self.world.calls)


async def _main() -> None:
    world = World()
    slack, carrier = Surface(world.slack), Surface(world.carrier)
    desk = _Desk(world, slack)
    app = web.Application()
    app.add_routes([web.get("/socket", _socket), web.get("/heard", desk.heard)])
    app.add_routes([web.post("/behave", desk.behave), web.post("/forget", desk.forget)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    world.sockets_url = f"ws://127.0.0.1:{port}/socket"
    await slack.up()
    await carrier.up()
    announce({"slack": slack.port, "carrier": carrier.port, "desk": port})
    await asyncio.sleep(LONGEST_RUN)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the world heard of one run; lateness in milliseconds."""

    count: int
    doubled: int
    last_at: float
    p50: float
    p99: float
    slowest: float
    numbers: list[int]


@dataclass(frozen=True, slots=True)
class WorldPlace:
    """The world, seen from whoever started it."""

    child: Child
    slack: str
    carrier: str
    desk: str

    def heard(self, run: str, *, numbers: bool = False) -> Heard:
        return Heard(**get_json(f"{self.desk}/heard?run={run}{'&numbers' if numbers else ''}"))

    def behave(self, **how: float) -> None:
        """Answer after `delay` seconds; refuse for `limited` seconds; be gone for `down` seconds, and return then."""
        get_json(f"{self.desk}/behave", how)

    def forget(self) -> None:
        get_json(f"{self.desk}/forget", {})


def open_world(place: Place) -> WorldPlace:
    """Start the world."""
    child, where = place.announced("world")
    slack, carrier, desk = (f"http://127.0.0.1:{where[name]}" for name in ("slack", "carrier", "desk"))
    return WorldPlace(child, f"{slack}/api/", carrier, desk)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main())

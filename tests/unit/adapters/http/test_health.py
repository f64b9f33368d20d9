"""The probe: alive as long as the store answers."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.http import health
from adapters.http.health import mount_health
from bridge.domain.invariant import Invariant
from bridge.domain.query import Query, StatusView, Trouble, View
from bridge.errors import StoreBusy
from tests.unit.adapters.http.wires import ask, server, serving

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
WELL = StatusView(
    now=NOW,
    counts={"messages": 3},
    oldest_unacknowledged=NOW - timedelta(minutes=4),
    oldest_waiting=None,
    listeners={"slack": "up", "main": "up"},
)
ILL = StatusView(
    now=NOW,
    counts={"messages": 3},
    oldest_unacknowledged=None,
    oldest_waiting=None,
    listeners={"slack": "the token xoxb-1 was revoked", "main": "up"},
    troubles=(Trouble(key="slack", what="+14155550100 waits", since=NOW),),
)


class House:
    def __init__(self, view: View | None, *, is_slow: bool = False) -> None:
        self.view = view
        self.is_slow = is_slow

    async def ask(self, query: Query) -> View:
        if self.is_slow:
            await asyncio.Event().wait()
        if self.view is None:
            raise StoreBusy("locked")
        return self.view


async def test_a_house_in_order_says_so() -> None:
    front = server()
    mount_health(front, House(WELL))
    async with serving(front):
        told = await ask(front, "GET", "/healthz")

    assert (told.status, told.headers["content-type"]) == (200, "application/json")
    assert json.loads(told.body) == {
        "status": "ok",
        "now": "2026-03-02T15:00:00+00:00",
        "counts": {"messages": 3},
        "oldest_unacknowledged_seconds": 240,
        "oldest_waiting_seconds": None,
        "listeners": {"slack": True, "main": True},
        "troubles": 0,
        "violated": [],
    }


async def test_trouble_is_counted_but_never_spelled_out_to_strangers() -> None:
    front = server()
    mount_health(front, House(ILL))
    async with serving(front):
        told = await ask(front, "GET", "/healthz")

    assert (told.status, json.loads(told.body)["status"]) == (200, "trouble")
    assert b"xoxb" not in told.body
    assert b"555" not in told.body


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_store_that_does_not_answer_is_unhealthy(method: str) -> None:
    front = server()
    mount_health(front, House(None))
    async with serving(front):
        told = await ask(front, method, "/healthz")

    assert told.status == 503


async def test_what_is_not_as_it_must_be_makes_it_unhealthy_and_is_named() -> None:
    front = server()
    mount_health(front, House(replace(ILL, violated=(Invariant.DISK_SPACE, Invariant.TEXT_UNSHOWN))))
    async with serving(front):
        told = await ask(front, "GET", "/healthz")

    assert told.status == 503
    assert json.loads(told.body)["violated"] == ["disk-space", "text-unshown"]
    assert b"555" not in told.body


async def test_a_store_that_keeps_a_probe_waiting_is_unhealthy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_PATIENCE_SECONDS", 0.01)
    front = server()
    mount_health(front, House(WELL, is_slow=True))
    async with serving(front):
        told = await ask(front, "GET", "/healthz")

    assert (told.status, json.loads(told.body)["violated"]) == (503, ["store-refuses"])

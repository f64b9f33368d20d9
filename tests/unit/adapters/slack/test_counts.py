"""The line below a new text: one change at a time, the newest wins, and whatever goes wrong changes nothing else."""

import asyncio
import copy
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from adapters.sandbox.clock import MovableClock
from adapters.slack import views
from adapters.slack.counts import Counts
from adapters.slack.errands import Errands
from bridge.domain.ids import ChannelRef
from bridge.domain.query import AskLength, Line, LinesView, Query, View
from bridge.errors import Blocked, PortError
from bridge.flows import survey
from tests.unit.adapters.slack.test_wire import ANY, places, spoiled
from tests.unit.flows.books import DID, plan

PLAN = plan()
SECOND = timedelta(seconds=1)


class PlainDesk:
    async def ask(self, query: Query) -> View:
        assert isinstance(query, AskLength)
        return survey.length(PLAN, query)


class Slack:
    """Take changes of one form, each only when it is let; it knows the form as Slack does."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.said: list[str] = []
        self.hash = "0"
        self.trouble: PortError | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.in_flight = self.most_in_flight = 0

    async def post(self, method: str, body: dict[str, Any], *, harmless: bool = False) -> dict[str, Any]:
        assert (method, harmless) == ("views.update", True)
        self.heard.append(body)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        await self.gate.wait()
        self.in_flight -= 1
        if self.trouble or body["hash"] != self.hash:
            raise self.trouble or Blocked("hash_conflict", "")
        self.hash = str(int(self.hash) + 1)
        blocks = [block for block in body["view"]["blocks"] if isinstance(block, dict)]
        self.said += [block["elements"][0]["text"] for block in blocks if block.get("block_id") == "count"]
        return {"ok": True, "view": {"hash": self.hash}}


class Bench:
    def __init__(self) -> None:
        self.slack, self.clock, self.errands = Slack(), MovableClock(), Errands()
        self.counts = Counts(self.slack, PlainDesk(), self.errands, self.clock)  # type: ignore[arg-type]

    def types(self, text: str, at: int, hash: str | None = None) -> None:
        assert self.counts.heed(typed(text, at, self.slack.hash if hash is None else hash))

    async def settles(self) -> None:
        """Let everything happen that needs no answer and no time, and a second pass after it."""
        for _ in range(20):
            await asyncio.sleep(0)
        self.clock.forward(SECOND)
        for _ in range(20):
            await asyncio.sleep(0)


def typed(text: str, at: int, hash: str = "0") -> dict[str, Any]:
    line = Line(number=DID, label="Main line", channel=ChannelRef("C1"), is_his=True)
    shown = views.new_sms(LinesView(lines=(line,), groups=False), DID, survey.length(PLAN, AskLength(did=DID, text="")))
    values = {
        "did": {"did": {"type": "static_select", "selected_option": {"value": DID.value}}},
        "text": {"text": {"type": "plain_text_input", "value": text}},
        "files": {"files": {"type": "file_input", "files": []}},
    }
    view = shown | {"id": "V1", "hash": hash, "state": {"values": values}, "team_id": "T1", "private_metadata": ""}
    action = {"block_id": "text", "action_id": "text", "type": "plain_text_input", "action_ts": f"1700000000.{at:06d}"}
    return {"type": "block_actions", "user": {"id": "U0BEN"}, "view": view, "actions": [action]}


def fits(count: int) -> str:
    return f"Fits into one text · {count} of 160 characters"


async def test_what_was_typed_while_a_change_is_under_way_is_told_next_and_only_the_newest_of_it() -> None:
    bench = Bench()
    bench.slack.gate.clear()

    bench.types("a", 1)
    await bench.settles()
    for at, text in enumerate(("aa", "aaa", "aaaa"), 2):
        bench.types(text, at)
    bench.slack.gate.set()
    await bench.settles()

    assert bench.slack.said == [fits(1), fits(4)]
    assert bench.slack.most_in_flight == 1


async def test_a_change_that_was_made_before_the_last_answer_reached_the_person_counts_too() -> None:
    bench = Bench()
    for at, text in enumerate(("a", "aa", "aaa"), 1):
        bench.types(text, at, hash="0")
        await bench.settles()

    assert bench.slack.said == [fits(1), fits(2), fits(3)]


async def test_an_older_change_that_comes_later_changes_nothing() -> None:
    bench = Bench()

    bench.types("aa", 2)
    await bench.settles()
    bench.types("a", 1, hash="0")
    await bench.settles()

    assert bench.slack.said == [fits(2)]


async def test_what_stands_there_already_is_not_told_again() -> None:
    bench = Bench()

    bench.types("", 1)
    await bench.settles()

    assert bench.slack.heard == []


async def test_a_change_that_is_refused_leaves_the_line_and_the_next_one_is_told() -> None:
    bench = Bench()
    bench.slack.trouble = Blocked("not_found", "")
    bench.types("a", 1)
    await bench.settles()
    bench.slack.trouble = None
    bench.types("a", 2, hash="somebody else's")
    await bench.settles()

    bench.types("aa", 3)
    await bench.settles()

    assert bench.slack.said == [fits(2)]


async def test_a_form_is_sent_back_as_it_stands_but_for_the_line() -> None:
    bench = Bench()
    before = typed("a", 1)["view"]

    bench.types("a", 1)
    await bench.settles()

    view = bench.slack.heard[0]["view"]
    assert set(view) == {"type", "callback_id", "title", "submit", "close", "blocks"}
    assert [a == b for a, b in zip(view["blocks"], before["blocks"], strict=True)] == [True, True, True, False, True]


async def test_a_form_that_was_forgotten_is_followed_like_a_new_one() -> None:
    bench = Bench()
    bench.types("a", 1)
    await bench.settles()

    for number in range(300):
        other = copy.deepcopy(typed("", 1))
        other["view"]["id"] = f"V1{number}"
        bench.counts.heed(other)
    bench.types("aa", 2)
    await bench.settles()

    assert bench.slack.said == [fits(1), fits(2)]


@pytest.mark.parametrize("change", [{"view": None}, {"actions": []}, {"actions": [{"block_id": "files"}]}])
async def test_what_is_pressed_elsewhere_is_not_ours(change: dict[str, Any]) -> None:
    assert not Bench().counts.heed(typed("a", 1) | change)


@settings(deadline=None)
@given(value=ANY)
async def test_whatever_stands_in_a_form_nothing_is_raised(value: Any) -> None:
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, about: complaints.append(about))
    for place in places(typed("a", 1)):
        told = spoiled(typed("a", 1), place, value)
        if isinstance(told, dict):
            bench = Bench()
            bench.counts.heed(told)
            await bench.settles()
            await bench.errands.aclose()

    assert complaints == []

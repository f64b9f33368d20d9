"""P3, P4, P5: daemons are killed again and again, three calls in ten go wrong, and all is heard once and in order."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.sandbox.clock import MovableClock
from adapters.sandbox.faults import Fault
from adapters.sandbox.workspace import Workspace
from adapters.slack.api import SlackApi
from adapters.slack.settings import SlackSettings
from bridge.domain.command import PostToThread
from bridge.errors import Uncertain
from bridge.flows import compose
from proof.finding import Finding
from proof.place import Place
from proof.siege import CHANCE, opened_siege
from proof.toll import Reckoning, Toll
from tests.contracts.postgres_bench import PostgresBench, opened_server
from tests.faults.doom import Doom
from tests.faults.mortal import MortalHouse, mortal_house
from tests.stories.language import ADA, CHANNEL, shown

SEED = 20
KILLS, MESSAGES, PAUSE = 40, 600, 1.5
LONG_KILLS, LONG_MESSAGES = 200, 4000
_WRONG_KILLS, _WRONG_MESSAGES, _WRONG_PAUSE = 8, 160, 0.6  # of a control
_SETTLING_SECONDS, _WRONG_SETTLING_SECONDS = 600, 30
_CALLS = 20
_AT_ONCE = 2  # sieges
_MOST_SIEGES = 4  # of a control that has done nothing wrong yet
_FILE, _DATABASE = "SQLite", "PostgreSQL"
_SIEGES = (
    (_FILE, ""),
    (_DATABASE, ""),
    (_FILE, "without_asking"),
    (_FILE, "without_grace"),
    (_FILE, "acknowledging_early"),
    (_FILE, "without_lanes"),
    (_DATABASE, "without_asking"),
)
_METHOD = f"kill -9 of {{daemons}} over {{store}}, {CHANCE:.0%} faults in all worlds, twelve conversations, equal texts"


def prove(place: Place) -> Iterator[Finding]:
    """Kill daemons in the middle of their work, on one file and on a database that two share."""
    tolls = asyncio.run(_suffered(place))
    yield _nothing_lost("P3 on one file", "one daemon", _FILE, tolls)
    yield _nothing_lost("P3 two daemons", "two daemons", _DATABASE, tolls)
    yield _in_order([tolls[_FILE, ""], tolls[_DATABASE, ""]], tolls[_FILE, "without_lanes"])
    yield asyncio.run(_one_post_for_a_call())
    yield asyncio.run(_marked_where_history_is_closed(place))


# --- kills ------------------------------------------------------------------------------------------------------------


async def _suffered(place: Place) -> dict[tuple[str, str], Toll]:
    """Live through every siege, some at a time; return the toll of each by its store and its control."""
    room = asyncio.Semaphore(_AT_ONCE)

    async def suffered(store: str, control: str) -> Toll:
        async with room, _opened(store) as url:
            for seed in range(SEED, SEED + (_MOST_SIEGES if control else 1)):
                toll = await _toll(place, url, control, seed)
                if not control or _count(control, toll):
                    break  # what a control does wrong comes about by chance, and not in every siege
            return toll

    return dict(zip(_SIEGES, await asyncio.gather(*(suffered(*each) for each in _SIEGES)), strict=True))


@asynccontextmanager
async def _opened(store: str) -> AsyncIterator[str]:
    """Give the address of a database of this kind; of a file, which every siege has of its own, none."""
    if store == _FILE:
        yield ""
        return
    server = await asyncio.to_thread(opened_server)
    try:
        yield PostgresBench(server).url
    finally:
        await asyncio.to_thread(server.cleanup)


async def _toll(place: Place, url: str, control: str, seed: int) -> Toll:
    """Live through the kills; a control takes a safeguard from the daemons, and lives through fewer."""
    kills, messages = (LONG_KILLS, LONG_MESSAGES) if place.is_long else (KILLS, MESSAGES)
    pause, settling = PAUSE, _SETTLING_SECONDS
    if control:
        kills, messages, pause, settling = _WRONG_KILLS, _WRONG_MESSAGES, _WRONG_PAUSE, _WRONG_SETTLING_SECONDS
    setting: dict[str, Any] = {
        "seed": seed,
        "pause": pause,
        "url": url,
        "daemons": 2 if url else 1,
        "controls": [control] if control else [],
    }
    async with opened_siege(place.new_folder(), **setting) as siege, siege.inhabited():
        await siege.live(kills, messages)
        return await Reckoning(siege).toll(settling)


def _nothing_lost(promise: str, daemons: str, store: str, tolls: dict[tuple[str, str], Toll]) -> Finding:
    toll = tolls[store, ""]
    wrong = {name: one for (where, name), one in tolls.items() if where == store and name in _WRONG}
    return Finding(
        promise=promise,
        method=_METHOD.format(daemons=daemons, store=store),
        figure=_told(toll),
        control="; ".join(f"{_WRONG[name]}: {_harm(name, one)}" for name, one in wrong.items()),
        is_kept=not any(toll.harm.values()) and toll.kills_on_attempts * 2 >= toll.kills,
        is_control_caught=all(_count(name, one) for name, one in wrong.items()),
    )


_WRONG = {
    "without_asking": "repeats without asking",
    "without_grace": "asks without waiting",
    "acknowledging_early": "acknowledges before the commit",
}


def _count(name: str, toll: Toll) -> int:
    """Count what a control has done wrong, of the kind for which it is one."""
    match name:
        case "acknowledging_early":
            return len(toll.lost)
        case "without_lanes":
            return len(toll.out_of_order)
    return len(toll.doubled_sms) + len(toll.doubled_posts)


def _harm(name: str, toll: Toll) -> str:
    what = "lost" if name == "acknowledging_early" else "doubled"
    return f"{_count(name, toll)} of {toll.texts + toll.replies} {what}"


def _told(toll: Toll) -> str:
    return f"{toll}; seed {SEED}: {toll.details[:5]}" if any(toll.harm.values()) else str(toll)


def _in_order(tolls: list[Toll], wrong: Toll) -> Finding:
    lanes = sum(toll.lanes for toll in tolls)
    return Finding(
        promise="P5 order in a conversation",
        method="the same kills: the order on each phone and in each thread is that in which people said it, or, where "
        "a call was lost, in which daemons learnt of it",
        figure=f"{sum(len(toll.out_of_order) for toll in tolls)} of {lanes} phones and threads out of order, "
        f"{sum(len(toll.learnt_late) for toll in tolls)} learnt late",
        control=f"every wish in a lane of its own: {len(wrong.out_of_order)} of {wrong.lanes}",
        is_kept=not any(toll.out_of_order for toll in tolls),
        is_control_caught=bool(wrong.out_of_order),
    )


# --- posts ------------------------------------------------------------------------------------------------------------


async def _one_post_for_a_call() -> Finding:
    ours, theirs = await _heard(is_ours=True), await _heard(is_ours=False)
    return Finding(
        promise="P4 no retries by the SDK",
        method=f"{_CALLS} calls of chat.postMessage, each on a connection that is reset",
        figure=f"the server saw {ours} posts",
        control=f"with the SDK as it comes: {theirs}",
        is_kept=ours == _CALLS,
        is_control_caught=theirs > _CALLS,
    )


async def _heard(*, is_ours: bool) -> int:
    """Post on connections that are reset after the request; return how many posts the server saw."""
    slack = Workspace(MovableClock(), paced=False)
    slack.add_channel("texts", id=CHANNEL)
    slack.faults.always("chat.postMessage", Fault.CUT)
    await slack.start()
    settings = SlackSettings.model_validate(
        {"bot_token": slack.bot_token, "app_token": slack.app_token, "api_url": slack.api_url}
    )
    api, sdk = SlackApi(settings, timeout_seconds=5), AsyncWebClient(slack.bot_token, base_url=slack.api_url)
    body = {"channel": CHANNEL, "text": "Hello?"}
    for _ in range(_CALLS):
        with pytest.raises((Uncertain, ClientError)):
            await (api.post("chat.postMessage", body) if is_ours else sdk.api_call("chat.postMessage", json=body))
    await api.aclose()
    await slack.aclose()
    return sum(call.method == "chat.postMessage" for call in slack.heard)


async def _marked_where_history_is_closed(place: Place) -> Finding:
    extra, unmarked, lost = await _repeated(place.new_folder())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compose, "_posted", _unmarked(compose._posted))
        _, silent, _ = await _repeated(place.new_folder())
    return Finding(
        promise="P4 posts that cannot be looked up",
        method=f"the scope for reading channels is missing; {_CALLS} posts whose answer is lost",
        figure=f"{extra} extra posts, {unmarked} of them without the words that it may be a repetition, {lost} lost",
        control=f"repeated as if it were the first time: {silent} without these words",
        is_kept=extra <= _CALLS and not unmarked and not lost,
        is_control_caught=bool(silent),
    )


def _unmarked(posted: Any) -> Any:
    def unmarked(*what: Any) -> PostToThread:
        post: PostToThread = posted(*what)
        return replace(post, may_repeat=False)

    return unmarked


async def _repeated(folder: Path) -> tuple[int, int, int]:
    """Lose the answers of posts; return how many came again, how many of these bear no mark, and how many are lost."""
    async with mortal_house(folder, Doom()) as house:
        await house.phone(ADA).texts("Hello?")
        await house.finish()
        house.slack.switches.granted -= {"channels:history"}
        texts = [f"Text {number}" for number in range(_CALLS)]
        for text in texts:
            house.slack.faults.next("chat.postMessage", Fault.CUT)
            await house.phone(ADA).texts(text)
            await house.finish()
        found = [_posts(house, text) for text in texts]
    extra = [post for posts in found for post in posts[1:]]
    return len(extra), sum("may repeat" not in post for post in extra), sum(not posts for posts in found)


def _posts(house: MortalHouse, text: str) -> list[str]:
    posts = [shown(post) for root in house.roots() for post in house.slack.thread(CHANNEL, root.ts)]
    return [post for post in posts if text in post.split("\n")]

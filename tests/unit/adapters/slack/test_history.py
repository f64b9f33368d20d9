"""What is read back after an interruption: the same facts, under the same keys, and the reactions as they are now."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from adapters.sandbox.faults import Fault
from bridge.domain.event import ChatEvent, RawEvent, ReactionSet, ThreadReply
from bridge.domain.ids import EntryToken, ThreadRef
from bridge.errors import Blocked, Transient, WireError
from tests.unit.adapters.slack.rig import Rig, forwarded_until, heard_by, note, opened

HOUR = timedelta(hours=1)
Found = list[tuple[RawEvent, ChatEvent]]


async def read(rig: Rig, threads: Sequence[ThreadRef], since: timedelta = HOUR) -> Found:
    """Read threads back; nothing in them may be unreadable."""
    found: Found = []
    async for raw, event in rig.chat.history(threads, rig.clock.now() - since):
        assert not isinstance(event, WireError)
        found.append((raw, event))
    return found


async def threads_of(rig: Rig, count: int) -> list[ThreadRef]:
    posted = [await rig.say(note(f"root {number}"), key=EntryToken(f"k{number}")) for number in range(count)]
    return [ThreadRef(one.ref) for one in posted]


def replies(found: Found) -> list[str]:
    return [event.text for _, event in found if isinstance(event, ThreadReply)]


def reactions(found: Found) -> dict[str, frozenset[tuple[str, str]]]:
    return {event.post: event.present for _, event in found if isinstance(event, ReactionSet)}


async def test_a_reply_is_read_back_under_the_keys_it_had_live() -> None:
    async with opened() as rig, heard_by(rig) as intake:
        (thread,) = await threads_of(rig, 1)
        await rig.replies(thread, "on my way @ada")
        await intake.told()
        live_raw, live = intake.taken[0]

        found = await read(rig, [thread])

        ((raw, reply),) = [one for one in found if isinstance(one[1], ThreadReply)]
        assert isinstance(live, ThreadReply)
        assert isinstance(reply, ThreadReply)
        assert raw.keys == live_raw.keys
        assert reply.read_back
        assert not live.read_back
        assert (reply.text, reply.author, reply.said_at) == (live.text, live.author, live.said_at)


async def test_only_people_are_read_back() -> None:
    async with opened() as rig:
        (thread,) = await threads_of(rig, 1)
        channel, _, ts = thread.partition("/")
        await rig.say("a second text", thread, EntryToken("second"))
        await rig.workspace.people.say_as_app("workflow", channel, "from a workflow", ts)
        await rig.workspace.people.say_as_app("script", channel, "from a script", ts, in_name_of="ada")
        await rig.workspace.people.say("ada", channel, "outside of the thread")
        await rig.replies(thread, "a person's")

        assert replies(await read(rig, [thread])) == ["a person's"]


async def test_what_was_said_before_is_not_read_back() -> None:
    async with opened() as rig:
        (thread,) = await threads_of(rig, 1)
        await rig.replies(thread, "long ago")
        rig.clock.forward(2 * HOUR)
        await rig.replies(thread, "just now")

        assert replies(await read(rig, [thread])) == ["just now"]


async def test_replies_come_oldest_first_over_many_pages() -> None:
    async with opened() as rig:
        (thread,) = await threads_of(rig, 1)
        for number in range(450):
            await rig.replies(thread, str(number))

        assert replies(await read(rig, [thread])) == [str(number) for number in range(450)]


async def test_the_reactions_on_every_post_of_ours_are_read_back_as_they_are() -> None:
    async with opened() as rig:
        (thread,) = await threads_of(rig, 1)
        second = await rig.say("a second text", thread, EntryToken("second"))
        channel, _, ts = second.ref.partition("/")
        await rig.workspace.people.react("ada", channel, ts, "eyes")
        reply = await rig.replies(thread)
        await rig.workspace.people.react("ada", channel, reply, "tada")

        found = reactions(await read(rig, [thread]))

        assert found == {str(thread): frozenset(), second.ref: frozenset({(rig.ada.id, "eyes")})}


async def test_our_own_marks_and_other_bots_do_not_count() -> None:
    async with opened() as rig:
        (thread,) = await threads_of(rig, 1)
        channel, _, ts = thread.partition("/")
        rig.workspace.add_user("robot", is_bot=True)
        await rig.workspace.people.react("robot", channel, ts, "eyes")
        await rig.chat._api.order("reactions.add", {"channel": channel, "timestamp": ts, "name": "eyes"})

        assert reactions(await read(rig, [thread])) == {str(thread): frozenset()}


async def test_a_set_that_is_there_again_is_news_though_it_was_read_before() -> None:
    async with opened() as rig:
        (thread,) = await threads_of(rig, 1)
        channel, _, ts = thread.partition("/")
        keys = []

        for act in (rig.workspace.people.react, rig.workspace.people.unreact, rig.workspace.people.react):
            await act("ada", channel, ts, "eyes")
            rig.clock.forward(timedelta(minutes=1))
            ((raw, event),) = await read(rig, [thread])
            assert isinstance(event, ReactionSet)
            keys.append(raw.keys)

        assert len(set(keys)) == 3


async def test_the_same_moment_read_twice_is_one_fact() -> None:
    async with opened() as rig:
        (thread,) = await threads_of(rig, 1)

        first, second = await read(rig, [thread]), await read(rig, [thread])

        assert [raw.keys for raw, _ in first] == [raw.keys for raw, _ in second]


async def test_of_many_threads_only_those_with_answers_are_read() -> None:
    async with opened() as rig:
        threads = await threads_of(rig, 40)
        channel, _, ts = threads[3].partition("/")
        await rig.workspace.people.react("ada", channel, ts, "eyes")
        await rig.replies(threads[7], "an answer")
        await rig.say("a second text", threads[9], EntryToken("second"))

        found = await read(rig, threads)

        assert replies(found) == ["an answer"]
        assert reactions(found)[str(threads[3])] == {(rig.ada.id, "eyes")}
        assert len(reactions(found)) == 41
        assert rig.calls("conversations.history") == 1
        assert rig.calls("conversations.replies") == 2


async def test_a_thread_whose_root_the_channel_does_not_show_is_read_anyway() -> None:
    async with opened() as rig:
        threads = await threads_of(rig, 6)
        gone = ThreadRef(f"{rig.channel.id}/1772463000.000001")
        await rig.replies(threads[5], "still here")

        found = await read(rig, [gone, *threads])

        assert replies(found) == ["still here"]


async def test_a_thread_asked_for_twice_is_told_once() -> None:
    async with opened() as rig:
        (thread,) = await threads_of(rig, 1)
        await rig.replies(thread, "once")

        assert replies(await read(rig, [thread, thread])) == ["once"]


@pytest.mark.parametrize("faults", [(Fault.LIMIT, Fault.LIMIT), (Fault.ERROR, Fault.GARBAGE, Fault.LATE_ERROR)])
async def test_a_page_is_read_again_after_as_long_as_slack_asks_for_or_a_moment(faults: tuple[Fault, ...]) -> None:
    async with opened() as rig:
        (thread,) = await threads_of(rig, 1)
        await rig.replies(thread, "patience")
        rig.workspace.faults.retry_after_seconds = 30
        rig.workspace.faults.next("conversations.replies", *faults)
        since = rig.clock.now() - HOUR

        async def gathered() -> list[object]:
            return [event async for _, event in rig.chat.history([thread], since)]

        task = asyncio.create_task(gathered())
        await forwarded_until(rig.clock, task.done)

        assert any(isinstance(event, ThreadReply) for event in task.result())


@pytest.mark.parametrize("fault", [Fault.LIMIT, Fault.CUT, Fault.ERROR, Fault.GARBAGE])
async def test_a_slack_that_only_fails_is_given_up(fault: Fault) -> None:
    async with opened() as rig:
        (thread,) = await threads_of(rig, 1)
        rig.workspace.faults.always("conversations.replies", fault)

        async def gathered() -> list[object]:
            return [event async for _, event in rig.chat.history([thread], rig.clock.now() - HOUR)]

        task = asyncio.create_task(gathered())
        await forwarded_until(rig.clock, task.done)

        assert isinstance(task.exception(), Transient)


async def test_a_channel_we_were_removed_from_says_so() -> None:
    async with opened() as rig:
        (thread,) = await threads_of(rig, 1)
        await rig.workspace.people.remove_bot(rig.channel.id)

        with pytest.raises(Blocked):
            await read(rig, [thread])


async def test_nothing_asked_for_is_nothing_read() -> None:
    async with opened() as rig:
        assert await read(rig, []) == []

"""What we ask of Slack, in the simulated workspace: posts, amendments, marks, and the look for what may be lost."""

from datetime import timedelta

import pytest

from adapters.sandbox.faults import UNCLEAR, Fault
from adapters.slack import SlackChat
from bridge.domain.command import AmendPost, Card, MarkPost, Note, PostToThread
from bridge.domain.ids import ChannelRef, EntryToken, PostRef, ThreadRef
from bridge.domain.phrase import Action, Button, Mark, Mention, Moment
from bridge.errors import Blocked, Permanent, Reason, Transient, Uncertain
from bridge.ports import Chat
from tests.unit.adapters.slack.rig import KEY, note, opened, still

WAITING_CARD = Card(
    title="Ada Moss · (415) 555-0123",
    subtitle=("to Main line · (415) 555-0100",),
    text="Is my order ready?",
    state=("Waiting",),
    is_waiting=True,
    buttons=(Button(action=Action.ACKNOWLEDGE, label="Acknowledge", value="c1", is_primary=True),),
)


def as_the_bridge_sees_it(chat: SlackChat) -> Chat:
    """Fail type checking if the door does not fit the contract."""
    return chat


async def test_a_first_post_opens_a_thread_and_says_where_it_is() -> None:
    async with opened() as rig:
        posted = await rig.say(WAITING_CARD)

        channel, _, ts = posted.ref.partition("/")
        assert channel == rig.channel.id
        assert posted.posted_at == rig.clock.now()
        assert posted.link == f"https://workspace.slack.test/archives/{channel}/p{ts.replace('.', '')}"
        assert rig.shown(posted.ref).thread_ts is None


async def test_a_post_in_a_thread_has_a_link_into_the_thread() -> None:
    async with opened() as rig:
        root = await rig.say(WAITING_CARD)

        posted = await rig.say("a second text", ThreadRef(root.ref))

        thread_ts = root.ref.partition("/")[2]
        assert rig.shown(posted.ref).thread_ts == thread_ts
        assert posted.link.endswith(f"?thread_ts={thread_ts}&cid={rig.channel.id}")


async def test_a_channel_named_in_the_configuration_is_looked_up_once() -> None:
    async with opened() as rig:
        wish = PostToThread(channel=ChannelRef("#texts"), thread=None, content=note("hello"))

        for number in range(3):
            posted = await rig.chat.post(wish, EntryToken(f"key{number}"), still(wish))

        assert posted
        assert posted.ref.startswith("C0TEXTS/")
        assert rig.calls("conversations.list") == 1


async def test_a_channel_that_nobody_invited_us_to_blocks_with_a_remedy() -> None:
    async with opened() as rig:
        wish = PostToThread(channel=ChannelRef("#nowhere"), thread=None, content=note("hello"))

        with pytest.raises(Blocked) as blocked:
            await rig.chat.post(wish, KEY, still(wish))

        assert "Invite the app" in blocked.value.remedy


async def test_what_is_no_longer_due_is_not_posted() -> None:
    async with opened() as rig:
        posted = await rig.chat.post(rig.wish("too late"), KEY, still(None))

        assert posted is None
        assert rig.calls("chat.postMessage") == 0


async def test_what_is_posted_is_the_wish_as_it_is_now() -> None:
    async with opened() as rig:
        posted = await rig.chat.post(rig.wish("then"), KEY, still(rig.wish("now")))

        assert posted
        assert rig.shown(posted.ref).text == "now"


@pytest.mark.parametrize("fault", UNCLEAR)
async def test_a_post_whose_answer_is_lost_is_uncertain_said_once_and_found(fault: Fault) -> None:
    async with opened(timeout_seconds=1) as rig:
        wish = rig.wish("once")
        began = rig.clock.now()
        await rig.chat.find(wish, KEY, began)  # so that nothing else has to be looked up
        rig.workspace.faults.next("chat.postMessage", fault)

        with pytest.raises(Uncertain):
            await rig.chat.post(wish, KEY, still(wish))
        found = await rig.chat.find(wish, KEY, began)

        assert found
        assert rig.shown(found.ref).text == "once"
        assert len(rig.workspace.roots(rig.channel.id)) == 1


async def test_a_post_that_was_cut_before_it_was_heard_is_surely_absent() -> None:
    async with opened() as rig:
        wish = rig.wish("never said")
        rig.workspace.faults.next("chat.postMessage", Fault.REFUSE)

        with pytest.raises(Uncertain):
            await rig.chat.post(wish, KEY, still(wish))

        assert await rig.chat.find(wish, KEY, rig.clock.now()) is None


async def test_too_many_posts_are_certainly_not_said_and_come_again_when_slack_says() -> None:
    async with opened() as rig:
        rig.workspace.faults.retry_after_seconds = 7
        rig.workspace.faults.next("chat.postMessage", Fault.LIMIT)

        with pytest.raises(Transient) as later:
            await rig.say("patience")

        assert later.value.retry_after == timedelta(seconds=7)
        assert rig.workspace.roots(rig.channel.id) == []


async def test_while_slack_is_away_nothing_was_said() -> None:
    async with opened() as rig:
        await rig.say("before")
        await rig.workspace.down()

        with pytest.raises((Transient, Uncertain)):
            await rig.say("cut connection")
        with pytest.raises(Transient):
            await rig.say("nothing listens")


async def test_a_reply_is_found_among_many_others_by_its_key_alone() -> None:
    async with opened() as rig:
        root = await rig.say(WAITING_CARD)
        thread = ThreadRef(root.ref)
        began = rig.clock.now()
        posted = [await rig.say("the same words", thread, EntryToken(f"key{number}")) for number in range(250)]

        found = await rig.chat.find(rig.wish("the same words", thread), EntryToken("key231"), began)

        assert found == posted[231]


async def test_a_post_in_a_thread_that_is_gone_is_surely_absent() -> None:
    async with opened() as rig:
        thread = ThreadRef(f"{rig.channel.id}/1772463000.000001")

        found = await rig.chat.find(rig.wish("x", thread), KEY, rig.clock.now())

        assert found is None


async def test_a_look_that_may_not_read_cannot_tell() -> None:
    async with opened() as rig:
        rig.workspace.switches.granted.discard("channels:history")

        with pytest.raises(Uncertain):
            await rig.chat.find(rig.wish("x"), KEY, rig.clock.now())


async def test_a_look_that_is_cut_is_worth_repeating() -> None:
    async with opened() as rig:
        rig.workspace.faults.always("conversations.history", Fault.CUT)  # the HTTP library repeats a read once

        with pytest.raises(Transient):
            await rig.chat.find(rig.wish("x"), KEY, rig.clock.now())


async def test_an_amended_card_keeps_its_key_and_changes_colour_and_words() -> None:
    async with opened() as rig:
        root = await rig.say(WAITING_CARD)
        taken = ("Acknowledged by ", Mention(rig.ada.id), " at ", Moment(rig.clock.now()))  # type: ignore[arg-type]
        green = rig.shown(root.ref).attachments[0]["color"]

        card = Card(title=WAITING_CARD.title, subtitle=(), text="Is it?", state=taken, is_waiting=False)
        await rig.chat.amend(AmendPost(post=root.ref, content=card))

        shown = rig.shown(root.ref)
        assert green == "#2eb67d"
        assert shown.attachments[0]["color"] != green
        assert f"Acknowledged by <@{rig.ada.id}>" in shown.text
        assert await rig.chat.find(rig.wish(WAITING_CARD), KEY, rig.clock.now()) == root


async def test_amending_twice_is_harmless_and_a_lost_answer_is_worth_repeating() -> None:
    async with opened() as rig:
        root = await rig.say(note("one"))
        rig.workspace.faults.next("chat.update", Fault.CUT)

        with pytest.raises(Transient):
            await rig.chat.amend(AmendPost(post=root.ref, content=note("two")))
        await rig.chat.amend(AmendPost(post=root.ref, content=note("two")))

        assert rig.shown(root.ref).text == "two"


async def test_what_no_longer_exists_cannot_be_amended_or_marked() -> None:
    async with opened() as rig:
        gone = PostRef(f"{rig.channel.id}/1772463000.000001")

        with pytest.raises(Permanent) as amended:
            await rig.chat.amend(AmendPost(post=gone, content=Note(phrase=("x",))))
        with pytest.raises(Permanent) as marked:
            await rig.chat.mark(MarkPost(post=gone, mark=Mark.SENT))

        assert (amended.value.reason, marked.value.reason) == (Reason.GONE, Reason.GONE)


async def test_every_mark_replaces_the_one_before_and_no_other_reaction() -> None:
    async with opened() as rig:
        root = await rig.say(WAITING_CARD)
        ts = await rig.replies(root.ref)
        reply = PostRef(f"{rig.channel.id}/{ts}")
        await rig.workspace.people.react("ada", rig.channel.id, ts, "white_check_mark")
        seen = []

        for mark in Mark:
            await rig.chat.mark(MarkPost(post=reply, mark=mark))
            ours = [name for name, who in rig.shown(reply).reactions.items() if rig.workspace.bot_user_id in who]
            seen += ours

        assert len(seen) == len(set(seen)) == len(Mark)
        assert rig.shown(reply).reactions["white_check_mark"] == [rig.ada.id]


async def test_marking_twice_is_harmless_and_another_process_finds_the_old_mark() -> None:
    async with opened() as rig:
        root = await rig.say(WAITING_CARD)
        reply = PostRef(f"{rig.channel.id}/{await rig.replies(root.ref)}")

        for mark in (Mark.QUEUED, Mark.QUEUED, Mark.SENT, Mark.SENT):
            await rig.chat.mark(MarkPost(post=reply, mark=mark))

        assert list(rig.shown(reply).reactions) == ["arrow_right"]

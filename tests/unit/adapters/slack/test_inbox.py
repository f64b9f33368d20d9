"""What Slack tells us, by socket and by webhook: kept before it is acknowledged, once, and only what people did."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.sandbox.faults import Fault
from adapters.sandbox.workspace.courier import Delivery, Fate
from bridge.domain.command import Card, MarkPost
from bridge.domain.event import ButtonPressed, Reaction, ReplyDeleted, ReplyEdited, ThreadReply
from bridge.domain.ids import PostRef, ThreadRef
from bridge.domain.message import Posted
from bridge.domain.phrase import Action, Button, Mark
from bridge.errors import WireError
from bridge.ports import Answer
from tests.unit.adapters.slack.rig import Rig, forwarded_until, heard_by, opened

CARD = Card(
    title="Ada Moss",
    subtitle=("to Main line",),
    text="Is my order ready?",
    state=("Waiting",),
    is_waiting=True,
    buttons=(Button(action=Action.ACKNOWLEDGE, label="Acknowledge", value="c1"),),
)


@pytest.fixture(params=["socket", "http"])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    async with opened(mode=request.param) as opened_rig, heard_by(opened_rig):
        yield opened_rig


async def root_of(rig: Rig) -> Posted:
    root = await rig.say(CARD)
    await rig.workspace.settled()
    return root


def last(rig: Rig) -> Delivery:
    return rig.workspace.deliveries[-1]


async def test_a_reply_is_told_with_its_text_and_its_keys(rig: Rig) -> None:
    root = await root_of(rig)

    ts = await rig.replies(root.ref, "Hi @ada & all <b>")
    await rig.workspace.settled()

    (raw, reply), *rest = rig.intake.taken
    assert rest == []
    assert isinstance(reply, ThreadReply)
    assert reply.thread == ThreadRef(root.ref)
    assert reply.post == f"{rig.channel.id}/{ts}"
    assert reply.author == rig.ada.id
    assert reply.text == "Hi ada & all <b>"
    assert raw.keys[0] == reply.key == f"slack:{rig.channel.id}/{ts}"
    assert raw.keys[1].startswith("slack:client/")
    assert last(rig).fate is Fate.ACKED


async def test_nothing_that_could_speak_in_our_name_is_kept(rig: Rig) -> None:
    root = await root_of(rig)

    await rig.replies(root.ref)
    await rig.workspace.interactions.press("ada", rig.channel.id, root.ref.partition("/")[2], "sms:acknowledge")
    await rig.intake.told(2)

    for raw, _ in rig.intake.taken:
        assert raw.source == "slack"
        assert not any(secret in raw.body for secret in (b'"token"', b"response_url", b"trigger_id"))


async def test_nothing_is_acknowledged_before_the_intake_has_it(rig: Rig) -> None:
    root = await root_of(rig)
    rig.intake.held.clear()

    await rig.replies(root.ref)
    await rig.intake.told()
    before = last(rig).fate
    rig.intake.held.set()
    await rig.workspace.settled()

    assert before is Fate.PENDING
    assert last(rig).fate is Fate.ACKED


async def test_an_event_that_could_not_be_stored_comes_again(rig: Rig) -> None:
    root = await root_of(rig)
    rig.intake.answer = Answer.BUSY

    await rig.replies(root.ref)
    await rig.intake.told()
    rig.intake.answer = Answer.ACCEPTED
    rig.clock.forward(timedelta(seconds=4))
    await rig.workspace.settled()

    first, second = rig.intake.taken
    assert first[0].keys == second[0].keys
    assert len(last(rig).tries) == 2
    assert last(rig).fate is Fate.ACKED


async def test_an_intake_that_fails_leaves_the_event_unacknowledged(rig: Rig) -> None:
    root = await root_of(rig)
    rig.intake.trouble = RuntimeError("a bug of ours")

    await rig.replies(root.ref)
    await rig.intake.told()
    rig.intake.trouble = None
    rig.clock.forward(timedelta(seconds=4))
    await rig.workspace.settled()

    assert len(rig.intake.taken) == 2
    assert last(rig).fate is Fate.ACKED


async def test_a_repeated_event_has_the_same_keys(rig: Rig) -> None:
    root = await root_of(rig)
    rig.workspace.event_faults.duplicate = True

    await rig.replies(root.ref)
    await rig.intake.told(2)

    first, second = rig.intake.taken
    assert first[0].keys == second[0].keys


async def test_authorising_asks_slack_nothing_so_its_trouble_loses_no_event(rig: Rig) -> None:
    root = await root_of(rig)
    asked = rig.calls("auth.test")
    rig.workspace.faults.always("auth.test", Fault.LIMIT)

    await rig.replies(root.ref)
    await rig.workspace.settled()

    assert len(rig.intake.taken) == 1
    assert rig.calls("auth.test") == asked


async def test_what_we_did_ourselves_is_acknowledged_and_not_told(rig: Rig) -> None:
    root = await root_of(rig)
    await rig.say("a second text", ThreadRef(root.ref))
    await rig.chat.mark(MarkPost(post=PostRef(root.ref), mark=Mark.SENT))

    await rig.workspace.settled()

    assert rig.intake.taken == []
    assert {delivery.fate for delivery in rig.workspace.deliveries} == {Fate.ACKED}


async def test_housekeeping_is_acknowledged_and_not_told(rig: Rig) -> None:
    root = await root_of(rig)
    ts = root.ref.partition("/")[2]
    people, channel = rig.workspace.people, rig.channel.id

    await people.say("ada", channel, "a message outside of any thread")
    await people.say("ada", channel, "a reply", ts)
    await people.say_as_app("workflow", channel, "from a workflow", ts)
    await people.say_as_app("integration", channel, "from a script", ts, in_name_of="ada")
    await people.share_channel(channel)
    await people.archive("ada", channel)
    await rig.workspace.settled()

    assert [reply.text for reply in await rig.intake.told() if isinstance(reply, ThreadReply)] == ["a reply"]
    assert len(rig.intake.taken) == 1
    assert {delivery.fate for delivery in rig.workspace.deliveries} == {Fate.ACKED}


async def test_a_reply_that_is_changed_and_deleted_is_told_each_time(rig: Rig) -> None:
    root = await root_of(rig)
    reply = await rig.replies(root.ref, "a reply")

    await rig.workspace.people.edit("ada", rig.channel.id, reply, "a reply, edited")
    await rig.workspace.people.delete("ada", rig.channel.id, reply)

    assert {type(told) for told in await rig.intake.told(3)} == {ThreadReply, ReplyEdited, ReplyDeleted}


async def test_a_reply_that_is_also_shown_in_the_channel_is_told_once(rig: Rig) -> None:
    root = await root_of(rig)

    await rig.workspace.people.say("ada", rig.channel.id, "for all", root.ref.partition("/")[2], broadcast=True)
    await rig.workspace.settled()

    assert len(rig.intake.taken) == 1


async def test_a_reply_of_files_alone_is_a_reply(rig: Rig) -> None:
    root = await root_of(rig)
    picture = ("cat.jpg", "image/jpeg", b"\xff\xd8\xffcat")

    await rig.workspace.people.say("ada", rig.channel.id, "", root.ref.partition("/")[2], files=[picture])
    (reply,) = await rig.intake.told()

    assert isinstance(reply, ThreadReply)
    assert reply.text == ""
    assert [(file.name, file.type, file.size) for file in reply.files] == [("cat.jpg", "image/jpeg", 6)]


async def test_a_reaction_is_told_when_it_is_set_and_when_it_goes(rig: Rig) -> None:
    root = await root_of(rig)
    ts = root.ref.partition("/")[2]

    await rig.workspace.people.react("ada", rig.channel.id, ts, "eyes")
    await rig.workspace.settled()
    await rig.workspace.people.unreact("ada", rig.channel.id, ts, "eyes")
    await rig.workspace.settled()

    told = [read for _, read in rig.intake.taken]
    assert all(isinstance(read, Reaction) for read in told)
    assert [(read.post, read.person, read.emoji, read.is_set) for read in told if isinstance(read, Reaction)] == [
        (root.ref, rig.ada.id, "eyes", True),
        (root.ref, rig.ada.id, "eyes", False),
    ]
    assert len({raw.keys for raw, _ in rig.intake.taken}) == 2


async def test_another_bots_reaction_does_not_count(rig: Rig) -> None:
    root = await root_of(rig)
    rig.workspace.add_user("robot", is_bot=True)

    await rig.workspace.people.react("robot", rig.channel.id, root.ref.partition("/")[2], "eyes")
    await rig.workspace.settled()

    assert rig.intake.taken == []
    assert last(rig).fate is Fate.ACKED


async def test_a_reaction_is_not_acknowledged_until_somebody_says_whose_it_is(rig: Rig) -> None:
    root = await root_of(rig)
    rig.workspace.faults.next("users.info", Fault.LIMIT)

    await rig.workspace.people.react("ada", rig.channel.id, root.ref.partition("/")[2], "eyes")
    await rig.workspace.wait_for(lambda: rig.calls("users.info"))
    rig.clock.forward(timedelta(seconds=4))
    (reaction,) = await rig.intake.told()
    await rig.workspace.settled()

    assert isinstance(reaction, Reaction)
    assert last(rig).fate is Fate.ACKED


async def test_without_the_scope_to_look_people_up_they_can_still_react(rig: Rig) -> None:
    root = await root_of(rig)
    rig.workspace.switches.granted.discard("users:read")

    await rig.workspace.people.react("ada", rig.channel.id, root.ref.partition("/")[2], "eyes")

    assert len(await rig.intake.told()) == 1


async def test_a_press_of_our_button_is_told(rig: Rig) -> None:
    root = await root_of(rig)

    await rig.workspace.interactions.press("ada", rig.channel.id, root.ref.partition("/")[2], "sms:acknowledge")
    (pressed,) = await rig.intake.told()
    await rig.workspace.settled()

    assert isinstance(pressed, ButtonPressed)
    assert (pressed.action, pressed.value, pressed.person) == (Action.ACKNOWLEDGE, "c1", rig.ada.id)
    assert pressed.post == root.ref
    assert last(rig).fate is Fate.ACKED


async def test_two_presses_are_two_facts(rig: Rig) -> None:
    root = await root_of(rig)

    for _ in range(2):
        await rig.workspace.interactions.press("ada", rig.channel.id, root.ref.partition("/")[2], "sms:acknowledge")
    await rig.intake.told(2)

    assert len({raw.keys for raw, _ in rig.intake.taken}) == 2


async def test_whatever_nobody_listens_for_is_acknowledged(rig: Rig) -> None:
    slash = await rig.workspace.interactions.slash("ada", "/sms", "hello", rig.channel.id)
    await rig.workspace.settled()

    assert slash
    assert slash.fate is Fate.ACKED
    assert rig.intake.taken == []


@pytest.mark.parametrize("fault", [Fault.ERROR, Fault.SILENT])
async def test_a_name_that_cannot_be_had_within_a_second_delays_nothing(rig: Rig, fault: Fault) -> None:
    root = await root_of(rig)
    rig.workspace.add_user("grace", real_name="Grace Hopper")
    await rig.replies(root.ref, "who is it?")
    await rig.intake.told()
    rig.workspace.faults.always("users.info", fault)

    await rig.replies(root.ref, "ask @grace")
    (_, reply) = await rig.intake.told(2)

    assert isinstance(reply, ThreadReply)
    assert reply.text == "ask @colleague"


async def test_a_reply_of_somebody_of_whom_slack_says_nothing_is_to_be_told_again_and_read_back(rig: Rig) -> None:
    root = await root_of(rig)
    rig.chat.gaps.clear()
    rig.workspace.faults.always("users.info", Fault.ERROR)

    await rig.replies(root.ref, "on my way")
    await rig.chat.gaps.wait()

    assert rig.intake.taken == []
    rig.workspace.faults.clear()
    await until_told(rig)
    assert [type(told) for told in await rig.intake.told()] == [ThreadReply]


async def until_told(rig: Rig) -> None:
    """Let time pass until Slack has come again."""
    await forwarded_until(rig.clock, lambda: rig.intake.taken)


@pytest.mark.parametrize("odd", [[None], ["T1"], {"a": 1}, 7])
async def test_what_an_event_says_of_authorizations_is_nothing_to_us(rig: Rig, odd: object) -> None:
    event = {"type": "message", "channel": rig.channel.id, "user": rig.ada.id, "ts": "2.0001", "thread_ts": "1.000001"}

    told = {"type": "event_callback", "event_id": "Ev1", "event": event, "authorizations": odd}
    rig.workspace.courier.send_event(told)
    (read,) = await rig.intake.told()
    await rig.workspace.settled()

    assert isinstance(read, ThreadReply)
    assert last(rig).fate is Fate.ACKED


async def test_a_reply_that_cannot_be_read_is_kept_raw(rig: Rig) -> None:
    event = {"type": "message", "channel": rig.channel.id, "user": rig.ada.id, "ts": "soon", "thread_ts": "1.000001"}

    rig.workspace.courier.send_event({"type": "event_callback", "event_id": "Ev1", "event": event})
    (read,) = await rig.intake.told()
    await rig.workspace.settled()

    assert isinstance(read, WireError)
    assert b"soon" in rig.intake.taken[0][0].body
    assert last(rig).fate is Fate.ACKED

"""What the ledger promises of what was said: sightings, conversations, messages."""

from datetime import datetime, timedelta
from functools import partial

from bridge.domain.conversation import Conversation
from bridge.domain.digest import OpenLine
from bridge.domain.ids import ConversationId, EventKey, MessageId, PostRef, ThreadRef
from bridge.domain.message import Message
from bridge.domain.outbox import Claim
from bridge.domain.phone import PhoneNumber, SenderName, ShortCode
from bridge.errors import Reason
from bridge.ports import Ledger, Store
from tests.contracts.bench import (
    AGENT,
    ANN,
    BOB,
    DID,
    MINUTE,
    Bench,
    conversation,
    entry,
    inbound,
    outbound,
    request,
    with_conversation,
)

ANN_ID = ConversationId("ann")
BOB_ID = ConversationId("bob")
HOUR = timedelta(hours=1)


class Facts:
    # --- Sightings ----------------------------------------------------------------------------------------------------

    async def test_a_fact_is_seen_first_once(self, store: Store) -> None:
        seen = [await store.transact(lambda ledger, now: ledger.sightings.first(request("a"), now)) for _ in range(3)]

        assert seen == [True, False, False]

    async def test_a_fact_of_several_keys_is_a_repeat_under_each_of_them(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[bool]:
            first = ledger.sightings.first
            return [first(request(*keys), now) for keys in (("a", "b", "c"), ("a",), ("b",), ("c",), ("x", "b"))]

        assert await store.transact(work) == [True, False, False, False, False]

    async def test_a_repeat_changes_nothing_so_that_its_other_keys_stay_unknown(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[bool]:
            first = ledger.sightings.first
            return [first(request(*keys), now) for keys in (("a",), ("new", "a"), ("a", "newer"), ("new",), ("newer",))]

        assert await store.transact(work) == [True, False, False, True, True]

    async def test_a_key_that_is_named_twice_is_no_repeat_of_itself(self, store: Store) -> None:
        assert await store.transact(lambda ledger, now: ledger.sightings.first(request("a", "a"), now))

    async def test_a_fact_may_be_called_like_a_wish(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[bool]:
            ledger.outbox.enqueue(entry("a", now))
            ledger.outbox.enqueue(entry("b", now))
            return [ledger.sightings.first(request(*keys), now) for keys in (("a", "c"), ("b",))]

        assert await store.transact(work) == [True, True]

    async def test_the_request_that_is_named_is_poison_and_the_oldest_is_forgotten_first(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[int]:
            for name in "xyzc":
                ledger.outbox.enqueue(entry(name, now))
            for age, name in enumerate("abc"):
                ledger.sightings.first(request(name), now - age * HOUR)
            ledger.sightings.poison(EventKey("c"), "cannot be read")
            before = ledger.audit.status(now).counts["poison"]
            ledger.sightings.forget(now, 1)
            return [before, ledger.audit.status(now).counts["poison"]]

        assert await store.transact(work) == [1, 0]

    async def test_a_kept_request_is_marked_as_poison_under_any_of_its_keys_and_counted_once(
        self, store: Store
    ) -> None:
        def work(ledger: Ledger, now: datetime) -> int:
            ledger.sightings.first(request("a", "b"), now)
            ledger.sightings.poison(EventKey("b"), "cannot be read")
            ledger.sightings.poison(EventKey("a"), "cannot be read")
            ledger.sightings.poison(EventKey("never seen"), "cannot be read")
            return ledger.audit.status(now).counts["poison"]

        assert await store.transact(work) == 1

    # --- Conversations ------------------------------------------------------------------------------------------------

    async def test_a_conversation_is_found_by_its_id_with_everything_in_it(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[Conversation, Conversation | None]:
            people = (ANN, ShortCode("72345"), SenderName('ACME "Bank", Ltd.'))
            group = Conversation(
                id=ANN_ID,
                did=DID,
                participants=people,
                opened_at=now,
                thread=ThreadRef("C1/1"),
                link="https://chat.example.com/1",
                covered=3,
                waiting_since=now - MINUTE,
            )
            ledger.conversations.open(group)
            return group, ledger.conversations.get(ANN_ID)

        opened, found = await store.transact(work)

        assert found == opened

    async def test_an_unknown_conversation_is_none(self, store: Store) -> None:
        assert await store.transact(lambda ledger, now: ledger.conversations.get(ANN_ID)) is None
        assert await store.transact(lambda ledger, now: ledger.conversations.shown_in(ThreadRef("C1/1"))) is None

    async def test_a_conversation_is_found_by_its_thread_as_long_as_it_has_it(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[Conversation | None]:
            with_conversation(ledger, now, thread="C1/1")
            shown = ledger.conversations.shown_in(ThreadRef("C1/1"))
            ledger.conversations.set_thread(ANN_ID, None, "")
            return [shown, ledger.conversations.shown_in(ThreadRef("C1/1"))]

        shown, afterwards = await store.transact(work)

        assert shown is not None
        assert (shown.id, shown.link) == (ANN_ID, "https://chat.example.com/1")
        assert afterwards is None

    async def test_what_an_acknowledgement_covers_is_kept_with_the_conversation(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[tuple[int, datetime | None]]:
            with_conversation(ledger, now)
            seen = []
            for covered, waiting_since in ((7, None), (2, now)):
                ledger.conversations.set_covered(ANN_ID, covered, waiting_since)
                found = ledger.conversations.get(ANN_ID)
                assert found is not None
                seen.append((found.covered, found.waiting_since))
            return seen

        assert await store.transact(work) == [(7, None), (2, await store.transact(lambda ledger, now: now))]

    async def test_active_threads_have_a_message_since_then_or_an_unacknowledged_one_newest_first(
        self, store: Store
    ) -> None:
        def work(ledger: Ledger, now: datetime) -> list[ThreadRef]:
            for name in ("old", "old and open", "new", "newest", "empty"):
                with_conversation(ledger, now, name, f"C1/{name}")
            with_conversation(ledger, now, "no thread")
            ledger.messages.save(inbound("m1", now - HOUR, within="old and open"))
            ledger.messages.save(inbound("m2", now - HOUR, within="old"))
            ledger.messages.cover(ConversationId("old"), 99)
            ledger.messages.save(inbound("m3", now, within="no thread"))
            ledger.messages.save(outbound("m4", now, within="new"))
            position = ledger.messages.save(inbound("m5", now, within="newest"))
            ledger.messages.cover(ConversationId("newest"), position)
            return ledger.conversations.active_threads(now - MINUTE)

        assert await store.transact(work) == ["C1/newest", "C1/new", "C1/old and open"]

    async def test_a_thread_may_be_ours_while_the_first_post_of_some_conversation_is_being_tried(
        self, store: Store
    ) -> None:
        def work(ledger: Ledger, now: datetime) -> list[bool]:
            with_conversation(ledger, now)
            ledger.messages.save(inbound("m1", now))
            ledger.outbox.enqueue(entry("m1/show", now, subject="m1"))
            seen = [ledger.conversations.is_opening()]
            ledger.outbox.take([Claim("slack/C1", 1, now + MINUTE)], "me", now)
            seen.append(ledger.conversations.is_opening())
            ledger.conversations.set_thread(ANN_ID, ThreadRef("C1/1"), "")
            return [*seen, ledger.conversations.is_opening()]

        assert await store.transact(work) == [False, True, False]

    # --- Messages -----------------------------------------------------------------------------------------------------

    async def test_each_message_has_a_higher_position_than_every_earlier_one(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[int]:
            with_conversation(ledger, now)
            with_conversation(ledger, now, "bob")
            return [ledger.messages.save(inbound(f"m{n}", now, within=("ann", "bob")[n % 2])) for n in range(10)]

        positions = await store.transact(work)

        assert positions == sorted(set(positions))
        assert positions[0] > 0

    async def test_a_message_is_found_by_its_id_as_it_was_said(self, store: Store) -> None:
        text = "caf\u00e9 \U0001f600\r\n\x00 \u202e <@U1> " + "x" * 5000

        def work(ledger: Ledger, now: datetime) -> list[tuple[Message, Message | None]]:
            with_conversation(ledger, now)
            said = inbound("m1", now, text=text, author=SenderName("ACME"))
            reply = outbound("m2", now, text="")
            refused = Message(
                id=MessageId("m3"),
                conversation=ANN_ID,
                direction=reply.direction,
                author=AGENT,
                text="hi",
                media=2,
                said_at=now - HOUR,
                received_at=now,
                post=PostRef("C1/2"),
                refusal=Reason.OPTED_OUT,
            )
            return [(each, _placed(ledger, each)) for each in (said, reply, refused)]

        for saved, found in await store.transact(work):
            assert found == saved

    async def test_an_unknown_message_is_none(self, store: Store) -> None:
        assert await store.transact(lambda ledger, now: ledger.messages.get(MessageId("m1"))) is None
        assert await store.transact(lambda ledger, now: ledger.messages.last_sender(ANN_ID, None)) is None
        assert await store.transact(lambda ledger, now: ledger.messages.attachments(MessageId("m1"))) == ()

    async def test_the_last_sender_is_whoever_texted_last_and_never_one_of_us(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> object:
            ledger.conversations.open(conversation("ann", now, ANN, BOB))
            ledger.messages.save(inbound("a", now, author=ANN))
            position = ledger.messages.save(inbound("b", now, author=BOB))
            ledger.messages.save(outbound("c", now))
            ledger.messages.cover(ANN_ID, position)
            return ledger.messages.last_sender(ANN_ID, None)

        assert await store.transact(work) == BOB

    async def test_whoever_texted_last_before_a_position_is_told_apart_from_later_ones(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> object:
            ledger.conversations.open(conversation("ann", now, ANN, BOB))
            ledger.messages.save(inbound("a", now, author=ANN))
            position = ledger.messages.save(outbound("c", now))
            ledger.messages.save(inbound("b", now, author=BOB))
            at = ledger.messages.at(position)
            return ledger.messages.last_sender(ANN_ID, position), at and at.id, ledger.messages.at(position + 9)

        assert await store.transact(work) == (ANN, "c", None)

    async def test_every_number_of_ours_with_a_conversation_is_told(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[list[PhoneNumber], list[PhoneNumber], bool]:
            opened = conversation("ann", now, ANN, BOB)
            ledger.conversations.open(opened)
            return ledger.conversations.dids(), [opened.did], ledger.conversations.is_opening()

        dids, opened, is_opening = await store.transact(work)
        assert dids == opened
        assert not is_opening

    async def test_an_inbound_message_is_open_at_first_and_an_outbound_one_never(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[datetime, list[OpenLine]]:
            with_conversation(ledger, now)
            ledger.messages.save(inbound("in", now))
            ledger.messages.save(outbound("out", now))
            return now, ledger.messages.open_before(now)

        now, lines = await store.transact(work)

        assert lines == [OpenLine(MessageId("in"), DID, now)]

    async def test_open_messages_are_those_that_came_by_then_oldest_first(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str]:
            with_conversation(ledger, now)
            for name, age in (("c", 1), ("a", 3), ("b", 2), ("too young", 0)):
                ledger.messages.save(inbound(name, now - age * MINUTE))
            return [line.message for line in ledger.messages.open_before(now - MINUTE)]

        assert await store.transact(work) == ["a", "b", "c"]

    async def test_covering_closes_what_is_before_opens_what_is_after_and_tells_since_when_it_waits(
        self, bench: Bench, store: Store
    ) -> None:
        def say(name: str, ledger: Ledger, now: datetime) -> tuple[int, datetime]:
            return ledger.messages.save(inbound(name, now)), now

        def cover(up_to: int, ledger: Ledger, now: datetime) -> tuple[datetime | None, list[str]]:
            waits = ledger.messages.cover(ANN_ID, up_to)
            return waits, [line.message for line in ledger.messages.open_before(now) if line.message != "of bob"]

        await store.transact(lambda ledger, now: with_conversation(ledger, now))
        await store.transact(lambda ledger, now: with_conversation(ledger, now, "bob"))
        await store.transact(lambda ledger, now: ledger.messages.save(inbound("of bob", now, within="bob")))
        said = []
        for name in "abc":
            bench.clock.forward(MINUTE)
            said.append(await store.transact(partial(say, name)))
        (first, _), (second, came_second), (third, came_third) = said

        outcomes = [await store.transact(partial(cover, up_to)) for up_to in (first, third, second, second, 0)]

        assert outcomes == [
            (came_second, ["b", "c"]),
            (None, []),
            (came_third, ["c"]),
            (came_third, ["c"]),
            (said[0][1], ["a", "b", "c"]),
        ]
        still_open = await store.transact(lambda ledger, now: ledger.messages.open_before(now))
        assert "of bob" in [line.message for line in still_open]


def _placed(ledger: Ledger, message: Message) -> Message | None:
    """Save a message and return it as found, but for its position, which is the store's."""
    position = ledger.messages.save(message)
    found = ledger.messages.get(message.id)
    assert found is not None
    assert found.position == position
    return Message(**{name: getattr(found, name) for name in found.__slots__} | {"position": 0})

"""What the ledger promises of what belongs to texts and to the house: files, posts, receipts, cursors, troubles."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bridge.domain.delivery import DeliveryReceipt, DeliveryStatus
from bridge.domain.ids import CarrierRef, ConversationId, EntryToken, EventKey, MediaRef, MessageId, PostRef
from bridge.domain.message import Attachment, MediaState, Message, Post
from bridge.domain.query import Trouble
from bridge.errors import Reason
from bridge.ports import Ledger, Store
from tests.contracts.bench import DID, MINUTE, OTHER_DID, Bench, inbound, outbound, with_conversation

ANN_ID = ConversationId("ann")
BOB_ID = ConversationId("bob")
HOUR = timedelta(hours=1)


def _receipt(key: str, status: DeliveryStatus, *, ref: str = "SM1") -> DeliveryReceipt:
    return DeliveryReceipt(key=EventKey(key), token=None, ref=CarrierRef(ref), status=status, detail="30003", at=None)


class Records:
    # --- Attachments and posts ----------------------------------------------------------------------------------------

    async def test_a_message_gets_other_words_and_a_reason_while_it_is_kept(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[tuple[str, Reason | None]]:
            with_conversation(ledger, now)
            for name in ("m1", "m2"):
                ledger.messages.save(inbound(name, now))
            ledger.messages.reword(MessageId("m1"), "other\0words", Reason.NOTE)
            ledger.messages.reword(MessageId("m3"), "nobody's", None)
            found = [ledger.messages.get(MessageId(name)) for name in ("m1", "m2", "m3")]
            return [(one.text, one.refusal) for one in found if one]

        (first, second) = await store.transact(work)
        assert first == ("other\0words", Reason.NOTE)
        assert second[1] is None

    async def test_when_somebody_spoke_before_is_known_from_either_side(self, bench: Bench, store: Store) -> None:
        began = bench.clock.now()

        def say(message: Message, ledger: Ledger, now: datetime) -> int:
            return ledger.messages.save(replace(message, received_at=now))

        await store.transact(with_conversation)
        await store.transact(partial(with_conversation, id="bob"))
        positions = []
        for message in (inbound("m1", began), outbound("m2", began), inbound("b1", began, within="bob")):
            positions.append(await store.transact(partial(say, message)))
            bench.clock.forward(MINUTE)
        await store.transact(lambda ledger, now: ledger.messages.cover(ANN_ID, positions[0]))
        last = await store.transact(partial(say, inbound("m3", began)))

        def look(ledger: Ledger, now: datetime) -> list[datetime | None]:
            return [ledger.messages.last_before(ANN_ID, position) for position in (*positions[:2], last)]

        assert await store.transact(look) == [None, began, began + MINUTE]

    async def test_a_message_is_told_which_post_shows_it(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> PostRef | None:
            with_conversation(ledger, now)
            ledger.messages.save(outbound("m1", now))
            ledger.messages.set_post(MessageId("m1"), PostRef("C1/1"))
            found = ledger.messages.get(MessageId("m1"))
            return found.post if found else None

        assert await store.transact(work) == "C1/1"

    async def test_the_longest_waiting_come_first_each_with_its_first_open_text(
        self, bench: Bench, store: Store
    ) -> None:
        def arrive(name: str, within: str, ledger: Ledger, now: datetime) -> None:
            ledger.messages.save(inbound(name, now, within=within))
            known = ledger.conversations.get(ConversationId(within))
            if known and known.waiting_since is None:
                ledger.conversations.set_covered(known.id, known.covered, now)

        await store.transact(with_conversation)
        await store.transact(partial(with_conversation, id="bob"))
        for name, within in (("m1", "bob"), ("m2", "ann"), ("m3", "bob")):
            await store.transact(partial(arrive, name, within))
            bench.clock.forward(MINUTE)

        def look(ledger: Ledger, now: datetime) -> list[tuple[str, str]]:
            ledger.messages.cover(BOB_ID, 1)
            return [(talk.id, text.id) for text, talk in ledger.messages.longest_waiting(10)]

        found = await store.transact(look)
        one = await store.transact(lambda ledger, now: ledger.messages.longest_waiting(1))
        await store.transact(lambda ledger, now: ledger.conversations.set_covered(BOB_ID, 9, None))
        left = await store.transact(lambda ledger, now: ledger.messages.longest_waiting(10))

        assert found == [("bob", "m3"), ("ann", "m2")]
        assert [talk.id for _, talk in one] == ["bob"]
        assert [talk.id for _, talk in left] == ["ann"]

    async def test_texts_are_counted_from_a_moment_on_without_notes_and_what_was_forgotten(
        self, bench: Bench, store: Store
    ) -> None:
        def counted(ledger: Ledger, now: datetime) -> tuple[int, int]:
            return ledger.messages.counts_since(now - 2 * HOUR, [OTHER_DID, DID])

        def say(ledger: Ledger, now: datetime) -> None:
            number = ledger.audit.status(now).counts["messages"]
            ledger.messages.save(inbound(f"in {number}", now))
            ledger.messages.save(outbound(f"out {number}", now))
            ledger.messages.save(outbound(f"note {number}", now, refusal=Reason.NOTE))

        await store.transact(with_conversation)
        await store.transact(say)
        bench.clock.forward(HOUR)
        since = bench.clock.now()
        await store.transact(say)

        all_of_them = await store.transact(
            lambda ledger, now: ledger.messages.counts_since(now - 2 * HOUR, [OTHER_DID, DID])
        )
        others = await store.transact(lambda ledger, now: ledger.messages.counts_since(since, [OTHER_DID]))

        assert (all_of_them, others) == ((2, 2), (0, 0))
        assert await store.transact(lambda ledger, now: ledger.messages.counts_since(since, [DID])) == (1, 1)
        await store.transact(lambda ledger, now: ledger.messages.forget(DID, since, 10))
        assert await store.transact(
            lambda ledger, now: ledger.messages.counts_since(now - 2 * HOUR, [OTHER_DID, DID])
        ) == (1, 1)

    async def test_what_is_forgotten_gets_no_words_again(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> str | None:
            with_conversation(ledger, now)
            ledger.messages.save(inbound("m1", now))
            ledger.messages.forget(DID, now + HOUR, 10)
            ledger.messages.reword(MessageId("m1"), "again", None)
            found = ledger.messages.get(MessageId("m1"))
            return found.text if found else None

        assert await store.transact(work) == ""

    async def test_attachments_come_in_their_order_and_are_replaced_by_message_and_number(self, store: Store) -> None:
        def attachment(number: int, state: MediaState, digest: str = "") -> Attachment:
            return Attachment(
                message=MessageId("m1"),
                number=number,
                ref=MediaRef(f"https://media.example.com/{number}"),
                name="picture.jpg",
                type="image/jpeg",
                size=number,
                state=state,
                digest=digest,
            )

        def work(ledger: Ledger, now: datetime) -> tuple[Attachment, ...]:
            with_conversation(ledger, now)
            ledger.messages.save(inbound("m1", now))
            for each in (attachment(2, MediaState.WANTED), attachment(1, MediaState.WANTED)):
                ledger.messages.attach(each)
            ledger.messages.attach(attachment(2, MediaState.KEPT, "d2"))
            return ledger.messages.attachments(MessageId("m1"))

        assert await store.transact(work) == (attachment(1, MediaState.WANTED), attachment(2, MediaState.KEPT, "d2"))

    async def test_a_post_is_found_by_its_reference_and_saved_again_in_place(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[Post | None, Post | None, Post]:
            with_conversation(ledger, now)
            ledger.posts.save(Post(ref=PostRef("C1/1"), conversation=ANN_ID, up_to=1, posted_at=now))
            later = Post(ref=PostRef("C1/1"), conversation=ANN_ID, up_to=2, posted_at=now + MINUTE)
            ledger.posts.save(later)
            return ledger.posts.get(PostRef("C1/1")), ledger.posts.get(PostRef("C1/2")), later

        found, unknown, saved = await store.transact(work)

        assert found == saved
        assert unknown is None

    async def test_what_was_shown_at_a_moment_is_the_last_message_of_any_post_until_then(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[int]:
            with_conversation(ledger, now)
            with_conversation(ledger, now, "bob")
            for ref, id, up_to, at in (
                ("1", ANN_ID, 5, now),
                ("2", ANN_ID, 9, now + 2 * MINUTE),
                ("3", ANN_ID, 7, now + MINUTE),
                ("4", BOB_ID, 8, now),
            ):
                ledger.posts.save(Post(ref=PostRef(ref), conversation=id, up_to=up_to, posted_at=at))
            moments = (now - MINUTE, now, now + MINUTE, now + 3 * MINUTE)
            return [ledger.posts.shown_at(ANN_ID, moment) for moment in moments]

        assert await store.transact(work) == [0, 5, 7, 9]

    # --- Receipts, cursors, troubles ----------------------------------------------------------------------------------

    async def test_receipts_that_overtook_their_sms_are_handed_out_once_in_their_order(self, store: Store) -> None:
        sent, delivered = _receipt("r1", DeliveryStatus.SENT), _receipt("r2", DeliveryStatus.DELIVERED)

        def work(ledger: Ledger, now: datetime) -> list[list[DeliveryReceipt]]:
            for each in (sent, delivered, sent, _receipt("r3", DeliveryStatus.SENT, ref="SM2")):
                ledger.receipts.wait(each, now)
            return [ledger.receipts.claim(CarrierRef("SM1")) for _ in range(2)]

        assert await store.transact(work) == [[sent, delivered], []]

    async def test_a_receipt_keeps_its_token_and_its_moment(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[DeliveryReceipt, list[DeliveryReceipt]]:
            receipt = DeliveryReceipt(
                key=EventKey("r1"),
                token=EntryToken("t1"),
                ref=CarrierRef("SM1"),
                status=DeliveryStatus.FAILED,
                detail="unreachable",
                at=now - MINUTE,
            )
            ledger.receipts.wait(receipt, now)
            return receipt, ledger.receipts.claim(CarrierRef("SM1"))

        receipt, claimed = await store.transact(work)

        assert claimed == [receipt]

    async def test_a_receipt_waits_a_day_for_its_sms_and_no_longer(self, bench: Bench, store: Store) -> None:
        def wait(receipt: DeliveryReceipt, ledger: Ledger, now: datetime) -> None:
            ledger.receipts.wait(receipt, now)

        for key in ("in time", "too late"):
            receipt = _receipt(key, DeliveryStatus.SENT, ref=key)
            await store.transact(partial(wait, receipt))

        bench.clock.forward(timedelta(days=1))
        in_time = await store.transact(lambda ledger, now: ledger.receipts.claim(CarrierRef("in time")))
        bench.clock.forward(MINUTE)
        too_late = await store.transact(lambda ledger, now: ledger.receipts.claim(CarrierRef("too late")))

        assert (len(in_time), too_late) == (1, [])

    async def test_a_cursor_stands_where_it_was_put_last(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[bool]:
            seen = [ledger.cursors.get("slack") is None]
            for at in (now, now + MINUTE):
                ledger.cursors.put("slack", at)
                seen.append(ledger.cursors.get("slack") == at)
            return seen

        assert await store.transact(work) == [True, True, True]

    async def test_the_same_trouble_again_only_counts(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[datetime, list[Trouble]]:
            ledger.audit.note("slack", "Slack says no", now)
            ledger.audit.note("disk", "The disk is full", now + MINUTE)
            ledger.audit.note("slack", "Slack says no, differently", now + HOUR)
            return now, ledger.audit.troubles()

        now, troubles = await store.transact(work)

        assert troubles == [
            Trouble(key="slack", what="Slack says no", since=now, count=2),
            Trouble(key="disk", what="The disk is full", since=now + MINUTE),
        ]

    async def test_a_trouble_is_unmailed_until_told_and_again_after_it_was_cleared(self, store: Store) -> None:
        def unmailed(ledger: Ledger) -> list[str]:
            return [trouble.key for trouble in ledger.audit.unmailed()]

        def work(ledger: Ledger, now: datetime) -> list[list[str]]:
            seen = []
            ledger.audit.note("slack", "Slack says no", now)
            seen.append(unmailed(ledger))
            ledger.audit.mailed(now)
            ledger.audit.note("slack", "Slack says no", now)
            ledger.audit.note("disk", "The disk is full", now)
            seen.append(unmailed(ledger))
            ledger.audit.mailed(now)
            ledger.audit.clear("slack")
            ledger.audit.note("slack", "Slack says no", now)
            return [*seen, unmailed(ledger)]

        assert await store.transact(work) == [["slack"], ["disk"], ["slack"]]

    async def test_when_troubles_were_last_mailed_is_known_after_they_were_cleared(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[bool, bool]:
            was_unknown = ledger.audit.last_mailed() is None
            ledger.audit.note("slack", "Slack says no", now)
            ledger.audit.mailed(now)
            ledger.audit.clear("slack")
            return was_unknown, ledger.audit.last_mailed() == now

        assert await store.transact(work) == (True, True)
